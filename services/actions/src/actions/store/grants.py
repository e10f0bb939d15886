"""What clients may do, as `partners` has announced it: what is read in a client's name ends with its access."""

from actions.domain.feed import Grant
from common.contracts.partners import AccessGrantState
from common.database import Transaction


async def hear_grant(tx: Transaction, heard: AccessGrantState, epoch: int) -> None:
    await tx.execute(
        """
        INSERT INTO known_access_grant AS known
               (id, epoch, version, role, organisation_id, coordination_id, codes, revoked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (id) DO UPDATE
           SET epoch = excluded.epoch, version = excluded.version, role = excluded.role,
               organisation_id = excluded.organisation_id, coordination_id = excluded.coordination_id,
               codes = excluded.codes, revoked_at = excluded.revoked_at
         WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
        """,
        heard.id,
        epoch,
        heard.version,
        heard.role,
        heard.organisation_id,
        heard.coordination_id,
        heard.codes,
        heard.revoked_at,
    )


async def grant(tx: Transaction, client_id: str) -> Grant | None:
    """Find what a client of the caller's organisation may do; None: nothing has been heard of it."""
    row = await tx.fetchrow("SELECT codes, revoked_at FROM known_access_grant WHERE id::text = $1", client_id)
    return None if row is None else Grant(codes=frozenset(row["codes"]), revoked_at=row["revoked_at"])

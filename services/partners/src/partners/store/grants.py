"""What clients may do, as it is announced: rows beside their clients', which hold secrets and are on no topic."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from common import outbox
from common.contracts.partners import AccessGrantState
from common.database import Transaction
from partners.domain.grant import Told

_GIVE = outbox.creating(
    """
    INSERT INTO access_grant (id, version, doc)
    SELECT $1, $2, $doc
      FROM key
        ON CONFLICT DO NOTHING
    RETURNING id
    """
)
_SAVE = outbox.changing("UPDATE access_grant SET version = $2, doc = $doc WHERE id = $1 RETURNING id")


async def lock(tx: Transaction, client_id: UUID) -> AccessGrantState | None:
    """Read what was announced of a client last, and hold its row; None: nothing yet."""
    doc = await tx.fetchval("SELECT doc FROM access_grant WHERE id = $1 FOR UPDATE", client_id)
    return None if doc is None else msgspec.json.decode(doc, type=AccessGrantState)


async def give(tx: Transaction, told: Sequence[Told]) -> None:
    """Write grants for the first time; of whom somebody else has written one meanwhile nothing more is said."""
    await outbox.write_all(tx, _GIVE, [((one.state.id, one.state.version), _said(one)) for one in told])


async def save(tx: Transaction, told: Told) -> None:
    """Write a grant that the transaction has locked."""
    await outbox.write_all(tx, _SAVE, [((told.state.id, told.state.version), _said(told))])


def _said(told: Told) -> outbox.Announcement:
    state = told.state
    return outbox.Announcement(
        aggregate=AccessGrantState.AGGREGATE, id=state.id, version=state.version, state=state, facts=told.facts
    )

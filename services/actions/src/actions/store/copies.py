"""Copies of films: what was heard of them, and what they are lent for in all actions, also those not seen (C01).

(1) Who books a copy holds its row (`lent_copy`) before it looks at what else the copy is lent for, and until its own
    booking is committed: of several who book the same evening each sees those before it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

import msgspec

from actions.domain.action import Action
from actions.domain.copies import Booking, copies_of
from actions.domain.known import Copy
from common.contracts.catalogue import CopyState, CopyStatus
from common.database import Transaction


async def hear_copy(tx: Transaction, heard: CopyState, epoch: int) -> None:
    await tx.execute(
        """
        INSERT INTO known_copy AS known
               (id, epoch, version, film_id, format, film_version, encrypted, transit_days, withdrawn, keys)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (id) DO UPDATE
           SET epoch = excluded.epoch, version = excluded.version, film_id = excluded.film_id,
               format = excluded.format, film_version = excluded.film_version, encrypted = excluded.encrypted,
               transit_days = excluded.transit_days, withdrawn = excluded.withdrawn, keys = excluded.keys
         WHERE (known.epoch, known.version) < (excluded.epoch, excluded.version)
        """,
        heard.id,
        epoch,
        heard.version,
        heard.film_id,
        heard.format,
        heard.film_version,
        heard.encrypted,
        heard.transit_days,
        heard.status is CopyStatus.WITHDRAWN,
        msgspec.json.encode(heard.keys).decode(),
    )


async def copies(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Copy]:
    """Find those of these copies that have been heard of."""
    if not ids:
        return {}
    rows = await tx.fetch(
        """
        SELECT id, film_id, format, film_version, encrypted, transit_days, withdrawn, keys
          FROM known_copy
         WHERE id = ANY ($1::uuid[])
        """,
        list(ids),
    )
    return {row["id"]: msgspec.convert({**row, "keys": msgspec.json.decode(row["keys"])}, Copy) for row in rows}


async def follow(tx: Transaction, action: Action) -> None:
    """Say which copies an action's sessions are to be shown from, and no longer which they were."""
    lent = [(copy_id, session.id) for session in action.sessions for copy_id in copies_of(session)]
    await tx.execute(
        """
        WITH said AS (
          SELECT copy_id, session_id FROM unnest($2::uuid[], $3::uuid[]) AS lent (copy_id, session_id)
        ), given_back AS (
          DELETE FROM lending
           WHERE session_id = ANY ($1::uuid[]) AND (copy_id, session_id) NOT IN (SELECT copy_id, session_id FROM said)
        )
        INSERT INTO lending (copy_id, session_id)
        SELECT copy_id, session_id FROM said
            ON CONFLICT DO NOTHING
        """,
        [session.id for session in action.sessions],
        [copy_id for copy_id, _ in lent],
        [session_id for _, session_id in lent],
    )


async def hold_copies(tx: Transaction, ids: Collection[UUID]) -> None:
    """Keep everybody else from booking these copies until the transaction ends.

    In one order: two who book the same two copies wait for one another, and never both.
    """
    for copy_id in sorted(ids):
        await tx.execute("INSERT INTO lent_copy (copy_id) VALUES ($1) ON CONFLICT DO NOTHING", copy_id)
        await tx.execute("SELECT copy_id FROM lent_copy WHERE copy_id = $1 FOR UPDATE", copy_id)


async def bookings(
    tx: Transaction, ids: Collection[UUID], *, besides: UUID, first_on: date, last_on: date
) -> Mapping[UUID, tuple[Booking, ...]]:
    """List what copies are lent for between two days in other actions than one, whosever these are."""
    found: dict[UUID, list[Booking]] = defaultdict(list)
    for row in await tx.fetch(
        """
        SELECT copy_id, held_on, starts_at, zone, minutes, municipality
          FROM copy_bookings($1, $2, $3, $4)
        """,
        list(ids),
        besides,
        first_on,
        last_on,
    ):
        said = dict(row)
        found[said.pop("copy_id")].append(Booking(**said))
    return {copy_id: tuple(some) for copy_id, some in found.items()}


async def judge_with(tx: Transaction, ids: Collection[UUID]) -> None:
    """Have the actions judged again that count on these copies, whosever they are."""
    if ids:
        await tx.execute("SELECT judge_with_copies($1)", list(ids))

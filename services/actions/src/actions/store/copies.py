"""Copies of films: what was heard of them, and what they are lent for in all actions, also those not seen (C01).

(1) Who books a copy holds its row (`lent_copy`) before it looks at what else the copy is lent for, and until its own
    booking is committed: of several who book the same evening each sees those before it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec

from actions.domain.action import Action
from actions.domain.copies import Booking, copies_of
from actions.domain.known import Copy
from common.contracts.catalogue import CopyState, CopyStatus
from common.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The days between which an action looks for what its copies are lent for elsewhere."""

    action_id: UUID
    copies: Collection[UUID]
    first_on: date
    last_on: date


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


async def bookings(tx: Transaction, around: Sequence[Around]) -> Mapping[UUID, Mapping[UUID, tuple[Booking, ...]]]:
    """List by action what its copies are lent for around its days in other actions, whosever these are; by copy."""
    if not around:
        return {}
    found: dict[UUID, dict[UUID, list[Booking]]] = defaultdict(lambda: defaultdict(list))
    asked = [(one, copy_id) for one in around for copy_id in one.copies]
    for row in await tx.fetch(
        """
        SELECT around.action_id, lent.copy_id, lent.held_on, lent.starts_at, lent.zone, lent.minutes, lent.municipality
          FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::date[])
               WITH ORDINALITY AS around (action_id, copy_id, first_on, last_on, n)
         CROSS JOIN LATERAL copy_bookings(ARRAY[around.copy_id], around.action_id, around.first_on, around.last_on)
               WITH ORDINALITY AS lent (copy_id, held_on, starts_at, zone, minutes, municipality, n)
         ORDER BY around.n, lent.n
        """,
        [one.action_id for one, _ in asked],
        [copy_id for _, copy_id in asked],
        [one.first_on for one, _ in asked],
        [one.last_on for one, _ in asked],
    ):
        said = dict(row)
        found[said.pop("action_id")][said.pop("copy_id")].append(Booking(**said))
    return {one: {copy_id: tuple(some) for copy_id, some in lent.items()} for one, lent in found.items()}


async def judge_with(tx: Transaction, ids: Collection[UUID]) -> None:
    """Have the actions judged again that count on these copies, whosever they are."""
    if ids:
        await tx.execute("SELECT judge_with_copies($1)", list(ids))

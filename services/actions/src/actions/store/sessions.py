"""Sessions by day, place and film: what is looked for across actions.  The truth is in the action's own row.

Each write of an action brings its rows up to date, in the same transaction.  A session never leaves its action; given
up, it stays as `cancelled`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import msgspec

from actions.domain.action import Action
from actions.domain.overlaps import Elsewhere, minutes_of
from actions.domain.paid import PaidScreening, Shown
from actions.store import copies
from common.contracts.actions import Regime, Session
from common.database import Transaction

SHOWN = """
    action.project_state NOT IN ('rejected', 'ineligible', 'withdrawn')
    AND (NOT withheld(action) OR (action.state = 'held' AND session.state = 'held'))
"""
"""Which sessions maps and calendars show: of what is withheld from the reader only what was held (R41)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidYear:
    """A year of an organiser's paid screenings as one of its actions looks at it."""

    action_id: UUID
    organiser_id: UUID
    year: int


async def follow(tx: Transaction, action: Action) -> None:
    """Say of an action's sessions what the action says of them now.

    Where they are not the paid screenings that they were, the organiser's others of that year are judged again (R07).
    """
    if not action.sessions:
        return
    paid_before = await _paid(tx, action)
    await tx.executemany(
        """
        INSERT INTO session AS kept
               (id, action_id, holder_id, organiser_id, regime, state, held_on, starts_at, zone, minutes, municipality,
                label, film_ids, offer_ids, longitude, latitude)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            ON CONFLICT (id) DO UPDATE
           SET organiser_id = excluded.organiser_id, regime = excluded.regime, state = excluded.state,
               held_on = excluded.held_on, starts_at = excluded.starts_at, zone = excluded.zone,
               minutes = excluded.minutes, municipality = excluded.municipality, label = excluded.label,
               film_ids = excluded.film_ids, offer_ids = excluded.offer_ids, longitude = excluded.longitude,
               latitude = excluded.latitude
         WHERE (kept.organiser_id, kept.regime, kept.state, kept.held_on, kept.starts_at, kept.zone, kept.minutes,
                kept.municipality, kept.label, kept.film_ids, kept.offer_ids, kept.longitude, kept.latitude)
            IS DISTINCT FROM
               (excluded.organiser_id, excluded.regime, excluded.state, excluded.held_on, excluded.starts_at,
                excluded.zone, excluded.minutes, excluded.municipality, excluded.label, excluded.film_ids,
                excluded.offer_ids, excluded.longitude, excluded.latitude)
        """,
        [_row(action, session) for session in action.sessions],
    )
    await copies.follow(tx, action)
    paid_now = {(s.id, action.organiser_id, s.held_on) for s in action.live_sessions if _is_paid(action, s)}
    for organiser_id, year in sorted({(organiser, day.year) for _, organiser, day in paid_before ^ paid_now}):
        await tx.execute("SELECT judge_with_paid($1, $2)", organiser_id, year)


async def judge_uncounted(tx: Transaction, project_id: UUID) -> None:
    """Have those judged again that came after the paid screenings of a project, which count no more (R07)."""
    await tx.execute(
        """
        SELECT judge_with_paid(organiser_id, year)
          FROM (SELECT DISTINCT s.organiser_id, extract(year FROM s.held_on)::integer AS year
                  FROM session AS s
                  JOIN action ON action.id = s.action_id
                 WHERE action.project_id = $1 AND s.regime = 'nc_association_paid' AND s.state <> 'cancelled') AS paid
        """,
        project_id,
    )


async def hold_paid_years(tx: Transaction, organiser_id: UUID, years: Sequence[int]) -> None:
    """Keep everybody else from booking a paid screening of these years until the transaction ends (R07).

    The years must be sorted: two who book in the same two years wait for one another, and never both.
    """
    for year in years:
        await tx.execute(
            "INSERT INTO paid_year (organiser_id, year) VALUES ($1, $2) ON CONFLICT DO NOTHING", organiser_id, year
        )
        await tx.execute(
            "SELECT year FROM paid_year WHERE organiser_id = $1 AND year = $2 FOR UPDATE", organiser_id, year
        )


async def paid_elsewhere(tx: Transaction, asked: Sequence[PaidYear]) -> Mapping[UUID, tuple[PaidScreening, ...]]:
    """List by action its organiser's paid screenings in other actions, whosever these are."""
    if not asked:
        return {}
    found: dict[UUID, list[PaidScreening]] = defaultdict(list)
    for row in await tx.fetch(
        """
        SELECT asked.action_id, paid.session_id, paid.held_on, paid.starts_at, paid.films
          FROM unnest($1::uuid[], $2::uuid[], $3::integer[]) AS asked (action_id, organiser_id, year)
         CROSS JOIN LATERAL paid_screenings(asked.organiser_id, asked.year, asked.action_id) AS paid
         ORDER BY asked.action_id, paid.held_on, paid.starts_at, paid.session_id
        """,
        [one.action_id for one in asked],
        [one.organiser_id for one in asked],
        [one.year for one in asked],
    ):
        said = dict(row)
        films = msgspec.json.decode(said.pop("films"), type=tuple[Shown, ...])
        found[said.pop("action_id")].append(PaidScreening(**said, films=films))
    return {action_id: tuple(screenings) for action_id, screenings in found.items()}


async def elsewhere(tx: Transaction, holders: Collection[UUID], days: Iterable[date]) -> tuple[Elsewhere, ...]:
    """List the sessions of these holders around these days, as far as the caller may see them (R53).

    Around midnight a session of another day is on at the same time.
    """
    around = {day + timedelta(days=by) for day in days for by in (-1, 0, 1)}
    if not around:
        return ()
    found = await tx.fetch(
        """
        SELECT s.id AS session_id, s.action_id, s.holder_id, s.held_on, s.starts_at, s.zone, s.minutes, s.municipality,
               s.label, action.setting = 'closed_site' OR action.closed_circuit IS NOT NULL AS closed_circuit
          FROM session AS s
          JOIN action ON action.id = s.action_id
         WHERE s.holder_id = ANY ($1::uuid[]) AND s.held_on = ANY ($2::date[])
           AND s.state IN ('planned', 'held')
           AND action.project_state NOT IN ('rejected', 'ineligible', 'withdrawn')
         ORDER BY s.held_on, s.starts_at, s.id
        """,
        list(holders),
        sorted(around),
    )
    return tuple(Elsewhere(**row) for row in found)


async def _paid(tx: Transaction, action: Action) -> set[tuple[UUID, UUID, date]]:
    """Read which of an action's sessions counted as paid screenings, of whom and on which day; a plan has its type."""
    if action.regime is None:
        return set()
    found = await tx.fetch(
        """
        SELECT id, organiser_id, held_on
          FROM session
         WHERE action_id = $1 AND regime = 'nc_association_paid' AND state <> 'cancelled'
        """,
        action.id,
    )
    return {(row["id"], row["organiser_id"], row["held_on"]) for row in found}


def _is_paid(action: Action, session: Session) -> bool:
    return action.regime_of(session) is Regime.NC_ASSOCIATION_PAID


def _row(action: Action, session: Session) -> tuple[object, ...]:
    place = action.place(session.place_id)
    offers = {one.offer_id for one in action.clearances if one.session_id == session.id and one.offer_id is not None}
    return (
        session.id,
        action.id,
        action.holder_id,
        action.organiser_id,
        action.regime_of(session),
        session.state,
        session.held_on,
        session.starts_at,
        session.zone,
        minutes_of(session.programme),
        place.municipality,
        place.label,
        [item.film_id for item in session.programme],
        sorted(offers),
        place.coordinates and place.coordinates.longitude,
        place.coordinates and place.coordinates.latitude,
    )

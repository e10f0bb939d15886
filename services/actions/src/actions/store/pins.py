"""Sessions for a map, by day: those that the caller sees, and of closed circuits from outside the held ones (R41)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from actions.domain.coordinates import Box
from actions.domain.mapping import Pin
from actions.store.sessions import SHOWN
from common.contracts.actions import ActionType, ClosedCircuit, SessionStatus
from common.contracts.partners import Coordinates
from common.database import Transaction

_PINS = f"""
    SELECT session.id, session.action_id, action.action_type, action.title, session.state, session.held_on,
           session.starts_at, session.zone, session.municipality, action.campaign_year AS vintage, session.label,
           session.longitude, session.latitude, action.closed_circuit, withheld(action) AS withheld
      FROM session
      JOIN action ON action.id = session.action_id
     WHERE {SHOWN}
       AND ($1::uuid IS NULL OR action.campaign_id = $1)
       AND ($2::text IS NULL OR session.state = $2)
       AND ($3::text IS NULL OR session.municipality = ANY (ARRAY(
              SELECT $3
               UNION ALL
              SELECT part.parent
                FROM known_municipality AS part
               WHERE part.code = $3 AND part.parent IS NOT NULL
                 AND part.vintage IN (SELECT known.vintage FROM known_territory AS known))))
       AND ($3::text IS NULL OR session.municipality = $3
            OR EXISTS (SELECT FROM known_municipality AS part
                        WHERE part.vintage = action.campaign_year AND part.code = $3 AND part.successors = '{{}}'
                          AND part.parent = session.municipality))
       AND session.held_on BETWEEN $4 AND $5
       AND (session.held_on, session.id) > ($6, $7::uuid)
"""
"""Of which communes a code may be is asked first, for their index; of which it is, is said by the action's year."""
_INSIDE = """
       AND NOT withheld(action)
       AND session.longitude BETWEEN $9 AND $10
       AND session.latitude BETWEEN $11 AND $12
"""
"""A closed circuit's position is not told from outside, by no filter either (R41)."""
_ORDERED = """
     ORDER BY session.held_on, session.id
     LIMIT $8
"""
BY_DAY, IN_BOX = f"{_PINS}{_ORDERED}", f"{_PINS}{_INSIDE}{_ORDERED}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PinFilters:
    """What sessions may be narrowed by; None: any.  Both days are included, and the sides of the box.

    `municipality` is a commune, or a part of one: places in a part are counted in its commune.
    """

    campaign_id: UUID | None = None
    state: str | None = None
    municipality: str | None = None
    first_on: date | None = None
    last_on: date | None = None
    box: Box | None = None


async def pins(tx: Transaction, filters: PinFilters, *, after: tuple[date, UUID] | None, limit: int) -> Sequence[Pin]:
    """Read sessions by day; what is withheld is left out before any filter could tell of it."""
    box = filters.box
    found = await tx.fetch(
        BY_DAY if box is None else IN_BOX,
        filters.campaign_id,
        filters.state,
        filters.municipality,
        filters.first_on or date.min,
        filters.last_on or date.max,
        *(after or (date.min, UUID(int=0))),
        limit,
        *(() if box is None else (box.west, box.east, box.south, box.north)),
    )
    return [_pin(**row) for row in found]


def _pin(
    *,
    action_type: str,
    state: str,
    closed_circuit: str | None,
    longitude: float | None,
    latitude: float | None,
    **said: object,
) -> Pin:
    at = None if longitude is None or latitude is None else Coordinates(longitude=longitude, latitude=latitude)
    kind = None if closed_circuit is None else ClosedCircuit(closed_circuit)
    given: dict[str, object] = {"action_type": ActionType(action_type), "state": SessionStatus(state), **said}
    return Pin(coordinates=at, closed_circuit=kind, **given)  # type: ignore[arg-type]  # columns are named as fields are

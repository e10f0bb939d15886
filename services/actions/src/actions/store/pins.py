"""Sessions for a map, by day: those that the caller sees, and of closed circuits from outside the held ones (R41)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from actions.domain.mapping import Pin
from common.contracts.actions import ActionType, ClosedCircuit, SessionStatus
from common.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class PinFilters:
    """What sessions may be narrowed by; None: any.  Both days are included."""

    campaign_id: UUID | None = None
    state: str | None = None
    municipality: str | None = None
    first_on: date | None = None
    last_on: date | None = None


async def pins(tx: Transaction, filters: PinFilters, *, after: tuple[date, UUID] | None, limit: int) -> Sequence[Pin]:
    """Read sessions by day; what is withheld is left out before any filter could tell of it."""
    day, last = after or (None, None)
    found = await tx.fetch(
        """
        SELECT s.id, s.action_id, action.action_type, action.title, s.state, s.held_on, s.starts_at, s.zone,
               s.municipality, action.campaign_year AS vintage, s.label, action.closed_circuit,
               withheld(action) AS withheld
          FROM session AS s
          JOIN action ON action.id = s.action_id
         WHERE action.project_state NOT IN ('rejected', 'ineligible', 'withdrawn')
           AND (NOT withheld(action) OR (action.state = 'held' AND s.state = 'held'))
           AND ($1::uuid IS NULL OR action.campaign_id = $1)
           AND ($2::text IS NULL OR s.state = $2)
           AND ($3::text IS NULL OR s.municipality = $3)
           AND ($4::date IS NULL OR s.held_on >= $4)
           AND ($5::date IS NULL OR s.held_on <= $5)
           AND ($6::date IS NULL OR (s.held_on, s.id) > ($6, $7::uuid))
         ORDER BY s.held_on, s.id
         LIMIT $8
        """,
        filters.campaign_id,
        filters.state,
        filters.municipality,
        filters.first_on,
        filters.last_on,
        day,
        last,
        limit,
    )
    return [_pin(**row) for row in found]


def _pin(*, action_type: str, state: str, closed_circuit: str | None, **said: object) -> Pin:
    kind = None if closed_circuit is None else ClosedCircuit(closed_circuit)
    given: dict[str, object] = {"action_type": ActionType(action_type), "state": SessionStatus(state), **said}
    return Pin(closed_circuit=kind, **given)  # type: ignore[arg-type]  # the columns are named as the fields are

"""Sessions of one holder at the same place at the same time (R53): looked at, never refused."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID

from actions.domain.days import instant
from common.contracts.actions import Place, ProgrammeItem, Session

MINUTES_UNLESS_KNOWN = 120
"""What a session is taken to last where no film tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A session, as far as an overlap is judged by it; `minutes` is how long it lasts."""

    session_id: UUID
    action_id: UUID
    holder_id: UUID
    closed_circuit: bool
    held_on: date
    starts_at: time
    zone: str
    minutes: int
    municipality: str
    label: str


def minutes_of(programme: Iterable[ProgrammeItem]) -> int:
    """Add up how long films last, as the programme says."""
    return lasting(item.duration_minutes for item in programme)


def lasting(lengths: Iterable[int | None]) -> int:
    """Add up how long films last; what nobody knows counts as an evening."""
    lengths = list(lengths)
    known = [length for length in lengths if length is not None]
    return sum(known) if lengths and len(known) == len(lengths) else MINUTES_UNLESS_KNOWN


def overlapping(session: Session, place: Place, others: Iterable[Elsewhere]) -> Iterator[Elsewhere]:
    """Find those of these sessions that are on at the same place while this one is."""
    begins = instant(session.held_on, session.starts_at, session.zone)
    ends = begins + timedelta(minutes=minutes_of(session.programme))
    for other in others:
        if other.municipality != place.municipality or other.label.casefold() != place.label.casefold():
            continue
        since = instant(other.held_on, other.starts_at, other.zone)
        if since < ends and begins < since + timedelta(minutes=other.minutes):
            yield other

"""What a copy is lent for: sessions, each at its time and in its commune, and nothing of whose they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from actions.domain.action import Action
from actions.domain.overlaps import minutes_of
from common.contracts.actions import Session, SessionStatus

LENT = frozenset({SessionStatus.PLANNED, SessionStatus.HELD})
"""A session that was put off, or given up, has given its copies back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A session that a copy is lent for, by the clock of its place; `minutes` is how long it lasts."""

    held_on: date
    starts_at: time
    zone: str
    minutes: int
    municipality: str


def copies_of(session: Session) -> tuple[UUID, ...]:
    """Name the copies that a session is to be shown from, each once."""
    return tuple(dict.fromkeys(item.copy_id for item in session.programme if item.copy_id is not None))


def bookings_in(action: Action, copy_id: UUID, *, besides: UUID) -> Iterator[Booking]:
    """List the action's own sessions that the copy is lent for, but one."""
    for session in action.sessions:
        if session.id != besides and session.state in LENT and copy_id in copies_of(session):
            yield Booking(
                held_on=session.held_on,
                starts_at=session.starts_at,
                zone=session.zone,
                minutes=minutes_of(session.programme),
                municipality=action.place(session.place_id).municipality,
            )

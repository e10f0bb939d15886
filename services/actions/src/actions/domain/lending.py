"""One copy at one session, in the words that the rules on copies use (C01 to C03).

A copy may be lent to actions that the caller does not see.  Of their sessions a verdict tells when they are and whether
they are in another commune: not in which, and never whose.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from actions.domain.action import Action
from actions.domain.circumstances import Circumstances
from actions.domain.copies import bookings_in
from actions.domain.known import Copy
from actions.domain.overlaps import lasting
from actions.domain.rules.copies import Lent, Span, shown
from common.contracts.actions import Place, ProgrammeItem, Session, Support
from common.contracts.catalogue import CopyFormat, CopyKey, FilmVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Lending:
    """Everything that a rule on copies may look at.

    `lent` is what else the copy is lent for, `keys` when those open that are for this session and were not revoked;
    `asked_on` is the day on which the copy is asked for, none once it was.
    """

    on: date
    starts_at: time
    zone: str
    minutes: int
    film_id: UUID
    film_title: str
    film_version: FilmVersion | None
    support: Support
    copy_film_id: UUID
    copy_version: FilmVersion | None
    copy_format: CopyFormat
    copy_withdrawn: bool
    transit_days: int
    lent: tuple[str, ...]
    asked_on: date | None
    encrypted: bool
    keys: tuple[str, ...]
    key_revoked: bool


def lending(action: Action, session: Session, item: ProgrammeItem, copy: Copy, given: Circumstances) -> Lending:
    """Put together what rules look at for the copy that one film of a session is to be shown from."""
    film, keys = given.film(item.film_id), _keys_for(session, action.place(session.place_id), copy)
    return Lending(
        on=session.held_on,
        starts_at=session.starts_at,
        zone=session.zone,
        minutes=lasting(given.film(one.film_id).minutes_in(one.version) for one in session.programme),
        film_id=film.id,
        film_title=film.title,
        film_version=item.version,
        support=item.support,
        copy_film_id=given.work(copy.film_id),
        copy_version=copy.film_version,
        copy_format=copy.format,
        copy_withdrawn=copy.withdrawn,
        transit_days=copy.transit_days,
        lent=tuple(sorted(str(one) for one in _lent(action, session, copy, given))),
        asked_on=given.asked_on,
        encrypted=copy.encrypted,
        keys=tuple(sorted(str(Span(key.opens_at, key.closes_at)) for key in keys if not key.revoked)),
        key_revoked=any(key.revoked for key in keys),
    )


def _keys_for(session: Session, place: Place, copy: Copy) -> tuple[CopyKey, ...]:
    """Take the keys that are for this session, as far as they name one, and for its commune."""
    communes = {None, place.municipality, place.declared_code}
    return tuple(key for key in copy.keys if key.session_id in {None, session.id} and key.municipality in communes)


def _lent(action: Action, session: Session, copy: Copy, given: Circumstances) -> Iterator[Lent]:
    municipality = action.place(session.place_id).municipality
    elsewhere = given.bookings.get(copy.id, ())
    for one in (*elsewhere, *bookings_in(action, copy.id, besides=session.id)):
        span = shown(one.held_on, one.starts_at, one.zone, one.minutes)
        yield Lent(span, one.zone, one.municipality == municipality)

"""What the CNC was asked for, has granted or was told of, screening by screening: leave for one is for no other.

Before screenings were written down one by one, days, places and films were: each film of such an authorisation is
granted at each of its places on each of its days, and such a declaration is one of all that there would be.  A film is
named by the id under which it is known today (`work`).
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from itertools import product
from typing import TypeAlias
from uuid import UUID

from actions.domain.unlawful import TooManyScreenings
from common.contracts.actions import Authorisation, Declaration, NamedScreening

Work: TypeAlias = Callable[[UUID], UUID]

SCREENINGS_MAX = 1000
"""Screenings that one authorisation grants and is asked for together, or a declaration tells of: some 200 kB each."""


def granted(said: Authorisation) -> tuple[NamedScreening, ...]:
    """List the screenings that are granted."""
    if said.granted_screenings is not None:
        return said.granted_screenings
    listed = product(said.granted_dates, said.place_ids, said.film_ids)
    told = said.requested_on
    return tuple(NamedScreening(held_on=day, place_id=place, film_id=film, told_on=told) for day, place, film in listed)


def days_granted(said: Authorisation, place_id: UUID, film_id: UUID, work: Work) -> tuple[date, ...]:
    """List the days on which a film is granted at a place."""
    if said.granted_screenings is not None:
        return tuple(sorted(_days(said.granted_screenings, place_id, film_id, work)))
    listed = place_id in said.place_ids and film_id in map(work, said.film_ids)
    return said.granted_dates if listed else ()


def is_asked(said: Authorisation, one: NamedScreening, work: Work) -> bool:
    """Tell whether a screening is among those that were asked for last."""
    if said.asked_screenings is not None:
        return one.held_on in _days(said.asked_screenings, one.place_id, one.film_id, work)
    places, films = (*said.place_ids, *said.asked_place_ids), (*said.film_ids, *said.asked_film_ids)
    on_its_day = one.held_on in {*said.granted_dates, *said.asked_dates}
    return on_its_day and one.place_id in places and one.film_id in map(work, films)


def told_on(said: Authorisation, one: NamedScreening, work: Work) -> date | None:
    """Tell when the CNC was asked for a screening; none: it was not."""
    told = (*(said.granted_screenings or ()), *(said.asked_screenings or ()))
    found = [each for each in told if each.held_on == one.held_on and _is(each, one.place_id, one.film_id, work)]
    if found:
        return found[0].told_on
    by_lists = is_asked(said, one, work) or one.held_on in days_granted(said, one.place_id, one.film_id, work)
    return said.requested_on if by_lists else None


def declared_on(said: Declaration | None, one: NamedScreening, work: Work) -> date | None:
    """Tell when the CNC was told that a screening moves; none: it was not."""
    if said is None:
        return None
    if said.screenings is None:
        return said.declared_on
    of_the_day = (each for each in said.screenings if each.held_on == one.held_on)
    return next((each.told_on for each in of_the_day if _is(each, one.place_id, one.film_id, work)), None)


def require_few(screenings: Collection[NamedScreening], *, pointer: str) -> None:
    if len(screenings) > SCREENINGS_MAX:
        raise TooManyScreenings(
            f"{len(screenings)} screenings: at most {SCREENINGS_MAX}.",
            precision=f"{len(screenings)} séances : {SCREENINGS_MAX} au plus.",
            pointer=pointer,
        )


def days_of(screenings: Iterable[NamedScreening]) -> tuple[date, ...]:
    return tuple(sorted({one.held_on for one in screenings}))


def _days(screenings: Iterable[NamedScreening], place_id: UUID, film_id: UUID, work: Work) -> Iterator[date]:
    return (one.held_on for one in screenings if _is(one, place_id, film_id, work))


def _is(one: NamedScreening, place_id: UUID, film_id: UUID, work: Work) -> bool:
    return one.place_id == place_id and work(one.film_id) == film_id

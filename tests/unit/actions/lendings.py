"""Copies and sessions that want them: in four time zones, around the nights in which clocks are changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from actions.domain.action import Action
from actions.domain.circumstances import Circumstances
from actions.domain.copies import Booking
from actions.domain.known import Copy, Film
from actions.domain.screening import Finding, judge_copies
from common.contracts.actions import Place, ProgrammeItem, Session, SessionStatus, Support
from common.contracts.catalogue import CopyKey
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p

READY = a.a_ready()
POITIERS, BUXEROLLES, SAINT_DENIS, CAYENNE = "86194", "86041", "97411", "97302"
ZONES = {
    POITIERS: p.PARIS,
    BUXEROLLES: p.PARIS,
    SAINT_DENIS: "Indian/Reunion",
    CAYENNE: "America/Cayenne",
}
"""Where sessions are, by commune; the last two change no clocks."""

CLOCKS_CHANGE = (date(2025, 3, 30), date(2025, 10, 26))


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A session that wants a copy."""

    id: UUID
    copy_id: UUID
    held_on: date
    starts_at: time
    minutes: int
    commune: str

    @property
    def zone(self) -> str:
        return ZONES[self.commune]

    def booking(self) -> Booking:
        return Booking(
            held_on=self.held_on,
            starts_at=self.starts_at,
            zone=self.zone,
            minutes=self.minutes,
            municipality=self.commune,
        )


def a_copy(name: str = "copy", **said: Any) -> Copy:
    return replace(p.DCP, **{"id": p.an_id(name), **said})


def a_key(opens: str, closes: str, **said: Any) -> CopyKey:
    """Give a key by its window, on the clock of Paris."""
    key = CopyKey(id=p.an_id(opens), screen="Serveur 1", opens_at=p.at(opens), closes_at=p.at(closes))
    return replace(key, **said)


def a_wish(on: str = "2025-07-18", at: str = "22:15", commune: str = POITIERS, minutes: int = 76, n: int = 1) -> Wish:
    return Wish(
        id=p.an_id(f"wish {n}"),
        copy_id=a_copy().id,
        held_on=p.day(on),
        starts_at=time.fromisoformat(at),
        minutes=minutes,
        commune=commune,
    )


def a_place(commune: str) -> Place:
    return replace(p.SQUARE, id=p.an_id(commune), municipality=commune, declared_code=commune)


def an_action(*wishes: Wish, **said: Any) -> Action:
    """Make one action of these wishes; what is said is said of every item of their programmes."""
    communes = {wish.commune for wish in wishes}
    return replace(
        READY.screening,
        places=tuple(a_place(commune) for commune in sorted(communes)),
        sessions=tuple(a_session(wish, **said) for wish in wishes),
    )


def a_session(wish: Wish, **said: Any) -> Session:
    film = a_film(wish)
    item = ProgrammeItem(
        film_id=film.id,
        title=film.title,
        duration_minutes=film.duration_minutes,
        workshop_film=False,
        version=None,
        support=Support.DCP,
        copy_id=wish.copy_id,
    )
    return Session(
        id=wish.id,
        state=SessionStatus.PLANNED,
        held_on=wish.held_on,
        starts_at=wish.starts_at,
        zone=wish.zone,
        place_id=p.an_id(wish.commune),
        responsible="direction",
        programme=(replace(item, **said),),
        fallback_on=None,
        attendance=None,
        method=None,
        cause=None,
    )


def a_film(wish: Wish) -> Film:
    """Give the film that lasts as long as the session."""
    return replace(p.LINDA, duration_minutes=wish.minutes)


def judged(
    wish: Wish,
    copy: Copy,
    others: Sequence[Wish] = (),
    *,
    own: Sequence[Wish] = (),
    asked_on: date | None = None,
    **said: Any,
) -> dict[str, Finding]:
    """Ask what stands against a wish: `others` are in other actions, `own` in the same one."""
    given = Circumstances(
        campaign=READY.campaign,
        films={p.LINDA.id: a_film(wish)},
        organiser=p.HOLDER,
        copies={copy.id: copy},
        bookings={copy.id: tuple(one.booking() for one in others if one.copy_id == copy.id)},
        asked_on=asked_on,
    )
    action = an_action(wish, *own, **said)
    return {one.verdict.rule: one for one in judge_copies(action, action.sessions[:1], given)}


def refused(wish: Wish, copy: Copy, others: Sequence[Wish] = (), **said: Any) -> bool:
    return any(one.refusal is not None for one in judged(wish, copy, others, **said).values())


COPIES = {days: a_copy(f"copy {days}", transit_days=days) for days in (0, 1, 3)}
DAYS = st.builds(lambda night, by: night + timedelta(days=by), st.sampled_from(CLOCKS_CHANGE), st.integers(-4, 4))
WISHES = st.builds(
    Wish,
    id=st.uuids(version=4),
    copy_id=st.sampled_from([copy.id for copy in COPIES.values()]),
    held_on=DAYS,
    starts_at=st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30])),
    minutes=st.sampled_from([1, 45, 90, 180, 600]),
    commune=st.sampled_from(sorted(ZONES)),
)
PLANS = st.lists(WISHES, min_size=1, max_size=9, unique_by=lambda wish: wish.id)


def copy_of(wish: Wish) -> Copy:
    return next(copy for copy in COPIES.values() if copy.id == wish.copy_id)

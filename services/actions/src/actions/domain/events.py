"""What a calendar shows of sessions and of obligations, in French, as far as its reader may know.  Pure.

(1) An event's `uid` never changes; its `sequence` grows whenever it is moved or given up: it is the version of the
    action, for an obligation with that of the campaign, whose deadlines move due days too.
(2) Texts hold no character that a line of a calendar cannot hold.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from actions.domain.action import Action
from actions.domain.campaign import Campaign
from actions.domain.labels import BODIES, CIRCUITS, OBLIGATIONS, TYPES
from actions.domain.obligations import Obligation
from common.contracts.actions import ActionStatus, ActionType, ClosedCircuit, Session, SessionStatus

BACK, AHEAD = timedelta(days=366), timedelta(days=731)
"""How far a feed looks: a year back, two ahead."""
DOMAIN = "passeursdimages.fr"
"""What makes our uids different from everybody else's."""
_LINE_BREAKS = dict.fromkeys((*range(32), *range(127, 160), 0x2028, 0x2029), " ")


class EventStatus(StrEnum):
    """What is said of whether an event takes place (RFC 5545 §3.8.1.11)."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event: at an hour on the clock of a zone, or all of a day where there is no zone.

    `action_id` is the action that it leads to.  `busy`: whoever goes there has no time for anything else.
    """

    uid: str
    sequence: int
    changed_at: datetime
    status: EventStatus
    starts: datetime
    ends: datetime
    zone: str | None
    summary: str
    location: str = ""
    description: str = ""
    categories: tuple[str, ...] = ()
    action_id: UUID | None = None
    busy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What a feed shows, by day; each event once."""

    name: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """A session and its action, as rows say them; `withheld`: the reader is outside its closed circuit (R41)."""

    id: UUID
    action_id: UUID
    version: int
    changed_at: datetime
    action_type: ActionType
    action_state: ActionStatus
    title: str
    state: SessionStatus
    held_on: date
    starts_at: time
    zone: str
    minutes: int
    commune: str
    label: str
    films: tuple[str, ...]
    closed_circuit: ClosedCircuit | None
    withheld: bool


def session_event(session: Occasion) -> Event:
    """Show a session, by the clock on the wall; of a closed circuit from outside its kind and its commune (R41)."""
    kind, label, films = TYPES[session.action_type], session.label, session.films
    title = f"{kind} : {session.title}"
    if session.withheld:
        title, label, films = kind, CIRCUITS[session.closed_circuit], ()
    status, said = _standing(session)
    starts = datetime.combine(session.held_on, session.starts_at)
    return Event(
        uid=f"session-{session.id}@{DOMAIN}",
        sequence=session.version,
        changed_at=session.changed_at,
        status=status,
        starts=starts,
        ends=starts + timedelta(minutes=max(session.minutes, 1)),
        zone=session.zone,
        summary=_plain(f"{said}{title}"),
        location=_plain(_place(label, session.commune)),
        description=_plain(f"Au programme : {', '.join(films)}" if films else ""),
        categories=("Séance", kind),
        action_id=session.action_id,
        busy=status is EventStatus.CONFIRMED,
    )


def obligation_events(action: Action, campaign: Campaign, found: Iterable[Obligation]) -> Iterator[Event]:
    """Show what an action must still ask, and what it has settled, each on the day by which it is due."""
    sessions = {session.id: session for session in action.sessions}
    return (_obligation_event(action, campaign, sessions[one.session_id], one) for one in found)


def calendar(name: str, events: Iterable[Event], *, cut: Event | None = None) -> Calendar:
    """Put events in order, each once; `cut` is the sign that there are more."""
    by_uid = {event.uid: event for event in (*events, *([] if cut is None else [cut]))}
    return Calendar(
        name=_plain(name), events=tuple(sorted(by_uid.values(), key=lambda event: (event.starts, event.uid)))
    )


def incomplete(feed_id: UUID, why: str, day: datetime, *, at: datetime) -> Event:
    """Say on a day that the calendar shows not all there is."""
    return Event(
        uid=f"incomplete-{feed_id}@{DOMAIN}",
        sequence=day.toordinal(),
        changed_at=at,
        status=EventStatus.CONFIRMED,
        starts=day,
        ends=day + timedelta(days=1),
        zone=None,
        summary=f"Agenda incomplet : {why}",
        categories=("Agenda incomplet",),
    )


def untold(action: Action, session: Session) -> Event:
    """Say on the day of a session that what its action asks for cannot be told yet: a film has not been heard of."""
    day = datetime.combine(session.held_on, time())
    return Event(
        uid=f"untold-{action.id}@{DOMAIN}",
        sequence=action.version,
        changed_at=action.changed_at,
        status=EventStatus.TENTATIVE,
        starts=day,
        ends=day + timedelta(days=1),
        zone=None,
        summary=_plain(f"Obligations pas encore connues : {action.title}"),
        categories=("Agenda incomplet",),
        action_id=action.id,
    )


def day_of(event: Event) -> datetime:
    """Give the day on which an event begins, as an event of all of it begins."""
    return datetime.combine(event.starts, time())


def _standing(session: Occasion) -> tuple[EventStatus, str]:
    """Tell how a session stands, and what its title begins with.

    A session that was put off is tentative: programs hide what is cancelled, and who meant to come should see it.
    """
    if session.state is SessionStatus.CANCELLED:
        return EventStatus.CANCELLED, "[Annulé] "
    if session.state is SessionStatus.POSTPONED:
        return EventStatus.TENTATIVE, "[Reporté, nouvelle date à venir] "
    if session.state is SessionStatus.PLANNED and session.action_state is ActionStatus.PLANNED:
        return EventStatus.TENTATIVE, "[À confirmer] "
    return EventStatus.CONFIRMED, ""


def _obligation_event(action: Action, campaign: Campaign, session: Session, one: Obligation) -> Event:
    place, day = action.place(session.place_id), datetime.combine(one.due_on, time())
    where = _place(place.label, place.name)
    todo = f"[{'Fait' if one.settled else 'À faire'}] {OBLIGATIONS[one.kind]} ({BODIES[one.body]})"
    film = "" if one.film_id is None else f"-{one.film_id}"
    return Event(
        uid=f"obligation-{one.kind}-{session.id}{film}@{DOMAIN}",
        sequence=action.version + campaign.version,
        changed_at=max(action.changed_at, campaign.changed_at),
        status=EventStatus.CONFIRMED,
        starts=day,
        ends=day + timedelta(days=1),
        zone=None,
        summary=_plain(f"{todo} : {action.title}"),
        location=_plain(where),
        description="\n".join(map(_plain, _details(session, one, where))),
        categories=("Obligation", "Fait" if one.settled else "À faire", "Bloquant" if one.blocking else "Non bloquant"),
        action_id=action.id,
    )


def _details(session: Session, one: Obligation, where: str) -> Sequence[str]:
    """Say for which session it is, of whom it is asked, whether all waits for it, how it stands, by which rule."""
    film = next((item.title for item in session.programme if item.film_id == one.film_id), "")
    return [
        f"Séance du {session.held_on:%d/%m/%Y} à {session.starts_at:%H h %M}, {where}",
        *([f"Film : {film}"] if film else []),
        f"Auprès de : {BODIES[one.body]}",
        f"Bloquant : {'oui, rien n’est annoncé sans cela' if one.blocking else 'non'}",
        f"État : {'fait' if one.settled else 'à faire'}",
        f"Règle : {one.rule}",
    ]


def _place(label: str, commune: str) -> str:
    return ", ".join(part for part in (label, commune) if part)


def _plain(text: str) -> str:
    return text.translate(_LINE_BREAKS)

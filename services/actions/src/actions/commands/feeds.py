"""The verbs of calendar feeds: make, revoke, open; and what a feed shows."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec

from actions.commands import lookups
from actions.domain import access, events, zones
from actions.domain.action import Action
from actions.domain.circumstances import Circumstances
from actions.domain.days import local_day
from actions.domain.events import Calendar, Event
from actions.domain.feed import (
    AccessNotKnownYet,
    Feed,
    FeedOf,
    Limits,
    Maker,
    NoSuchFeed,
    OneSubject,
    Subject,
    TooManyFeeds,
    UnknownCommune,
    fingerprint,
    key_of,
    reaches,
    require_reach,
    require_whole,
)
from actions.domain.known import Coordination, is_closed
from actions.domain.obligations import obligations
from actions.store import feeds, grants, known, occasions
from common.contracts.actions import SessionStatus
from common.database import Transaction
from common.errors import NotKnownHere, NotYours
from common.idempotency import Answer, Once
from common.tokens import Principal, Territory

NAMES = {FeedOf.SESSIONS: "séances", FeedOf.OBLIGATIONS: "obligations"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """What something new is made of: an id, luck for its key, and the time."""

    id: UUID
    luck: bytes
    at: datetime


async def make(
    tx: Transaction, of: FeedOf, subject: Subject, *, caller: Principal, once: Once, fresh: Fresh, limits: Limits
) -> tuple[Answer, str | None]:
    """Make a feed that is read with the caller's rights; give its key with the answer, which is kept without it."""
    access.require(caller, "calendar_feed.make")
    subject.require_one()
    whose = await _whose(tx, caller, subject)
    await feeds.take_turn(tx, caller.org)
    if answer := await once.stored(tx):
        return answer, None
    await _require_access(tx, caller)
    if await feeds.count_live(tx, caller.org) >= limits.feeds_max:
        raise TooManyFeeds(f"They are {limits.feeds_max}.", precision=f"Ils sont {limits.feeds_max}.")
    key = key_of(fresh.luck)
    feed = Feed(
        id=fresh.id,
        of=of,
        subject=subject,
        name=f"Passeurs d’images, {NAMES[of]} : {whose}",
        maker=_maker(caller),
        fingerprint=fingerprint(key),
        created_at=fresh.at,
    )
    answer = _answer(feed, status=201, location=f"/v1/calendar-feeds/{feed.id}")
    await feeds.add(tx, feed, once, answer)
    return answer, key


async def revoke(tx: Transaction, feed_id: UUID, *, caller: Principal, once: Once, at: datetime) -> Answer:
    """End a feed: its address leads nowhere from now on.

    The right is judged first: it is the right to read, without which no feed is seen.
    """
    access.require(caller, "calendar_feed.revoke")
    feed = await feeds.lock(tx, feed_id)
    if answer := await once.answered(tx, feed.version):
        return answer
    revoked = feed.revoke(at=at)
    answer = _answer(revoked, status=200)
    await feeds.save(tx, revoked, once, answer)
    return answer


async def opened(tx: Transaction, feed_id: UUID, key: str, *, at: datetime) -> tuple[Feed, Principal]:
    """Find the feed that a key opens, and in whose name it is read; in the house's own name.

    Nobody carries more than they are granted today, whatever their token carried when the feed was made.

    Raises:
        NoSuchFeed: there is none, it was revoked, its organisation has closed, its maker may no longer read it, or the
            key is another's.
    """
    found = await feeds.named(tx, feed_id)
    feed, maker = found.feed, found.feed.maker.today(found.grant)
    if not feed.opens(key) or maker is None or is_closed(found.closed_on, _today(at)):
        raise NoSuchFeed
    reader = _principal(maker)
    if not reaches(reader, feed.subject, found.department):
        raise NoSuchFeed
    return feed, reader


async def shown(tx: Transaction, feed: Feed, limits: Limits, *, at: datetime) -> Calendar:
    """Put together what a feed shows now."""
    today = _today(at)
    days = today - events.BACK, today + events.AHEAD
    if feed.of is FeedOf.SESSIONS:
        return await _sessions(tx, feed, limits, days)
    return await _obligations(tx, feed, limits, days)


def _today(at: datetime) -> date:
    """Count by the nation's clock: around a year back and two ahead, an hour makes no difference."""
    return local_day(at, zones.of_the_nation(at.date()))


async def _sessions(tx: Transaction, feed: Feed, limits: Limits, days: tuple[date, date]) -> Calendar:
    """Show sessions; if there are too many, the latest, and a sign where they begin."""
    found = await occasions.occasions(tx, feed.subject, first_on=days[0], last_on=days[1], limit=limits.events_max + 1)
    shown = [events.session_event(one) for one in found[: limits.events_max]]
    cut = None
    if len(found) > limits.events_max:
        cut = _cut(feed, f"{limits.events_max} séances au plus, les précédentes manquent", shown[-1])
    return events.calendar(feed.name, shown, cut=cut)


async def _obligations(tx: Transaction, feed: Feed, limits: Limits, days: tuple[date, date]) -> Calendar:
    """Show obligations; if there are too many, those that are due first, and a sign where they end."""
    found = await occasions.coming(tx, feed.subject, first_on=days[0], last_on=days[1], limit=limits.actions_max + 1)
    given = await lookups.of_obligations(tx, found[: limits.actions_max])
    due: list[Event] = []
    for action in found[: limits.actions_max]:
        due += _due(feed, action, given.get(action.id))
    due = sorted((one for one in due if one.starts.date() >= days[0]), key=lambda one: (one.starts, one.uid))
    shown = due[: limits.events_max]
    cut = None
    if shown and (len(due) > len(shown) or len(found) > limits.actions_max):
        cut = _cut(feed, "il y a trop d’obligations, les suivantes manquent", shown[-1])
    return events.calendar(feed.name, shown, cut=cut)


def _due(feed: Feed, action: Action, given: Circumstances | None) -> list[Event]:
    """Show what an action asks for, at the feed's places; what cannot be told yet is said on its first day."""
    code = feed.subject.municipality
    coming = [
        session
        for session in action.sessions
        if session.state is SessionStatus.PLANNED and code in {None, action.place(session.place_id).municipality}
    ]
    unknown = [events.untold(action, session) for session in coming[:1]]
    if given is None:
        return unknown
    try:
        return list(events.obligation_events(action, given.campaign, obligations(action, given, coming)))
    except NotKnownHere:
        return unknown


def _cut(feed: Feed, why: str, at: Event) -> Event:
    return events.incomplete(feed.id, why, events.day_of(at), at=feed.created_at)


async def _whose(tx: Transaction, caller: Principal, subject: Subject) -> str:
    """Name whose calendar it is, if there is such a one and the caller may read it."""
    if subject.municipality is not None:
        commune = await known.latest_municipality(tx, subject.municipality)
        if commune is None:
            raise UnknownCommune(pointer="/municipality")
        require_whole(commune)
        require_reach(caller, subject, commune.department)
        return commune.name
    require_reach(caller, subject, None)
    if subject.organisation_id is not None:
        return (await known.organisation(tx, subject.organisation_id)).name
    if subject.coordination_id is not None:
        return await _coordination(tx, await known.coordination(tx, subject.coordination_id))
    raise OneSubject


async def _coordination(tx: Transaction, coordination: Coordination) -> str:
    """Name a coordination by who holds it; where that has not been heard, by its départements."""
    holder = coordination.organisation_id
    found = {} if holder is None else await known.heard_organisations(tx, [holder])
    if holder in found:
        return f"coordination {found[holder].name}"
    return f"coordination ({', '.join(coordination.departments)})"


async def _require_access(tx: Transaction, caller: Principal) -> None:
    """Make no feed that would not be there: its client's access must be known, and must not have ended."""
    grant = await grants.grant(tx, caller.client_id)
    if grant is None:
        raise AccessNotKnownYet
    if _maker(caller).today(grant) is None:
        raise NotYours


def _principal(maker: Maker) -> Principal:
    return Principal(
        client_id=maker.client_id,
        role=maker.role,
        scopes=maker.scopes,
        org=maker.org,
        coordination_id=maker.coordination_id,
        territory=Territory(maker.level, maker.codes),
    )


def _maker(caller: Principal) -> Maker:
    return Maker(
        client_id=caller.client_id,
        role=caller.role,
        scopes=caller.scopes,
        org=caller.org,
        coordination_id=caller.coordination_id,
        level=caller.territory.level,
        codes=caller.territory.codes,
    )


def _answer(feed: Feed, *, status: int, location: str | None = None) -> Answer:
    return Answer(status=status, version=feed.version, body=msgspec.json.encode(feed.seen()), location=location)

"""Where a copy can be when (C01), when its key opens it (C02), and whether it is what was planned (C03).

(1) Instants decide what happens at the same time; whole days of the calendar decide what travels.  A copy leaves on
    the day on which a session ends, by the clock of the place it leaves or of the one it goes to, whichever is later:
    nobody gains a day by crossing a time zone or by a show that ends after midnight.
(2) One copy, one screening at a time, whatever the room.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple, Self
from uuid import UUID

from actions.domain.days import instant, local_day
from actions.domain.labels import FORMATS, SUPPORTS
from common.contracts.actions import Support
from common.contracts.catalogue import CopyFormat, FilmVersion
from common.contracts.rules import Answer, Rule
from common.errors import Outcome

SHOWN_FROM = {
    CopyFormat.DCP: Support.DCP,
    CopyFormat.BLU_RAY: Support.BLU_RAY,
    CopyFormat.FILE: Support.FILE,
    CopyFormat.FILM_35MM: Support.FILM_REEL,
    CopyFormat.FILM_16MM: Support.FILM_REEL,
}
"""What a programme calls the support that a copy is."""


class Span(NamedTuple):
    """A time from one instant to another, as ISO 8601 writes it."""

    since: datetime
    until: datetime

    @classmethod
    def read(cls, text: str) -> Self:
        since, until = text.split("/")
        return cls(datetime.fromisoformat(since), datetime.fromisoformat(until))

    def __str__(self) -> str:
        return f"{self.since.isoformat()}/{self.until.isoformat()}"


class Lent(NamedTuple):
    """A session that a copy is lent to: when, on whose clock, and whether in the commune that is asked for."""

    span: Span
    zone: str
    here: bool

    @classmethod
    def read(cls, text: str) -> Self:
        span, zone, where = text.split(" ")
        return cls(Span.read(span), zone, where == "here")

    def __str__(self) -> str:
        return f"{self.span} {self.zone} {'here' if self.here else 'elsewhere'}"


def shown(day: date, starts_at: time, zone: str, minutes: int) -> Span:
    """Tell from when to when a session is on; it lasts its minutes also in the night in which clocks are changed."""
    begins = instant(day, starts_at, zone).astimezone(UTC)
    return Span(begins, begins + timedelta(minutes=minutes))


def journey(
    rule: Rule,
    *,
    on: date,
    starts_at: time,
    zone: str,
    minutes: int,
    film_title: str,
    transit_days: int,
    lent: tuple[str, ...],
    asked_on: date | None,
) -> Answer | None:
    """C01: `lent` are the copy's other sessions, as `Lent` writes them.

    `asked_on` is the day on which the copy is asked for: it comes no earlier than its journey lasts from there.
    """
    others = [Lent.read(text) for text in lent]

    def against(day: date) -> tuple[str, str] | None:
        span = shown(day, starts_at, zone, minutes)
        return _against(span, zone, others, transit_days) or _too_soon(span, zone, others, transit_days, asked_on)

    found = against(on)
    if found is None:
        return Answer(
            Outcome.ALLOWED,
            f"The copy of {film_title} can be there on {on}.",
            f"La copie de {film_title} peut être là le {on}.",
        )
    following = (on + timedelta(days=n) for n in range(1, rule.parameters["days_ahead"] + 1))
    first = next((day for day in following if against(day) is None), None)
    what, quoi = found
    return Answer(Outcome.REFUSED, f"{film_title}: {what}.", f"{film_title} : {quoi}.", first)


def _against(span: Span, zone: str, others: list[Lent], days: int) -> tuple[str, str] | None:
    """Say why the copy cannot be shown there and then, by where else it is."""
    for other in others:
        if span.since < other.span.until and other.span.since < span.until:
            return (
                "the copy is shown at another session at that time",
                "la copie passe à une autre séance à cette heure",
            )
        if not other.here and other.span.until <= span.since and not _travels(other.span, other.zone, span, zone, days):
            return f"the copy comes from afar, {days} days on its way", f"la copie vient d’ailleurs en {days} jours"
        if not other.here and span.until <= other.span.since and not _travels(span, zone, other.span, other.zone, days):
            return f"the copy goes on elsewhere, {days} days on its way", f"la copie repart ailleurs en {days} jours"
    return None


def _travels(left: Span, left_zone: str, reached: Span, zone: str, days: int) -> bool:
    """Tell whether a copy that is shown here can be shown there afterwards."""
    left_on = max(local_day(left.until, left_zone), local_day(left.until, zone))
    return left_on + timedelta(days=days) <= local_day(reached.since, zone)


def _too_soon(span: Span, zone: str, others: list[Lent], days: int, asked_on: date | None) -> tuple[str, str] | None:
    """Say that a copy asked for so late arrives after the show, unless the one before leaves it there."""
    ended = (other for other in others if other.span.until <= span.since)
    before = max(ended, default=None, key=lambda other: other.span.until)
    if asked_on is None or (before is not None and before.here):
        return None
    first = asked_on + timedelta(days=days)
    if first <= local_day(span.since, zone):
        return None
    return (
        f"the copy, asked for on {asked_on}, is there on {first} at the earliest",
        f"la copie, demandée le {asked_on}, est là le {first} au plus tôt",
    )


def key_window(
    rule: Rule,
    *,
    on: date,
    starts_at: time,
    zone: str,
    minutes: int,
    film_title: str,
    encrypted: bool,
    keys: tuple[str, ...],
    key_revoked: bool,
) -> Answer | None:
    """C02: `keys` are the windows of those that open here and were not revoked, as `Span` writes them.

    A key opens some hours before, for the copy to be loaded and tried, and closes some time after, for a late start.
    """
    if not encrypted:
        return None
    if not keys:
        what, quoi = "no key has been issued yet", "aucune clé n’a encore été délivrée"
        if key_revoked:
            what, quoi = (
                "its key has been revoked, and no other issued",
                "sa clé a été révoquée, et aucune autre délivrée",
            )
        return Answer(Outcome.TO_CLEAR, f"{film_title}: {what}.", f"{film_title} : {quoi}.")
    windows = [_usable(rule, Span.read(text)) for text in keys]

    def opens(day: date) -> bool:
        span = shown(day, starts_at, zone, minutes)
        return any(window.since <= span.since and span.until <= window.until for window in windows)

    if opens(on):
        return Answer(Outcome.ALLOWED, f"{film_title}: a key opens it.", f"{film_title} : une clé l’ouvre.")
    first = min((day for day in _first_days(windows, zone) if day > on and opens(day)), default=None)
    return Answer(
        Outcome.REFUSED,
        f"{film_title}: no key opens it from {rule.parameters['opens_hours_before']} hours before the session "
        f"to {rule.parameters['closes_minutes_after']} minutes after.",
        f"{film_title} : aucune clé ne l’ouvre de {rule.parameters['opens_hours_before']} heures avant la séance "
        f"à {rule.parameters['closes_minutes_after']} minutes après.",
        first,
    )


def _usable(rule: Rule, window: Span) -> Span:
    """Take the margins off a key's window: a session lies inside of what is left."""
    before = timedelta(hours=rule.parameters["opens_hours_before"])
    after = timedelta(minutes=rule.parameters["closes_minutes_after"])
    return Span(window.since + before, window.until - after)


def _first_days(windows: list[Span], zone: str) -> Iterator[date]:
    """Name the days on one of which a session at a given hour may be the first inside a window."""
    for window in windows:
        first = local_day(window.since, zone)
        yield from (first, first + timedelta(days=1))


def as_planned(
    _: Rule,
    *,
    film_id: UUID,
    film_title: str,
    film_version: FilmVersion | None,
    support: Support,
    copy_film_id: UUID,
    copy_version: FilmVersion | None,
    copy_format: CopyFormat,
    copy_withdrawn: bool,
    asked_on: date | None,
) -> Answer | None:
    """C03: a copy that was withdrawn cannot be asked for; one that is not what was planned is looked at."""
    if copy_withdrawn:
        what, quoi = "its copy has been withdrawn", "sa copie a été retirée"
        outcome = Outcome.TO_CLEAR if asked_on is None else Outcome.REFUSED
        return Answer(outcome, f"{film_title}: {what}.", f"{film_title} : {quoi}.")
    checks = (
        (copy_film_id == film_id, "the copy is another film's", "la copie est celle d’un autre film"),
        (
            film_version is None or copy_version in {None, film_version},
            f"the copy is in {copy_version}, and {film_version} is planned",
            f"la copie est en {copy_version}, et {film_version} est prévu",
        ),
        (
            support is SHOWN_FROM[copy_format],
            f"the copy is {copy_format}, and {support} is planned",
            f"la copie est : {FORMATS[copy_format]}, et le support prévu : {SUPPORTS[support]}",
        ),
    )
    lacking = next(((what, quoi) for holds, what, quoi in checks if not holds), None)
    if lacking is None:
        return Answer(
            Outcome.ALLOWED, f"{film_title}: its copy is what is planned.", f"{film_title} : sa copie est celle prévue."
        )
    return Answer(Outcome.TO_CLEAR, f"{film_title}: {lacking[0]}.", f"{film_title} : {lacking[1]}.")

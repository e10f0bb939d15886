"""Calendars as programs take them: iCalendar (RFC 5545, 7986), with the words that Apple, Google and Outlook look for.

No METHOD: this is a calendar, not an invitation, which would need an organiser (RFC 5546 §3.2.1).
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import icalendar
import msgspec

from actions.domain import zones
from actions.domain.clocks import Observance, observances
from actions.domain.events import Calendar, Event

MEDIA_TYPE = "text/calendar; charset=utf-8"
EVERY = timedelta(hours=1)
"""How often a program should look again."""
EVERY_SAID = "PT1H"
ANY_DAY = date(2025, 1, 1)
"""Where there is no event, the nation's clock is described: a calendar has one component at least (RFC 5545 §3.6)."""
_WRITTEN_BY = "2", icalendar.__version__
"""What bytes depend on besides the events: how they are written here (another number for another way), and by what."""


class Text(icalendar.vText):
    """A text as somebody wrote it: the library takes a backslash before an N for a line break (RFC 5545 §3.3.11)."""

    def to_ical(self) -> bytes:
        """Escape it piece by piece, so that the library never sees the two together."""
        return rb"\\N".join(icalendar.vText(piece).to_ical() for piece in self.split(r"\N"))


def etag(calendar: Calendar, root: str) -> str:
    """Name the bytes that would be written, without writing them."""
    said = msgspec.json.encode((_WRITTEN_BY, root, calendar))
    return f'"{hashlib.sha256(said).hexdigest()}"'


def written(calendar: Calendar, root: str) -> bytes:
    """Write a calendar; `root` is the address below which actions are found."""
    document = icalendar.Calendar()
    document.add("VERSION", "2.0")
    document.add("PRODID", "-//Passeurs d'images//actions//FR")
    document.add("CALSCALE", "GREGORIAN")
    for name in ("NAME", "X-WR-CALNAME"):
        document.add(name, Text(calendar.name))  # the library knows neither name
    document.add("REFRESH-INTERVAL", EVERY, parameters={"VALUE": "DURATION"})
    document.add("X-PUBLISHED-TTL", EVERY_SAID)
    for zone in _zones(calendar):
        document.add_component(zone)
    for event in calendar.events:
        document.add_component(_event(event, root))
    body: bytes = document.to_ical()
    return body


def _event(event: Event, root: str) -> icalendar.Event:
    said = icalendar.Event()
    said.add("UID", event.uid)
    said.add("DTSTAMP", event.changed_at.astimezone(UTC))
    said.add("LAST-MODIFIED", event.changed_at.astimezone(UTC))
    said.add("SEQUENCE", event.sequence)
    said.add("STATUS", event.status.value)
    for name, at in (("DTSTART", event.starts), ("DTEND", event.ends)):
        said.add(name, at.date() if event.zone is None else at.replace(tzinfo=ZoneInfo(event.zone)))
    said.add("TRANSP", "OPAQUE" if event.busy else "TRANSPARENT")
    said.add("SUMMARY", Text(event.summary))
    said.add("CATEGORIES", list(event.categories))
    for name, text in (("LOCATION", event.location), ("DESCRIPTION", event.description)):
        if text:
            said.add(name, Text(text))
    if event.action_id is not None:
        said.add("URL", f"{root}/v1/actions/{event.action_id}")
    return said


def _zones(calendar: Calendar) -> Iterator[icalendar.Timezone]:
    """Describe each clock that an event goes by, from before the first of them."""
    year = min((event.starts.year for event in calendar.events), default=ANY_DAY.year) - 1
    used = {event.zone for event in calendar.events if event.zone is not None}
    for name in sorted(used if calendar.events else {zones.of_the_nation(ANY_DAY)}):
        zone = icalendar.Timezone()
        zone.add("TZID", name)
        for one in observances(name, year):
            zone.add_component(_observance(one))
        yield zone


def _observance(one: Observance) -> icalendar.TimezoneStandard | icalendar.TimezoneDaylight:
    said = icalendar.TimezoneDaylight() if one.daylight else icalendar.TimezoneStandard()
    said.add("DTSTART", one.starts)
    said.add("TZOFFSETFROM", one.before)
    said.add("TZOFFSETTO", one.after)
    said.add("TZNAME", one.name)
    if one.weekday is not None:
        said.add("RRULE", {"FREQ": "YEARLY", "BYMONTH": one.month, "BYDAY": one.weekday})
    return said

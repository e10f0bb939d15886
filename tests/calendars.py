"""Calendars as a program reads them, which is not the one that wrote them; and what programs insist on.

RFC 5545: lines end with CRLF and have 75 octets at most (3.1); an event has a stamp and a uid of its own (3.6.1); each
zone that is named is described (3.6.5).  Google leaves a whole calendar out for one line that is too long or wrongly
folded; Outlook wants an end after the beginning, and the description of each zone with rules, not with lists of days.
"""

import re
from collections import Counter
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import vobject
from dateutil.tz import tzical

Event: TypeAlias = Any
"""An event as vobject gives it: `event.summary.value`."""

OCTETS_MAX = 75
REQUIRED = ("uid", "dtstamp", "last_modified", "sequence", "status", "summary", "dtstart", "dtend")


def read(content: bytes) -> dict[str, Event]:
    """Read a calendar, and hold it to what programs insist on; give its events by their uids."""
    _require_lines(content)
    calendar: Any = vobject.readOne(content.decode())
    assert (calendar.version.value, calendar.prodid.value[:4]) == ("2.0", "-//P")
    assert calendar.x_published_ttl.value == "PT1H"
    assert calendar.contents["refresh-interval"][0].params == {"VALUE": ["DURATION"]}
    events = calendar.contents.get("vevent", [])
    assert [uid for uid, times in Counter(event.uid.value for event in events).items() if times > 1] == []
    for event in events:
        _require_event(event)
    _require_zones(content.decode(), events)
    return {event.uid.value: event for event in events}


def name(content: bytes) -> str:
    """Give the name under which a program shows a calendar."""
    calendar: Any = vobject.readOne(content.decode())
    said: str = calendar.contents["x-wr-calname"][0].value
    return said


def hour(event: Event) -> str:
    """Give an event's hour by the clock of its zone, and the zone."""
    starts = event.dtstart
    return f"{starts.value:%Y-%m-%d %H:%M} {starts.params['X-VOBJ-ORIGINAL-TZID'][0]}"


def _require_lines(content: bytes) -> None:
    assert content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert content.endswith(b"END:VCALENDAR\r\n")
    lines = content.split(b"\r\n")
    assert [line for line in lines if b"\n" in line or b"\r" in line] == []
    assert [line for line in lines if len(line) > OCTETS_MAX] == []
    assert [line for line in lines if re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", line)] == []
    for line in lines:
        line.decode()  # nothing is folded inside of a character


def _require_event(event: Event) -> None:
    assert [needed for needed in REQUIRED if not hasattr(event, needed)] == []
    assert event.status.value in {"TENTATIVE", "CONFIRMED", "CANCELLED"}
    assert event.dtstamp.value.utcoffset() == event.last_modified.value.utcoffset() == timedelta()
    assert int(event.sequence.value) >= 0
    starts, ends = event.dtstart.value, event.dtend.value
    assert type(starts) is type(ends)
    assert starts < ends
    if not isinstance(starts, datetime):
        assert isinstance(starts, date)
        assert ends - starts == timedelta(days=1)


def _require_zones(text: str, events: list[Event]) -> None:
    """Hold every zone that is named to be described, by rules, as it really goes."""
    assert "RDATE" not in text
    named = set(re.findall(r"TZID=([^:;]+):", text))
    described = re.findall(r"^TZID:(.+?)\r?$", text, re.MULTILINE)
    assert len(described) == len(set(described))
    assert set(described) == named or not events
    for zone in described:
        clock, really = tzical(StringIO(text)).get(zone), ZoneInfo(zone)
        for event in events:
            if event.dtstart.params.get("X-VOBJ-ORIGINAL-TZID") == [zone]:
                plain = event.dtstart.value.replace(tzinfo=None)
                assert plain.replace(tzinfo=clock).utcoffset() == plain.replace(tzinfo=really).utcoffset()

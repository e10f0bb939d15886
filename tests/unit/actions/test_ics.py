"""Calendars as they are written, read again by another program's parser."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from actions.api import ics
from actions.api.campaigns import ZONES
from actions.domain.events import Calendar, Event, EventStatus
from tests import calendars
from tests.unit.actions.pieces import an_id

ROOT = "https://passeurs.example.org"
OVERSEAS = {
    *("America/Miquelon", "America/St_Barthelemy", "America/Marigot"),
    *("Pacific/Noumea", "Pacific/Tahiti", "Pacific/Marquesas", "Pacific/Gambier", "Pacific/Wallis"),
}
AN_EVENT = Event(
    uid="session-1@passeursdimages.fr",
    sequence=7,
    changed_at=datetime(2025, 3, 20, 9, tzinfo=UTC),
    status=EventStatus.CONFIRMED,
    starts=datetime(2025, 7, 18, 22, 15),  # noqa: DTZ001 - by the clock of its zone
    ends=datetime(2025, 7, 18, 23, 45),  # noqa: DTZ001 - by the clock of its zone
    zone="Europe/Paris",
    summary="Séance en plein air : Dehors",
    location="Place de Provence, Poitiers",
    description="Au programme : Linda veut du poulet !",
    categories=("Séance", "Séance en plein air"),
    action_id=an_id("A2"),
    busy=True,
)


def of(*events: Event) -> bytes:
    return ics.written(Calendar(name="Séances : Poitiers, Couronneries", events=events), ROOT)


def test_everything_that_is_said_of_a_session_arrives():
    (event,) = calendars.read(of(AN_EVENT)).values()
    assert (event.summary.value, event.location.value) == (AN_EVENT.summary, AN_EVENT.location)
    assert (event.description.value, event.categories.value) == (AN_EVENT.description, list(AN_EVENT.categories))
    assert event.url.value == f"{ROOT}/v1/actions/{AN_EVENT.action_id}"
    assert (event.sequence.value, event.status.value, event.transp.value) == ("7", "CONFIRMED", "OPAQUE")
    assert calendars.hour(event) == "2025-07-18 22:15 Europe/Paris"
    assert event.dtend.value - event.dtstart.value == timedelta(minutes=90)
    assert event.dtstamp.value == event.last_modified.value == AN_EVENT.changed_at
    assert calendars.name(of(AN_EVENT)) == "Séances : Poitiers, Couronneries"


def test_a_day_is_a_day_and_stands_in_nobodys_way():
    day = datetime(2025, 2, 28)  # noqa: DTZ001 - all of a day, wherever
    (event,) = calendars.read(
        of(replace(AN_EVENT, zone=None, starts=day, ends=day + timedelta(1), busy=False))
    ).values()
    assert (str(event.dtstart.value), str(event.dtend.value)) == ("2025-02-28", "2025-03-01")
    assert event.transp.value == "TRANSPARENT"


def test_a_calendar_of_nothing_is_a_calendar():
    content = of()
    assert calendars.read(content) == {}
    assert b"BEGIN:VTIMEZONE" in content


@pytest.mark.parametrize("zone", sorted(ZONES | OVERSEAS))
def test_clocks_go_as_they_are_described(zone: str):
    starts = datetime(2025, 1, 1, 12)  # noqa: DTZ001 - by the clock of its zone
    text = of(replace(AN_EVENT, zone=zone, starts=starts, ends=starts + timedelta(hours=1))).decode()
    clock, really = tzical(StringIO(text)).get(zone), ZoneInfo(zone)
    hours = (starts + timedelta(hours=6 * n) for n in range(4 * 365 * 3))
    assert [at for at in hours if at.replace(tzinfo=clock).utcoffset() != at.replace(tzinfo=really).utcoffset()] == []


def test_the_tag_is_of_all_that_is_written():
    calendar = Calendar(name="Séances", events=(AN_EVENT,))
    tag = ics.etag(calendar, ROOT)
    others = [
        (replace(calendar, name="Autres"), ROOT),
        (calendar, "https://elsewhere.example.org"),
        *((replace(calendar, events=(replace(AN_EVENT, **said),)), ROOT) for said in DIFFERENT),
        (replace(calendar, events=(AN_EVENT, replace(AN_EVENT, uid="2"))), ROOT),
    ]
    assert ics.etag(replace(calendar, events=(replace(AN_EVENT),)), ROOT) == tag
    tags = [ics.etag(*one) for one in others]
    assert len({tag, *tags}) == 1 + len(others)
    assert len({ics.written(*one) for one in others}) == len(others)


DIFFERENT = (
    {"uid": "other"},
    {"sequence": 8},
    {"changed_at": datetime(2025, 3, 21, 9, tzinfo=UTC)},
    {"status": EventStatus.CANCELLED},
    {"starts": datetime(2025, 7, 18, 22, 0)},  # noqa: DTZ001 - by the clock of its zone
    {"ends": datetime(2025, 7, 18, 23, 0)},  # noqa: DTZ001 - by the clock of its zone
    {"zone": "Indian/Reunion"},
    {"summary": "x"},
    {"location": "x"},
    {"description": "x"},
    {"categories": ("x",)},
    {"action_id": an_id("A3")},
    {"busy": False},
)

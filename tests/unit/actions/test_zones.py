"""Which clock is read where: every one has a name that the machine knows, and a region its département's."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from actions.domain import lifecycle, zones
from actions.domain.coordinates import OVERSEAS
from actions.domain.lifecycle import NewDay
from actions.domain.rules import RULES, Rule
from common.contracts.actions import Cause
from common.contracts.rules import versions
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p

TODAY = date(2025, 7, 18)


def test_l02_every_place_overseas_that_is_on_the_map_has_a_clock_of_its_own():
    (record,) = versions(RULES, "L02")
    named = [department for departments in record.sets.values() for department in departments]
    assert set(OVERSEAS) <= set(named)
    assert len(set(named)) == len(named)
    for zone in record.sets:
        assert ZoneInfo(zone).key == zone


def test_l02_a_region_overseas_has_the_clock_of_its_only_departement_and_all_others_that_of_paris():
    departments = ("971", "972", "973", "974", "976")
    regions = ("01", "02", "03", "04", "06")
    clocks = [zones.of_region(one, TODAY) for one in regions]
    assert clocks == [zones.of_department(one, TODAY) for one in departments]
    assert len(set(clocks)) == len(clocks)
    metropolitan = {zones.of_department(one, TODAY) for one in ("86", "2A", "2B", "01", "95")}
    assert {*metropolitan, zones.of_region("75", TODAY), zones.of_the_nation(TODAY)} == {"Europe/Paris"}
    assert zones.of_department("984", TODAY) == "Europe/Paris", "what no record names"
    assert zones.of_regions() == {*clocks, "Europe/Paris"}


def decreed(first_on: date, department: str = "974") -> tuple[Rule, ...]:
    """Let a decree give a département the clock of Mauritius from a day on, as a lawmaker would write it."""
    (now,) = versions(RULES, "L02")
    others = {zone: tuple(one for one in named if one != department) for zone, named in now.sets.items()}
    sets = {**others, "Indian/Mauritius": (department,)}
    ends = replace(now, valid_until=first_on - timedelta(days=1))
    return ends, replace(now, version="2", valid_from=first_on, sets=sets)


def test_l02_a_decree_moves_no_clock_before_its_first_day():
    law = decreed(date(2028, 1, 1))
    days = (date(2000, 1, 1), TODAY, date(2027, 12, 31), date(2028, 1, 1))
    clocks = ["Indian/Reunion", "Indian/Reunion", "Indian/Reunion", "Indian/Mauritius"]
    assert [zones.of_department("974", day, law) for day in days] == clocks
    assert [zones.of_region("04", day, law) for day in days] == clocks
    assert {"Indian/Reunion", "Indian/Mauritius"} <= zones.of_regions(law)


def test_l02_a_decree_that_was_misread_moves_no_clock_at_all():
    now, misread = decreed(date(2028, 1, 1))
    law = (replace(now, valid_until=None), replace(misread, corrected=True))
    assert zones.of_department("974", date(2028, 1, 1), law) == "Indian/Reunion"
    assert "Indian/Mauritius" not in zones.of_regions(law)


@pytest.mark.parametrize(("decree", "clock"), [("2025-07-18", "Indian/Mauritius"), ("2025-07-19", "Europe/Paris")])
def test_l02_a_session_is_planned_by_the_clock_of_its_day(monkeypatch: pytest.MonkeyPatch, decree: str, clock: str):
    monkeypatch.setattr(zones.of_department, "__defaults__", (decreed(p.day(decree), "86"),))
    planned = a.screening_planned(a.a_funded()).screening
    assert [(one.held_on, one.zone) for one in planned.sessions] == [(TODAY, clock)]


@pytest.mark.parametrize(("decree", "clock"), [("2025-07-25", "Indian/Mauritius"), ("2025-07-26", "Indian/Reunion")])
def test_l02_a_session_that_moves_into_a_room_elsewhere_is_held_by_that_room_s_clock_of_that_day(
    monkeypatch: pytest.MonkeyPatch, decree: str, clock: str
):
    monkeypatch.setattr(zones.of_department, "__defaults__", (decreed(p.day(decree)),))
    room = replace(p.ROOM, department="974")
    dossier = a.screening_scheduled(a.a_ready())
    places = (*dossier.screening.places, room)
    (session,) = dossier.screening.sessions
    screening = replace(dossier.screening, places=places, sessions=(replace(session, fallback_place_id=room.id),))
    put_off, _ = lifecycle.postpone(screening, Cause.WEATHER, (), at=p.at("2025-07-18 17:00"))
    days = [NewDay(session_id=session.id, held_on=p.day("2025-07-25"), indoors=True)]
    judged = lifecycle.judge_reschedule(put_off, days, dossier.given)
    assert [one.zone for one in judged.sessions] == [clock]

"""School time (R20): zones, holidays, public holidays, hours of class; and the ministry's file, line by line."""

import csv
from dataclasses import replace
from datetime import date, time
from typing import Any

import msgspec
import pytest

from actions.domain import school
from actions.domain.rules import in_force
from actions.domain.rules.school import hours_of
from actions.domain.school import Calendar, Holiday, SchoolYear, SchoolZone
from actions.domain.schoolcalendar import COLUMNS, CalendarNotReadable, Fate, Reading, read
from actions.domain.screening import Finding, judge_school_time
from actions.jobs import schoolcalendar
from common.errors import Outcome
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p
from tests.unit.actions.test_verdicts import again, kept

SHIPPED = schoolcalendar.shipped()
CALENDAR = Calendar(SHIPPED.years)
PLANNED = a.screening_planned(a.a_funded())
"""Its session shows two films, of 76 and of 9 minutes."""


def judged(on: str, at: str, calendar: Calendar = CALENDAR, *, department: str = "86", group: bool = True) -> Any:
    """Ask what R20 says of a session in Poitiers, or elsewhere."""
    action = PLANNED.screening
    (session,) = action.sessions
    session = replace(session, held_on=p.day(on), starts_at=time.fromisoformat(at), school_group=group)
    places = tuple(replace(place, department=department) for place in action.places)
    action = replace(action, places=places, sessions=(session,))
    found: list[Finding] = list(judge_school_time(action, [session], replace(PLANNED.given, school=calendar)))
    return found[0] if found else None


# ------------------------------------------------------------------------------------------------------- the rule


@pytest.mark.parametrize(
    ("on", "at", "outcome"),
    [
        ("2025-10-17", "14:00", Outcome.REFUSED),  # Friday, the last day of class
        ("2025-10-20", "14:00", Outcome.ALLOWED),  # Monday of the holidays
        ("2025-10-31", "14:00", Outcome.ALLOWED),  # the last Friday of them
        ("2025-11-03", "14:00", Outcome.REFUSED),  # the Monday of return
        ("2025-11-02", "14:00", Outcome.ALLOWED),  # Sunday
        ("2025-11-08", "10:00", Outcome.ALLOWED),  # Saturday
        ("2025-11-11", "10:00", Outcome.ALLOWED),  # Armistice day, a Tuesday
        ("2025-11-05", "10:00", Outcome.REFUSED),  # Wednesday morning
        ("2025-11-05", "11:59", Outcome.REFUSED),
        ("2025-11-05", "12:00", Outcome.ALLOWED),  # Wednesday afternoon
        ("2025-11-06", "16:29", Outcome.REFUSED),
        ("2025-11-06", "16:30", Outcome.ALLOWED),
        ("2025-11-06", "06:35", Outcome.ALLOWED),  # ends at eight, when class begins
        ("2025-11-06", "06:36", Outcome.REFUSED),
        ("2026-05-15", "14:00", Outcome.ALLOWED),  # the Friday after Ascension
        ("2026-07-03", "14:00", Outcome.REFUSED),
        ("2026-07-06", "14:00", Outcome.ALLOWED),
    ],
)
def test_r20_a_school_group_is_not_taken_out_of_class(on: str, at: str, outcome: Outcome):
    assert judged(on, at).verdict.outcome is outcome


def test_r20_concerns_school_groups_only():
    assert judged("2025-10-17", "14:00", group=False) is None


@pytest.mark.parametrize(
    ("on", "at", "free_on"),
    [
        ("2025-10-17", "14:00", "2025-10-18"),  # Saturday
        ("2025-11-04", "14:00", "2025-11-05"),  # Wednesday afternoon
        ("2025-11-04", "10:00", "2025-11-08"),
        ("2025-11-10", "10:00", "2025-11-11"),  # a public holiday
    ],
)
def test_r20_names_the_next_day_that_is_free_at_that_hour(on: str, at: str, free_on: str):
    finding = judged(on, at)
    assert finding.verdict.first_lawful_on == p.day(free_on)
    assert judged(free_on, at).verdict.outcome is Outcome.ALLOWED


@pytest.mark.parametrize(
    ("department", "on"), [("86", "2030-10-10"), ("971", "2025-10-10"), ("2A", "2025-10-10"), ("987", "2025-10-10")]
)
def test_r20_what_no_calendar_tells_is_to_be_cleared_and_refuses_nothing(department: str, on: str):
    finding = judged(on, "10:00", department=department)
    assert (finding.verdict.outcome, finding.refusal) == (Outcome.TO_CLEAR, None)
    assert finding.verdict.inputs["year_is_known"] is False
    assert judged(on, "19:00", department=department).verdict.outcome is Outcome.ALLOWED


GUYANE = SchoolYear(
    zone=SchoolZone.GUYANE,
    year=2025,
    holidays=(Holiday(label="Carnaval", starts_on=p.day("2026-02-11"), ends_on=p.day("2026-02-19")),),
)


@pytest.mark.parametrize(
    ("on", "free"),
    [("2026-02-11", "69"), ("2026-02-13", "69 973"), ("2026-02-17", "69 59 973"), ("2026-02-25", "59 75")],
)
def test_r20_each_zone_has_its_own_holidays_overseas_too(on: str, free: str):
    known = Calendar((*SHIPPED.years, GUYANE))
    said = {
        department: judged(on, "10:00", known, department=department).verdict.outcome is Outcome.ALLOWED
        for department in ("69", "59", "75", "973")
    }
    assert said == {department: department in free.split() for department in said}


def test_r20_the_last_day_before_a_holiday_that_begins_in_the_week_has_class():
    for on, free in (("2026-02-11", False), ("2026-02-12", True), ("2026-02-18", True), ("2026-02-19", False)):
        verdict = judged(on, "10:00", Calendar((GUYANE,)), department="973").verdict
        assert (verdict.outcome is Outcome.ALLOWED) is free


@pytest.mark.parametrize(("on", "at"), [("2025-10-17", "14:00"), ("2025-10-20", "14:00"), ("2030-10-10", "10:00")])
def test_r20_says_the_same_again_by_what_its_verdict_keeps(on: str, at: str):
    verdict = judged(on, at).verdict
    assert again(p.there(in_force("R20", p.day(on))), kept(verdict)) == verdict


@pytest.mark.parametrize(("on", "outcome"), [("2023-09-01", Outcome.ALLOWED), ("2023-09-04", Outcome.REFUSED)])
def test_r20_the_long_holiday_may_last_into_the_first_days_of_the_next_year(on: str, outcome: Outcome):
    summer = Holiday(label="Vacances d'Été", starts_on=p.day("2023-07-08"), ends_on=p.day("2023-09-04"))
    noel = Holiday(label="Vacances de Noël", starts_on=p.day("2023-12-23"), ends_on=p.day("2024-01-08"))
    known = Calendar(
        (
            SchoolYear(zone=SchoolZone.A, year=2022, holidays=(summer,)),
            SchoolYear(zone=SchoolZone.A, year=2023, holidays=(noel,)),
        )
    )
    assert judged(on, "10:00", known).verdict.outcome is outcome


# -------------------------------------------------------------------------------------------------- the calendar


def test_every_departement_has_its_zone():
    metropolitan = {f"{n:02}" for n in range(1, 96) if n != 20} | {"2A", "2B"}
    assert school.ZONE_OF.keys() == metropolitan | {"971", "972", "973", "974", "976"}


@pytest.mark.parametrize(
    ("department", "day", "free"),
    [
        ("86", "2025-04-21", True),
        ("86", "2025-05-29", True),
        ("86", "2025-06-09", True),
        ("86", "2025-04-18", False),
        ("67", "2025-04-18", True),
        ("67", "2025-12-26", True),
        ("971", "2025-05-27", True),
        ("972", "2025-05-22", True),
        ("973", "2025-06-10", True),
        ("974", "2025-12-20", True),
        ("976", "2025-04-27", True),
        ("86", "2025-05-27", False),
    ],
)
def test_public_holidays_are_the_law_s_and_the_place_s(department: str, day: str, free: bool):
    assert (p.day(day) in school.public_holidays(department, int(day[:4]))) is free


def test_the_hours_of_class_are_the_rule_s():
    rule = p.there(in_force("R20", p.day("2025-11-04")))
    assert hours_of(rule) == school.Hours(begins=480, ends=990, wednesday_ends=720)


# ------------------------------------------------------------------------------------------------------ the file


def reading(*lines: str, header: str = ";".join((*COLUMNS, "Location"))) -> Reading:
    rows = csv.DictReader([header, *lines], delimiter=";")
    return read(rows.fieldnames or (), rows)


SUMMER = "Vacances d'Été;-;2026-07-04;2026-09-01;Zone A;2025-2026;Lyon"
NOEL = "Vacances de Noël;Élèves;2025-12-19T23:00:00+00:00;2026-01-04T23:00:00+00:00;Zone A;2025-2026;Lyon"


def test_the_file_s_instants_are_days_of_the_place():
    (year,) = reading(NOEL, SUMMER).years
    assert (year.zone, year.year) == (SchoolZone.A, 2025)
    assert year.holidays[0] == Holiday(label="Vacances de Noël", starts_on=date(2025, 12, 20), ends_on=date(2026, 1, 5))
    reunion = NOEL.replace("23:00:00", "20:00:00").replace("Zone A", "Réunion")
    (year,) = reading(reunion, SUMMER.replace("Zone A", "Réunion")).years
    assert year.holidays[0].starts_on == date(2025, 12, 20)


def test_every_line_is_accounted_for():
    found = reading(
        NOEL,
        NOEL.replace("Lyon", "Bordeaux"),
        NOEL.replace("2025-12-19", "2025-12-18"),
        NOEL.replace("Élèves", "Enseignants"),
        NOEL.replace("Zone A", "Nouvelle Calédonie"),
        NOEL.replace("2026-01-04T23:00:00+00:00", "bientôt"),
        NOEL.replace("2025-2026", "2025"),
        SUMMER,
    )
    fates = [one.fate for one in found.outcomes]
    unreadable, taken = Fate.UNREADABLE, Fate.TAKEN
    assert fates == [taken, Fate.SAME, Fate.CONTRADICTS, Fate.TEACHERS, Fate.OTHER_ZONE, unreadable, unreadable, taken]
    assert [one.line for one in found.outcomes] == list(range(2, 10))
    assert len(found.years) == 1


def test_a_year_without_its_long_holiday_is_not_whole():
    found = reading(NOEL)
    assert (found.years, [one.year for one in found.incomplete]) == ((), [2025])


def test_of_the_last_year_only_the_beginning_of_the_long_holiday_is_published():
    (year,) = reading(NOEL, "Début des Vacances d'Été;-;2026-07-04;;Zone A;2025-2026;Lyon").years
    assert year.holidays[-1].ends_on == date(2026, 9, 1)


def test_another_file_is_refused_whole():
    with pytest.raises(CalendarNotReadable):
        reading("x;y", header="a;b")


def test_what_ships_is_whole_and_says_each_zone_s_year():
    assert {one.fate for one in SHIPPED.outcomes} == {Fate.TAKEN}
    assert {(one.zone, one.year) for one in SHIPPED.years} == {(zone, year) for zone in "ABC" for year in (2024, 2025)}
    assert {len(one.holidays) for one in SHIPPED.years} == {6}
    assert msgspec.json.decode(msgspec.json.encode(SHIPPED.years), type=tuple[SchoolYear, ...]) == SHIPPED.years

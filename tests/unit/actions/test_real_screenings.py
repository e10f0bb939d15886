"""Forty-three real open-air screenings judged as if they were planned here: nothing that nobody knows is allowed.

Of each only what a public page told is known: day, place, title, and of some films their length and visa number.  The
table beside this file says what each rule must answer, and by which missing input; its lines name no film.
"""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from actions.domain.known import Film
from actions.domain.rules import judged
from common.contracts.actions import AuthorisationStatus
from common.contracts.catalogue import Visa
from common.errors import Outcome, Verdict
from tests.unit.actions import pieces as p
from tests.unit.actions.cases import a_case

SHARED = Path(__file__).parents[4] / "shared/data"
TABLE = Path(__file__).with_name("real_screenings.csv")
ASKED = ("R01", "R03", "R08", "R16", "R51", "R52")
MISSING = {
    "R01": (("has_visa", False, "visa"), ("counts_from", None, "visa date")),
    "R03": (("duration_minutes", None, "duration"),),
    "R08": (("authorisation", "to_request", "authorisation"),),
    "R16": (("classification", None, "classification"),),
    "R52": (("rights_confirmed", False, "rights"),),
}
needs_data = pytest.mark.skipif(not SHARED.exists(), reason="the real public data is not beside this checkout")


def screenings() -> Iterator[tuple[str, date, Film]]:
    """Read each screening with what is known of its film; a year of production is no date of release."""
    with (SHARED / "films/films_education_image.csv").open(encoding="utf-8", newline="") as file:
        known = {row["id"]: row for row in csv.DictReader(file)}
    with (SHARED / "actions/seances_plein_air_reelles.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            film: dict[str, Any] = known.get(row["film_id"], {})
            minutes, visa = film.get("duree_minutes"), film.get("visa")
            yield (
                row["id"],
                date.fromisoformat(row["date"]),
                Film(
                    id=p.an_id(row["film_titre"]),
                    title=row["film_titre"],
                    duration_minutes=int(minutes) if minutes else None,
                    visas=(Visa(number=visa),) if visa else (),
                ),
            )


def verdicts() -> Iterator[tuple[str, str, str, str, str]]:
    """Answer for each screening and rule: the version that judged, what it says, and what is missing."""
    for number, on, film in screenings():
        case = a_case(film, on.isoformat(), terms=None, authorisation=AuthorisationStatus.TO_REQUEST)
        for rule in ASKED:
            verdict = judged(rule, on, case)
            if verdict is not None:
                yield number, rule, verdict.version or "none in force", verdict.outcome, missing(verdict)


def missing(verdict: Verdict) -> str:
    """Name the input that nobody knows, if the verdict says so by it."""
    if verdict.outcome is not Outcome.TO_CLEAR or not verdict.version:
        return ""
    lacking = (name for field, unknown, name in MISSING[verdict.rule] if verdict.inputs[field] == unknown)
    return next(lacking, "?")


@needs_data
def test_every_verdict_is_the_one_that_the_table_says():
    with TABLE.open(encoding="utf-8", newline="") as file:
        assert [tuple(row) for row in list(csv.reader(file))[1:]] == list(verdicts())


@needs_data
def test_none_is_allowed_where_something_is_missing_or_no_rule_was_in_force():
    found = list(screenings())
    assert len(found) == 43
    for number, _, film in found:
        said = [one for one in verdicts() if one[0] == number]
        assert any(outcome != Outcome.ALLOWED for _, _, _, outcome, _ in said), (number, film)
        by_rule = {rule: (version, outcome) for _, rule, version, outcome, _ in said}
        assert by_rule["R01"][1] == Outcome.TO_CLEAR
        assert (by_rule["R01"][0] == "none in force") is (number <= "PA037")


@needs_data
def test_what_is_missing_is_named():
    assert {name for _, _, version, outcome, name in verdicts() if outcome == "to_clear" and version == "1"} == {
        "visa",
        "visa date",
        "duration",
        "authorisation",
        "classification",
        "rights",
    }

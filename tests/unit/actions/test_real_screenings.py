"""Forty-three real open-air screenings judged as if they were planned here: nothing that nobody knows is allowed.

Of each only what a public page told is known: day, place, title, and of some films their length and visa number.  The
table beside this file says what each rule must answer, and by which missing input; its lines name no film.
"""

import csv
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from actions.jobs import commandline
from actions.jobs.screenings import ColumnsMissing, Report, account, judge_file, table
from common.errors import Outcome

SHARED = Path(__file__).parents[4] / "shared/data"
REAL = SHARED / "actions/seances_plein_air_reelles.csv", SHARED / "films/films_education_image.csv"
TABLE = Path(__file__).with_name("real_screenings.csv")
needs_data = pytest.mark.skipif(not SHARED.exists(), reason="the real public data is not beside this checkout")

HEAD = "id,organisateur,date,code_insee,lieu,film_titre,film_id,gratuit\n"
FILMS = (
    "id,titre,duree_minutes,visa\n"
    "F1,Court,52,098363\n"
    "F2,Tout juste,60,140000\n"
    "F3,Long,95,\n"
    "F4,Illisible,une heure,\n"
    "F5,Sans durée,,140001\n"
)


@pytest.fixture(scope="module")
def real() -> Report:
    return judge_file(*REAL)


def expected() -> list[list[str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def judged(tmp_path: Path, lines: str) -> Report:
    screenings, films = tmp_path / "screenings.csv", tmp_path / "films.csv"
    screenings.write_text(HEAD + lines, encoding="utf-8")
    films.write_text(FILMS, encoding="utf-8")
    return judge_file(screenings, films)


def said(report: Report) -> dict[tuple[str, str], tuple[str, str]]:
    return {(one.screening, one.verdict.rule): (one.verdict.outcome, one.missing) for one in report.findings}


# ------------------------------------------------------------------------------------------------ the real ones


@needs_data
def test_every_verdict_is_the_one_that_the_table_says(real: Report):
    assert [list(row[:5]) for row in table(real.findings)] == expected()
    assert list(account(real)) == ["43 lines: 43 judged, 0 refused"]


@needs_data
def test_none_is_allowed_where_something_is_missing_or_no_rule_was_in_force(real: Report):
    assert len({one.screening for one in real.findings}) == 43
    for one in real.findings:
        unknown = one.missing or not one.verdict.version
        assert (one.verdict.outcome is Outcome.TO_CLEAR) is bool(unknown), one
        assert one.verdict.reason
        assert one.verdict.raison
        assert (one.version == "none in force") is (one.screening <= "PA037")
    for screening in {one.screening for one in real.findings}:
        assert said(real)[screening, "R01"][0] == Outcome.TO_CLEAR


@needs_data
def test_what_is_missing_is_named(real: Report):
    assert Counter(one.missing for one in real.findings if one.verdict.version) == {
        "visa": 3,
        "visa date": 3,
        "duration": 4,
        "authorisation": 6,
        "classification": 6,
        "rights": 6,
        "": 6,
    }


@needs_data
def test_the_command_says_the_same_twice_and_asks_no_database():
    environ = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    words = ["screenings", "judge", str(REAL[0]), "--films", str(REAL[1])]
    command = [sys.executable, "-m", "actions.main", *words]
    first = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert (first.returncode, first.stderr) == (0, "43 lines: 43 judged, 0 refused\n")
    assert [row[:5] for row in csv.reader(first.stdout.splitlines())] == expected()
    assert CliRunner().invoke(commandline.app, words).stdout == first.stdout


# --------------------------------------------------------------------------------------------- lines of our own


def test_a_line_that_cannot_be_read_is_named_and_keeps_nobody_else_out(tmp_path: Path):
    report = judged(
        tmp_path,
        "S1,Ville,2024-07-10,86194,Place,Long,F3,oui\n"
        "S2,Ville,2024-02-30,86194,Place,Long,F3,oui\n"
        "S3,Ville,2024-07-10,8619,Place,Long,F3,oui\n"
        "S4,Ville,2024-07-10,86194,Place,,F3,oui\n"
        "S5,Ville,2024-07-10,86194,Place,Long,F9,oui\n"
        "S6,Ville,2024-07-10,86194,Place,Illisible,F4,oui\n"
        "S7,Ville,2024-07-10,86194,Place,Long,F3,\n"
        "S1,Ville,2024-07-11,86194,Place,Long,F3,oui\n"
        ",Ville,2024-07-10,86194,Place,Long,F3,oui\n"
        "S8,Ville\n"
        "S9,Ville,2024-07-10,2A004,Place,Long,F3,non\n",
    )
    assert {one.screening for one in report.findings} == {"S1", "S9"}
    assert list(account(report)) == [
        "films.csv line 5: F4: duree_minutes: une heure",
        "screenings.csv line 3: S2: date: 2024-02-30",
        "screenings.csv line 4: S3: code_insee: 8619",
        "screenings.csv line 5: S4: film_titre: empty",
        "screenings.csv line 6: S5: film_id: F9 is in no list of films that was given",
        "screenings.csv line 7: S6: film_id: F4 is in no list of films that was given",
        "screenings.csv line 8: S7: gratuit: empty",
        "screenings.csv line 9: S1: id: an earlier line is about the same screening",
        "screenings.csv line 10: no id: id: empty",
        "screenings.csv line 11: S8: film_titre: empty",
        "11 lines: 2 judged, 9 refused",
    ]


def test_without_a_day_no_rule_can_be_asked_and_each_names_it(tmp_path: Path):
    report = judged(tmp_path, "S1,Ville,,86194,Place,Court,F1,oui\n")
    assert set(said(report).values()) == {(Outcome.TO_CLEAR, "date")}
    assert {rule for _, rule in said(report)} == {"R01", "R03", "R08", "R16", "R51", "R52"}


def test_the_first_day_of_the_rules_is_judged_and_the_day_before_is_not(tmp_path: Path):
    lines = "S1,V,2009-10-25,86194,P,Long,F3,oui\nS2,V,2009-10-26,86194,P,Long,F3,oui\n"
    versions = {(one.screening, one.version) for one in judged(tmp_path, lines).findings}
    assert versions == {("S1", "none in force"), ("S2", "1"), ("S2", "2"), ("S2", "3")}


def test_what_a_film_needs_depends_on_its_length(tmp_path: Path):
    lines = "".join(f"S{n},V,2024-07-10,86194,P,Titre,{film},oui\n" for n, film in enumerate(("F1", "F2", "F3", "F5")))
    verdicts = said(judged(tmp_path, lines))
    assert {rule for screening, rule in verdicts if screening == "S0"} == {"R16", "R51", "R52"}
    assert verdicts["S1", "R03"] == (Outcome.TO_CLEAR, "")
    assert verdicts["S2", "R01"] == (Outcome.TO_CLEAR, "visa")
    assert verdicts["S3", "R01"] == (Outcome.TO_CLEAR, "visa date")
    assert verdicts["S3", "R03"] == (Outcome.TO_CLEAR, "duration")


def test_without_a_list_only_titles_are_known(tmp_path: Path):
    file = tmp_path / "screenings.csv"
    file.write_text(HEAD + "S1,V,2024-07-10,86194,P,Court,,oui\nS2,V,2024-07-10,86194,P,Court,F1,oui\n")
    report = judge_file(file)
    assert said(report)["S1", "R03"] == (Outcome.TO_CLEAR, "duration")
    assert len(report.refused) == 1


def test_a_file_with_other_columns_is_refused(tmp_path: Path):
    file = tmp_path / "screenings.csv"
    file.write_text("id,date\nS1,2024-07-10\n", encoding="utf-8")
    with pytest.raises(ColumnsMissing, match="organisateur, code_insee"):
        judge_file(file)

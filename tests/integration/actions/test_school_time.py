"""School time through the HTTP door (R20), by the calendar that a command has taken in."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from actions.domain.schoolcalendar import COLUMNS
from actions.jobs import commandline
from common import migrations
from tests.integration.actions.people import Desk, a_cast, a_department, a_town
from tests.integration.actions.screenings import a_film, a_session, asked, begun, by_rule, indoors, planned
from tests.integration.actions.test_risks import risks, settled

OK = (201, "", None)
IN_CLASS = (409, "on-school-time", "R20")
GUADELOUPE = (
    ";".join(COLUMNS),
    "Vacances de Noël;Élèves;2025-12-20T04:00:00+00:00;2026-01-05T04:00:00+00:00;Guadeloupe;2025-2026",
    "Vacances d'Été;-;2026-07-04T04:00:00+00:00;2026-09-01T04:00:00+00:00;Guadeloupe;2025-2026",
)

Take = Callable[..., Awaitable[list[str]]]


def run(address: str, *arguments: str) -> Result:
    dsn = migrations.dsn(address, "actions", "app")
    return CliRunner().invoke(commandline.app, ["school-calendar", "import", *arguments, "--dsn", dsn])


@pytest.fixture
def take(address: str) -> Take:
    """The command, on this service's database; it answers with what it says."""

    async def taken(*arguments: str) -> list[str]:
        ran = await asyncio.to_thread(run, address, *arguments)
        assert ran.exit_code == 0, ran.output
        return ran.output.splitlines()

    return taken


async def test_the_calendar_is_taken_in_once_and_a_dry_run_takes_nothing(take: Take):
    dry = await take("--dry-run")
    assert "36 lines" in dry[0]
    first, second = await take(), await take()
    assert [line for line in dry if "holidays" in line] == [line for line in first if "holidays" in line]
    assert all(line.endswith("taken") for line in first if "holidays" in line)
    assert all(line.endswith("unchanged") for line in second if "holidays" in line)
    assert len([line for line in second if "holidays" in line]) == 6


@pytest.mark.parametrize(
    ("on", "at", "said"),
    [
        ("2025-10-17", "14:00", IN_CLASS),
        ("2025-10-20", "14:00", OK),
        ("2025-11-02", "14:00", OK),
        ("2025-11-03", "14:00", IN_CLASS),
        ("2025-11-05", "11:59", IN_CLASS),
        ("2025-11-05", "12:00", OK),
        ("2025-11-06", "16:30", OK),
        ("2025-11-11", "10:00", OK),
    ],
    ids=["last class", "holiday", "Sunday", "return", "Wednesday morning", "afternoon", "after class", "armistice"],
)
async def test_r20_a_school_group_is_not_taken_out_of_class(desk: Desk, take: Take, on: str, at: str, said: Any):
    await take()
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await begun(desk, cast, film, actions=[indoors()])
    session = a_session(film.id, on, starts_at=at, school_group=True)
    assert by_rule(await planned(desk, action, cast.holder, session)) == said


async def test_r20_a_fallback_day_in_school_time_is_told_when_it_is_planned(desk: Desk, take: Take):
    """Saturday 20 September, and the Monday or the Saturday after it."""
    await take()
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await begun(desk, cast, film, actions=[indoors()])
    for on, lawful in (("2025-09-22", False), ("2025-09-27", True)):
        session = a_session(film.id, "2025-09-20", starts_at="10:00", school_group=True, fallback_on=on)
        said = await asked(desk, action, cast.holder, {"session": session})
        assert [(one["fallback"], one["held_on"], one["lawful"]) for one in said["storm"]] == [("day", on, lawful)]
        (told,) = (one for one in said["fallback_verdicts"] if one["rule"] == "R20")
        assert (told["blocks"], told["code"]) == (None, None if lawful else "on-school-time")
        action = await planned(desk, action, cast.holder, session)
        noticed = [(one["session_id"], one["fallback"]) for one in action.json()["notices"] if one["rule"] == "R20"]
        assert ((action.json()["sessions"][-1]["id"], "day") in noticed) is not lawful


async def test_r20_who_comes_alone_comes_when_he_likes(desk: Desk, take: Take):
    await take()
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await begun(desk, cast, film, actions=[indoors()])
    answer = await planned(desk, action, cast.holder, a_session(film.id, "2025-10-17", starts_at="14:00"))
    assert by_rule(answer) == OK


async def test_r20_overseas_counts_by_its_own_calendar_and_its_own_midnight(desk: Desk, take: Take, tmp_path: Path):
    file = tmp_path / "calendar.csv"
    file.write_text("\n".join(GUADELOUPE), "utf-8")
    await desk.hear("territory", a_department("971", a_town("97105")))
    cast, film = a_cast("971", "97105"), a_film(visa="2023-01-01")
    there = indoors(places=[{"label": "Le cinéma", "municipality": "97105"}])
    action, *_ = await begun(desk, cast, film, actions=[there], main_municipality="97105")
    friday = {"session": a_session(film.id, "2025-12-19", starts_at="10:00", school_group=True)}
    before = await asked(desk, action, cast.holder, friday)
    (unknown,) = (one for one in before["verdicts"] if one["rule"] == "R20")
    assert (unknown["outcome"], unknown["inputs"]["year_is_known"]) == ("to_clear", False)
    action = await planned(desk, action, cast.holder, friday["session"])
    await take(str(file), "--source-date", "2025-06-01")
    await settled(desk)
    assert await risks(desk, action, cast.holder) == ["R20"]
    action = await desk.get(f"/v1/actions/{action.json()['id']}", cast.holder)
    after = await asked(desk, action, cast.holder, friday)
    (refused,) = (one for one in after["verdicts"] if one["rule"] == "R20")
    assert (refused["outcome"], refused["first_lawful_on"]) == ("refused", "2025-12-20")
    monday = a_session(film.id, "2025-12-22", starts_at="00:00", school_group=True)
    assert by_rule(await planned(desk, action, cast.holder, monday)) == OK


async def test_what_is_older_than_what_is_known_says_nothing(take: Take, tmp_path: Path):
    file = tmp_path / "calendar.csv"
    file.write_text("\n".join(GUADELOUPE).replace("2025", "2027").replace("2026", "2028"), "utf-8")
    corrected = tmp_path / "corrected.csv"
    corrected.write_text(file.read_text("utf-8").replace("2028-01-05", "2028-01-06"), "utf-8")
    said = [
        (await take(str(which), "--source-date", day, *rest))[-1].rpartition(" ")[2]
        for which, day, *rest in (
            (corrected, "2027-06-01"),
            (file, "2027-01-01", "--dry-run"),
            (file, "2027-01-01"),
            (file, "2027-07-01"),
        )
    ]
    assert said == ["taken", "unchanged", "unchanged", "taken"]


def test_a_file_with_other_columns_is_refused_and_a_file_is_of_some_day(address: str, tmp_path: Path):
    file = tmp_path / "other.csv"
    file.write_text("a;b\n", "utf-8")
    assert run(address, str(file)).exit_code == 2
    assert run(address, str(file), "--source-date", "2025-06-01").exit_code == 2


async def test_r01_r20_the_day_that_is_named_is_one_that_is_not_refused(desk: Desk, take: Take) -> None:
    await take()
    cast, film = a_cast(), a_film(visa="2024-09-15")
    action, *_ = await begun(desk, cast, film, actions=[indoors()])
    for_a_class = {"starts_at": "10:00", "school_group": True}
    session = a_session(film.id, "2025-09-08", **for_a_class)
    said = await asked(desk, action, cast.holder, {"session": session})
    alone = {one["rule"]: one["first_lawful_on"] for one in said["verdicts"] if one["blocks"] == "action.plan_session"}
    assert alone == {"R01": "2025-09-16", "R20": "2025-09-13"}
    assert said["first_lawful_on"] == "2025-09-20"
    assert by_rule(await planned(desk, action, cast.holder, a_session(film.id, "2025-09-20", **for_a_class))) == OK

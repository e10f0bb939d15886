"""Reference data taken in from files: every line accounted for, and the same file twice changes nothing."""

import csv
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner

from common import migrations
from common.database import Database, connect, uuid7
from partners.commands.imports import Fate
from partners.commands.territories import Result
from partners.domain.editions import Anomaly
from partners.jobs import commandline, imports
from partners.jobs.imports import Origin

DATA = Path(__file__).parents[4].parent / "shared" / "data"
"""Real files of the publishers, beside the checkout in development and in CI."""

beside = pytest.mark.skipif(not DATA.exists(), reason="the publishers' files are not beside this checkout")
TABLES = Origin(vintage=2026, source="Insee, DGCL, Etalab, ANCT", source_date=date(2026, 7, 1))
ANCT = Origin(vintage=2025, source="ANCT, QPV 2024", source_date=date(2026, 7, 1))


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
async def address(database: Callable[[str], Awaitable[str]]) -> str:
    return await database("partners")


@pytest.fixture(scope="module")
async def db(address: str) -> AsyncIterator[Database]:
    opened = await connect(migrations.dsn(address, "partners", "app"), size_max=2)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def published(db: Database) -> Database:
    """The database once the whole of 2025 and two départements of 2024 are published."""
    edition = imports.open_shipped(2024)
    few = [one for one in edition.departments if one.area.code in ("86", "974")]
    for one in (imports.open_shipped(2025), replace(edition, departments=few)):
        await imports.import_edition(db, one, clock=now, say=lambda _: None)
    return db


async def outbox(administrator: asyncpg.Connection) -> int:
    """Count what has been announced."""
    return int(await administrator.fetchval("SELECT count(*) FROM outbox"))


@pytest.mark.usefixtures("published")
async def test_every_departement_is_announced_once(administrator: asyncpg.Connection):
    rows = await administrator.fetch(
        "SELECT vintage, count(*) AS n, sum(municipalities) AS m FROM territory GROUP BY vintage"
    )
    assert {row["vintage"]: (row["n"], row["m"]) for row in rows}[2025] == (109, 34_969)
    types = await administrator.fetch("SELECT type, count(*) AS n FROM outbox GROUP BY type")
    assert {row["type"].split(".", 2)[2]: row["n"] for row in types} == {
        "territory.vintage_published.v1": 111,
        "territory.state.v1": 111,
    }


async def test_the_same_edition_again_changes_nothing(published: Database, administrator: asyncpg.Connection):
    before, told = await outbox(administrator), list[str]()
    results = await imports.import_edition(published, imports.open_shipped(2025), clock=now, say=told.append)
    assert Counter(results) == {Result.UNCHANGED: 109}
    assert await outbox(administrator) == before
    assert "2025 86 Vienne: unchanged, 300 codes" in told


def test_every_line_of_the_set_that_ships_is_accounted_for():
    for vintage, file in imports.shipped().items():
        edition = imports.open_shipped(vintage)
        kinds = Counter(remark.anomaly for remark in edition.remarks)
        taken = (
            len(edition.entries) + len(edition.regions) + len(edition.departments) + len(edition.intermunicipalities)
        )
        assert taken + edition.set_aside()[file] == edition.lines[file]
        assert kinds[Anomaly.MALFORMED_CODE] == 366  # Corsica's codes of before 1976
        assert kinds.keys().isdisjoint({Anomaly.UNKNOWN_PARENT, Anomaly.UNKNOWN_DEPARTMENT})


def test_the_history_of_the_set_that_ships_is_that_of_its_editions():
    editions = {vintage: imports.open_shipped(vintage) for vintage in imports.shipped()}
    entries = {
        vintage: {one.municipality.code: one.municipality for one in edition.entries}
        for vintage, edition in editions.items()
    }
    whole = {v: {c for c, one in known.items() if one.kind == "municipality"} for v, known in entries.items()}
    for before, after in ((2024, 2025), (2025, 2026)):
        for code in whole[before] - whole[after]:
            successors = entries[after][code].successors
            assert successors, code
            assert set(successors) <= whole[after]


# ------------------------------------------------------------------------------------------ publishers' files


@beside
def test_the_national_tables_and_the_set_that_ships_give_the_same_sheets():
    tables = imports.open_national(DATA / "territoires", TABLES)
    shipped = imports.open_shipped(2026)
    same = replace(shipped, source=TABLES.source, source_date=TABLES.source_date)
    assert list(tables.sheets()) == list(same.sheets())


@beside
def test_the_changes_between_editions_are_those_of_the_table():
    with (DATA / "territoires" / "cog_changements_2024_2026.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    entries = {one.municipality.code: one.municipality for one in imports.open_shipped(2026).entries}
    for row in rows:
        if row["type"] == "supprimee":
            assert entries[row["code"]].successors == (row["codes_successeurs"],)
        else:
            assert entries[row["code"]].name == row["nom_2026"]


@beside
async def test_the_national_tables_bring_the_density_grid_and_nothing_twice(
    published: Database, administrator: asyncpg.Connection
):
    edition = imports.open_national(DATA / "territoires", TABLES)
    aside = edition.set_aside()
    assert sum(edition.lines.values()) == 43_703
    assert {file: count for file, count in aside.items() if count} == {
        "arrondissements": 333,
        "communes_anciens_codes": 2_358,
        "entites_infracommunales": 584,
    }
    first = await imports.import_edition(published, edition, clock=now, say=lambda _: None)
    assert Counter(first) == {Result.PUBLISHED: 109}
    levels = await administrator.fetch(
        "SELECT density, count(*) AS n FROM municipality WHERE vintage = 2026 GROUP BY 1"
    )
    assert {row["density"]: row["n"] for row in levels if row["density"]} == {
        1: 699,
        2: 637,
        3: 1_996,
        4: 947,
        5: 5_072,
        6: 18_288,
        7: 7_236,
    }
    before = await outbox(administrator)
    again = await imports.import_edition(published, edition, clock=now, say=lambda _: None)
    assert Counter(again) == {Result.UNCHANGED: 109}
    assert await outbox(administrator) == before


@beside
async def test_all_priority_districts_are_taken_and_lie_where_the_relation_says(
    published: Database, administrator: asyncpg.Connection
):
    file = DATA / "qpv" / "qpv_2024.csv"
    assert imports.compare_districts(file, DATA / "qpv" / "qpv_2024_communes.csv", say=lambda _: None) == 0
    first = await imports.import_districts(published, file, ANCT, clock=now, say=lambda _: None)
    assert Counter(one.fate for one in first) == {Fate.REGISTERED: 1_493}
    assert await administrator.fetchval("SELECT sum(cardinality(municipalities)) FROM district") == 1_684
    before = await outbox(administrator)
    again = await imports.import_districts(published, file, ANCT, clock=now, say=lambda _: None)
    assert Counter(one.fate for one in again) == {Fate.UNCHANGED: 1_493}
    assert await outbox(administrator) == before


@beside
async def test_r34_overseas_districts_are_refused_in_the_vintage_before_their_list(published: Database, tmp_path: Path):
    head, *lines = (DATA / "qpv" / "qpv_2024.csv").read_text(encoding="utf-8").splitlines()
    of_two = [one for one in lines if one.startswith(("QN086", "QN974"))]
    file = tmp_path / "qpv.csv"
    file.write_text("\n".join([head, *of_two]), encoding="utf-8")
    told = list[str]()
    outcomes = await imports.import_districts(published, file, replace(ANCT, vintage=2024), clock=now, say=told.append)
    fates = {one.code[2:5]: (one.fate, one.reason[:3]) for one in outcomes}
    assert fates == {"086": (Fate.REGISTERED, ""), "974": (Fate.REFUSED, "R34")}
    assert told[0] == "qpv.csv: 63 lines: 6 registered, 0 changed, 0 unchanged, 0 repeated, 57 refused"


@beside
async def test_employers_and_authorities_become_organisations_once(
    published: Database, administrator: asyncpg.Connection
):
    for name, lines in (("organisations_siret.csv", 3_498), ("collectivites_siren.csv", 115)):
        file = DATA / "organisations" / name
        first = await imports.import_organisations(published, file, new_id=uuid7, clock=now, say=lambda _: None)
        assert Counter(one.fate for one in first) == {Fate.REGISTERED: lines}
        before = await outbox(administrator)
        again = await imports.import_organisations(published, file, new_id=uuid7, clock=now, say=lambda _: None)
        assert Counter(one.fate for one in again) == {Fate.UNCHANGED: lines}
        assert await outbox(administrator) == before
    places = await administrator.fetch(
        "SELECT area_level, count(*) AS n FROM organisation WHERE siret IS NULL GROUP BY area_level"
    )
    assert {row["area_level"]: row["n"] for row in places} == {"department": 97, "intermunicipality": 1, "region": 17}


# --------------------------------------------------------------------------------------------- lines gone wrong


async def test_each_line_that_cannot_be_taken_says_why(published: Database, tmp_path: Path):
    file = tmp_path / "employers.csv"
    file.write_text(
        "siret,siren,raison_sociale,autres_graphies,code_departement,annees\n"
        "73282932000074,732829320,MJC DU PARC,,86,2021|2022\n"
        "73282932000079,732829320,ONE DIGIT OFF,,86,2021\n"
        "73282932000074,732829320,MJC DU PARC,,86,2023\n"
        "35600000049837,356000000,LA POSTE,,20,2023\n",
        encoding="utf-8",
    )
    told = list[str]()
    outcomes = await imports.import_organisations(
        published, file, new_id=uuid7, clock=now, say=told.append, every_line=True
    )
    by_line = {one.line: one for one in outcomes}
    assert {line: one.fate for line, one in by_line.items()} == {
        2: Fate.REGISTERED,
        3: Fate.REFUSED,
        4: Fate.REPEATED,
        5: Fate.REGISTERED,
    }
    assert by_line[3].reason == "R28: This is no SIRET."
    assert "in no vintage" in by_line[5].reason
    assert len(told) == 5


async def test_districts_gone_wrong_do_not_hold_up_their_neighbours(published: Database, tmp_path: Path):
    file = tmp_path / "districts.csv"
    file.write_text(
        "code_qpv,nom,codes_insee\n"
        "QN08690M,A new one,86041|86194\n"
        "QN08699M,Nowhere,86999\n"
        "QN0860,Too short,86194\n"
        "QP086001,Of the former list,86194\n"
        "QN09301M,Gone municipality,93059\n",
        encoding="utf-8",
    )
    outcomes = await imports.import_districts(published, file, ANCT, clock=now, say=lambda _: None)
    fates = {one.code: (one.fate, one.reason.split(":")[0]) for one in outcomes}
    assert fates == {
        "QN08690M": (Fate.REGISTERED, ""),
        "QN08699M": (Fate.REFUSED, "R30"),
        "QN0860": (Fate.REFUSED, "A priority district's code is like QN08605M (from 2024) or QP086005 (before)."),
        "QP086001": (Fate.REFUSED, "R34"),
        "QN09301M": (Fate.REFUSED, "R30"),
    }


def test_the_commands_explain_themselves_and_refuse_what_does_not_ship():
    runner = CliRunner()
    for words in (["territories"], ["districts"], ["organisations"]):
        assert "import" in runner.invoke(commandline.app, [*words, "--help"]).output
    refused = runner.invoke(commandline.app, ["territories", "import", "--vintage", "1999", "--dsn", "postgresql://x"])
    assert refused.exit_code == 2
    assert "2024, 2025, 2026" in refused.output

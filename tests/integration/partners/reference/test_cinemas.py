"""The CNC's list of cinemas taken in: every line accounted for, numbers and not names, and nothing twice."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg
import pytest

from common import migrations
from common.contracts.access import Role
from common.database import Database, connect, uuid7
from partners.commands.imports import Fate, Outcome
from partners.domain.rosters import Remark
from partners.domain.territory import VintageNotKnown
from partners.jobs import imports
from partners.jobs.imports import Asked
from tests.integration.partners.reference.door import Asker, Door, problem

HERE = Path(__file__).parent
OURS, CENTRES = HERE / "cinemas.csv", HERE / "centres.csv"
DATA = Path(__file__).parents[4].parent / "shared" / "data"
beside = pytest.mark.skipif(not DATA.exists(), reason="the publishers' files are not beside this checkout")
POITOU = Asker(role=Role.REGIONAL_COORDINATOR, codes=("16", "17", "79", "86"))
OF_2025 = Asked(since=date(2025, 5, 11), vintage=2026, centres=CENTRES)
AGAIN = Asked(since=date(2026, 5, 11), vintage=2026, centres=CENTRES)


def now() -> datetime:
    return datetime.now(UTC)


async def take(db: Database, file: Path, asked: Asked, told: list[str] | None = None) -> dict[int, Outcome]:
    say = (lambda _: None) if told is None else told.append
    outcomes = await imports.import_organisations(db, file, asked, new_id=uuid7, clock=now, say=say, every_line=True)
    return {one.line: one for one in outcomes}


async def outbox(administrator: asyncpg.Connection) -> int:
    return int(await administrator.fetchval("SELECT count(*) FROM outbox"))


def corrected(tmp_path: Path, before: str, after: str) -> Path:
    """Write our own list again with one cell that differs."""
    text = OURS.read_text(encoding="utf-8")
    assert text.count(before) == 1
    file = tmp_path / "cinemas.csv"
    file.write_text(text.replace(before, after), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
async def first(peopled: str, db: Database) -> dict[int, Outcome]:
    assert peopled
    return await take(db, OURS, OF_2025)


# --------------------------------------------------------------------------------------------- lines of our own


async def test_each_line_has_its_fate_and_its_reason(first: dict[int, Outcome]):
    assert sorted(first) == list(range(2, 20))
    said = {line: (one.fate, one.reason) for line, one in first.items() if one.fate is not Fate.REFUSED}
    assert said == {
        2: (Fate.REGISTERED, ""),
        3: (Fate.REGISTERED, ""),
        4: (Fate.REGISTERED, ""),
        5: (Fate.REGISTERED, ""),
        6: (Fate.REGISTERED, Remark.FAR_OFF),
        7: (Fate.REGISTERED, f"{Remark.NO_SEATS}; {Remark.NO_CENTRE}"),
        8: (Fate.REGISTERED, ""),
        9: (Fate.REGISTERED, Remark.LABELS_OF_BEFORE),
        16: (Fate.REPEATED, ""),
    }
    refused = {
        10: "R30: 86999 is no code of 2026.",
        11: "ecrans: 0",
        12: "genre: SAISON",
        13: "This is no number of the CNC for an establishment.",
        14: "numero_auto: empty",
        15: "An organisation has a name.",
        17: "labels_art_et_essai_2022: XX",
        18: "R30: 93059 is no municipality of 2026: use 93066.",
        19: "art_et_essai: empty",
    }
    assert {line for line, one in first.items() if one.fate is Fate.REFUSED} == refused.keys()
    for line, reason in refused.items():
        assert first[line].reason.endswith(reason)


@pytest.mark.usefixtures("first")
async def test_a_cinema_is_read_as_it_was_listed(door: Door):
    [castille] = (await door.get("/v1/organisations", cnc_establishment="910001")).json()["items"]
    offers = {
        "operation": "fixed",
        "screens": 8,
        "seats": 1500,
        "art_house": True,
        "labels": ["heritage_and_repertory", "research_and_discovery", "young_audience"],
        "coordinates": {"latitude": 46.5802, "longitude": 0.3404},
    }
    assert (castille["name"], castille["kind"], castille["department"]) == ("LE CASTILLE", "cinema", "86")
    assert (castille["cinema"], castille["municipality"]) == (offers, {"code": "86194", "vintage": 2026})
    assert castille["cinemas"] == [{"value": offers, "valid_from": "2025-05-11", "valid_until": None}]
    assert (castille["cnc_establishment"], castille["identifiers"]) == ("910001", [])


@pytest.mark.usefixtures("first")
async def test_names_are_no_key_and_arrondissements_are_places(door: Door):
    rexes = (await door.get("/v1/organisations", name="rex", kind="cinema")).json()["items"]
    assert sorted(one["municipality"]["code"] for one in rexes) == ["17300", "86066"]
    [etoile] = (await door.get("/v1/organisations", cnc_establishment="910007")).json()["items"]
    assert (etoile["municipality"]["code"], etoile["department"]) == ("75118", "75")
    assert etoile["cinema"]["coordinates"] == {"latitude": 48.8838, "longitude": 2.3272}


@pytest.mark.usefixtures("first")
async def test_what_cannot_be_believed_or_is_not_said_is_left_unknown(door: Door):
    told = {}
    for number in ("910004", "910005", "910006", "910008"):
        [one] = (await door.get("/v1/organisations", cnc_establishment=number)).json()["items"]
        told[number] = one["cinema"]
    assert (told["910004"]["operation"], told["910004"]["seats"]) == ("itinerant", None)
    assert told["910005"]["coordinates"] is None
    assert (told["910006"]["seats"], told["910006"]["coordinates"]) == (None, None)
    assert (told["910008"]["art_house"], told["910008"]["labels"]) == (False, [])


@pytest.mark.usefixtures("first")
async def test_the_same_list_again_changes_nothing(db: Database, administrator: asyncpg.Connection):
    before = await outbox(administrator)
    again = await take(db, OURS, AGAIN)
    assert Counter(one.fate for one in again.values()) == {Fate.UNCHANGED: 8, Fate.REPEATED: 1, Fate.REFUSED: 9}
    without_centres = await take(db, OURS, Asked(since=date(2026, 5, 11), vintage=2026))
    assert without_centres[2] == Outcome(line=2, code="910001", fate=Fate.UNCHANGED, reason=Remark.NO_CENTRE)
    assert await outbox(administrator) == before


@pytest.mark.usefixtures("first")
async def test_a_later_list_follows_and_keeps_what_was_so(db: Database, door: Door, tmp_path: Path):
    file = corrected(tmp_path, "910003,REX,1,220,17300", "910003,LE REX,2,250,17306")
    later = await take(db, file, AGAIN)
    assert later[4] == Outcome(
        line=4,
        code="910003",
        fate=Fate.CHANGED,
        reason=f"{Remark.NAME_DIFFERS}; {Remark.PLACE_DIFFERS}; {Remark.NO_CENTRE}",
    )
    [rex] = (await door.get("/v1/organisations", cnc_establishment="910003")).json()["items"]
    assert (rex["name"], rex["municipality"]["code"], rex["version"]) == ("REX", "17300", 2)
    assert [(one["value"]["screens"], one["valid_from"], one["valid_until"]) for one in rex["cinemas"]] == [
        (1, "2025-05-11", "2026-05-10"),
        (2, "2026-05-11", None),
    ]
    assert rex["cinema"]["coordinates"] == {"latitude": 46.1591, "longitude": -1.1520}
    older = await take(db, OURS, OF_2025)
    assert older[4].fate is Fate.REFUSED
    assert "a change takes effect on the day of the latest one" in older[4].reason


@pytest.mark.usefixtures("first")
async def test_a_cinema_that_a_coordination_registered_is_completed_by_its_number(
    db: Database, door: Door, tmp_path: Path
):
    body = {
        "name": "Le Majestic",
        "kind": "cinema",
        "cnc_establishment": "920001",
        "municipality": {"code": "86194", "vintage": 2026},
        "valid_from": "2020-01-01",
    }
    known = await door.post("/v1/organisations", body, POITOU)
    assert (known.status_code, known.json()["cinema"]) == (201, None)
    assert problem(await door.post("/v1/organisations", body, POITOU)) == (409, "number-taken")
    bad = await door.post("/v1/organisations", {**body, "cnc_establishment": "0920002"}, POITOU)
    assert problem(bad) == (422, "identifier-malformed")
    file = tmp_path / "cinemas.csv"
    head = OURS.read_text(encoding="utf-8").splitlines()[0]
    file.write_text(
        f"{head}\n920001,MAJESTIC,2,150,86194,FIXE,NON,,,\n920002,LE MAJESTIC,2,150,86194,FIXE,NON,,,\n",
        encoding="utf-8",
    )
    taken = await take(db, file, OF_2025)
    assert (taken[2].fate, taken[2].reason) == (Fate.CHANGED, Remark.NAME_DIFFERS)
    assert (taken[3].fate, taken[3].reason) == (Fate.REGISTERED, Remark.SAME_NAME)
    path = f"/v1/organisations/{known.json()['id']}"
    completed = await door.get(path, POITOU)
    assert (completed.json()["name"], completed.json()["cinema"]["seats"]) == ("Le Majestic", 150)
    siret = {"siret": "73282932000074", "valid_from": "2027-01-01"}
    changed = await door.post(f"{path}/change", siret, POITOU, match=completed)
    assert (changed.json()["cnc_establishment"], changed.json()["cinema"]["seats"]) == ("920001", 150)
    closed = await door.post(f"{path}/close", {"closed_on": "2027-06-30"}, POITOU, match=changed)
    assert closed.json()["cinemas"][-1]["valid_until"] == "2027-06-30"


async def test_a_dry_run_says_what_would_be_done_and_writes_nothing(
    db: Database, administrator: asyncpg.Connection, first: dict[int, Outcome], tmp_path: Path
):
    text = OURS.read_text(encoding="utf-8").replace("\n9100", "\n9300").replace("\n0910", "\n0930")
    file = tmp_path / "cinemas.csv"
    file.write_text(text, encoding="utf-8")
    before = await outbox(administrator)
    tried = await take(db, file, Asked(since=date(2025, 5, 11), vintage=2026, centres=CENTRES, dry_run=True))
    fates = {line: one.fate for line, one in first.items()}
    assert {line: one.fate for line, one in tried.items()} == fates
    assert await outbox(administrator) == before


async def test_codes_are_those_of_a_vintage_that_is_known(db: Database):
    with pytest.raises(VintageNotKnown):
        await take(db, OURS, Asked(vintage=2019))


def test_the_command_accounts_for_every_line(peopled: str):
    environ = {**os.environ, "DATABASE_URL": migrations.dsn(peopled, "partners", "app"), "COLUMNS": "200"}
    words = ["organisations", "import", str(OURS), "--centres", str(CENTRES), "--as-of", "2027-01-01", "--dry-run"]
    command = [sys.executable, "-m", "partners.main", *words]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    head, *reasons = done.stdout.splitlines()
    assert head.startswith("cinemas.csv: 18 lines: ")
    assert head.endswith(" 1 repeated, 9 refused")
    assert "  1 refused: ecrans: 0: 910010 (line 11)" in reasons


# ------------------------------------------------------------------------------------------------ the real list


@pytest.fixture
async def everywhere(database: Callable[[str], Awaitable[str]]) -> AsyncIterator[tuple[Database, asyncpg.Connection]]:
    """A database that knows the whole country of 2026, and whoever may look behind every policy."""
    address = await database("partners")
    opened = await connect(migrations.dsn(address, "partners", "app"), size_max=2)
    administrator = await asyncpg.connect(address, server_settings={"search_path": "partners,public"})
    await imports.import_edition(
        opened, imports.open_shipped(2026), clock=lambda: datetime.now(UTC), say=lambda _: None
    )
    yield opened, administrator
    await administrator.close()
    await opened.close()


@beside
async def test_the_whole_list_of_cinemas(everywhere: tuple[Database, asyncpg.Connection]):
    db, administrator = everywhere
    file, told = DATA / "cinemas/cinemas_cnc_2025.csv", list[str]()
    asked = Asked(since=date(2026, 5, 11), vintage=2026, centres=DATA / "territoires/communes.csv")
    before = await outbox(administrator)
    tried = await take(db, file, replace(asked, dry_run=True))
    assert await outbox(administrator) == before
    taken = await take(db, file, asked, told)
    assert told[0] == "cinemas_cnc_2025.csv: 2060 lines: 2060 registered, 0 changed, 0 unchanged, 0 repeated, 0 refused"
    assert {line: one.fate for line, one in tried.items()} == {line: one.fate for line, one in taken.items()}
    assert sorted(taken) == list(range(2, 2_062))
    remarks = Counter(remark for one in taken.values() for remark in one.reason.split("; ") if remark)
    assert remarks == {Remark.FAR_OFF: 8, Remark.LABELS_OF_BEFORE: 17}
    said = await outbox(administrator)
    assert said == before + 2 * 2_060
    again = await take(db, file, replace(asked, since=date(2026, 6, 1)))
    assert Counter(one.fate for one in again.values()) == {Fate.UNCHANGED: 2_060}
    assert await outbox(administrator) == said
    await _the_anomalies_are_kept(administrator)


async def _the_anomalies_are_kept(administrator: asyncpg.Connection) -> None:
    """Thirty cinemas called REX, itinerant ones without seats, arrondissements, spaces; two in three are art house."""
    counted = await administrator.fetchrow(
        """
        SELECT count(*) FILTER (WHERE name = 'REX') AS rex,
               count(*) FILTER (WHERE cinema->>'operation' = 'itinerant') AS itinerant,
               count(*) FILTER (WHERE cinema->>'seats' IS NULL) AS without_seats,
               count(*) FILTER (WHERE cinema->>'coordinates' IS NULL) AS without_coordinates,
               count(*) FILTER (WHERE (cinema->>'art_house')::boolean) AS art_house,
               count(*) FILTER (WHERE municipality ~ '^(751|132|6938)') AS in_arrondissements,
               count(*) FILTER (WHERE name ~ '  ') AS with_double_spaces,
               count(*) FILTER (WHERE doc::jsonb->'cinemas'->0->>'valid_from' = '2026-05-11') AS dated
          FROM organisation
         WHERE kind = 'cinema' AND vintage = 2026 AND version = 1
        """
    )
    assert counted is not None
    assert dict(counted) == {
        "rex": 30,
        "itinerant": 115,
        "without_seats": 115,
        "without_coordinates": 69 + 8,
        "art_house": 1_301,
        "in_arrondissements": 79,
        "with_double_spaces": 0,
        "dated": 2_060,
    }

"""Files of films taken in, on a real database, by function and by command."""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from catalogue.domain.film import Description, Film, NewFilm
from catalogue.domain.imports import Outcome, Result
from catalogue.domain.lines import Kind
from catalogue.jobs import imports
from catalogue.store import films
from common import migrations
from common.contracts.catalogue import Visa
from common.database import Database, uuid7
from common.tokens import SYSTEM
from tests.integration.catalogue.portal import Portal
from tests.waiting import until

SHARED = Path(__file__).parents[4] / "shared/data/films"
HEADER = "title,directors,year,duration_minutes,visas\n"
HOW: dict[str, Any] = {"dry_run": False, "new_id": uuid7, "clock": lambda: datetime.now(UTC)}
WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'transactionid'
"""


@pytest.fixture
def take(db: Database, tmp_path: Path):
    """Take in a file of our own format, given as text, or another file."""

    async def taken(source: str | Path, kind: Kind = Kind.OURS, *, dry_run: bool = False) -> list[Outcome]:
        file = source if isinstance(source, Path) else tmp_path / "films.csv"
        if isinstance(source, str):
            file.write_text(HEADER + source, encoding="utf-8-sig")
        return await imports.import_films(
            db, file, kind, dry_run=dry_run, new_id=uuid7, clock=lambda: datetime.now(UTC)
        )

    return taken


@pytest.fixture
async def administrator(address: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(address)
    yield connection
    await connection.close()


def another(visa: str) -> NewFilm:
    described = Description(title="Tout autre chose", directors=("Paul Valéry",))
    return NewFilm(description=described, visas=(Visa(number=visa),))


async def announced(address: str) -> int:
    """Count what waits in the outbox, as the relay sees it."""
    relay = await asyncpg.connect(migrations.dsn(address, "catalogue", "relay"))
    try:
        count: int = await relay.fetchval("SELECT count(*) FROM outbox")
        return count
    finally:
        await relay.close()


async def test_a_dry_run_says_what_would_be_done_and_writes_nothing(take, address: str):
    before = await announced(address)
    [outcome] = await take("Rien n'est écrit,,,,900001\n", dry_run=True)
    assert (outcome.result, await announced(address)) == (Result.REGISTERED, before)


async def test_the_same_file_twice_makes_no_difference(take, address: str, portal: Portal):
    text = "Tableau (Le),Jean-François Laguionie,2011,76,900002@2011-11-02\nProgramme,,,,\n"
    first = await take(text)
    said = await announced(address)
    again = await take(text)
    assert [outcome.result for outcome in first] == [Result.REGISTERED, Result.REGISTERED]
    assert [outcome.result for outcome in again] == [Result.UNCHANGED, Result.UNCHANGED]
    assert await announced(address) == said
    [film] = (await portal.get("/v1/films", visa="900002")).json()["items"]
    assert (film["title"], film["kind"], film["version"]) == ("Le Tableau", "feature", 1)


async def test_a_corrected_file_changes_what_it_corrects(take, portal: Portal):
    await take("Corrigé,,2010,,900003\n")
    [outcome] = await take("Corrigé,,2011,9,900003@2011-01-01|900004\n")
    [film] = (await portal.get("/v1/films", visa="900004")).json()["items"]
    assert (outcome.result, film["year"], film["duration_minutes"], film["version"]) == (Result.CHANGED, 2011, 9, 4)
    visas = [(visa["number"], visa["issued_on"]) for visa in film["visas"]]
    assert visas == [("900003", "2011-01-01"), ("900004", None)]


async def test_a_line_that_is_wrong_keeps_nobody_else_out(take):
    outcomes = await take("Bon,,,,900005\nMauvais,,,,12a\nCourt,,\n,,,,\nAussi bon,,,,900006\n")
    assert [outcome.result for outcome in outcomes] == [
        Result.REGISTERED,
        Result.REFUSED,
        Result.REFUSED,
        Result.REFUSED,
        Result.REGISTERED,
    ]
    assert [outcome.number for outcome in outcomes] == [2, 3, 4, 5, 6]
    assert "/visas/0/number" in outcomes[1].reason
    assert all(outcome.reason for outcome in outcomes if outcome.result is Result.REFUSED)


async def test_a_line_whose_isan_lacks_its_check_characters_is_set_aside_with_its_reason(take, tmp_path: Path):
    file = tmp_path / "numbers.csv"
    file.write_text(
        "title,visas,isan\nEntier,900011,0000-0001-8947-0000-8-0000-0000-D\nSans clé,900012,0000-0001-8947-0000\n"
        "Sans numéro,900013,\n"
    )
    outcomes = await take(file)
    assert [outcome.result for outcome in outcomes] == [Result.REGISTERED, Result.REFUSED, Result.REGISTERED]
    report = list(imports.account(outcomes))
    said = "This ISAN lacks check characters: give it whole, as its agency writes it."
    assert f"line 3: refused: Sans clé, 900012, 0000-0001-8947-0000: /identifiers/0/value: {said}" in report


async def test_a_cell_too_long_or_no_text_refuses_its_line_and_no_other(take, tmp_path: Path, portal: Portal):
    cells = [
        b"Bon",
        b"T" * 501,
        b"T" * 2_001,
        b"T" * 200_000,
        b"T\0",
        "Amélie".encode("latin-1"),
        "🎬".encode(),
        b"Bon 2",
    ]
    lines = [cell + b",,,," + str(940_001 + n).encode() for n, cell in enumerate(cells)]
    file = tmp_path / "cells.csv"
    file.write_bytes(HEADER.encode() + b"\n".join(lines) + b"\n")
    outcomes = await take(file)
    assert [(outcome.number, outcome.reason) for outcome in outcomes] == [
        (2, ""),
        (3, "/title: At most 500 characters."),
        (4, "title: more than 2000 characters"),
        (5, "title: more than 2000 characters"),
        (6, "title: a NUL character"),
        (7, "title: not UTF-8"),
        (8, ""),
        (9, ""),
    ]
    assert Counter(outcome.result for outcome in outcomes) == {Result.REGISTERED: 3, Result.REFUSED: 5}
    assert [item["title"] for item in (await portal.get("/v1/films", visa="940008")).json()["items"]] == ["Bon 2"]
    report = list(imports.account(outcomes))
    assert "line 6: refused: T\ufffd, , , , 940005: title: a NUL character" in report
    assert "line 7: refused: Am\ufffdlie, , , , 940006: title: not UTF-8" in report
    assert Counter(outcome.result for outcome in await take(file))[Result.UNCHANGED] == 3


async def test_what_was_imported_is_announced_in_the_name_of_the_house(take, db: Database):
    [outcome] = await take("Annoncé,,,,900007\n")
    assert outcome.film
    async with db.transaction(SYSTEM) as tx:
        assert await tx.fetchval("SELECT count(*) FROM film WHERE id = $1", outcome.film.id) == 1


async def test_two_files_at_once_make_one_film_of_each_line(db: Database, address: str, tmp_path: Path):
    """A title is no key of a table: without a lock, both would find no such film."""
    file, before = tmp_path / "same.csv", await announced(address)
    lines = [f"Ensemble {n},Anne Ensemble,2011,,{910_000 + n if n % 2 else ''}\n" for n in range(1_200)]
    file.write_text(HEADER + "".join(lines))
    taken = await asyncio.gather(*(imports.import_films(db, file, Kind.OURS, **HOW) for _ in range(2)))
    each = [sorted(outcome.result for outcome in outcomes) for outcomes in zip(*taken, strict=True)]
    assert each == [[Result.REGISTERED, Result.UNCHANGED]] * len(lines)
    assert await announced(address) - before == 2 * len(lines)


async def test_a_number_given_to_another_film_meanwhile_is_told_as_a_conflict(db: Database, take, administrator):
    """The file waits for whoever is giving the number away, and then decides on what is so."""
    other, fact = Film.register(uuid7(), another("920001"), at=datetime.now(UTC))
    async with db.transaction(SYSTEM) as tx:
        await films.claim_names(tx, other)
        await films.create_film(tx, other, fact, None)
        taking = asyncio.create_task(take("Un film,Marie Curie,,,920001\nUn voisin,,,,920002\n"))
        await until(partial(administrator.fetchval, WAITING))
    outcomes = await taking
    assert [outcome.result for outcome in outcomes] == [Result.CONFLICT, Result.REGISTERED]
    assert "Tout autre chose" in outcomes[0].reason


async def test_facts_of_one_film_leave_in_the_order_of_its_versions(take, address: str):
    await take("Ordonné,,2010,,930001\nPremier,,,,930003\n")
    outcomes = await take("Ordonné,,2011,,930001|930002\nDernier,,,,930004\n")
    key = str(outcomes[0].film.id)
    relay = await asyncpg.connect(migrations.dsn(address, "catalogue", "relay"))
    try:
        said = await relay.fetch("SELECT topic, version FROM outbox WHERE key = $1 ORDER BY seq", key)
    finally:
        await relay.close()
    assert [(row["topic"].split(".")[3], row["version"]) for row in said] == [
        ("events", 1),
        ("state", 1),
        ("events", 2),
        ("events", 3),
        ("state", 3),
    ]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared reference data is not beside this checkout")
async def test_the_whole_list_of_approved_films(take, address: str, portal: Portal):
    file = SHARED / "films_agrees_cnc.csv"
    first = await take(file, Kind.CNC_AGREES)
    assert Counter(outcome.result for outcome in first) == {
        Result.REGISTERED: 5613,
        Result.REPEATED: 2,
        Result.CONFLICT: 1,
    }
    said = await announced(address)
    again = await take(file, Kind.CNC_AGREES)
    assert Counter(outcome.result for outcome in again)[Result.UNCHANGED] == 5613
    assert await announced(address) == said
    report = list(imports.account(again))
    assert "line 4717: conflict: La Zone: visa 155827 already names La Nuit du 12 (Dominik Moll)" in report
    assert report[-2].startswith("5616 lines: 0 registered, 0 changed, 5613 unchanged, 2 repeated, 1 conflict")
    for asked, title in (
        ("linda poulet", "Linda veut du poulet"),
        ("la nuit du 12", "La Nuit du 12"),
        ("persépolis", "PERSÉPOLIS"),
        ("titane ducourno", "Titane"),
        ("french dream", "La Brigade"),
        ("acab", "A.C.A.B. (ALL COPS ARE BASTARDS)"),
    ):
        assert (await portal.get("/v1/films", q=asked)).json()["items"][0]["title"] == title


@pytest.mark.skipif(not SHARED.exists(), reason="the shared reference data is not beside this checkout")
async def test_the_whole_list_of_films_seen_by_a_million(take, address: str, portal: Portal):
    """Beside whatever lists are there: every line is accounted for, in a dry run as in earnest, and twice the same."""
    file, before = SHARED / "films_million_entrees_cnc.csv", await announced(address)
    dry = await take(file, Kind.CNC_MILLION, dry_run=True)
    assert await announced(address) == before
    first = await take(file, Kind.CNC_MILLION)
    assert [outcome.result for outcome in first] == [outcome.result for outcome in dry]
    assert len(first) == 1_020
    assert all(outcome.reason for outcome in first if outcome.result not in imports.QUIET)
    said = await announced(address)
    again = await take(file, Kind.CNC_MILLION)
    assert Counter(outcome.result for outcome in again).keys() <= {Result.UNCHANGED, Result.REPEATED, Result.CONFLICT}
    assert await announced(address) == said
    [film] = (await portal.get("/v1/films", q="bienvenue chez les ch'tis", limit=1)).json()["items"]
    assert film["released_on"] == "2008-02-27"


def run(address: str, *words: str) -> "subprocess.CompletedProcess[str]":
    environ = {**os.environ, "DATABASE_URL": migrations.dsn(address, "catalogue", "app"), "COLUMNS": "200"}
    command = [sys.executable, "-m", "catalogue.main", "films", "import", *words]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)


async def test_the_command_accounts_for_every_line(address: str, tmp_path: Path):
    file = tmp_path / "films.csv"
    file.write_text(HEADER + "Un,,,,900010\nDeux,,,,900010\n")
    done = run(address, str(file), "--format", "ours", "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "line 3: conflict: Deux: visa 900010 already names Un ()",
        "2 lines: 1 registered, 0 changed, 0 unchanged, 0 repeated, 1 conflict, 0 refused",
        "remarks: none",
    ]


async def test_the_command_refuses_a_file_with_other_columns(address: str, tmp_path: Path):
    file = tmp_path / "films.csv"
    file.write_text("titre,annee\nUn,2011\n")
    done = run(address, str(file), "--format", "ours")
    assert done.returncode == 2
    assert "columns" in done.stderr


async def test_the_command_names_the_line_from_which_a_file_is_no_csv(address: str, tmp_path: Path):
    file = tmp_path / "films.csv"
    file.write_text(HEADER + 'Un,,,,\n"Deux,,,,\nTrois,,,,\n')
    done = run(address, str(file), "--format", "ours")
    assert done.returncode == 2
    assert "no CSV" in done.stderr
    assert "line 4" in done.stderr


async def test_a_file_larger_than_any_list_is_refused_unopened(take, tmp_path: Path):
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(imports.FILE_BYTES_MAX + 1)
    with pytest.raises(imports.UnreadableFile, match="more than 268435456 bytes"):
        await take(tmp_path / "huge.csv")

"""The scheme's past as others published it: every line accounted for, nothing twice, and no figure made of it."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from common import migrations
from common.contracts.access import Role
from common.database import Database
from reporting.commands.history import OTHERWISE, Fate, Outcome
from reporting.domain.history import FileNotKnown
from reporting.jobs import history
from tests.integration.reporting.reader import Reader, bearer

HERE = Path(__file__).parent
FIGURES, TERRITORIES = HERE / "history_figures.csv", HERE / "history_territories.csv"
DATA = Path(__file__).parents[4] / "shared/data/actions"
beside = pytest.mark.skipif(not DATA.exists(), reason="the real public data is not beside this checkout")
REPORT_OF_2014 = "Bilan national Passeurs d'images 2014, fiche Île-de-France"


async def take(db: Database, file: Path, *, source: str = "Un bilan", dry_run: bool = False) -> dict[int, Outcome]:
    outcomes = await history.take_file(db, file, source=source, dry_run=dry_run)
    return {one.line: one for one in outcomes}


async def listed(reader: Reader, what: str, role: Role = Role.NATIONAL_COORDINATION, **asked: Any) -> list[Any]:
    """Read a list to its last page."""
    items, path = list[Any](), f"/v1/history/{what}"
    answer = await reader.client.get(path, params={"limit": 10, **asked}, headers=bearer(role))
    while True:
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        if answer.json()["next"] is None:
            return items
        answer = await reader.client.get(
            path, params={"limit": 10, **asked, "after": answer.json()["next"]}, headers=bearer(role)
        )


async def rows(address: str) -> list[int]:
    """Count what history holds, and what figures are made of and announced from."""
    connection = await asyncpg.connect(address, server_settings={"search_path": "reporting,public"})
    names = ("history_figure", "history_territory", "contribution", "cell", "figure", "published_cell", "outbox")
    try:
        return [await connection.fetchval(f"SELECT count(*) FROM {name}") for name in names]
    finally:
        await connection.close()


# --------------------------------------------------------------------------------------------- lines of our own


async def test_figures_are_told_as_they_were_published(db: Database, reader: Reader):
    taken = await take(db, FIGURES, source="")
    assert {line: (one.fate, one.reason) for line, one in taken.items()} == {
        2: (Fate.REGISTERED, ""),
        3: (Fate.REGISTERED, ""),
        4: (Fate.REGISTERED, ""),
        5: (Fate.REPEATED, OTHERWISE),
        6: (Fate.REGISTERED, ""),
        7: (Fate.REFUSED, "valeur: environ 30"),
        8: (Fate.REFUSED, "valeur: 30-20"),
        9: (Fate.REFUSED, "perimetre: empty"),
        10: (Fate.REFUSED, "source: neither the line nor the command names one"),
    }
    told = {(one["source"], one["perimeter"]): one for one in await listed(reader, "figures")}
    assert {key: (one["low"], one["high"]) for key, one in told.items()} == {
        ("Une association", "Nord"): (414, 414),
        ("Une association", "Est"): (20, 25),
        ("Un entretien", "France"): (118_000, None),
        ("Une autre", "Nord"): (415, 415),
    }
    assert told["Une association", "Est"]["written"] == "20-25"
    assert told["Une association", "Nord"]["period"] == "1994-2019"


async def test_territories_keep_their_code_of_then(db: Database, reader: Reader):
    taken = await take(db, TERRITORIES)
    assert {line: (one.fate, one.reason) for line, one in taken.items()} == {
        2: (Fate.REGISTERED, ""),
        3: (Fate.REGISTERED, ""),
        4: (Fate.REGISTERED, ""),
        5: (Fate.REPEATED, OTHERWISE),
        6: (Fate.REFUSED, "code_insee_2014: 9118"),
        7: (Fate.REFUSED, "annee: 14"),
        8: (Fate.REFUSED, "coordination: empty"),
        9: (Fate.REFUSED, "nb_qpv_2024_commune: sept"),
    }
    paris = await listed(reader, "territories", municipality="75056")
    assert [(one["name"], one["code_then"]) for one in paris] == [("Paris 18e", "75118"), ("Paris 20e", "75120")]
    [courcouronnes] = await listed(reader, "territories", municipality="91182")
    assert (courcouronnes["code_now"], courcouronnes["districts_now"]) == ("91228", None)
    assert courcouronnes["source"] == "Un bilan"
    assert await listed(reader, "territories", year=2015) == []


async def test_the_same_file_again_changes_nothing_and_a_corrected_one_what_it_corrects(
    db: Database, reader: Reader, address: str, tmp_path: Path
):
    await take(db, FIGURES)
    before = await rows(address)
    again = await take(db, FIGURES)
    assert Counter(one.fate for one in again.values()) == {Fate.UNCHANGED: 5, Fate.REPEATED: 1, Fate.REFUSED: 3}
    assert await rows(address) == before
    file = tmp_path / "figures.csv"
    file.write_text(FIGURES.read_text(encoding="utf-8").replace("séances,20-25", "séances,20-30"), encoding="utf-8")
    assert (await take(db, file, dry_run=True))[3].fate is Fate.CHANGED
    assert (await take(db, file))[3].fate is Fate.CHANGED
    assert (await take(db, file))[3].fate is Fate.UNCHANGED
    [east] = [one for one in await listed(reader, "figures") if one["perimeter"] == "Est"]
    assert (east["low"], east["high"]) == (20, 30)
    assert await rows(address) == before


async def test_everybody_with_a_token_reads_it_page_by_page(db: Database, reader: Reader):
    await take(db, TERRITORIES)
    assert (await reader.client.get("/v1/history/figures")).status_code == 401
    for role in (Role.DASHBOARD, Role.PROJECT_HOLDER, Role.COLLECTIVITY_SYSTEM):
        assert len(await listed(reader, "territories", role, limit=1, year=2014, municipality="75056")) == 2
    bad = await reader.client.get(
        "/v1/history/territories", params={"municipality": "7511"}, headers=bearer(Role.DASHBOARD)
    )
    assert bad.status_code == 400


async def test_a_file_with_other_columns_is_refused(db: Database, tmp_path: Path):
    file = tmp_path / "figures.csv"
    file.write_text("indicateur,valeur\nséances,414\n", encoding="utf-8")
    with pytest.raises(FileNotKnown):
        await take(db, file)


def test_the_command_accounts_for_every_line(address: str):
    environ = {**os.environ, "DATABASE_URL": migrations.dsn(address, "reporting", "app"), "COLUMNS": "200"}
    words = ["history", "import", str(TERRITORIES), "--source", "Un bilan", "--dry-run"]
    command = [sys.executable, "-m", "reporting.main", *words]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    told = done.stdout.splitlines()
    assert "line 6: refused: Sans code: code_insee_2014: 9118" in told
    assert told[-1].startswith("8 lines: ")
    assert told[-1].endswith("1 repeated, 4 refused")


# ------------------------------------------------------------------------------------------------ the real ones


@beside
async def test_the_real_history_is_told_whole_and_no_figure_is_made_of_it(db: Database, reader: Reader, address: str):
    figures, territories = DATA / "passeurs_images_reperes.csv", DATA / "passeurs_images_idf_2014_territoires.csv"
    counted = [(await reader.ask(indicator="I05")).json()["figures"], (await rows(address))[2:]]
    tried = [await take(db, file, source=REPORT_OF_2014, dry_run=True) for file in (figures, territories)]
    assert [Counter(one.fate for one in fates.values()) for fates in tried] == [
        {Fate.REGISTERED: 22},
        {Fate.REGISTERED: 27},
    ]
    before = await rows(address)
    for file in (figures, territories):
        assert {one.fate for one in (await take(db, file, source=REPORT_OF_2014)).values()} == {Fate.REGISTERED}
    told = await rows(address)
    assert (told[0] - before[0], told[1] - before[1]) == (22, 27)
    for file in (figures, territories):
        assert {one.fate for one in (await take(db, file, source=REPORT_OF_2014)).values()} == {Fate.UNCHANGED}
    assert await rows(address) == told
    assert [(await reader.ask(indicator="I05")).json()["figures"], told[2:]] == counted
    places = [one for one in await listed(reader, "territories") if one["source"] == REPORT_OF_2014]
    assert (len(places), len({one["code_now"] for one in places})) == (27, 26)
    [communes] = [one for one in await listed(reader, "figures") if one["indicator"] == "communes"]
    assert (communes["low"], communes["perimeter"], communes["period"]) == (26, "Île-de-France", "2014")
    assert communes["source"] == REPORT_OF_2014

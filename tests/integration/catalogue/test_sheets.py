"""Rights sheets of distributors taken in: real workbooks on a real database, by function and by command."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from openpyxl import Workbook

from catalogue.domain.imports import Result
from catalogue.domain.lines import UnknownColumn
from catalogue.domain.rights import RightsHolderClosed
from catalogue.jobs import sheets
from catalogue.jobs.workbooks import UnreadableWorkbook
from common import migrations
from common.database import Database, uuid7
from common.errors import NotKnownHere
from tests.integration.catalogue.distributor import HEAD, a_row, edited, written
from tests.integration.catalogue.portal import Portal, a_visa
from tests.integration.catalogue.test_imports import announced
from tests.integration.catalogue.test_rights import hear_of

Row = Sequence[Any]
Take = Callable[..., Awaitable[sheets.Taken]]


@pytest.fixture
async def holder(db: Database) -> UUID:
    known = uuid4()
    await hear_of(db, known)
    return known


@pytest.fixture
def take(db: Database, tmp_path: Path, holder: UUID) -> Take:
    """Take in a sheet with these rows under its head, or a file."""

    async def taken(
        *rows: Row, file: Path | None = None, of: UUID = holder, sheet: str | None = None, dry_run: bool = False
    ) -> sheets.Taken:
        given = file or written(tmp_path / "droits.xlsx", HEAD, *rows)
        return await sheets.import_rights(
            db, given, of, sheet=sheet, dry_run=dry_run, new_id=uuid7, clock=lambda: datetime.now(UTC)
        )

    return taken


async def a_film(portal: Portal, **said: Any) -> str:
    visa = a_visa()
    await portal.film(visas=[{"number": visa}], **said)
    return visa


async def offers(portal: Portal, holder: UUID) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await portal.get("/v1/rights-offers", holder_id=str(holder))).json()["items"]
    return items


def results(taken: sheets.Taken) -> list[tuple[int, Result]]:
    return [(outcome.number, outcome.result) for outcome in taken.outcomes]


async def test_a_sheet_becomes_offers_and_twice_makes_no_difference(
    take: Take, portal: Portal, holder: UUID, address: str
):
    visa = await a_film(portal)
    first = await take(a_row(visa))
    [offer] = await offers(portal, holder)
    assert results(first) == [(5, Result.REGISTERED)]
    assert (offer["uses"], offer["starts_on"], offer["ends_on"]) == (["open_air"], "2025-06-01", "2025-09-30")
    assert (offer["price"]["amount"], offer["price_with_tax"]["amount"], offer["audience_max"]) == (
        "240.00",
        "253.20",
        300,
    )
    said = await announced(address)
    again = await take(a_row(visa))
    assert (results(again), await announced(address)) == ([(5, Result.UNCHANGED)], said)
    assert (await offers(portal, holder)) == [offer]


async def test_a_corrected_sheet_changes_what_it_corrects(take: Take, portal: Portal, holder: UUID):
    visa = await a_film(portal)
    await take(a_row(visa))
    taken = await take(a_row(visa, **{"Prix HT": "1\u202f200,50\u00a0€", "Jauge": None}))
    [offer] = await offers(portal, holder)
    assert results(taken) == [(5, Result.CHANGED)]
    assert (offer["version"], offer["price"]["amount"], offer["audience_max"]) == (2, "1200.50", 300)


async def test_what_was_withdrawn_is_offered_anew(take: Take, portal: Portal, holder: UUID):
    visa = await a_film(portal)
    await take(a_row(visa))
    [offer] = await offers(portal, holder)
    await portal.post(f"/v1/rights-offers/{offer['id']}/withdraw", match=1)
    assert results(await take(a_row(visa))) == [(5, Result.REGISTERED)]
    assert [one["status"] for one in await offers(portal, holder)] == ["withdrawn", "offered"]


async def test_two_sheets_at_a_time_make_one_offer(take: Take, portal: Portal, holder: UUID, tmp_path: Path):
    visa = await a_film(portal)
    file = written(tmp_path / "deux fois.xlsx", HEAD, a_row(visa))
    both = await asyncio.gather(*(take(file=file) for _ in range(4)))
    assert sorted(results(taken)[0][1] for taken in both) == [Result.REGISTERED, *[Result.UNCHANGED] * 3]
    assert len(await offers(portal, holder)) == 1


async def test_a_dry_run_says_what_would_be_done_and_writes_nothing(
    take: Take, portal: Portal, holder: UUID, address: str
):
    visa = await a_film(portal)
    before = await announced(address)
    taken = await take(a_row(visa), a_row(visa), dry_run=True)
    assert results(taken) == [(5, Result.REGISTERED), (6, Result.REPEATED)]
    assert (await offers(portal, holder), await announced(address)) == ([], before)


async def test_a_cell_too_long_or_no_text_refuses_its_row_and_no_other(take: Take, portal: Portal, holder: UUID):
    """XML holds no NUL; a workbook writes it, as it does other characters, by its number."""
    visa, other = await a_film(portal), await a_film(portal)
    taken = await take(
        a_row(visa, Titre="T" * 2_001),
        a_row(visa, Titre="T_x0000_"),
        a_row(visa, Titre="T_xD83D_"),
        a_row(visa, Versions="VF_x000D_\nVO"),
        a_row(other),
    )
    assert [(outcome.number, outcome.reason) for outcome in taken.outcomes] == [
        (5, "titre: more than 2000 characters"),
        (6, "titre: a NUL character"),
        (7, "titre: not UTF-8"),
        (8, ""),
        (9, ""),
    ]
    assert sorted(offer["versions"] for offer in await offers(portal, holder)) == [["vf"], ["vf", "vo"]]


async def test_a_row_that_is_wrong_keeps_nobody_else_out(take: Take, portal: Portal, holder: UUID):
    visa, other = await a_film(portal), await a_film(portal)
    taken = await take(
        a_row(visa),
        [],
        a_row(a_visa()),
        a_row(visa, Au="31/05/2025"),
        a_row(visa, Du=45839),
        a_row(visa, **{"Prix HT": 99}),
        ["Tarifs sous réserve de modification"],
        a_row(other),
    )
    assert results(taken) == [
        (5, Result.REGISTERED),
        (7, Result.REFUSED),
        (8, Result.REFUSED),
        (9, Result.REFUSED),
        (10, Result.CONFLICT),
        (11, Result.REFUSED),
        (12, Result.REGISTERED),
    ]
    assert all(outcome.reason for outcome in taken.outcomes if outcome.result is Result.REFUSED)
    assert len(await offers(portal, holder)) == 2


async def test_more_rows_than_a_transaction_holds_are_one_sheet(take: Take, portal: Portal):
    visa = await a_film(portal)
    days = [f"{day:02}/{month:02}/2026" for month in (1, 2) for day in range(1, 29)]
    taken = await take(*(a_row(visa, Au=day) for day in (*days, days[0])))
    assert [outcome.result for outcome in taken.outcomes] == [Result.REGISTERED] * 56 + [Result.REPEATED]


async def test_a_film_is_known_by_its_title_and_year(take: Take, portal: Portal):
    title = f"Le Film {uuid4().hex}"
    await portal.film(title, year=2011)
    row = a_row("1", Visa=None, Titre=f"{title[3:].upper()} (LE)", Année="2011")
    assert results(await take(row, a_row("1", Visa=None, Titre=title, Année=2012))) == [
        (5, Result.REGISTERED),
        (6, Result.REFUSED),
    ]


async def test_a_formula_counts_by_the_result_that_the_file_holds(
    take: Take, portal: Portal, holder: UUID, tmp_path: Path
):
    visa = await a_film(portal)
    file = written(tmp_path / "formule.xlsx", HEAD, a_row(visa, **{"Prix HT": "=200*1.2"}))
    [outcome] = (await take(file=file)).outcomes
    assert (outcome.result, outcome.reason) == (
        Result.REFUSED,
        "prix ht: the file does not hold the result of '=200*1.2'",
    )
    kept = edited(file, "xl/worksheets/sheet1.xml", b"<f>200*1.2</f><v />", b"<f>200*1.2</f><v>240</v>")
    assert results(await take(file=kept)) == [(5, Result.REGISTERED)]
    [offer] = await offers(portal, holder)
    assert offer["price"]["amount"] == "240.00"


async def test_an_error_is_no_value_and_a_rate_may_be_shown_as_a_percentage(
    take: Take, portal: Portal, holder: UUID, tmp_path: Path
):
    visa = await a_film(portal)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEAD)
    sheet.append(a_row(visa, TVA=0.055))
    sheet.append(a_row(visa, TVA=0.055))
    sheet.append(a_row(visa, Jauge="#N/A"))
    sheet["J2"].number_format = "0.0%"
    book.save(tmp_path / "taux.xlsx")
    taken = await take(file=tmp_path / "taux.xlsx")
    assert [(outcome.result, outcome.reason) for outcome in taken.outcomes] == [
        (Result.REGISTERED, ""),
        (Result.REFUSED, "tva: '0.055'"),
        (Result.REFUSED, "jauge: the error #N/A"),
    ]
    [offer] = await offers(portal, holder)
    assert offer["tax_basis_points"] == 550


async def test_columns_that_are_not_understood_are_told(take: Take, portal: Portal, tmp_path: Path):
    visa = await a_film(portal)
    taken = await take(file=written(tmp_path / "large.xlsx", [*HEAD, "Réalisateur"], [*a_row(visa), "Chiara Malta"]))
    assert (list(taken.unread), results(taken)) == (["Réalisateur"], [(5, Result.REGISTERED)])


async def test_another_sheet_of_the_workbook_is_named(take: Take, portal: Portal, tmp_path: Path):
    visa = await a_film(portal)
    file = written(tmp_path / "deux.xlsx", HEAD, a_row(visa), title="Plein air")
    assert results(await take(file=file, sheet="Plein air")) == [(5, Result.REGISTERED)]
    with pytest.raises(UnreadableWorkbook, match="there are: Plein air"):
        await take(file=file, sheet="Droits")


async def test_a_holder_is_one_who_is_known_and_still_there(take: Take, portal: Portal, db: Database):
    visa, closed = await a_film(portal), uuid4()
    await hear_of(db, closed, closed_on=date(2020, 1, 1))
    with pytest.raises(RightsHolderClosed):
        await take(a_row(visa), of=closed)
    with pytest.raises(NotKnownHere):
        await take(a_row(visa), of=uuid4())


async def test_a_table_that_lacks_a_column_is_refused_whole(take: Take, tmp_path: Path):
    with pytest.raises(UnknownColumn):
        await take(file=written(tmp_path / "sans.xlsx", ["Visa", "Droits"], [128083, "plein air"]))


# ------------------------------------------------------------------------------------------------------ by command


def run(address: str, *words: str) -> "subprocess.CompletedProcess[str]":
    environ = {**os.environ, "DATABASE_URL": migrations.dsn(address, "catalogue", "app"), "COLUMNS": "200"}
    command = [sys.executable, "-m", "catalogue.main", "rights", "import", *words]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)


async def test_the_command_accounts_for_every_line(portal: Portal, holder: UUID, address: str, tmp_path: Path):
    visa, unknown = await a_film(portal), a_visa()
    file = written(tmp_path / "droits.xlsx", [*HEAD, "Remarques"], a_row(visa), a_row(unknown))
    done = run(address, str(file), "--holder", str(holder), "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "column not read: Remarques",
        f"line 6: refused: visa {unknown}: the catalogue has no such film",
        "2 lines: 1 registered, 0 changed, 0 unchanged, 0 repeated, 0 conflict, 1 refused",
        "remarks: none",
    ]


async def test_the_command_refuses_what_is_no_sheet_and_whoever_is_not_known(address: str, tmp_path: Path):
    (tmp_path / "droits.csv").write_text("visa;titre\n")
    sheet = written(tmp_path / "droits.xlsx", HEAD, a_row("128083"))
    for file, reason in ((tmp_path / "droits.csv", "XLSX"), (sheet, NotKnownHere.title[:20])):
        done = run(address, str(file), "--holder", str(uuid4()))
        assert (done.returncode, "Traceback" in done.stderr) == (2, False)
        assert reason in done.stderr

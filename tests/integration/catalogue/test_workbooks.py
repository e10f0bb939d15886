"""What is read of a workbook, and what is refused as none or as more than a rights sheet ever is."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook

from catalogue.jobs import workbooks
from catalogue.jobs.workbooks import UnreadableWorkbook
from tests.integration.catalogue.distributor import HEAD, a_row, edited, written


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return written(tmp_path / "droits.xlsx", HEAD, a_row("128083"))


def test_a_sheet_is_read_as_it_is_whatever_it_says_of_its_size(sheet: Path):
    lying = edited(sheet, "xl/worksheets/sheet1.xml", b'<dimension ref="A1:K5"', b'<dimension ref="A1:A1"')
    assert workbooks.rows(lying) == workbooks.rows(sheet)
    assert [number for number, _ in workbooks.rows(sheet)] == [1, 2, 4, 5]


def test_a_row_far_below_costs_no_more_than_a_sheet_may_have(sheet: Path):
    far = edited(sheet, "xl/worksheets/sheet1.xml", b'<row r="5"', b'<row r="999999999999"')
    assert [number for number, _ in workbooks.rows(far)] == [1, 2, 4]


def test_a_column_far_to_the_right_is_not_looked_at(sheet: Path):
    wide = edited(sheet, "xl/worksheets/sheet1.xml", b'r="K5"', b'r="XFD5"')
    assert {len(row) for _, row in workbooks.rows(wide)} == {workbooks.COLUMNS_MAX}


def test_more_rows_than_a_rights_sheet_has_are_refused(tmp_path: Path):
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(workbooks.ROWS_MAX + 1):
        sheet.append([number])
    book.save(tmp_path / "huge.xlsx")
    with pytest.raises(UnreadableWorkbook, match="more than 10000 rows"):
        workbooks.rows(tmp_path / "huge.xlsx")


def test_a_small_archive_of_very_much_is_refused_before_it_is_unpacked(sheet: Path):
    spaces = b" " * (workbooks.UNPACKED_BYTES_MAX + 1)
    bomb = edited(sheet, "xl/worksheets/sheet1.xml", b"</worksheet>", spaces + b"</worksheet>")
    assert bomb.stat().st_size < 100_000
    with pytest.raises(UnreadableWorkbook, match="bytes unpacked"):
        workbooks.rows(bomb)


def test_an_archive_that_lies_about_its_size_gives_no_more_than_it_says(sheet: Path):
    spaces = b" " * (workbooks.UNPACKED_BYTES_MAX + 1)
    bomb = edited(sheet, "xl/worksheets/sheet1.xml", b"</worksheet>", spaces + b"</worksheet>")
    with zipfile.ZipFile(bomb) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    content = bomb.read_bytes()
    bomb.write_bytes(content.replace(size.to_bytes(4, "little"), (1_000).to_bytes(4, "little")))
    with pytest.raises(UnreadableWorkbook):
        workbooks.rows(bomb)


def test_an_archive_of_very_many_parts_is_refused(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "parts.xlsx", "w") as archive:
        for number in range(workbooks.PARTS_MAX + 1):
            archive.writestr(f"xl/{number}.xml", b"")
    with pytest.raises(UnreadableWorkbook, match="parts"):
        workbooks.rows(tmp_path / "parts.xlsx")


def causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def test_entities_that_grow_are_refused(sheet: Path):
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><worksheet '
    growing = edited(sheet, "xl/worksheets/sheet1.xml", b"<worksheet ", entities)
    with pytest.raises(UnreadableWorkbook) as refused:
        workbooks.rows(growing)
    assert "EntitiesForbidden" in [type(cause).__name__ for cause in causes(refused.value)]


@pytest.mark.parametrize("content", [b"", b"visa;titre\n", b"PK\x03\x04 and nothing more", b"\xd0\xcf\x11\xe0" * 200])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes):
    (tmp_path / "droits.xlsx").write_bytes(content)
    with pytest.raises(UnreadableWorkbook):
        workbooks.rows(tmp_path / "droits.xlsx")


def test_a_file_larger_than_a_rights_sheet_is_refused_unopened(tmp_path: Path):
    with (tmp_path / "droits.xlsx").open("wb") as file:
        file.truncate(workbooks.FILE_BYTES_MAX + 1)
    with pytest.raises(UnreadableWorkbook, match="more than 5242880 bytes"):
        workbooks.rows(tmp_path / "droits.xlsx")


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", b"</worksheet>", b""),
        ("xl/worksheets/sheet1.xml", b't="inlineStr"><is><t>Visa</t></is>', b't="s"><v>999</v>'),
        ("xl/worksheets/sheet1.xml", b't="n"><v>128083<', b't="n"><v>many<'),
        ("xl/workbook.xml", b"<sheets>", b"<leaves>"),
        ("xl/styles.xml", b"<numFmts", b"<numFmts count='many'><numFmts"),
    ],
)
def test_a_workbook_whose_parts_contradict_each_other_is_refused(sheet: Path, part: str, old: bytes, new: bytes):
    with pytest.raises(UnreadableWorkbook):
        workbooks.rows(edited(sheet, part, old, new))

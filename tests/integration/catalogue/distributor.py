"""A distributor who sends what it offers: workbooks as openpyxl writes them, and as other programs may have."""

import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

HEAD = ["Visa", "Titre", "Année", "Droits", "Territoires", "Versions", "Du", "Au", "Prix HT", "TVA", "Jauge"]


def a_row(visa: str, **changed: Any) -> list[Any]:
    said = {
        "Visa": int(visa),
        "Titre": None,
        "Année": None,
        "Droits": "plein air",
        "Territoires": "métropole",
        "Versions": "VF",
        "Du": date(2025, 6, 1),
        "Au": "30/09/2025",
        "Prix HT": 240,
        "TVA": "5,5 %",
        "Jauge": 300,
    }
    return list((said | changed).values())


def written(file: Path, *rows: Sequence[Any], title: str = "Droits") -> Path:
    """Write a workbook as a distributor does: with a title, its date and an empty line above the table."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    sheet["A1"] = "Catalogue plein air 2025"
    sheet["A1"].font = Font(bold=True)
    sheet["C2"] = datetime.fromisoformat("2025-01-15T10:30")
    for number, row in enumerate(rows, 4):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column, value)
    book.save(file)
    return file


def edited(file: Path, part: str, old: bytes, new: bytes) -> Path:
    """Write the workbook again with one of its parts changed, as another program would have written it."""
    result = file.with_name(f"edited-{file.name}")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert old in content
                content = content.replace(old, new)
            target.writestr(name, content)
    return result

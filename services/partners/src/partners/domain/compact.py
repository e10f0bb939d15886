"""The compact set that ships with the service: one text a vintage, a manifest and then one entity a line.

How it is made and what its columns are is said in `data/README.md`.  Pure: whoever calls opens the file.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from common.contracts.partners import Area, Intermunicipality, Municipality, MunicipalityKind
from common.errors import Invalid
from partners.domain.editions import ZONES, Department, Edition, Entry, judged

FORMAT = 1

_KINDS = frozenset(MunicipalityKind)


class FormatNotKnown(Invalid):
    """It was made by another release of the maker of these files."""

    title = "This file is not a territory set that this release can read."
    titre = "Ce fichier n’est pas un jeu de territoires que cette version sait lire."


def read(lines: Iterable[str], *, file: str) -> Edition:
    """Read one vintage."""
    head, *rows = (line.rstrip("\n") for line in lines)
    manifest = json.loads(head)
    if manifest.get("format") != FORMAT:
        raise FormatNotKnown(f"format {manifest.get('format')}")
    cells = [_Cells(number, *row.split("\t", 1)) for number, row in enumerate(rows, start=2)]
    departments = [_department(*row) for row in _of("department", cells)]
    bodies = {
        siren: Intermunicipality(siren=siren, name=name, form=form)
        for siren, name, form in _of("intermunicipality", cells)
    }
    entries, remarks = judged(
        [_entry(file, one) for one in cells if one.kind in _KINDS],
        [department.area.code for department in departments],
        bodies,
    )
    return Edition(
        vintage=manifest["vintage"],
        source=manifest["source"],
        source_date=date.fromisoformat(manifest["published_on"]),
        regions={code: Area(code=code, name=name) for code, name, _ in _of("region", cells)},
        departments=departments,
        intermunicipalities=bodies,
        entries=entries,
        lines={file: len(cells)},
        remarks=remarks,
    )


class _Cells(NamedTuple):
    """A line, cut once: what kind of entity it is, and the rest."""

    line: int
    kind: str
    rest: str


def _of(kind: str, cells: Iterable[_Cells]) -> Iterator[list[str]]:
    return (one.rest.split("\t") for one in cells if one.kind == kind)


def _department(code: str, name: str, zone: str, region: str) -> Department:
    return Department(area=Area(code=code, name=name), zone=ZONES[zone], region=region)


def _entry(file: str, cells: _Cells) -> Entry:
    code, name, department, parent, successors, intermunicipality, body, population, siren = cells.rest.split("\t")
    return Entry(
        file=file,
        line=cells.line,
        department=department,
        municipality=Municipality(
            code=code,
            name=name or None,
            kind=MunicipalityKind(cells.kind),
            parent=parent or None,
            successors=tuple(successors.split("|")) if successors else (),
            intermunicipality=intermunicipality or None,
            territorial_body=body or None,
            population=int(population) if population else None,
            siren=siren or None,
        ),
    )

"""The scheme's own past as others have published it: figures, and where it acted.  Pure: whoever calls opens the files.

Nothing here is counted, and no figure is made of it.  Two files are known by their columns: *figures* (`indicateur`,
`valeur`, `unite`, `perimetre`, `periode`, `source`) and *territories* (`annee`, `coordination`, `code_departement`,
`nom_source`, `code_insee_2014`, `code_insee_2026`, `nb_qpv_2024_commune`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from common.errors import Invalid

Row = Mapping[str, str]

_HISTORY = uuid5(NAMESPACE_URL, "passeurs.reporting.history.v1")
_VALUE = re.compile(r"([0-9]{1,12})(?:-([0-9]{1,12}))?")
_CODE = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{3}")
_DEPARTMENT = re.compile(r"[0-9]{2}|2[AB]|9[78][0-9]")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
AT_LEAST = "« plus de »"
"""How the list of figures says that a value is only known from below; it stands with the unit."""


class CellUnreadable(Invalid):
    """A cell of a file of the scheme's history cannot be read; the detail names it."""

    title = "A cell of the file cannot be read."
    titre = "Une cellule du fichier est illisible."


class FileNotKnown(Invalid):
    """An imported file is recognised by its columns."""

    title = "The file's columns are those of no history that is known here."
    titre = "Les colonnes du fichier ne sont celles d’aucun historique connu ici."


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoricalFigure:
    """A figure as somebody published it; between `low` and `high`, which is null where it is only known from below."""

    id: UUID
    indicator: str
    written: str
    unit: str
    low: int
    high: int | None
    perimeter: str
    period: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoricalTerritory:
    """A place where the scheme acted in a year, with its code of then, and that of the commune it lies in now.

    `districts_now` are the commune's priority districts of 2024, of another time than the action.
    """

    id: UUID
    year: int
    coordination: str
    department: str
    name: str
    code_then: str
    code_now: str
    districts_now: int | None
    source: str


Entry = HistoricalFigure | HistoricalTerritory


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A kind of file: its columns, and how one of its rows is read; a row without a source is the whole file's."""

    columns: frozenset[str]
    read: Callable[[Row, str], Entry]


def figure(row: Row, source: str) -> HistoricalFigure:
    """Read a figure; a range stays one."""
    found = _VALUE.fullmatch(row["valeur"])
    if found is None:
        raise CellUnreadable(f"valeur: {row['valeur'] or 'empty'}")
    low, high = int(found[1]), int(found[2] or found[1])
    if high < low:
        raise CellUnreadable(f"valeur: {row['valeur']}")
    said = {column: _said(row, column) for column in ("indicateur", "unite", "perimetre", "periode")}
    told_by = row["source"].strip() or source
    return HistoricalFigure(
        id=_named(said["indicateur"], said["perimetre"], said["periode"], _source(told_by)),
        indicator=said["indicateur"],
        written=row["valeur"],
        unit=said["unite"],
        low=low,
        high=None if AT_LEAST in said["unite"] else high,
        perimeter=said["perimetre"],
        period=said["periode"],
        source=told_by,
    )


def territory(row: Row, source: str) -> HistoricalTerritory:
    """Read a place; an arrondissement keeps its own code of then, so that two of a city are two places."""
    year = _shaped(row, "annee", _YEAR)
    coordination, code_then = _said(row, "coordination"), _shaped(row, "code_insee_2014", _CODE)
    districts = row["nb_qpv_2024_commune"]
    if districts and not (districts.isascii() and districts.isdigit()):
        raise CellUnreadable(f"nb_qpv_2024_commune: {districts}")
    return HistoricalTerritory(
        id=_named(year, coordination, code_then),
        year=int(year),
        coordination=coordination,
        department=_shaped(row, "code_departement", _DEPARTMENT),
        name=_said(row, "nom_source"),
        code_then=code_then,
        code_now=_shaped(row, "code_insee_2026", _CODE),
        districts_now=int(districts) if districts else None,
        source=_source(source),
    )


FORMATS = (
    Format(columns=frozenset({"indicateur", "valeur", "unite", "perimetre", "periode", "source"}), read=figure),
    Format(
        columns=frozenset(
            {
                "annee",
                "coordination",
                "code_departement",
                "nom_source",
                "code_insee_2014",
                "code_insee_2026",
                "nb_qpv_2024_commune",
            }
        ),
        read=territory,
    ),
)


def recognised(columns: frozenset[str]) -> Format:
    """Tell by its columns which kind of history a file is."""
    for one in FORMATS:
        if one.columns <= columns:
            return one
    raise FileNotKnown(", ".join(sorted(columns)))


def called(entry: Entry) -> str:
    """Name an entry as its file does."""
    return entry.indicator if isinstance(entry, HistoricalFigure) else f"{entry.name} {entry.year}"


def _said(row: Row, column: str) -> str:
    written = " ".join(row[column].split())
    if not written:
        raise CellUnreadable(f"{column}: empty")
    return written


def _source(written: str) -> str:
    if not written:
        raise CellUnreadable("source: neither the line nor the command names one")
    return written


def _shaped(row: Row, column: str, form: re.Pattern[str]) -> str:
    if not form.fullmatch(row[column]):
        raise CellUnreadable(f"{column}: {row[column] or 'empty'}")
    return row[column]


def _named(*parts: str) -> UUID:
    """Name an entry; the same everywhere and always."""
    return uuid5(_HISTORY, "|".join(parts))

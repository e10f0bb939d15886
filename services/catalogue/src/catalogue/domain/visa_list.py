"""One line of the CNC's list of exhibition visas, read: number, year and decision of a visa, and the film it is for.

The list is the only one with official classes, and has been kept since 1945.  It says in which year a visa was issued,
not on which day: the year is kept as a year.  It says what was decided in the words of that time: a class of today is
taken from it only where those words mean the same today, else they are kept as the visa's warning.  It only completes.
"""

import re
from collections.abc import Iterator

from catalogue.domain import countries
from catalogue.domain.film import Description, NewFilm
from catalogue.domain.lines import Format, Line, Remark, Row, UnreadableCell
from common.contracts.catalogue import Classification, Visa

_UNKNOWN = "Non renseigné"
_TWO_TITLES = re.compile(r"(?P<title>.*?(?P<last>[^\W_]+)[^\w\s]*)\. +(?P<original>\S.*)")
_ABBREVIATIONS = frozenset({"dr", "jr", "me", "mlle", "mme", "mr", "mrs", "ms", "no", "sr", "st", "ste", "vol", "vs"})
_ALIAS = re.compile(r"\s*\([^()]*\)")

_LAST_SOVIET_YEAR = 1991

_DECISIONS = {
    "Tout public": (Classification.ALL, 0),
    "Interdit -12 ans": (Classification.U12, 1990),
    "Interdit -16 ans": (Classification.U16, 1990),
    "Interdit -18 ans": (Classification.U18, 2001),
}
"""The class of today, and since when the words mean it: the ages were 13 and 18 from 1961 to 1990 (Décret n° 90-174 du
23 février 1990), and 18 came back in 2001 (Décret n° 2001-618 du 12 juillet 2001)."""


def _read(number: int, row: Row) -> Line:
    cells = {name: " ".join(text.split()) for name, text in row.items()}
    title, original_title = _titles(cells["titre"])
    directors = tuple(_ALIAS.sub("", name) for name in _several(cells["realisation"]))
    year = _year(cells["annee_visa"])
    classification = _class(cells["decision"], year)
    visa = Visa(
        number=cells["visa"],
        year=year,
        classification=classification,
        warning=None if classification else _in_its_words(cells["decision"], year),
    )
    named = [(name, _country(name, year)) for name in _several(cells["nationalite"])]
    description = Description(
        title=title,
        original_title=original_title,
        directors=directors,
        countries=tuple(dict.fromkeys(code for _, code in named if code)),
    )
    unknown = [name for name, code in named if code is None]
    return Line(
        number=number,
        film=NewFilm(description=description, visas=(visa,)),
        decides=False,
        remarks=tuple(_remarks(cells, visa, directors, unknown)),
    )


def _remarks(cells: Row, visa: Visa, directors: tuple[str, ...], unknown: list[str]) -> Iterator[tuple[Remark, str]]:
    if _titles(cells["titre"])[1]:
        yield Remark.TITLES_PARTED, cells["titre"]
    if _ALIAS.search(cells["realisation"]):
        yield Remark.ALIAS_LEFT_OUT, cells["realisation"]
    if not directors:
        yield Remark.NO_DIRECTOR, cells["realisation"] or "the cell is empty"
    if unknown:
        yield Remark.UNKNOWN_COUNTRY, f"{', '.join(unknown)} in {cells['nationalite']!r}"
    if visa.classification is None:
        yield Remark.HISTORICAL_CLASS, f"{visa.warning or 'nothing'} is kept as it was said"


def _titles(text: str) -> tuple[str, str | None]:
    """Part `Accatone. Accattonne` into the French title and the original one; `Dr. Folamour` is one title."""
    found = _TWO_TITLES.fullmatch(text)
    if found is None or len(found["last"]) < 2 or found["last"].casefold() in _ABBREVIATIONS:
        return text, None
    return found["title"], found["original"]


def _several(text: str) -> list[str]:
    return [] if text in {"", _UNKNOWN} else [name for name in text.split(" - ") if name != _UNKNOWN]


def _year(text: str) -> int | None:
    if not text or text == _UNKNOWN:
        return None
    if not text.isdigit():
        raise UnreadableCell(f"annee_visa: {text!r}")
    return int(text)


def _class(decision: str, year: int | None) -> Classification | None:
    found, since = _DECISIONS.get(decision, (None, 0))
    return found if since == 0 or (year is not None and year > since) else None


def _in_its_words(decision: str, year: int | None) -> str | None:
    if decision in {"", _UNKNOWN}:
        return None
    return decision if year is None else f"{decision} ({year})"


def _country(name: str, year: int | None) -> str | None:
    """Find a country; the list writes the Soviet Union as `Russie (ex. URSS)`, which after its end is not certain."""
    if "URSS" in name:
        return "SU" if year is not None and year <= _LAST_SOVIET_YEAR else None
    return countries.named(name)


_COLUMNS = frozenset({"titre", "realisation", "annee_visa", "nationalite", "visa", "decision"})

CNC_VISAS = Format(
    required=_COLUMNS,
    columns=_COLUMNS | {"production", "format", "localisation_dossier"},  # known, and not kept
    read=_read,
)

"""A distributor's rights sheet, read: under which of its rows the table begins, and what each row offers.

A sheet is written by people for people.  There are titles above its table, its columns stand in any order under names
that mean the same, a day is a day or a text, a price a number or `1 200,00 €`.  What is understood is understood in one
way only; what could be read in two is refused, with the cell, and left to people.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias, TypeVar

from catalogue.domain import identifiers, titles
from catalogue.domain.cells import beginning
from catalogue.domain.lines import UnknownColumn, UnreadableCell
from catalogue.domain.rights import Terms
from common.contracts.catalogue import (
    Cancellation,
    FilmVersion,
    Identifier,
    IdentifierScheme,
    RightsTerritory,
    RightsUse,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell that holds no value, and why: an error, or a formula whose result was not kept."""

    why: str


Value: TypeAlias = str | int | float | bool | date | Broken | None
Cells: TypeAlias = Mapping[str, Value]

PRICE_CENTS_MAX = 10**9 - 1
PLAIN_RATE_MIN = Decimal("0.5")
"""Percent.  A lesser rate that is not written with its sign may as well be a fraction of one."""

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "visa": ("visa", "n visa", "n de visa", "no visa", "no de visa", "numero de visa", "visa exploitation"),
    "isan": ("isan",),
    "eidr": ("eidr",),
    "imdb": ("imdb", "id imdb"),
    "wikidata": ("wikidata",),
    "titre": ("titre", "titre du film", "titre francais", "film"),
    "annee": ("annee", "annee de production"),
    "droits": ("droits", "usages", "utilisations", "type de droits", "exploitation"),
    "territoires": ("territoires", "territoire"),
    "versions": ("versions", "version", "versions disponibles"),
    "du": ("du", "debut", "debut des droits", "a partir du", "date de debut"),
    "au": ("au", "fin", "fin des droits", "jusqu au", "jusquau", "date de fin", "echeance"),
    "prix ht": ("prix ht", "tarif ht", "prix hors taxe", "prix hors taxes", "tarif hors taxes", "montant ht"),
    "tva": ("tva", "taux tva", "taux de tva"),
    "jauge": ("jauge", "jauge max", "jauge maximale", "jauge maximum", "spectateurs max", "plafond de spectateurs"),
    "annulation jours": ("annulation jours", "annulation sans frais jours", "annulation gratuite jours"),
    "annulation retenue": ("annulation retenue", "retenue"),
    "annulation conditions": ("annulation conditions", "conditions annulation"),
}
"""Each column by its name, and the headings that mean it, reduced to plain words."""

_NAMED = {heading: name for name, headings in HEADINGS.items() for heading in headings}
_REQUIRED = frozenset({"droits", "territoires", "versions", "du", "au"})
_FILM = (frozenset({"visa"}), frozenset({"titre", "annee"}), *(frozenset({scheme}) for scheme in IdentifierScheme))

_EVERYWHERE = tuple(RightsTerritory)
_OVERSEAS = tuple(one for one in RightsTerritory if one is not RightsTerritory.METROPOLITAN)

USES: Mapping[str, tuple[RightsUse, ...]] = {
    "commercial": (RightsUse.COMMERCIAL,),
    "non commercial": (RightsUse.NON_COMMERCIAL_INDOOR,),
    "non commercial en salle": (RightsUse.NON_COMMERCIAL_INDOOR,),
    "non commercial salle": (RightsUse.NON_COMMERCIAL_INDOOR,),
    "non commercial interieur": (RightsUse.NON_COMMERCIAL_INDOOR,),
    "plein air": (RightsUse.OPEN_AIR,),
}
TERRITORIES: Mapping[str, tuple[RightsTerritory, ...]] = {
    "metropole": (RightsTerritory.METROPOLITAN,),
    "france metropolitaine": (RightsTerritory.METROPOLITAN,),
    "guadeloupe": (RightsTerritory.GUADELOUPE,),
    "martinique": (RightsTerritory.MARTINIQUE,),
    "guyane": (RightsTerritory.GUYANE,),
    "reunion": (RightsTerritory.REUNION,),
    "la reunion": (RightsTerritory.REUNION,),
    "mayotte": (RightsTerritory.MAYOTTE,),
    **{str(one): (one,) for one in _OVERSEAS},
    "drom": _OVERSEAS,
    "outre mer": _OVERSEAS,
    "france entiere": _EVERYWHERE,
    "france et drom": _EVERYWHERE,
}
VERSIONS: Mapping[str, tuple[FilmVersion, ...]] = {
    "vo": (FilmVersion.VO,),
    "vostfr": (FilmVersion.VOSTFR,),
    "vostf": (FilmVersion.VOSTFR,),
    "vost": (FilmVersion.VOSTFR,),
    "vf": (FilmVersion.VF,),
    "sme": (FilmVersion.SDH,),
    "sdh": (FilmVersion.SDH,),
    "ad": (FilmVersion.AD,),
    "audiodescription": (FilmVersion.AD,),
    "lsf": (FilmVersion.LSF,),
}

_SEPARATORS = re.compile(r"[,;/|+\n]")
_SPACES = re.compile(r"\s")
_SPACES_AND_UNITS = re.compile(r"\s|€|EUR|HT", re.IGNORECASE)
_PLAIN_NUMBER = re.compile(r"\d{1,12}(?:[.,]\d{1,9})?")
PLACES_MAX = 2
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmAsked:
    """How a row calls its film: by numbers, else by title and year."""

    names: tuple[tuple[str, str], ...]
    title: str | None
    year: int | None

    @property
    def calls(self) -> tuple[tuple[str, str], ...]:
        """List what to look for in the catalogue."""
        return self.names or (("title", titles.filed(self.title or "")),)

    def __str__(self) -> str:
        said = [*(" ".join(name) for name in self.names), self.title, self.year and f"({self.year})"]
        return " ".join(str(one) for one in said if one)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """What one row offers; `named` are the terms beside what an offer covers that it says anything of."""

    number: int
    film: FilmAsked
    terms: Terms
    named: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose columns are understood; those of `unread` are not."""

    columns: tuple[str | None, ...]
    unread: tuple[str, ...]

    @classmethod
    def headed(cls, row: Sequence[Value]) -> "Table | None":
        """Take a row for the table's head, if it names the columns that a table needs."""
        texts = [cell if isinstance(cell, str) else "" for cell in row]
        columns = tuple(_NAMED.get(" ".join(titles.words(text))) for text in texts)
        named = [name for name in columns if name]
        if not any(film | _REQUIRED <= set(named) for film in _FILM):
            return None
        if twice := {name for name in named if named.count(name) > 1}:
            raise UnknownColumn(f"two columns say the same: {', '.join(sorted(twice))}")
        unread = (text for text, name in zip(texts, columns, strict=True) if text.strip() and not name)
        return cls(columns=columns, unread=tuple(" ".join(text.split()) for text in unread))

    def read(self, number: int, row: Sequence[Value]) -> SheetLine:
        """Read a row, or refuse it with the first cell that cannot be understood."""
        width = max(len(row), len(self.columns))
        padded = [*row, *[None] * (width - len(row))]
        cells = {name: cell for name, cell in zip(self.columns, padded, strict=False) if name}
        terms = _terms(cells).checked()
        said = {
            name: getattr(terms, name) for name in ("price_cents", "tax_basis_points", "audience_max", "cancellation")
        }
        named = frozenset(name for name, value in said.items() if value is not None)
        return SheetLine(number=number, film=_film(cells), terms=terms, named=named)


def is_empty(row: Sequence[Value]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row)


def shown(row: Sequence[Value]) -> str:
    """Show the beginning of a row to whoever looks for it."""
    return beginning(_text(cell) for cell in row if cell is not None)


def _film(cells: Cells) -> FilmAsked:
    names = tuple(_names(cells))
    title, year = _one(cells, "titre", _text), _one(cells, "annee", _whole)
    if not names and (title is None or year is None):
        raise UnreadableCell("no film: a visa, an identifier, or a title and its year")
    return FilmAsked(names=names, title=title, year=year)


def _names(cells: Cells) -> Iterator[tuple[str, str]]:
    if visa := _one(cells, "visa", _visa):
        yield "visa", visa
    for scheme in IdentifierScheme:
        if text := _one(cells, scheme, _text):
            named = Identifier(scheme=scheme, value=text)
            known = identifiers.canonical(named)
            if known is None:
                wrong = identifiers.mistake(named)
                raise UnreadableCell(f"{scheme}: {text!r}" + (f": {wrong.message}" if wrong else ""))
            yield scheme, known.value


def _terms(cells: Cells) -> Terms:
    return Terms(
        uses=_choices(cells, "droits", USES),
        territories=_choices(cells, "territoires", TERRITORIES),
        versions=_choices(cells, "versions", VERSIONS),
        starts_on=_needed(cells, "du", _day),
        ends_on=_needed(cells, "au", _day),
        price_cents=_one(cells, "prix ht", _cents),
        tax_basis_points=_one(cells, "tva", _basis_points),
        audience_max=_one(cells, "jauge", _whole),
        cancellation=_cancellation(cells),
    )


def _cancellation(cells: Cells) -> Cancellation | None:
    days, share = _one(cells, "annulation jours", _whole), _one(cells, "annulation retenue", _percent)
    text = _one(cells, "annulation conditions", _text)
    if days is None and share is None and text is None:
        return None
    if days is None or share is None:
        raise UnreadableCell("annulation: both the days and the share that is due are said, or neither")
    if share != int(share):
        raise UnreadableCell(f"annulation retenue: {share} % is no whole number")
    return Cancellation(free_until_days=days, due_percent=int(share), terms=text)


def _choices(cells: Cells, name: str, meaning: Mapping[str, tuple[T, ...]]) -> tuple[T, ...]:
    """Read `Plein air / non commercial`, each choice once, in the order in which it is written."""
    asked = [" ".join(titles.words(part)) for part in _SEPARATORS.split(_needed(cells, name, _written))]
    if unknown := [part for part in asked if part and part not in meaning]:
        raise UnreadableCell(f"{name}: {', '.join(unknown)}")
    return tuple(dict.fromkeys(one for part in asked if part for one in meaning[part]))


def _needed(cells: Cells, name: str, read: Callable[[Value], T]) -> T:
    found = _one(cells, name, read)
    if found is None:
        raise UnreadableCell(f"{name}: the cell is empty")
    return found


def _one(cells: Cells, name: str, read: Callable[[Value], T]) -> T | None:
    value = cells.get(name)
    if isinstance(value, Broken):
        raise UnreadableCell(f"{name}: {value.why}")
    if value is None or not _text(value):
        return None
    try:
        return read(value)
    except ValueError as error:
        raise UnreadableCell(f"{name}: {_text(value)!r}") from error


def _text(value: Value) -> str:
    """Write a value on one line, without the spaces that say nothing."""
    return " ".join(_written(value).split())


def _written(value: Value) -> str:
    """Write a value as its cell shows it: a whole number has no point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _day(value: Value) -> date:
    """Read a day, or `18/07/2025`; a bare number may be anything."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = _DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return date.fromisoformat(value.strip() if isinstance(value, str) else "")
    day, month, year = found.groups()
    return date(int(year), int(month), int(day))


def _number(value: Value, noise: re.Pattern[str] = _SPACES) -> Decimal:
    """Read a number that is none below; of a float, the fifteen digits that a spreadsheet shows."""
    text = f"{value:.15g}" if isinstance(value, float) else noise.sub("", str(value))
    if not _PLAIN_NUMBER.fullmatch(text):
        raise ValueError
    return Decimal(text.replace(",", "."))


def _cents(value: Value) -> int:
    """Read `1 200,50 €`; a price has two places at most, since of `1.200` nobody knows whether it is a thousand."""
    number = _number(value, _SPACES_AND_UNITS)
    if isinstance(value, str) and _places(number) > PLACES_MAX:
        raise ValueError
    cents = number.scaleb(2)
    if cents != int(cents) or cents > PRICE_CENTS_MAX:
        raise ValueError
    return int(cents)


def _percent(value: Value) -> Decimal:
    """Read `5,5 %` or 5.5; a fraction of one may be either, and is refused unless its sign is written."""
    signed = isinstance(value, str) and value.rstrip().endswith("%")
    number = _number(value.rstrip()[:-1] if signed and isinstance(value, str) else value)
    if not signed and 0 < number < PLAIN_RATE_MIN:
        raise ValueError
    return number


def _basis_points(value: Value) -> int:
    points = _percent(value).scaleb(2)
    if points != int(points):
        raise ValueError
    return int(points)


def _places(number: Decimal) -> int:
    """Count the digits that are written behind the point, noughts too."""
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _whole(value: Value) -> int:
    number = _number(value)
    if isinstance(value, str) and _places(number):
        raise ValueError
    if number != int(number):
        raise ValueError
    return int(number)


def _visa(value: Value) -> str:
    number = identifiers.visa_number(re.sub(r"[\s.]", "", _text(value)))
    if number is None:
        raise ValueError
    return number

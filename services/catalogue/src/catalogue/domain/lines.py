"""One line of a file of films, read: what it says of a film, and what had to be put right to understand it.

Two kinds of files; others are in `visa_list` and `million_list`.  Ours is written for this catalogue and decides.  The
CNC's list of approved films (`films agréés`) is written for another purpose and only completes: it gives visas without
dates, no duration and no classification; its year is the one in which the CNC counts the production.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias, TypeVar

from catalogue.domain import countries, titles
from catalogue.domain.cells import unfit
from catalogue.domain.film import Description, NewFilm
from common.contracts.catalogue import Classification, FilmVersion, Genre, Identifier, IdentifierScheme, Visa
from common.errors import Invalid

Row: TypeAlias = Mapping[str, str]
T = TypeVar("T")


class Kind(StrEnum):
    """Which columns a file has."""

    OURS = "ours"
    CNC_AGREES = "cnc-agrees"
    CNC_VISAS = "cnc-visas"
    CNC_MILLION = "cnc-million"


class Remark(StrEnum):
    """What is worth telling about a line."""

    ARTICLE_MOVED = "article-moved"
    FORMER_TITLE = "former-title"
    LEADING_ZEROS = "leading-zeros"
    NATIONALITY_MENDED = "nationality-mended"
    UNKNOWN_COUNTRY = "unknown-country"
    NO_DIRECTOR = "no-director"
    TITLES_PARTED = "titles-parted"
    ALIAS_LEFT_OUT = "alias-left-out"
    HISTORICAL_CLASS = "historical-class"
    DIFFERS = "differs"


TIDIED = frozenset(
    {
        Remark.ARTICLE_MOVED,
        Remark.FORMER_TITLE,
        Remark.LEADING_ZEROS,
        Remark.NATIONALITY_MENDED,
        Remark.TITLES_PARTED,
    }
)
"""Put right without losing anything: counted, not listed."""


class UnreadableCell(Invalid):
    """A cell of an imported file does not hold what its column is for."""

    title = "A cell of the file cannot be understood."
    titre = "Une case du fichier ne peut pas être comprise."


class UnknownColumn(Invalid):
    """A file with a misspelt or missing column is refused whole rather than read without it."""

    title = "The file's columns are not those of its format."
    titre = "Les colonnes du fichier ne sont pas celles de son format."


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one line says; `decides` tells whether it overrules what the catalogue says already."""

    number: int
    film: NewFilm
    decides: bool
    remarks: tuple[tuple[Remark, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A kind of file: its columns, and how one of its rows is read."""

    required: frozenset[str]
    columns: frozenset[str]
    read: Callable[[int, Row], Line]

    def opened(self, header: Sequence[str]) -> "Sheet":
        """Refuse a file before its first line rather than misread them all."""
        missing, unknown = self.required - set(header), set(header) - self.columns
        if missing or unknown or len(header) != len(set(header)):
            raise UnknownColumn(f"missing: {sorted(missing)}; unknown: {sorted(unknown)}; given: {list(header)}")
        return Sheet(header=tuple(header), read_row=self.read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A file whose columns are understood."""

    header: tuple[str, ...]
    read_row: Callable[[int, Row], Line]

    def read(self, number: int, cells: Sequence[str]) -> Line:
        if len(cells) != len(self.header):
            raise UnreadableCell(f"{len(cells)} cells under {len(self.header)} columns")
        for name, text in zip(self.header, cells, strict=True):
            if why := unfit(text):
                raise UnreadableCell(f"{name}: {why}")
        return self.read_row(number, dict(zip(self.header, cells, strict=True)))


# ---------------------------------------------------------------------------------------------------------- ours


def _ours(number: int, row: Row) -> Line:
    cells = {name: text.strip() for name, text in row.items()}
    description = Description(
        title=cells["title"],
        original_title=cells.get("original_title") or None,
        other_titles=_many(cells, "other_titles"),
        directors=_many(cells, "directors"),
        year=_one(cells, "year", int),
        released_on=_one(cells, "released_on", date.fromisoformat),
        countries=_many(cells, "countries"),
        genre=_one(cells, "genre", Genre),
        duration_minutes=_one(cells, "duration_minutes", int),
        versions=tuple(_cell("versions", text, FilmVersion) for text in _many(cells, "versions")),
        classification=_one(cells, "classification", Classification),
        warning=cells.get("warning") or None,
        themes=_many(cells, "themes"),
        identifiers=tuple(
            Identifier(scheme=scheme, value=cells[scheme]) for scheme in IdentifierScheme if cells.get(scheme)
        ),
    )
    visas = tuple(_visa(text) for text in _many(cells, "visas"))
    return Line(number=number, film=NewFilm(description=description, visas=visas), decides=True)


def _visa(text: str) -> Visa:
    """Read `128083` or `128083@2023-10-10`."""
    number, _, issued_on = text.partition("@")
    return Visa(number=number, issued_on=_cell("visas", issued_on, date.fromisoformat) if issued_on else None)


def _many(cells: Row, name: str) -> tuple[str, ...]:
    return tuple(text.strip() for text in cells.get(name, "").split("|") if text.strip())


def _one(cells: Row, name: str, read: Callable[[str], T]) -> T | None:
    text = cells.get(name)
    return _cell(name, text, read) if text else None


def _cell(name: str, text: str, read: Callable[[str], T]) -> T:
    try:
        return read(text)
    except (ValueError, KeyError) as error:
        raise UnreadableCell(f"{name}: {text!r}") from error


OURS = Format(
    required=frozenset({"title"}),
    columns=frozenset(
        {
            *("title", "original_title", "other_titles", "directors", "year", "released_on", "countries", "genre"),
            *("duration_minutes", "versions", "classification", "warning", "themes", "visas"),
            *IdentifierScheme,
        }
    ),
    read=_ours,
)

# ---------------------------------------------------------------------------------- the CNC's list of approved films

_TIDY_SHARES = re.compile(r"\S[^/]*\S-\d+(?: / \S[^/]*\S-\d+)*")
_INITIALS = re.compile(r"(?:\w\.)+")
_LETTERS = re.compile(r"[^\W\d_]+")


def _cnc_agrees(number: int, row: Row) -> Line:
    title, former = titles.former(row["titre"])
    nationality = row["nationalite"]
    description = Description(
        title=title,
        other_titles=tuple(titles.shown(name) for name in former),
        directors=tuple(_natural(name) for name in row["realisateurs"].split("/") if name.strip()),
        year=_one(row, "annee_agrement", int),
        countries=tuple(dict.fromkeys(code for name in _countries(nationality) if (code := countries.named(name)))),
        genre=_one(row, "genre", _GENRES.__getitem__),
    )
    return Line(
        number=number,
        film=NewFilm(description=description, visas=(Visa(number=row["visa"]),)),
        decides=False,
        remarks=tuple(_remarks(row, title, former)),
    )


def _remarks(row: Row, title: str, former: tuple[str, ...]) -> Iterator[tuple[Remark, str]]:
    if titles.shown(title) != " ".join(title.split()):
        yield Remark.ARTICLE_MOVED, title
    if former:
        yield Remark.FORMER_TITLE, row["titre"]
    if row["visa"].startswith("0"):
        yield Remark.LEADING_ZEROS, row["visa"]
    if not row["realisateurs"].strip():
        yield Remark.NO_DIRECTOR, "the cell is empty"
    if not _TIDY_SHARES.fullmatch(row["nationalite"]):
        yield Remark.NATIONALITY_MENDED, row["nationalite"]
    if unknown := [name for name in _countries(row["nationalite"]) if countries.named(name) is None]:
        yield Remark.UNKNOWN_COUNTRY, f"{', '.join(unknown)} in {row['nationalite']!r}"


def _countries(nationality: str) -> Iterator[str]:
    """Take the countries out of `Fr-62 /Italie-26` and of `AFRIQUE DU SUD/NAMIBIE-25`; shares are not kept."""
    names = re.split(r"\s*-\s*\d+|/", nationality)
    return (name.strip() for name in names if name.strip())


def _natural(name: str) -> str:
    """Write `LE GUAY Philippe` as `Philippe Le Guay`; what is wholly in capitals keeps its order."""
    parts = name.split()
    family = [part for part in parts if part[-2:].isupper() and not _INITIALS.fullmatch(part)]
    first = [part for part in parts if part not in family]
    return " ".join([*first, *(_LETTERS.sub(_capitalised, part) for part in family)])


def _capitalised(letters: re.Match[str]) -> str:
    return letters[0].capitalize()


_GENRES = {
    "fiction": Genre.FICTION,
    "documentaire": Genre.DOCUMENTARY,
    "animation": Genre.ANIMATION,
}

_CNC_COLUMNS = frozenset({"visa", "titre", "realisateurs", "annee_agrement", "genre", "nationalite"})

CNC_AGREES = Format(
    required=_CNC_COLUMNS,
    columns=_CNC_COLUMNS
    | {"producteurs", "genre_source", "devis_euros", "initiative_francaise", "rang_film"},  # known, and not kept
    read=_cnc_agrees,
)

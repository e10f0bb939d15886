"""One line of the CNC's list of films seen by more than a million, read: a title, from where, and when it came out.

The list has a film once for each year in which more than a million saw it, without a number, its makers or its year: a
line is known by its title and the day of the French release, which law counts from (R01).  How many saw it is not kept:
no rule asks, and the figures are of those years only.  It only completes.
"""

from datetime import date

from catalogue.domain import countries, titles
from catalogue.domain.film import Description, NewFilm
from catalogue.domain.lines import Format, Line, Remark, Row, UnreadableCell


def _read(number: int, row: Row) -> Line:
    title, former = titles.former(row["titre"])
    named = {name: _country(name) for part in row["nationalite"].split("/") if (name := " ".join(part.split()))}
    description = Description(
        title=title,
        other_titles=tuple(titles.shown(name) for name in former),
        released_on=_released_on(row),
        countries=tuple(dict.fromkeys(code for code in named.values() if code)),
    )
    remarks = list[tuple[Remark, str]]()
    if titles.shown(title) != " ".join(title.split()):
        remarks.append((Remark.ARTICLE_MOVED, title))
    if former:
        remarks.append((Remark.FORMER_TITLE, row["titre"]))
    if unknown := [name for name, code in named.items() if code is None]:
        remarks.append((Remark.UNKNOWN_COUNTRY, f"{', '.join(unknown)} in {row['nationalite']!r}"))
    return Line(number=number, film=NewFilm(description=description), decides=False, remarks=tuple(remarks))


def _released_on(row: Row) -> date:
    """Read the day by which a line is known; nobody saw a film in a year before it came out."""
    try:
        day, year = date.fromisoformat(row["date_sortie"]), int(row["annee"])
    except ValueError as error:
        raise UnreadableCell(f"date_sortie: {row['date_sortie']!r}; annee: {row['annee']!r}") from error
    if day.year > year:
        raise UnreadableCell(f"date_sortie: {day} is after {year}, in which the film was seen")
    return day


def _country(name: str) -> str | None:
    """Find a country: the list writes `ETATS UNIS`, and since 2017 codes of ISO 3166-1."""
    return name if countries.known(name) else countries.named(name)


_COLUMNS = frozenset({"annee", "titre", "nationalite", "date_sortie"})

CNC_MILLION = Format(
    required=_COLUMNS,
    columns=_COLUMNS | {"rang", "entrees"},  # known, and not kept
    read=_read,
)

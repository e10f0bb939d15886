"""What somebody says of a film otherwise than what is kept: whether it still is otherwise, and what is taken of it.

A conflict is raised on one day and settled on another.  What is recorded in between is news that its source did not
know of: taking decides what was in dispute, and leaves the rest as it is by now.
"""

from datetime import datetime
from typing import TypeAlias

from catalogue.domain import titles, visas
from catalogue.domain.film import Film
from catalogue.domain.provenance import Difference
from common.contracts.catalogue import FilmChanged, FilmVisaChanged, Visa

Change: TypeAlias = FilmChanged | FilmVisaChanged


def is_open(film: Film, one: Difference) -> bool:
    """Tell whether what a source says is still otherwise than what is kept: taking it would change something."""
    if isinstance(one.said, Visa):
        return _visa(film, one.kept, one.said) not in film.visas
    if one.field == "title":
        return titles.filed(one.said) not in film.filed_titles()
    return bool(kept(film, one.field) != one.said)


def take(film: Film, one: Difference, *, at: datetime) -> tuple[Film, Change]:
    """Take over what a source says otherwise: of a visa, or of one field of the description."""
    if isinstance(one.said, Visa):
        return film.record_visa(_visa(film, one.kept, one.said), at=at)
    return film.change({one.field: one.said}, at=at)


def kept(film: Film, field: str) -> object:
    """Give what is kept of a field by now."""
    return film.parts().get(field)


def _visa(film: Film, raised_against: Visa, said: Visa) -> Visa:
    current = next((visa for visa in film.visas if visa.number == said.number), Visa(number=said.number))
    return visas.taken(current, raised_against, said)

"""The films that a scheme proposes in a year: the nation's list, and those of the coordinations.

    open ──add, remove──► open ──close──► closed

Everybody reads a list from the moment it is there.  A closed one stays: it says what was proposed, and at a negotiated
tariff, in a year that is over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from catalogue.domain.film import NothingToChange
from common.contracts import catalogue as contracts
from common.contracts.catalogue import FilmListLevel, FilmListScheme, FilmListStatus, ListedFilm
from common.errors import Conflict, DomainError, Invalid, NotFound

FILMS_MAX = 1_000
"""Films on one list: a national one of open-air films has about eighty, one for schools about a hundred."""


class NoSuchFilmList(NotFound):
    """No list has this id."""

    title = "There is no such list of films."
    titre = "Cette liste de films n’existe pas."


class FilmNotListed(NotFound):
    """What is not on the list cannot be removed from it."""

    title = "The film is not on this list."
    titre = "Le film n’est pas sur cette liste."


class NotInTheCatalogue(Invalid):
    """A film must be registered before it can be listed."""

    title = "A list is made of films of the catalogue."
    titre = "Une liste se compose de films du catalogue."


class RegionalSchemeOnly(Invalid):
    """The nation has no regional selection."""

    title = "A regional selection is a coordination's."
    titre = "Une sélection régionale est celle d’une coordination."


class FilmListOpenAlready(Conflict):
    """Two open lists of one scheme, year and coordination would contradict each other."""

    title = "A list of this scheme and year is open already."
    titre = "Une liste de ce dispositif et de cette année est déjà ouverte."


class FilmListClosed(Conflict):
    """What was proposed in a year is not rewritten afterwards."""

    title = "The list is closed."
    titre = "La liste est close."


class FilmListFull(Conflict):
    """A list is published whole each time; so it has a limit."""

    title = f"A list has {FILMS_MAX} films at most."
    titre = f"Une liste compte {FILMS_MAX} films au plus."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFilmList:
    """Which list: the nation's, or a coordination's."""

    scheme: FilmListScheme
    year: int
    title: str
    coordination_id: UUID | None = None

    @property
    def level(self) -> FilmListLevel:
        return FilmListLevel.NATIONAL if self.coordination_id is None else FilmListLevel.REGIONAL


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmList:
    id: UUID
    version: int
    status: FilmListStatus
    scheme: FilmListScheme
    level: FilmListLevel
    year: int
    coordination_id: UUID | None
    title: str
    films: tuple[ListedFilm, ...]

    @classmethod
    def publish(
        cls, list_id: UUID, new: NewFilmList, *, at: datetime
    ) -> "tuple[FilmList, contracts.FilmListPublished]":
        if new.scheme is FilmListScheme.REGIONAL_SELECTION and new.level is FilmListLevel.NATIONAL:
            raise RegionalSchemeOnly(pointer="/coordination_id")
        made = cls(
            id=list_id,
            version=1,
            status=FilmListStatus.OPEN,
            scheme=new.scheme,
            level=new.level,
            year=new.year,
            coordination_id=new.coordination_id,
            title=new.title,
            films=(),
        )
        return made, contracts.FilmListPublished(
            occurred_at=at,
            film_list_id=list_id,
            scheme=made.scheme,
            level=made.level,
            year=made.year,
            coordination_id=made.coordination_id,
            title=made.title,
        )

    def following(self, merged: Mapping[UUID, UUID]) -> "FilmList":
        """See films that were merged as those that they are, each once; negotiated for one is negotiated."""
        found: dict[UUID, ListedFilm] = {}
        for one in self.films:
            film_id = merged.get(one.film_id, one.film_id)
            negotiated = one.negotiated or (film_id in found and found[film_id].negotiated)
            found[film_id] = replace(one, film_id=film_id, negotiated=negotiated)
        return replace(self, films=tuple(found.values()))

    def add(self, film: ListedFilm, *, at: datetime) -> "tuple[FilmList, contracts.FilmListFilmAdded]":
        """Put a film on the list, behind the others; one that is there may be given another word on its tariff."""
        self._still_open()
        if film in self.films:
            raise NothingToChange
        others = tuple(one for one in self.films if one.film_id != film.film_id)
        if len(others) >= FILMS_MAX:
            raise FilmListFull
        added = replace(self, version=self.version + 1, films=(*others, film))
        return added, contracts.FilmListFilmAdded(
            occurred_at=at,
            film_list_id=self.id,
            coordination_id=self.coordination_id,
            film_id=film.film_id,
            negotiated=film.negotiated,
        )

    def remove(self, film_id: UUID, *, at: datetime) -> "tuple[FilmList, contracts.FilmListFilmRemoved]":
        self._still_open()
        left = tuple(one for one in self.films if one.film_id != film_id)
        if left == self.films:
            raise FilmNotListed
        removed = replace(self, version=self.version + 1, films=left)
        return removed, contracts.FilmListFilmRemoved(
            occurred_at=at, film_list_id=self.id, coordination_id=self.coordination_id, film_id=film_id
        )

    def close(self, *, at: datetime) -> "tuple[FilmList, contracts.FilmListClosed]":
        self._still_open()
        closed = replace(self, version=self.version + 1, status=FilmListStatus.CLOSED)
        return closed, contracts.FilmListClosed(
            occurred_at=at, film_list_id=self.id, coordination_id=self.coordination_id
        )

    def state(self, *, at: datetime) -> contracts.FilmListState:
        return contracts.FilmListState(
            id=self.id,
            version=self.version,
            occurred_at=at,
            status=self.status,
            scheme=self.scheme,
            level=self.level,
            year=self.year,
            coordination_id=self.coordination_id,
            title=self.title,
            films=self.films,
        )

    def _still_open(self) -> None:
        if self.status is FilmListStatus.CLOSED:
            raise FilmListClosed


def refusals(status: FilmListStatus) -> Mapping[str, type[DomainError] | None]:
    """List what may be done to a list, with what its state says against it."""
    closed = FilmListClosed if status is FilmListStatus.CLOSED else None
    return dict.fromkeys(("film_list.add_film", "film_list.remove_film", "film_list.close"), closed)

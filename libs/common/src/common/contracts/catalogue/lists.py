"""Film lists: the films that a scheme proposes in a year, for the nation or in one coordination."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from common.contracts.catalogue.vocabulary import FilmListLevel, FilmListScheme, FilmListStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFilm:
    """A film on a list; `negotiated` tells whether its tariff was negotiated for those who show it from this list."""

    film_id: UUID
    negotiated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmListPublished:
    """A list is there for everybody to read; films are added to it and removed from it until it is closed."""

    TYPE: ClassVar[str] = "film_list.published"

    occurred_at: datetime
    film_list_id: UUID
    scheme: FilmListScheme
    level: FilmListLevel
    year: int
    coordination_id: UUID | None
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmListFilmAdded:
    """A film stands on a list, or stands on it with another word on its tariff than before."""

    TYPE: ClassVar[str] = "film_list.film_added"

    occurred_at: datetime
    film_list_id: UUID
    coordination_id: UUID | None
    film_id: UUID
    negotiated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmListFilmRemoved:
    """A film no longer stands on a list; what was planned with it stays as it is."""

    TYPE: ClassVar[str] = "film_list.film_removed"

    occurred_at: datetime
    film_list_id: UUID
    coordination_id: UUID | None
    film_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmListClosed:
    """A list stays as it is, for whoever asks later what was proposed in its year."""

    TYPE: ClassVar[str] = "film_list.closed"

    occurred_at: datetime
    film_list_id: UUID
    coordination_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmListState:
    """A list, whole: whose it is, of which scheme and year, and its films in the order in which they were added."""

    AGGREGATE: ClassVar[str] = "film_list"

    id: UUID
    version: int
    occurred_at: datetime
    status: FilmListStatus
    scheme: FilmListScheme
    level: FilmListLevel
    year: int
    coordination_id: UUID | None
    title: str
    films: tuple[ListedFilm, ...]
    deleted: bool = False

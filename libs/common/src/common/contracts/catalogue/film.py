"""Films: what is announced of them, and what they are."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from common.contracts.catalogue.vocabulary import (
    Accessibility,
    Classification,
    Clearance,
    Dissemination,
    FilmKind,
    FilmVersion,
    Genre,
    IdentifierScheme,
    RestrictionCause,
    VisaKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visa:
    """An exhibition visa: its number without leading zeros, and what is known of it.

    `ends_on` is the last day of a temporary or exceptional one; `versions` are those it was given for, none named means
    all of them; `classification` and `warning` are those of this visa; `year` is that of its issue, if no day is known.
    """

    number: str
    issued_on: date | None = None
    ends_on: date | None = None
    kind: VisaKind = VisaKind.ORDINARY
    versions: tuple[FilmVersion, ...] = ()
    classification: Classification | None = None
    warning: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenVersion:
    """One form in which a film is shown; several cuts of one form are told apart by `cut`.

    Languages are those of ISO 639; a cut that lasts longer or shorter than the film is said to has its own duration.
    """

    code: FilmVersion
    cut: str = ""
    language: str | None = None
    subtitles: str | None = None
    accessibility: tuple[Accessibility, ...] = ()
    duration_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """How others call the same film."""

    scheme: IdentifierScheme
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consents:
    """How many persons can be recognised in a workshop film, and how many agreed in writing to each use: no name.

    `administration_reference` is the prison's own leave, for a film that was made in one.
    """

    identifiable: int
    restitution_only: int = 0
    network: int = 0
    festivals: int = 0
    internet: int = 0
    in_prison: bool = False
    administration_reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkshopFilm:
    """What sets a film made in a workshop apart: where it was made, and how far it may travel."""

    project_id: UUID | None
    action_id: UUID | None
    clearance: Clearance
    dissemination: Dissemination | None
    consents: Consents | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmRegistered:
    """A film entered the catalogue."""

    TYPE: ClassVar[str] = "film.registered"

    occurred_at: datetime
    film_id: UUID
    title: str
    kind: FilmKind | None
    duration_minutes: int | None
    visas: tuple[Visa, ...]
    workshop: WorkshopFilm | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmChanged:
    """A film is described otherwise than before; `changed` names what."""

    TYPE: ClassVar[str] = "film.changed"

    occurred_at: datetime
    film_id: UUID
    title: str
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmVisaChanged:
    """A film's visas are not what they were (one added, corrected, removed); screenings may have to be judged again."""

    TYPE: ClassVar[str] = "film.visa_changed"

    occurred_at: datetime
    film_id: UUID
    title: str
    visas: tuple[Visa, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmConsentsChanged:
    """The written consents of those who can be recognised in a workshop film were counted."""

    TYPE: ClassVar[str] = "film.consents_changed"

    occurred_at: datetime
    film_id: UUID
    title: str
    project_id: UUID | None
    action_id: UUID | None
    consents: Consents


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmCleared:
    """A workshop film may be shown beyond the place where it was made, as far as `dissemination` says."""

    TYPE: ClassVar[str] = "film.cleared"

    occurred_at: datetime
    film_id: UUID
    title: str
    project_id: UUID | None
    action_id: UUID | None
    dissemination: Dissemination


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmRestricted:
    """A workshop film may be shown to those who made it and theirs, or to nobody."""

    TYPE: ClassVar[str] = "film.restricted"

    occurred_at: datetime
    film_id: UUID
    title: str
    project_id: UUID | None
    action_id: UUID | None
    dissemination: Dissemination
    cause: RestrictionCause


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmMerged:
    """A film was the same as another one, which has all of it now; whoever names it means `into`.

    `differing` names what the two were said to be, and differently.
    """

    TYPE: ClassVar[str] = "film.merged"

    occurred_at: datetime
    film_id: UUID
    title: str
    into: UUID
    differing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmConflictSettled:
    """Two sources said two things of a film, and somebody has settled which is kept; `taken`: the other was right."""

    TYPE: ClassVar[str] = "film.conflict_settled"

    occurred_at: datetime
    film_id: UUID
    title: str
    field: str
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmState:
    """A film, whole: what it is, in which versions, under which visas, and how far it may travel.

    `classification` is the strictest known of the film itself and of its visas in force when this was published; for
    another day, it is that of `own_classification` and of the visas in force then.  `warning` says all of theirs.
    `merged_into` is set for a duplicate, which carries nothing any more: whoever names it means that film.
    `themes` are codes of the catalogue's vocabulary, which grows.
    """

    AGGREGATE: ClassVar[str] = "film"

    id: UUID
    version: int
    occurred_at: datetime
    title: str
    original_title: str | None
    other_titles: tuple[str, ...]
    directors: tuple[str, ...]
    year: int | None
    released_on: date | None
    countries: tuple[str, ...]
    genre: Genre | None
    duration_minutes: int | None
    kind: FilmKind | None
    versions: tuple[FilmVersion, ...]
    classification: Classification | None
    warning: str | None
    visas: tuple[Visa, ...]
    identifiers: tuple[Identifier, ...]
    workshop: WorkshopFilm | None
    deleted: bool = False
    screen_versions: tuple[ScreenVersion, ...] = ()
    merged_into: UUID | None = None
    themes: tuple[str, ...] = ()
    own_classification: Classification | None = None

"""What a film is, and what may happen to it.  Pure: no clock, no database, no framework.

A film is described (`Description`, changed as a whole), carries visas (each a fact of its own, since screenings depend
on them) and, if it was made in a workshop, says how far it may travel:

    pending ──clear──► cleared ◄──clear── restricted
       └─────restrict────►└────restrict────►┘          as far as those who can be recognised have agreed (`consents`)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from catalogue.domain import consents, countries, identifiers, law, lengths, provenance, themes, titles, versions, visas
from catalogue.domain.provenance import Said, Source
from common.contracts import catalogue as contracts
from common.contracts.catalogue import (
    Classification,
    Clearance,
    Dissemination,
    FilmKind,
    FilmVersion,
    Genre,
    Identifier,
    RestrictionCause,
    ScreenVersion,
    Visa,
    WorkshopFilm,
)
from common.errors import Conflict, FieldError, Invalid, NotFound

FEATURE_OVER_MINUTES = law.newest("R03").parameters["minutes"]
FIRST_YEAR, LAST_YEAR = 1888, 2100
COUNTRIES_MAX = 50
"""Of one film: an index holds them all."""

NEAR = frozenset({Dissemination.NONE, Dissemination.RESTITUTION_ONLY})


class NoSuchFilm(NotFound):
    """Nothing in the catalogue has this id."""

    title = "There is no such film."
    titre = "Ce film n’existe pas."


class InvalidFilm(Invalid):
    """Something said of a film cannot be true; each mistake is named."""

    title = "The film's description does not hold."
    titre = "La description du film n’est pas recevable."


class IdentifierTaken(Conflict):
    """A visa or an identifier names one film; the other film is named in the detail."""

    title = "Another film already carries this visa or identifier."
    titre = "Un autre film porte déjà ce visa ou cet identifiant."


class FilmIsMerged(Conflict):
    """What was merged is described, from then on, by the film it was merged into."""

    title = "The film was merged into another one; change that one."
    titre = "Le film a été fusionné avec un autre ; modifiez cet autre film."


class NothingToChange(Conflict):
    """A change that changes nothing is no fact, and is not announced."""

    title = "This is already so: nothing would change."
    titre = "C’est déjà le cas : rien ne changerait."


class NotAWorkshopFilm(Conflict):
    """The makers of other films have settled who may see them with their distributor."""

    title = "Only a film made in a workshop is cleared or restricted."
    titre = "Seul un film d’atelier est libéré ou restreint."


class WrongDissemination(Invalid):
    """The verb and how far the film may travel contradict each other."""

    title = "Clearing opens a film to the network, festivals or the internet; restricting keeps it nearer."
    titre = "Libérer ouvre un film au réseau, aux festivals ou à internet ; restreindre le garde plus près."


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What is said of a film; empty means unknown."""

    title: str
    original_title: str | None = None
    other_titles: tuple[str, ...] = ()
    directors: tuple[str, ...] = ()
    year: int | None = None
    released_on: date | None = None
    countries: tuple[str, ...] = ()
    genre: Genre | None = None
    duration_minutes: int | None = None
    versions: tuple[FilmVersion, ...] = ()
    classification: Classification | None = None
    warning: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    screen_versions: tuple[ScreenVersion, ...] = ()
    themes: tuple[str, ...] = ()

    def checked(self) -> Self:
        """Write everything its one way, or refuse with every mistake named at once."""
        if mistakes := tuple(_mistakes(self)):
            raise InvalidFilm(errors=mistakes)
        known = [identifiers.canonical(identifier) for identifier in self.identifiers]
        return replace(
            self,
            title=titles.shown(self.title),
            original_title=titles.line(self.original_title),
            other_titles=_lines(self.other_titles),
            directors=_lines(self.directors),
            versions=versions.codes(self.versions, self.screen_versions),
            warning=titles.line(self.warning),
            screen_versions=versions.written(self.screen_versions),
            identifiers=tuple(dict.fromkeys(identifier for identifier in known if identifier)),
            themes=themes.written(self.themes),
        )

    def differences(self, other: "Description") -> tuple[str, ...]:
        return tuple(name for name in DESCRIBED if getattr(self, name) != getattr(other, name))


DESCRIBED = tuple(field.name for field in fields(Description))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFilm:
    """What a film enters the catalogue with."""

    description: Description
    visas: tuple[Visa, ...] = ()
    workshop: WorkshopFilm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    id: UUID
    version: int
    description: Description
    visas: tuple[Visa, ...] = ()
    workshop: WorkshopFilm | None = None
    merged_into: UUID | None = None
    said: tuple[Said, ...] = ()

    @classmethod
    def register(cls, film_id: UUID, new: NewFilm, *, at: datetime) -> "tuple[Film, contracts.FilmRegistered]":
        described = new.description.checked()
        film = cls(id=film_id, version=1, description=described, visas=visas.checked(new.visas), workshop=new.workshop)
        return film, contracts.FilmRegistered(
            occurred_at=at,
            film_id=film_id,
            title=described.title,
            kind=film.kind,
            duration_minutes=described.duration_minutes,
            visas=film.visas,
            workshop=film.workshop,
        )

    @property
    def kind(self) -> FilmKind | None:
        minutes = self.description.duration_minutes
        if minutes is None:
            return None
        return FilmKind.FEATURE if minutes > FEATURE_OVER_MINUTES else FilmKind.SHORT

    @property
    def project_id(self) -> UUID | None:
        """The project in whose workshop it was made, if that is known."""
        return None if self.workshop is None else self.workshop.project_id

    @property
    def filed(self) -> str:
        """The title under which it is filed."""
        return titles.filed(self.description.title)

    def filed_titles(self) -> frozenset[str]:
        """List all its titles as they are filed."""
        said = self.description
        shown = (said.title, said.original_title, *said.other_titles)
        return frozenset(titles.filed(title) for title in shown if title)

    def change(self, changes: Mapping[str, Any], *, at: datetime) -> "tuple[Film, contracts.FilmChanged]":
        """Describe the film otherwise: what `changes` names is replaced, the rest stays."""
        self._stands()
        described = replace(self.description, **changes).checked()
        changed = self.description.differences(described)
        if not changed:
            raise NothingToChange
        film = replace(self, version=self.version + 1, description=described)
        return film, contracts.FilmChanged(occurred_at=at, film_id=self.id, title=described.title, changed=changed)

    def record_visa(self, visa: Visa, *, at: datetime) -> "tuple[Film, contracts.FilmVisaChanged]":
        """Add a visa, or say anew what is known of one."""
        self._stands()
        known = visas.written(visa)
        if known in self.visas:
            raise NothingToChange
        others = tuple(other for other in self.visas if other.number != known.number)
        return self._with_visas((*others, known), at=at)

    def take_visas(self, more: Sequence[Visa], *, at: datetime) -> "tuple[Film, contracts.FilmVisaChanged]":
        """Carry the visas of a film that turns out to be this one."""
        return self._with_visas((*self.visas, *more), at=at)

    def settle(
        self, field: str, decision: provenance.Decision, *, at: datetime
    ) -> "tuple[Film, contracts.FilmConflictSettled]":
        """Say that a conflict about the film is settled."""
        self._stands()
        taken = decision is provenance.Decision.TAKE
        fact = contracts.FilmConflictSettled(
            occurred_at=at, film_id=self.id, title=self.description.title, field=field, taken=taken
        )
        return replace(self, version=self.version + 1), fact

    def parts(self) -> dict[str, object]:
        """List all that is known of the film, by the names under which somebody answers for it."""
        said = self.description
        described = {name: value for name in DESCRIBED if (value := getattr(said, name))}
        workshop = {} if self.workshop is None else {"workshop": self.workshop}
        return {**described, **{f"visas/{visa.number}": visa for visa in self.visas}, **workshop}

    def told(self, before: "Film | None", source: Source, *, at: datetime) -> "Film":
        """Have a source answer for what is known of the film now, and was not before."""
        known = {} if before is None else before.parts()
        return replace(self, said=provenance.renewed(self.said, known, self.parts(), source, at=at))

    def remove_visa(self, number: str, *, at: datetime) -> "tuple[Film, contracts.FilmVisaChanged]":
        """Take back a visa that was recorded by mistake."""
        self._stands()
        left = tuple(visa for visa in self.visas if visa.number != identifiers.visa_number(number))
        if left == self.visas:
            raise visas.NoSuchVisa
        return self._with_visas(left, at=at)

    def count_consents(
        self, counted: contracts.Consents, *, at: datetime
    ) -> "tuple[Film, contracts.FilmConsentsChanged]":
        """Say how many agreed to what; a film that has travelled further than they agree to must be restricted."""
        consents.require_possible(counted)
        if self.workshop is None:
            raise NotAWorkshopFilm
        workshop = replace(self.workshop, consents=counted)
        if workshop == self.workshop:
            raise NothingToChange
        film = replace(self, version=self.version + 1, workshop=workshop)
        return film, contracts.FilmConsentsChanged(
            occurred_at=at,
            film_id=self.id,
            title=self.description.title,
            project_id=workshop.project_id,
            action_id=workshop.action_id,
            consents=counted,
        )

    def clear(self, dissemination: Dissemination, *, at: datetime) -> "tuple[Film, contracts.FilmCleared]":
        """Let a workshop film travel."""
        if dissemination in NEAR:
            raise WrongDissemination(pointer="/dissemination")
        self._require_consents(dissemination, at)
        film, workshop = self._settled(Clearance.CLEARED, dissemination)
        return film, contracts.FilmCleared(
            occurred_at=at,
            film_id=self.id,
            title=self.description.title,
            project_id=workshop.project_id,
            action_id=workshop.action_id,
            dissemination=dissemination,
        )

    def restrict(
        self, dissemination: Dissemination, cause: RestrictionCause, *, at: datetime
    ) -> "tuple[Film, contracts.FilmRestricted]":
        """Keep a workshop film with those who made it."""
        if dissemination not in NEAR:
            raise WrongDissemination(pointer="/dissemination")
        self._require_consents(dissemination, at)
        film, workshop = self._settled(Clearance.RESTRICTED, dissemination)
        return film, contracts.FilmRestricted(
            occurred_at=at,
            film_id=self.id,
            title=self.description.title,
            project_id=workshop.project_id,
            action_id=workshop.action_id,
            dissemination=dissemination,
            cause=cause,
        )

    def state(self, *, at: datetime) -> contracts.FilmState:
        said, on = self.description, at.date()
        described = {name: getattr(said, name) for name in DESCRIBED}
        described["classification"] = visas.strictest(said.classification, self.visas, on=on)
        described["warning"] = visas.warned(said.warning, self.visas, on=on)
        return contracts.FilmState(
            id=self.id,
            version=self.version,
            occurred_at=at,
            kind=self.kind,
            visas=self.visas,
            workshop=self.workshop,
            merged_into=self.merged_into,
            own_classification=said.classification,
            **described,
        )

    def names(self) -> tuple[tuple[str, str], ...]:
        """List what no other film may carry, in one order for all, so that two writers cannot lock crosswise."""
        numbers = (("visa", visa.number) for visa in self.visas)
        return tuple(sorted({*numbers, *((known.scheme, known.value) for known in self.description.identifiers)}))

    def _stands(self) -> None:
        """Refuse to change what was merged: whoever names it means the other film."""
        if self.merged_into is not None:
            raise FilmIsMerged(f"film {self.merged_into}", precision=f"film {self.merged_into}")

    def _with_visas(self, carried: tuple[Visa, ...], *, at: datetime) -> "tuple[Film, contracts.FilmVisaChanged]":
        film = replace(self, version=self.version + 1, visas=carried)
        fact = contracts.FilmVisaChanged(occurred_at=at, film_id=self.id, title=self.description.title, visas=carried)
        return film, fact

    def _require_consents(self, dissemination: Dissemination, at: datetime) -> None:
        """Refuse to show a workshop film further than its makers agreed to (R39, R40)."""
        verdict = self.workshop and consents.against(self.workshop.consents, dissemination, at.date())
        if verdict:
            raise consents.ConsentsMissing(verdict.reason, precision=verdict.raison, verdict=verdict)

    def _settled(self, clearance: Clearance, dissemination: Dissemination) -> "tuple[Film, WorkshopFilm]":
        if self.workshop is None:
            raise NotAWorkshopFilm
        workshop = replace(self.workshop, clearance=clearance, dissemination=dissemination)
        if workshop == self.workshop:
            raise NothingToChange
        return replace(self, version=self.version + 1, workshop=workshop), workshop


def _mistakes(said: Description) -> Iterator[FieldError]:
    if not said.title.strip():
        yield FieldError("/title", "blank", "A film has a title.", libelle="Un film a un titre.")
    if said.year is not None and not FIRST_YEAR <= said.year <= LAST_YEAR:
        yield FieldError("/year", "no-year-of-cinema", "There was no cinema then.", libelle="Année hors du cinéma.")
    if said.duration_minutes is not None and not 1 <= said.duration_minutes <= versions.LONGEST_MINUTES:
        message = f"A film lasts 1 to {versions.LONGEST_MINUTES} minutes."
        libelle = f"Un film dure de 1 à {versions.LONGEST_MINUTES} minutes."
        yield FieldError("/duration_minutes", "no-duration", message, libelle=libelle)
    if len(said.countries) > COUNTRIES_MAX:
        message, libelle = f"At most {COUNTRIES_MAX} countries.", f"{COUNTRIES_MAX} pays au plus."
        yield FieldError("/countries", "too-many", message, libelle=libelle)
    for n, code in enumerate(said.countries):
        if not countries.known(code):
            message = "Countries are written as in ISO 3166-1, in two capitals."
            libelle = "Les pays s’écrivent selon ISO 3166-1, en deux capitales."
            yield FieldError(f"/countries/{n}", "unknown-country", message, libelle=libelle)
    for n, identifier in enumerate(said.identifiers):
        if wrong := identifiers.mistake(identifier):
            yield FieldError(f"/identifiers/{n}/value", wrong.code, wrong.message, libelle=wrong.libelle)

    yield from lengths.mistakes("/title", [said.title], lengths.TITLE_MAX)
    yield from lengths.mistakes("/original_title", [said.original_title], lengths.TITLE_MAX)
    yield from lengths.mistakes("/other_titles", said.other_titles, lengths.TITLE_MAX)
    yield from lengths.mistakes("/directors", said.directors, lengths.NAME_MAX)
    yield from versions.mistakes(said.screen_versions)
    yield from themes.mistakes(said.themes)


def _lines(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for text in texts if (line := titles.line(text))))

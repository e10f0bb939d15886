"""What bodies are made of: texts of a reasonable length, days, years, and a film's description."""

from dataclasses import fields
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from catalogue.domain import lengths
from catalogue.domain.film import Description
from catalogue.domain.rights import (
    AUDIENCE_MAX,
    CANCELLATION_DAYS_MAX,
    CANCELLATION_TERMS_MAX,
    WHOLE_BASIS_POINTS,
    Terms,
)
from common.contracts.catalogue import (
    Accessibility,
    Cancellation,
    Classification,
    Consents,
    Dissemination,
    FilmVersion,
    Genre,
    Identifier,
    IdentifierScheme,
    RestrictionCause,
    RightsTerritory,
    RightsUse,
    ScreenVersion,
    VisaKind,
)
from common.fields import Day, written_amount
from common.http import Count, Model

LISTED_MAX = 50
"""Directors, countries, identifiers, visas… of one film."""

DESCRIBED = frozenset(field.name for field in fields(Description))
TERMS = frozenset(field.name for field in fields(Terms))


def absent() -> Any:
    """Stand in for what a change leaves out: only what is in `model_fields_set` is looked at."""
    return None


Amount = Annotated[Decimal, *written_amount(7)]
"""The price of a screening: in cents it fits the whole number that its column keeps."""

Title = Annotated[str, Field(min_length=1, max_length=lengths.TITLE_MAX)]
Name = Annotated[str, Field(min_length=1, max_length=lengths.NAME_MAX)]
Number = Annotated[str, Field(min_length=1, max_length=12, description="With or without leading zeros.")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1, or CS, SU, YU.")]
Theme = Annotated[str, Field(pattern="^[a-z_]{1,40}$", description="A code of `GET /v1/films/themes`.")]
Few = Field(max_length=LISTED_MAX)
Language = Annotated[str, Field(pattern="^[a-z]{2,3}$", description="ISO 639.")] | None
WarningText = Annotated[str, Field(max_length=1000)] | None


class VisaBody(Model):
    """An exhibition visa."""

    number: Number
    issued_on: Day | None = None
    year: Count | None = Field(None, description="In which it was issued, if the day is not known.")
    ends_on: Day | None = Field(None, description="The last day of a temporary or exceptional one.")
    kind: VisaKind = VisaKind.ORDINARY
    versions: Annotated[tuple[FilmVersion, ...], Few] = Field((), description="Which it was given for; none: all.")
    classification: Classification | None = None
    warning: WarningText = None

    def said(self) -> dict[str, Any]:
        """Give what is said of the visa, and nothing that is left out."""
        return {name: getattr(self, name) for name in self.model_fields_set - {"number"}}


class IdentifierBody(Model):
    """How others call a film."""

    scheme: IdentifierScheme
    value: Annotated[str, Field(min_length=1, max_length=60)]


class ScreenVersionBody(Model):
    """One form in which a film is shown; several cuts of one form are told apart by their names."""

    code: FilmVersion
    cut: str = Field("", max_length=100)
    language: Language = None
    subtitles: Language = None
    accessibility: Annotated[tuple[Accessibility, ...], Few] = ()
    duration_minutes: Count | None = Field(None, description="Of this cut, if it is not the film's.")


class DescriptionBody(Model):
    """What is said of a film besides its title; absent or null: unknown."""

    original_title: Title | None = None
    other_titles: Annotated[tuple[Title, ...], Few] = ()
    directors: Annotated[tuple[Name, ...], Few] = ()
    year: Count | None = Field(None, description="Of production.")
    released_on: Day | None = Field(None, description="First shown in French cinemas.")
    countries: Annotated[tuple[Country, ...], Few] = ()
    genre: Genre | None = None
    duration_minutes: Count | None = Field(None, description="More than 60: a feature.")
    versions: Annotated[tuple[FilmVersion, ...], Few] = ()
    classification: Classification | None = None
    warning: WarningText = None
    identifiers: Annotated[tuple[IdentifierBody, ...], Few] = ()
    screen_versions: Annotated[tuple[ScreenVersionBody, ...], Few] = Field(
        (), description="Described; their codes are among `versions` by themselves."
    )
    themes: Annotated[tuple[Theme, ...], Few] = Field((), description="What the film is about.")

    def said(self) -> dict[str, Any]:
        """Give what is said of the film, and nothing that is left out."""
        said = {name: getattr(self, name) for name in self.model_fields_set & DESCRIBED}
        if "identifiers" in said:
            said["identifiers"] = tuple(Identifier(scheme=one.scheme, value=one.value) for one in self.identifiers)
        if "screen_versions" in said:
            said["screen_versions"] = tuple(ScreenVersion(**one.model_dump()) for one in self.screen_versions)
        return said


class WorkshopBody(Model):
    """Where a workshop film was made."""

    project_id: UUID | None = None
    action_id: UUID | None = None


class FilmBody(DescriptionBody):
    """A film that enters the catalogue."""

    title: Title
    visas: Annotated[tuple[VisaBody, ...], Few] = ()
    workshop: WorkshopBody | None = Field(None, description="Given if, and only if, a workshop made the film.")


class FilmChangeBody(DescriptionBody):
    """What is to be said otherwise of a film; what is absent stays as it is, null or an empty list makes it unknown."""

    title: Title = Field(default_factory=absent)


class MergeBody(Model):
    """The film that the duplicate is."""

    into: UUID


class ConsentsBody(Model):
    """How many can be recognised in the film, and how many of them agreed in writing to each use: counts, no names."""

    identifiable: Count
    restitution_only: Count = 0
    network: Count = 0
    festivals: Count = 0
    internet: Count = 0
    in_prison: bool = False
    administration_reference: str = Field("", max_length=200)

    def consents(self) -> Consents:
        return Consents(**self.model_dump())


class ClearBody(Model):
    """How far a workshop film may travel."""

    dissemination: Dissemination


class RestrictBody(ClearBody):
    """How near a workshop film is kept, and why."""

    cause: RestrictionCause


class Price(Model):
    """Flat, for one screening, before tax."""

    amount: Amount
    currency: Literal["EUR"] = "EUR"

    def cents(self) -> int:
        return int(self.amount.scaleb(2))


Uses = Annotated[tuple[RightsUse, ...], Field(min_length=1, max_length=LISTED_MAX)]
Territories = Annotated[tuple[RightsTerritory, ...], Field(min_length=1, max_length=LISTED_MAX)]
Versions = Annotated[tuple[FilmVersion, ...], Field(min_length=1, max_length=LISTED_MAX)]


class CancellationBody(Model):
    """How a screening is cancelled."""

    free_until_days: Annotated[int, Field(strict=True, ge=0, le=CANCELLATION_DAYS_MAX)] = Field(
        description="Days before the screening; until then it is cancelled free of charge."
    )
    due_percent: Annotated[int, Field(strict=True, ge=0, le=100)] = Field(description="Of the price, afterwards.")
    terms: Annotated[str, Field(max_length=CANCELLATION_TERMS_MAX)] | None = None

    def cancellation(self) -> Cancellation:
        return Cancellation(**self.model_dump())


class RightsTermsBody(Model):
    """What an offer may say besides what it covers; absent or null: not said."""

    price: Price | None = Field(None, description="Null: on request.")
    tax_basis_points: Annotated[int, Field(strict=True, ge=0, le=WHOLE_BASIS_POINTS)] | None = Field(
        None, description="The price's tax rate: 550 is 5.5 %."
    )
    audience_max: Annotated[int, Field(strict=True, ge=1, le=AUDIENCE_MAX)] | None = Field(
        None, description="The largest number of spectators at a screening."
    )
    cancellation: CancellationBody | None = None

    def said(self) -> dict[str, Any]:
        """Give the terms that are named, and nothing that is left out."""
        said = {name: getattr(self, name) for name in self.model_fields_set & TERMS}
        if "price" in self.model_fields_set:
            said["price_cents"] = self.price and self.price.cents()
        if self.cancellation:
            said["cancellation"] = self.cancellation.cancellation()
        return said


class RightsOfferBody(RightsTermsBody):
    """What a rights-holder offers on a film."""

    film_id: UUID
    holder_id: UUID
    uses: Uses
    territories: Territories
    versions: Versions
    starts_on: Day
    ends_on: Day = Field(description="The last day.")
    negotiated_nationally: bool = False


class RightsOfferChangeBody(RightsTermsBody):
    """Terms to be offered otherwise; what is absent stays as it is."""

    uses: Uses = Field(default_factory=absent)
    territories: Territories = Field(default_factory=absent)
    versions: Versions = Field(default_factory=absent)
    starts_on: Day = Field(default_factory=absent)
    ends_on: Day = Field(default_factory=absent)
    negotiated_nationally: bool = Field(default_factory=absent)

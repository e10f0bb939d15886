"""What bodies are made of: texts of a reasonable length, days, years, and a film's description."""

from dataclasses import fields
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from catalogue.domain.film import Description
from common.contracts.catalogue import (
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
    VisaKind,
)
from common.fields import Day, written_amount
from common.http import Count, Model

LISTED_MAX = 50
"""Directors, countries, identifiers, visas… of one film."""

DESCRIBED = frozenset(field.name for field in fields(Description))


def _absent() -> Any:
    """Stand in for what a change leaves out: only what is in `model_fields_set` is looked at."""
    return None


Amount = Annotated[Decimal, *written_amount(7)]
"""The price of a screening: in cents it fits the whole number that its column keeps."""

Title = Annotated[str, Field(min_length=1, max_length=500)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Number = Annotated[str, Field(min_length=1, max_length=12, description="With or without leading zeros.")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1, or CS, SU, YU.")]
Few = Field(max_length=LISTED_MAX)
WarningText = Annotated[str, Field(max_length=1000)] | None


class VisaBody(Model):
    """An exhibition visa."""

    number: Number
    issued_on: Day | None = None
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

    def said(self) -> dict[str, Any]:
        """Give what is said of the film, and nothing that is left out."""
        said = {name: getattr(self, name) for name in self.model_fields_set & DESCRIBED}
        if "identifiers" in said:
            said["identifiers"] = tuple(Identifier(scheme=one.scheme, value=one.value) for one in self.identifiers)
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

    title: Title = Field(default_factory=_absent)


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


class RightsOfferBody(Model):
    """What a rights-holder offers on a film."""

    film_id: UUID
    holder_id: UUID
    uses: Uses
    territories: Territories
    versions: Versions
    starts_on: Day
    ends_on: Day = Field(description="The last day.")
    price: Price | None = Field(None, description="Null: on request.")


class RightsOfferChangeBody(Model):
    """Terms to be offered otherwise; what is absent stays as it is."""

    uses: Uses = Field(default_factory=_absent)
    territories: Territories = Field(default_factory=_absent)
    versions: Versions = Field(default_factory=_absent)
    starts_on: Day = Field(default_factory=_absent)
    ends_on: Day = Field(default_factory=_absent)
    price: Price | None = None

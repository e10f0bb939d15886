"""Rights offers: what rights-holders offer on films."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from common.contracts.catalogue.vocabulary import (
    FilmVersion,
    RightsOfferStatus,
    RightsTerritory,
    RightsUse,
)
from common.contracts.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """A screening is cancelled free of charge until so many days before it; then this share of the price is due."""

    free_until_days: int
    due_percent: int
    terms: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsOfferOffered:
    """A rights-holder offers a film for some uses, in some territories, for a time."""

    TYPE: ClassVar[str] = "rights_offer.offered"

    occurred_at: datetime
    rights_offer_id: UUID
    film_id: UUID
    holder_id: UUID
    uses: tuple[RightsUse, ...]
    territories: tuple[RightsTerritory, ...]
    versions: tuple[FilmVersion, ...]
    starts_on: date
    ends_on: date
    price: Money | None
    tax_basis_points: int | None = None
    price_with_tax: Money | None = None
    audience_max: int | None = None
    cancellation: Cancellation | None = None
    negotiated_nationally: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsOfferChanged:
    """An offer's terms are not what they were; `changed` names which, the offer's state says what they are now."""

    TYPE: ClassVar[str] = "rights_offer.changed"

    occurred_at: datetime
    rights_offer_id: UUID
    film_id: UUID
    holder_id: UUID
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsOfferWithdrawn:
    """A rights-holder no longer offers a film on these terms; what was agreed before stands."""

    TYPE: ClassVar[str] = "rights_offer.withdrawn"

    occurred_at: datetime
    rights_offer_id: UUID
    film_id: UUID
    holder_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsOfferState:
    """An offer of rights, whole: on which film, by whom, for what, where, in which versions, from when to when.

    The price is flat, for one screening, before tax; `audience_max` is how many may watch one.
    """

    AGGREGATE: ClassVar[str] = "rights_offer"

    id: UUID
    version: int
    occurred_at: datetime
    status: RightsOfferStatus
    film_id: UUID
    holder_id: UUID
    uses: tuple[RightsUse, ...]
    territories: tuple[RightsTerritory, ...]
    versions: tuple[FilmVersion, ...]
    starts_on: date
    ends_on: date
    price: Money | None
    deleted: bool = False
    tax_basis_points: int | None = None
    price_with_tax: Money | None = None
    audience_max: int | None = None
    cancellation: Cancellation | None = None
    negotiated_nationally: bool = False

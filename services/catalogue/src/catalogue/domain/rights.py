"""What a rights-holder offers on a film, and what may happen to the offer.

    offered ──change──► offered ──withdraw──► withdrawn

Whether an offer covers a screening (rule R52: date, territory, use, version) is judged by whoever programmes it, on its
copy of the offer; here an offer only has to make sense.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from catalogue.domain import titles
from catalogue.domain.film import NothingToChange
from common.contracts import catalogue as contracts
from common.contracts.catalogue import Cancellation, FilmVersion, RightsOfferStatus, RightsTerritory, RightsUse
from common.contracts.money import Money, money
from common.errors import Conflict, DomainError, FieldError, Invalid, NotFound

WHOLE_BASIS_POINTS = 10_000
AUDIENCE_MAX = 1_000_000
CANCELLATION_DAYS_MAX = 365
CANCELLATION_TERMS_MAX = 500
"""Characters."""


class NoSuchRightsOffer(NotFound):
    """No offer has this id."""

    title = "There is no such rights offer."
    titre = "Cette offre de droits n’existe pas."


class UnknownFilm(Invalid):
    """The film must be registered before rights are offered on it."""

    title = "An offer is made on a film of the catalogue."
    titre = "Une offre porte sur un film du catalogue."


class InvalidRightsOffer(Invalid):
    """The terms contradict themselves or leave something open; each mistake is named."""

    title = "The offer's terms do not hold."
    titre = "Les conditions de l’offre ne sont pas recevables."


class RightsHolderClosed(Conflict):
    """An organisation that has been closed offers nothing any more."""

    title = "The rights-holder no longer exists."
    titre = "L’ayant droit n’existe plus."


class RightsOfferWithdrawn(Conflict):
    """What was withdrawn is neither changed nor withdrawn again."""

    title = "The offer has been withdrawn; make a new one."
    titre = "L’offre a été retirée ; faites-en une nouvelle."


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """For what, where, in which versions, from when to when (both days included), and for how much.

    The price is flat, for one screening, before tax; None: on request.  A tax of 550 basis points is one of 5.5 %;
    None: not said, as with the others.
    """

    uses: tuple[RightsUse, ...]
    territories: tuple[RightsTerritory, ...]
    versions: tuple[FilmVersion, ...]
    starts_on: date
    ends_on: date
    price_cents: int | None = None
    tax_basis_points: int | None = None
    audience_max: int | None = None
    cancellation: Cancellation | None = None
    negotiated_nationally: bool = False

    @property
    def price_with_tax_cents(self) -> int | None:
        """Add the tax, in whole cents, half a cent up; None where the price or the rate is not said."""
        if self.price_cents is None or self.tax_basis_points is None:
            return None
        with_tax = self.price_cents * (WHOLE_BASIS_POINTS + self.tax_basis_points)
        return (with_tax + WHOLE_BASIS_POINTS // 2) // WHOLE_BASIS_POINTS

    def checked(self) -> Self:
        """Write each choice once, or refuse with every mistake named at once."""
        if mistakes := tuple(_mistakes(self)):
            raise InvalidRightsOffer(errors=mistakes)
        return replace(
            self,
            uses=tuple(dict.fromkeys(self.uses)),
            territories=tuple(dict.fromkeys(self.territories)),
            versions=tuple(dict.fromkeys(self.versions)),
            cancellation=self.cancellation and replace(self.cancellation, terms=titles.line(self.cancellation.terms)),
        )

    def differences(self, other: "Terms") -> tuple[str, ...]:
        names = [field.name for field in fields(self) if getattr(self, field.name) != getattr(other, field.name)]
        return tuple(name.removesuffix("_cents") for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRightsOffer:
    """Who offers what on which terms."""

    film_id: UUID
    holder_id: UUID
    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsOffer:
    id: UUID
    version: int
    status: RightsOfferStatus
    film_id: UUID
    holder_id: UUID
    terms: Terms

    @classmethod
    def offer(
        cls, offer_id: UUID, new: NewRightsOffer, *, at: datetime
    ) -> "tuple[RightsOffer, contracts.RightsOfferOffered]":
        terms, status = new.terms.checked(), RightsOfferStatus.OFFERED
        made = cls(id=offer_id, version=1, status=status, film_id=new.film_id, holder_id=new.holder_id, terms=terms)
        return made, contracts.RightsOfferOffered(
            occurred_at=at,
            rights_offer_id=offer_id,
            film_id=new.film_id,
            holder_id=new.holder_id,
            **_published(terms),
        )

    def change(self, changes: Mapping[str, Any], *, at: datetime) -> "tuple[RightsOffer, contracts.RightsOfferChanged]":
        """Offer on other terms: what `changes` names is replaced, the rest stays."""
        self._still_offered()
        terms = replace(self.terms, **changes).checked()
        changed = self.terms.differences(terms)
        if not changed:
            raise NothingToChange
        return replace(self, version=self.version + 1, terms=terms), contracts.RightsOfferChanged(
            occurred_at=at, rights_offer_id=self.id, film_id=self.film_id, holder_id=self.holder_id, changed=changed
        )

    def follow(self, film_id: UUID, *, at: datetime) -> "tuple[RightsOffer, contracts.RightsOfferChanged]":
        """Be an offer on the film that its own film turned out to be."""
        return replace(self, version=self.version + 1, film_id=film_id), contracts.RightsOfferChanged(
            occurred_at=at, rights_offer_id=self.id, film_id=film_id, holder_id=self.holder_id, changed=("film_id",)
        )

    def withdraw(self, *, at: datetime) -> "tuple[RightsOffer, contracts.RightsOfferWithdrawn]":
        """Offer no longer; what was agreed on these terms stands."""
        self._still_offered()
        withdrawn = replace(self, version=self.version + 1, status=RightsOfferStatus.WITHDRAWN)
        return withdrawn, contracts.RightsOfferWithdrawn(
            occurred_at=at, rights_offer_id=self.id, film_id=self.film_id, holder_id=self.holder_id
        )

    def state(self, *, at: datetime) -> contracts.RightsOfferState:
        return contracts.RightsOfferState(
            id=self.id,
            version=self.version,
            occurred_at=at,
            status=self.status,
            film_id=self.film_id,
            holder_id=self.holder_id,
            **_published(self.terms),
        )

    def _still_offered(self) -> None:
        if self.status is RightsOfferStatus.WITHDRAWN:
            raise RightsOfferWithdrawn


def refusals(status: RightsOfferStatus) -> Mapping[str, type[DomainError] | None]:
    """List what may be done to an offer, with what its state says against it."""
    gone = RightsOfferWithdrawn if status is RightsOfferStatus.WITHDRAWN else None
    return {"rights_offer.change": gone, "rights_offer.withdraw": gone}


def _published(terms: Terms) -> dict[str, Any]:
    said = {field.name: getattr(terms, field.name) for field in fields(terms)}
    return said | {"price": _money(said.pop("price_cents")), "price_with_tax": _money(terms.price_with_tax_cents)}


def _money(cents: int | None) -> Money | None:
    return None if cents is None else money(cents)


def _mistakes(terms: Terms) -> Iterator[FieldError]:
    for name in ("uses", "territories", "versions"):
        if not getattr(terms, name):
            yield FieldError(f"/{name}", "empty", "One at least.", libelle="Un choix au moins.")
    if terms.ends_on < terms.starts_on:
        message, libelle = "A window ends on or after the day it starts.", "Une fenêtre ne finit pas avant son début."
        yield FieldError("/ends_on", "ends-before-it-starts", message, libelle=libelle)
    yield from _out_of_reach("/tax_basis_points", terms.tax_basis_points, range(WHOLE_BASIS_POINTS + 1))
    yield from _out_of_reach("/audience_max", terms.audience_max, range(1, AUDIENCE_MAX + 1))
    if terms.cancellation is not None:
        yield from _cancellation_mistakes(terms.cancellation)


def _cancellation_mistakes(said: Cancellation) -> Iterator[FieldError]:
    yield from _out_of_reach("/cancellation/free_until_days", said.free_until_days, range(CANCELLATION_DAYS_MAX + 1))
    yield from _out_of_reach("/cancellation/due_percent", said.due_percent, range(101))
    if len(said.terms or "") > CANCELLATION_TERMS_MAX:
        message, libelle = "Too long: say it in fewer words.", "Trop long : dites-le en moins de mots."
        yield FieldError("/cancellation/terms", "too-long", message, libelle=libelle)


def _out_of_reach(pointer: str, number: int | None, reach: range) -> Iterator[FieldError]:
    if number is not None and number not in reach:
        message = f"A number from {reach[0]} to {reach[-1]}."
        libelle = f"Un nombre de {reach[0]} à {reach[-1]}."
        yield FieldError(pointer, "out-of-reach", message, libelle=libelle)

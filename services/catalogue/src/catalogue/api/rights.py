"""Rights offers, over HTTP."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from catalogue.api import bodies
from catalogue.commands import rights as commands
from catalogue.domain import access
from catalogue.domain.film import NothingToChange
from catalogue.domain.rights import (
    InvalidRightsOffer,
    NewRightsOffer,
    NoSuchRightsOffer,
    RightsHolderClosed,
    RightsOfferWithdrawn,
    Terms,
    UnknownFilm,
    refusals,
)
from catalogue.store import rights as store
from common.contracts.catalogue import FilmVersion, RightsOfferState, RightsOfferStatus, RightsTerritory, RightsUse
from common.errors import AllowedAction, NotKnownHere
from common.fields import Day
from common.http import Caller, ChangeOnce, CreateOnce, Db, NewId, Now, from_query, present, respond, with_actions
from common.pages import Listed, Page, listed
from common.problems import problems

router = APIRouter(tags=["rights offers"])


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsOfferSeen(RightsOfferState):
    """An offer, and what the caller may do to it now."""

    allowed_actions: list[AllowedAction]


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsOfferQuery:
    """What offers may be asked for by."""

    film_id: UUID | None = None
    holder_id: UUID | None = None
    status: RightsOfferStatus | None = None
    use: RightsUse | None = None
    territory: RightsTerritory | None = None
    version: FilmVersion | None = None
    on: Annotated[Day | None, Query(description="A day that the window covers.")] = None

    def filters(self) -> store.OfferFilters:
        return store.OfferFilters(
            film_id=self.film_id,
            holder_id=self.holder_id,
            status=self.status,
            use=self.use,
            territory=self.territory,
            version=self.version,
            on=self.on,
        )


RightsOfferSearch = Annotated[RightsOfferQuery, from_query(RightsOfferQuery)]


@router.post(
    "/v1/rights-offers",
    operation_id="rights_offer.offer",
    status_code=201,
    response_model=RightsOfferState,
    responses=problems(InvalidRightsOffer, UnknownFilm, NotKnownHere, RightsHolderClosed),
)
async def offer(
    body: bodies.RightsOfferBody, db: Db, caller: Caller, once: CreateOnce, new_id: NewId, now: Now
) -> Response:
    """Offer rights on a film."""
    new = NewRightsOffer(film_id=body.film_id, holder_id=body.holder_id, terms=Terms(**body.said()))
    async with db.transaction(caller) as tx:
        answer = await commands.offer(tx, new_id(), new, caller=caller, once=once, at=now)
    return respond(answer)


@router.get("/v1/rights-offers", operation_id="rights_offer.list", response_model=Listed[RightsOfferState])
async def search(asked: RightsOfferSearch, db: Db, caller: Caller, page: Page) -> Response:
    """List offers in the order in which they were made."""
    access.require(caller, "rights_offer.list")
    (last,) = page.position(UUID) or (None,)
    async with db.transaction(caller) as tx:
        offers = await store.list_rights_offers(tx, asked.filters(), after=last, limit=page.limit + 1)
    return listed(page, offers, key=lambda row: (row[0],), doc=lambda row: row[1])


@router.get(
    "/v1/rights-offers/{offer_id}",
    operation_id="rights_offer.read",
    response_model=RightsOfferSeen,
    responses=problems(NoSuchRightsOffer),
)
async def read(offer_id: UUID, db: Db, caller: Caller) -> Response:
    """Read one offer."""
    access.require(caller, "rights_offer.read")
    async with db.transaction(caller) as tx:
        version, doc, status = await store.rights_offer_doc(tx, offer_id)
    actions = access.allowed_actions(caller, refusals(status))
    return present(with_actions(doc, actions), version=version)


@router.post(
    "/v1/rights-offers/{offer_id}/change",
    operation_id="rights_offer.change",
    response_model=RightsOfferState,
    responses=problems(NoSuchRightsOffer, InvalidRightsOffer, RightsOfferWithdrawn, NothingToChange),
)
async def change(
    offer_id: UUID, body: bodies.RightsOfferChangeBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Offer on other terms."""
    async with db.transaction(caller) as tx:
        answer = await commands.change(tx, offer_id, body.said(), caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/rights-offers/{offer_id}/withdraw",
    operation_id="rights_offer.withdraw",
    response_model=RightsOfferState,
    responses=problems(NoSuchRightsOffer, RightsOfferWithdrawn),
)
async def withdraw(offer_id: UUID, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Offer no longer; what was agreed on these terms stands."""
    async with db.transaction(caller) as tx:
        answer = await commands.withdraw(tx, offer_id, caller=caller, once=once, at=now)
    return respond(answer)

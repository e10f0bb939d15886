"""What one can do to an offer of rights."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from catalogue.commands import holders
from catalogue.domain import access
from catalogue.domain.rights import NewRightsOffer, RightsHolderClosed, RightsOffer, UnknownFilm
from catalogue.store import films, organisations
from catalogue.store import rights as store
from common.database import Transaction
from common.idempotency import Answer, Once
from common.tokens import Principal


async def offer(
    tx: Transaction, offer_id: UUID, new: NewRightsOffer, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    access.require(caller, "rights_offer.offer")
    if answer := await once.stored(tx):
        return answer
    film_id = await films.standing(tx, new.film_id)
    if film_id is None:
        raise UnknownFilm(pointer="/film_id")
    holders.require(await organisations.known_organisation(tx, new.holder_id), RightsHolderClosed, at=at)
    offer, fact = RightsOffer.offer(offer_id, replace(new, film_id=film_id), at=at)
    return await store.create_rights_offer(tx, offer, fact, once)


async def change(
    tx: Transaction, offer_id: UUID, changes: Mapping[str, Any], *, caller: Principal, once: Once, at: datetime
) -> Answer:
    offer = await store.lock_rights_offer(tx, offer_id)
    access.require(caller, "rights_offer.change")
    if answer := await once.answered(tx, offer.version):
        return answer
    changed, fact = offer.change(changes, at=at)
    return await store.save_rights_offer(tx, changed, fact, once)


async def withdraw(tx: Transaction, offer_id: UUID, *, caller: Principal, once: Once, at: datetime) -> Answer:
    offer = await store.lock_rights_offer(tx, offer_id)
    access.require(caller, "rights_offer.withdraw")
    if answer := await once.answered(tx, offer.version):
        return answer
    withdrawn, fact = offer.withdraw(at=at)
    return await store.save_rights_offer(tx, withdrawn, fact, once)

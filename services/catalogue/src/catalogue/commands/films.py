"""What one can do to a film."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from catalogue.domain import access, visas
from catalogue.domain.film import Film, IdentifierTaken, NewFilm
from catalogue.store import films as store
from common.contracts.catalogue import Consents, Dissemination, RestrictionCause
from common.database import Transaction
from common.idempotency import Answer, Once
from common.tokens import Principal


async def register(
    tx: Transaction, film_id: UUID, new: NewFilm, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    access.require(caller, "film.register")
    if answer := await once.stored(tx):
        return answer
    film, fact = Film.register(film_id, new, at=at)
    if answer := await _claim(tx, film, once):
        return answer
    return await store.create_film(tx, film, fact, once)


async def change(
    tx: Transaction, film_id: UUID, changes: Mapping[str, Any], *, caller: Principal, once: Once, at: datetime
) -> Answer:
    film = await store.lock_film(tx, film_id)
    access.require(caller, "film.change")
    if answer := await once.answered(tx, film.version):
        return answer
    changed, fact = film.change(changes, at=at)
    await _claim(tx, changed, once)
    return await store.save_film(tx, changed, [fact], once)


async def record_visa(
    tx: Transaction,
    film_id: UUID,
    number: str,
    said: Mapping[str, Any],
    *,
    caller: Principal,
    once: Once,
    at: datetime,
) -> Answer:
    film = await store.lock_film(tx, film_id)
    access.require(caller, "film.record_visa")
    if answer := await once.answered(tx, film.version):
        return answer
    changed, fact = film.record_visa(visas.said(film.visas, number, said), at=at)
    await _claim(tx, changed, once)
    return await store.save_film(tx, changed, [fact], once, status=201)


async def remove_visa(
    tx: Transaction, film_id: UUID, number: str, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    film = await store.lock_film(tx, film_id)
    access.require(caller, "film.remove_visa")
    if answer := await once.answered(tx, film.version):
        return answer
    changed, fact = film.remove_visa(number, at=at)
    await _claim(tx, changed, once)
    return await store.save_film(tx, changed, [fact], once)


async def count_consents(
    tx: Transaction, film_id: UUID, counted: Consents, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    film = await store.lock_film(tx, film_id)
    access.require(caller, "film.count_consents")
    if answer := await once.answered(tx, film.version):
        return answer
    told, fact = film.count_consents(counted, at=at)
    return await store.save_film(tx, told, [fact], once)


async def clear(
    tx: Transaction, film_id: UUID, dissemination: Dissemination, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    film = await store.lock_film(tx, film_id)
    access.require(caller, "film.clear")
    if answer := await once.answered(tx, film.version):
        return answer
    cleared, fact = film.clear(dissemination, at=at)
    return await store.save_film(tx, cleared, [fact], once)


async def restrict(
    tx: Transaction,
    film_id: UUID,
    dissemination: Dissemination,
    cause: RestrictionCause,
    *,
    caller: Principal,
    once: Once,
    at: datetime,
) -> Answer:
    film = await store.lock_film(tx, film_id)
    access.require(caller, "film.restrict")
    if answer := await once.answered(tx, film.version):
        return answer
    restricted, fact = film.restrict(dissemination, cause, at=at)
    return await store.save_film(tx, restricted, [fact], once)


async def _claim(tx: Transaction, film: Film, once: Once) -> Answer | None:
    """Claim a film's names; whoever lost them to the same request made twice at once gets that request's answer."""
    if taken := await store.claim_names(tx, film):
        if answer := await once.stored(tx):
            return answer
        name = taken[0]
        raise IdentifierTaken(f"{name.scheme} {name.value}: film {name.film_id}.")
    await store.keep_words(tx, [film])
    return None

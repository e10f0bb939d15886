"""What one can do to a list of films."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from catalogue.domain import access
from catalogue.domain.lists import FilmList, NewFilmList, NotInTheCatalogue
from catalogue.store import coordinations, films
from catalogue.store import lists as store
from common.contracts.catalogue import ListedFilm
from common.database import Transaction
from common.errors import NotKnownHere
from common.idempotency import Answer, Once
from common.tokens import Principal


async def publish(
    tx: Transaction, list_id: UUID, new: NewFilmList, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    access.require(caller, "film_list.publish", new.coordination_id)
    if answer := await once.stored(tx):
        return answer
    if new.coordination_id is not None and not await coordinations.is_known_coordination(tx, new.coordination_id):
        raise NotKnownHere(pointer="/coordination_id")
    made, fact = FilmList.publish(list_id, new, at=at)
    return await store.create_film_list(tx, made, fact, once)


async def add_film(
    tx: Transaction, list_id: UUID, film: ListedFilm, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    listing = await store.lock_film_list(tx, list_id)
    access.require(caller, "film_list.add_film", listing.coordination_id)
    if answer := await once.answered(tx, listing.version):
        return answer
    film_id = await films.standing(tx, film.film_id)
    if film_id is None:
        raise NotInTheCatalogue(pointer="/film_id")
    listing = listing.following(await store.merged(tx, [one.film_id for one in listing.films]))
    added, fact = listing.add(replace(film, film_id=film_id), at=at)
    return await store.save_film_list(tx, added, fact, once, status=201)


async def remove_film(
    tx: Transaction, list_id: UUID, film_id: UUID, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    listing = await store.lock_film_list(tx, list_id)
    access.require(caller, "film_list.remove_film", listing.coordination_id)
    if answer := await once.answered(tx, listing.version):
        return answer
    merged = await store.merged(tx, [film_id, *(one.film_id for one in listing.films)])
    removed, fact = listing.following(merged).remove(merged.get(film_id, film_id), at=at)
    return await store.save_film_list(tx, removed, fact, once)


async def close(tx: Transaction, list_id: UUID, *, caller: Principal, once: Once, at: datetime) -> Answer:
    listing = await store.lock_film_list(tx, list_id)
    access.require(caller, "film_list.close", listing.coordination_id)
    if answer := await once.answered(tx, listing.version):
        return answer
    closed, fact = listing.close(at=at)
    return await store.save_film_list(tx, closed, fact, once)

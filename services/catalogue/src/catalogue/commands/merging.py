"""Merging a film into another one that is the same."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from catalogue.commands import films
from catalogue.domain import access, merging
from catalogue.domain.film import Film, FilmIsMerged
from catalogue.domain.provenance import Source, SourceKind
from catalogue.store import conflicts, copies, rights, search
from catalogue.store import films as store
from common.database import Transaction
from common.idempotency import Answer, Once
from common.tokens import Principal


async def merge(
    tx: Transaction,
    film_id: UUID,
    into: UUID,
    *,
    caller: Principal,
    once: Once,
    new_id: Callable[[], UUID],
    at: datetime,
) -> Answer:
    """Merge a duplicate into the film that it is; done before, it is answered as it stands."""
    await store.film(tx, film_id)
    access.require(caller, "film.merge")
    found = await store.lock_films_merging(tx, film_id, into)
    duplicate, gone = found[film_id], found[film_id].merged_into is not None
    if answer := await (once.stored(tx) if gone else once.answered(tx, duplicate.version)):
        return answer
    survivor = _survivor(found, into)
    if gone:
        return await _merged_before(tx, duplicate, survivor)
    led_here = [film for film in found.values() if film.merged_into == duplicate.id]
    merged = merging.merge(duplicate, survivor, led_here, by=films.voice(caller), at=at)
    return await _write_merge(tx, merged, once, new_id=new_id, at=at)


def _survivor(found: Mapping[UUID, Film], into: UUID) -> Film:
    """Find the film that is meant by an id: one that was merged means the one it was merged into."""
    if into not in found:
        raise merging.UnknownSurvivor(pointer="/into")
    return found[found[into].merged_into or into]


async def _merged_before(tx: Transaction, duplicate: Film, survivor: Film) -> Answer:
    """Find the answer to a merge that another request made before; merged into another film, it is not again."""
    if duplicate.merged_into != survivor.id:
        raise FilmIsMerged(f"film {duplicate.merged_into}", precision=f"film {duplicate.merged_into}")
    known = await search.film_doc(tx, duplicate.id)
    return Answer(status=200, version=known.version, body=known.doc.encode(), location=films.location(survivor.id))


async def _write_merge(
    tx: Transaction, merged: merging.Merge, once: Once, *, new_id: Callable[[], UUID], at: datetime
) -> Answer:
    """Write the films of a merge and what is of them; the duplicate lets go of its names before they are claimed."""
    duplicate, survivor = merged.duplicate, merged.survivor
    for film in (duplicate, survivor):
        await films.claim(tx, film)
    await _move(tx, duplicate.id, survivor.id, at=at)
    source = Source(kind=SourceKind.FILM, name=str(duplicate.id))
    await conflicts.move(tx, duplicate.id, survivor.id)
    await conflicts.raise_all(tx, [(survivor.id, merged.differences)], source, new_id=new_id, at=at)
    if merged.changes:
        await store.save_film(tx, survivor, merged.changes, None)
    for led, fact in merged.led_on:
        await store.save_film(tx, led, [fact], None)
    return await store.save_film(tx, duplicate, [merged.fact], once, location=films.location(survivor.id))


async def _move(tx: Transaction, film_id: UUID, into: UUID, *, at: datetime) -> None:
    """Let the offers on a film and its copies be those of the film that it turned out to be."""
    for offer in await rights.lock_offers_on(tx, film_id):
        await rights.save_rights_offer(tx, *offer.follow(into, at=at), None)
    for copy in await copies.lock_copies_of(tx, film_id):
        await copies.save_copy(tx, *copy.follow(into, at=at), None)

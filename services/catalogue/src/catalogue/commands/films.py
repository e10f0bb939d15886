"""What one can do to a film."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from catalogue.domain import access, settling, visas
from catalogue.domain.film import Film, IdentifierTaken, NewFilm
from catalogue.domain.identifiers import CALLED
from catalogue.domain.imports import FilmFact
from catalogue.domain.provenance import ConflictSettled, Decision, Source, SourceKind
from catalogue.store import conflicts
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
    film = film.told(None, voice(caller), at=at)
    try:
        await _claim_names(tx, film)
    except IdentifierTaken:  # by the same request made twice at once, perhaps: then this is answered as that
        if answer := await once.stored(tx):
            return answer
        raise
    answer = await store.create_film(tx, film, fact, once)
    if answer.location == location(film.id):  # a request without names is answered as the other by the write
        await store.keep_words(tx, [film])
    return answer


async def change(
    tx: Transaction, film_id: UUID, changes: Mapping[str, Any], *, caller: Principal, once: Once, at: datetime
) -> Answer:
    film = await store.lock_film(tx, film_id)
    access.require(caller, "film.change")
    if answer := await once.answered(tx, film.version):
        return answer
    changed, fact = film.change(changes, at=at)
    await claim(tx, changed)
    return await store.save_film(tx, changed.told(film, voice(caller), at=at), [fact], once)


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
    await claim(tx, changed)
    return await store.save_film(tx, changed.told(film, voice(caller), at=at), [fact], once, status=201)


async def remove_visa(
    tx: Transaction, film_id: UUID, number: str, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    film = await store.lock_film(tx, film_id)
    access.require(caller, "film.remove_visa")
    if answer := await once.answered(tx, film.version):
        return answer
    changed, fact = film.remove_visa(number, at=at)
    await claim(tx, changed)
    return await store.save_film(tx, changed.told(film, voice(caller), at=at), [fact], once)


async def count_consents(
    tx: Transaction, film_id: UUID, counted: Consents, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    film = await store.lock_film(tx, film_id)
    access.require(caller, "film.count_consents")
    if answer := await once.answered(tx, film.version):
        return answer
    counting, fact = film.count_consents(counted, at=at)
    return await store.save_film(tx, counting.told(film, voice(caller), at=at), [fact], once)


async def clear(
    tx: Transaction, film_id: UUID, dissemination: Dissemination, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    film = await store.lock_film(tx, film_id)
    access.require(caller, "film.clear")
    if answer := await once.answered(tx, film.version):
        return answer
    cleared, fact = film.clear(dissemination, at=at)
    return await store.save_film(tx, cleared.told(film, voice(caller), at=at), [fact], once)


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
    return await store.save_film(tx, restricted.told(film, voice(caller), at=at), [fact], once)


async def settle_conflict(
    tx: Transaction,
    film_id: UUID,
    conflict_id: UUID,
    decision: Decision,
    *,
    caller: Principal,
    once: Once,
    at: datetime,
) -> Answer:
    """Settle what a source says otherwise: what is kept stays, or what it says is taken."""
    film = await store.lock_film(tx, film_id)
    access.require(caller, "film.settle_conflict")
    if answer := await once.answered(tx, film.version):
        return answer
    known = await conflicts.conflict(tx, film_id, conflict_id)
    if known.decision is not None:
        raise ConflictSettled
    taken, facts = film, list[FilmFact]()
    if decision is Decision.TAKE:
        taken, change = settling.take(film, known.difference, at=at)
        facts.append(change)
    settled, fact = taken.settle(known.field, decision, at=at)
    kept = settling.kept(film, known.field)
    await conflicts.settle(tx, conflict_id, decision, kept, voice(caller), at=at)
    await claim(tx, settled)
    return await store.save_film(tx, settled.told(film, voice(caller), at=at), [*facts, fact], once)


def voice(caller: Principal) -> Source:
    """Tell who it is that says something of a film."""
    return Source(kind=SourceKind.CLIENT, name=caller.client_id, organisation_id=caller.org)


def location(film_id: UUID) -> str:
    return f"/v1/films/{film_id}"


async def claim(tx: Transaction, film: Film) -> None:
    """Claim a film's names, and keep the words by which it is found."""
    await _claim_names(tx, film)
    await store.keep_words(tx, [film])


async def _claim_names(tx: Transaction, film: Film) -> None:
    if taken := await store.claim_names(tx, film):
        name = taken[0]
        called = f"{CALLED.get(name.scheme, name.scheme)} {name.value}"
        said, dit = (f"{called}{colon} film {name.film_id}." for colon in (":", " :"))
        raise IdentifierTaken(said, precision=dit)

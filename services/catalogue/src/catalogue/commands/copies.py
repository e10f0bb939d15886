"""What one can do to a copy of a film."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from catalogue.commands import holders
from catalogue.domain import access
from catalogue.domain.copies import Copy, CopyHolderClosed, NewCopy
from catalogue.domain.rights import UnknownFilm
from catalogue.store import copies as store
from catalogue.store import films, organisations
from common.contracts.catalogue import CopyKey
from common.database import Transaction
from common.idempotency import Answer, Once
from common.tokens import Principal


async def register(
    tx: Transaction, copy_id: UUID, new: NewCopy, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    access.require(caller, "copy.register")
    if answer := await once.stored(tx):
        return answer
    film_id = await films.standing(tx, new.film_id)
    if film_id is None:
        raise UnknownFilm(pointer="/film_id")
    holders.require(await organisations.known_organisation(tx, new.holder_id), CopyHolderClosed, at=at)
    copy, fact = Copy.register(copy_id, replace(new, film_id=film_id), at=at)
    return await store.create_copy(tx, copy, fact, once)


async def change(
    tx: Transaction, copy_id: UUID, changes: Mapping[str, Any], *, caller: Principal, once: Once, at: datetime
) -> Answer:
    copy = await store.lock_copy(tx, copy_id)
    access.require(caller, "copy.change")
    if answer := await once.answered(tx, copy.version):
        return answer
    changed, fact = copy.change(changes, at=at)
    return await store.save_copy(tx, changed, fact, once)


async def withdraw(tx: Transaction, copy_id: UUID, *, caller: Principal, once: Once, at: datetime) -> Answer:
    copy = await store.lock_copy(tx, copy_id)
    access.require(caller, "copy.withdraw")
    if answer := await once.answered(tx, copy.version):
        return answer
    withdrawn, fact = copy.withdraw(at=at)
    return await store.save_copy(tx, withdrawn, fact, once)


async def issue_key(
    tx: Transaction, copy_id: UUID, key: CopyKey, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    copy = await store.lock_copy(tx, copy_id)
    access.require(caller, "copy.issue_key")
    if answer := await once.answered(tx, copy.version):
        return answer
    issued, fact = copy.issue_key(key, at=at)
    return await store.save_copy(tx, issued, fact, once, status=201)


async def revoke_key(
    tx: Transaction, copy_id: UUID, key_id: UUID, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    copy = await store.lock_copy(tx, copy_id)
    access.require(caller, "copy.revoke_key")
    if answer := await once.answered(tx, copy.version):
        return answer
    revoked, fact = copy.revoke_key(key_id, at=at)
    return await store.save_copy(tx, revoked, fact, once)

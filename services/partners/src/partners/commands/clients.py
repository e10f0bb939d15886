"""The verbs of API clients: register, change, rotate a secret, revoke.  Others are told what a client may do, no more.

A kept answer holds its secret sealed (`client_secret`): whoever repeats a request whose answer was lost gets the same
secret, and the database alone never gives one away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import msgspec

from common.contracts.access import LEVEL_OF, Role
from common.database import Transaction
from common.idempotency import Answer, Once
from common.tokens import Principal
from partners.domain import access
from partners.domain.client import (
    CODES_MAX,
    ApiClient,
    Asked,
    NoSuchClient,
    Secret,
    TerritoryTooLarge,
    UnknownOrganisation,
    fingerprint,
    require_appointed,
    require_fit,
    require_holder,
    require_known,
    rotated,
    secret,
)
from partners.domain.grant import first_told, told
from partners.domain.publickey import PublicKey, require_usable
from partners.store import audit, clients, grants

OPERATOR = "operator"
SETTINGS = "settings"
"""Who did it, in the notes, when nobody asked for it but the settings."""


class Sealing(Protocol):
    """Makes a text unreadable to whoever has only the database; `clients.keyfile.Seal` does."""

    def seal(self, plain: str) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """What something new is made of: an id, luck for its secret, and the real time."""

    id: UUID
    luck: bytes
    at: datetime

    def secret(self) -> tuple[str, Secret]:
        """Make a secret, and what is kept of it."""
        name = self.id.hex
        plain = secret(name, self.luck)
        return plain, Secret(id=name, fingerprint=fingerprint(plain), created_at=self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What is asked for."""

    name: str
    role: Role
    organisation_id: UUID
    coordination_id: UUID | None
    codes: tuple[str, ...]
    public_keys: tuple[PublicKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to be changed; None leaves a part as it is."""

    name: str | None = None
    codes: tuple[str, ...] | None = None
    public_keys: tuple[PublicKey, ...] | None = None


async def register(
    tx: Transaction, caller: Principal, asked: Registration, once: Once, fresh: Fresh, seal: Sealing
) -> Answer:
    """Let an organisation in, in one role; with public keys it needs no secret."""
    access.require(caller, "api_client.register")
    if answer := await once.stored(tx):
        return answer
    codes = await _sound_codes(tx, asked)
    client = ApiClient(
        id=str(fresh.id),
        name=asked.name,
        role=asked.role,
        organisation_id=asked.organisation_id,
        coordination_id=asked.coordination_id,
        codes=codes,
        public_keys=asked.public_keys,
        created_at=fresh.at,
    )
    plain, kept = fresh.secret()
    secrets = () if asked.public_keys else (kept,)
    answer = _answer(client, secrets, 201, seal.seal(plain) if secrets else None)
    given = await clients.add(tx, client, secrets, once, answer)
    if given is answer:
        await audit.note(tx, "client.registered", client.id, by=caller.client_id, detail={"role": client.role})
        await grants.give(tx, [first_told(client, at=fresh.at)])
    return given


async def change(
    tx: Transaction,
    client_id: str,
    caller: Principal,
    changes: Changes,
    once: Once,
    *,
    at: datetime,
) -> Answer:
    """Change what is given of a client's name, codes and public keys."""
    client = await clients.lock(tx, client_id)
    access.require(caller, "api_client.change")
    if answer := await once.answered(tx, client.version):
        return answer
    codes = changes.codes
    if codes is not None:
        codes = await _territory(tx, Asked(role=client.role, coordination_id=client.coordination_id, codes=codes))
    changed = client.change(name=changes.name, codes=codes, public_keys=changes.public_keys)
    require_usable(changed.public_keys)
    await audit.note(tx, "client.changed", client.id, by=caller.client_id, detail={"codes": changed.codes})
    answer = await _saved(tx, changed, await clients.secrets_of(tx, client_id), once)
    await _tell(tx, changed, at=at)
    return answer


async def rotate_secret(
    tx: Transaction,
    client_id: str,
    caller: Principal,
    overlap: timedelta,
    once: Once,
    fresh: Fresh,
    seal: Sealing,
) -> Answer:
    """Give a new secret; the newest old one works until the overlap ends."""
    client = await clients.lock(tx, client_id)
    access.require(caller, "api_client.rotate_secret")
    if answer := await once.answered(tx, client.version):
        return answer
    changed = client.rotated()
    plain, kept = fresh.secret()
    secrets = rotated(await clients.secrets_of(tx, client_id), kept, overlap=overlap)
    await audit.note(tx, "client.secret_rotated", client.id, by=caller.client_id, detail={"secret": kept.id})
    return await clients.save(tx, changed, secrets, once, _answer(changed, secrets, 200, seal.seal(plain)))


async def revoke(tx: Transaction, client_id: str, caller: Principal, once: Once, *, at: datetime) -> Answer:
    """Take every way in from a client; tokens already issued end within ten minutes."""
    client = await clients.lock(tx, client_id)
    access.require(caller, "api_client.revoke")
    if answer := await once.answered(tx, client.version):
        return answer
    changed = client.revoke(at=at)
    await audit.note(tx, "client.revoked", client.id, by=caller.client_id)
    answer = await _saved(tx, changed, (), once)
    await _tell(tx, changed, at=at)
    return answer


async def tell_untold(tx: Transaction, *, limit: int, at: datetime) -> int:
    """Announce what some clients may do of which that never was, since an earlier release let them in; count them."""
    found = await clients.untold(tx, limit=limit)
    await grants.give(tx, [first_told(client, at=at) for client in found])
    return len(found)


async def follow_settings(tx: Transaction, plain: str | None, *, at: datetime) -> None:
    """Make the operator what the settings say: let in by the secret of the file alone; without a file, shut out."""
    if plain is None:
        return await _shut_out(tx, at=at)
    wanted = Secret(id=OPERATOR, fingerprint=fingerprint(plain), created_at=at)
    if await clients.put(tx, _operator(at), wanted):
        return await audit.note(tx, "client.registered", OPERATOR, by=SETTINGS, detail={"role": Role.OPERATOR})
    operator = await clients.lock(tx, OPERATOR)
    kept = [one.fingerprint for one in await clients.secrets_of(tx, OPERATOR)]
    if kept == [wanted.fingerprint] and operator.revoked_at is None and not operator.public_keys:
        return None
    await clients.save_ours(tx, operator.as_in_the_settings(revoked_at=None), [wanted])
    return await audit.note(tx, "client.secret_rotated", OPERATOR, by=SETTINGS, detail={"secret": wanted.id})


async def _shut_out(tx: Transaction, *, at: datetime) -> None:
    try:
        operator = await clients.lock(tx, OPERATOR)
    except NoSuchClient:
        return
    if operator.revoked_at is None:
        await clients.save_ours(tx, operator.as_in_the_settings(revoked_at=at), [])
        await audit.note(tx, "client.revoked", OPERATOR, by=SETTINGS)


def _operator(at: datetime) -> ApiClient:
    return ApiClient(
        id=OPERATOR,
        name="Operator",
        role=Role.OPERATOR,
        organisation_id=UUID(int=0),
        coordination_id=None,
        codes=(),
        created_at=at,
    )


async def _sound_codes(tx: Transaction, asked: Registration) -> tuple[str, ...]:
    """Refuse a registration that cannot be; return its codes, those of its organisation if it names none."""
    require_usable(asked.public_keys)
    held = await clients.roles_of_organisation(tx, asked.organisation_id)
    if held is None:
        raise UnknownOrganisation(pointer="/organisation_id")
    require_holder(asked.role, held)
    codes = asked.codes
    if not codes and LEVEL_OF[asked.role] == "municipalities":
        codes = await clients.codes_of_organisation(tx, asked.organisation_id)
    codes = await _territory(tx, Asked(role=asked.role, coordination_id=asked.coordination_id, codes=codes))
    if asked.coordination_id is not None:
        appointed = await clients.appointed(tx, asked.coordination_id)
        require_appointed(asked.role, asked.organisation_id, appointed)
    return codes


async def _territory(tx: Transaction, asked: Asked) -> tuple[str, ...]:
    """Judge codes, and add the parts and former codes of municipalities: facts bear the codes of their own year."""
    require_fit(asked)
    level = LEVEL_OF[asked.role]
    require_known(asked.codes, await clients.known_codes(tx, level, asked.codes))
    if level != "municipalities":
        return asked.codes
    codes = (*asked.codes, *await clients.codes_within(tx, asked.codes))
    if len(codes) > CODES_MAX:
        raise TerritoryTooLarge(pointer="/codes")
    return codes


async def _tell(tx: Transaction, client: ApiClient, *, at: datetime) -> None:
    """Announce what a client, whose row is held, may do otherwise than before."""
    before = await grants.lock(tx, UUID(client.id))
    if before is None:
        return await grants.give(tx, [first_told(client, at=at)])
    if (news := told(before, client, at=at)) is not None:
        await grants.save(tx, news)
    return None


async def _saved(tx: Transaction, client: ApiClient, secrets: Sequence[Secret], once: Once) -> Answer:
    return await clients.save(tx, client, secrets, once, _answer(client, secrets, 200, None))


def _answer(client: ApiClient, secrets: Sequence[Secret], status: int, sealed: bytes | None) -> Answer:
    body = clients.encoded(client, secrets)
    if sealed is not None:
        body["client_secret"] = sealed.decode()
    location = f"/v1/api-clients/{client.id}" if status == 201 else None
    return Answer(status=status, version=client.version, body=msgspec.json.encode(body), location=location)

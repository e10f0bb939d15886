"""The verbs of webhook endpoints: register, change, remove, verify, pause, resume, rotate the secret, test."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from common.contracts import ce_type
from common.database import Transaction
from common.idempotency import Answer, Once
from common.tokens import Principal
from partners.commands.clients import Fresh, Sealing
from partners.domain import access, signature
from partners.domain.cloudevent import Event, document
from partners.domain.destination import Destinations, host
from partners.domain.eventtypes import TEST, require_known
from partners.domain.webhook import ENDPOINTS_MAX, Endpoint, NoSuchEndpoint, TooManyEndpoints, require_within
from partners.store import audit, endpoints, fanout, kept, lanes
from partners.store.endpoints import SealedSecret
from partners.store.fanout import Addressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What is asked for; in a change, None leaves a part as it is."""

    url: str | None = None
    description: str | None = None
    event_types: tuple[str, ...] | None = None
    codes: tuple[str, ...] | None = None


async def register(
    tx: Transaction,
    caller: Principal,
    asked: Subscription,
    destinations: Destinations,
    once: Once,
    fresh: Fresh,
    seal: Sealing,
) -> Answer:
    """Write down a subscription; it stays silent until its URL has answered a challenge."""
    access.require(caller, "endpoint.register")
    await endpoints.take_turn(tx, caller.role, caller.org)
    if answer := await once.stored(tx):
        return answer
    asked = _sound(asked, caller, destinations)
    if await endpoints.count(tx) >= ENDPOINTS_MAX:
        raise TooManyEndpoints
    endpoint = Endpoint(
        id=fresh.id,
        role=caller.role,
        org=caller.org,
        url=asked.url or "",
        description=asked.description or "",
        event_types=asked.event_types or (),
        codes=asked.codes or (),
        created_at=fresh.at,
        updated_at=fresh.at,
    )
    secret, answer = _with_secret(endpoint, 201, fresh, seal)
    given = await endpoints.add(tx, endpoint, secret, once, answer)
    if given is answer:
        await _noted(tx, "registered", endpoint, caller, host=host(endpoint.url))
    return given


async def change(
    tx: Transaction,
    endpoint_id: UUID,
    caller: Principal,
    asked: Subscription,
    destinations: Destinations,
    once: Once,
    at: datetime,
) -> Answer:
    """Change what is given; a new URL is silent until it has answered a challenge."""
    endpoint = await endpoints.lock(tx, endpoint_id)
    access.require(caller, "endpoint.change")
    if answer := await once.answered(tx, endpoint.version):
        return answer
    asked = _sound(asked, caller, destinations)
    changed = endpoint.change(
        url=asked.url, description=asked.description, event_types=asked.event_types, codes=asked.codes, at=at
    )
    if changed.state is not endpoint.state:
        await lanes.set_active(tx, endpoint_id, active=False)
    moved = {} if changed.url == endpoint.url else {"host": host(changed.url)}
    await _noted(tx, "changed", endpoint, caller, parts=changed.differs_in(endpoint), **moved)
    return await endpoints.save(tx, changed, once, _answer(changed))


async def remove(tx: Transaction, endpoint_id: UUID, caller: Principal, once: Once) -> Answer:
    """End a subscription, and forget everything about it but the answer."""
    try:
        endpoint = await endpoints.lock(tx, endpoint_id)
    except NoSuchEndpoint:
        if answer := await once.stored(tx):
            return answer
        raise
    access.require(caller, "endpoint.remove")
    if answer := await once.answered(tx, endpoint.version):
        return answer
    await _noted(tx, "removed", endpoint, caller)
    return await endpoints.remove(tx, endpoint_id, once, _answer(endpoint))


async def verify(
    tx: Transaction, endpoint_id: UUID, caller: Principal, challenge: str, once: Once, *, at: datetime
) -> Answer:
    """Have the worker send a challenge; the answer says that it was asked for, the endpoint says how it went."""
    endpoint = await endpoints.lock(tx, endpoint_id)
    access.require(caller, "endpoint.verify")
    if answer := await once.answered(tx, endpoint.version):
        return answer
    asked = endpoint.ask_verification(at=at)
    await endpoints.put_challenge(tx, endpoint_id, challenge)
    await _noted(tx, "verification_asked", endpoint, caller)
    return await endpoints.save(tx, asked, once, _answer(asked, 202))


async def pause(tx: Transaction, endpoint_id: UUID, caller: Principal, once: Once, *, at: datetime) -> Answer:
    """Hold everything back; what happens meanwhile waits."""
    endpoint = await endpoints.lock(tx, endpoint_id)
    access.require(caller, "endpoint.pause")
    if answer := await once.answered(tx, endpoint.version):
        return answer
    paused = endpoint.pause(at=at)
    await lanes.set_active(tx, endpoint_id, active=False)
    await _noted(tx, "paused", endpoint, caller)
    return await endpoints.save(tx, paused, once, _answer(paused))


async def resume(tx: Transaction, endpoint_id: UUID, caller: Principal, once: Once, *, at: datetime) -> Answer:
    """Deliver again, from where it stopped."""
    endpoint = await endpoints.lock(tx, endpoint_id)
    access.require(caller, "endpoint.resume")
    if answer := await once.answered(tx, endpoint.version):
        return answer
    resumed = endpoint.resume(at=at)
    await lanes.set_active(tx, endpoint_id, active=True)
    await _noted(tx, "resumed", endpoint, caller)
    return await endpoints.save(tx, resumed, once, _answer(resumed))


async def rotate_secret(
    tx: Transaction,
    endpoint_id: UUID,
    caller: Principal,
    overlap: timedelta,
    once: Once,
    fresh: Fresh,
    seal: Sealing,
) -> Answer:
    """Sign with a new secret from now on, and with the old one too until the overlap ends."""
    endpoint = await endpoints.lock(tx, endpoint_id)
    access.require(caller, "endpoint.rotate_secret")
    if answer := await once.answered(tx, endpoint.version):
        return answer
    changed = endpoint.touched(fresh.at)
    secret, answer = _with_secret(changed, 200, fresh, seal)
    await endpoints.add_secret(tx, secret, old_until=fresh.at + overlap)
    await _noted(tx, "secret_rotated", endpoint, caller)
    return await endpoints.save(tx, changed, once, answer)


async def test(
    tx: Transaction, endpoint_id: UUID, caller: Principal, once: Once, fresh: Fresh, traceparent: str | None
) -> Answer:
    """Send an event that says nothing, the way all others go."""
    endpoint = await endpoints.lock(tx, endpoint_id)
    access.require(caller, "endpoint.test")
    if answer := await once.stored(tx):
        return answer
    endpoint.require_active()
    subject = str(endpoint_id)
    said = document(event_id=fresh.id, ce_type=ce_type(TEST), subject=subject, time=fresh.at, data={"id": endpoint_id})
    event = Event(
        id=fresh.id, type=ce_type(TEST), subject=subject, time=fresh.at, document=said, traceparent=traceparent
    )
    await fanout.address(tx, [Addressed(endpoint_id=endpoint_id, event=event, cause="notice")])
    await _noted(tx, "tested", endpoint, caller, event=fresh.id)
    body = msgspec.json.encode({"event_id": fresh.id})
    return await kept.keep(tx, once, Answer(status=202, version=endpoint.version, body=body))


async def _noted(tx: Transaction, what: str, endpoint: Endpoint, caller: Principal, **detail: object) -> None:
    """Note what a partner did to an endpoint of its own; of a URL the host alone, the rest may be a secret."""
    said = {"endpoint": endpoint.id, **detail}
    await audit.note(tx, f"endpoint.{what}", caller.client_id, by=caller.client_id, detail=said)


def _sound(asked: Subscription, caller: Principal, destinations: Destinations) -> Subscription:
    """Refuse what cannot be; write kinds of events the short way."""
    if asked.url is not None:
        destinations.require(asked.url)
    if asked.codes is not None:
        require_within(asked.codes, caller.territory.codes)
    kinds = None if asked.event_types is None else require_known(asked.event_types)
    return Subscription(url=asked.url, description=asked.description, event_types=kinds, codes=asked.codes)


def _with_secret(endpoint: Endpoint, status: int, fresh: Fresh, seal: Sealing) -> tuple[SealedSecret, Answer]:
    sealed = seal.seal(signature.secret(fresh.luck))
    secret = SealedSecret(id=fresh.id, endpoint_id=endpoint.id, sealed=sealed, created_at=fresh.at)
    body = {**endpoints.encoded(endpoint), "secret": sealed.decode()}
    location = f"/v1/webhooks/endpoints/{endpoint.id}" if status == 201 else None
    return secret, Answer(status=status, version=endpoint.version, body=msgspec.json.encode(body), location=location)


def _answer(endpoint: Endpoint, status: int = 200) -> Answer:
    return Answer(status=status, version=endpoint.version, body=msgspec.json.encode(endpoints.encoded(endpoint)))

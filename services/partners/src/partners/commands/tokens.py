"""Letting a client in: judge its credentials, write one token, note who was let in and who was not."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from prometheus_client import Counter

from common.contracts.access import LEVEL_OF, SCOPES_OF
from common.database import Transaction
from partners.domain.client import COORDINATION_ROLES, recognises
from partners.domain.keys import SigningKey
from partners.domain.token import (
    LIFETIME_S,
    Grant,
    OAuthRefusal,
    believed,
    claimed_client,
    invalid_client,
    issue,
    named,
    narrowed,
)
from partners.store import audit, clients
from partners.store.clients import Known

REFUSED = Counter(
    "token_refusals_total", "Token requests refused; the audit names each client once a minute", ["error"]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a client shows: its id and a secret, or an assertion that it signed."""

    client_id: str | None = None
    secret: str | None = None
    assertion: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuing:
    """What a token is made with."""

    issuer: str
    audience: str
    key: SigningKey
    jti: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A token, with what RFC 6749 says beside it."""

    token: str
    scopes: frozenset[str]
    expires_in_s: int = LIFETIME_S


async def let_in(
    tx: Transaction, credentials: Credentials, scope: str | None, issuing: Issuing
) -> Issued | OAuthRefusal:
    """Answer a token request.  A refusal is returned, not raised: that somebody was refused is noted and stays."""
    client_id, about = credentials.client_id or audit.UNKNOWN, audit.UNKNOWN
    try:
        client_id = _claimed(credentials)
        if (found := await clients.known(tx, client_id)) is not None:
            about = client_id
        known = await _authenticated(tx, credentials, client_id, found, issuing)
        held = SCOPES_OF[known.client.role]
        grant = _grant(known, narrowed(scope, held))
    except OAuthRefusal as refusal:
        REFUSED.labels(refusal.error).inc()
        await audit.note_refused(tx, about, refusal.error, named=client_id, at=issuing.at)
        return refusal
    token = issue(
        grant, key=issuing.key, issuer=issuing.issuer, audience=issuing.audience, at=issuing.at, jti=issuing.jti
    )
    detail = {"jti": issuing.jti, "scopes": sorted(grant.scopes)}
    await audit.note(tx, "token.issued", client_id, by=client_id, detail=detail)
    return Issued(token=token, scopes=grant.scopes)


def _claimed(credentials: Credentials) -> str:
    if credentials.assertion is not None:
        return claimed_client(credentials.assertion)
    return named(credentials.client_id)


async def _authenticated(
    tx: Transaction, credentials: Credentials, client_id: str, known: Known | None, issuing: Issuing
) -> Known:
    """Do the same work whether there is such a client or not."""
    if credentials.client_id is not None and credentials.client_id != client_id:
        raise invalid_client()
    if credentials.assertion is not None:
        keys = known.client.public_keys if known else ()
        assertion = believed(
            credentials.assertion, client_id=client_id, keys=keys, issuer=issuing.issuer, at=issuing.at
        )
        if not await clients.see_assertion(tx, client_id, assertion.jti, assertion.expires_at):
            raise invalid_client()
    elif not recognises(known.secrets if known else (), credentials.secret or "", issuing.at):
        raise invalid_client()
    if known is None:
        raise invalid_client()
    return known


def _grant(known: Known, scopes: frozenset[str]) -> Grant:
    client = known.client
    codes = known.departments if client.role in COORDINATION_ROLES else client.codes
    return Grant(
        client_id=client.id,
        role=client.role,
        scopes=scopes,
        org=client.organisation_id,
        coordination_id=client.coordination_id,
        codes=codes if LEVEL_OF[client.role] in ("departments", "municipalities") else (),
    )

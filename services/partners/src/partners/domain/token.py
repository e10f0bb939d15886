"""Access tokens (RFC 9068) and the client assertions that buy them (RFC 7523 with the rules of RFC 10070).  Pure.

Refusals here are OAuth's own (RFC 6749 §5.2): an `error` word for the machine, and nothing that tells a stranger
whether a client exists, which of its secrets is live, or what is wrong with an assertion.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError

from common.contracts.access import LEVEL_OF, Role
from partners.domain.keys import SigningKey
from partners.domain.publickey import PublicKey, algorithm, verification_key

LIFETIME_S = 600
ASSERTION_LIFETIME_S = 60
SKEW_S = 30
ASSERTION_BYTES_MAX = 4096
CLIENT_ID_LENGTH_MAX = 64
JTI_LENGTH_MAX = 128
ASSERTION_TYPE = "client-authentication+jwt"


class OAuthRefusal(Exception):
    """The token endpoint says no, in the words of RFC 6749."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


def invalid_client() -> OAuthRefusal:
    """Refuse whoever could not prove who they are; the same words whatever was wrong."""
    return OAuthRefusal("invalid_client", "The client could not be authenticated.", status=401)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one token says."""

    client_id: str
    role: Role
    scopes: frozenset[str]
    org: UUID
    coordination_id: UUID | None
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """A client assertion that was believed: it must not be seen again before it expires."""

    client_id: str
    jti: str
    expires_at: int


def narrowed(asked: str | None, held: frozenset[str]) -> frozenset[str]:
    """Give what was asked for, if it is held; all that is held when nothing was asked for."""
    if not asked or not asked.strip():
        return held
    scopes = frozenset(asked.split())
    if not scopes <= held:
        raise OAuthRefusal("invalid_scope", "This client does not hold every scope it asked for.")
    return scopes


def issue(grant: Grant, *, key: SigningKey, issuer: str, audience: str, at: datetime, jti: UUID) -> str:
    """Write and sign one access token."""
    now = int(at.timestamp())
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": [audience],
        "sub": grant.client_id,
        "client_id": grant.client_id,
        "iat": now,
        "exp": now + LIFETIME_S,
        "jti": str(jti),
        "scope": " ".join(sorted(grant.scopes)),
        "role": str(grant.role),
        "org": str(grant.org),
        "ter": {"level": LEVEL_OF[grant.role], "codes": sorted(grant.codes)},
    }
    if grant.coordination_id is not None:
        claims["coordination_id"] = str(grant.coordination_id)
    header = {"alg": "ES256", "kid": key.kid, "typ": "at+jwt"}
    return jwt.encode(header, claims, key.private, algorithms=["ES256"])


def claimed_client(assertion: str) -> str:
    """Read, without believing it, which client an assertion says it comes from."""
    if len(assertion) > ASSERTION_BYTES_MAX:
        raise invalid_client()
    try:
        payload = assertion.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        issuer = claims["iss"]
    except (IndexError, KeyError, TypeError, ValueError, binascii.Error, RecursionError):
        raise invalid_client() from None
    return named(issuer)


def named(said: object) -> str:
    """Refuse what no client is called, before anybody looks it up: JSON can say what no database takes."""
    if not isinstance(said, str) or not _plain(said, CLIENT_ID_LENGTH_MAX):
        raise invalid_client()
    return said


def _plain(said: str, length_max: int) -> bool:
    """Tell whether this is short printable ASCII: neither NUL nor half a surrogate pair gets into the database."""
    return 0 < len(said) <= length_max and said.isascii() and said.isprintable()


def believed(assertion: str, *, client_id: str, keys: Sequence[PublicKey], issuer: str, at: datetime) -> Assertion:
    """Verify a client assertion and judge its claims; a client without keys costs the same as one with a wrong key."""
    kid = _kid(assertion)
    known = next((key for key in keys if key["kid"] == kid), None)
    chosen = _GHOST if known is None else known
    try:
        token = jwt.decode(assertion, verification_key(chosen), algorithms=[algorithm(chosen)])
    except (JoseError, ValueError, TypeError, RecursionError):
        raise invalid_client() from None
    if known is None or token.header.get("typ") != ASSERTION_TYPE:
        raise invalid_client()
    return _judged(token.claims, client_id=client_id, issuer=issuer, now=int(at.timestamp()))


def _judged(claims: Mapping[str, Any], *, client_id: str, issuer: str, now: int) -> Assertion:
    jti, exp = claims.get("jti"), claims.get("exp")
    sound = (
        claims.get("iss") == client_id
        and claims.get("sub") == client_id
        and claims.get("aud") == issuer  # RFC 10070: the issuer's identifier, as the only value, and no array
        and isinstance(jti, str)
        and _plain(jti, JTI_LENGTH_MAX)
        and type(exp) is int
        and now - SKEW_S < exp <= now + ASSERTION_LIFETIME_S + SKEW_S
        and all(_not_future(claims.get(name), now) for name in ("iat", "nbf"))
    )
    if not sound:
        raise invalid_client()
    return Assertion(client_id=client_id, jti=str(jti), expires_at=int(exp or 0) + SKEW_S)


def _not_future(moment: object, now: int) -> bool:
    return moment is None or (type(moment) in (int, float) and float(str(moment)) <= now + SKEW_S)


def _kid(assertion: str) -> object:
    try:
        head = assertion.partition(".")[0]
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
        return header.get("kid") if isinstance(header, dict) else None
    except (ValueError, binascii.Error, RecursionError):
        return None


_GHOST: PublicKey = {
    "kty": "EC",
    "crv": "P-256",
    "kid": "",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
"""The public key of an example in RFC 7515 (A.3): what an unknown client's assertion is verified with, in vain."""

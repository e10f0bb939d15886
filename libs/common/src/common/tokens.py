"""Who is calling: the access token (RFC 9068) that `partners` issued, verified again by every service.

(1) Only ES256, only our header (alg, kid, typ), only `at+jwt`, only our issuer and audience, ten minutes at most.
(2) A role never carries more than `common.contracts.access` grants it, whatever the token says.
(3) A key set that cannot be fetched or read never replaces a good one; the last good one is kept in a file, so that a
    service starts and goes on without the issuer.  Who never had one answers 503, not 401.
(4) Tokens with unknown keys cause one fetch in `floor_s` seconds, however many there are.
"""

import asyncio
import contextlib
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, Never
from uuid import UUID

import httpx
import msgspec
import structlog
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from common.contracts.access import LEVEL_OF, SCOPES_OF, Level, Role
from common.errors import DomainError, Unavailable

TOKEN_BYTES_MAX = 4096
LIFETIME_S_MAX = 600
SKEW_S = 30
CACHED_S_MAX = 60
CACHED_MAX = 10_000
JWKS_BYTES_MAX = 64 * 1024
FETCH_TIMEOUT_S = 3.0

_log = structlog.get_logger(__name__)


class Unauthenticated(DomainError):
    """Nobody, or nobody we can believe."""

    title = "This needs a valid access token."
    titre = "Cette demande exige un jeton d’accès valide."


class NoKeysYet(Unavailable):
    """No key set has ever been seen: nobody can be believed or disbelieved."""

    title = "Tokens cannot be verified yet; try again in a moment."
    titre = "Les jetons ne peuvent pas encore être vérifiés ; réessayez dans un instant."


@dataclass(frozen=True, slots=True)
class Territory:
    """How far a principal sees: a level, and at some levels the codes of its départements or communes."""

    level: Level
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """In whose name a request or a message is handled."""

    client_id: str
    role: Role
    scopes: frozenset[str]
    org: UUID
    coordination_id: UUID | None = None
    territory: Territory

    def as_setting(self) -> str:
        """Say it to the database, whose row-level security reads `app.principal`."""
        said = {
            "role": self.role,
            "level": self.territory.level,
            "codes": sorted(self.territory.codes),
            "org": self.org,
            "coordination_id": self.coordination_id,
            "scopes": sorted(self.scopes),
        }
        return msgspec.json.encode(said).decode()


SYSTEM: Final = Principal(
    client_id="system",
    role=Role.OPERATOR,
    scopes=frozenset(),
    org=UUID(int=0),
    territory=Territory("system"),
)
"""In whose name consumers and jobs work.  No token can say this."""


class _Ter(msgspec.Struct, frozen=True):
    level: Level
    codes: list[str] = []


class _Claims(msgspec.Struct, frozen=True):
    iss: str
    aud: str | list[str]
    sub: str
    client_id: str
    iat: int
    exp: int
    jti: str
    scope: str
    role: Role
    org: UUID
    ter: _Ter
    coordination_id: UUID | None = None
    nbf: int = 0


class Keys:
    """The issuer's public keys as last seen, in memory and in a file."""

    def __init__(
        self,
        fetch: Callable[[], Awaitable[bytes]],
        *,
        file: Path | None = None,
        floor_s: float = 30.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.document: bytes | None = None
        self._fetch = fetch
        self._file = file
        self._floor_s = floor_s
        self._now = now
        self._by_kid: Mapping[str, ECKey] = {}
        self._asked_at = float("-inf")
        self._asking = asyncio.Lock()
        if file is not None:
            with contextlib.suppress(OSError, ValueError, JoseError):
                self._take(file.read_bytes())

    async def get(self, kid: str) -> ECKey | None:
        """Find a key; an unknown one may have been published since, so ask again, but not too often."""
        if kid not in self._by_kid:
            await self._ask_again()
        if not self._by_kid:
            raise NoKeysYet
        return self._by_kid.get(kid)

    async def refresh(self) -> None:
        """Fetch the set and keep it; a set that is away or wrong leaves the last good one in place."""
        self._asked_at = self._now()
        before = self.document
        try:
            self._take(await self._fetch())
        except Exception as error:  # noqa: BLE001 - whatever the issuer does, the last good set stays
            _log.warning("jwks_not_refreshed", error=type(error).__name__, have=len(self._by_kid))
            return
        if self._file is not None and self.document is not None and self.document != before:
            await asyncio.to_thread(_write_atomically, self._file, self.document)

    async def keep_fresh(self, *, every_s: float = 300.0, until_first_s: float = 1.0) -> Never:
        """Refresh for ever: often until there is a set, then now and then."""
        while True:
            await self.refresh()
            await asyncio.sleep(every_s if self._by_kid else until_first_s)

    async def _ask_again(self) -> None:
        async with self._asking:
            if self._now() - self._asked_at >= self._floor_s:
                await self.refresh()

    def _take(self, document: bytes) -> None:
        """Keep of a set what verifies ES256, public members alone; a set without any is wrong."""
        listed = msgspec.json.decode(document, type=_Jwks).keys
        public = [_PUBLIC | {name: key[name] for name in ("kid", "x", "y")} for key in listed if _usable(key)]
        if not public:
            raise ValueError("The key set holds no ES256 key.")
        self._by_kid = {key["kid"]: ECKey.import_key(key) for key in public}
        self.document = msgspec.json.encode({"keys": public})


class Verifier:
    """Turns a token into a principal, or refuses it."""

    def __init__(self, keys: Keys, *, issuer: str, audience: str = "api", now: Callable[[], float] = time.time) -> None:
        self.keys = keys
        self._issuer = issuer
        self._audience = audience
        self._now = now
        self._known: dict[bytes, tuple[Principal, float]] = {}
        self._known_by: bytes | None = None

    async def principal(self, token: str) -> Principal:
        """Verify `token`; what was verified once is believed for up to a minute, while the key set stays the same."""
        if self._known_by is not self.keys.document or len(self._known) >= CACHED_MAX:
            self._known, self._known_by = {}, self.keys.document
        digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        principal, until = self._known.get(digest, (None, 0.0))
        if principal is None or self._now() >= until:
            principal, expires = await self._verified(token)
            self._known[digest] = (principal, min(self._now() + CACHED_S_MAX, expires))
        return principal

    async def _verified(self, token: str) -> tuple[Principal, float]:
        signature = _extracted(token)
        key = await self.keys.get(signature.headers()["kid"])
        if key is None:
            raise _refused("unknown key")
        try:
            if not jws.validate_compact(signature, key, algorithms=["ES256"]):
                raise _refused("signature")
            claims = msgspec.json.decode(signature.payload, type=_Claims)
        except (JoseError, ValueError, RecursionError) as error:
            raise _refused(type(error).__name__) from error
        self._judge(claims)
        return _principal(claims), float(claims.exp + SKEW_S)

    def _judge(self, claims: _Claims) -> None:
        now = self._now()
        audiences = [claims.aud] if isinstance(claims.aud, str) else claims.aud
        faults = {
            "issuer": claims.iss != self._issuer,
            "audience": self._audience not in audiences,
            "issued in the future": max(claims.iat, claims.nbf) > now + SKEW_S,
            "lifetime": not 0 < claims.exp - claims.iat <= LIFETIME_S_MAX,
            "territory": claims.ter.level != LEVEL_OF[claims.role],
            "scopes": not SCOPES_OF[claims.role].issuperset(claims.scope.split()),
        }
        if fault := next((name for name, found in faults.items() if found), None):
            raise _refused(fault)
        if claims.exp <= now - SKEW_S:
            raise Unauthenticated("The token has expired.", precision="Le jeton a expiré.")


_trusted = cache(partial(httpx.create_ssl_context, trust_env=False))
"""Whom a TLS client believes, read once: one of its own for each fetch holds 0.7 MB that nobody collects for hours."""


async def fetched(url: str) -> bytes:
    """Ask the issuer for its key set; what it answers is not trusted in size, time or kind."""
    async with (
        asyncio.timeout(FETCH_TIMEOUT_S),
        httpx.AsyncClient(timeout=FETCH_TIMEOUT_S, trust_env=False, verify=_trusted()) as client,
        client.stream("GET", url) as answer,
    ):
        if answer.status_code != httpx.codes.OK:
            raise ValueError(f"The issuer answered {answer.status_code}.")
        document = bytearray()
        async for piece in answer.aiter_bytes():
            document += piece
            if len(document) > JWKS_BYTES_MAX:
                raise ValueError("The issuer's key set is too large.")
    return bytes(document)


_COMPACT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


def _extracted(token: str) -> jws.CompactSignature:
    """Take a token apart and look at its header, before any key is chosen."""
    if len(token) > TOKEN_BYTES_MAX or not _COMPACT.fullmatch(token):
        raise _refused("shape")
    try:
        signature = jws.extract_compact(token.encode())
    except (JoseError, ValueError, RecursionError) as error:
        raise _refused("encoding") from error
    header: object = signature.headers()
    if not isinstance(header, dict) or header.keys() != {"alg", "kid", "typ"} or header["alg"] != "ES256":
        raise _refused("header")
    if not isinstance(header["kid"], str) or str(header["typ"]).lower() not in {"at+jwt", "application/at+jwt"}:
        raise _refused("type")
    return signature


def _principal(claims: _Claims) -> Principal:
    return Principal(
        client_id=claims.client_id,
        role=claims.role,
        scopes=frozenset(claims.scope.split()),
        org=claims.org,
        coordination_id=claims.coordination_id,
        territory=Territory(claims.ter.level, frozenset(claims.ter.codes)),
    )


def _refused(reason: str) -> Unauthenticated:
    _log.info("token_refused", reason=reason)
    return Unauthenticated("The token is not valid.", precision="Le jeton n’est pas valide.")


class _Jwks(msgspec.Struct):
    keys: list[dict[str, Any]]


_PUBLIC: dict[str, str] = {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256"}


def _usable(key: Mapping[str, object]) -> bool:
    ours = all(key.get(name, wanted) == wanted for name, wanted in _PUBLIC.items())
    return ours and all(isinstance(key.get(name), str) and key[name] for name in ("kty", "crv", "kid", "x", "y"))


def _write_atomically(file: Path, content: bytes) -> None:
    """Replace a file in one step: readers find the old set or the new one, never half of one."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
        with os.fdopen(handle, "wb") as fresh:
            fresh.write(content)
            os.fsync(fresh.fileno())
        Path(name).replace(file)
    except OSError as error:
        _log.warning("jwks_not_kept", file=str(file), error=type(error).__name__)

"""Tokens that must not be believed, each wrong in one thing only: the rest is as the issuer writes it.

Those that are signed are signed with the house's own key, so that nothing but the one thing can be what is refused.
"""

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from partners.clients.keyfile import KeyFile
from tests.conftest import House

STRANGER = ECKey.generate_key("P-256")
LONG_AGO_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Genuine:
    """A token that is believed, taken apart, and the key that it was signed with."""

    token: str
    key: ECKey
    kid: str

    @property
    def claims(self) -> dict[str, Any]:
        part = self.token.split(".")[1]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return claims

    def anew(self, *, key: ECKey | None = None, typ: str = "at+jwt", **claims: Any) -> str:
        """Sign it again, with something said otherwise."""
        header = {"alg": "ES256", "kid": self.kid, "typ": typ}
        return jwt.encode(header, self.claims | claims, key or self.key, algorithms=["ES256"])


def taken_apart(house: House, token: str) -> Genuine:
    current = KeyFile(house.folder.secrets / "signing-keys.json").ring().current
    return Genuine(token=token, key=current.private, kid=current.kid)


def _unsigned(genuine: Genuine) -> str:
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "at+jwt"}).encode()).rstrip(b"=").decode()
    return f"{header}.{genuine.token.split('.')[1]}."


def _changed(genuine: Genuine) -> str:
    """Say another organisation under the signature of one's own."""
    head, _, seal = genuine.token.split(".")
    other = json.dumps(genuine.claims | {"org": "0191e3a0-0000-7000-8000-000000000000"}).encode()
    return f"{head}.{base64.urlsafe_b64encode(other).rstrip(b'=').decode()}.{seal}"


def _expired(genuine: Genuine) -> str:
    now = int(time.time())
    return genuine.anew(iat=now - LONG_AGO_S, exp=now - LONG_AGO_S + 600)


FORGED: Mapping[str, Callable[[Genuine], str | None]] = MappingProxyType(
    {
        "no token": lambda _: None,
        "expired": _expired,
        "signed with another key": lambda genuine: genuine.anew(key=STRANGER),
        "changed after it was signed": _changed,
        "of another issuer": lambda genuine: genuine.anew(iss="https://elsewhere.example"),
        "not signed at all": _unsigned,
        "of another type": lambda genuine: genuine.anew(typ="JWT"),
        "no token at all": lambda _: "abc.def",
    }
)
"""All refused with 401, at both doors."""


def for_somebody_else(genuine: Genuine) -> str:
    """Make a token of our issuer's for another API: the gateway alone says 403."""
    return genuine.anew(aud=["elsewhere"])

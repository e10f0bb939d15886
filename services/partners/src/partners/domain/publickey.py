"""The public keys of clients that sign their assertions: two kinds, each with a name.  Pure."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from common.errors import Invalid

KEYS_MAX = 4
PublicKey = Mapping[str, str]
"""A JSON Web Key as its client registered it."""

_ALGORITHMS: Mapping[tuple[str | None, str | None], str] = MappingProxyType(
    {("EC", "P-256"): "ES256", ("OKP", "Ed25519"): "Ed25519"}
)


class UnusableKey(Invalid):
    """A key that we would not accept an assertion from."""

    title = "Keys are public ES256 (P-256) or Ed25519 keys, four at most, each with its own kid."
    titre = "Les clés sont des clés publiques ES256 (P-256) ou Ed25519, quatre au plus, chacune avec son kid."


def require_usable(keys: Sequence[PublicKey]) -> None:
    """Refuse keys that are not public, of no kind of ours, or without a name of their own."""
    if len(keys) > KEYS_MAX or len({key.get("kid") for key in keys}) != len(keys):
        raise UnusableKey(pointer="/jwks/keys")
    for n, key in enumerate(keys):
        if (key.get("kty"), key.get("crv")) not in _ALGORITHMS or "d" in key or not key.get("kid"):
            raise UnusableKey(pointer=f"/jwks/keys/{n}")
        _require_on_curve(key, n)


def algorithm(key: PublicKey) -> str:
    """Name the one algorithm that this key verifies; an assertion does not choose."""
    return _ALGORITHMS[key["kty"], key["crv"]]


def verification_key(key: PublicKey) -> ECKey | OKPKey:
    """Read a JSON Web Key that `require_usable` has let in."""
    if key["kty"] == "EC":
        return ECKey.import_key({"kty": "EC", "crv": key["crv"], "x": key["x"], "y": key["y"]})
    return OKPKey.import_key({"kty": "OKP", "crv": key["crv"], "x": key["x"]})


def _require_on_curve(key: PublicKey, n: int) -> None:
    try:
        _ = verification_key(key).public_key
    except (JoseError, KeyError, ValueError, TypeError) as error:
        raise UnusableKey(pointer=f"/jwks/keys/{n}") from error

"""The thirteen bad tokens and their kin, the key set that survives its issuer, and the principal."""

import base64
import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey

from common.contracts.access import Role
from common.tokens import SYSTEM, Keys, NoKeysYet, Principal, Territory, Unauthenticated, Verifier

NOW = 1_800_000_000
ISSUER = "https://api.example.org"
KEY = ECKey.generate_key("P-256", {"kid": "2026-11-a"})
STRANGER = ECKey.generate_key("P-256", {"kid": "2026-11-a"})
RSA = RSAKey.generate_key(2048, {"kid": "2026-11-a"})
HEADER = {"alg": "ES256", "kid": "2026-11-a", "typ": "at+jwt"}
ORG, COORDINATION = uuid4(), uuid4()
CLAIMS = {
    "iss": ISSUER,
    "aud": ["api"],
    "sub": "portal",
    "client_id": "portal",
    "iat": NOW,
    "exp": NOW + 600,
    "jti": "1",
    "scope": "read projects:review",
    "role": "regional_coordinator",
    "org": str(ORG),
    "coordination_id": str(COORDINATION),
    "ter": {"level": "departments", "codes": ["75", "93"]},
}


def key_set(*keys: ECKey | RSAKey) -> bytes:
    return json.dumps({"keys": [{**key.as_dict(private=False), "kid": key.kid} for key in keys]}).encode()


class Issuer:
    """Publishes a key set, or does not; counts who asks."""

    def __init__(self, document: bytes = key_set(KEY)) -> None:
        self.document = document
        self.asked = 0
        self.at = 0.0

    async def fetch(self) -> bytes:
        self.asked += 1
        if not self.document:
            raise OSError
        return self.document

    def keys(self, file: Path | None = None) -> Keys:
        return Keys(self.fetch, file=file, now=lambda: self.at)


def verifier(keys: Keys | None = None, at: float = NOW) -> Verifier:
    return Verifier(keys or Issuer().keys(), issuer=ISSUER, now=lambda: at)


def token(
    claims: dict[str, object] | None = None, header: dict[str, object] | None = None, key: ECKey | RSAKey = KEY
) -> str:
    said = {name: value for name, value in {**CLAIMS, **(claims or {})}.items() if value is not None}
    written = {name: value for name, value in {**HEADER, **(header or {})}.items() if value is not None}
    registry = jws.JWSRegistry(algorithms=[str(written["alg"])], strict_check_header=False)
    return jwt.encode(written, said, key, registry=registry, default_type=None)


def by_hand(header: Mapping[str, object], signature: str = "", mac: bytes = b"") -> str:
    """Write what no library would."""
    said = ".".join(base64url(json.dumps(part).encode()) for part in (header, CLAIMS))
    if mac:
        signature = base64url(hmac.digest(mac, said.encode(), "sha256"))
    return f"{said}.{signature}"


def base64url(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


async def test_a_good_token_says_who_is_calling():
    principal = await verifier().principal(token())
    assert principal == Principal(
        client_id="portal",
        role=Role.REGIONAL_COORDINATOR,
        scopes=frozenset({"read", "projects:review"}),
        org=ORG,
        coordination_id=COORDINATION,
        territory=Territory("departments", frozenset({"75", "93"})),
    )


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt"])
async def test_an_access_token_says_that_it_is_one(typ: str):
    await verifier().principal(token(header={"typ": typ}))


BAD = {
    "expired": token({"iat": NOW - 700, "exp": NOW - 100}),
    "audience": token({"aud": ["other"]}),
    "issuer": token({"iss": "https://evil.example.org"}),
    "typ JWT": token(header={"typ": "JWT"}),
    "no typ": token(header={"typ": None}),
    "unknown kid": token(header={"kid": "2020-01-a"}),
    "no kid": token(header={"kid": None}),
    "forged kid": token(key=STRANGER),
    "no exp": token({"exp": None}),
    "exp is no number": token({"exp": "never"}),
    "two hours": token({"exp": NOW + 7200}),
    "backwards": token({"iat": NOW, "exp": NOW - 1}),
    "from the future": token({"iat": NOW + 60, "exp": NOW + 120}),
    "not before": token({"nbf": NOW + 60}),
    "RS256": token(header={"alg": "RS256"}, key=RSA),
    "HS256 with the public key": by_hand({**HEADER, "alg": "HS256"}, mac=KEY.as_pem(private=False)),
    "none": by_hand({**HEADER, "alg": "none"}),
    "none, with something behind": by_hand({**HEADER, "alg": "none"}, "AAAA"),
    "crit": by_hand({**HEADER, "crit": ["exp"]}, token().rpartition(".")[2]),
    "jwk": token(header={"jwk": STRANGER.as_dict(private=False)}, key=STRANGER),
    "jku": token(header={"jku": "https://evil.example.org/jwks.json"}),
    "other claims behind the signature": by_hand(HEADER, token({"jti": "2"}).rpartition(".")[2]),
    "no role": token({"role": None}),
    "unknown role": token({"role": "king"}),
    "more than the role has": token({"scope": "read operations"}),
    "wider than the role sees": token({"ter": {"level": "national", "codes": []}}),
    "the system": token({"role": "operator", "scope": "", "ter": {"level": "system", "codes": []}}),
    "garbage": "garbage",
    "three times garbage": "a.b.c",
    "header is no object": base64.urlsafe_b64encode(b'"alg"').decode().rstrip("=") + ".e30.AAAA",
    "empty": "",
    "huge": token({"sub": "x" * 5000}),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
async def test_a_bad_token_is_refused(bad: str):
    with pytest.raises(Unauthenticated):
        await verifier().principal(bad)


async def test_a_clock_may_be_half_a_minute_off():
    late = token({"iat": NOW - 620, "exp": NOW - 20})
    await verifier().principal(late)
    await verifier().principal(token({"iat": NOW + 20, "exp": NOW + 600}))


@given(st.text(alphabet=st.characters(max_codepoint=0x2FF), max_size=60))
async def test_no_text_makes_us_fall(text: str):
    header = token().partition(".")[0]
    for tried in (text, f"{text}.{text}.{text}", f"{header}.{text}.{text}"):
        with pytest.raises(Unauthenticated):
            await verifier().principal(tried)


@given(st.integers(0, 10_000), st.integers(1, 255))
async def test_no_changed_byte_is_believed(place: int, change: int):
    """Base64 has spare bits at the end of a part: a change there changes nothing that was signed."""
    good = token()
    parts = [base64.urlsafe_b64decode(part + "==") for part in good.split(".")]
    which = place % 3
    part = bytearray(parts[which])
    part[place % len(part)] ^= change
    parts[which] = bytes(part)
    changed = ".".join(map(base64url, parts))
    with pytest.raises(Unauthenticated):
        await verifier().principal(changed)


# --------------------------------------------------------------------------------------------------- the key set


async def test_two_hundred_unknown_keys_cause_one_fetch_in_thirty_seconds():
    issuer = Issuer()
    keys = issuer.keys()
    await keys.refresh()
    asked = issuer.asked
    issuer.at = 31
    for n in range(200):
        with pytest.raises(Unauthenticated):
            await verifier(keys).principal(token(header={"kid": f"k{n}"}))
    assert issuer.asked == asked + 1


async def test_a_new_key_is_believed_as_soon_as_it_is_published():
    issuer = Issuer()
    keys = issuer.keys()
    await verifier(keys).principal(token())
    following = ECKey.generate_key("P-256", {"kid": "2026-12-a"})
    issuer.document, issuer.at = key_set(KEY, following), 31
    await verifier(keys).principal(token(header={"kid": "2026-12-a"}, key=following))


@pytest.mark.parametrize(
    "document", [b"", b"<html>", b"{}", b'{"keys": []}', b"[" * 5000, key_set(RSA), b'{"keys": 1}']
)
async def test_a_bad_set_never_replaces_a_good_one(document: bytes):
    issuer = Issuer()
    keys = issuer.keys()
    await keys.refresh()
    issuer.document = document
    await keys.refresh()
    await verifier(keys).principal(token())


async def test_a_withdrawn_key_is_no_longer_believed_even_for_a_token_seen_before():
    issuer = Issuer()
    seen = verifier(issuer.keys())
    await seen.principal(token())
    issuer.document = key_set(ECKey.generate_key("P-256", {"kid": "2026-12-a"}))
    await seen.keys.refresh()
    with pytest.raises(Unauthenticated):
        await seen.principal(token())


async def test_who_never_had_a_set_answers_not_now():
    with pytest.raises(NoKeysYet):
        await verifier(Issuer(b"").keys()).principal(token())
    with pytest.raises(Unauthenticated):
        await verifier(Issuer(b"").keys()).principal("garbage")


async def test_the_last_good_set_outlives_the_process(tmp_path: Path):
    file = tmp_path / "deep" / "jwks.json"
    await Issuer().keys(file).refresh()
    assert [path.name for path in file.parent.iterdir()] == ["jwks.json"]
    await verifier(Issuer(b"").keys(file)).principal(token())


@pytest.mark.parametrize(
    "content", [b"", b"{", key_set(RSA), b'{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"A","y":"A"}]}']
)
async def test_a_broken_file_is_no_set(tmp_path: Path, content: bytes):
    file = tmp_path / "jwks.json"
    file.write_bytes(content)
    with pytest.raises(NoKeysYet):
        await verifier(Issuer(b"").keys(file)).principal(token())


async def test_what_is_passed_on_holds_no_private_member():
    careless = json.dumps({"keys": [{**KEY.as_dict(private=True), "kid": KEY.kid}]}).encode()
    keys = Issuer(careless).keys()
    await keys.refresh()
    assert keys.document is not None
    assert set(json.loads(keys.document)["keys"][0]) == {"kty", "crv", "use", "alg", "kid", "x", "y"}


# ---------------------------------------------------------------------------------------------------- the minute


async def test_a_token_is_verified_once_and_never_believed_after_its_end():
    at = float(NOW)
    seen = Verifier(Issuer().keys(), issuer=ISSUER, now=lambda: at)
    await seen.keys.refresh()
    short = token({"exp": NOW + 10})
    first = await seen.principal(short)
    assert await seen.principal(short) is first
    at = NOW + 41.0
    with pytest.raises(Unauthenticated) as refusal:
        await seen.principal(short)
    assert refusal.value.detail == "The token has expired."


# ------------------------------------------------------------------------------------------------- the principal


def test_a_principal_is_said_to_the_database_as_json():
    said = json.loads(SYSTEM.as_setting())
    assert said == {
        "role": "operator",
        "level": "system",
        "codes": [],
        "org": str(UUID(int=0)),
        "coordination_id": None,
        "scopes": [],
    }

"""Tokens that every service believes, assertions that we believe, and the many that we do not."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey

from common.contracts.access import SCOPES_OF, Role
from common.tokens import Keys, Verifier
from partners.domain.keys import KeyRing, Place, TooEarlyToRotate
from partners.domain.token import Grant, OAuthRefusal, believed, claimed_client, issue, narrowed

NOW = datetime.now(UTC).replace(microsecond=0)
ISSUER = "https://api.passeurs.example"
RING = KeyRing.first(ECKey.generate_key("P-256"), ECKey.generate_key("P-256"), at=NOW)
MINE = ECKey.generate_key("P-256")
EDWARDS = OKPKey.generate_key("Ed25519")
REGISTERED = [
    {**MINE.as_dict(private=False), "kid": "mine"},
    {**EDWARDS.as_dict(private=False), "kid": "edwards"},
]


def a_grant(**changes):
    given: dict[str, Any] = {
        "client_id": "c-1",
        "role": Role.REGIONAL_COORDINATOR,
        "scopes": SCOPES_OF[Role.REGIONAL_COORDINATOR],
        "org": UUID(int=1),
        "coordination_id": UUID(int=2),
        "codes": ("86", "16"),
    }
    return Grant(**(given | changes))


def issued(grant, **changes):
    given: dict[str, Any] = {"key": RING.current, "issuer": ISSUER, "audience": "api", "at": NOW, "jti": UUID(int=9)}
    return issue(grant, **(given | changes))


async def principal(token):
    async def published():
        return msgspec.json.encode(RING.public())

    keys = Keys(published)
    await keys.refresh()
    return await Verifier(keys, issuer=ISSUER).principal(token)


async def test_what_we_issue_is_believed_by_every_service():
    who = await principal(issued(a_grant()))
    assert (who.client_id, who.role, who.org, who.coordination_id) == (
        "c-1",
        Role.REGIONAL_COORDINATOR,
        UUID(int=1),
        UUID(int=2),
    )
    assert who.territory.level == "departments"
    assert who.territory.codes == {"86", "16"}
    assert who.scopes == SCOPES_OF[Role.REGIONAL_COORDINATOR]


@pytest.mark.parametrize("role", list(Role))
async def test_every_role_can_be_issued(role):
    who = await principal(issued(a_grant(role=role, scopes=SCOPES_OF[role], coordination_id=None, codes=())))
    assert (who.role, who.coordination_id) == (role, None)


def test_a_token_names_its_key_its_type_and_ten_minutes():
    token = jwt.decode(issued(a_grant()), RING.current.private, algorithms=["ES256"])
    assert token.header == {"alg": "ES256", "kid": RING.current.kid, "typ": "at+jwt"}
    assert token.claims["exp"] - token.claims["iat"] == 600
    assert token.claims["aud"] == ["api"]


def test_scopes_narrow_and_never_widen():
    held = frozenset({"read", "funding:own"})
    assert narrowed(None, held) == held
    assert narrowed(" ", held) == held
    assert narrowed("read", held) == {"read"}
    with pytest.raises(OAuthRefusal) as refused:
        narrowed("read clients:manage", held)
    assert refused.value.error == "invalid_scope"


# --------------------------------------------------------------------------------------------- client assertions

HEADER = {"alg": "ES256", "typ": "client-authentication+jwt", "kid": "mine"}
EXP = int(NOW.timestamp()) + 60
CLAIMS: dict[str, Any] = {"iss": "c-1", "sub": "c-1", "aud": ISSUER, "jti": "once", "exp": EXP, "iat": EXP - 60}


def signed(header=HEADER, claims=CLAIMS, key=MINE):
    return jwt.encode(header, claims, key, algorithms=[header["alg"]])


def judged(assertion, keys=REGISTERED):
    return believed(assertion, client_id="c-1", keys=keys, issuer=ISSUER, at=NOW)


def test_an_assertion_signed_with_a_registered_key_is_believed():
    assertion = judged(signed())
    assert (assertion.client_id, assertion.jti) == ("c-1", "once")
    assert assertion.expires_at >= CLAIMS["exp"]
    assert claimed_client(signed()) == "c-1"


def test_so_is_one_signed_with_an_edwards_key():
    header = {"alg": "Ed25519", "typ": "client-authentication+jwt", "kid": "edwards"}
    assert judged(signed(header, key=EDWARDS)).jti == "once"


BAD_CLAIMS: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "c-2"},
    "another subject": {"sub": "c-2"},
    "audience in an array": {"aud": [ISSUER]},
    "audience among others": {"aud": [ISSUER, "https://elsewhere.example"]},
    "the token endpoint as audience": {"aud": f"{ISSUER}/oauth/token"},
    "no audience": {"aud": None},
    "no jti": {"jti": None},
    "empty jti": {"jti": ""},
    "jti of another kind": {"jti": 7},
    "long jti": {"jti": "x" * 129},
    "no end": {"exp": None},
    "end of another kind": {"exp": "tomorrow"},
    "an end that is true": {"exp": True},
    "expired": {"exp": CLAIMS["exp"] - 120},
    "too long a life": {"exp": CLAIMS["exp"] + 3600},
    "made in the future": {"iat": CLAIMS["exp"] + 3600},
    "not yet valid": {"nbf": CLAIMS["exp"] + 3600},
    "made at no time": {"iat": "now"},
}


@pytest.mark.parametrize("change", BAD_CLAIMS.values(), ids=BAD_CLAIMS.keys())
def test_an_assertion_with_wrong_claims_is_not(change):
    claims = {name: value for name, value in (CLAIMS | change).items() if value is not None}
    refuse(signed(claims=claims))


@pytest.mark.parametrize(
    "header",
    [
        HEADER | {"typ": "JWT"},
        HEADER | {"typ": "at+jwt"},
        HEADER | {"kid": "theirs"},
        {name: value for name, value in HEADER.items() if name != "kid"},
    ],
)
def test_an_assertion_with_a_wrong_header_is_not(header):
    refuse(signed(header))


def test_an_assertion_of_another_key_or_algorithm_is_not():
    refuse(signed(key=ECKey.generate_key("P-256")))
    refuse(signed({**HEADER, "kid": "edwards"}))
    unsigned = ".".join([*signed().split(".")[:2], ""])
    refuse(unsigned)


def test_a_client_without_keys_cannot_sign():
    with pytest.raises(OAuthRefusal):
        judged(signed(), keys=[])


@pytest.mark.parametrize("garbage", ["", "a.b.c", "...", "é.é.é", "eyJhbGciOiJub25lIn0.e30.", "a" * 10_000])
def test_garbage_is_refused_like_everything_else(garbage):
    refuse(garbage)
    with pytest.raises(OAuthRefusal) as refused:
        claimed_client(garbage)
    assert refused.value.error == "invalid_client"


def refuse(assertion):
    with pytest.raises(OAuthRefusal) as refused:
        judged(assertion)
    assert (refused.value.error, refused.value.status) == ("invalid_client", 401)
    assert str(refused.value) == "The client could not be authenticated."


# ------------------------------------------------------------------------------------------------- signing keys


def test_a_ring_survives_its_file_and_publishes_nothing_private():
    again = KeyRing.loaded(RING.dumped())
    assert [key.kid for key in again.keys] == [key.kid for key in RING.keys]
    assert again.current.private.as_dict(private=True)["d"] == RING.current.private.as_dict(private=True)["d"]
    assert all(key.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"} for key in again.public()["keys"])


def test_the_next_key_signs_and_the_current_one_stays_published():
    later = NOW + timedelta(days=90)
    rotated = RING.rotated(ECKey.generate_key("P-256"), at=later)
    assert [key.place for key in rotated.keys] == [Place.NEXT, Place.CURRENT, Place.PREVIOUS]
    assert rotated.current.kid == RING.keys[0].kid
    assert rotated.keys[2].kid == RING.current.kid
    assert len(rotated.rotated(ECKey.generate_key("P-256"), at=later + timedelta(days=90)).keys) == 3


def test_a_key_that_not_everybody_has_seen_does_not_sign():
    with pytest.raises(TooEarlyToRotate):
        RING.rotated(ECKey.generate_key("P-256"), at=NOW + timedelta(minutes=19))


def test_an_emergency_drops_the_current_key_at_once():
    rotated = RING.rotated(ECKey.generate_key("P-256"), at=NOW, emergency=True)
    assert [key.place for key in rotated.keys] == [Place.NEXT, Place.CURRENT]
    assert RING.current.kid not in {key.kid for key in rotated.keys}

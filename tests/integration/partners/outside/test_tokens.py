"""The token endpoint: three ways in, and every way of not getting in."""

import base64
import json
import time
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey

from common.contracts.access import LEVEL_OF, SCOPES_OF, Role
from common.tokens import Keys, Verifier
from partners.clients.keyfile import KeyFile
from tests.integration.partners.outside.house import ISSUER, OPERATOR_SECRET, ask

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def assertion(key: Any, client_id: str, **changes: Any) -> dict[str, str]:
    now = int(time.time())
    claims = {"iss": client_id, "sub": client_id, "aud": ISSUER, "jti": str(uuid4()), "iat": now, "exp": now + 50}
    alg = "ES256" if isinstance(key, ECKey) else "Ed25519"
    header = {"alg": alg, "typ": "client-authentication+jwt", "kid": "k"}
    token = jws.serialize_compact(header, json.dumps(claims | changes), key, algorithms=[alg])
    return {"client_assertion_type": ASSERTION, "client_assertion": token}


def jwks(key: Any) -> dict[str, Any]:
    return {"keys": [{**key.as_dict(private=False), "kid": "k"}]}


async def verified(house, answer):
    async def published():
        return (await house.http.get("/.well-known/jwks.json")).content

    keys = Keys(published)
    await keys.refresh()
    return await Verifier(keys, issuer=ISSUER).principal(answer.json()["access_token"])


async def refused(answer, error="invalid_client", status=401):
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["code"] == error.replace("_", "-")
    return answer


async def test_the_operator_of_the_settings_comes_in_by_basic_and_by_form(house):
    by_basic = await ask(house.http, {}, auth=("operator", OPERATOR_SECRET))
    by_form = await ask(house.http, {"client_id": "operator", "client_secret": OPERATOR_SECRET})
    for answer in (by_basic, by_form):
        assert answer.status_code == 200
        said = answer.json()
        assert (said["token_type"], said["expires_in"], said["scope"]) == ("Bearer", 600, "clients:manage operations")
        assert answer.headers["cache-control"] == "no-store"
        assert (await verified(house, answer)).role is Role.OPERATOR


@pytest.mark.parametrize("key", [ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519")], ids=["ec", "ed"])
async def test_a_client_with_a_key_of_its_own_signs(house, key):
    answer = await house.register(Role.FUNDER, jwks=jwks(key))
    client_id = answer.json()["client_id"]
    assert "client_secret" not in answer.json()
    got = await ask(house.http, assertion(key, client_id))
    who = await verified(house, got)
    assert (who.client_id, str(who.org)) == (client_id, answer.json()["organisation_id"])
    named = await ask(house.http, {"client_id": client_id, **assertion(key, client_id)})
    assert named.status_code == 200
    await refused(await ask(house.http, {"client_id": "operator", **assertion(key, client_id)}))


async def test_an_assertion_is_good_once(house):
    key = ECKey.generate_key("P-256")
    client_id = (await house.register(Role.FUNDER, jwks=jwks(key))).json()["client_id"]
    form = assertion(key, client_id)
    assert (await ask(house.http, form)).status_code == 200
    await refused(await ask(house.http, form))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": [ISSUER]},
        {"aud": f"{ISSUER}/oauth/token"},
        {"sub": "operator"},
        {"exp": int(time.time()) + 3600},
        {"exp": int(time.time()) - 3600},
        {"jti": ""},
        {"jti": "\x00"},
        {"jti": "\ud800"},
    ],
)
async def test_an_assertion_with_a_wrong_claim_opens_nothing(house, changes):
    key = ECKey.generate_key("P-256")
    client_id = (await house.register(Role.FUNDER, jwks=jwks(key))).json()["client_id"]
    await refused(await ask(house.http, assertion(key, client_id, **changes)))


UNSPEAKABLE = [
    *(rb'{"iss":"\ud800"}', rb'{"iss":"\u0000"}', b'{"iss":"\xff"}', rb'{"iss":"\u00e9"}', b'{"iss":""}'),
    *(b'{"iss":"' + b"x" * 65 + b'"}', b'{"iss":["x"]}', b'{"iss":null}', b"[]", b'"iss"', b"1", b"[" * 2_000, b""),
]


def unsigned(payload: bytes, header: bytes = b'{"alg":"ES256"}') -> dict[str, str]:
    """Write an assertion as a stranger can: of anything, signed by nobody."""
    parts = (base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (header, payload, b"x" * 64))
    return {"client_assertion_type": ASSERTION, "client_assertion": ".".join(parts)}


@pytest.mark.parametrize(
    "header",
    [
        *(b"", b"[]", b"null", b"1", b'"ES256"', b"{}", b"[" * 2_000, b"\xff", b'{"alg":"none"}', b'{"alg":["ES256"]}'),
        *(b'{"alg":{}}', b'{"alg":null}', b'{"alg":"ES256","kid":["k"]}', rb'{"alg":"ES256","kid":"\ud800"}'),
        *(b'{"alg":"ES256","crit":"x"}', b'{"alg":"ES256","crit":["b64"],"b64":false}', b'{"alg":"ES256","jwk":1}'),
        *(b'{"alg":"ES256","typ":[]}', b'{"alg":"ES256","cty":{}}', b'{"alg":"ES256","zip":"DEF"}', b'{"alg":"HS256"}'),
    ],
)
async def test_no_head_of_an_assertion_brings_us_down(house, header):
    await refused(await ask(house.http, unsigned(b'{"iss":"nobody"}', header)))


async def test_a_stranger_learns_nothing(house):
    """Unknown, wrong, revoked, without a key, without a secret: one answer."""
    known = await house.partner(Role.FUNDER)
    keyed = (await house.register(Role.FUNDER, jwks=jwks(ECKey.generate_key("P-256")))).json()["client_id"]
    stranger = ECKey.generate_key("P-256")
    tries = [
        await ask(house.http, {}, auth=("nobody", "x")),
        await ask(house.http, {}, auth=(known.client_id, "x")),
        await ask(house.http, {}, auth=(known.client_id, "")),
        await ask(house.http, {}, auth=(keyed, "x")),
        await ask(house.http, {"client_id": known.client_id, "client_secret": "x"}),
        await ask(house.http, {"client_id": known.client_id}),
        await ask(house.http, {}),
        await ask(house.http, assertion(stranger, "nobody")),
        await ask(house.http, assertion(stranger, known.client_id)),
        await ask(house.http, assertion(stranger, keyed)),
        await ask(house.http, {"client_assertion_type": ASSERTION, "client_assertion": "not.a.token"}),
        *[await ask(house.http, unsigned(said)) for said in UNSPEAKABLE],
        await ask(house.http, {}, headers={"authorization": "Basic !!!"}),
        await ask(house.http, {}, headers={"authorization": "Bearer x"}),
        await ask(house.http, {}, headers={"authorization": "Basic " + base64.b64encode(b"\x00:\x00").decode()}),
    ]
    bodies = {(await refused(answer)).text for answer in tries}
    assert len(bodies) == 1


async def test_basic_is_challenged_as_basic(house):
    answer = await ask(house.http, {}, auth=("nobody", "x"))
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert "www-authenticate" not in (await ask(house.http, {"client_id": "x", "client_secret": "y"})).headers


async def test_an_id_and_a_secret_are_form_encoded_in_basic(house):
    partner = await house.partner(Role.FUNDER)
    encoded = "".join(f"%{byte:02x}" for byte in partner.secret.encode())
    assert (await ask(house.http, {}, auth=(partner.client_id, encoded))).status_code == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ("grant_type=password&username=a&password=b", "unsupported_grant_type"),
        ("grant_type=authorization_code&code=x", "unsupported_grant_type"),
        ("", "invalid_request"),
        ("scope=read", "invalid_request"),
        ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        ("grant_type=client_credentials&client_id=a&client_secret=b&client_assertion=c", "invalid_request"),
        ("grant_type=client_credentials&client_assertion=c", "invalid_request"),
        ("grant_type=client_credentials&client_assertion_type=x&client_assertion=c", "invalid_request"),
        ("grant_type=client_credentials&client_id=%00&client_secret=b", "invalid_request"),
        ("grant_type=client_credentials&client_id=%ff&client_secret=b", "invalid_request"),
        ("grant_type=client_credentials&x=" + "y" * 20_000, "invalid_request"),
        ("&".join(f"f{n}=1" for n in range(30)), "invalid_request"),
    ],
)
async def test_a_form_that_cannot_be_granted(house, form, error):
    headers = {"content-type": "application/x-www-form-urlencoded"}
    await refused(await house.http.post("/oauth/token", content=form, headers=headers), error, 400)


async def test_two_proofs_at_once_are_refused(house):
    answer = await ask(house.http, {"client_secret": "x"}, auth=("operator", OPERATOR_SECRET))
    await refused(answer, "invalid_request", 400)


async def test_a_token_request_is_a_form(house):
    for content_type in ("application/json", "multipart/form-data; boundary=x", ""):
        headers = {"content-type": content_type}
        answer = await house.http.post("/oauth/token", content=b"grant_type=client_credentials", headers=headers)
        await refused(answer, "invalid_request", 400)


async def test_scopes_narrow_and_never_widen(house):
    partner = await house.collectivity()
    auth = (partner.client_id, partner.secret)
    less = await ask(house.http, {"scope": "events:read read"}, auth=auth)
    assert (await verified(house, less)).scopes == {"events:read", "read"}
    await refused(await ask(house.http, {"scope": "read clients:manage"}, auth=auth), "invalid_scope", 400)


async def test_every_role_gets_its_scopes_and_its_territory(house):
    for role in Role:
        if role is Role.OPERATOR:
            continue
        more: dict[str, Any] = {}
        if role in (Role.REGIONAL_COORDINATOR, Role.COMMITTEE_SECRETARY, Role.COMMITTEE_MEMBER):
            more |= await house.coordinating()
        elif LEVEL_OF[role] == "departments":
            more["codes"] = ["86", "79"]
        elif LEVEL_OF[role] == "municipalities":
            more["codes"] = ["86194"]
        partner = await house.partner(role, **more)
        who = await verified(house, await ask(house.http, {}, auth=(partner.client_id, partner.secret)))
        assert (who.role, who.org, who.scopes, who.territory.level) == (
            role,
            partner.org,
            SCOPES_OF[role],
            LEVEL_OF[role],
        )
        assert who.territory.codes == (frozenset(more.get("codes", ())) if "codes" in more else _inherited(more))
        assert (who.coordination_id == house.coordination_id) == ("coordination_id" in more)


def _inherited(more: dict[str, Any]) -> frozenset[str]:
    return frozenset({"86"}) if "coordination_id" in more else frozenset()


async def test_the_issuer_describes_itself(house):
    said = (await house.http.get("/.well-known/oauth-authorization-server")).json()
    assert said["issuer"] == ISSUER
    assert said["token_endpoint"] == f"{ISSUER}/oauth/token"
    assert set(said["scopes_supported"]) == frozenset().union(*SCOPES_OF.values())
    keys = (await house.http.get("/.well-known/jwks.json")).json()["keys"]
    assert len(keys) == 2
    assert all("d" not in key and key["use"] == "sig" for key in keys)


async def test_after_a_rotation_old_and_new_tokens_are_believed(house, settings):
    before = await ask(house.http, {}, auth=("operator", OPERATOR_SECRET))
    old = KeyFile(settings.signing_keys_file).ring()
    settings.signing_keys_file.write_text(_aged(old.dumped()))
    KeyFile(settings.signing_keys_file).rotate()
    after = await ask(house.http, {}, auth=("operator", OPERATOR_SECRET))
    kids = [_kid(answer) for answer in (before, after)]
    assert kids == [old.current.kid, old.keys[0].kid]
    for answer in (before, after):
        assert (await verified(house, answer)).client_id == "operator"


def _aged(ring: str) -> str:
    members = msgspec.json.decode(ring)
    for key in members["keys"]:
        key["since"] = "2026-01-01T00:00:00+00:00"
    return msgspec.json.encode(members).decode()


def _kid(answer: Any) -> str:
    head = answer.json()["access_token"].partition(".")[0]
    kid: str = msgspec.json.decode(base64.urlsafe_b64decode(head + "=="))["kid"]
    return kid

"""API clients: registered, changed, given new secrets, revoked; by operators and nobody else."""

import asyncio
from uuid import UUID, uuid4

import msgspec
import pytest
from joserfc.jwk import ECKey

from common.contracts.access import Role
from common.contracts.partners import AccessGrantState
from common.tokens import SYSTEM, TOKEN_BYTES_MAX
from partners.clients.keyfile import KeyFile
from partners.commands.clients import OPERATOR
from partners.domain.cloudevent import short_type
from partners.main import api, keys
from partners.store import clients
from tests.integration.partners.outside.house import Partner, ask, problem


async def lets_in(partner: Partner, secret: str) -> bool:
    return (await ask(partner.http, {}, auth=(partner.client_id, secret))).status_code == 200


async def test_a_secret_is_shown_once_and_kept_as_a_fingerprint(house):
    answer = await house.register(Role.FUNDER)
    said = answer.json()
    assert answer.headers["location"] == f"/v1/api-clients/{said['client_id']}"
    assert answer.headers["etag"] == '"v1"'
    assert said["client_secret"].startswith(f"pis_{said['secrets'][0]['id']}_")
    read = await house.operator.get(answer.headers["location"])
    assert {**read.json(), "client_secret": said["client_secret"]} == said
    kept = await house.administrator.fetch("SELECT encode(body, 'escape') FROM partners.idempotency")
    secrets = await house.administrator.fetch("SELECT s::text FROM partners.api_client_secret s")
    assert said["client_secret"] not in str([*kept, *secrets])


async def test_the_same_key_gives_the_same_secret_again(house):
    body = {"name": "Portal", "role": "funder", "organisation_id": str(await house.organisation())}
    key = str(uuid4())
    first = await house.operator.post("/v1/api-clients", body, key=key)
    again = await house.operator.post("/v1/api-clients", body, key=key)
    assert (again.status_code, again.text) == (201, first.text)
    other = await house.operator.post("/v1/api-clients", body | {"name": "Other"}, key=key)
    assert problem(other) == (422, "key-reused")
    without = await house.http.post("/v1/api-clients", json=body, headers=await house.operator.bearer())
    assert problem(without) == (400, "idempotency-key-required")


async def test_of_five_at_once_one_client_is_made(house):
    body = {"name": "Portal", "role": "funder", "organisation_id": str(await house.organisation())}
    same, key = [str(uuid4()) for _ in range(5)], str(uuid4())
    answers = await asyncio.gather(*(house.operator.post("/v1/api-clients", body, key=one) for one in same))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    body["organisation_id"] = str(await house.organisation())
    answers = await asyncio.gather(*(house.operator.post("/v1/api-clients", body, key=key) for _ in range(5)))
    assert {(answer.status_code, answer.text) for answer in answers} == {(201, answers[0].text)}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"role": "funder", "codes": ["86"]}, (422, "territory-mismatch", "/codes")),
        ({"role": "collectivity_system"}, (422, "territory-mismatch", "/codes")),
        ({"role": "collectivity_system", "codes": ["86194", "99999"]}, (422, "territory-mismatch", "/codes/1")),
        ({"role": "collectivity_system", "codes": ["86"]}, (422, "territory-mismatch", "/codes/0")),
        ({"role": "drac_adviser", "codes": ["33"]}, (422, "territory-mismatch", "/codes/0")),
        ({"role": "regional_coordinator"}, (422, "coordination-mismatch", "/coordination_id")),
        (
            {"role": "regional_coordinator", "coordination_id": str(uuid4())},
            (422, "coordination-mismatch", "/coordination_id"),
        ),
        (
            {"role": "committee_member", "coordination_id": str(uuid4())},
            (422, "coordination-mismatch", "/coordination_id"),
        ),
        ({"role": "funder", "coordination_id": str(uuid4())}, (422, "coordination-mismatch", "/coordination_id")),
        ({"role": "operator"}, (422, "role-not-registrable", "/role")),
        ({"role": "emperor"}, (422, "enum", "/role")),
        ({"role": "funder", "organisation_id": str(uuid4())}, (422, "unknown-organisation", "/organisation_id")),
        ({"role": "funder", "colour": "red"}, (422, "extra-forbidden", "/colour")),
        ({"role": "funder", "jwks": {"keys": [{"kty": "RSA"}]}}, (422, "literal-error", "/jwks/keys/0/kty")),
    ],
)
async def test_a_registration_that_cannot_be(house, body, said):
    status, code, pointer = said
    answer = await house.register(body.pop("role"), **body)
    assert answer.status_code == status
    assert (code, pointer) in {(error["code"], error.get("pointer")) for error in answer.json()["errors"]}


async def test_who_was_never_asked_for_a_number_files_no_projects(house):
    """R29 is asked of the role: an organisation without it may have neither SIRET nor RNA number."""
    association = await house.organisation("host_of_public")
    refused = await house.register(Role.PROJECT_HOLDER, organisation_id=str(association))
    assert problem(refused) == (422, "not-a-project-holder")
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/organisation_id"]
    assert (await house.register(Role.FUNDER, organisation_id=str(association))).status_code == 201
    holder = await house.organisation("host_of_public", "project_holder")
    assert (await house.register(Role.PROJECT_HOLDER, organisation_id=str(holder))).status_code == 201


async def test_a_coordinator_is_let_into_its_own_coordination_only(house):
    """One wrong id would open the files of another coordination."""
    coordination = {"coordination_id": str(house.coordination_id)}
    refused = await house.register(Role.REGIONAL_COORDINATOR, **coordination)
    assert problem(refused) == (422, "coordination-mismatch")
    assert refused.json()["detail"] == "Cette coordination est celle d’un autre organisme."
    assert (await house.register(Role.COMMITTEE_MEMBER, **coordination)).status_code == 201


async def test_a_key_with_its_private_part_is_refused(house):
    key = {**ECKey.generate_key("P-256").as_dict(private=True), "kid": "k"}
    answer = await house.register(Role.FUNDER, jwks={"keys": [key]})
    assert answer.status_code == 422


async def test_two_secrets_live_while_one_replaces_the_other(house):
    partner = await house.partner(Role.FUNDER)
    path = f"/v1/api-clients/{partner.client_id}"
    rotated = await house.operator.post(f"{path}/secret/rotate", {}, match=1)
    new = rotated.json()["client_secret"]
    assert [await lets_in(partner, one) for one in (partner.secret, new)] == [True, True]
    emergency = await house.operator.post(f"{path}/secret/rotate", {"overlap": "PT0S"}, match=rotated)
    newest = emergency.json()["client_secret"]
    assert [await lets_in(partner, one) for one in (partner.secret, new, newest)] == [False, False, True]
    assert len((await house.operator.get(path)).json()["secrets"]) == 1
    too_long = await house.operator.post(f"{path}/secret/rotate", {"overlap": "P8D"}, match=emergency)
    assert too_long.status_code == 422


async def test_a_change_names_the_version_it_was_decided_on(house):
    partner = await house.collectivity("86194")
    path = f"/v1/api-clients/{partner.client_id}"
    assert problem(await house.operator.post(f"{path}/change", {"name": "x"})) == (428, "precondition-required")
    changed = await house.operator.post(f"{path}/change", {"codes": ["86041"]}, match=1)
    assert (changed.status_code, changed.json()["codes"], changed.json()["version"]) == (200, ["86041"], 2)
    assert problem(await house.operator.post(f"{path}/change", {"name": "x"}, match=1)) == (412, "precondition-failed")
    assert problem(await house.operator.post(f"{path}/change", {"codes": []}, match=2)) == (422, "territory-mismatch")


async def test_a_revoked_client_is_out_and_makes_room_for_another(house):
    partner = await house.partner(Role.FUNDER)
    path = f"/v1/api-clients/{partner.client_id}"
    taken = await house.register(Role.FUNDER, organisation_id=str(partner.org))
    assert problem(taken) == (409, "client-exists")
    revoked = await house.operator.post(f"{path}/revoke", match=1)
    assert revoked.json()["revoked_at"] is not None
    assert not await lets_in(partner, partner.secret)
    assert problem(await house.operator.post(f"{path}/secret/rotate", {}, match=revoked)) == (409, "client-revoked")
    assert (await house.register(Role.FUNDER, organisation_id=str(partner.org))).status_code == 201


async def test_others_are_told_what_a_client_may_do_each_change_of_it_and_its_end(house):
    partner = await house.collectivity("86194")
    path = f"/v1/api-clients/{partner.client_id}"
    renamed = await house.operator.post(f"{path}/change", {"name": "Ville"}, match=1)
    rotated = await house.operator.post(f"{path}/secret/rotate", {}, match=renamed)
    moved = await house.operator.post(f"{path}/change", {"codes": ["86041"]}, match=rotated)
    await house.operator.post(f"{path}/revoke", match=moved)
    said = await told(house, partner.client_id)
    assert [(version, short_type(kind)) for version, kind, _ in said if "state" not in kind] == [
        (1, "access_grant.given"),
        (2, "access_grant.changed"),
        (3, "access_grant.revoked"),
    ]
    states = [msgspec.json.decode(value, type=AccessGrantState) for _, kind, value in said if "state" in kind]
    assert [(one.version, one.codes, one.revoked_at is None) for one in states] == [
        (1, ("86194",), True),
        (2, ("86041",), True),
        (3, ("86041",), False),
    ]
    assert (states[0].id, states[0].role, states[0].organisation_id) == (
        UUID(partner.client_id),
        "collectivity_system",
        partner.org,
    )


async def told(house, client_id):
    """List what is on its way to others about a client: versions, types and values, in their order."""
    rows = await house.administrator.fetch(
        "SELECT version, type, value FROM partners.outbox WHERE key = $1 ORDER BY seq", client_id
    )
    return [(row["version"], row["type"], row["value"]) for row in rows]


async def test_of_secrets_and_keys_nothing_is_announced(house):
    key = {**ECKey.generate_key("P-256").as_dict(private=False), "kid": "the one"}
    by_key = (await house.register(Role.FUNDER, jwks={"keys": [key]})).json()
    by_secret = await house.partner(Role.FUNDER)
    secret_id = (await house.operator.get(f"/v1/api-clients/{by_secret.client_id}")).json()["secrets"][0]["id"]
    said = str([*await told(house, by_key["client_id"]), *await told(house, by_secret.client_id)])
    assert said.count("access_grant.given") == 2
    assert not [one for one in (key["x"], "the one", by_secret.secret, secret_id, "A funder") if str(one) in said]


async def test_whoever_was_let_in_by_an_earlier_release_is_told_of_once_however_many_start(house, settings):
    """A release before this one writes no grants: what it has written is told of when this one starts."""
    there, gone = await house.partner(Role.FUNDER), await house.partner(Role.FUNDER)
    await house.operator.post(f"/v1/api-clients/{gone.client_id}/revoke", match=1)
    for client_id in (there.client_id, gone.client_id):
        await house.administrator.execute("DELETE FROM partners.outbox WHERE key = $1", client_id)
        await house.administrator.execute("DELETE FROM partners.access_grant WHERE id = $1", UUID(client_id))
    await asyncio.gather(*(_started(settings) for _ in range(3)))
    facts = [short_type(kind) for _, kind, _ in await told(house, there.client_id)]
    assert facts == ["access_grant.given", "access_grant.state"]
    facts = [short_type(kind) for _, kind, _ in await told(house, gone.client_id)]
    assert facts == ["access_grant.given", "access_grant.revoked", "access_grant.state"]
    assert await told(house, OPERATOR) == []


async def _started(settings):
    app = api(settings)
    async with app.router.lifespan_context(app):
        pass


async def test_a_client_of_an_earlier_release_is_told_of_when_it_is_changed(house):
    partner = await house.partner(Role.FUNDER)
    await house.administrator.execute("DELETE FROM partners.outbox WHERE key = $1", partner.client_id)
    await house.administrator.execute("DELETE FROM partners.access_grant WHERE id = $1", UUID(partner.client_id))
    await house.operator.post(f"/v1/api-clients/{partner.client_id}/revoke", match=1)
    facts = [short_type(kind) for _, kind, _ in await told(house, partner.client_id)]
    assert facts == ["access_grant.given", "access_grant.revoked", "access_grant.state"]


async def test_clients_are_listed_by_pages(house):
    org = str(await house.organisation("project_holder"))
    for role in (Role.FUNDER, Role.DASHBOARD, Role.PROJECT_HOLDER):
        await house.register(role, organisation_id=org)
    first = (await house.operator.get("/v1/api-clients", organisation_id=org, limit=2)).json()
    rest = (await house.operator.get("/v1/api-clients", organisation_id=org, limit=2, after=first["next"])).json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    assert problem(await house.operator.get("/v1/api-clients", colour="red")) == (400, "unknown-filter")


async def test_nobody_but_an_operator_sees_a_client(house):
    partner = await house.collectivity()
    own = f"/v1/api-clients/{partner.client_id}"
    assert problem(await partner.get(own)) == (404, "no-such-client")
    assert problem(await partner.post(f"{own}/revoke", match=1)) == (404, "no-such-client")
    assert problem(await partner.get("/v1/api-clients")) == (403, "scope-missing")
    body = {"name": "x", "role": "funder", "organisation_id": str(partner.org)}
    assert problem(await partner.post("/v1/api-clients", body)) == (403, "scope-missing")
    assert (await house.http.get(own)).status_code == 401


async def test_a_local_authority_is_known_by_its_own_commune(house):
    org = await house.organisation()
    await house.administrator.execute(
        "UPDATE partners.organisation SET municipality = '86194', vintage = 2025 WHERE id = $1", org
    )
    answer = await house.register(Role.COLLECTIVITY_SYSTEM, organisation_id=str(org))
    assert (answer.status_code, answer.json()["codes"]) == (201, ["86194"])


async def test_an_intermunicipality_by_all_of_its_communes(house):
    org = await house.organisation()
    await house.administrator.execute(
        """
        UPDATE partners.organisation SET area_level = 'intermunicipality', area_code = '200069854', area_vintage = 2025
         WHERE id = $1
        """,
        org,
    )
    await house.administrator.execute(
        "UPDATE partners.municipality SET intermunicipality = '200069854' WHERE code IN ('86194', '86041')"
    )
    answer = await house.register(Role.COLLECTIVITY_SYSTEM, organisation_id=str(org))
    assert answer.json()["codes"] == ["86041", "86194"]


async def test_facts_bear_the_codes_of_their_year_so_former_ones_belong_to_the_client(house):
    await _put(house, "86900", kind="ceased", successors=["86041"])
    await _put(house, "86901", kind="delegated", parent="86041")
    answer = await house.register(Role.COLLECTIVITY_SYSTEM, codes=["86041"])
    assert answer.json()["codes"] == ["86041", "86900", "86901"]


async def test_a_territory_fits_into_a_token(house):
    for n in range(300):  # 79191 is there already: it has 299 forerunners
        await _put(house, f"79{n:03}", kind="ceased", successors=["79191"])
    partner = await house.partner(Role.COLLECTIVITY_SYSTEM, codes=["79191"])
    await partner.bearer()
    assert len(partner.token) <= TOKEN_BYTES_MAX
    assert (await partner.get("/v1/webhooks/endpoints")).status_code == 200
    answer = await house.register(Role.COLLECTIVITY_SYSTEM, codes=["79191", "86041"])
    assert problem(answer) == (422, "territory-too-large")
    await house.administrator.execute("DELETE FROM partners.municipality WHERE kind = 'ceased' AND code LIKE '79%'")


async def _put(house, code, *, kind, parent=None, successors=()):
    await house.administrator.execute(
        """
        INSERT INTO partners.municipality (vintage, code, territory_id, findable, kind, parent, successors, districts)
        SELECT 2025, $1, min(id::text)::uuid, 'x', $2, $3, $4, '{}' FROM partners.territory
            ON CONFLICT DO NOTHING
        """,
        code,
        kind,
        parent,
        list(successors),
    )


async def test_a_coordinations_client_follows_its_coordination(house):
    """Its territory is what the coordination covers today, not what it covered when the client was registered."""
    partner = await house.coordinator()
    other, organisation_id = uuid4(), await house.organisation("coordination")
    await house.administrator.execute(
        """
        INSERT INTO partners.coordination (id, version, organisation_id, drac_id, region, doc)
        SELECT $1, 1, $3, drac_id, '75', '{}' FROM partners.coordination WHERE id = $2
        """,
        other,
        house.coordination_id,
        organisation_id,
    )
    await house.administrator.execute(
        """
        INSERT INTO partners.coverage (coordination_id, department, during)
        VALUES ($1, '16', '[2020-01-01,2023-01-01)'), ($1, '17', '[2023-01-01,2024-01-01)')
        """,
        other,
    )
    theirs = {"coordination_id": str(other), "organisation_id": str(organisation_id)}
    ended = await house.partner(Role.REGIONAL_COORDINATOR, **theirs)
    seen = {one.client_id: await _codes(house, one) for one in (partner, ended)}
    assert seen == {partner.client_id: ["86"], ended.client_id: ["17"]}


async def _codes(house, partner):
    async with house.db.transaction(SYSTEM) as tx:
        known = await clients.known(tx, partner.client_id)
    assert known is not None
    return list(known.departments)


def test_keys_are_rotated_by_command(tmp_path, capsys):
    file = tmp_path / "keys.json"
    KeyFile(file).create_if_absent()
    KeyFile(file).create_if_absent()
    before = KeyFile(file).ring()
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(SystemExit):
        keys(["rotate", "--file", str(file), "--emergency"])
    after = KeyFile(file).ring()
    assert after.current.kid == before.keys[0].kid
    assert after.current.kid in capsys.readouterr().out

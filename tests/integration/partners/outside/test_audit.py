"""The note book: who was let in, who was not, who did what to whose things; never with a secret in it."""

import msgspec
from prometheus_client import REGISTRY

from common.contracts.access import Role
from tests.integration.partners.outside.house import OPERATOR_SECRET, Partner, a_fact, ask
from tests.integration.partners.outside.receiver import gone
from tests.integration.partners.outside.work import all_done, working
from tests.waiting import until

REFUSALS, ERROR = "token_refusals_total", {"error": "invalid_client"}
UNKNOWN = "SELECT count(*) FROM partners.audit WHERE client_id = 'unknown'"


async def test_what_a_partner_does_to_its_endpoints_is_noted_as_its_own_doing(house, around, receiver):
    partner = await house.collectivity()
    async with working(around) as worker:
        endpoint = await worker.subscribed(partner, "/hook?token=in-the-url")
        await endpoint.do("pause")
        await endpoint.do("resume")
        await endpoint.owner.post(f"{endpoint.path}/test")
        await until(lambda: all_done(endpoint))
        await endpoint.owner.post(f"{endpoint.path}/deliveries/1/redeliver")
        await endpoint.do("secret/rotate", {})
        await endpoint.do("change", {"description": "Ours"})
        await endpoint.do("change", {"url": "https://elsewhere.example.org/secret/path", "event_types": ["film.*"]})
        await endpoint.owner.delete(endpoint.path, match=await endpoint.read())
    rows = await _notes(house, partner, "endpoint.%", "delivery.%")
    assert [what for what, _, _ in rows] == [
        "endpoint.registered",
        "endpoint.verification_asked",
        "endpoint.verified",
        "endpoint.paused",
        "endpoint.resumed",
        "endpoint.tested",
        "delivery.redelivered",
        "endpoint.secret_rotated",
        "endpoint.changed",
        "endpoint.changed",
        "endpoint.removed",
    ]
    assert {what: by for what, by, _ in rows if by != partner.client_id} == {"endpoint.verified": "system"}
    assert all(detail["endpoint"] == str(endpoint.id) for _, _, detail in rows)
    assert (rows[0][2]["host"], rows[2][2]["host"]) == (f"localhost:{receiver.port}",) * 2
    assert (rows[8][2]["parts"], "host" in rows[8][2]) == (["description"], False)
    assert (rows[9][2]["parts"], rows[9][2]["host"]) == (["url", "event_types"], "elsewhere.example.org")
    assert "in-the-url" not in str(rows)
    assert "secret/path" not in str(rows)


async def test_what_we_do_to_an_endpoint_is_noted_about_its_owner(house, around, receiver):
    partner = await house.collectivity()
    receiver.always["/hook"] = gone
    async with working(around) as worker:
        await worker.subscribed(partner, "/hook")
        await worker.hear(a_fact())
        await until(lambda: _notes(house, partner, "endpoint.disabled"))
    [(_, by, detail)] = await _notes(house, partner, "endpoint.disabled")
    assert (by, detail["because"]) == ("system", "gone")


async def test_who_proved_who_they_are_did_it_themselves_and_strangers_are_nobody(house):
    partner = await house.partner(Role.FUNDER)
    await ask(house.http, {}, auth=(partner.client_id, partner.secret))
    await ask(house.http, {}, auth=(partner.client_id, "wrong"))
    rows = await _notes(house, partner, "%")
    assert [(what, by) for what, by, _ in rows] == [
        ("client.registered", "operator"),
        ("token.issued", partner.client_id),
        ("token.refused", None),
    ]


async def test_who_came_in_and_who_did_not_is_noted_without_any_secret(house):
    partner = await house.partner(Role.FUNDER)
    await ask(house.http, {}, auth=(partner.client_id, partner.secret))
    await ask(house.http, {}, auth=(partner.client_id, "wrong"))
    rows = await house.administrator.fetch(
        "SELECT what, detail::text FROM partners.audit WHERE client_id = $1 ORDER BY at", partner.client_id
    )
    assert [row["what"] for row in rows] == ["client.registered", "token.issued", "token.refused"]
    everything = str(
        await house.administrator.fetch(
            "SELECT audit::text, api_client_secret::text FROM partners.audit, partners.api_client_secret"
        )
    )
    assert partner.secret not in everything
    assert "eyJ" not in everything


async def test_strangers_decide_how_often_they_ask_and_not_how_much_we_write(house):
    """A client is named once a minute for each error, and all that do not exist share a line."""
    partner, refused = await house.partner(Role.FUNDER), REGISTRY.get_sample_value(REFUSALS, ERROR) or 0
    before = await house.administrator.fetchval(UNKNOWN)
    for n in range(10):
        await ask(house.http, {}, auth=(partner.client_id, f"wrong-{n}"))
        await ask(house.http, {}, auth=(f"nobody-{n}", "wrong"))
    minutes = 2  # the clock may pass from one to the next
    assert 1 <= len(await _notes(house, partner, "token.refused")) <= minutes
    assert await house.administrator.fetchval(UNKNOWN) - before <= minutes
    assert await house.administrator.fetchval("SELECT count(*) FROM partners.audit WHERE client_id ~ 'nobody'") == 0
    assert REGISTRY.get_sample_value(REFUSALS, ERROR) == refused + 20


async def test_the_note_book_cannot_be_read_or_changed_by_the_service(house):
    partner = Partner(house.http, "operator", OPERATOR_SECRET, house.operator.org)
    assert (await partner.get("/v1/api-clients")).status_code == 200
    rights = await house.administrator.fetch(
        """
        SELECT privilege_type FROM information_schema.role_table_grants
         WHERE grantee = 'partners_app' AND table_schema = 'partners' AND table_name = 'audit'
        """
    )
    assert [row["privilege_type"] for row in rights] == ["INSERT"]


async def _notes(house, partner, *like):
    rows = await house.administrator.fetch(
        "SELECT what, by_client, detail FROM partners.audit WHERE client_id = $1 AND what LIKE ANY ($2) ORDER BY at",
        partner.client_id,
        list(like),
    )
    return [(row["what"], row["by_client"], msgspec.json.decode(row["detail"])) for row in rows]

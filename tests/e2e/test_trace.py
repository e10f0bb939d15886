"""One trace, from the request to the webhook: each process continues what it heard, and nobody begins anew."""

import secrets
from contextlib import suppress
from pathlib import Path

import asyncpg

from common import contracts
from common.contracts.access import Role
from demo.ledger import listening
from demo.letters import receiving
from demo.receiver import DELIVERIES, deliveries
from demo.settings import Settings
from tests.collector import Collector, Span
from tests.conftest import House
from tests.e2e.doors import Doors
from tests.e2e.dossier import a_project, an_action
from tests.e2e.scene import Scene
from tests.e2e.subscription import subscribe
from tests.waiting import until

WITHIN_S = 30
"""Spans leave each process every five seconds."""
DELIVERED = "deliver fr.passeursdimages.project.drafted.v1"
PASSED = {
    ("gateway", "ingress"),
    ("actions-api", "POST /v1/projects"),
    ("reporting-worker", "process fr.passeursdimages.project.state.v1"),
    ("partners-worker", "process fr.passeursdimages.project.drafted.v1"),
    ("partners-worker", DELIVERED),
}
"""Who must have had a hand in it, and at what."""


async def test_one_trace_leads_from_the_request_to_the_webhook(
    house: House, scene: Scene, doors: Doors, collector: Collector, tmp_path: Path
):
    settings = Settings.read({**house.environment, "RECEIVER_FOLDER": str(tmp_path)})
    trace, ours = secrets.token_hex(16), secrets.token_hex(8)
    coordinator = scene.home[Role.REGIONAL_COORDINATOR]
    async with receiving(settings) as letterbox, listening(settings.kafka_bootstrap_servers) as ledger:
        types = ["project.drafted"]
        endpoint = await subscribe(scene.office, coordinator, letterbox, settings.receiver_port, *types)
        project = await drafted(scene, doors, traceparent=f"00-{trace}-{ours}-01")
        await until(lambda: [one for one in letterbox.arrived(endpoint.path) if one.subject == project])
        await until(lambda: [one for one in ledger.facts if one.subject == project])
        spans = await seen(collector, trace)
        await endpoint.remove()

    by_name = {(span.service, span.name): span for span in spans}
    request, delivery = by_name["actions-api", "POST /v1/projects"], by_name["partners-worker", DELIVERED]
    assert roots(spans) == {ours}
    assert await written_down(house, project) == f"00-{trace}-{request.id}-01"
    assert [one.trace for one in ledger.facts if one.subject == project] == [trace]
    assert delivery.parent == request.id
    assert heard(tmp_path, project) == [f"00-{trace}-{delivery.id}-01"]


async def drafted(scene: Scene, doors: Doors, **headers: str) -> str:
    """Begin a project through the gateway, as a client does that traces."""
    token = await scene.token(scene.home[Role.PROJECT_HOLDER])
    said = {
        "authorization": f"Bearer {token}",
        "idempotency-key": secrets.token_hex(8),
        "sandbox-date": "2025-01-21T10:00:00+01:00",
        **headers,
    }
    body = a_project(scene.home, scene.things["open_campaign_id"], an_action(scene.home))
    answer = await doors.http.post(f"{doors.url('gateway', 'actions')}/v1/projects", json=body, headers=said)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def seen(collector: Collector, trace: str) -> list[Span]:
    """Wait until everybody's spans have arrived."""

    def missing() -> set[tuple[str, str]]:
        return PASSED - {(span.service, span.name) for span in collector.of(trace)}

    with suppress(TimeoutError):
        await until(lambda: not missing(), within_s=WITHIN_S)
    assert missing() == set(), "\n".join(map(str, collector.of(trace)))
    return collector.of(trace)


async def written_down(house: House, subject: str) -> str:
    """Read what was written down beside the project, in its transaction."""
    connection = await asyncpg.connect(house.environment["DATABASE_URL"])
    try:
        topic = contracts.topic("project", "events")
        row = "SELECT traceparent FROM actions.outbox WHERE topic = $1 AND key = $2"
        return str(await connection.fetchval(row, topic, subject))
    finally:
        await connection.close()


def heard(folder: Path, subject: str) -> list[str]:
    """Read in which trace the receiver was told of something."""
    letters = deliveries((folder / DELIVERIES).read_bytes())
    return [letter["traceparent"] for letter in letters if letter["event"]["subject"] == subject]


def roots(spans: list[Span]) -> set[str]:
    """Name the spans, of others, under which these lie: one tree has one."""
    known = {span.id for span in spans}
    return {span.parent for span in spans} - known

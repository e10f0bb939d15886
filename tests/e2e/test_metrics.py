"""What the alerts ask for and the promises name is what the processes of a running house say."""

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import httpx

from common.contracts.access import Role
from demo.letters import receiving
from demo.settings import Settings
from docs.alerts import SOURCE, alerts
from stack.ports import Ports
from tests.architecture import source
from tests.conftest import House
from tests.e2e.scene import Scene
from tests.e2e.subscription import subscribe
from tests.waiting import until

PROCESS = re.compile(r"-(api-\d|worker)$")
NAME = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
OF_PROMETHEUS = {"histogram_quantile"}
OF_THE_MACHINE = {"node_filesystem_avail_bytes", "node_filesystem_size_bytes"}
BEFORE_AN_OPERATION = {"operation_succeeded_at_seconds"}
"""Declared, and without a value until an operator has done something: its absence is what an alert is for."""


def asked() -> set[str]:
    """Name every metric that an alert asks for; labels and what stands in quotes are none."""
    bare = (re.sub(r"\{[^}]*\}|\bby \([^)]*\)", "", rule["expr"]) for rule in alerts(source.text(SOURCE)))
    return {name for expression in bare for name in NAME.findall(expression)} - OF_PROMETHEUS - OF_THE_MACHINE


def promised() -> set[str]:
    """Name those of the table in docs/slo.md; `outbox_…` stands for some that begin so."""
    rows = re.findall(r"^\| (`.*?) \|", source.text(Path("docs/slo.md")), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+…?)`", row)}


async def said(house: House) -> tuple[set[str], set[str]]:
    """Scrape every process and the gateway: which metrics have a value, and which are declared."""
    known = Ports(house.folder.run / "ports.json").known()
    doors = [f"http://127.0.0.1:{port}/metrics" for name, port in known.items() if PROCESS.search(name)]
    doors.append(f"http://127.0.0.1:{known['gateway-admin']}/stats/prometheus")
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        texts = [await text(client, door) for door in doors]
    sampled = {name for text in texts for name in re.findall(r"^(\w+)[{ ]", text, re.MULTILINE)}
    return sampled, {name for text in texts for name in re.findall(r"^# TYPE (\w+)", text, re.MULTILINE)}


async def text(client: httpx.AsyncClient, door: str) -> str:
    """Scrape one; a port that was kept for a process that is not up now says nothing."""
    try:
        return (await client.get(door)).text
    except httpx.ConnectError:
        return ""


def missing(names: Iterable[str], sampled: set[str], declared: set[str]) -> set[str]:
    def is_there(name: str) -> bool:
        if name in BEFORE_AN_OPERATION:
            return name in declared
        if name.endswith("…"):
            return any(one.startswith(name[:-1]) for one in sampled)
        return name in sampled or f"{name}_bucket" in sampled

    return {name for name in names if not is_there(name)}


async def test_what_alerts_and_promises_name_is_said(house: House, scene: Scene, tmp_path: Path) -> None:
    """After people have read, written and been refused, and owners were compared with; and a webhook is delivered."""
    settings = Settings.read({**house.environment, "RECEIVER_FOLDER": str(tmp_path)})
    async with receiving(settings) as letterbox:
        owner, port = scene.home[Role.REGIONAL_COORDINATOR], settings.receiver_port
        endpoint = await subscribe(scene.office, owner, letterbox, port, "project.drafted")
        await endpoint.delivered()
        await endpoint.remove()
    async with httpx.AsyncClient(base_url=house.environment["GATEWAY_URL"], trust_env=False, timeout=20) as client:
        assert (await client.get("/v1/public/figures", params={"indicator": "none"})).is_client_error
    names = asked() | promised()
    assert len(names) > 10

    async def all_said() -> bool:
        return missing(names, *await said(house)) == set()

    with suppress(TimeoutError):
        await until(all_said, within_s=90)  # checkpoints come once a minute
    assert missing(names, *await said(house)) == set()


def test_a_metric_that_nobody_says_is_missed() -> None:
    sampled = {"outbox_published_total", "webhook_lag_seconds_bucket"}
    assert missing({"outbox_…", "webhook_lag_seconds", "relay_…", "nobody"}, sampled, set()) == {"relay_…", "nobody"}

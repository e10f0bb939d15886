"""While a dossier plays, every published total is what the topics say at its position; and its owners agree."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from common import migrations
from demo.dossier import Step
from tests.conftest import House
from tests.faults import stage
from tests.faults.recompute import CUTS, Record, totals, wrong
from tests.waiting import until

GHOST = """
INSERT INTO record (kind, id, epoch, version, topic, part, "offset", event_id, recorded_at)
VALUES ('action', gen_random_uuid(), 3, 7, 'passeurs.actions.action.state.v1', 0, 0, 'ghost', now())
"""


@pytest.fixture
async def http(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=house.environment["GATEWAY_URL"], timeout=20, trust_env=False) as client:
        yield client


@pytest.fixture
async def record(house: House) -> AsyncIterator[Record]:
    opened = await Record.opened(house.environment["KAFKA_BOOTSTRAP_SERVERS"])
    yield opened
    await opened.close()


async def answered(http: httpx.AsyncClient, by: tuple[str, ...]) -> Mapping[str, Any]:
    answer = await http.get("/v1/public/figures", params={"indicator": CUTS[by], "group_by": by})
    assert answer.status_code == 200, answer.text
    said: Mapping[str, Any] = answer.json()
    return said


async def look(http: httpx.AsyncClient, record: Record, by: tuple[str, ...]) -> list[str]:
    """Read figures in one cut, and recompute the answer at its own position."""
    answer = await answered(http, by)
    await record.read_to(answer["position"])
    return wrong(answer, record.before(answer["position"]), by)


async def look_all(http: httpx.AsyncClient, record: Record) -> list[str]:
    return [one for by in CUTS for one in await look(http, record, by)]


@pytest.mark.timeout(600)
async def test_every_position_published_while_a_dossier_plays_is_true(
    house: House, tmp_path: Path, http: httpx.AsyncClient, record: Record
) -> None:
    looked, found, over, turns = 0, [], asyncio.Event(), cycle(CUTS)

    async def keep_looking() -> None:
        nonlocal looked
        while not over.is_set():
            found.extend(await look(http, record, next(turns)))
            looked += 1

    async def before(_n: int, _step: Step) -> None:
        found.extend(await look(http, record, next(turns)))

    looking = asyncio.create_task(keep_looking())
    try:
        differences, told = await stage.play(house, tmp_path, before)
    finally:
        over.set()
        await looking
    assert found + await look_all(http, record) == []
    assert differences == 0, told
    assert looked > stage.steps(), "it is looked between the steps too"


@pytest.mark.timeout(300)
async def test_owners_agree_with_what_is_counted(http: httpx.AsyncClient) -> None:
    """On the real topics: the relays' own checkpoints, compared by the running worker."""
    began = datetime.now(UTC).isoformat()

    async def compared() -> Any:
        said = (await http.get("/v1/public/reconciliation")).json()
        fresh = [one for one in said["owners"] if one["checkpoint_at"] > began]
        return fresh if {one["scope"] for one in fresh} == {"actions", "partners"} else None

    owners = await until(compared, within_s=200)
    assert isinstance(owners, list)
    assert [(one["differing"], one["told"]) for one in owners] == [(0, 0)] * 2
    assert all(one["compared"] + one["moved"] + one["parked"] in (4 * 256, 3 * 256) for one in owners)


@pytest.mark.timeout(300)
async def test_what_is_altered_behind_its_back_is_repaired_through_the_topics(
    house: House, http: httpx.AsyncClient, record: Record
) -> None:
    """A record lost, a contribution altered, a ghost: told to the owner's worker, announced again, and true again."""
    owner = await asyncpg.connect(migrations.dsn(house.environment["DATABASE_URL"], "reporting", "owner"))
    try:
        await owner.execute("""SET app.principal = '{"level": "system"}'""")
        lost = await owner.fetchval("DELETE FROM record WHERE kind = 'project' RETURNING id")
        await owner.execute("UPDATE contribution SET amount = amount + 1000 WHERE quantity = 'spectators'")
        await owner.execute(GHOST)

        async def mended() -> bool:
            there = await owner.fetchval("SELECT count(*) FROM record WHERE kind = 'project' AND id = $1", lost)
            ghosts = await owner.fetchval("SELECT count(*) FROM record WHERE event_id = 'ghost'")
            said = (await http.get("/v1/public/reconciliation")).json()
            differing = sum(one["differing"] for one in (said["internal"], *said["owners"]))
            return there > 0 and ghosts == 0 and differing == 0 and await look_all(http, record) == []

        await until(mended, within_s=200)
        assert await owner.fetchval("SELECT sum((doc::jsonb ->> 'repaired')::integer) FROM reconciliation") > 0
    finally:
        await owner.close()


def test_the_checker_sees_a_wrong_figure() -> None:
    states: dict[str, list[dict[str, Any]]] = {"campaign": [], "project": [], "action": [], "report": []}
    rows = [{"part": "value", "dimensions": {}, "value": 0}]
    answer = {"figures": [{"indicator": "I01", "rows": rows}]}
    assert wrong(answer, states) == []
    assert totals(states)["I17", "asked", ()] == {"amount": "0.00", "currency": "EUR"}
    rows[0]["value"] = 1
    assert len(wrong(answer, states)) == 1


def test_the_checker_sees_what_is_counted_in_the_wrong_place() -> None:
    here, there = ({"id": name, "region": name, "department": f"{name}1"} for name in ("11", "75"))
    evening = {"held_on": "2025-07-05", "place_id": "75", "state": "held", "attendance": 12}
    action: dict[str, Any] = {"id": "a", "campaign_id": "c", "action_type": "screening", "state": "held"}
    action |= {"held_on": "2025-07-05", "measure": "spectators", "participants_distinct": None}
    action |= {"places": [here, there], "sessions": [evening]}
    states: dict[str, list[dict[str, Any]]] = {"campaign": [], "project": [], "action": [action], "report": []}

    def answer(indicator: str, region: str, value: int) -> dict[str, Any]:
        rows = [{"part": "value", "dimensions": {"region": region}, "value": value}]
        return {"figures": [{"indicator": indicator, "rows": rows}]}

    assert wrong(answer("I05", "75", 12), states, ("region",)) == []  # spectators at their session's own place
    assert wrong(answer("I01", "11", 1), states, ("region",)) == []  # an action at its first
    assert len(wrong(answer("I05", "11", 12), states, ("region",))) == 2
    assert len(wrong(answer("I01", "75", 1), states, ("region",))) == 2

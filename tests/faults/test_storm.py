"""The long storm: kills, duplicates, reordering and delays, then rest; and every published position was true meanwhile.

    FORM=long .venv/bin/pytest -q -m on_demand tests/faults/test_storm.py        ten minutes, and what it takes to rest
    FORM=short …                                                                   one minute

An event is a row of the outbox: the facts and states of changes through the gateway, and states announced again by the
owner's own statement; what chance repeats on the topics comes on top.  Whole dossiers are played beside: what is
recomputed are people, sessions and money, and not nothing.  Ends with one JSON line.
"""

import asyncio
import json
import os
import random
import secrets
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx
import pytest

from tests.conftest import WHOLE_HOUSE, House, launched
from tests.e2e.standing import all_seen_ready
from tests.faults.conftest import FORM
from tests.faults.recompute import CUTS, NOTHING, Record, wrong
from tests.faults.town import Town, settled
from tests.faults.weather import Announcer, Echo, Players, Reaper, Writers, happens
from tests.waiting import until

SECONDS: Final = {"short": 60, "long": 600}[FORM]
KILL_EVERY_S: Final = {"short": 8, "long": 4}[FORM]
CHANGES_PER_S = 60
ANNOUNCED_PER_S = 330
"""Three events a change, and these, which are no news: five hundred a second are offered, 180 of them new."""
REPEATED = 0.1
LATE_S = 20
RESTS_WITHIN_S = 600
OWNERS = {"actions", "partners"}
COUNTED = {"I01", "I03", "I05", "I12", "I13", "I17", "I18", "I19", "I20", "I21"}
"""What a whole dossier counts; each must have been something in an answer that was recomputed."""
EVENTS_PER_S_MIN: Final = {"short": 50, "long": 300}[FORM]
"""What came through, of what was offered: with a death every few seconds not all does."""

pytestmark = [pytest.mark.on_demand, pytest.mark.timeout(SECONDS + RESTS_WITHIN_S + 900)]


@pytest.fixture
def stormy() -> Iterator[House]:
    with launched(*WHOLE_HOUSE, environment={"CHECKPOINT_EVERY_S": "5"}) as folder:
        yield House(folder)


@pytest.fixture
async def http(stormy: House) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=stormy.environment["GATEWAY_URL"], timeout=20, trust_env=False) as client:
        yield client


@dataclass(slots=True)
class Checker:
    """Reads what is published, and recomputes each answer at the position that it names."""

    http: httpx.AsyncClient
    record: Record
    looked: int = 0
    untrue: list[str] = field(default_factory=list)
    counted: set[str] = field(default_factory=set)
    """Which indicators an answer has had that was not nothing."""

    async def run(self, over: asyncio.Event) -> None:
        """Look for as long as it storms, and rest as long as each look took: two cores are few."""
        while not over.is_set():
            began = time.monotonic()
            await self.look()
            await happens(over, within_s=time.monotonic() - began)

    async def look(self) -> None:
        for by in CUTS:
            said = await self._answered(by)
            await self.record.read_to(said["position"])
            states = await asyncio.to_thread(self.record.before, said["position"])
            self.untrue += await asyncio.to_thread(wrong, said, states, by)
            self.record.settle(said["position"])
            self.counted |= {one["indicator"] for one in said["figures"] if _is_something(one)}
            self.looked += 1

    async def _answered(self, by: tuple[str, ...]) -> Mapping[str, Any]:
        """Ask until somebody is there to answer."""
        asked = {"indicator": CUTS[by], "group_by": by}

        async def answer() -> Any:
            try:
                got = await self.http.get("/v1/public/figures", params=asked)
            except httpx.TransportError:
                return None
            return got.json() if got.status_code == httpx.codes.OK else None

        said: Any = await until(answer, within_s=RESTS_WITHIN_S)
        return dict(said)


def _is_something(figure: Mapping[str, Any]) -> bool:
    return any(row["value"] not in NOTHING for row in figure["rows"])


async def rested(http: httpx.AsyncClient, since: str) -> list[Mapping[str, Any]]:
    """Wait until every owner has been compared with in full, as of after the storm, and nothing differs or waits."""
    seen: list[Any] = []

    async def compared() -> bool:
        said = (await http.get("/v1/public/reconciliation")).json()
        seen[:] = [one for one in said["owners"] if one["checkpoint_at"] > since]
        whole = {one["scope"] for one in seen if not (one["moved"] or one["parked"] or one["differing"])}
        return whole == OWNERS and said["internal"]["differing"] == 0

    try:
        await until(compared, within_s=RESTS_WITHIN_S)
    except TimeoutError as late:
        raise AssertionError(f"not at rest within {RESTS_WITHIN_S} s: {seen}") from late
    return list(seen)


async def written(house: House, ids: list[str]) -> tuple[int, int]:
    """Count the events of actions, and how many of these projects are not stored as handed in."""
    connection = await asyncpg.connect(house.environment["DATABASE_URL"])
    try:
        events = await connection.fetchval("SELECT count(*) FROM actions.outbox")
        stored = await connection.fetchval(
            "SELECT count(*) FROM actions.project WHERE id::text = ANY ($1) AND doc::jsonb ->> 'state' = 'submitted'",
            ids,
        )
    finally:
        await connection.close()
    return int(events), len(ids) - int(stored)


async def test_after_the_storm_nothing_differs_and_meanwhile_everything_was_true(
    stormy: House, http: httpx.AsyncClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("SEED") or secrets.randbits(32))
    rng = random.Random(seed)  # noqa: S311 - a schedule that can be played again
    async with settled(stormy) as town:
        found = await storm(stormy, town, http, rng, Players(stormy, tmp_path))
    found = {"experiment": "storm", "seed": seed, "form": FORM, **found}
    holds = not (found["untrue"] or found["lost"] or found["differences"] or found["refused"])
    with capsys.disabled():
        sys.stdout.write(f"\n{json.dumps({**found, 'holds': holds}, ensure_ascii=False)}\n")
    assert holds, found
    assert found["looked"] > len(CUTS), "it is looked while it storms"
    assert found["kills"]
    assert found["repeated"]
    assert found["events_per_s"] > EVENTS_PER_S_MIN
    assert not found["nothing"], "what is recomputed is more than nothing"


async def storm(
    house: House, town: Town, http: httpx.AsyncClient, rng: random.Random, players: Players
) -> dict[str, Any]:
    """Let it storm, rest, and say what was found."""
    servers = house.environment["KAFKA_BOOTSTRAP_SERVERS"]
    record, client, over = await Record.opened(servers), await town.client(), asyncio.Event()
    writers = Writers(town, client, CHANGES_PER_S)
    announcer = Announcer(house, random.Random(rng.random()), ANNOUNCED_PER_S)  # noqa: S311 - as above
    echo = Echo(servers, random.Random(rng.random()), REPEATED, LATE_S)  # noqa: S311 - as above
    reaper = Reaper(house, random.Random(rng.random()), KILL_EVERY_S)  # noqa: S311 - as above
    checker = Checker(http, record)
    before, _ = await written(house, [])
    async with asyncio.TaskGroup() as group:
        for one in (writers, players, announcer, echo, reaper, checker):
            group.create_task(one.run(over))
        asyncio.get_running_loop().call_later(SECONDS, over.set)
    ended = time.monotonic()
    await until(lambda: all_seen_ready(house), within_s=RESTS_WITHIN_S)
    meanwhile = checker.looked
    owners = await rested(http, datetime.now(UTC).isoformat())
    rest_s = time.monotonic() - ended
    await checker.look()
    events, lost = await written(house, writers.submitted)
    await asyncio.gather(client.close(), record.close())
    return {
        "seconds": SECONDS,
        "events_per_s": round((events - before) / SECONDS, 1),
        "new_per_s": round((events - before - announcer.announced) / SECONDS, 1),
        "changes": writers.changes,
        "announced_again": announcer.announced,
        "repeated": echo.sent,
        "late_s_max": LATE_S,
        "kills": sum(reaper.killed.values()),
        "killed": dict(sorted(reaper.killed.items())),
        "dossiers": players.played,
        "late": players.late,
        "looked": meanwhile,
        "nothing": sorted(COUNTED - checker.counted),
        "untrue": len(checker.untrue),
        "lost": lost,
        "differences": sum(one["differing"] for one in owners),
        "refused": len(writers.refused),
        "rest_s": round(rest_s, 1),
        "first": [*checker.untrue[:3], *writers.refused[:3]],
    }

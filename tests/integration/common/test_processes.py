"""How processes begin and end: signals, drains, dead tasks, wrong environments."""

import asyncio
import re
import signal
import subprocess
import sys
from time import monotonic

import asyncpg
import httpx
import pytest

from common import migrations
from common.service import TICK_S
from tests.integration.common.conftest import Process, Start
from tests.integration.common.tiny import SERVICE
from tests.waiting import until

FROZEN_S = 2.0


async def failing(process: Process) -> list[str] | None:
    answer = await process.ready()
    return None if answer is None else answer.json().get("failing", [])


async def test_told_to_stop_it_is_unready_at_once_finishes_what_it_has_and_ends_well(start: Start):
    async with start("api", DRAIN_S="0.6") as api:
        in_hand = asyncio.create_task(api.client.get("/v1/sleep?seconds=2"))
        await until(lambda: _in_hand(api, 1))
        api.popen.send_signal(signal.SIGTERM)
        await until(lambda: _is_draining(api), within_s=0.5)
        assert (await api.client.get("/v1/now")).status_code == 200
        assert (await in_hand).json() == "rested"
        assert await api.exited() == 0
        with pytest.raises(httpx.ConnectError):
            await api.client.get("/health/live")


async def _in_hand(api: Process, count: int) -> bool:
    return f"http_server_requests_in_hand {count}.0" in (await api.client.get("/metrics")).text


async def _is_draining(process: Process) -> bool:
    return await failing(process) == ["draining"]


async def test_how_late_its_turns_come_is_measured(start: Start):
    async with start("api") as api:
        before, began = await _late_s(api), monotonic()
        api.popen.send_signal(signal.SIGSTOP)
        await until(lambda: monotonic() > began + FROZEN_S)
        api.popen.send_signal(signal.SIGCONT)
        await until(lambda: _is_late(api, before + FROZEN_S - 3 * TICK_S))


async def _is_late(process: Process, by_s: float) -> bool:
    return await _late_s(process) > by_s


async def _late_s(process: Process) -> float:
    """Read by how much its turns were late, all of them together."""
    said = re.search(r"^event_loop_lag_seconds_sum (\S+)$", (await process.client.get("/metrics")).text, re.MULTILINE)
    assert said is not None
    return float(said[1])


async def test_a_second_signal_does_not_wait_for_the_gateway(start: Start):
    async with start("api", DRAIN_S="60") as api:
        api.popen.send_signal(signal.SIGTERM)
        await until(lambda: _is_draining(api))
        api.popen.send_signal(signal.SIGTERM)
        assert await api.exited() == 0


async def test_a_process_without_its_database_lives_and_is_not_ready(start: Start, database):
    address = await database(SERVICE)
    async with start("api", DATABASE_URL=migrations.dsn(address, SERVICE, "app")) as api:
        await _lock_out(address)
        assert await until(lambda: failing(api)) == ["database"]
        assert (await api.client.get("/health/live")).status_code == 200
        assert (await api.client.get("/health/startup")).status_code == 200


async def _lock_out(address: str) -> None:
    """Take away the right to connect, and cut what is connected."""
    administrator = await asyncpg.connect(address)
    await administrator.execute(f'REVOKE CONNECT ON DATABASE "{address.rpartition("/")[2]}" FROM {SERVICE}_app')
    await administrator.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = $1",
        f"{SERVICE}_app",
    )
    await administrator.close()


async def test_a_schema_that_is_behind_makes_it_unready_until_it_is_migrated(start: Start, database):
    address = await database(SERVICE)
    owner = await asyncpg.connect(migrations.dsn(address, SERVICE, "owner"))
    row = await owner.fetchrow("DELETE FROM migration WHERE name LIKE 'common/0001%' RETURNING *")
    assert row is not None
    async with start("api", ready=False, DATABASE_URL=migrations.dsn(address, SERVICE, "app")) as api:
        assert await failing(api) == ["migrations"]
        await owner.execute("INSERT INTO migration (name, checksum) VALUES ($1, $2)", row["name"], row["checksum"])
        await until(lambda: _is_ready(api))
    await owner.close()


async def _is_ready(process: Process) -> bool:
    return await failing(process) == []


async def test_a_worker_stops_its_tasks_in_order(start: Start):
    async with start("worker") as worker:
        assert (await worker.client.get("/metrics")).status_code == 200
        worker.popen.send_signal(signal.SIGTERM)
        assert await worker.exited() == 0
        stopped = [line for line in worker.output.read_text().splitlines() if line.endswith("stopped")]
        assert stopped == ["first stopped", "second stopped"]


async def test_a_dead_task_ends_its_worker(start: Start):
    async with start("worker", ready=False, SANDBOX="1", DRAIN_S="0.5") as worker:
        assert await worker.exited() == 1
        died = [line for line in worker.lines() if line["event"] == "task_ended"]
        assert [(line["task"], line["level"]) for line in died] == [("mortal", "critical")]
        assert "TimeoutError" in died[0]["exception"]


def test_a_wrong_environment_is_refused_by_name():
    words = [sys.executable, "-m", "tests.integration.common.tiny", "api"]
    refused = subprocess.run(words, env={"API_PORT": "x"}, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert {line.partition(":")[0] for line in refused.stderr.splitlines()} == {
        "API_PORT",
        "DATABASE_URL",
        "TOKEN_ISSUER",
        "JWKS_URL",
    }

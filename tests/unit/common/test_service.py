"""How a process begins and ends: what it refuses to begin with, and that nobody's end takes all the time."""

import asyncio
import sys
from time import monotonic
from typing import Never

import pytest

from common import service
from common.settings import Settings
from tests.unit.common.test_settings import GIVEN


def _never(_: Settings) -> Never:
    raise AssertionError("it has begun")


@pytest.mark.parametrize(
    ("environ", "wrong"),
    [
        ({**GIVEN}, ["RELAY_DATABASE_URL", "HOUSEKEEPER_DATABASE_URL"]),
        ({**GIVEN, "RELAY_DATABASE_URL": ""}, ["RELAY_DATABASE_URL", "HOUSEKEEPER_DATABASE_URL"]),
        ({**GIVEN, "RELAY_DATABASE_URL": "postgresql://relay:tiptoe@db/passeurs"}, ["HOUSEKEEPER_DATABASE_URL"]),
        ({**GIVEN, "API_PORT": "tiptoe"}, ["RELAY_DATABASE_URL", "HOUSEKEEPER_DATABASE_URL", "API_PORT"]),
    ],
)
def test_a_worker_does_not_begin_without_the_addresses_of_its_roles(
    environ: dict[str, str], wrong: list[str], monkeypatch: pytest.MonkeyPatch
):
    """The library would take an empty one for the nearest server: ready, and silent."""
    monkeypatch.setattr(sys, "argv", ["tiny", "worker"])
    for name in service.OF_A_WORKER:
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as refused:
        service.main("tiny", Settings.read, api=_never, worker=_never)
    assert [line.partition(":")[0] for line in str(refused.value.code).splitlines()] == wrong
    assert "tiptoe" not in str(refused.value.code)


async def test_tasks_that_hang_leave_the_last_one_time_to_end_well_and_all_end_within_theirs():
    begun, over, signed_off = asyncio.Barrier(5), asyncio.Event(), asyncio.Event()

    async def hangs() -> None:
        await begun.wait()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await over.wait()

    async def relays() -> None:
        await begun.wait()
        try:
            await asyncio.Event().wait()
        finally:
            signed_off.set()

    tasks = [asyncio.create_task(one()) for one in (hangs, hangs, hangs, relays)]
    await begun.wait()
    began, within_s = monotonic(), 0.8
    await service.end_in_turn(tasks, within_s=within_s)
    assert monotonic() - began < 2 * within_s, "three that hang would have had three times as long"
    assert signed_off.is_set()
    over.set()
    await asyncio.wait(tasks)

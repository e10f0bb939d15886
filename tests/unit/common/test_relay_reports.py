"""When a relay says what its service holds."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from common.contracts.platform import Digest
from common.relay.records import Records
from common.relay.reports import COUNTING_SHARE, Reports
from tests.unit.common.backbone.world import Alive, Later, World, place

EVERY_S = 4.0


@pytest.mark.parametrize("counted", [[], None], ids=["counted", "not counted"])
@pytest.mark.parametrize(("took_s", "again_after_s"), [(0.1, EVERY_S), (1.0, 1.0 / COUNTING_SHARE)])
async def test_counting_takes_a_share_of_the_time_and_no_more(
    took_s: float, again_after_s: float, counted: Sequence[Digest] | None
) -> None:
    async def count() -> Sequence[Digest] | None:
        return counted

    world = World(Random(1))  # noqa: S311 - a world has one; these steps never ask it
    ports = replace(world.ports(Alive()), digest=lambda _: Later(count))
    reports = Reports(ports, "things", heartbeat_every_s=5, checkpoint_every_s=EVERY_S)
    world.time = began = EVERY_S
    reports.begin_checkpoint("1")
    reports.hold("1:1:", {})
    world.time = began + took_s
    said = await reports.checkpoint(Records("things", 1, place))
    assert bool(said) is (counted is not None)
    world.time = began + again_after_s - 0.01
    assert not reports.checkpoint_is_due()
    world.time = began + again_after_s
    assert reports.checkpoint_is_due()

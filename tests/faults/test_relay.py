"""F1, F2, P2: what becomes of facts when relays die, freeze and wake up."""

import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

import pytest

from tests.faults import checker
from tests.faults.experiment import Experiment
from tests.faults.node import Node
from tests.faults.projection import STATES
from tests.faults.proxy import Proxy
from tests.faults.rig import Rig
from tests.faults.servers import Broker
from tests.waiting import until

LEADS_WITHIN_S = 60
LAST_WINS_WITHIN_S = 60
LENGTH_BYTES = 4
HEARTBEAT = b"heartbeat"

Kill = Callable[[Rig, Broker, Node], Awaitable[None]]


async def killed_while_it_reads(rig: Rig, _: Broker, leader: Node) -> None:
    """Lock the outbox: the relay waits for its rows, and dies there."""
    async with rig.source.transaction():
        await rig.source.execute("LOCK TABLE outbox")
        await until(lambda: rig.waits_for_a_lock("relay"), within_s=LEADS_WITHIN_S)
        await leader.kill()
        await rig.hang_up("relay")
    await rig.count_in_flight()


async def killed_before_the_acknowledgement(rig: Rig, broker: Broker, leader: Node) -> None:
    """Freeze the broker: the relay has sent, hears nothing, and dies; what it sent may arrive after its death."""
    broker.server.freeze()
    try:
        await until(rig.has_unpublished)
        await leader.kill()
        await rig.hang_up("relay")
        await rig.count_in_flight()
    finally:
        broker.server.thaw()


async def killed_after_the_acknowledgement(rig: Rig, _: Broker, leader: Node) -> None:
    """Hold the cursor's row: the relay sends, is acknowledged, waits to save its cursor, and dies there."""
    async with rig.source.transaction():
        await rig.source.execute("SELECT FROM outbox_cursor FOR UPDATE")
        await until(lambda: rig.waits_for_a_lock("relay"), within_s=LEADS_WITHIN_S)
        await leader.kill()
        await rig.hang_up("relay")
        await rig.count_in_flight()


async def killed_anywhere(rig: Rig, _: Broker, leader: Node) -> None:
    await leader.kill()
    await rig.hang_up("relay")
    await rig.count_in_flight()


async def killed_again_and_again(experiment: Experiment, rig: Rig, broker: Broker, ways: list[Kill]) -> None:
    """Kill relay after relay, each in its way, while writers write; then compare."""
    rig.read()
    leader = rig.relay()
    kills = experiment.number("kills")
    async with rig.flowing():
        for n in range(kills):
            await rig.some_published(experiment.rng.randrange(1, 200))
            await ways[n % len(ways)](rig, broker, leader)
            await rig.note_the_crash()
            leader = rig.relay()
        recovered_s = await rig.recovered(within_s=60)
    await rig.judged()
    experiment.tell(kills=kills, recovery_s=recovered_s)


@pytest.mark.experiment("F1")
async def test_a_relay_that_dies_before_its_cursor_is_saved_repeats_and_loses_nothing(
    experiment: Experiment, rig: Rig, broker: Broker
):
    await killed_again_and_again(experiment, rig, broker, [killed_after_the_acknowledgement])
    assert experiment.figures["repeats"], "no kill came between the acknowledgement and the cursor"


@pytest.mark.experiment("P2")
async def test_a_relay_may_die_anywhere(experiment: Experiment, rig: Rig, broker: Broker):
    forced: list[Kill] = [
        killed_while_it_reads,
        killed_before_the_acknowledgement,
        killed_after_the_acknowledgement,
    ]
    await killed_again_and_again(experiment, rig, broker, [*forced, *[killed_anywhere] * 3])


@pytest.mark.on_demand
@pytest.mark.experiment("F2")
async def test_a_relay_that_was_frozen_can_only_repeat(experiment: Experiment, rig: Rig, broker: Broker):
    """The second way keeps on the wire what the leader has sent, until the next one has sent newer states.

    Nobody writes any more when it arrives: whatever it has put last, only the audit of the new leader puts right.
    """
    rig.read()
    recovered: list[float] = []
    again = 0
    async with Proxy.before(broker) as proxy:
        for n in range(experiment.number("rounds")):
            leader, between = rig.relay(servers=proxy.servers), n % 2 == 1
            async with rig.flowing():
                await rig.some_published()
                if between:
                    await until(partial(_holds_a_state, rig, proxy), within_s=LEADS_WITHIN_S)
                leader.freeze()
                await rig.hang_up("relay")
                standby = rig.relay()
                await rig.some_published()
                await rig.time_passes(experiment.number("frozen_s"))
            await rig.settled()
            ended = sum((await checker.ends(rig.servers)).values())
            proxy.let_go()
            if between:
                await until(partial(_has_grown, rig, ended))
            leader.thaw()
            woken = time.monotonic()
            await until(rig.ends_with_the_newest, within_s=LAST_WINS_WITHIN_S)
            recovered.append(time.monotonic() - woken)
            await until(partial(leader.said, "relay.interrupted"))
            again += sum(line["rows"] for line in standby.said("relay.sent_again"))
            await leader.stop()
            await standby.stop()
    await rig.judged()
    experiment.tell(sent_again=again, recovery_s=max(recovered))
    assert again, "no state arrived behind a newer one: no audit had anything to put right"


def _is_whole(held: bytearray) -> bool:
    """Tell whether all of a request is held: it begins with its length."""
    return len(held) > LENGTH_BYTES and len(held) >= LENGTH_BYTES + int.from_bytes(held[:LENGTH_BYTES])


async def _has_grown(rig: Rig, ended: int) -> bool:
    return sum((await checker.ends(rig.servers)).values()) > ended


async def _holds_a_state(rig: Rig, proxy: Proxy) -> bool:
    """Hold what is sent next, and let it go unless it is a state: a client has one request under way at a time.

    It is whole: of a longer one than the sockets take, a frozen client keeps the second half.
    """
    proxy.hold()
    with suppress(TimeoutError):
        await until(lambda: _is_whole(proxy.held), within_s=1)
    if _is_whole(proxy.held) and STATES.encode() in proxy.held and HEARTBEAT not in proxy.held:
        return True
    proxy.let_go()
    await rig.some_published(1)
    return False

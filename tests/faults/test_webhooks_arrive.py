"""Webhooks under bad receivers: one that hangs harms nobody, and what fails half of the time arrives all the same."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from random import Random
from uuid import uuid4

import asyncpg
import pytest
from standardwebhooks import Webhook

from bench.figures import percentile
from partners.domain.schedule import DELAYS_S, Schedule
from tests.faults.experiment import Experiment
from tests.integration.partners.outside.conftest import (  # noqa: F401 - fixtures: the parts that a worker works between
    address,
    around,
    authority,
    db,
    house,
    receiver,
    settings,
)
from tests.integration.partners.outside.house import Endpoint, a_fact, an_about
from tests.integration.partners.outside.nameserver import name_server
from tests.integration.partners.outside.receiver import Answer, Call, Receiver, drip, ok, reset, silent, status
from tests.integration.partners.outside.work import Around, Working, working
from tests.waiting import until

HANGS_S = 15
ROUNDS = 10
HARM_MAX = 1.2
ELSEWHERE = "79191"
NAMELESS = "receiver.town.example"
SCALE = 1000
DEADLINE_S = 0.5
MISBEHAVIOURS: Sequence[Answer] = (reset, drip, status(500), status(503), status(307, location="https://localhost/"))


@pytest.mark.experiment("P13")
async def test_one_bad_receiver_harms_nobody(experiment: Experiment, around: Around) -> None:  # noqa: F811 - the fixture imported above
    """The same facts to the same healthy endpoints, without and with two beside them that hang, in HTTP and in DNS."""
    paths = [f"/good/{n}" for n in range(experiment.number("healthy"))]
    around.receiver.always["/bad"] = silent
    async with name_server() as names, working(around, deadline_s=HANGS_S, name_servers=[names.address]) as worker:
        names.silent.add(NAMELESS)
        for path in paths:
            await worker.subscribed(await around.house.collectivity(), path)
        calm = [await _told(worker, paths) for _ in range(ROUNDS)]
        await worker.subscribed(await around.house.collectivity(ELSEWHERE), "/bad")
        nameless = await worker.subscribed(await around.house.collectivity(ELSEWHERE), "/nameless")
        await _renamed(around.house.administrator, nameless, f"https://{NAMELESS}:{around.receiver.port}/nameless")
        await worker.hear(*(a_fact(uuid4(), about=an_about(ELSEWHERE)) for _ in range(ROUNDS * 10)))
        await until(lambda: around.receiver.at("/bad") and names.asked[NAMELESS])
        beside = [await _told(worker, paths) for _ in range(ROUNDS)]
        hanging = len(around.receiver.at("/bad"))
        around.receiver.released.set()
    before, during = (percentile([one for each in told for one in each], 0.99) for told in (calm, beside))
    harm = during / before
    experiment.judge("everything arrived meanwhile", holds=hanging > 0 and all(map(all, beside)), hanging=hanging)
    experiment.judge_alone("no harm", holds=harm <= HARM_MAX, harm=harm)
    experiment.tell(calm_p99_ms=before * 1000, beside_p99_ms=during * 1000, deliveries=2 * ROUNDS * len(paths))


@pytest.mark.experiment("P14")
async def test_webhooks_arrive(experiment: Experiment, around: Around) -> None:  # noqa: F811 - the fixture imported above
    """Half of all attempts fail in five ways; the clock of retries runs a thousand times faster."""
    rng, messages = experiment.rng, experiment.number("messages")
    delays = tuple(delay / SCALE for delay in DELAYS_S)
    around.receiver.always["/hook"] = unreliable(rng, experiment.number("failures_in_a_row"))
    async with working(around, schedule=Schedule(delays_s=delays), deadline_s=DEADLINE_S) as worker:
        endpoint = await worker.subscribed(await around.house.collectivity(), "/hook")
        began = time.monotonic()
        await worker.hear(*(a_fact(uuid4()) for _ in range(messages)))
        wanted = set(range(1, messages + 1))
        await until(lambda: wanted <= {call.sequence for call in around.receiver.at("/hook")}, within_s=3000)
        await until(lambda: worker_is_idle(around.house.administrator, messages), within_s=3000)
        took_s = time.monotonic() - began
    tries = defaultdict[int, list[Call]](list)
    for call in around.receiver.at("/hook"):
        tries[call.sequence].append(call)
    attempts = sum(map(len, tries.values()))
    early = sum(_early(calls, delays) for calls in tries.values())
    forged = sum(not _is_signed(call, endpoint.secret) for calls in tries.values() for call in calls)
    one_id = all(len({call.headers["webhook-id"] for call in calls}) == 1 for calls in tries.values())
    experiment.judge("all delivered", holds=set(tries) == wanted, messages=messages, attempts=attempts, took_s=took_s)
    experiment.judge("none before its time", holds=early == 0, early=early)
    experiment.judge("the same id on each attempt", holds=one_id)
    experiment.judge("every signature good", holds=forged == 0, forged=forged)


async def _renamed(administrator: asyncpg.Connection, endpoint: Endpoint, url: str) -> None:
    """Have an endpoint that was verified lead elsewhere."""
    await administrator.execute("UPDATE partners.wh_endpoint SET url = $2 WHERE id = $1", endpoint.id, url)


async def worker_is_idle(administrator: asyncpg.Connection, messages: int) -> bool:
    """Tell whether every delivery has been acknowledged."""
    count = await administrator.fetchval("SELECT count(*) FROM partners.wh_delivery WHERE state = 'done'")
    return bool(count == messages)


async def _told(worker: Working, paths: Sequence[str]) -> list[float]:
    """Let everybody be told of one fact; how long each delivery took."""
    before = {path: len(worker.receiver.at(path)) for path in paths}
    began = asyncio.get_running_loop().time()
    await worker.hear(a_fact(uuid4()))
    await until(lambda: all(len(worker.receiver.at(path)) > before[path] for path in paths))
    return [worker.receiver.at(path)[before[path]].at - began for path in paths]


def unreliable(rng: Random, failures_max: int) -> Answer:
    """Fail half of the time, each way as often as the next; a message has twelve tries, and chance knows no end."""
    failed = defaultdict[int, int](int)

    async def answer(receiver: Receiver, writer: asyncio.StreamWriter, call: Call) -> None:  # noqa: F811 - the fixture imported above
        if failed[call.sequence] < failures_max and rng.random() < 0.5:
            failed[call.sequence] += 1
            await rng.choice(MISBEHAVIOURS)(receiver, writer, call)
        else:
            await ok(receiver, writer, call)

    return answer


def _early(calls: Sequence[Call], delays: Sequence[float]) -> int:
    """Count the attempts that came sooner after the one before than their delay."""
    gaps = [later.at - sooner.at for sooner, later in pairwise(calls)]
    return sum(gap < delay for gap, delay in zip(gaps, delays, strict=False))


def _is_signed(call: Call, secret: str) -> bool:
    """Sign it again with the public library: to verify would refuse what came more than five minutes ago."""
    said_at = datetime.fromtimestamp(int(call.headers["webhook-timestamp"]), UTC)
    signature = Webhook(secret).sign(call.headers["webhook-id"], said_at, call.body)
    return signature in call.headers["webhook-signature"].split()

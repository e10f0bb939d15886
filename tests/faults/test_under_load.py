"""The house under load: releases, overload, and a long while of nothing special."""

import time
from functools import partial
from statistics import linear_regression

import pytest

from bench.figures import percentile
from stack.services import SERVICES
from tests.conftest import House
from tests.e2e.standing import BACK_WITHIN_S, all_seen_ready, restarted
from tests.faults.asking import Reply, ms, statuses
from tests.faults.breaking import apart, megabytes, open_files, services
from tests.faults.experiment import Experiment
from tests.faults.load import Mix, Spent, capacity, failed, meanwhile, rate_at, steadily
from tests.faults.town import Town
from tests.waiting import until

Look = tuple[float, dict[str, float], dict[str, int]]
"""At which second of the load each process held how many megabytes, and how many open files."""

PER_S = 100
OVERLOAD = 3
GOODPUT_MIN = {"long": 0.9, "short": 0.3}
"""Of the capacity.  The short form runs where others work too: it tells its figures, and judges only a collapse."""
REFUSED_WITHIN_MS = 50
BACK_TO_NORMAL_S = 5
CALM_PER_S = 20
LOAD = 0.5
WARM_UP = 1 / 3
SLOPE_MB_PER_H_MAX = 1.0
A_MINUTE_MB_MAX = 10.0
"""A minute is too short for a slope by the hour: there the growth itself must stay within what a cache may take."""


@pytest.mark.on_demand
@pytest.mark.experiment("P10")
async def test_a_release_fails_no_request(experiment: Experiment, house: House, town: Town) -> None:
    """One API process after the other is told to stop and started anew, at a hundred requests a second.

    Half of a service is away while its successor starts, which takes a core: where others work too, a quarter of what
    the house can is what the rest of it bears.
    """
    await until(lambda: all_seen_ready(house), within_s=BACK_WITHIN_S)
    mix = Mix(town, await town.client())
    per_s = PER_S if experiment.form == "long" else min(PER_S, await capacity(mix.ask) / 4)
    async with meanwhile(mix.ask, per_s=per_s) as replies:
        for name in (f"{service}-api{n}" for n in ("", "-2") * experiment.number("rounds") for service in SERVICES):
            await restarted(house, name)
            mix.client.headers = await town.headers()
    await mix.client.close()
    experiment.judge("no request failed", holds=not failed(replies, experiment), answers=str(statuses(replies)))
    restarts = 2 * len(SERVICES) * experiment.number("rounds")
    experiment.tell(requests=len(replies), restarts=restarts, per_s=per_s)
    experiment.tell(p50_ms=ms(replies, 0.5), p99_ms=ms(replies, 0.99))


@pytest.mark.on_demand
@pytest.mark.experiment("P18")
async def test_overload_sheds_and_does_not_fall(experiment: Experiment, house: House, town: Town) -> None:
    """Three times what the house can do: it does as much as before, and says no to the rest at once."""
    mix = Mix(town, await town.client())
    seconds = experiment.number("seconds")
    with apart(house):
        await capacity(mix.ask_actions)  # once, so that all is warm
        calm = await steadily(mix.ask_actions, per_s=CALM_PER_S, seconds=2)
        possible = await capacity(mix.ask_actions, seconds=seconds / 2)
        replies = await steadily(mix.ask_actions, per_s=OVERLOAD * possible, seconds=seconds)
        over = time.monotonic()
        after = await steadily(mix.ask_actions, per_s=CALM_PER_S, seconds=BACK_TO_NORMAL_S + 1)
    await mix.client.close()
    answered, refused = ([one for one in replies if one.good is good] for good in (True, False))
    goodput = len(answered) / seconds / possible
    refused_ms = [1000 * one.asked_s for one in refused] or [0.0]
    refused_p50, refused_p99 = percentile(refused_ms, 0.5), percentile(refused_ms, 0.99)
    experiment.judge("goodput", holds=goodput >= GOODPUT_MIN[experiment.form], goodput=goodput, capacity_per_s=possible)
    experiment.judge("refused politely", holds=all(one.says_later for one in refused), answers=str(statuses(replies)))
    experiment.judge_alone("refused at once", holds=refused_p50 < REFUSED_WITHIN_MS)
    experiment.tell(refused_p50_ms=refused_p50, refused_p99_ms=refused_p99)
    experiment.tell(answered_p50_ms=ms(answered, 0.5), answered_p99_ms=ms(answered, 0.99))
    back_s = _back_after(after, over, ms(calm, 0.99))
    experiment.judge_alone("back to normal within 5 s", holds=back_s <= BACK_TO_NORMAL_S, recovery_s=back_s)


@pytest.mark.on_demand
@pytest.mark.experiment("P20")
async def test_nothing_grows(experiment: Experiment, house: House, town: Town) -> None:
    """A machine busy for half of its time, for a while: memory and open files stay what they were when all was warm."""
    mix = Mix(town, await town.client())
    per_s = await rate_at(mix.ask, LOAD, try_s=experiment.number("try_s"))
    seconds, began, spent = experiment.number("seconds"), time.monotonic(), Spent.by_now()
    pids = services(house)
    looks: list[Look] = []
    async with meanwhile(mix.ask, per_s=per_s) as replies:
        for second in range(1, seconds + 1):
            await until(partial(_is_past, began + second))
            mix.client.headers = await town.headers()
            if second > seconds * WARM_UP:
                looks.append((float(second), megabytes(pids), open_files(pids)))
    busy = spent.busy_since()
    await mix.client.close()
    slopes = {name: _slope(looks, name) for name in pids}
    grown = {name: looks[-1][1][name] - looks[0][1][name] for name in pids}
    steepest = max(slopes, key=slopes.__getitem__)
    files = [sum(look[2].values()) for look in looks]
    limit = SLOPE_MB_PER_H_MAX * seconds / 3600 if experiment.form == "long" else A_MINUTE_MB_MAX
    experiment.judge("memory", holds=max(grown.values()) <= limit, growth_mb=max(grown.values()))
    leaks = min(files[-len(files) // 3 :]) > max(files[: len(files) // 2])  # a leak never comes back to where it was
    experiment.judge("open files", holds=not leaks, files=files[-1])
    experiment.judge("no errors", holds=not failed(replies, experiment), answers=str(statuses(replies)))
    experiment.judge("no restart", holds=services(house) == pids)
    experiment.tell(per_s=per_s, busy=busy, p50_ms=ms(replies, 0.5), p99_ms=ms(replies, 0.99))
    experiment.tell(steepest=steepest, slope_mb_per_h=slopes[steepest])


def _back_after(replies: list[Reply], over: float, calm_p99_ms: float) -> float:
    """Say when the answers were as quick again as before: the hour of the last question that was not."""
    seconds = [
        [one for one in replies if at <= one.at - one.took_s - over < at + 1] for at in range(BACK_TO_NORMAL_S + 1)
    ]
    slow = [at for at, within in enumerate(seconds) if ms(within, 0.9) > calm_p99_ms or not all(r.good for r in within)]
    return float(max(slow, default=-1) + 1)


def _is_past(at: float) -> bool:
    return time.monotonic() >= at


def _slope(looks: list[Look], name: str) -> float:
    """Give a process's growth in megabytes an hour."""
    at, held = zip(*((at, memory[name]) for at, memory, _ in looks), strict=True)
    return linear_regression(at, held).slope * 3600

"""F10, F11, F15, P21: records that are poison, come in a wrong order, or are of a contract that was broken."""

import copy
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from statistics import median
from uuid import UUID

import pytest

from docs import events
from docs.compatibility import breaks
from tests.architecture.source import ROOT
from tests.faults.experiment import Experiment
from tests.faults.projection import FACTS
from tests.faults.records import Crafted, fact, send, state
from tests.faults.rig import Rig
from tests.waiting import until

WITHIN_S = 60
LATER_S_MAX = 1.0
"""What poison may cost another key (INV6), beside what the same machine costs it without."""
PARKED = """SELECT key, error, (headers ->> 'ce_aggversion')::integer AS version FROM parked_event
             WHERE grp = $1 ORDER BY key, part, "offset" """


def made(experiment: Experiment) -> UUID:
    return UUID(int=experiment.rng.getrandbits(128), version=4)


def spoiled(experiment: Experiment, good: Crafted) -> Crafted:
    """Make a record poison, in one of four ways."""
    return experiment.rng.choice(
        [
            good.of(value=b"\xff\xfe no JSON"),
            good.of(value=b'{"by": "a lot"}'),
            good.of(value=b'{"amount": "1.00"}', type=good.type.replace(".v1", ".v9")),
            good.of(bare=True),
        ]
    )


@pytest.mark.experiment("P21")
async def test_bad_records_are_set_aside_and_good_ones_applied(experiment: Experiment, rig: Rig):
    rig.read()
    good = [fact(made(experiment), 1) for _ in range(experiment.number("events"))]
    bad = [spoiled(experiment, fact(made(experiment), 1)) for _ in range(int(len(good) * experiment.share("bad")))]
    mixed = [*good, *bad]
    experiment.rng.shuffle(mixed)
    began = time.monotonic()
    await send(rig.servers, mixed)
    with suppress(TimeoutError):
        await until(rig.has_read_everything, within_s=WITHIN_S)
    took_s = time.monotonic() - began
    parked = await rig.reader.fetch(PARKED, rig.group)
    balances = {row["id"]: row["total"] for row in await rig.reader.fetch("SELECT id, total FROM balance")}
    applied = sum(balances.get(one.key) == 1 for one in good)
    whole = applied == len(good) and {row["key"] for row in parked} == {str(one.key) for one in bad}
    experiment.judge("INV4", holds=whole and all(row["error"] for row in parked), applied=applied, parked=len(parked))
    experiment.judge("INV6", holds=took_s < WITHIN_S, records=len(mixed), recovery_s=took_s)


@pytest.mark.experiment("F11")
async def test_poison_holds_up_its_own_key_and_no_other(experiment: Experiment, rig: Rig):
    """Poison of three kinds under load; the key that a bug holds is freed by the bug's repair and a redrive.

    Calm and poison take turns, each for as long as the other.  What poison costs is in every one of its turns; what the
    machine costs is in some of either kind: so that the median of the differences judges, and no single hiccup.  On a
    machine of its own the worst turn with poison does, against the worst without.
    """
    bug = str(rig.load.things[0])
    rig.relay()
    reader = rig.read(fails_on=bug)
    keys = [made(experiment) for _ in range(experiment.number("poisoned_keys"))]
    rounds, seconds = experiment.number("rounds"), experiment.number("seconds")
    calm_s, late_s = list[float](), list[float]()
    async with rig.flowing():
        for n in range(rounds):
            await rig.recovered(within_s=WITHIN_S)
            calm_s.append(await rig.worst_lag_s(seconds, topic=FACTS, but_for=bug))
            await poison(experiment, rig, keys[n::rounds])
            late_s.append(await rig.worst_lag_s(seconds, topic=FACTS, but_for=bug))
    later_s = median(late - calm for late, calm in zip(late_s, calm_s, strict=True))
    told = {"others_later_s": later_s, "others_late_s": max(late_s), "others_late_calm_s": max(calm_s)}
    experiment.judge("INV6", holds=later_s < LATER_S_MAX, **told)
    experiment.judge_alone("no key a second late", holds=max(late_s) < max(calm_s) + LATER_S_MAX)
    await until(rig.has_read_everything, within_s=WITHIN_S)
    parked = await rig.reader.fetch(PARKED, rig.group)
    behind = {str(key): [row["version"] for row in parked if row["key"] == str(key)] for key in keys}
    assert all(versions[1:] == [3, 4] and versions[0] in (2, None) for versions in behind.values()), behind
    held = [row["version"] for row in parked if row["key"] == bug]
    assert held == list(range(held[0], held[-1] + 1))
    await reader.stop()
    rig.read()
    began = time.monotonic()
    await rig.redriven(FACTS, bug, within_s=WITHIN_S)
    experiment.tell(parked=len(parked), redriven=len(held), redrive_s=time.monotonic() - began)
    await rig.judged()


async def poison(experiment: Experiment, rig: Rig, keys: Sequence[UUID]) -> None:
    """Tell of each key a good record, one that is spoiled, and two good ones behind it."""
    await send(rig.servers, [fact(key, 1) for key in keys])
    await send(rig.servers, [spoiled(experiment, fact(key, 2)) for key in keys])
    await send(rig.servers, [fact(key, version) for key in keys for version in (3, 4)])


@pytest.mark.experiment("F10")
async def test_the_newest_version_stays_and_a_gap_is_an_alarm(experiment: Experiment, rig: Rig):
    """States: 1, 3, 2 and then 5.  Facts: 1, 2 and then 4, for good."""
    rig.read(watched=True)
    keys = list(rig.load.things)
    told: list[Crafted] = []
    for key in keys:
        told += [state(key, version, Decimal(version)) for version in (1, 3, 2, 5, 2)]
        told += [fact(key, version) for version in (1, 2, 4)]
    await send(rig.servers, told)
    await until(rig.has_read_everything, within_s=WITHIN_S)
    shown = await rig.reader.fetch("SELECT id, version, amount FROM shown")
    newest = sum((row["version"], row["amount"]) == (5, 5) for row in shown)
    cells = await rig.reader.fetchrow("SELECT sum(n) AS n, sum(amount) AS amount FROM tally")
    assert cells is not None
    experiment.judge("INV4", holds=newest == len(keys) and (cells["n"], cells["amount"]) == (len(keys), 5 * len(keys)))
    gaps = await rig.reader.fetch("SELECT key, have, got FROM gap_seen WHERE grp = $1", rig.group)
    assert {row["key"]: (row["have"], row["got"]) for row in gaps} == {str(key): (2, 4) for key in keys}
    experiment.tell(keys=len(keys), gaps=len(gaps))


@pytest.mark.experiment("F15")
async def test_a_broken_contract_is_refused_and_forced_it_is_parked(experiment: Experiment, rig: Rig):
    """Every required field of every committed schema is dropped once; then such records meet a reader."""
    schemas = sorted((ROOT / events.FOLDER).glob("*.json"))
    refused, asked = 0, 0
    for path in schemas:
        old = json.loads(path.read_text(encoding="utf-8"))
        for name in old.get("required", []):
            new = copy.deepcopy(old)
            new["required"].remove(name)
            del new["properties"][name]
            asked += 1
            refused += bool(breaks(old, new))
    assert asked
    assert refused == asked
    rig.read()
    keys = [made(experiment) for _ in range(experiment.number("records"))]
    await send(rig.servers, [fact(key, 1) for key in keys])
    await send(rig.servers, [fact(key, 2).of(value=b"{}") for key in keys])
    await until(rig.has_read_everything, within_s=WITHIN_S)
    parked = await rig.reader.fetch(PARKED, rig.group)
    totals = [row["total"] for row in await rig.reader.fetch("SELECT id, total FROM balance") if row["id"] in set(keys)]
    unread = len(parked) == len(keys) and {row["version"] for row in parked} == {2}
    experiment.judge("INV4", holds=unread and totals == [Decimal(1)] * len(keys))
    experiment.tell(refused=refused, parked=len(parked))

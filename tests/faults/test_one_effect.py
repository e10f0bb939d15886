"""Many at once on one thing: one effect for one key, one winner for one version, one decision for one line."""

import asyncio
import json
import secrets
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial

import asyncpg
import pytest

from common.contracts.access import Role
from tests.conftest import House
from tests.e2e import dossier
from tests.e2e.dossier import FEBRUARY, JANUARY, MARCH
from tests.e2e.standing import BACK_WITHIN_S, all_seen_ready
from tests.faults.asking import Client, Reply
from tests.faults.breaking import kill
from tests.faults.experiment import Experiment
from tests.faults.town import Town
from tests.waiting import until

AT_ONCE = 8
TIMES = (2, 5)
OTHER_BODY = 0.1
PAUSE_S = 0.05
ANSWERED_WITHIN_S = 120
DECISION = {
    "outcome": "validated",
    "committee_on": "2025-02-13",
    "quorum": "9/12",
    "recommended": dossier.money("600.00"),
}


@pytest.mark.experiment("P6")
async def test_the_same_key_gets_the_same_answer(experiment: Experiment, house: House, town: Town) -> None:
    """Each key is sent several times at once, and now and then with another body: one thing, one answer, or 422.

    What was made is counted in the table too: a second project that no answer names would be there.
    """
    client, places = await town.client(), asyncio.Semaphore(AT_ONCE)
    sent = Counter[str]()
    run = secrets.token_hex(4)

    async def one(n: int) -> tuple[Sequence[Reply], Reply | None]:
        async with places:
            key = {"idempotency-key": f"{run}-{n}", **await town.headers()}
            times = experiment.rng.randint(*TIMES)
            asks = [insist(client, "/v1/projects", town.project(f"{run}-{n}"), key) for _ in range(times)]
            replies = await asyncio.gather(*asks)
            sent["requests"] += times
            if experiment.rng.random() > OTHER_BODY:
                return replies, None
            return replies, await insist(client, "/v1/projects", town.project(f"{run}-other"), key)

    every = await asyncio.gather(*(one(n) for n in range(experiment.number("keys"))))
    await client.close()
    bodies = [{(reply.status, reply.body, reply.headers.get("etag")) for reply in replies} for replies, _ in every]
    others = [other for _, other in every if other is not None]
    made = {json.loads(body)["id"] for answers in bodies for _, body, _ in answers}
    wanted = sorted(f"{run}-{n}" for n in range(len(every)))
    experiment.judge("byte for byte", holds=all(len(answers) == 1 for answers in bodies), keys=len(every))
    titles = await _titles(house, run)
    experiment.judge("created once", holds=len(made) == len(every) and titles == wanted, **sent)
    experiment.judge("another body is 422", holds=all(one.status == 422 for one in others), others=len(others))


async def _titles(house: House, run: str) -> list[str]:
    """Read the titles of all projects that a run has made, whoever was told of them."""
    connection = await asyncpg.connect(house.environment["DATABASE_URL"])
    try:
        made = await connection.fetch("SELECT title FROM actions.project WHERE title LIKE $1", f"{run}-%")
    finally:
        await connection.close()
    return sorted(title for (title,) in made)


@pytest.mark.experiment("P7")
async def test_no_update_is_lost(experiment: Experiment, town: Town) -> None:
    """Many change one project at once, each from the version it has read: the losers are told, and read again."""
    client = await town.client()
    made = await insist(client, "/v1/projects", town.project("v1"), {"idempotency-key": secrets.token_hex(16)})
    path, lost = f"/v1/projects/{json.loads(made.body)['id']}", Counter[int]()

    async def change(word: str) -> bool:
        """Try once, from the version that is there now."""
        seen = await client.ask("GET", path)
        if not seen.good:
            return False
        headers = {"if-match": seen.headers["etag"], "idempotency-key": secrets.token_hex(16)}
        reply = await client.ask("POST", f"{path}/change", town.change(word), headers=headers)
        lost[reply.status] += 1
        assert not reply.good or json.loads(reply.body)["title"] == word
        return reply.good

    async def writer(n: int) -> None:
        for nth in range(experiment.number("changes")):
            await until(partial(change, f"{n}-{nth}"), within_s=ANSWERED_WITHIN_S)

    await asyncio.gather(*(writer(n) for n in range(experiment.number("writers"))))
    last = await client.ask("GET", path)
    await client.close()
    changes = experiment.number("writers") * experiment.number("changes")
    experiment.judge("none lost", holds=last.headers["etag"] == f'"v{changes + 1}"', changes=changes)
    experiment.judge("losers get 412", holds=set(lost) <= {200, 412, 503}, answers=str(dict(sorted(lost.items()))))


@pytest.mark.experiment("P8")
async def test_one_line_is_decided_once(experiment: Experiment, house: House, town: Town) -> None:
    """Hundreds decide one line at once, each under a key of its own, while an API process is killed: one passes."""
    winners, answers, recovered = list[int](), Counter[str](), list[float]()
    drac = await town.client(Role.DRAC_ADVISER)
    for n in range(experiment.number("rounds")):
        path = await _undecided(town)
        headers = {**await town.headers(Role.DRAC_ADVISER), "sandbox-date": MARCH.isoformat()}
        seen = await drac.ask("GET", path.partition("/funding-lines")[0], headers=headers)
        headers["if-match"] = seen.headers["etag"]
        asks = [_decide(drac, path, headers, amount) for amount in range(1, experiment.number("clients") + 1)]
        deciding = asyncio.gather(*asks)
        kill(house, ("actions-api", "actions-api-2")[n % 2])
        killed = time.monotonic()
        replies = await deciding
        winners.append(sum(one.good for one in replies))
        answers.update(reply.lost or str(reply.status) for reply in replies)
        await until(lambda: all_seen_ready(house), within_s=BACK_WITHIN_S)
        recovered.append(time.monotonic() - killed)
    await drac.close()
    experiment.tell(recovery_s=max(recovered))
    experiment.judge("exactly one passes", holds=set(winners) == {1}, rounds=len(winners), kills=len(winners))
    experiment.judge("the others are told", holds=set(answers) <= {"200", "409", "412"}, answers=str(dict(answers)))


async def _decide(client: Client, path: str, headers: dict[str, str], amount: int) -> Reply:
    body = {"granted": dossier.money(f"{amount}.00"), "decided_on": "2025-03-20", "reference": f"D-{amount}"}
    key = {"idempotency-key": secrets.token_hex(16)}
    return await insist(client, f"{path}/decide", json.dumps(body).encode(), {**headers, **key})


async def _undecided(town: Town) -> str:
    """Bring a project to where its funders decide; give the path of one line."""
    office, holder = town.office, town.ground[Role.PROJECT_HOLDER]
    made = await dossier.drafted(office, town.ground, town.campaign_id)
    path = f"/v1/projects/{made.things['project_id']}"
    await office.write(holder, f"{path}/submit", seen=path, at=JANUARY)
    coordinator, secretary = town.ground[Role.REGIONAL_COORDINATOR], town.ground[Role.COMMITTEE_SECRETARY]
    await office.write(coordinator, f"{path}/declare-eligible", seen=path, at=JANUARY)
    await office.write(secretary, f"{path}/decide", DECISION, seen=path, at=FEBRUARY)
    return f"{path}/funding-lines/{made.things['line_id']}"


async def insist(client: Client, target: str, body: bytes, headers: dict[str, str]) -> Reply:
    """Send the same thing until somebody has judged it."""
    async with asyncio.timeout(ANSWERED_WITHIN_S):
        while True:
            reply = await client.ask("POST", target, body, headers=headers)
            if reply.status not in {0, 502, 503, 504}:
                return reply
            await asyncio.sleep(PAUSE_S)

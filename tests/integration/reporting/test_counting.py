"""Whatever is delivered, in whatever order and however often, the cells are what counting afresh would give."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid4

import pytest

from common.consumer import Message
from common.contracts.actions import (
    CELLS_OF,
    ActionStatus,
    Budgets,
    CountMethod,
    Dimension,
    ProjectStatus,
    ReportStatus,
)
from common.database import Database
from common.tokens import SYSTEM
from reporting.domain.contributions import contributions
from tests.integration.reporting.records import hear, hear_in, hear_records, record
from tests.states import (
    CAF,
    CITY,
    DRAC,
    FORECAST,
    action,
    breakdown,
    budget,
    campaign,
    line,
    place,
    project,
    report,
    reported,
    session,
    workshop,
)


class World:
    """Random histories of a few campaigns, each version of each aggregate a whole state."""

    def __init__(self, seed: int) -> None:
        self.luck = random.Random(seed)  # noqa: S311 - a history, not a secret
        self.campaigns = [uuid4() for _ in range(2)]
        self.projects = [uuid4() for _ in range(3)]
        self.actions = [uuid4() for _ in range(5)]
        self.reports = [uuid4() for _ in range(2)]

    def history(self) -> list[Any]:
        makers = [
            *((one, self._project) for one in self.projects),
            *((one, self._action) for one in self.actions),
            *((one, self._report) for one in self.reports),
            *((one, campaign) for one in self.campaigns),
        ]
        return [make(id_, version) for id_, make in makers for version in range(1, self.luck.randint(2, 6))]

    def _at(self) -> dict[str, Any]:
        return {"campaign_id": self.luck.choice(self.campaigns), "campaign_year": self.luck.choice([2024, 2025])}

    def _place(self) -> Any:
        where = self.luck.choice([("75", "86"), ("75", "87"), ("11", "93")])
        density = self.luck.choice([None, 2, 6])
        return place(
            region=where[0], department=where[1], density=density, located_in_district=self.luck.random() < 0.5
        )

    def _project(self, id_: UUID, version: int) -> Any:
        lines = [
            line(
                str(funder),
                funder,
                self.luck.randint(0, 900),
                self.luck.choice([None, 0, 400]),
                self.luck.choice([0, 200]),
            )
            for funder in self.luck.sample([DRAC, CITY, CAF], self.luck.randint(0, 3))
        ]
        revised = self.luck.choice([None, budget(self.luck.randint(0, 4000), 100, 50)])
        actual = self.luck.choice([None, None, budget(self.luck.randint(0, 4000), 90, 60)])
        return project(
            id_,
            version,
            state=self.luck.choice(list(ProjectStatus)),
            lines=tuple(lines),
            budgets=Budgets(forecast=FORECAST, revised=revised, actual=actual),
            deleted=self.luck.random() < 0.1,
            **self._at(),
        )

    def _action(self, id_: UUID, version: int) -> Any:
        make = self.luck.choice([action, workshop])
        there = self._place()
        sessions = tuple(
            session(date(2025, self.luck.randint(1, 12), day), self.luck.randint(0, 300), place_id=there.id)
            for day in range(1, self.luck.randint(2, 4))
        )
        return make(
            id_,
            version,
            state=self.luck.choice([ActionStatus.HELD, ActionStatus.HELD, ActionStatus.SCHEDULED]),
            project_id=self.luck.choice(self.projects),
            places=(there,),
            sessions=sessions,
            **self._at(),
        )

    def _report(self, id_: UUID, version: int) -> Any:
        at = self._at()
        of = [
            reported(action(one, project_id=self.projects[0], places=(self._place(),), **at), self._breakdowns())
            for one in self.luck.sample(self.actions, self.luck.randint(0, 4))
        ]
        return report(id_, of, version, state=self.luck.choice(list(ReportStatus)), **at)

    def _breakdowns(self) -> Any:
        return tuple(
            breakdown(
                dimension,
                self.luck.choice(list(CountMethod)),
                {cell: self.luck.choice([0, 0, 2, 7, 40]) for cell in sorted(CELLS_OF[dimension])},
            )
            for dimension in Dimension
        )


Delivery = tuple[Message, Any]
"""A record, and the state that it holds."""


def deliveries(world: World) -> list[Delivery]:
    """Deliver every version once, a third again, some as of a restored database, all in disorder."""
    history, luck = world.history(), world.luck
    again = [one for one in history if luck.random() < 0.33]
    reborn = [replace(one, version=1) for one in history if luck.random() < 0.1]
    found = [(record(one), one) for one in (*history, *again)] + [(record(one, epoch=2), one) for one in reborn]
    luck.shuffle(found)
    return found


def afresh(delivered: Iterable[Delivery]) -> Counter[tuple[UUID, str]]:
    """Count the newest state of each aggregate from nothing: the amount and the contributions of each cell."""
    newest: dict[str, Delivery] = {}
    for message, state in delivered:
        known = newest.get(message.key)
        if known is None or (known[0].epoch, known[0].version) < (message.epoch, message.version):
            newest[message.key] = message, state
    totals: Counter[tuple[UUID, str]] = Counter()
    for _, state in newest.values():
        for part in contributions(state):
            totals[UUID(part.cell), "amount"] += part.amount
            totals[UUID(part.cell), "n"] += 1
    return totals


async def counted(db: Database, campaigns: Sequence[UUID], table: str) -> Counter[tuple[UUID, str]]:
    """Read what the database has counted for some campaigns, from its cells or from its contributions."""
    n = "sum(n)" if table == "cell" else "count(*)"
    async with db.transaction(SYSTEM) as tx:
        rows = await tx.fetch(
            f"""
            SELECT cell, sum(amount)::bigint AS amount, {n}::bigint AS n
              FROM {table} WHERE campaign_id = ANY ($1::uuid[]) GROUP BY cell
            """,
            campaigns,
        )
    return Counter({(row["cell"], name): row[name] for row in rows for name in ("amount", "n")})


def without_noughts(totals: Counter[tuple[UUID, str]]) -> dict[tuple[UUID, str], int]:
    return {name: total for name, total in totals.items() if total}


@pytest.mark.parametrize("seed", range(8))
async def test_any_order_with_repeats_gives_what_counting_afresh_gives(db, seed):
    """After every few records, so that no moment in between shows a sum that no history has."""
    world = World(seed)
    todo = deliveries(world)
    done: list[Delivery] = []
    while todo:
        size = world.luck.randint(1, 12)
        batch, todo = todo[:size], todo[size:]
        await hear_records(db, sorted((message for message, _ in batch), key=lambda one: (one.topic, one.partition)))
        done += batch
        expected = without_noughts(afresh(done))
        assert without_noughts(await counted(db, world.campaigns, "cell")) == expected
        assert without_noughts(await counted(db, world.campaigns, "contribution")) == expected


@pytest.mark.parametrize("seed", range(3))
async def test_no_topic_waits_for_a_row_of_another(db, seed):
    """Several hands apply, each another topic (ADR 0058): here all at once, on the same projects and campaigns."""
    history = World(seed).history()
    for version in (1, 2):  # rows that are not there yet, and rows that are
        said = sorted((record(one) for one in history if one.version == version), key=attrgetter("topic", "partition"))
        async with AsyncExitStack() as all_open:
            for _, of_topic in groupby(said, key=attrgetter("topic")):
                tx = await all_open.enter_async_context(db.transaction(SYSTEM))
                await tx.execute("SET LOCAL lock_timeout = '500ms'")
                for _, batch in groupby(of_topic, key=attrgetter("partition")):
                    await hear_in(tx, list(batch))


async def test_a_cell_that_nothing_stands_in_any_more_is_nought(db, reader):
    held = action(uuid4(), campaign_id=uuid4())
    await hear(db, held)
    where = {"campaign": str(held.campaign_id)}
    assert await reader.value("I05", **where) == 214
    await hear(db, replace(held, version=2, deleted=True))
    assert await reader.value("I05", **where) == 0
    grouped = await reader.ask(indicator="I05", group_by="month", **where)
    assert grouped.json()["figures"][0]["rows"] == []


async def test_a_tombstone_takes_everything_back(db, reader):
    held = action(uuid4(), campaign_id=uuid4())
    await hear(db, held)
    await hear_records(db, [record(replace(held, version=2))._replace(value=None)])
    assert await reader.value("I05", campaign=str(held.campaign_id)) == 0


async def test_a_late_record_changes_nothing(db, reader):
    held = action(uuid4(), 5, campaign_id=uuid4())
    await hear(db, held, replace(held, version=4, state=ActionStatus.SCHEDULED))
    assert await reader.value("I05", campaign=str(held.campaign_id)) == 214


async def test_cost_per_participation_stands_where_the_money_does_whichever_comes_first(db, reader):
    """An action elsewhere in the country counts its people at the main commune of its project."""
    id_, campaign_id = uuid4(), uuid4()
    away = action(uuid4(), campaign_id=campaign_id, project_id=id_, places=(place(region="11", department="93"),))
    await hear(db, away)
    assert await reader.value("I21", campaign=str(campaign_id), region="75") is None
    await hear(db, project(id_, campaign_id=campaign_id))
    assert await reader.value("I21", campaign=str(campaign_id), region="75") == {"amount": "15.61", "currency": "EUR"}
    assert await reader.value("I21", campaign=str(campaign_id), region="11") is None
    assert await reader.value("I05", campaign=str(campaign_id), region="11") == 214


async def test_figures_say_what_codes_are_called(db, reader):
    call = campaign(uuid4(), title="Campagne d’essai")
    await hear(db, call, action(uuid4(), campaign_id=call.id))
    answer = await reader.ask(indicator="I05", group_by="campaign", campaign=str(call.id))
    assert answer.json()["labels"] == {"campaign": {str(call.id): "Campagne d’essai"}}

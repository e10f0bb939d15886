"""P17: what is made of the topics, emptied and made again, is the same; alone, and beside live load."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import msgspec
import pytest

from bench import lives, telling
from bench.figures import percentile
from catalogue.consumers import GROUP as CATALOGUE
from common import collector, consumer, contracts, migrations, operations
from common.contracts.partners import OrganisationKind, OrganisationState
from common.database import Database, connect
from common.tokens import SYSTEM
from reporting import consumers
from reporting.consumers import rebuilding
from tests.faults.experiment import Experiment

LIVE_AGE_S = 2.0
ALONE_S = 30.0
BESIDE_S = 60.0
SUMS = """
SELECT (SELECT count(*) || ':' || sum(hashtextextended(concat(kind, id, epoch, version, parts, total), 0)) FROM record),
       (SELECT count(*) || ':' || sum(hashtextextended(concat(kind, id, part, cell, amount, action_id), 0))
          FROM contribution),
       (SELECT count(*) || ':' || sum(hashtextextended(concat(cell, shard, amount, n, region), 0))
          FROM cell WHERE n <> 0),
       (SELECT count(*) || ':' || sum(hashtextextended(concat(id, version, region), 0)) FROM known_project),
       (SELECT count(*) || ':' || sum(hashtextextended(concat(id, version, name), 0)) FROM known_organisation)
"""
NAMES = "SELECT count(*) || ':' || sum(hashtextextended(concat(id, epoch, version, name), 0)) FROM known_organisation"


@asynccontextmanager
async def hearing(group: consumer.Group, db: Database, servers: str) -> AsyncIterator[None]:
    task = asyncio.create_task(
        consumer.run(group, database=db, settings=consumer.Settings(servers=servers, poll_records_max=2_000))
    )
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def sums(db: Database, statement: str) -> tuple[object, ...]:
    async with db.transaction(SYSTEM) as tx:
        await tx.execute("SET LOCAL statement_timeout = '60s'")
        [row] = await tx.fetch(statement, timeout=61)
    return tuple(row)


async def emptied(owner_dsn: str, tables: list[str]) -> None:
    connection = await asyncpg.connect(owner_dsn)
    try:
        for name in tables:
            await connection.execute(f"TRUNCATE {name}")
    finally:
        await connection.close()


def organisation(n: int, seed: int) -> lives.Told:
    id_ = UUID(int=seed << 64 | n, version=4)
    plain = OrganisationState(
        id=id_,
        version=1,
        occurred_at=datetime(2025, 1, 1, tzinfo=UTC),
        name=f"Organisation {n}",
        kind=OrganisationKind.CULTURAL_ASSOCIATION,
        legal_form=None,
        siren=None,
        siret=None,
        rna=None,
        municipality=None,
        department=None,
        area=None,
        roles=(),
        names=(),
        dated_roles=(),
        identifiers=(),
        closed_on=None,
    )
    return lives.Told("organisation", id_, 1, msgspec.json.encode(plain))


def untold(_done: int, _of: int) -> None:
    """Show nobody."""


async def alone(experiment: Experiment, db: Database, group: consumer.Group, settings: rebuilding.Settings) -> None:
    """Empty everything and make it again."""
    await emptied(settings.owner_dsn, [*EMPTIED])
    assert (await sums(db, SUMS))[2] is None
    began = time.monotonic()
    mended = await rebuilding.rebuild(group, settings, untold)
    alone_s = time.monotonic() - began
    experiment.judge_alone("half a minute, alone", holds=alone_s < ALONE_S, alone_s=alone_s)
    experiment.tell(records=mended.records, mended=len(mended.differences))


async def beside(experiment: Experiment, db: Database, group: consumer.Group, settings: rebuilding.Settings) -> None:
    """Make it again while live records come, and see how old they get before they are counted."""
    trickle = telling.Trickle(db, group.name)
    more = lives.records(experiment.number("events"), seed=experiment.seed + 1)
    per_s = experiment.number("live_per_s")
    live = asyncio.create_task(trickle.run(settings.servers, more, per_s=per_s))
    began = time.monotonic()
    again = await rebuilding.rebuild(group, replace(settings, records_per_s=25_000), untold)
    beside_s = time.monotonic() - began
    experiment.judge_alone("a minute", holds=beside_s < BESIDE_S, beside_s=beside_s, beside_events_per_s=per_s)
    live.cancel()
    await asyncio.wait([live])
    age_s = percentile(trickle.ages_s, 0.99) if trickle.ages_s else None
    experiment.tell(live_age_p99_s=age_s)
    experiment.judge_alone("live figures stay young", holds=age_s is not None and age_s < LIVE_AGE_S)
    assert list(again.differences) == []


@pytest.fixture
def settled() -> Iterator[None]:
    """Let this process look for garbage as seldom as a worker does: readers and rebuild run in it."""
    before = gc.get_threshold()
    collector.settle()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.mark.usefixtures("settled")
@pytest.mark.experiment("P17")
async def test_what_is_made_again_is_the_same(
    experiment: Experiment, database: Callable[..., Awaitable[str]], kafka_servers: str
) -> None:
    address, other = await database("reporting"), await database("catalogue")
    db = await connect(migrations.dsn(address, "reporting", "app"), size_max=4)
    names = await connect(migrations.dsn(other, "catalogue", "app"), size_max=2)
    group = replace(consumers.GROUP, name=f"p17.reporting.{experiment.seed}")
    copies = replace(CATALOGUE, name=f"p17.catalogue.{experiment.seed}")
    owner = migrations.dsn(address, "reporting", "owner")
    settings = rebuilding.Settings(servers=kafka_servers, owner_dsn=owner)
    events = experiment.number("events")
    try:
        await telling.tell_all(kafka_servers, (organisation(n, experiment.seed) for n in range(500)))
        await telling.tell_all(kafka_servers, lives.records(events // 10, seed=experiment.seed))
        async with hearing(group, db, kafka_servers), hearing(copies, names, kafka_servers):
            await telling.heard_all(db, group.name, kafka_servers, rebuilding.REBUILT, within_s=1_200)
            await telling.heard_all(names, copies.name, kafka_servers, ORGANISATIONS, within_s=60)
            before, known = await sums(db, SUMS), await sums(names, NAMES)

            await alone(experiment, db, group, settings)
            assert await sums(db, SUMS) == before
            await rebuilding.drop_replaced(settings)
            await beside(experiment, db, group, settings)
            await telling.heard_all(db, group.name, kafka_servers, rebuilding.REBUILT, within_s=60)

            await emptied(migrations.dsn(other, "catalogue", "owner"), ["known_organisation"])
            async with names.transaction(SYSTEM) as tx:
                await operations.rewind(tx, who="P17", group=copies.name, topic=ORGANISATIONS[0])
            await telling.heard_all(names, copies.name, kafka_servers, ORGANISATIONS, within_s=60)
            assert await sums(names, NAMES) == known
    finally:
        await db.close()
        await names.close()


ORGANISATIONS = [contracts.topic("organisation", "state")]
EMPTIED = (
    *("record", "contribution", "cell", "known_project", "known_campaign"),
    *("known_territory", "known_organisation", "known_coordination"),
)

"""Questions: what waits, what stands still, what became of something."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import timedelta

from common import contracts, kafka, operations
from common.kafka import aio
from common.kafka.port import Place
from passeurs import store
from passeurs.place import House
from passeurs.telling import show
from stack.services import SERVICES

OUTBOX = ("service", "leader's epoch", "database's epoch", "draining", "waiting", "oldest waits", "moved at", "kept")
PARKED = ("service", "group", "topic", "key", "since", "records", "redriving", "what is wrong with the first")
LAG = ("service", "group", "topic", "partitions", "records behind", "last record of")
TOPICS = ("topic", "holds", "partitions", "records ever", "differs from its declaration")
AUDIT = ("service", "at", "who", "command", "with", "outcome")


async def topics(house: House) -> None:
    """Show every declared topic: how far it goes, and what is not as it was declared."""
    missing = set(await kafka.missing_topics(house.parts.kafka_servers))
    differing = await kafka.differing_topics(house.parts.kafka_servers)
    there = [name for name in contracts.topics() if name not in missing]
    ends = await _ends(house, {Place(name, n) for name in there for n in range(contracts.PARTITIONS)})
    rows = []
    for name, kind in contracts.topics().items():
        differs = "missing" if name in missing else "; ".join(differing.get(name, ()))
        written = sum(end for place, end in ends.items() if place.topic == name)
        rows.append((name, kind, contracts.PARTITIONS, written, differs or None))
    show("Topics", TOPICS, rows, empty="none is declared")


async def lag(house: House) -> None:
    """Show how far each group is behind, in records, and how old the last one is that it applied."""
    rows = []
    for service in SERVICES:
        async with house.schema(service) as connection:
            positions = await store.positions(connection)
        ends = await _ends(house, {Place(row["topic"], row["part"]) for row in positions})
        by_topic: Mapping[tuple[str, str], list[tuple[int, timedelta | None]]] = defaultdict(list)
        for row in positions:
            behind = max(0, ends[Place(row["topic"], row["part"])] - row["next_offset"])
            by_topic[row["grp"], row["topic"]].append((behind, row["age"]))
        for (group, topic), found in by_topic.items():
            youngest = min((age for _, age in found if age is not None), default=None)
            rows.append((service, group, topic, len(found), sum(behind for behind, _ in found), youngest))
    show("Readers", LAG, rows, empty="nobody has read anything")


async def audit(house: House, limit: int) -> None:
    """Show what operators did, and what became of it."""
    rows = []
    for service in SERVICES:
        async with house.schema(service) as connection:
            rows += [(service, *found.values()) for found in await store.audit(connection, limit)]
    show("Operations", AUDIT, sorted(rows, key=lambda row: row[1], reverse=True)[:limit], empty="nothing was done")


async def _ends(house: House, places: Collection[Place]) -> Mapping[Place, int]:
    if not places:
        return {}
    reader = await aio.reader(house.parts.kafka_servers, places)
    try:
        return await reader.ends(places)
    finally:
        await reader.close()


async def outbox(house: House) -> None:
    """Show each service's outbox and cursor."""
    rows = []
    for service in SERVICES:
        async with house.schema(service) as connection:
            found = await store.outbox(connection)
        if found is not None:
            said = ("epoch", "db_epoch", "draining", "rows", "age", "updated_at", "retained")
            rows.append((service, *(found[name] for name in said)))
    show("Outboxes", OUTBOX, rows, empty="no relay has ever led")


async def parked(house: House, service: str | None) -> None:
    """Show the keys set aside."""
    rows = []
    for one in SERVICES if service is None else (service,):
        async with house.schema(one) as connection:
            held = await operations.parked(connection)
        rows += [(one, key.grp, key.topic, key.key, key.since, key.records, key.redriving, key.error) for key in held]
    show("Parked keys", PARKED, rows, empty="nothing is parked")


async def follow(house: House, aggregate: str) -> None:
    """Show what each service knows of one aggregate."""
    for service in SERVICES:
        async with house.schema(service) as connection:
            said = await store.said_of(connection, aggregate)
        if said:
            show(f"{service} said", ("at", "topic", "type", "version", "event", "trace"), map(tuple, said), empty="")
    async with house.schema("reporting") as connection:
        counted = await store.counted_of(connection, aggregate)
    columns = ("recorded at", "topic", "partition", "offset", "version", "contributions")
    show("The figures count", columns, map(tuple, counted), empty="nothing of it")
    async with house.schema("partners") as connection:
        delivered = await store.delivered_of(connection, aggregate)
    show(
        "Webhooks",
        ("type", "endpoint", "sequence", "state", "delivered at", "attempts"),
        map(tuple, delivered),
        empty="none told of it",
    )

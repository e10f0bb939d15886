"""Questions: what waits, what stands still, what became of something."""

from passeurs import store
from passeurs.place import House
from passeurs.telling import show
from stack.services import SERVICES

OUTBOX = ("service", "leader's epoch", "database's epoch", "draining", "waiting", "oldest waits", "moved at", "kept")
PARKED = ("service", "group", "topic", "key", "since", "records", "what is wrong with the first")


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
            rows += [(one, *found.values()) for found in await store.parked(connection)]
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

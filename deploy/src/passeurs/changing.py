"""What an operator changes: each is one transaction with its line in the audit (`common.operations`).

(1) What takes many transactions has its line before the first of them, and an outcome in the last: one that was cut
    short is seen in the audit, and may be asked for again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from itertools import product

from common import operations, outbox
from common.checkpoints import owned
from common.contracts.platform import BUCKETS
from common.database import Transaction
from passeurs import store
from passeurs.place import House
from passeurs.telling import console

DONE_WITHIN_S = 30
LOOK_EVERY_S = 0.1


class NotDoneYet(Exception):
    """The worker that has to do it has not: it may be down; the operation stays asked for."""


class NothingOwned(Exception):
    """The service keeps nothing that it could announce: what it says it has computed from others."""


async def change(house: House, service: str, operation: Callable[[Transaction], Awaitable[int]]) -> int:
    """Do one operation in the schema of a service; return its number."""
    async with house.schema(service) as connection, connection.transaction():
        return await operation(connection)


async def redrive(house: House, service: str, group: str, topic: str, key: str) -> None:
    """Ask the worker for a key's parked records, and wait until it has applied them in order.

    Raises:
        NotDoneYet: nobody has within the time.
    """

    async def asked(tx: Transaction) -> int:
        return await operations.redrive(tx, who=house.who, group=group, topic=topic, key=key)

    number = await change(house, service, asked)
    deadline = time.monotonic() + DONE_WITHIN_S
    async with house.schema(service) as connection:
        while (outcome := await store.outcome(connection, number)) is None:
            if time.monotonic() > deadline:
                raise NotDoneYet(f"Operation {number} of {service} is asked for; its worker has not done it.")
            await asyncio.sleep(LOOK_EVERY_S)
    console.print(f"Operation {number}: {outcome}.")


async def rewind(house: House, service: str, group: str, topic: str, *, partition: int | None, to: int) -> None:
    """Have a group read a topic again; its running worker follows."""

    async def moved(tx: Transaction) -> int:
        return await operations.rewind(tx, who=house.who, group=group, topic=topic, partition=partition, to=to)

    number = await change(house, service, moved)
    console.print(f"Operation {number}: {group} reads {topic} from {to} on.")


async def park(house: House, service: str, seq: int, reason: str) -> None:
    """Take a row of the outbox out of the relay's way."""

    async def parked(tx: Transaction) -> int:
        return await operations.park_row(tx, who=house.who, seq=seq, reason=reason)

    console.print(f"Operation {await change(house, service, parked)}: row {seq} is parked.")


async def unpark(house: House, service: str, seq: int) -> None:
    """Publish a parked row after all, if it is not overtaken."""

    async def unparked(tx: Transaction) -> int:
        return await operations.unpark_row(tx, who=house.who, seq=seq)

    number = await change(house, service, unparked)
    async with house.schema(service) as connection:
        console.print(f"Operation {number}: {await store.outcome(connection, number)}.")


async def announce(house: House, service: str) -> None:
    """Announce every state of a service as it stands, a bucket in each transaction: who is right changes nothing.

    Changes of a bucket wait for as long as it takes, so that no older state follows a newer one.

    Raises:
        NothingOwned: it has none.
    """
    if not (kinds := owned(service)):
        raise NothingOwned(f"{service} keeps no states of its own; its figures are rebuilt, or compared.")

    async def begun(tx: Transaction) -> int:
        return await operations.record(
            tx, who=house.who, command="announce", arguments={"aggregates": kinds}, outcome=None
        )

    number, states = await change(house, service, begun), 0
    async with house.schema(service) as connection:
        for kind, bucket in product(kinds, range(BUCKETS)):
            async with connection.transaction():
                states += await outbox.announce_again(connection, kind, bucket)
        await operations.end(connection, number, f"{states} states are announced")
    console.print(f"Operation {number}: {states} states of {', '.join(kinds)} are announced.")

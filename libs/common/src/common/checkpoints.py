"""What a service holds, summed up for those who keep copies of it, and announced again where a copy differs.

(1) Digests are taken in the snapshot of the relay's difference: what a service held once exactly those records had been
    published that end where the checkpoint says.
(2) A bucket is announced again from rows that are held (`FOR SHARE`): a change of one of them waits, so that no older
    state follows a newer one.  The versions are those of the rows: whoever is right already changes nothing.
(3) What a reader holds and its owner does not is retracted by a tombstone on the state topic, behind all that was ever
    said of that key there; a compacted topic forgets it, and with it everybody who reads from the beginning.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import structlog

from common import contracts, outbox
from common.consumer import Handler, Message
from common.contracts.platform import Digest
from common.contracts.reporting import ReconciliationDiffered
from common.database import Database, Transaction
from common.tokens import SYSTEM

DIGEST_TIMEOUT_S: Final = 30.0
"""For reading every row's id and version: no request waits for it."""

DIFFERED: Final = contracts.ce_type(ReconciliationDiffered.TYPE)

_SNAPSHOT = re.compile(r"[0-9A-F-]+")

log = structlog.get_logger(__name__)


def owned(service: str) -> tuple[str, ...]:
    """List a service's aggregates that have a table of their own, which is called as they are."""
    return tuple(
        name for name, owner in contracts.PUBLISHERS.items() if owner == service and name not in contracts.DERIVED
    )


async def digests(database: Database, service: str, snapshot: str) -> tuple[Digest, ...]:
    """Sum up what a service holds as another transaction, which is still open, sees it and has exported it."""
    if not _SNAPSHOT.fullmatch(snapshot):
        raise ValueError(snapshot)
    async with database.transaction(SYSTEM) as tx:
        await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        await tx.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        await tx.execute(f"SET LOCAL statement_timeout = '{DIGEST_TIMEOUT_S:.0f}s'")
        rows = await tx.fetch(_DIGESTS[service], timeout=DIGEST_TIMEOUT_S + 1)
    return tuple(
        Digest(
            aggregate=row["aggregate"],
            bucket=row["bucket"],
            count=row["count"],
            versions=row["versions"],
            hash=row["hash"],
        )
        for row in rows
    )


def listeners(service: str) -> Mapping[str, Handler]:
    """Say what a service's consumer listens to besides: which of its buckets differ elsewhere."""

    async def hear(tx: Transaction, messages: Sequence[Message]) -> None:
        for message in messages:
            if message.type == DIFFERED:
                await _announce_again(tx, service, message.decode(ReconciliationDiffered))

    return {contracts.topic("reconciliation", "events"): hear}


async def _announce_again(tx: Transaction, service: str, differed: ReconciliationDiffered) -> None:
    """Announce what is held of a bucket, and retract what the reader holds of it besides."""
    if differed.aggregate not in owned(service):
        return
    members = [(one.id, one.version) for one in differed.members]
    again = await outbox.announce_again(tx, differed.aggregate, differed.bucket)
    retracted = await outbox.retract(tx, differed.aggregate, members)
    log.warning(
        "checkpoint.announced_again",
        aggregate=differed.aggregate,
        bucket=differed.bucket,
        states=again,
        retracted=retracted,
    )


def _digest(aggregate: str) -> str:
    return f"""
    SELECT '{aggregate}' AS aggregate, id_bucket(id::text) AS bucket, count(*) AS count,
           sum(version)::bigint AS versions, lpad(to_hex(bit_xor(state_hash(id::text, version))), 16, '0') AS hash
      FROM {aggregate}
     GROUP BY 2
    """  # noqa: S608 - a table's name, taken from the contracts


_DIGESTS = {
    service: " UNION ALL ".join(_digest(aggregate) for aggregate in owned(service))
    for service in sorted(set(contracts.PUBLISHERS.values()))
    if owned(service)
}

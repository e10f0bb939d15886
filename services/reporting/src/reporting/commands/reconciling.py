"""Compare what is counted with itself, and with what its owners hold; mend what is not equal."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common import contracts
from common.consumer import Message
from common.contracts.platform import Checkpoint
from common.contracts.reporting import (
    Member,
    ReconciliationDiffered,
    ReconciliationRepaired,
    ReconciliationState,
)
from common.database import Transaction
from reporting.domain.reconciliation import (
    DIFFERENCES_SHOWN,
    INTERNAL,
    Bucket,
    Difference,
    Finding,
    Outcome,
    Past,
    findings,
    repaired,
    to_tell,
)
from reporting.store import outcomes, publications, reconciliation, sums
from reporting.store.reconciliation import Stated
from reporting.store.sums import Inside

MEMBERS_MAX = 8_000
"""Of one fact, which must be smaller than what the broker takes; a larger bucket is told in several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparing:
    """When it is, the outcome's name, and how long things are kept."""

    at: datetime
    id: UUID
    passed_over_max: int
    kept_days: int


async def hear_checkpoints(tx: Transaction, messages: Sequence[Message]) -> None:
    """Keep the newest checkpoint of each service of which something is kept here."""
    for message in messages:
        said = message.decode(Checkpoint)
        if said.service in reconciliation.KINDS:
            await reconciliation.keep_checkpoint(tx, said)


async def compare(tx: Transaction, service: str, comparing: Comparing) -> Outcome | None:
    """Compare a service's aggregates with its newest checkpoint, once that has been reached."""
    if not await reconciliation.lead(tx, service):
        return None
    said = await reconciliation.stated(tx, service)
    if said is None:
        return None
    await reconciliation.take_time(tx)
    parked = await reconciliation.parked(tx, said.aggregates)
    position, held = await reconciliation.held(tx, said)
    found = findings(said.aggregates, said.digests, held, parked)
    past = await reconciliation.past(tx, service)
    await reconciliation.remember(tx, service, found, comparing.at)
    told = list(to_tell(found, past, passed_over_max=comparing.passed_over_max))
    mended = list(repaired(found, past))
    await _tell(tx, service, told, past, said.at, comparing.at)
    await reconciliation.announce(tx, [_repaired(service, one, past[one], said, comparing.at) for one in mended])
    await reconciliation.compared(tx, said, comparing.at)
    outcome = _outcome(said, position, found, len(told), len(mended), comparing)
    await outcomes.record(tx, outcome, kept_days=comparing.kept_days)
    return outcome


async def check(tx: Transaction, comparing: Comparing) -> Outcome | None:
    """Compare cells with contributions, contributions with records, announcements with cells; mend what is wrong."""
    if not await reconciliation.lead(tx, INTERNAL):
        return None
    await reconciliation.take_time(tx)
    inside = await sums.look(tx)
    damaged = [(kind, UUID(id_)) for kind, id_ in inside.records.wrong]
    if inside.cells.wrong:
        damaged += await _mend_cells(tx, {UUID(cell) for cell, _ in inside.cells.wrong})
    await sums.announce_again(tx, [UUID(cell) for _, cell in inside.figures.wrong])
    told = await _tell_damaged(tx, damaged, comparing.at)
    outcome = _inside(inside, told, comparing)
    await outcomes.record(tx, outcome, kept_days=comparing.kept_days)
    return outcome


async def _mend_cells(tx: Transaction, wrong: Collection[UUID]) -> list[tuple[str, UUID]]:
    """Make cells what their contributions add up to; return the records whose contributions were taken out."""
    await publications.hold_counting(tx)
    parts = await sums.misplaced(tx, wrong)
    await sums.take_out(tx, parts)
    await sums.recount(tx, wrong)
    return [(part.kind, part.id) for part in parts]


async def _tell_damaged(tx: Transaction, damaged: Iterable[tuple[str, UUID]], at: datetime) -> int:
    """Tell owners of the buckets of these records."""
    buckets = await reconciliation.buckets_of(tx, list(damaged))
    for service in sorted({contracts.PUBLISHERS[bucket.aggregate] for bucket in buckets}):
        theirs = sorted(bucket for bucket in buckets if contracts.PUBLISHERS[bucket.aggregate] == service)
        await _tell(tx, service, theirs, await reconciliation.past(tx, service), at, at)
    return len(buckets)


async def _tell(
    tx: Transaction,
    service: str,
    buckets: Sequence[Bucket],
    past: Mapping[Bucket, Past],
    checkpoint_at: datetime,
    at: datetime,
) -> None:
    """Tell an owner which buckets to announce again, and believe what it will say of them."""
    await reconciliation.know(tx, service, buckets)
    said = []
    for bucket in buckets:
        before, members = past.get(bucket, Past()), await reconciliation.doubt(tx, bucket)
        facts = list(_differed(service, bucket, members, checkpoint_at, at))
        state = ReconciliationState(
            id=bucket.id,
            version=before.version + len(facts),
            occurred_at=at,
            service=service,
            aggregate=bucket.aggregate,
            bucket=bucket.number,
            differs=True,
            differed_at=before.differed_at or at,
            repaired_at=None,
        )
        said.append((state, facts))
    await reconciliation.announce(tx, said)


def _differed(
    service: str, bucket: Bucket, members: Sequence[Member], checkpoint_at: datetime, at: datetime
) -> Iterator[ReconciliationDiffered]:
    for first in range(0, max(1, len(members)), MEMBERS_MAX):
        yield ReconciliationDiffered(
            occurred_at=at,
            service=service,
            aggregate=bucket.aggregate,
            bucket=bucket.number,
            checkpoint_at=checkpoint_at,
            members=tuple(members[first : first + MEMBERS_MAX]),
        )


def _repaired(
    service: str, bucket: Bucket, before: Past, said: Stated, at: datetime
) -> tuple[ReconciliationState, Sequence[ReconciliationRepaired]]:
    differed_at = before.differed_at or before.told_at or at
    fact = ReconciliationRepaired(
        occurred_at=at,
        service=service,
        aggregate=bucket.aggregate,
        bucket=bucket.number,
        checkpoint_at=said.at,
        differed_at=differed_at,
    )
    state = ReconciliationState(
        id=bucket.id,
        version=before.version + 1,
        occurred_at=at,
        service=service,
        aggregate=bucket.aggregate,
        bucket=bucket.number,
        differs=False,
        differed_at=differed_at,
        repaired_at=at,
    )
    return state, (fact,)


def _outcome(
    said: Stated, position: str, found: Mapping[Bucket, Finding], told: int, mended: int, comparing: Comparing
) -> Outcome:
    of = {finding: [bucket for bucket, one in found.items() if one is finding] for finding in Finding}
    differ = of[Finding.DIFFERS]
    return Outcome(
        id=comparing.id,
        scope=said.service,
        at=comparing.at,
        checkpoint_at=said.at,
        position=position,
        compared=len(of[Finding.EQUAL]) + len(differ),
        equal=len(of[Finding.EQUAL]),
        moved=len(of[Finding.MOVED]),
        parked=len(of[Finding.PARKED]),
        differing=len(differ),
        told=told,
        repaired=mended,
        differences=tuple(
            Difference(kind=bucket.aggregate, name=f"bucket {bucket.number}") for bucket in differ[:DIFFERENCES_SHOWN]
        ),
    )


def _inside(looked: Inside, told: int, comparing: Comparing) -> Outcome:
    position, cells, records, said = looked
    wrong = [
        *(Difference(kind="cell", name=f"{cell} {shard}") for cell, shard in cells.wrong),
        *(Difference(kind="record", name=f"{kind} {id_}") for kind, id_ in records.wrong),
        *(Difference(kind="figure", name=name) for _, name in said.wrong),
    ]
    compared = sum(one.compared for one in (cells, records, said))
    return Outcome(
        id=comparing.id,
        scope=INTERNAL,
        at=comparing.at,
        checkpoint_at=None,
        position=position,
        compared=compared,
        equal=compared - len(wrong),
        moved=0,
        parked=0,
        differing=len(wrong),
        told=told,
        repaired=len(cells.wrong) + len(said.wrong),
        differences=tuple(wrong[:DIFFERENCES_SHOWN]),
    )

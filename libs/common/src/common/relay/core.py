"""Takes facts from the outbox to Kafka, in order, by the difference of two snapshots; pure, over `ports`.

(1) What is published next = the rows not visible in `s1`, visible in `s2`; then `s1` becomes `s2`.  A transaction that
    was open at `s1` is named by it, so that a long one delays nobody and loses nothing.
(2) Rows leave in the order of `seq`; a partition's next batch leaves after its last one is acknowledged.
(3) The cursor moves after the acknowledgement, and before the next batch leaves: a crash in between repeats the rows of
    one batch at most, whole and in order, and never loses one.
(4) One relay leads (advisory lock).  A leader whose lock session has not answered within the lease steps down before
    it sends; the cursor's epoch fences its last write.  A new leader waits out the lease of one that did not sign off.
(5) A cursor written by another PostgreSQL (restored, failed over), or ahead of this one (a disk image put back), or a
    broker that ends before what it had acknowledged (asked at each take-over and every few seconds, seen in each
    answer): everything that the outbox retains is sent again.  Repeats are legal, gaps are not.  A restored database
    moves `ce_aggepoch` past all before.  What is older is sent again by an operator ("After a restore").
(6) A producer that raised is closed and replaced, and all of (5) is asked again: what it had sent may be there or not.
(7) After a leader, or a producer, that did not sign off, whatever it still had in hand may arrive behind newer records.
    For a while the new leader reads the state topics that it writes, and sends the newest row again where an older one
    came last; if it dies before that is over, the next one begins where it had begun.
(8) A relay that could not keep these promises (sequence, indexes, planner, topics) does not lead, and says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from common.kafka.port import Outgoing, Place, Trouble
from common.relay import metrics
from common.relay.audit import Audit, earliest
from common.relay.ports import Broker, Cursor, Difference, Outbox, OutboxAway, Ports, Row, SteppedDown, Stopped, Taken
from common.relay.records import Records
from common.relay.reports import Reports

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a relay works; times in the unit of their name."""

    service: str
    poll_ms_min: float = 2
    poll_ms_max: float = 20
    batch_rows_max: int = 2_000
    drain_rows_max: int = 5_000
    ack_timeout_s: float = 30
    lease_s: float = 3
    takeover_wait_s: float = 5
    standby_poll_ms: float = 250
    retry_s: float = 1
    audit_s: float = 300
    audit_records_max: int = 500
    audit_keys_max: int = 100_000
    heartbeat_every_s: float = 10
    checkpoint_every_s: float = 60
    digest_s_max: float = 60


class TailLost(SteppedDown):
    """The broker no longer has what it had acknowledged: the cursor forgets it before anything else is asked."""


class Unfit(SteppedDown):
    """This outbox, this session or this broker could not keep the promises of a relay."""


@dataclass(slots=True, kw_only=True)
class Lead:
    """What a leader holds while it leads.

    `heard_at`: when the last question was asked that the lock's session has answered; `sent`: rows of the last step.
    """

    ports: Ports
    pace: Pace
    outbox: Outbox
    broker: Broker
    cursor: Cursor
    ends: dict[Place, int]
    records: Records
    reports: Reports
    audit: Audit | None
    heard_at: float
    seen_at: datetime | None = None
    sent: int = 0


async def run(ports: Ports, pace: Pace) -> None:
    """Publish for ever: lead when the lock is free, begin again after every trouble.

    Raises:
        Stopped: we were told to stop while nothing was in flight; who led has signed off.
    """
    while True:
        try:
            outbox = await ports.outbox()
            try:
                await _lead_once(ports, pace, outbox)
            finally:
                await outbox.close()
        except (OutboxAway, Trouble, SteppedDown) as error:
            _tell(pace, error)
            if isinstance(error, OutboxAway):
                metrics.unread(pace.service, ports.clock.now())
        await ports.clock.pause(pace.retry_s)


async def _lead_once(ports: Ports, pace: Pace, outbox: Outbox) -> None:
    """Lead, until that ends; who may not lead still tells how long the facts wait, for maybe nobody else can."""
    try:
        try:
            await _lead(ports, pace, outbox)
        finally:
            metrics.stepped_down(pace.service)
    except Unfit:
        metrics.waits(pace.service, await outbox.oldest())
        raise


async def _lead(ports: Ports, pace: Pace, outbox: Outbox) -> None:
    """Wait for the lock; then publish, with one producer after the other."""
    while not await outbox.lead():
        metrics.stands_by(pace.service)
        await ports.clock.pause(pace.standby_poll_ms / 1000)
    metrics.LEADING.labels(pace.service).set(1)
    ours = False
    while True:
        try:
            broker = await ports.broker()
            try:
                lead = await take(ports, pace, outbox, broker, ours=ours)
                ours = True
                await _publish(lead)
            finally:
                await broker.close()
        except (Trouble, TailLost) as error:
            _tell(pace, error)
            metrics.waits(pace.service, await outbox.oldest())
        await ports.clock.pause(pace.retry_s)


def _tell(pace: Pace, error: Exception) -> None:
    metrics.INTERRUPTED.labels(pace.service, type(error).__name__).inc()
    log.warning("relay.interrupted", service=pace.service, error=f"{type(error).__name__}: {error}")


# ------------------------------------------------------------------------------------------------- take over


async def take(ports: Ports, pace: Pace, outbox: Outbox, broker: Broker, *, ours: bool) -> Lead:
    """Take the cursor over with an epoch of our own, after checking that it is still true of database and broker.

    What is found untrue is forgotten in the row, not only here: a relay that dies now leaves that to the next one.
    `ours`: it was us who led before, in this session, so that nobody's lease has to be waited out.
    """
    await _require_fitness(pace, outbox, broker)
    heard_at = ports.clock.monotonic()
    taken = await outbox.take()
    metrics.EPOCH.labels(pace.service).set(taken.cursor.epoch)
    cursor = taken.cursor
    if taken.restored:
        log.warning("relay.database_restored", service=pace.service, db_epoch=cursor.db_epoch)
        metrics.RESTORES.labels(pace.service).inc()
    if not (taken.signed_off or ours):
        await ports.clock.pause(pace.takeover_wait_s)
    ends = dict(await broker.ends(ports.places))
    if any(ends[place] <= offset for place, offset in taken.acked.items() if place in ends):
        cursor = await _forget_tail(pace, outbox, cursor)
    return Lead(
        ports=ports,
        pace=pace,
        outbox=outbox,
        broker=broker,
        cursor=cursor,
        ends=ends,
        records=Records(pace.service, cursor.db_epoch, ports.place),
        reports=Reports(
            ports, pace.service, heartbeat_every_s=pace.heartbeat_every_s, checkpoint_every_s=pace.checkpoint_every_s
        ),
        audit=await _audit(ports, pace, outbox, taken, ends),
        heard_at=heard_at,
    )


async def _require_fitness(pace: Pace, outbox: Outbox, broker: Broker) -> None:
    faults = [*await outbox.faults(), *await broker.faults()]
    metrics.FAULTS.labels(pace.service).set(len(faults))
    if faults:
        raise Unfit("; ".join(faults))


async def _forget_tail(pace: Pace, outbox: Outbox, cursor: Cursor) -> Cursor:
    log.warning("relay.broker_lost_its_tail", service=pace.service)
    metrics.TAIL_LOSSES.labels(pace.service).inc()
    return await outbox.forget(cursor)


async def _audit(ports: Ports, pace: Pace, outbox: Outbox, taken: Taken, ends: Mapping[Place, int]) -> Audit | None:
    """Begin to read the state topics behind an unclean leader, or where one before it had begun to."""
    if taken.signed_off and taken.auditing is None:
        return None
    metrics.AUDITS.labels(pace.service).inc()
    before = taken.auditing or {}
    starts = {place: min(before.get(place, ends[place]), ends[place]) for place in ports.states}
    since = taken.cursor.s1 if taken.auditing is None else earliest(taken.audited_since, taken.cursor.s1)
    await outbox.audit(taken.cursor, starts, since)
    return Audit(starts, since=since, keys_max=pace.audit_keys_max, until=ports.clock.monotonic() + pace.audit_s)


# --------------------------------------------------------------------------------------------------- publish


async def _publish(lead: Lead) -> None:
    """Send difference after difference; poll fast while there is something to send, slowly while there is nothing.

    A pause is counted from the last look: what has come while we sent has waited already.  That the snapshot has moved
    is no reason for haste: other schemas of the same PostgreSQL move it too.
    """
    pause_ms = lead.pace.poll_ms_min
    try:
        while True:
            began = lead.ports.clock.monotonic()
            lead.sent = await _step(lead)
            metrics.waits(lead.pace.service, None)  # from here on it is told by what is in hand
            pause_ms = lead.pace.poll_ms_min if lead.sent else min(pause_ms * 1.5, lead.pace.poll_ms_max)
            await _rest(lead, max(0.0, began + pause_ms / 1000 - lead.ports.clock.monotonic()))
    except TailLost:
        await _forget_tail(lead.pace, lead.outbox, lead.cursor)
        raise
    finally:
        lead.reports.cancel()
        await lead.outbox.release()


async def _rest(lead: Lead, seconds: float) -> None:
    """Rest; nothing is in flight here, so a relay that is stopped now can sign off."""
    try:
        await lead.ports.clock.pause(seconds)
    except Stopped:
        await lead.outbox.sign_off(lead.cursor)
        raise


async def _step(lead: Lead) -> int:
    """Send all that is new, and what else is due; return how many rows were sent."""
    if lead.cursor.draining is not None:
        sent = await _drain(lead)
    elif lead.reports.checkpoint_is_due():
        sent = await _checkpoint(lead)
    else:
        sent = await _send_news(lead)
    await _report(lead)
    if lead.audit is not None:
        await _look_back(lead, lead.audit)
    return sent


async def _send_news(lead: Lead) -> int:
    """Read the difference, unless a look says that there is none; who has just sent has moved the snapshot himself."""
    asked, now = lead.ports.clock.monotonic(), lead.ports.clock.now()
    if not lead.sent and await lead.outbox.look() == lead.cursor.s1:
        lead.heard_at, lead.seen_at = asked, now
        return 0
    difference = await lead.outbox.difference(lead.cursor.s1, rows_max=lead.pace.batch_rows_max)
    lead.heard_at = asked
    metrics.looked(lead.pace.service, difference.upper)
    sent = await _send_difference(lead, difference)
    lead.seen_at = now
    return sent


async def _send_difference(lead: Lead, difference: Difference) -> int:
    if difference.rows is None:
        first = await lead.outbox.first(lead.cursor.s1, difference.upper)
        lead.cursor = replace(lead.cursor, draining=(difference.upper, first - 1))
        return await _drain(lead)
    acked = await _send_rows(lead, difference.rows)
    lead.cursor = replace(lead.cursor, s1=difference.upper)
    if difference.rows:
        await _save(lead, acked)
    return len(difference.rows)


async def _drain(lead: Lead) -> int:
    """Send a large difference page by page, to its end."""
    upper, after = lead.cursor.draining or (lead.cursor.s1, 0)
    asked = lead.ports.clock.monotonic()
    metrics.UNPUBLISHED.labels(lead.pace.service).set(await lead.outbox.waiting(after))
    rows = await lead.outbox.page(lead.cursor, after, rows_max=lead.pace.drain_rows_max)
    lead.heard_at = asked
    sent = 0
    while rows:
        sent += len(rows)
        rows = await _send_page(lead, upper, rows)
    lead.cursor = replace(lead.cursor, s1=upper, draining=None)
    await _save(lead, {})
    metrics.UNPUBLISHED.labels(lead.pace.service).set(0)
    return sent


async def _send_page(lead: Lead, upper: str, rows: Sequence[Row]) -> Sequence[Row]:
    """Send a page while the next one is read, and move the cursor between the two; return the next one."""
    last = rows[-1][0]
    ahead = lead.outbox.page(lead.cursor, last, rows_max=lead.pace.drain_rows_max)
    try:
        acked = await _send_rows(lead, rows)
        following = await ahead
    except TailLost:
        await ahead  # a session answers one question after the other, and is asked to forget next
        raise
    finally:
        ahead.cancel()
    lead.cursor = replace(lead.cursor, draining=(upper, last))
    await _save(lead, acked)
    return following


async def _send_rows(lead: Lead, rows: Sequence[Row]) -> Mapping[Place, int]:
    """Send rows and wait for every acknowledgement; return the last offset of each partition they went to."""
    if not rows:
        return {}
    metrics.in_hand(lead.pace.service, rows)
    acked = await _send(lead, lead.records.runs(rows))
    metrics.published(lead.pace.service, rows, lead.ports.clock.now())
    return acked


async def _send(lead: Lead, runs: Mapping[Place, Sequence[Outgoing]]) -> Mapping[Place, int]:
    """Send, while we certainly lead; a partition whose numbers have gone back has lost what we knew to be there."""
    if lead.ports.clock.monotonic() - lead.heard_at > lead.pace.lease_s:
        raise SteppedDown("the lock's session was silent for longer than the lease")
    acked = await lead.broker.send(runs)
    for place, offset in acked.items():
        if offset - len(runs[place]) + 1 < lead.ends.get(place, 0):
            raise TailLost(f"{place.topic}/{place.partition} ends before {lead.ends[place]}")
        if place in lead.ends:
            lead.ends[place] = offset + 1
    return acked


async def _save(lead: Lead, acked: Mapping[Place, int]) -> None:
    asked = lead.ports.clock.monotonic()
    await lead.outbox.save(lead.cursor, acked)
    lead.heard_at = asked


# ---------------------------------------------------------------------------------------- what else is due


async def _checkpoint(lead: Lead) -> int:
    """Send a difference in whose snapshot the service counts itself meanwhile; the count is said once it is there."""
    asked, now = lead.ports.clock.monotonic(), lead.ports.clock.now()
    await lead.outbox.look()  # another session exports: this one proves that we still lead
    name, difference = await lead.outbox.export(lead.cursor.s1, rows_max=lead.pace.batch_rows_max)
    lead.heard_at = asked
    lead.reports.begin_checkpoint(name)
    sent = await _send_difference(lead, difference)
    lead.seen_at = now
    lead.reports.hold(difference.upper, lead.ends)
    return sent


async def _report(lead: Lead) -> None:
    """Say how far we are, where that is due: everything of `seen_at` is acknowledged here."""
    if lead.seen_at is not None and lead.reports.heartbeat_is_due():
        metrics.PARKED.labels(lead.pace.service).set(await lead.outbox.parked())
        await _require_tail(lead)
        await _send(lead, lead.reports.heartbeat(lead.records, lead.seen_at, lead.ends))
    if lead.reports.counted():
        checkpoint = await lead.reports.checkpoint(lead.records)
        await lead.outbox.release()
        if checkpoint:
            await _send(lead, checkpoint)


async def _require_tail(lead: Lead) -> None:
    """Look whether the broker still has what it acknowledged: it may have started anew without our noticing."""
    ends = await lead.broker.ends(lead.ports.places)
    lost = [f"{place.topic}/{place.partition}" for place, end in ends.items() if end < lead.ends[place]]
    if lost:
        raise TailLost(", ".join(lost))


async def _look_back(lead: Lead, audit: Audit) -> None:
    """Read on in the state topics; send the newest row again where an older one came last."""
    audit.take(await lead.broker.read(audit.positions, records_max=lead.pace.audit_records_max))
    if not audit.has_reached(lead.ends):
        return
    for topic, keys in audit.behind().items():
        rows = await lead.outbox.newest(topic, keys, audit.since, lead.cursor.s1)
        if rows is None:  # it must not cost us the lead: whoever came next would fail at the same
            metrics.OVERLOOKED.labels(lead.pace.service).inc(len(keys))
            rows = ()
        log.warning("relay.sent_again", service=lead.pace.service, topic=topic, keys=len(keys), rows=len(rows))
        metrics.SENT_AGAIN.labels(lead.pace.service).inc(len(rows))
        audit.forget(topic, keys)
        await _save(lead, await _send_rows(lead, rows))
    if lead.ports.clock.monotonic() >= audit.until and audit.has_reached(lead.ends):
        await lead.outbox.audit(lead.cursor, None, audit.since)
        lead.audit = None

"""The loop of a consumer, over ports: what is read, when it is applied, and what happens when that fails.

Coroutines over one memory: `read` polls and never stops, `apply`, of which there is one for each hand, has the ledger
apply what waits, `watch` looks whether all still move.  They await the ports, and nothing else.

(1) A batch is applied in the transaction that moves its offsets: all of them happen, or none.
(2) The ledger's offset is the truth.  It is moved by compare-and-set on the value we last stored, so that of two
    members who believe they own a partition only one commits; the other rolls back and reads the offset again.
(3) A record may come again at another offset: every write of a handler is guarded by (epoch, version).
(4) A record that can never be applied is set aside with its key, in the transaction that moves the offset; later
    records of that key are set aside behind it, in order; other keys flow.  Nothing is skipped in silence.
(5) What may pass later makes its partition rest, and is tried again.  A record that has failed so five times, alone, is
    set aside in the transaction in which a record behind it passes and it fails once more: never while nobody passes,
    nor because it was tried just before the others' trouble ended.  What goes behind a parked record of its key passes
    nowhere.  A database that is not of the shape of this code is no record's fault: everything waits for its
    migrations.
(6) A partition is read only once it was put where the ledger has it; a rebalance, a lost race or a moved offset take
    it back to that, and what waits of it is forgotten.
(7) Partitions of one topic share a transaction until it fails; then each goes alone, in halves, until the record at
    fault is alone too.  The others have their turn in between.
(8) Polling never stops: partitions whose records wait too long are paused, the others are read.
(9) Only `read` moves, pauses and resumes the client, and takes offsets from the ledger; only `apply` moves them on.
(10) Several hands apply where the group says so, never two of one topic: while PostgreSQL works for one, another reads
    its records.  Who looks at a topic's offsets in the ledger, or redrives a key of it, holds the topic as well.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

import structlog
from prometheus_client import Counter, Gauge, Histogram

from common.consumer.lanes import Lane, Pulse
from common.consumer.pace import Pace
from common.consumer.ports import Away, Behind, Clock, Fenced, Held, Ledger, Passed, Run, Settings
from common.consumer.redriving import Redrives
from common.kafka.port import Consumer, Place, Trouble

log = structlog.get_logger(__name__)

APPLIED = Counter("consumer_applied_total", "Records applied or parked", ["grp", "topic"])
APPLY_SECONDS = Histogram("consumer_apply_seconds", "Of a transaction that applies records", ["grp", "topic"])
BATCH_RECORDS = Histogram(
    "consumer_batch_records",
    "Records in a transaction",
    ["grp"],
    buckets=(1, 10, 50, 100, 250, 500, 1000, 2500, 5000, 10000),
)
_NEIGHBOURS_MAX = 100

REBALANCES = Counter("consumer_rebalances_total", "Assignments that were new to a member", ["grp"])
PAUSED = Gauge("consumer_paused_partitions", "Partitions whose records wait", ["grp"])


class Member:
    """One member of a group, as long as its client lives."""

    def __init__(
        self, name: str, kafka: Consumer, ledger: Ledger, clock: Clock, settings: Settings, *, hands: int = 1
    ) -> None:
        self.name = name
        self.lanes: dict[Place, Lane] = {}
        self.reading, self.applying = Pulse(), tuple(Pulse() for _ in range(hands))
        self._kafka, self._ledger, self._clock, self._settings = kafka, ledger, clock, settings
        self._turn = -1
        self._redrives = Redrives(name, ledger, clock, settings)
        self._paces: dict[str, Pace] = {}
        self._arrived, self._drained = clock.bell(), clock.bell()
        self._held: set[str] = set()
        self._looked_at: dict[str, float] = {}
        self._hinted_at = 0.0

    # ------------------------------------------------------------------------------------------------ reading

    async def read(self) -> None:
        """Poll for ever."""
        while True:
            self._follow()
            await self._place()
            pressed = self._pressed()
            if pressed and await self._drained.heard(self._settings.poll_ms / 1000):
                pressed = self._pressed()
            self._pause(pressed)
            await self._poll(1 if pressed else self._settings.poll_ms)
            await self._hint()

    def _follow(self) -> None:
        """Begin anew at every rebalance, also with what comes back to us (6)."""
        turn = self._kafka.assigned()
        if turn.number != self._turn:
            self._turn = turn.number
            self.lanes = {place: Lane(place) for place in sorted(turn.places)}
            self._redrives.forget({place.topic for place in turn.places})
            REBALANCES.labels(self.name).inc()
            PAUSED.labels(self.name).set(0)

    async def _place(self) -> None:
        """Put each partition that is not there yet where the ledger has it, unless it rests."""
        now = self._clock.now()
        missing = [lane for lane in self.lanes.values() if lane.stored is None and lane.rests_until <= now]
        if not missing:
            return
        try:
            offsets = await self._ledger.place([lane.place for lane in missing])
        except (Away, Held) as error:
            for lane in missing:
                self._rest(lane, error)
            return
        if self._kafka.assigned().number != self._turn:
            return
        for lane in missing:
            lane.stored = offsets[lane.place]
            self._kafka.seek(lane.place, lane.stored)

    def _pressed(self) -> set[Place]:
        """Name the partitions of which enough waits."""
        waiting = {place: len(lane.waiting) for place, lane in self.lanes.items() if lane.waiting}
        full = sum(waiting.values()) >= self._settings.buffer_records_max
        return {place for place, n in waiting.items() if full or n >= self._settings.batch_records_max}

    def _pause(self, pressed: set[Place]) -> None:
        """Pause what is pressed, rests or is not placed; resume the rest (8)."""
        if self._kafka.assigned().number != self._turn:
            return
        now = self._clock.now()
        waits = {lane: lane.stored is None or lane.rests_until > now for lane in self.lanes.values()}
        pause = [lane for lane in waits if not lane.paused and (waits[lane] or lane.place in pressed)]
        resume = [lane for lane in waits if lane.paused and not (waits[lane] or lane.place in pressed)]
        if pause:
            self._kafka.pause([lane.place for lane in pause])
        if resume:
            self._kafka.resume([lane.place for lane in resume])
        for lane in (*pause, *resume):
            lane.paused = not lane.paused
        if pause or resume:
            PAUSED.labels(self.name).set(sum(lane.paused for lane in self.lanes.values()))

    async def _poll(self, wait_ms: int) -> None:
        found = await self._kafka.poll(records_max=self._settings.poll_records_max, wait_ms=wait_ms)
        if not found or self._kafka.assigned().number != self._turn:
            return
        now = self._clock.now()
        self.reading.beat()
        for place, records in found.items():
            lane = self.lanes.get(place)
            # one that is not placed is read again when it is
            if lane is not None and lane.stored is not None:
                lane.since = lane.since if lane.waiting else now
                lane.waiting += records
        self._arrived.ring()

    async def _hint(self) -> None:
        """Tell the broker where we are now and then, for the sake of its lag tools; a failure means nothing."""
        now = self._clock.now()
        offsets = {lane.place: lane.stored for lane in self.lanes.values() if lane.stored is not None}
        ours = self._kafka.assigned().number == self._turn
        if not offsets or not ours or now - self._hinted_at < self._settings.commit_hint_every_s:
            return
        self._hinted_at = now
        try:
            await self._kafka.hint(offsets)
        except Trouble as error:
            log.debug("consumer.hint_failed", group=self.name, error=repr(error))

    # ----------------------------------------------------------------------------------------------- applying

    async def apply(self, hand: int = 0) -> None:
        """Apply what waits, for ever; look now and then at what an operator has changed or asks for."""
        while True:
            self.applying[hand].beat()
            await self._look()
            await self._redrive()
            if runs := self._next_runs():
                with self._holding([runs[0].place.topic]):
                    await self._take(runs)
                self._drained.ring()
            else:
                await self._arrived.heard(min(self._settings.look_every_s, self._settings.poll_ms / 1000))

    @contextmanager
    def _holding(self, topics: Collection[str]) -> Iterator[None]:
        """Have no other hand touch these topics (10); if any is left to apply, whoever found nothing to do is told."""
        self._held.update(topics)
        try:
            yield
        finally:
            self._held.difference_update(topics)
            if self._ready():
                self._arrived.ring()

    def _free(self) -> dict[Place, Lane]:
        """Name the partitions of topics that are in nobody's hand."""
        return {place: lane for place, lane in self.lanes.items() if place.topic not in self._held}

    def _ready(self) -> list[Lane]:
        return [lane for lane in self._free().values() if lane.waiting and lane.rests_until <= self._clock.now()]

    def _next_runs(self) -> list[Run]:
        """Take the partition that waits the longest, and those of its topic that may share its transaction (7)."""
        if not (ready := sorted(self._ready(), key=lambda lane: lane.since)):
            return []
        first = ready[0]
        if first.width is not None:
            return [first.run(first.width)]
        left, runs = self._pace(first.place.topic).size, []
        for lane in ready:
            if lane.place.topic == first.place.topic and lane.width is None and left > 0:
                runs.append(lane.run(left))
                left -= len(runs[-1].records)
        return runs

    async def _take(self, runs: Sequence[Run]) -> None:
        lanes = {run.place: self.lanes[run.place] for run in runs}
        started = self._clock.now()
        try:
            await self._ledger.apply(runs)
        except Fenced as fenced:
            for place in fenced.places:
                lanes[place].unplace()
        except Away as error:
            for lane in lanes.values():
                self._rest(lane, error)
        except Exception as error:  # noqa: BLE001 - whatever a record provokes, it must not stop its neighbours
            await self._part(lanes, runs, error)
        else:
            self._fit(runs, self._clock.now() - started)
            for run in runs:
                self._advance(lanes[run.place], run)

    async def _part(self, lanes: Mapping[Place, Lane], runs: Sequence[Run], error: Exception) -> None:
        """Let each partition go alone, then in halves; what is at fault alone is held or set aside."""
        if len(runs) == 1 and len(runs[0].records) == 1:
            await self._blame(lanes[runs[0].place], runs[0], error)
            return
        log.warning("consumer.parted", group=self.name, topic=runs[0].place.topic, runs=len(runs), error=repr(error))
        for run in runs:
            width = len(run.records) if len(runs) > 1 else len(run.records) // 2
            lanes[run.place].narrow(width, run.next_offset, self._clock.now())

    async def _blame(self, lane: Lane, run: Run, error: Exception) -> None:
        """Set a record aside that will never pass; let one rest that may, and set it aside if others pass (5)."""
        reason = repr(error)
        if isinstance(error, Held):
            lane.tries += 1
            if lane.tries < self._settings.tries or not await self._passed_by(lane, run, reason):
                self._rest(lane, error)
            return
        await self._set_aside(lane, run._replace(aside={run.records[0].offset: reason}))

    async def _set_aside(self, lane: Lane, run: Run) -> None:
        try:
            await self._ledger.apply([run])
        except Fenced:
            lane.unplace()
        except Exception as error:  # noqa: BLE001 - as above
            self._rest(lane, error)
        else:
            self._advance(lane, run)

    async def _passed_by(self, lane: Lane, run: Run, reason: str) -> bool:
        """Set the held record aside together with the first record of another key that passes, if there is one.

        If it then passes too, what held it up is over: it is the next to be applied.
        """
        held = run.records[0]
        aside, keys = {held.offset: reason}, {held.key}
        for upto, record in enumerate(lane.waiting[1:], 2):
            if record.key in keys or len(keys) > _NEIGHBOURS_MAX:
                continue
            try:
                together = run._replace(records=lane.waiting[:upto], aside=aside, doubted=held.offset)
                await self._ledger.apply([together])
            except Fenced:
                lane.unplace()
                return True
            except Passed:
                lane.tries = 0
                return True
            except (Away, Held):
                return False
            except Behind:  # it is set aside with its key, and shows nothing
                keys = {*keys, record.key}
            except Exception as error:  # noqa: BLE001 - it never will pass: one more to be set aside
                aside, keys = {**aside, record.offset: repr(error)}, {*keys, record.key}
            else:
                self._advance(lane, together)
                return True
        return False

    def _advance(self, lane: Lane, run: Run) -> None:
        """Go on behind what was applied, unless the partition was taken from us meanwhile."""
        APPLIED.labels(self.name, run.place.topic).inc(len(run.records))
        for offset, reason in run.aside.items():
            log.error("consumer.parked", group=self.name, topic=run.place.topic, offset=offset, error=reason)
        if self.lanes.get(run.place) is lane and lane.stored == run.stored:
            lane.advance(run, self._clock.now())

    def _rest(self, lane: Lane, error: Exception) -> None:
        """Leave a partition alone for a growing while."""
        tell = log.info if isinstance(error, Away | Held) else log.error
        tell("consumer.waits", group=self.name, topic=lane.place.topic, part=lane.place.partition, error=repr(error))
        lane.failures += 1
        doublings = min(lane.failures, self._settings.tries if isinstance(error, Held) else 32)
        longest = min(self._settings.backoff_s_min * 2**doublings, self._settings.backoff_s_max)
        lane.rests_until = self._clock.now() + longest * self._clock.jitter()

    def _pace(self, topic: str) -> Pace:
        first = min(self._settings.poll_records_max, self._settings.batch_records_max)
        return self._paces.setdefault(topic, Pace(first, self._settings.apply_s_aimed))

    def _fit(self, runs: Sequence[Run], took_s: float) -> None:
        """Have transactions take about the time that we aim at: large while there is much to read, never long.

        While more waits than we hold they may be longer: what is last of it waits anyway, and in a large transaction
        more of what follows each other is of one aggregate.
        """
        topic, n = runs[0].place.topic, sum(len(run.records) for run in runs)
        APPLY_SECONDS.labels(self.name, topic).observe(took_s)
        BATCH_RECORDS.labels(self.name).observe(n)
        pace, settings = self._pace(topic), self._settings
        pace.aimed_s = settings.apply_s_behind if self._pressed() else settings.apply_s_aimed
        pace.heard(n, took_s, most=settings.batch_records_max)

    async def _look(self) -> None:
        """Follow an offset that was moved behind our back, and take down what an operator asks for."""
        long_ago = self._clock.now() - self._settings.look_every_s
        due = {place: lane for place, lane in self._free().items() if self._looked_at.get(place.topic, 0) <= long_ago}
        if not due:
            return
        topics = {place.topic for place in due}
        self._looked_at.update(dict.fromkeys(topics, self._clock.now()))
        with self._holding(topics):
            await self._look_at({place: lane for place, lane in due.items() if lane.stored is not None}, topics)

    async def _look_at(self, lanes: Mapping[Place, Lane], topics: Collection[str]) -> None:
        try:
            look = await self._ledger.look({place: lane.stored or 0 for place, lane in lanes.items()})
            for place in look.moved:
                lanes[place].unplace()
            self._redrives.follow(look.asked, topics)
        except (Away, Held) as error:
            log.info("consumer.look_failed", group=self.name, error=repr(error))

    async def _redrive(self) -> None:
        """Do a portion of what an operator asks for, if one is due and its topic in nobody's hand."""
        one = self._redrives.due(free := self._free())
        if one is not None:
            with self._holding([one.asked.place.topic]):
                await self._redrives.step(one, free[one.asked.place])

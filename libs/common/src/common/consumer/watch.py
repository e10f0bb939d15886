"""Measures how far a member is behind, and ends it when nothing moves: the client may stop reading and not say so.

A client that reads nothing and is not answered is given up for a new one: it may have lost its way for good, while a
new one finds it (a broker whose disk had been full for a minute was never found again by those that had known it).
A client that is answered, has something to read and does not read it ends its worker.
"""

from collections.abc import Mapping, Sequence

import structlog
from prometheus_client import Gauge

from common.consumer.core import Member
from common.consumer.lanes import Lane
from common.consumer.ports import Away, Clock, Held, Ledger, Settings
from common.kafka.port import Consumer, Place, Trouble

log = structlog.get_logger(__name__)

LAG_RECORDS = Gauge("consumer_lag_records", "Records not applied of what this member is assigned", ["grp", "topic"])


class Stuck(Exception):
    """The client has stopped reading, or the ledger applying, and neither says so: only a new process helps."""


class Watch:
    """Looks at a member every few seconds."""

    def __init__(self, member: Member, kafka: Consumer, ledger: Ledger, clock: Clock, settings: Settings) -> None:
        self._member, self._kafka, self._ledger, self._clock = member, kafka, ledger, clock
        self._settings = settings
        self._told: set[str] = set()
        self._heard_at, self._beats = clock.now(), member.reading.beats

    async def run(self) -> None:
        """Look for ever.

        Raises:
            Stuck: there is something to read that is neither paused nor waits, and nothing was read for too long; or
                no step was taken.
            Trouble: nothing was read and nobody answered for too long; a new client may do better.
        """
        while True:
            await self._clock.rest(self._settings.watch_every_s)
            lanes = [lane for lane in self._member.lanes.values() if lane.stored is not None]
            ends = await self._ends(lanes)
            await self._tell()
            if ends is not None:
                self._measure(lanes, ends)
            self._bark(lanes, ends)
            self._give_up(answered=ends is not None)

    async def _ends(self, lanes: Sequence[Lane]) -> Mapping[Place, int] | None:
        """Ask where partitions end; None: nobody says whether there is something to read."""
        try:
            return await self._kafka.ends([lane.place for lane in lanes])
        except Trouble as error:
            log.info("consumer.watch_failed", group=self._member.name, error=repr(error))
            return None

    async def _tell(self) -> None:
        try:
            await self._ledger.tell()
        except (Away, Held) as error:
            log.info("consumer.watch_failed", group=self._member.name, error=repr(error))

    def _measure(self, lanes: Sequence[Lane], ends: Mapping[Place, int]) -> None:
        """Tell how much is not applied; of a topic that was taken from us, nothing is ours to apply."""
        lags = {**dict.fromkeys(self._told, 0), **dict.fromkeys((lane.place.topic for lane in lanes), 0)}
        for lane in lanes:
            lags[lane.place.topic] += _behind(lane, ends)
        self._told = set(lags)
        for topic, lag in lags.items():
            LAG_RECORDS.labels(self._member.name, topic).set(lag)

    def _bark(self, lanes: Sequence[Lane], ends: Mapping[Place, int] | None) -> None:
        unread = [lane.place for lane in lanes if not (lane.paused or lane.waiting) and _behind(lane, ends or {})]
        every_s, longest_s = self._settings.watch_every_s, self._settings.stuck_s
        reading = self._member.reading
        read_s = reading.silent_s if ends is None else reading.silence(every_s if unread else 0)
        applied_s = [hand.silence(every_s) for hand in self._member.applying]
        if max(read_s, *applied_s) >= longest_s:
            message = f"{self._member.name}: no read for {read_s} s, no step of its hands for {applied_s} s: {unread}"
            raise Stuck(message)

    def _give_up(self, *, answered: bool) -> None:
        now, beats = self._clock.now(), self._member.reading.beats
        if answered or beats != self._beats:
            self._heard_at, self._beats = now, beats
        elif now - self._heard_at >= self._settings.mute_s:
            message = f"{self._member.name}: nothing read, nothing answered for {now - self._heard_at:.0f} s"
            raise Trouble(message)


def _behind(lane: Lane, ends: Mapping[Place, int]) -> int:
    return max(ends.get(lane.place, 0) - (lane.stored or 0), 0)

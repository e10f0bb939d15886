"""Measures how far a member is behind, and ends it when nothing moves: the client may stop reading and not say so."""

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

    async def run(self) -> None:
        """Look for ever.

        Raises:
            Stuck: there is something to read that is neither paused nor waits, and nothing was read for too long; or
                no step was taken.
        """
        while True:
            await self._clock.rest(self._settings.watch_every_s)
            lanes = [lane for lane in self._member.lanes.values() if lane.stored is not None]
            try:
                ends = await self._kafka.ends([lane.place for lane in lanes])
                await self._ledger.tell()
            except (Trouble, Away, Held) as error:
                log.info("consumer.watch_failed", group=self._member.name, error=repr(error))
                continue
            self._measure(lanes, ends)
            self._bark(lanes, ends)

    def _measure(self, lanes: Sequence[Lane], ends: Mapping[Place, int]) -> None:
        lags = dict.fromkeys((lane.place.topic for lane in lanes), 0)
        for lane in lanes:
            lags[lane.place.topic] += _behind(lane, ends)
        for topic, lag in lags.items():
            LAG_RECORDS.labels(self._member.name, topic).set(lag)

    def _bark(self, lanes: Sequence[Lane], ends: Mapping[Place, int]) -> None:
        unread = [lane.place for lane in lanes if not (lane.paused or lane.waiting) and _behind(lane, ends)]
        every_s, longest_s = self._settings.watch_every_s, self._settings.stuck_s
        read_s = self._member.reading.silence(every_s if unread else 0)
        applied_s = self._member.applying.silence(every_s)
        if max(read_s, applied_s) >= longest_s:
            message = f"{self._member.name}: no read for {read_s} s, no step for {applied_s} s; unread: {unread}"
            raise Stuck(message)


def _behind(lane: Lane, ends: Mapping[Place, int]) -> int:
    return max(ends.get(lane.place, 0) - (lane.stored or 0), 0)

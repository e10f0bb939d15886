"""The redrives that operators ask for: a portion at a time, in turns, and none for ever.

(1) A portion takes a moment at most, and everything else then has four times as long: no other key waits a second.
(2) What does not pass now is tried again behind the others, less of it each time, after pauses that grow.
(3) What never passes, or not in so many tries one after the other, ends: the operator is told, and what is left of the
    key stays as it is.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import structlog

from common.consumer.lanes import Lane
from common.consumer.ports import Asked, Away, Clock, Fenced, Held, Ledger, Portion, Settings
from common.kafka.port import Place

log = structlog.get_logger(__name__)

OTHERS_SHARE = 4


@dataclass(slots=True)
class Redrive:
    """One that is asked for, and how far it has come."""

    asked: Asked
    records_max: int
    due: float = 0.0
    tries: int = 0
    applied: int = 0


class Redrives:
    """Those of one member."""

    def __init__(self, group: str, ledger: Ledger, clock: Clock, settings: Settings) -> None:
        self._group, self._ledger, self._clock, self._settings = group, ledger, clock, settings
        self._wanted: dict[int, Redrive] = {}
        self._free_at = 0.0

    def follow(self, asked: Sequence[Asked], topics: Collection[str]) -> None:
        """Take down what is asked for now of these topics, and forget what is no more."""
        size, known = self._settings.poll_records_max, self._wanted
        others = {n: one for n, one in known.items() if one.asked.place.topic not in topics}
        self._wanted = others | {one.operation: known.get(one.operation) or Redrive(one, size) for one in asked}

    def forget(self, topics: Collection[str]) -> None:
        """Forget what is of none of these topics: others may have been at it when it comes back."""
        self._wanted = {n: one for n, one in self._wanted.items() if one.asked.place.topic in topics}

    def due(self, lanes: Mapping[Place, Lane]) -> Redrive | None:
        """Name the one of these partitions that has waited the longest, if one is due."""
        now = self._clock.now()
        here = {place for place, lane in lanes.items() if lane.stored is not None}
        due = [one for one in self._wanted.values() if one.due <= now and one.asked.place in here]
        return min(due, key=lambda one: one.due) if due and now >= self._free_at else None

    async def step(self, one: Redrive, lane: Lane) -> None:
        """Do a portion of it; the others then have their share (1)."""
        began = self._clock.now()
        try:
            await self._try(one, lane)
        except (Away, Held) as error:  # the operator cannot be told, and is at the next try
            log.info("consumer.redrive_failed", group=self._group, error=repr(error))
        self._free_at = max(self._free_at, self._clock.now() + OTHERS_SHARE * (self._clock.now() - began))

    async def _try(self, one: Redrive, lane: Lane) -> None:
        limits = (one.records_max, self._settings.redrive_s_max)
        try:
            applied, is_all = await self._ledger.redrive(Portion(one.asked, lane.stored or 0, *limits, one.applied))
        except Fenced:
            lane.unplace()
        except (Away, Held) as error:
            await self._put_off(one, error)
        except Exception as error:  # noqa: BLE001 - the operator is told, and the key stays as it is
            await self._give_up(one, repr(error))
        else:
            one.applied, one.tries, one.due = one.applied + applied, 0, self._clock.now()
            if is_all:
                self._wanted.pop(one.asked.operation, None)
                log.info("consumer.redriven", group=self._group, topic=one.asked.place.topic, key=one.asked.key)

    async def _put_off(self, one: Redrive, error: Exception) -> None:
        one.tries, one.records_max = one.tries + 1, max(one.records_max // 2, 1)
        pause_s = min(self._settings.backoff_s_min * 2**one.tries, self._settings.backoff_s_max)
        one.due = self._clock.now() + pause_s * self._clock.jitter()
        if one.tries >= self._settings.tries:
            await self._give_up(one, f"not in {one.tries} tries: {error!r}")

    async def _give_up(self, one: Redrive, reason: str) -> None:
        log.warning("consumer.redrive_refused", group=self._group, topic=one.asked.place.topic, error=reason)
        await self._ledger.refuse(one.asked, f"{reason}, behind {one.applied} records" if one.applied else reason)
        self._wanted.pop(one.asked.operation, None)

"""What a leading relay says besides the rows: how far it has come, and what its service held at a position.

Both are said between two batches: what they tell of is acknowledged when they leave.

A count reads all that a service holds: however much that has become, it takes a share of the time and no more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from common import contracts, heartbeats
from common.contracts.platform import Checkpoint, Digest
from common.kafka.port import Outgoing, Place
from common.relay.ports import Ahead, Ports
from common.relay.records import Records

CHECKPOINTS = contracts.topic(Checkpoint.PLATFORM, "platform")
CHECKPOINT = contracts.ce_type(f"platform.{Checkpoint.PLATFORM}")

COUNTING_SHARE = 1 / 20
"""Of the time, at most: who took long to count rests for longer than `checkpoint_every_s`."""

Run = Mapping[Place, Sequence[Outgoing]]


@dataclass(slots=True)
class _Counting:
    """A count under way, and where the topics ended when all that it counts was acknowledged."""

    digests: Ahead[Sequence[Digest] | None]
    snapshot: str = ""
    ends: dict[str, int] | None = None


class Reports:
    """When the next of each is due, and the count under way."""

    def __init__(self, ports: Ports, service: str, *, heartbeat_every_s: float, checkpoint_every_s: float) -> None:
        self._ports = ports
        self._service = service
        self._heartbeat_every_s = heartbeat_every_s
        self._checkpoint_every_s = checkpoint_every_s
        self._heartbeat_at = ports.clock.monotonic()
        self._checkpoint_at = self._heartbeat_at + checkpoint_every_s
        self._counting: _Counting | None = None

    def heartbeat_is_due(self) -> bool:
        return self._ports.clock.monotonic() >= self._heartbeat_at

    def heartbeat(self, records: Records, at: datetime, ends: Mapping[Place, int]) -> Run:
        """Say that everything committed by `at` stands before these ends."""
        self._heartbeat_at = self._ports.clock.monotonic() + self._heartbeat_every_s
        value = heartbeats.encoded(self._service, at, ends)
        return self._run(records, heartbeats.TOPIC, heartbeats.TYPE, at, value)

    def checkpoint_is_due(self) -> bool:
        awaited = self._ports.digest is not None and self._counting is None
        return awaited and self._ports.clock.monotonic() >= self._checkpoint_at

    def begin_checkpoint(self, name: str) -> None:
        """Let the service count itself in the exported snapshot of this name."""
        assert self._ports.digest is not None  # noqa: S101 - see `checkpoint_is_due`
        self._checkpoint_at = self._ports.clock.monotonic()  # the next one's hour depends on how long this one takes
        self._counting = _Counting(self._ports.digest(name))

    def hold(self, snapshot: str, ends: Mapping[Place, int]) -> None:
        """Remember where the topics end, now that everything of the snapshot is acknowledged and nothing else is."""
        if self._counting is not None:
            self._counting.snapshot, self._counting.ends = snapshot, heartbeats.named(ends)

    def counted(self) -> bool:
        return self._counting is not None and self._counting.digests.done()

    async def checkpoint(self, records: Records) -> Run:
        """Say what was counted; nothing, if it could not be."""
        counting, self._counting = self._counting, None
        digests = None if counting is None else await counting.digests
        took_s = self._ports.clock.monotonic() - self._checkpoint_at
        self._checkpoint_at += max(self._checkpoint_every_s, took_s / COUNTING_SHARE)
        if counting is None or counting.ends is None or digests is None:
            return {}
        at = self._ports.clock.now()
        said = Checkpoint(
            service=self._service, at=at, snapshot=counting.snapshot, ends=counting.ends, digests=tuple(digests)
        )
        return self._run(records, CHECKPOINTS, CHECKPOINT, at, msgspec.json.encode(said))

    def cancel(self) -> None:
        if self._counting is not None:
            self._counting.digests.cancel()
            self._counting = None

    def _run(self, records: Records, topic: str, kind: str, at: datetime, value: bytes) -> Run:
        """Make the record of this service; its version is the second in which it is said."""
        at_us, version = int(at.timestamp() * 1e6), int(at.timestamp())
        record = records.record(at_us, self._ports.new_id(), self._service, version, kind, None, value)
        return {self._ports.place(topic, self._service): [record]}

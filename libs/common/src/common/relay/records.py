"""Turns outbox rows into records: CloudEvents 1.0 in binary mode.

Most of a relay's time is spent here: what all records of a type share is encoded once, and a row is unpacked once.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from common.kafka.port import Outgoing, Place
from common.relay.ports import Row

Header = tuple[str, bytes]


class _Shared(NamedTuple):
    """The headers that do not depend on the row."""

    type: Header
    dataschema: Header


class Records:
    """Encodes the rows of one service, under one epoch of its database."""

    def __init__(self, service: str, db_epoch: int, place: Callable[[str, str], Place]) -> None:
        self._place = place
        self._source = ("ce_source", f"/services/{service}".encode())
        self._epoch = ("ce_aggepoch", b"%d" % db_epoch)
        self._shared: dict[str, _Shared] = {}
        self._second = -1
        self._prefix = b""

    def runs(self, rows: Sequence[Row]) -> dict[Place, list[Outgoing]]:
        """Group rows by partition, each group in the order of the rows."""
        runs: dict[Place, list[Outgoing]] = {}
        place, record = self._place, self.record
        for _, at_us, event_id, topic, key, version, kind, traceparent, value in rows:
            where = place(topic, key)
            run = runs.get(where)
            if run is None:
                run = runs[where] = []
            run.append(record(at_us, event_id, key, version, kind, traceparent, value))
        return runs

    def record(
        self,
        at_us: int,
        event_id: UUID,
        key: str,
        version: int,
        kind: str,
        traceparent: str | None,
        value: bytes | None,
    ) -> Outgoing:
        """Encode one row."""
        shared = self._shared.get(kind) or self._share(kind)
        raw = key.encode()
        headers = [
            _SPECVERSION,
            ("ce_id", str(event_id).encode()),
            self._source,
            shared[0],
            ("ce_subject", raw),
            ("ce_time", self._time(at_us)),
            shared[1],
            ("ce_aggversion", b"%d" % version),
            self._epoch,
            ("ce_partitionkey", raw),
            _CONTENT_TYPE,
        ]
        if traceparent is not None:
            headers.append(("traceparent", traceparent.encode()))
        return Outgoing(raw, value, headers, at_us // 1000)

    def _time(self, at_us: int) -> bytes:
        """Write a time as RFC 3339 does, in UTC; the rows of one second share most of it."""
        second, fraction = divmod(at_us, 1_000_000)
        if second != self._second:
            self._second = second
            self._prefix = f"{datetime.fromtimestamp(second, UTC):%FT%T}".encode()
        return b"%b.%06dZ" % (self._prefix, fraction) if fraction else b"%bZ" % self._prefix

    def _share(self, kind: str) -> _Shared:
        dataschema = f"urn:{kind.replace('.', ':')}"
        shared = self._shared[kind] = _Shared(("ce_type", kind.encode()), ("ce_dataschema", dataschema.encode()))
        return shared


_SPECVERSION = ("ce_specversion", b"1.0")
_CONTENT_TYPE = ("content-type", b"application/json")

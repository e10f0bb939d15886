"""Turns outbox rows into records: CloudEvents 1.0 in binary mode.

Most of a relay's time is spent here: what all records of a type share is encoded once, and a row is unpacked once.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
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

    def runs(self, rows: Sequence[Row]) -> dict[Place, list[Outgoing]]:
        """Group rows by partition, each group in the order of the rows."""
        runs: dict[Place, list[Outgoing]] = {}
        place, record = self._place, self.record
        for _, at, event_id, topic, key, version, kind, traceparent, value in rows:
            where = place(topic, key)
            run = runs.get(where)
            if run is None:
                run = runs[where] = []
            run.append(record(at, event_id, key, version, kind, traceparent, value))
        return runs

    def record(
        self,
        at: datetime,
        event_id: UUID,
        key: str,
        version: int,
        kind: str,
        traceparent: str | None,
        value: bytes | None,
    ) -> Outgoing:
        """Encode one row; `at` is in UTC."""
        shared = self._shared.get(kind) or self._share(kind)
        raw = key.encode()
        headers = [
            _SPECVERSION,
            ("ce_id", str(event_id).encode()),
            self._source,
            shared.type,
            ("ce_subject", raw),
            ("ce_time", (at.isoformat()[:-6] + "Z").encode()),
            shared.dataschema,
            ("ce_aggversion", b"%d" % version),
            self._epoch,
            ("ce_partitionkey", raw),
            _CONTENT_TYPE,
        ]
        if traceparent is not None:
            headers.append(("traceparent", traceparent.encode()))
        return Outgoing(raw, value, headers, int(at.timestamp() * 1000))

    def _share(self, kind: str) -> _Shared:
        dataschema = f"urn:{kind.replace('.', ':')}"
        shared = self._shared[kind] = _Shared(("ce_type", kind.encode()), ("ce_dataschema", dataschema.encode()))
        return shared


_SPECVERSION = ("ce_specversion", b"1.0")
_CONTENT_TYPE = ("content-type", b"application/json")

"""Debezium's outbox event router on Kafka Connect, standalone: how it is set up to do what our relay does.

It reads the very table that our relay reads: the router is told the names of its columns, so that both take the same
rows, written by the same statement.  What it publishes has the same topics but for a prefix, the same keys, the same
partitions and the same bytes; of our headers it has those that come from the row, about 200 bytes fewer a record.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit

import asyncpg

from bench.relaying import SERVICE
from bench.rig import NotMeasured, Rig, end
from common.kafka.aio import BATCH_BYTES_MAX
from stack import kafka

RECIPE = kafka.RECIPE / "peers"
CLASS = "org.apache.kafka.connect.cli.ConnectStandalone"
SLOT = PUBLICATION = "bench_outbox"
PREFIX = "debezium"
STARTS_WITHIN_S = 60
FORGETS_WITHIN_S = 15
LOOK_EVERY_S = 0.02

JAVA = ("-Xms256M", "-Xmx2G", "-server", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20")
"""As Kafka's own script starts Connect."""

TUNED: Mapping[str, str] = {"max.batch.size": "8192", "max.queue.size": "32768"}
TUNED_WORKER: Mapping[str, str] = {"producer.compression.type": "lz4", "producer.batch.size": str(BATCH_BYTES_MAX)}
"""What a drain gains from, and what our own producer has."""

HEADERS = "type:header:ce_type,at:header:ce_time,version:header:ce_aggversion,traceparent:header"

PREPARATION = f"""
CREATE PUBLICATION {PUBLICATION}
   FOR TABLE {SERVICE}.outbox (event_id, topic, key, version, type, at, traceparent, value)
  WITH (publish = 'insert', publish_via_partition_root = true)
"""
"""Only what it needs of a row is decoded for it."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """How Debezium is set; without an interval, as it comes."""

    poll_ms: int | None = None

    @property
    def name(self) -> str:
        return f"debezium_{self.poll_ms or 'defaults'}"

    @property
    def settings(self) -> Mapping[str, str]:
        return {} if self.poll_ms is None else {"poll.interval.ms": str(self.poll_ms), **TUNED}

    @property
    def worker(self) -> Mapping[str, str]:
        return {} if self.poll_ms is None else TUNED_WORKER


def topic(ours: str) -> str:
    """Name where it publishes what our relay publishes there."""
    return f"{PREFIX}.{ours}"


def worker(servers: str, offsets: Path, tuning: Tuning) -> dict[str, str]:
    """Set Kafka Connect up: text keys and headers, values as they are; acknowledged by all, as it comes."""
    return {
        "bootstrap.servers": servers,
        "listeners": "http://127.0.0.1:0",
        "offset.storage.file.filename": str(offsets),
        "key.converter": "org.apache.kafka.connect.storage.StringConverter",
        "header.converter": "org.apache.kafka.connect.storage.StringConverter",
        "value.converter": "io.debezium.converters.BinaryDataConverter",
        "plugin.discovery": "service_load",
        **tuning.worker,
    }


def connector(address: str, tuning: Tuning) -> dict[str, str]:
    """Set the PostgreSQL connector and the router up."""
    where = urlsplit(address)
    return {
        "name": PREFIX,
        "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
        "database.hostname": where.hostname or "",
        "database.port": str(where.port),
        "database.user": unquote(where.username or ""),
        "database.password": unquote(where.password or ""),
        "database.dbname": where.path.removeprefix("/"),
        "topic.prefix": PREFIX,
        "plugin.name": "pgoutput",
        "slot.name": SLOT,
        "publication.name": PUBLICATION,
        "publication.autocreate.mode": "disabled",
        "table.include.list": f"{SERVICE}.outbox",
        "column.exclude.list": f"{SERVICE}.outbox.seq,{SERVICE}.outbox.xid",
        "snapshot.mode": "no_data",
        **_router(),
        **tuning.settings,
    }


def _router() -> dict[str, str]:
    router = {
        "type": "io.debezium.transforms.outbox.EventRouter",
        "table.field.event.id": "event_id",
        "table.field.event.key": "key",
        "table.field.event.type": "type",
        "table.field.event.payload": "value",
        "table.fields.additional.placement": HEADERS,
        "route.by.field": "topic",
        "route.topic.replacement": PREFIX + ".${routedByValue}",
    }
    return {"transforms": "router", **{f"transforms.router.{name}": value for name, value in router.items()}}


def rendered(settings: Mapping[str, str]) -> str:
    """Write a Java properties file."""
    return "".join(f"{name}={value.replace(chr(92), chr(92) * 2)}\n" for name, value in settings.items())


class Connect:
    """A Debezium of one database; it can be stopped and started, and goes on where it was."""

    def __init__(self, rig: Rig, tuning: Tuning, folder: Path) -> None:
        self._rig = rig
        self._folder = folder
        self._written(worker(rig.servers, folder / "offsets", tuning), "worker.properties")
        self._written(connector(rig.address, tuning), "connector.properties")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        """Start it, without waiting for it to read."""
        with (self._folder / "log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(*self._command(), stdout=log, stderr=log, cwd=self._folder)
        try:
            yield process.pid
        finally:
            await end(process)

    async def reads(self) -> None:
        """Wait until it reads.

        Raises:
            NotMeasured: it does not; the text is the end of what it said.
        """
        administrator = await asyncpg.connect(self._rig.address)
        try:
            await _until(administrator, STARTS_WITHIN_S, reads=True)
        except TimeoutError as error:
            raise NotMeasured((self._folder / "log").read_text(encoding="utf-8")[-4000:]) from error
        finally:
            await administrator.close()

    def _command(self) -> list[str]:
        environ = self._rig.environ
        logging = f"-Dlog4j2.configurationFile={kafka.RECIPE / 'log4j2.properties'}"
        java = [kafka.find_java(environ), *JAVA, logging, "-cp", f"{kafka.place(environ, RECIPE)}/*"]
        return [*java, CLASS, str(self._folder / "worker.properties"), str(self._folder / "connector.properties")]

    def _written(self, settings: Mapping[str, str], name: str) -> None:
        (self._folder / name).touch(mode=0o600)
        (self._folder / name).write_text(rendered(settings), encoding="utf-8")


@asynccontextmanager
async def prepared(rig: Rig, tuning: Tuning) -> AsyncIterator[Connect]:
    """Publish the table to it, and forget in the end how far it has read."""
    administrator = await asyncpg.connect(rig.address)
    try:
        await administrator.execute(PREPARATION)
        with TemporaryDirectory(prefix="passeurs-") as folder:
            yield Connect(rig, tuning, Path(folder))
    finally:
        await _forget(administrator)
        await administrator.close()


async def _forget(administrator: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Drop the slot, once its reader has gone: no database can be dropped before."""
    await _until(administrator, FORGETS_WITHIN_S, reads=False)
    await administrator.fetch(_FORGET, SLOT)


async def _until(administrator: "asyncpg.Connection[asyncpg.Record]", within_s: float, *, reads: bool) -> None:
    deadline = time.monotonic() + within_s
    while await administrator.fetchval(_READS, SLOT) is not reads:
        if time.monotonic() > deadline:
            raise TimeoutError
        await asyncio.sleep(LOOK_EVERY_S)


_READS = "SELECT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1 AND active)"
_FORGET = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1"

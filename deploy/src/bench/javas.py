"""Kafka's own `ProducerPerformance`, the reference of every figure about producing: same broker, same run."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stack import kafka
from stack.folder import Folder

RECIPE = kafka.RECIPE / "tools"
CLASS = "org.apache.kafka.tools.ProducerPerformance"
SETTINGS = {"acks": "all", "compression.type": "lz4", "batch.size": "524288"}

_TOLD = re.compile(
    r"(\d+) records sent, ([\d.]+) records/sec \(.*? max latency, (\d+) ms 50th, \d+ ms 95th, (\d+) ms 99th"
)


class NotMeasured(Exception):
    """The reference did not say what it measured; the text is what it said instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Produced:
    """What one run of it measured."""

    records_per_s: float
    p50_ms: float
    p99_ms: float


async def fetch(environ: Mapping[str, str], recipe: Path = RECIPE) -> None:
    """Have a recipe's jars, once; on a loop of its own, since the launcher starts programs as no faster loop can."""
    if not kafka.is_fetched(environ, recipe):
        folder = Folder.find(environ)
        folder.prepare()
        await asyncio.to_thread(lambda: asyncio.run(kafka.fetch(folder, environ, recipe)))


async def produce(
    environ: Mapping[str, str],
    topic: str,
    *,
    records: int,
    bytes_each: int,
    rate: int | None = None,
    linger_ms: int = 0,
) -> Produced:
    """Send so many records of a size, at a rate or flat out (None), and wait for every acknowledgement."""
    jars = [f"{kafka.place(environ)}/*", f"{kafka.place(environ, RECIPE)}/*"]
    settings = {**SETTINGS, "linger.ms": str(linger_ms), "bootstrap.servers": environ["KAFKA_BOOTSTRAP_SERVERS"]}
    words = ["--topic", topic, "--num-records", str(records), "--record-size", str(bytes_each)]
    words += ["--throughput", str(rate or -1), "--producer-props", *(f"{n}={v}" for n, v in settings.items())]
    logging = f"-Dlog4j2.configurationFile={kafka.RECIPE / 'log4j2.properties'}"
    command = [kafka.find_java(environ), "-Xmx512m", "-XX:+UseSerialGC", logging, "-cp", ":".join(jars), CLASS, *words]
    return _told(await _said(command))


async def _said(command: list[str]) -> str:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, stdout=pipe, stderr=asyncio.subprocess.STDOUT, cwd=Path("/")
    )
    said, _ = await process.communicate()
    return said.decode(errors="replace")


def _told(said: str) -> Produced:
    runs = _TOLD.findall(said)
    if not runs:
        raise NotMeasured(said[-2000:])
    _, rate, p50, p99 = runs[-1]
    return Produced(records_per_s=float(rate), p50_ms=float(p50), p99_ms=float(p99))

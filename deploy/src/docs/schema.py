"""The schema of each service as its migrations leave it, dumped from a PostgreSQL started for the purpose."""

import asyncio
import os
import re
from pathlib import Path
from subprocess import run
from tempfile import TemporaryDirectory

from common import migrations
from docs import house
from stack import postgres
from stack.folder import Folder
from stack.ports import Ports
from stack.processes import Supervisor

FOLDER = Path("docs/reference/schema")
VARYING = re.compile(r"\\(un)?restrict |-- Dumped |SET |SELECT pg_catalog")
"""Lines that differ from one run or one server to the next."""


def pages() -> dict[Path, str]:
    """Migrate every service's schema in an empty database, and dump each."""
    with TemporaryDirectory(prefix="passeurs-") as place:
        return asyncio.run(_dumped(Folder(Path(place))))


async def _dumped(folder: Folder) -> dict[Path, str]:
    folder.take()
    supervisor = Supervisor(folder, print)
    cluster = await postgres.prepare(folder, Ports(folder.run / "ports.json"), os.environ)
    await supervisor.start(postgres.program(cluster, durable=False))
    try:
        for service in house.SERVICES:
            await migrations.prepare(cluster.url, service)
            await migrations.migrate(cluster.url, service)
        return {FOLDER / f"{service}.sql": _dump(cluster, service) for service in house.SERVICES}
    finally:
        await supervisor.stop()
        postgres.forget(folder)


def _dump(cluster: postgres.Cluster, service: str) -> str:
    command = [str(cluster.bin / "pg_dump"), "--schema-only", f"--schema={service}", f"--dbname={cluster.url}"]
    text = run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own words
    kept = [line for line in text.splitlines() if not VARYING.match(line)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip() + "\n"

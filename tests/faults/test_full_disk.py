"""PostgreSQL's disk is full: writes are refused for now, nothing is corrupted, and it is over when there is space."""

import asyncio
import json
import os
import secrets
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

from catalogue.main import api
from catalogue.settings import Settings
from common import migrations
from tests.faults.experiment import Experiment
from tests.faults.servers import Cluster, cluster
from tests.integration.catalogue.portal import ISSUER, KEY, Portal
from tests.waiting import until

WRITERS = 8
FULL_S = 4
PAUSE_S = 0.01
WRITING_S_MAX = 300
RECOVERS_WITHIN_S = 30
MEGABYTE = 1_000_000
SMALL = {"max_wal_size": "64MB", "min_wal_size": "32MB", "wal_segment_size": "", "shared_buffers": "32MB"}


@pytest.mark.experiment("P22")
async def test_a_full_disk_is_survived(experiment: Experiment, tmp_path: Path) -> None:
    """Everything the disk has left is taken away while films are registered, and given back."""
    told, answers = set[str](), list[httpx.Response]()
    settings = {name: value for name, value in SMALL.items() if value}
    with disk(experiment.number("disk_mb")) as place:
        async with (
            cluster(place=place, durable=True, settings=settings) as server,
            catalogue(server, tmp_path) as portal,
        ):
            writing = [asyncio.create_task(write(portal, told, answers)) for _ in range(WRITERS)]
            try:
                await until(lambda: len(told) > WRITERS)
                ballast = filled(place)
                full = time.monotonic()
                await until(lambda: [one for one in answers if one.status_code == 503], within_s=60)
                await until(lambda: kept_up(server) and time.monotonic() > full + FULL_S)
                ballast.unlink()
                freed, before = time.monotonic(), len(told)
                await until(lambda: kept_up(server) and len(told) > before + WRITERS, within_s=60)
                back_s = time.monotonic() - freed
            finally:
                for task in writing:
                    task.cancel()
                await asyncio.gather(*writing, return_exceptions=True)
            missing = told - await registered(portal)
            whole = server.tool("pg_amcheck", "--install-missing", "--heapallindexed", server.url)
    refused = [one for one in answers if one.status_code >= 500]
    polite = all(one.status_code == 503 and "retry-after" in one.headers for one in refused)
    experiment.judge("503, and nothing worse", holds=polite, refused=len(refused), acknowledged=len(told))
    experiment.judge("recovers without a hand", holds=back_s <= RECOVERS_WITHIN_S, recovery_s=back_s)
    experiment.judge("nothing lost", holds=not missing, lost=len(missing))
    experiment.judge("pg_amcheck", holds=whole.returncode == 0)


async def write(portal: Portal, told: set[str], answers: list[httpx.Response]) -> None:
    """Register one film after the other; whatever is refused is asked again, with another key."""
    async with asyncio.timeout(WRITING_S_MAX):
        while True:
            answer = await portal.post("/v1/films", {"title": f"Film {secrets.token_hex(90)}"})
            answers.append(answer)
            if answer.status_code == 201:
                told.add(answer.json()["id"])
            await asyncio.sleep(PAUSE_S)


async def registered(portal: Portal) -> set[str]:
    """Ask for every film there is, page by page."""
    ids, after = set[str](), dict[str, str]()
    while True:
        page = (await portal.get("/v1/films", limit=100, **after)).json()
        ids |= {one["id"] for one in page["items"]}
        if not page.get("next"):
            return ids
        after = {"after": page["next"]}


def kept_up(server: Cluster) -> bool:
    """Start the server again if it has given up, as the launcher does."""
    if server.server.ended:
        server.server.spawn()
    return True


@asynccontextmanager
async def catalogue(server: Cluster, keys: Path) -> AsyncIterator[Portal]:
    """Open the catalogue's door on that server."""
    await migrations.prepare(server.url, "catalogue")
    await migrations.migrate(server.url, "catalogue")
    jwks = keys / "jwks.json"
    jwks.write_text(json.dumps({"keys": [{**KEY.as_dict(private=False), "kid": "k1"}]}))
    settings = {
        "DATABASE_URL": migrations.dsn(server.url, "catalogue", "app"),
        "TOKEN_ISSUER": ISSUER,
        "JWKS_URL": "http://127.0.0.1:9/nobody",
        "JWKS_FILE": str(jwks),
    }
    app = api(Settings.read(settings))
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://catalogue") as http,
    ):
        yield Portal(http)


@contextmanager
def disk(megabytes: int) -> Iterator[Path]:
    """Give a file system of that size; to mount one takes root."""
    with TemporaryDirectory(prefix="passeurs-disk-") as place:
        if os.geteuid() != 0:
            pytest.skip("Only root can mount a file system of 200 MB.")
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=711", "tmpfs", place], check=True)
        try:
            yield Path(place)
        finally:
            subprocess.run(["umount", "--lazy", place], check=True)


def filled(place: Path) -> Path:
    """Take all the space there is."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * MEGABYTE)
        except OSError:
            return ballast

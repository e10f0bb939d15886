"""A real Prometheus beside a house, with the scrapes and the alerts that are deployed, and a clock that runs faster.

Durations of the rules are divided, limits are not: what counts as ill is what counts in production.
"""

import json
import re
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from stack.processes import Program, answers_ok, running
from tests.architecture.source import ROOT
from tests.waiting import until

BINARY = shutil.which("prometheus")
EXPORTER_NAME = "prometheus-node-exporter"
EXPORTER = shutil.which(EXPORTER_NAME)
DEPLOYED = ROOT / "deploy/prometheus"
TIMES = 60
EVERY = "1s"
FIRES_WITHIN_S = 240
_DURATION = re.compile(r"(?:(?<=\[)|(?<=for: )|(?<=offset ))(\d+)([smh])\b")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def hastened(rules: str, *, times: int) -> str:
    """Divide the windows and the patience of rules, and leave their limits and their names alone."""

    def divided(found: re.Match[str]) -> str:
        return f"{int(found[1]) * _SECONDS[found[2]] * 1000 // times}ms"

    return _DURATION.sub(divided, rules)


def scraping(deployed: str, ports: Mapping[str, int], rules: Path) -> dict[str, Any]:
    """Ask every process of this machine as the deployed configuration asks those of the stack's names."""
    said: dict[str, Any] = yaml.safe_load(deployed)
    said |= {"global": {"scrape_interval": EVERY, "evaluation_interval": EVERY}, "rule_files": [str(rules)]}
    for static in (one for job in said["scrape_configs"] for one in job["static_configs"]):
        static["targets"] = [f"127.0.0.1:{port}" for name in static["targets"] for port in _ports(name, ports)]
    return said


def _ports(target: str, ports: Mapping[str, int]) -> Iterator[int]:
    """Find the ports of a deployed target: one process, or all of an API."""
    host = target.rpartition(":")[0]
    name = "gateway-admin" if host == "127.0.0.1" else host
    for known, port in ports.items():
        if known == name or known.startswith(f"{name}-api-"):
            yield port


@dataclass(frozen=True, slots=True)
class Prometheus:
    """One that runs, and whose file systems it is to judge: a machine has others."""

    http: httpx.AsyncClient
    disk: Path

    async def firing(self) -> dict[str, Mapping[str, str]]:
        """Name the alerts that fire now, each with the labels of one that does."""
        alerts = (await self.http.get("/api/v1/alerts")).json()["data"]["alerts"]
        labels = [one["labels"] for one in alerts if one["state"] == "firing"]
        return {one["alertname"]: one for one in labels if one.get("mountpoint", str(self.disk)) == str(self.disk)}

    async def value(self, query: str) -> float | None:
        """Give the largest value of what a query finds, if it finds any."""
        found = (await self.http.get("/api/v1/query", params={"query": query})).json()["data"]["result"]
        return max((float(one["value"][1]) for one in found), default=None)

    async def down(self) -> list[str]:
        """Name the targets that have not been scraped."""
        targets = (await self.http.get("/api/v1/targets")).json()["data"]["activeTargets"]
        return [f"{one['scrapeUrl']}: {one['lastError']}" for one in targets if one["health"] != "up"]

    async def fires(self, *names: str, within_s: float = FIRES_WITHIN_S) -> None:
        """Wait until all of these have fired, at the same moment or one after the other."""
        missing = set(names)

        async def fired() -> bool:
            missing.difference_update(await self.firing())
            return not missing

        await _waited(fired, lambda: f"{sorted(missing)} did not fire", within_s)

    async def falls_silent(self, *names: str, within_s: float = FIRES_WITHIN_S) -> None:
        """Wait until none of these fires; of all, if none is named."""
        loud: set[str] = set()

        async def silent() -> bool:
            loud.clear()
            loud.update(name for name in await self.firing() if not names or name in names)
            return not loud

        await _waited(silent, lambda: f"{sorted(loud)} did not fall silent", within_s)


async def _waited(condition: Any, failure: Any, within_s: float) -> None:
    try:
        await until(condition, within_s=within_s)
    except TimeoutError as late:
        raise AssertionError(f"{failure()} within {within_s} s") from late


@asynccontextmanager
async def beside(ports: Mapping[str, int], *, port: int, disk: Path, folder: Path) -> AsyncIterator[Prometheus]:
    """Run one while the block lasts."""
    rules, configuration = folder / "alerts.yaml", folder / "prometheus.yaml"
    rules.write_text(hastened((DEPLOYED / "alerts.yaml").read_text(encoding="utf-8"), times=TIMES), encoding="utf-8")
    wanted = scraping((DEPLOYED / "prometheus.yaml").read_text(encoding="utf-8"), ports, rules)
    configuration.write_text(json.dumps(wanted), encoding="utf-8")
    program = _program("prometheus", BINARY, port, f"--config.file={configuration}", f"--storage.tsdb.path={folder}/db")
    async with (
        running(program, log=folder / "prometheus.log"),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10, trust_env=False) as http,
    ):
        there = Prometheus(http, disk)
        await until(lambda: answers_ok(port, "/-/ready"), within_s=60)
        yield there


@asynccontextmanager
async def exporting(port: int, *, log: Path) -> AsyncIterator[None]:
    """Run the exporter of this machine's file systems while the block lasts."""
    only_disks = ("--collector.disable-defaults", "--collector.filesystem")
    async with running(_program("node-exporter", EXPORTER, port, *only_disks), log=log):
        yield


def _program(name: str, binary: str | None, port: int, *words: str) -> Program:
    assert binary is not None
    return Program(name=name, command=[binary, f"--web.listen-address=127.0.0.1:{port}", *words], environment={})

"""pgbench says what the service says: the same statements under the same row security, and nothing but PostgreSQL."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from bench.closed import CONNECTIONS
from bench.heard import Statement, Talk

FOR_S = 60
PROGRESS = re.compile(r"progress: ([\d.]+) s, ([\d.]+) tps")
DRAWN = (
    r"\set key random(1, 9000000000000000000)",
    r"\set siret random(10000000000000, 99999999999999)",
    r"\set siren :siret / 100000",
)
"""pgbench draws numbers only; identifiers are drawn by PostgreSQL."""


@dataclass(slots=True)
class Running:
    """A pgbench at work; it tells how far it is once a second."""

    process: asyncio.subprocess.Process
    _done: float = 0.0
    _at_s: float = 0.0

    @property
    def pid(self) -> int:
        return self.process.pid

    async def answered(self) -> int:
        """Wait for the next thing it tells; how many transactions it has done by then."""
        assert self.process.stderr is not None  # noqa: S101 - asked for
        said = b""
        while line := await self.process.stderr.readline():
            said += line
            if told := PROGRESS.search(line.decode()):
                at_s = float(told[1])
                self._done += float(told[2]) * (at_s - self._at_s)
                self._at_s = at_s
                return round(self._done)
        raise RuntimeError(said.decode())


@asynccontextmanager
async def running(binaries: Path, url: str, script: "Script", folder: Path) -> AsyncIterator[Running]:
    file = folder / "script.sql"
    file.write_text(script.text, encoding="utf-8")
    values = [word for name, value in script.values.items() for word in ("-D", f"{name}={value}")]
    options = ["-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "1", "-P", "1", "-T", str(FOR_S)]
    command = [str(binaries / "pgbench"), *options, *values, "-f", str(file), url]
    quiet, told = asyncio.subprocess.DEVNULL, asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=quiet, stderr=told)
    try:
        yield Running(process)
    finally:
        process.kill()
        await process.wait()


@dataclass(frozen=True, slots=True)
class Script:
    """What pgbench runs: its text, and the values of its variables."""

    text: str
    values: Mapping[str, str]


def whole(talk: Talk) -> Script:
    """Say everything that the service says, in as many messages."""
    values: dict[str, str] = {}
    lines = [line for n, one in enumerate(talk.statements) for line in _lines(talk, one, n, values)]
    return Script("\n".join([*DRAWN, *lines, ""]), values)


def alone(talk: Talk) -> Script:
    """Say the one statement that does the work; in whose name, each connection has been told for good."""
    values: dict[str, str] = {}
    return Script("\n".join([*DRAWN, *_lines(talk, talk.alone, 0, values), ""]), values)


def asking_as(url: str, talk: Talk) -> str:
    """Let every connection speak in the name of the talk's principal."""
    escaped = talk.principal.replace("\\", "\\\\").replace(" ", "\\ ")
    return f"{url}&options={quote(f'-c app.principal={escaped}')}"


def _lines(talk: Talk, statement: Statement, number: int, values: dict[str, str]) -> Sequence[str]:
    if not statement.values:
        return _several(statement.sql)
    written = [_written(talk, value, f"v{number}_{n}", values) for n, value in enumerate(statement.values)]
    sql = re.sub(r"\$(\d+)", lambda found: written[int(found[1]) - 1], _uncommented(statement.sql))
    return [f"{' '.join(sql.split())};"]


def _several(sql: str) -> Sequence[str]:
    """Send in one message what travels in one; what looks like pgbench's variables in JSON is written otherwise."""
    plain = re.sub(r"(?<=\w):(?=\w)", r"\\u003a", sql.replace('":', '": '))
    parts = [f"{part.strip()};" for part in plain.split("; ")]
    return parts if len(parts) == 1 else ["\\startpipeline", *parts, "\\endpipeline"]


def _uncommented(sql: str) -> str:
    return re.sub(r"--.*", "", sql)


def _written(talk: Talk, value: Any, name: str, values: dict[str, str]) -> str:
    """Write a value into a statement: as a variable, or as an expression where pgbench has no such variables."""
    if value is None:
        return "NULL"
    if isinstance(value, list) and value and isinstance(value[0], UUID):
        return f"ARRAY[{', '.join(['uuidv7()'] * len(value))}]"
    new = talk.new.get(value) if isinstance(value, str | UUID) else None
    if new is not None:
        return "uuidv7()" if new == "id" else f":{new}"
    values[name] = _text(value)
    return f":{name}"


def _text(value: Any) -> str:
    """Write a value as PostgreSQL reads it."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, list | tuple):
        return "{" + ",".join('"' + _text(one).replace("\\", "\\\\").replace('"', '\\"') + '"' for one in value) + "}"
    return str(value)

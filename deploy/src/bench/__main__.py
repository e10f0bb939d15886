"""`make bench`: measure what is asked for, each on a stack of the kind that it needs, one after the other.

`python -m bench` measures everything of ours; `python -m bench house` measures one.  A bench of the whole house runs on
the one that is up, or on one that lives as long as it does; one that needs PostgreSQL and Kafka only has a pair of its
own, so that nothing else uses the two cores meanwhile.  What sets us beside others is measured when it is named only.
"""

import asyncio
import importlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

import typer
import uvloop

from bench.figures import tell
from bench.machine import machine


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured, on which kind of stack; its module has `async def measure(environ)` and tells its figures."""

    about: str
    on: Literal["house", "parts", "logical parts"]
    named_only: bool = False

    @property
    def stack(self) -> list[str]:
        return ["with", *_STACKS[self.on]]


_STACKS: Mapping[str, Sequence[str]] = {"house": (), "parts": ("--parts",), "logical parts": ("--parts", "--logical")}


BENCHES: Mapping[str, Bench] = {
    "house": Bench("from the commit to the figure and to the webhook, fifty writes a second", on="house"),
    "rebuild": Bench("from a backlog to figures, and a million records made anew into figures", on="parts"),
    "backbone": Bench("from the row to the topic's reader, at three rates and flat out", on="parts"),
    "projection": Bench("from a topic into a table, on one core, beside bare reading", on="parts"),
    "api": Bench("the API as shipped against pgbench saying the same, by processor time", on="parts"),
    "edge": Bench("the way through the gateway against the way past it; memory of each process", on="house"),
    "law": Bench("film law: the whole verdict on one session", on="house"),
    "search": Bench("100 000 films taken in, found again beside ILIKE and SQLite, and counted by facet", on="parts"),
    "clients": Bench("what a record costs in either library that speaks to Kafka", on="parts"),
    "peers": Bench("the relay beside Debezium: same rows, same reader, in turns", on="logical parts", named_only=True),
}
"""By the name of their module."""

Names = Annotated[
    list[str] | None, typer.Argument(help="What to measure; without: everything that is not run when named only.")
]
Here = Annotated[bool, typer.Option("--here", help="On the stack that the environment names, which is up.")]


def main(names: Names = None, *, here: Here = False) -> None:
    """Measure; every figure is one JSON line on standard output, those of the machine first."""
    wanted = names or [name for name, bench in BENCHES.items() if not bench.named_only]
    if unknown := [name for name in wanted if name not in BENCHES]:
        raise typer.BadParameter(f"{', '.join(unknown)}; there are {', '.join(BENCHES)}.")
    for name in wanted:
        if here:
            tell(machine())
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(importlib.import_module(f"bench.{name}").measure(dict(os.environ)))
        elif failed := _on_its_stack(name, BENCHES[name]):
            raise typer.Exit(failed)


def _on_its_stack(name: str, bench: Bench) -> int:
    """Run one bench in a process of its own, on a stack; return its exit code."""
    sys.stderr.write(f"→ {name}: {bench.about}\n")
    again = [sys.executable, "-m", "bench", name, "--here"]
    with TemporaryDirectory(prefix="passeurs-") as place:
        own = {} if bench.on == "house" else {"PASSEURS_STATE": place}
        command = [sys.executable, "-m", "stack", *bench.stack, "--", *again]
        return subprocess.run(command, env={**os.environ, **own}, check=False).returncode


if __name__ == "__main__":
    typer.run(main)

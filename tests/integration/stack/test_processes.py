"""Programs that cannot be started, or not again: those that run are kept, and stopped as they want to be."""

import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from stack.folder import Folder
from stack.processes import Program, Supervisor
from tests.waiting import until

SERVES = """#!/bin/sh
trap 'echo stopped; exit 0' TERM
echo up
while :; do sleep 0.05; done
"""


@dataclass
class Stack:
    """A launcher's folder, and what its supervisor has said."""

    folder: Folder
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.prepare()
        self.supervisor = Supervisor(self.folder, self.said.append)
        self.script = self.folder.path / "serve"
        self.script.write_text(SERVES, encoding="ascii")
        self.script.chmod(0o700)

    def program(self, name: str) -> Program:
        return Program(name=name, command=[str(self.script)], environment={"PATH": os.defpath})

    def lines(self, name: str) -> list[str]:
        return self.supervisor.log(name).read_text(encoding="ascii").splitlines()

    def pid(self, name: str) -> int:
        return self.folder.left_behind()[name]

    def has_said(self, words: str) -> int:
        return sum(words in line for line in self.said)


@pytest.fixture
async def stack(tmp_path: Path) -> AsyncIterator[Stack]:
    made = Stack(Folder(tmp_path))
    yield made
    made.supervisor.kill()
    await made.supervisor.stop()


async def test_what_runs_is_stopped_also_when_the_start_was_cut_short(stack: Stack) -> None:
    nothing = Program(name="second", command=[str(stack.folder.path / "nothing")], environment={})
    with pytest.raises(FileNotFoundError):
        await stack.supervisor.start(stack.program("first"), nothing, stack.program("third"))
    await until(lambda: stack.lines("first") == ["up"])
    await stack.supervisor.stop()
    assert stack.lines("first") == ["up", "stopped"]
    assert stack.folder.left_behind() == {}


async def test_what_cannot_be_written_down_at_the_start_is_stopped_too(stack: Stack) -> None:
    _stand_in_the_way(stack.folder)
    with pytest.raises(OSError, match="children"):
        await stack.supervisor.start(stack.program("first"))
    await until(lambda: stack.lines("first") == ["up"])
    _out_of_the_way(stack.folder)
    await stack.supervisor.stop()
    assert stack.lines("first") == ["up", "stopped"]


async def test_what_is_started_again_without_being_written_down_is_kept(stack: Stack) -> None:
    await stack.supervisor.start(stack.program("first"))
    await until(lambda: stack.lines("first") == ["up"])
    pid = stack.pid("first")
    _stand_in_the_way(stack.folder)
    os.kill(pid, signal.SIGKILL)
    await until(lambda: stack.has_said("children"))
    await until(lambda: stack.lines("first")[-2:] == ["up", "up"])
    _out_of_the_way(stack.folder)
    await stack.supervisor.stop()
    assert stack.lines("first")[-2:] == ["up", "stopped"]


async def test_what_cannot_be_started_again_is_once_it_can(stack: Stack) -> None:
    await stack.supervisor.start(stack.program("first"))
    await until(lambda: stack.lines("first") == ["up"])
    stack.script.rename(stack.script.with_name("away"))
    os.kill(stack.pid("first"), signal.SIGKILL)
    await until(lambda: stack.has_said("No such file") > 1)
    stack.script.with_name("away").rename(stack.script)
    await until(lambda: stack.lines("first") == ["up", "up"])


async def test_what_could_not_be_started_again_is_no_reason_not_to_stop(stack: Stack) -> None:
    await stack.supervisor.start(stack.program("first"), stack.program("second"))
    await until(lambda: stack.lines("first") == ["up"])
    stack.script.unlink()
    os.kill(stack.pid("second"), signal.SIGKILL)
    await until(lambda: stack.has_said("No such file"))
    await stack.supervisor.stop()
    assert stack.lines("first") == ["up", "stopped"]


def _stand_in_the_way(folder: Folder) -> None:
    """Let the record of what runs be unwritable, as on a full disk."""
    record = folder.run / "children.json"
    record.unlink(missing_ok=True)
    (record / "full").mkdir(parents=True)


def _out_of_the_way(folder: Folder) -> None:
    (folder.run / "children.json" / "full").rmdir()
    (folder.run / "children.json").rmdir()

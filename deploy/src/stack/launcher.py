"""One launcher on one state folder: it starts what it is asked for, stays until asked to end, and leaves nothing."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress

import asyncpg
from rich.console import Console

from common.migrations import EditedMigration
from stack import kafka, postgres
from stack.folder import Folder, FolderTaken
from stack.gateway import BadConfiguration
from stack.ports import NoFreePort, Ports
from stack.processes import NotReady, Supervisor, end_left_behind

START_WITHIN_S = 600
STOP_WITHIN_S = 90
LOOK_EVERY_S = 0.05
PARENT_LOOKED_AT_EVERY_S = 0.5

Up = Callable[[Supervisor, Ports], Coroutine[object, object, int | None]]
Troubles = (
    *(NotReady, OSError, postgres.NoPostgres, kafka.BadArtefact, NoFreePort, BadConfiguration),
    *(EditedMigration, asyncpg.PostgresError),
)

console = Console(stderr=True, highlight=False)


class NotStarted(Exception):
    """The launcher ended before everything was up; the text is what it said."""


def stay_up(up: Up, *, follow_parent: bool = False) -> int:
    """Own the folder, run `up`, and take everything down in the end; return the code to exit with.

    What `up` returns ends the launcher; if it returns None, the launcher stays until it is told to end.
    """
    folder = Folder.find(os.environ)
    try:
        folder.take()
    except FolderTaken as taken:
        console.print(f"[red]{taken}[/]\nStop it with `make stop`.")
        return 1
    supervisor = Supervisor(folder, lambda text: console.print(f"[yellow]{text}[/]"))
    code = 1
    try:
        code = asyncio.run(_serve(supervisor, up, parent=os.getppid() if follow_parent else None))
    except* Troubles as failed:
        for error in _leaves(failed):
            console.print(f"{type(error).__name__}: {error}", style="red", markup=False, soft_wrap=True)
        console.print("`make doctor` says what this machine lacks; `make clean` forgets the local data.")
    return code


def detach(words: Sequence[str]) -> None:
    """Run the launcher in a session of its own, and come back when it says that all is up."""
    folder = Folder.find(os.environ)
    if folder.is_up():
        return
    folder.prepare()
    log = folder.logs / "launcher.log"
    with log.open("wb") as said:
        command = [sys.executable, "-m", "stack", *words]
        launcher = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True, cwd="/"
        )
    with console.status("starting"):
        _wait(lambda: folder.is_up() or launcher.poll() is not None, START_WITHIN_S)
    if launcher.poll() is not None:
        raise NotStarted(log.read_text(encoding="utf-8", errors="replace"))


def stop() -> bool:
    """Stop what runs on the folder; say whether there was anything."""
    folder = Folder.find(os.environ)
    launcher = folder.launcher()
    if launcher is None and not folder.left_behind():
        return False
    with console.status("stopping"):
        if launcher is not None:
            os.kill(launcher, signal.SIGTERM)
            _wait(lambda: folder.launcher() is None, STOP_WITHIN_S)
        asyncio.run(end_left_behind(folder))
    return True


@contextmanager
def step(text: str) -> Iterator[None]:
    """Show what is being waited for, and then how long it took."""
    began = time.monotonic()
    with console.status(text):
        yield
    console.print(f"[green]✓[/] {text} [dim]{time.monotonic() - began:.1f} s[/]")


async def _serve(supervisor: Supervisor, up: Up, *, parent: int | None) -> int:
    await end_left_behind(supervisor.folder)
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()
    for what in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(what, asked.set)
    starting = asyncio.create_task(_up(supervisor, up))
    ending = asyncio.create_task(_asked_to_end(asked, parent))
    try:
        await asyncio.wait({starting, ending}, return_when=asyncio.FIRST_COMPLETED)
        if ending.done():
            return 0
        code = await starting
        if code is None:
            await ending
        return code or 0
    finally:
        for what in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(what, supervisor.kill)  # asked twice: at once
        await _cancelled(starting, ending)
        with console.status("stopping"):
            await supervisor.stop()
        console.print("Stopped; nothing is left running.")


async def _up(supervisor: Supervisor, up: Up) -> int | None:
    code = await up(supervisor, Ports(supervisor.folder.run / "ports.json"))
    supervisor.folder.say_up()
    return code


async def _asked_to_end(asked: asyncio.Event, parent: int | None) -> None:
    while not asked.is_set() and parent in (None, os.getppid()):
        with suppress(TimeoutError):
            await asyncio.wait_for(asked.wait(), PARENT_LOOKED_AT_EVERY_S)


async def _cancelled(*tasks: asyncio.Task[int | None] | asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error


def _wait(done: Callable[[], bool], within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {within_s:.0f} s")
        time.sleep(LOOK_EVERY_S)

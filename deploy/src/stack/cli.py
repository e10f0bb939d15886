"""What one can ask of the launcher.  Each command says what it does; `make` calls them."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Annotated

import typer
from rich.console import Console

from stack import doctor, kafka, parts, postgres
from stack.folder import Folder, FolderTaken
from stack.ports import NoFreePort, Ports
from stack.processes import NotReady, Supervisor, end_left_behind

app = typer.Typer(
    help="The local stack of Passeurs d'images.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(stderr=True, highlight=False)

START_WITHIN_S = 600
STOP_WITHIN_S = 60
PARENT_LOOKED_AT_EVERY_S = 0.5

FollowParent = Annotated[bool, typer.Option("--follow-parent", help="End when the process that started this ends.")]
Up = Callable[[Supervisor, Ports], Coroutine[object, object, None]]


@app.command(name="parts")
def start_parts(
    *,
    detach: Annotated[
        bool, typer.Option("--detach", help="Come back when they are up, and leave them running.")
    ] = False,
    durable: Annotated[bool, typer.Option(help="Survive a power cut, at the price of an fsync a commit.")] = True,
    follow_parent: FollowParent = False,
) -> None:
    """Start PostgreSQL and Kafka only, and print where they are."""
    if detach:
        _detached(["parts", "--durable" if durable else "--no-durable"])
        typer.echo((Folder.find(os.environ).path / "parts.env").read_text(encoding="utf-8"), nl=False)
        return

    async def up(supervisor: Supervisor, ports: Ports) -> None:
        with console.status("starting PostgreSQL and Kafka"):
            found = await parts.start(supervisor, ports, os.environ, durable=durable)
        typer.echo(found.as_exports(), nl=False)

    _stay_up(up, follow_parent=follow_parent)


@app.command()
def stop() -> None:
    """Stop what runs on the state folder, and wait until nothing is left of it."""
    folder = Folder.find(os.environ)
    launcher = folder.launcher()
    if launcher is None and not folder.left_behind():
        console.print("Nothing is running.")
        return
    with console.status("stopping"):
        if launcher is not None:
            os.kill(launcher, signal.SIGTERM)
            _wait(lambda: folder.launcher() is None, "the launcher did not stop")
        asyncio.run(end_left_behind(folder))
    console.print("Stopped.")


@app.command()
def clean() -> None:
    """Stop, and delete the data of PostgreSQL and Kafka: the next start begins from nothing."""
    stop()
    folder = Folder.find(os.environ)
    postgres.forget(folder)
    kafka.forget(folder)
    console.print(f"Deleted the data of {folder.path}.")


@app.command(name="doctor")
def examine() -> None:
    """Say what is missing on this machine, and the line that installs it."""
    missing = [need for need in doctor.needs(os.environ) if not need.met]
    for need in missing:
        console.print(f"[red]✗[/] {need.name}: {need.found}\n    {need.remedy}")
    if missing:
        raise typer.Exit(1)
    console.print("[green]✓[/] Nothing is missing.")


def _stay_up(up: Up, *, follow_parent: bool) -> None:
    """Own the folder, start, stay until asked to end, take everything down."""
    folder = Folder.find(os.environ)
    try:
        folder.take()
    except FolderTaken as taken:
        console.print(f"[red]{taken}[/]\nStop it with `make stop`.")
        raise typer.Exit(1) from taken
    supervisor = Supervisor(folder, lambda text: console.print(f"[yellow]{text}[/]"))
    try:
        asyncio.run(_serve(supervisor, up, follow_parent=follow_parent))
    except* (NotReady, OSError, postgres.NoPostgres, kafka.BadArtefact, NoFreePort) as failed:
        for error in failed.exceptions:
            console.print(f"[red]{type(error).__name__}[/]: {error}", markup=True)
        console.print("`make doctor` says what this machine lacks.")
        sys.exit(1)


async def _serve(supervisor: Supervisor, up: Up, *, follow_parent: bool) -> None:
    await end_left_behind(supervisor.folder)
    loop = asyncio.get_running_loop()
    starting = asyncio.create_task(up(supervisor, Ports(supervisor.folder.run / "ports.json")))
    asked = asyncio.Event()
    for what in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(what, asked.set)
    ending = asyncio.create_task(_asked_to_end(asked, parent=os.getppid() if follow_parent else None))
    try:
        await asyncio.wait({starting, ending}, return_when=asyncio.FIRST_COMPLETED)
        if not ending.done():
            await starting
            supervisor.folder.say_up()
            await ending
    finally:
        for what in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(what, supervisor.kill)  # asked twice: at once
        await _cancelled(starting, ending)
        with console.status("stopping"):
            await supervisor.stop()


async def _asked_to_end(asked: asyncio.Event, *, parent: int | None) -> None:
    while not asked.is_set() and parent in (None, os.getppid()):
        with suppress(TimeoutError):
            await asyncio.wait_for(asked.wait(), PARENT_LOOKED_AT_EVERY_S)


async def _cancelled(*tasks: asyncio.Task[object]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


def _detached(words: list[str]) -> None:
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
        _wait(lambda: folder.is_up() or launcher.poll() is not None, "the stack did not start", within_s=START_WITHIN_S)
    if launcher.poll() is not None:
        console.print(log.read_text(encoding="utf-8", errors="replace"), markup=False)
        raise typer.Exit(1)


def _wait(done: Callable[[], bool], complaint: str, *, within_s: float = STOP_WITHIN_S) -> None:
    deadline = time.monotonic() + within_s
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{complaint} within {within_s:.0f} s")
        time.sleep(0.05)

"""What one can ask of the launcher.  Each command says what it does; `make` calls them."""

import asyncio
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from common import kafka as topics
from stack import doctor, gateway, house, kafka, launcher, logs, parts, postgres
from stack.folder import Folder
from stack.house import House, Wishes
from stack.launcher import console
from stack.parts import Parts
from stack.ports import Ports
from stack.processes import Supervisor, run_in_sight
from stack.settings import GatewaySettings

app = typer.Typer(
    help="The local stack of Passeurs d'images.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Detach = Annotated[bool, typer.Option("--detach", help="Come back when all is up, and leave it running.")]
Durable = Annotated[bool, typer.Option(help="Survive a power cut, at the price of an fsync a commit.")]
Archived = Annotated[bool, typer.Option(help="Keep PostgreSQL's log, so that it can be restored to any second.")]
FollowParent = Annotated[bool, typer.Option("--follow-parent", help="End when the process that started this ends.")]
OnlyParts = Annotated[bool, typer.Option("--parts", help="PostgreSQL and Kafka only.")]
Logical = Annotated[bool, typer.Option("--logical", help="With --parts: let PostgreSQL's log be decoded.")]
ApiProcesses = Annotated[int, typer.Option(min=1, max=8, help="API processes of each service.")]


@app.command()
def run(
    *,
    demo: Annotated[bool, typer.Option(help="Play the demonstration once all is up.")] = True,
    detach: Detach = False,
    durable: Durable = True,
    archived: Archived = False,
    follow_parent: FollowParent = False,
    api_processes: ApiProcesses = 1,
) -> None:
    """Start everything, play the demonstration, and stay up until Ctrl-C."""
    _refuse_what_is_missing()
    wishes = Wishes(durable=durable, archived=archived, api_processes=api_processes)
    if detach:
        _detached(["run", "--no-demo", *_as_words(wishes)])
        _print_environment(house.environment_file(Folder.find(os.environ)))
        return

    async def up(supervisor: Supervisor, ports: Ports) -> None:
        there = await house.start(supervisor, ports, os.environ, wishes, step=launcher.step)
        if demo:
            await run_in_sight([sys.executable, "-m", "demo"], {**os.environ, **there.as_environment()})
        _say_what_to_try(there, supervisor.folder)

    raise typer.Exit(launcher.stay_up(up, follow_parent=follow_parent))


@app.command(name="with", context_settings={"ignore_unknown_options": True})
def run_with(
    command: list[str],
    *,
    only_parts: OnlyParts = False,
    logical: Logical = False,
    durable: Durable = True,
    api_processes: ApiProcesses = 1,
) -> None:
    """Run a command against what is running, or against a stack that lives as long as the command."""
    folder = Folder.find(os.environ)
    if folder.is_up() and house.environment_file(folder).exists():
        ended = subprocess.run(command, env={**os.environ, **house.read_environment(folder)}, check=False)
        raise typer.Exit(ended.returncode)
    _refuse_what_is_missing()
    wishes = Wishes(durable=durable, api_processes=api_processes)

    async def up(supervisor: Supervisor, ports: Ports) -> int:
        there: House | Parts
        if only_parts:
            step = launcher.step
            there = await parts.start(supervisor, ports, os.environ, step=step, durable=durable, logical=logical)
        else:
            there = await house.start(supervisor, ports, os.environ, wishes, step=launcher.step)
        return await run_in_sight(command, {**os.environ, **there.as_environment()})

    raise typer.Exit(launcher.stay_up(up))


@app.command(name="parts")
def start_parts(
    *,
    detach: Detach = False,
    durable: Durable = True,
    archived: Archived = False,
    follow_parent: FollowParent = False,
) -> None:
    """Start PostgreSQL and Kafka only, and print where they are."""
    _refuse_what_is_missing()
    if detach:
        _detached(["parts", *_kept(durable=durable, archived=archived)])
        _print_environment(parts.environment_file(Folder.find(os.environ)))
        return

    async def up(supervisor: Supervisor, ports: Ports) -> None:
        await parts.start(supervisor, ports, os.environ, step=launcher.step, durable=durable, archived=archived)
        _print_environment(parts.environment_file(supervisor.folder))

    raise typer.Exit(launcher.stay_up(up, follow_parent=follow_parent))


@app.command()
def stop() -> None:
    """Stop what runs on the state folder, and wait until nothing is left of it."""
    console.print("Stopped." if launcher.stop() else "Nothing is running.")


@app.command()
def clean() -> None:
    """Stop, and delete the data of PostgreSQL and Kafka: the next start begins from nothing."""
    stop()
    folder = Folder.find(os.environ)
    postgres.forget(folder)
    kafka.forget(folder)
    console.print(f"Deleted the data of {folder.path}.")


@app.command(name="logs")
def follow_logs() -> None:
    """Follow what all processes say."""
    with suppress(KeyboardInterrupt):
        logs.follow(Folder.find(os.environ).logs)


@app.command(name="doctor")
def examine() -> None:
    """Say what is missing on this machine, and the line that installs it."""
    _refuse_what_is_missing()
    console.print("[green]✓[/] Nothing is missing.")


@app.command()
def migrate() -> None:
    """Prepare and migrate every service's schema (DATABASE_URL: an administrator's)."""
    asyncio.run(house.migrate(Parts(database_url=os.environ["DATABASE_URL"], kafka_servers="")))


@app.command(name="topics")
def create_topics(*, replication_factor: Annotated[int, typer.Option(min=1)] = 3) -> None:
    """Create the topics that are not there yet (KAFKA_BOOTSTRAP_SERVERS)."""
    asyncio.run(topics.create_topics(os.environ["KAFKA_BOOTSTRAP_SERVERS"], replication_factor=replication_factor))


@app.command(name="gateway")
def write_gateway(*, check: Annotated[bool, typer.Option("--check", help="Let Envoy judge it.")] = False) -> None:
    """Print Envoy's configuration for the settings in the environment."""
    wanted = GatewaySettings.read(os.environ).gateway()
    typer.echo(json.dumps(gateway.render(wanted), indent=1, ensure_ascii=False))
    if check:
        gateway.check(wanted)


def _refuse_what_is_missing() -> None:
    missing = [need for need in doctor.needs(os.environ) if not need.met]
    for need in missing:
        console.print(f"[red]✗[/] {need.name}: {need.found}\n    {need.remedy}")
    if missing:
        raise typer.Exit(1)


def _detached(words: list[str]) -> None:
    try:
        launcher.detach(words)
    except launcher.NotStarted as failed:
        console.print(str(failed), markup=False)
        raise typer.Exit(1) from failed


def _as_words(wishes: Wishes) -> list[str]:
    kept = _kept(durable=wishes.durable, archived=wishes.archived)
    return [*kept, "--api-processes", str(wishes.api_processes)]


def _kept(*, durable: bool, archived: bool) -> list[str]:
    return ["--durable" if durable else "--no-durable", "--archived" if archived else "--no-archived"]


def _print_environment(file: Path) -> None:
    typer.echo(file.read_text(encoding="utf-8"), nl=False)


def _say_what_to_try(there: House, folder: Folder) -> None:
    console.print(f"""
[bold]Passeurs d'images is up.[/]
  the API        {there.gateway_url}/docs
  the dashboard  {there.gateway_url}/dashboard
  addresses      . {house.environment_file(folder)}
  an operator    client id `operator`, secret in {there.operator_secret}

[bold]What to try next[/], in another terminal:
  make demo      plays the dossier again and compares every figure
  make logs      shows what all processes say
  make bench     measures from the commit to the figure and to the webhook

Ctrl-C stops everything.""")

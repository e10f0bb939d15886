"""What an operator can ask and do.  Each command says what it does; what changes something is audited."""

import asyncio
import inspect
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import asyncpg
import typer

from common.kafka.port import Trouble
from common.migrations import NoPassword
from common.operations import NobodyReads, NotParked, NotWaiting
from passeurs import changing, figures, keeping, looking
from passeurs.changing import NotDoneYet, NothingOwned
from passeurs.figures import ComparedElsewhere, FiguresDiffer
from passeurs.place import House, NoHouse, NoSuchService
from passeurs.telling import console
from reporting.consumers import GROUP as FIGURES
from reporting.consumers.rebuilding import NotReadable, Poison
from reporting.store.rebuilding import BlueIsKept, KeysMoved, NothingHeard, NothingKept, Underway
from stack.backup import NotABackup, NotRestored
from stack.processes import NotReady

T = TypeVar("T")

app = typer.Typer(
    help="Passeurs d'images, for operators.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Refusals = (
    *(NoHouse, NoSuchService, NoPassword, NotReady, Trouble, OSError, asyncpg.PostgresError),
    *(NotParked, NotWaiting, NobodyReads, NotDoneYet, NothingOwned, NotABackup, NotRestored, ComparedElsewhere),
    *(FiguresDiffer, NotReadable, Poison, KeysMoved, BlueIsKept, NothingHeard, NothingKept, Underway),
)

Service = Annotated[str, typer.Argument(help="actions, partners, catalogue or reporting.")]
Group = Annotated[str, typer.Argument(help="The consumer group, such as reporting.figures.")]
Topic = Annotated[str, typer.Argument(help="The topic's whole name.")]
Seq = Annotated[int, typer.Argument(help="The row's number in the outbox.")]
Aggregate = Annotated[str, typer.Argument(help="The id of a campaign, a project, an action, a report …")]
Place = Annotated[Path, typer.Argument(help="The folder that keeps the backups.", file_okay=False, resolve_path=True)]
At = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f"], help="The second, in UTC; without: the end of the log."
    ),
]
Archive = Annotated[
    Path | None,
    typer.Option(help="Where the server's log is kept; without: the local stack's.", exists=True, resolve_path=True),
]
Into = Annotated[Path, typer.Option(help="The folder of the restored cluster; it must not exist.", resolve_path=True)]


@app.command()
def outbox() -> None:
    """Say what waits to be published, for how long, and who publishes."""
    _run(looking.outbox)


@app.command()
def topics() -> None:
    """List the declared topics: how many records each has had, and what differs from its declaration."""
    _run(looking.topics)


@app.command()
def lag() -> None:
    """Say how far each reader is behind."""
    _run(looking.lag)


@app.command()
def audit(limit: Annotated[int, typer.Option(min=1, max=1000, help="Lines, the last first.")] = 20) -> None:
    """List what operators did, and what became of it."""
    _run(lambda house: looking.audit(house, limit))


@app.command()
def redrive(service: Service, group: Group, topic: Topic, key: Annotated[str, typer.Argument()]) -> None:
    """Have a key's parked records applied, in order, a portion in each transaction, and free the key."""
    _run(lambda house: changing.redrive(house, service, group, topic, key))


@app.command()
def rewind(
    service: Service,
    group: Group,
    topic: Topic,
    partition: Annotated[int | None, typer.Option(min=0, help="One partition; without: all.")] = None,
    to: Annotated[int, typer.Option(min=0, help="The offset to read from.")] = 0,
) -> None:
    """Have a group read a topic again.  What it has already changes nothing; no worker has to be stopped."""
    _run(lambda house: changing.rewind(house, service, group, topic, partition=partition, to=to))


@app.command()
def park(service: Service, seq: Seq, reason: Annotated[str, typer.Option(help="Why; it is kept.")]) -> None:
    """Take a row that cannot be published out of the relay's way."""
    _run(lambda house: changing.park(house, service, seq, reason))


@app.command()
def unpark(service: Service, seq: Seq) -> None:
    """Publish a parked row after all."""
    _run(lambda house: changing.unpark(house, service, seq))


@app.command()
def announce(service: Service) -> None:
    """Announce every state of a service anew, as it stands: after a restore, readers then hold what it holds."""
    _run(lambda house: changing.announce(house, service))


@app.command()
def parked(service: Annotated[str | None, typer.Argument(help="One service; without: all.")] = None) -> None:
    """List the keys that are set aside, with what is wrong with the first record of each."""
    _run(lambda house: looking.parked(house, service))


@app.command()
def follow(aggregate: Aggregate) -> None:
    """Tell one aggregate's life across the services: outbox, topics' readers, figures, webhooks."""
    _run(lambda house: looking.follow(house, aggregate))


@app.command()
def verify() -> None:
    """Compare the figures with themselves, mend what is wrong, and say what the last comparisons came to."""
    _run(lambda house: figures.verify(house, now=datetime.now(UTC)))


@app.command()
def rebuild(
    *,
    compare: Annotated[bool, typer.Option("--compare", help="Only compare; put nothing in place.")] = False,
    back: Annotated[bool, typer.Option("--back", help="Let what was replaced serve again.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Drop what was replaced.")] = False,
    group: Annotated[str, typer.Option(help="The group that serves: the worker's CONSUMER_GROUP.")] = FIGURES.name,
    records_per_s: Annotated[int, typer.Option(min=0, help="At most so many; 0: as fast as it goes.")] = 0,
) -> None:
    """Make the figures anew from the topics, beside those that serve, and exchange them in one moment."""
    if back:
        _run(lambda house: figures.back(house, group=group))
    elif drop:
        _run(figures.drop)
    else:
        _run(lambda house: figures.rebuild(house, group=group, exchange=not compare, records_per_s=records_per_s))


@app.command()
def backup(
    place: Place,
    keep: Annotated[int, typer.Option(min=1, help="So many backups, with the log that they need.")] = 7,
    archive: Archive = None,
) -> None:
    """Take a base backup, verify every file of it, delete the oldest, and write both into the audit."""
    _run(lambda house: keeping.back_up(house, place, now=datetime.now(UTC), kept=keep, archive=archive))


@app.command()
def restore(place: Place, into: Into, at: At = None, archive: Archive = None) -> None:
    """Restore the newest backup that had ended by a second to it, into a folder beside what runs, and check all."""
    moment = None if at is None else at.replace(tzinfo=UTC)
    _run(lambda house: keeping.restore(house, place, into, at=moment, archive=archive))


def _run(command: Callable[[House], Awaitable[T]]) -> T:
    """Do something in the house; what is refused is one line, and exit code 1."""

    async def here() -> T:
        return await command(House.find(os.environ))

    try:
        return asyncio.run(here())
    except Refusals as refusal:
        why = str(refusal) or inspect.getdoc(refusal)
        console.print(f"{type(refusal).__name__}: {why}", style="red", markup=False, soft_wrap=True)
        sys.exit(1)

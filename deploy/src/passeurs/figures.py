"""The figures, as an operator cares for them: compared with their owners and with themselves, made anew, put back."""

from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from common import collector, migrations, operations
from common.database import connect, uuid7
from common.tokens import SYSTEM
from passeurs.place import House
from passeurs.telling import console, show
from reporting import consumers
from reporting.commands import reconciling
from reporting.consumers import rebuilding
from reporting.domain.reconciliation import INTERNAL, Outcome
from reporting.store import outcomes

SERVICE = "reporting"
KEPT_DAYS = 400
"""An operator's comparison cleans up after nobody: longer than any service is set to keep them."""
LISTED = 20
OUTCOMES = ("compared with", "at", "as of", "compared", "equal", "moved", "parked", "differing", "told", "repaired")


class FiguresDiffer(Exception):
    """What the figures are is not what they should be; the last comparison says where."""


class ComparedElsewhere(Exception):
    """A worker compares the figures with themselves at this moment: ask again when it has done so."""

    def __str__(self) -> str:
        return "A worker is comparing at this moment; ask again."


async def verify(house: House, *, now: datetime) -> None:
    """Compare the figures with themselves now, and show what the last comparisons came to.

    Raises:
        ComparedElsewhere: somebody else is at it.
        FiguresDiffer: the newest comparison with somebody found a difference that is not mended.
    """
    database = await connect(migrations.dsn(house.parts.database_url, SERVICE, "app"))
    try:
        comparing = reconciling.Comparing(at=now, id=uuid7(), passed_over_max=0, kept_days=KEPT_DAYS)
        async with database.transaction(SYSTEM) as tx:
            if not await reconciling.check(tx, comparing):
                raise ComparedElsewhere
            await operations.record(tx, who=house.who, command="verify", arguments={})
        async with database.transaction(SYSTEM) as tx:
            rows = await outcomes.before(tx, scope=None, id_=None, limit=LISTED)
    finally:
        await database.close()
    found = [msgspec.json.decode(doc, type=Outcome) for _, doc in rows]
    show("Comparisons", OUTCOMES, (_row(one) for one in found), empty="none was made yet")
    newest = {one.scope: one for one in reversed(found)}
    if wrong := [scope for scope, one in newest.items() if _unmended(one)]:
        raise FiguresDiffer(f"Not as they should be: {', '.join(sorted(wrong))}.")


def _unmended(outcome: Outcome) -> int:
    """Count what still differs: inside, what is repaired is of what differs; with an owner, of what differed before."""
    return outcome.differing - (outcome.repaired if outcome.scope == INTERNAL else 0)


async def rebuild(house: House, *, group: str, exchange: bool, records_per_s: int) -> None:
    """Make the figures anew from the topics beside those that serve, and exchange them."""
    collector.settle()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        task = progress.add_task("records", total=None)
        outcome = await rebuilding.rebuild(
            replace(consumers.GROUP, name=group),
            _how(house, records_per_s),
            lambda done, of: progress.update(task, completed=done, total=of),
            exchange=exchange,
        )
    done = "made anew and serve" if outcome.exchanged else "compared"
    console.print(f"The figures were {done}: {outcome.records} records, {len(outcome.differences)} cells differ.")
    if outcome.differences and not outcome.exchanged:
        raise FiguresDiffer("What serves is not what the topics say; without --compare it is replaced.")


async def back(house: House, *, group: str) -> None:
    """Let what was replaced serve again."""
    differing = await rebuilding.switch_back(replace(consumers.GROUP, name=group), _how(house, 0))
    console.print(f"What was replaced serves again; {differing} cells differ.")


async def drop(house: House) -> None:
    """Drop what was replaced."""
    await rebuilding.drop_replaced(_how(house, 0))
    console.print("What was replaced is dropped.")


def _how(house: House, records_per_s: int) -> rebuilding.Settings:
    return rebuilding.Settings(
        servers=house.parts.kafka_servers,
        owner_dsn=migrations.dsn(house.parts.database_url, SERVICE, "owner"),
        who=house.who,
        records_per_s=records_per_s,
    )


def _row(one: Outcome) -> tuple[object, ...]:
    age: timedelta | None = None if one.checkpoint_at is None else one.at - one.checkpoint_at
    counts = (one.compared, one.equal, one.moved, one.parked, one.differing, one.told, one.repaired)
    return (one.scope, one.at, age, *counts)

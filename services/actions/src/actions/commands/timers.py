"""What time alone decides: files whose pieces did not come (T6), actions that begin (T13) or never came (T17).

Each is one verb in one transaction of its own; what the domain refuses is not due yet.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from actions.commands import projects
from actions.domain import closing, filing, lifecycle
from actions.store import actions, campaigns
from actions.store import projects as project_store
from common.contracts.actions import ActionStatus
from common.database import Database, Transaction
from common.errors import Conflict
from common.tokens import SYSTEM


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """How many files and actions time has moved."""

    lapsed_files: int
    started_actions: int
    lapsed_actions: int


async def run(database: Database, *, at: datetime, batch_max: int) -> Moved:
    """Move what is due at this instant; the same instant twice moves nothing more."""
    async with database.transaction(SYSTEM) as tx:
        incomplete = await project_store.overdue_projects(tx, limit=batch_max)
        scheduled = await actions.actions_in(tx, ActionStatus.SCHEDULED, after=None, limit=batch_max)
        postponed = await actions.actions_in(tx, ActionStatus.POSTPONED, after=None, limit=batch_max)
    return Moved(
        lapsed_files=await _each(database, incomplete, _lapse_file, at),
        started_actions=await _each(database, scheduled, _start, at),
        lapsed_actions=await _each(database, postponed, _lapse_action, at),
    )


async def _each(
    database: Database,
    ids: Sequence[UUID],
    move: Callable[[Transaction, UUID, datetime], Awaitable[None]],
    at: datetime,
) -> int:
    count = 0
    for one in ids:
        try:
            async with database.transaction(SYSTEM) as tx:
                await move(tx, one, at)
        except Conflict:
            continue
        count += 1
    return count


async def _lapse_file(tx: Transaction, project_id: UUID, at: datetime) -> None:
    project = await project_store.lock_project(tx, project_id)
    await projects.save(tx, filing.lapse(project, at=at), None)


async def _start(tx: Transaction, action_id: UUID, at: datetime) -> None:
    action, facts = lifecycle.start(await actions.lock_action(tx, action_id), at=at)
    await actions.save_action(tx, action, facts, None)


async def _lapse_action(tx: Transaction, action_id: UUID, at: datetime) -> None:
    project = await project_store.lock_project(tx, await actions.project_of(tx, action_id))
    siblings = {action.id: action for action in await actions.lock_actions_of(tx, project.id)}
    campaign = await campaigns.campaign(tx, project.campaign_id)
    action, facts = lifecycle.lapse(siblings[action_id], campaign, at=at)
    if cancelled := closing.cancelled_with(project, [*(siblings | {action_id: action}).values()], at=at):
        await projects.save(tx, cancelled, None)
        action = replace(action, project_state=cancelled[0].state)
    await actions.save_action(tx, action, facts, None)

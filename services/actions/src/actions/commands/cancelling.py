"""The end of an action and, where it was the last one, of its project with it (T17): by hand or by the timer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from actions.commands import lent, projects
from actions.domain import closing
from actions.domain.action import Action, Moved
from actions.domain.project import Project
from actions.store import actions, judging
from actions.store import projects as project_store
from common.database import Transaction
from common.idempotency import Answer, Once


async def lock(tx: Transaction, action_id: UUID) -> tuple[Project, Mapping[UUID, Action]]:
    """Hold the project and all its actions: whether one is the last must not change while it is cancelled."""
    project = await project_store.lock_project(tx, await actions.project_of(tx, action_id))
    return project, {action.id: action for action in await actions.lock_actions_of(tx, project.id)}


async def save(
    tx: Transaction,
    project: Project,
    siblings: Mapping[UUID, Action],
    cancelled: Moved,
    once: Once | None,
    *,
    at: datetime,
) -> Answer:
    """Write the cancelled action, after the project if no other action of it is left.

    One that goes on without what was given up is judged again.
    """
    action, facts = cancelled
    if action.live_sessions:
        await judging.ask(tx, action.id)
    await lent.judge_others(tx, action)
    if ended := closing.cancelled_with(project, [*{**siblings, action.id: action}.values()], at=at):
        await projects.save(tx, ended, None)
        action = replace(action, project_state=ended[0].state)
    return await actions.save_action(tx, action, facts, once)

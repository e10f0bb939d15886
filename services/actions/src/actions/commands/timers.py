"""What time alone decides: files whose pieces did not come (T6), actions that begin (T13), what never came (T17).

Each is one verb; the domain judges whether it is due, and refuses (a conflict) what is not.
"""

from datetime import datetime
from uuid import UUID

from actions.commands import cancelling, lookups, projects
from actions.domain import filing, lifecycle
from actions.store import actions, campaigns
from actions.store import projects as project_store
from common.database import Transaction


async def lapse_file(tx: Transaction, project_id: UUID, *, at: datetime) -> None:
    """Declare ineligible the file whose missing pieces did not come (T6)."""
    project = await project_store.lock_project(tx, project_id)
    await projects.save(tx, filing.lapse(project, at=at), None)


async def start(tx: Transaction, action_id: UUID, *, at: datetime) -> None:
    """Begin an action of several sessions on its first day (T13)."""
    action, facts = lifecycle.start(await actions.lock_action(tx, action_id), at=at)
    await actions.save_action(tx, action, facts, None)


async def lapse_action(tx: Transaction, action_id: UUID, *, at: datetime) -> None:
    """Give up what is still put off after the campaign's end (T17).

    Where nothing else is left of the action it is cancelled, and with it the project whose last one it was.
    """
    project, siblings = await cancelling.lock(tx, action_id)
    campaign, action = await campaigns.campaign(tx, project.campaign_id), siblings[action_id]
    lapsed = lifecycle.lapse(action, campaign, await lookups.films(tx, action), at=at)
    await cancelling.save(tx, project, siblings, lapsed, None, at=at)

"""Judging an action again when something that rules look at has changed."""

from datetime import datetime
from uuid import UUID

from actions.commands import lookups
from actions.domain import risk, states
from actions.store import actions, judging, verdicts
from common.database import Transaction


async def judge_again(tx: Transaction, action_id: UUID, *, at: datetime) -> bool:
    """Flag an action if what stands against its sessions is not what it was; tell whether it was flagged.

    An action that is over, or whose project is, is at no risk.

    Raises:
        NotKnownHere: something it refers to has not been heard of; it waits.
    """
    action = await actions.lock_action(tx, action_id)
    await judging.take(tx, action_id)
    if states.possible("action.flag", action.state, action.project_state) is not None:
        return False
    days = [session.held_on for session in action.live_sessions]
    judged = risk.judge_risks(action, await lookups.circumstances(tx, action, days))
    moved = risk.flag(judged, at=at)
    if moved is None:
        return False
    flagged, facts = moved
    await verdicts.keep(tx, flagged, judged, at=at)
    await actions.save_action(tx, flagged, facts, None)
    return True

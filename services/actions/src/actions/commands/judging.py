"""Judging an action again when something that rules look at has changed."""

from datetime import datetime
from uuid import UUID

from actions.commands import lookups
from actions.domain import risk, states
from actions.domain.obligations import redated
from actions.store import actions, judging, verdicts
from common.database import Transaction


async def judge_again(tx: Transaction, action_id: UUID, *, at: datetime) -> bool:
    """Flag an action if what stands against its sessions is not what it was; tell whether it was flagged.

    Where its campaign has other deadlines since, the due days that have moved are announced.  An action that is over,
    or whose project is, is at no risk and has no due days.

    Raises:
        NotKnownHere: something it refers to has not been heard of; it waits.
    """
    action = await actions.lock_action(tx, action_id)
    deadlines = await judging.take(tx, action_id)
    if states.possible("action.flag", action.state, action.project_state) is not None:
        return False
    days = [session.held_on for session in action.live_sessions]
    given = await lookups.circumstances(tx, action, days)
    judged = risk.judge_risks(action, given)
    due = () if deadlines is None else redated(action, given, deadlines)
    news = risk.tell(judged, due, at=at)
    if news is None:
        return False
    changed, facts = news
    flagged = changed.risks != action.risks
    if flagged:
        await verdicts.keep(tx, changed, judged, at=at)
    await actions.save_action(tx, changed, facts, None)
    return flagged

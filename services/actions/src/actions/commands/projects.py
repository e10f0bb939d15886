"""What one can do with a project's file, from its first draft to the committee's decision."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from actions.commands import lookups
from actions.commands.wishes import ActionWish, FileWish
from actions.domain import access, agenda, deciding, filing
from actions.domain.action import Action
from actions.domain.campaign import Campaign
from actions.domain.project import CommitteeDecision, Moved, Project
from actions.store import actions, campaigns, known, projects, reports
from common.contracts.actions import MissingPieces, PriorContact
from common.database import Transaction
from common.errors import DomainError
from common.idempotency import Answer, Once
from common.tokens import Principal

Decide: TypeAlias = Callable[[Project], Moved]


async def draft(
    tx: Transaction,
    campaign_id: UUID,
    wish: FileWish,
    wished_actions: Sequence[ActionWish],
    *,
    caller: Principal,
    new_id: Callable[[], UUID],
    once: Once,
    at: datetime,
) -> Answer:
    access.require(caller, "project.draft", None)
    if answer := await once.stored(tx):
        return answer
    campaign = await campaigns.campaign(tx, campaign_id)
    holder = await known.organisation(tx, caller.org)
    file = await lookups.file(tx, wish, campaign.year)
    funders = await lookups.funders(tx, wish)
    ids = [new_id() for _ in wished_actions]
    project, facts = filing.draft(file, campaign, holder, funders, new_id=new_id, action_ids=ids, at=at)
    answer, created = await projects.create_project(tx, project, facts, once)
    if not created:
        return answer
    for n, (wished, action_id) in enumerate(zip(wished_actions, ids, strict=True)):
        await _plan(tx, wished, project, action_id, None, new_id=new_id, pointer=f"/actions/{n}", at=at)
    return answer


async def add_action(
    tx: Transaction,
    project_id: UUID,
    wish: ActionWish,
    *,
    caller: Principal,
    new_id: Callable[[], UUID],
    once: Once,
    at: datetime,
) -> Answer:
    project = await projects.lock_project(tx, project_id)
    access.require(caller, "project.add_action", project)
    if answer := await once.answered(tx, project.version):
        return answer
    return await _plan(tx, wish, project, new_id(), once, new_id=new_id, pointer="", at=at)


async def change(
    tx: Transaction,
    project_id: UUID,
    wish: FileWish,
    *,
    caller: Principal,
    new_id: Callable[[], UUID],
    once: Once,
    at: datetime,
) -> Answer:
    project = await projects.lock_project(tx, project_id)
    access.require(caller, "project.change", project)
    if answer := await once.answered(tx, project.version):
        return answer
    campaign = await campaigns.campaign(tx, project.campaign_id)
    file = await lookups.file(tx, wish, campaign.year)
    funders = await lookups.funders(tx, wish)
    return await save(tx, filing.change(project, file, campaign, funders, new_id=new_id, at=at), once)


async def record_prior_contact(
    tx: Transaction, project_id: UUID, contact: PriorContact, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    return await alone(
        tx, project_id, "project.prior_contact", lambda p: filing.record_prior_contact(p, contact, at=at), caller, once
    )


async def submit(tx: Transaction, project_id: UUID, *, caller: Principal, once: Once, at: datetime) -> Answer:
    project = await projects.lock_project(tx, project_id)
    access.require(caller, "project.submit", project)
    if answer := await once.answered(tx, project.version):
        return answer
    campaign = await campaigns.campaign(tx, project.campaign_id)
    planned = await actions.lock_actions_of(tx, project_id)
    return await save(tx, filing.submit(project, campaign, planned, at=at), once)


async def return_incomplete(
    tx: Transaction, project_id: UUID, missing: MissingPieces, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    return await alone(
        tx, project_id, "project.return", lambda p: filing.return_incomplete(p, missing, at=at), caller, once
    )


async def resubmit(tx: Transaction, project_id: UUID, *, caller: Principal, once: Once, at: datetime) -> Answer:
    project = await projects.lock_project(tx, project_id)
    access.require(caller, "project.resubmit", project)
    if answer := await once.answered(tx, project.version):
        return answer
    planned = await actions.lock_actions_of(tx, project_id)
    return await save(tx, filing.resubmit(project, planned, at=at), once)


async def declare_eligible(tx: Transaction, project_id: UUID, *, caller: Principal, once: Once, at: datetime) -> Answer:
    project = await projects.lock_project(tx, project_id)
    access.require(caller, "project.declare_eligible", project)
    if answer := await once.answered(tx, project.version):
        return answer
    campaign = await campaigns.campaign(tx, project.campaign_id)
    planned = await actions.lock_actions_of(tx, project_id)
    return await save(tx, filing.declare_eligible(project, campaign, planned, at=at), once)


async def declare_ineligible(
    tx: Transaction, project_id: UUID, reason: str, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    return await alone(
        tx,
        project_id,
        "project.declare_ineligible",
        lambda p: filing.declare_ineligible(p, reason, at=at),
        caller,
        once,
    )


async def decide(
    tx: Transaction, project_id: UUID, decision: CommitteeDecision, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    return await alone(tx, project_id, "project.decide", lambda p: deciding.decide(p, decision, at=at), caller, once)


async def reinstate(
    tx: Transaction, project_id: UUID, committee_on: date, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    project = await projects.lock_project(tx, project_id)
    access.require(caller, "project.reinstate", project)
    if answer := await once.answered(tx, project.version):
        return answer
    campaign = await campaigns.campaign(tx, project.campaign_id)
    planned = await actions.lock_actions_of(tx, project_id)
    return await save(tx, filing.reinstate(project, campaign, planned, committee_on, at=at), once)


async def withdraw(
    tx: Transaction, project_id: UUID, reason: str, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    return await alone(tx, project_id, "project.withdraw", lambda p: filing.withdraw(p, reason, at=at), caller, once)


async def alone(tx: Transaction, project_id: UUID, verb: str, decide: Decide, caller: Principal, once: Once) -> Answer:
    """Do what needs the project alone: lock, judge who asks, replay or go on, decide, write."""
    project = await projects.lock_project(tx, project_id)
    access.require(caller, verb, project)
    if answer := await once.answered(tx, project.version):
        return answer
    return await save(tx, decide(project), once)


async def follow_action(
    tx: Transaction, project: Project, before: Action, after: Action, campaign: Campaign, *, at: datetime
) -> None:
    """Hold what is described otherwise to what was found eligible, and the project, which is held, to its places."""
    described = [after if one.id == after.id else one for one in await actions.actions_of(tx, project.id)]
    filing.require_still_eligible(before, after, described, campaign, at)
    if located := filing.follow_places(project, described, at=at):
        await save(tx, located, None)


async def save(tx: Transaction, moved: Moved, once: Once | None, *, status: int = 200) -> Answer:
    """Write a project that has moved, after telling the rows of its parts who sees them now."""
    project, facts = moved
    await actions.follow_project(tx, project)
    await reports.follow_project(tx, project)
    return await projects.save_project(tx, project, facts, once, status=status)


async def _plan(
    tx: Transaction,
    wish: ActionWish,
    project: Project,
    action_id: UUID,
    once: Once | None,
    *,
    new_id: Callable[[], UUID],
    pointer: str,
    at: datetime,
) -> Answer:
    organiser = await lookups.organiser(tx, wish, project)
    plan = await lookups.action_plan(tx, wish, project.campaign_year, new_id=new_id, pointer=pointer)
    try:
        action, facts = agenda.plan(plan, project, organiser, action_id=action_id, at=at)
    except DomainError as refusal:
        refusal.move_into(pointer)
        raise
    return await actions.create_action(tx, action, facts, once)

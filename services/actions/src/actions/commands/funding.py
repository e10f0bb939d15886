"""What one can do with a project's money, and with its end."""

from datetime import date, datetime
from uuid import UUID

from actions.commands.projects import alone, save
from actions.domain import access, closing, financing
from actions.domain.budget import Budget
from actions.domain.funding import LineDecision, Payment
from actions.domain.project import Project
from actions.store import actions, campaigns, catalogue, projects, reports
from common.contracts.actions import Account, Convention, ProjectStatus
from common.database import Transaction
from common.idempotency import Answer, Once
from common.tokens import Principal


async def decide_line(
    tx: Transaction,
    project_id: UUID,
    line_id: UUID,
    decision: LineDecision,
    *,
    caller: Principal,
    once: Once,
    at: datetime,
) -> Answer:
    project = await _lock_for_line(tx, project_id, line_id, "project.decide_line", caller)
    if answer := await once.answered(tx, project.version):
        return answer
    return await save(tx, financing.decide_line(project, line_id, decision, at=at), once)


async def pay_line(
    tx: Transaction, project_id: UUID, line_id: UUID, payment: Payment, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    project = await _lock_for_line(tx, project_id, line_id, "project.pay_line", caller)
    if answer := await once.answered(tx, project.version):
        return answer
    elsewhere = await projects.granted_elsewhere(tx, project)
    paid = financing.pay_line(
        project,
        line_id,
        payment,
        campaign=await campaigns.campaign(tx, project.campaign_id),
        report_state=await reports.report_state(tx, project_id),
        granted_elsewhere=elsewhere.get(project.line(line_id).funder_id, 0),
        at=at,
    )
    return await save(tx, paid, once)


async def accept_account(
    tx: Transaction, project_id: UUID, line_id: UUID, accepted_on: date, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    project = await _lock_for_line(tx, project_id, line_id, "project.accept_account", caller)
    if answer := await once.answered(tx, project.version):
        return answer
    return await save(tx, financing.accept_account(project, line_id, accepted_on, at=at), once)


async def send_convention(
    tx: Transaction, project_id: UUID, convention: Convention, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    return await alone(
        tx,
        project_id,
        "project.send_convention",
        lambda p: financing.send_convention(p, convention, at=at),
        caller,
        once,
    )


async def sign_convention(
    tx: Transaction,
    project_id: UUID,
    convention_id: UUID,
    signed_on: date,
    *,
    caller: Principal,
    once: Once,
    at: datetime,
) -> Answer:
    return await alone(
        tx,
        project_id,
        "project.sign_convention",
        lambda p: financing.sign_convention(p, convention_id, signed_on, at=at),
        caller,
        once,
    )


async def revise_budget(
    tx: Transaction, project_id: UUID, budget: Budget, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    return await alone(
        tx, project_id, "project.revise_budget", lambda p: financing.revise_budget(p, budget, at=at), caller, once
    )


async def submit_account(
    tx: Transaction, project_id: UUID, account: Account, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    return await alone(
        tx, project_id, "project.submit_account", lambda p: financing.submit_account(p, account, at=at), caller, once
    )


async def fund(tx: Transaction, project_id: UUID, *, caller: Principal, once: Once, at: datetime) -> Answer:
    project = await projects.lock_project(tx, project_id)
    access.require(caller, "project.fund", project)
    if answer := await once.answered(tx, project.version):
        return answer
    campaign = await campaigns.campaign(tx, project.campaign_id)
    elsewhere = await projects.granted_elsewhere(tx, project)
    return await save(tx, financing.fund(project, campaign, granted_elsewhere=elsewhere, at=at), once)


async def close(
    tx: Transaction, project_id: UUID, short_report: str, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    project = await projects.lock_project(tx, project_id)
    access.require(caller, "project.close", project)
    if answer := await once.answered(tx, project.version):
        return answer
    if project.state is ProjectStatus.CANCELLED:
        cancelled = await actions.lock_actions_of(tx, project_id)
        return await save(tx, closing.close_cancelled(project, cancelled, short_report, at=at), once)
    state = await reports.report_state(tx, project_id)
    films = await catalogue.workshop_films(tx, project_id)
    return await save(tx, closing.close(project, state, films, short_report, at=at), once)


async def _lock_for_line(tx: Transaction, project_id: UUID, line_id: UUID, verb: str, caller: Principal) -> Project:
    """Hold the project for a verb that its line's funder alone may do."""
    project = await projects.lock_project(tx, project_id)
    access.require(caller, verb, project, line_id=line_id)
    return project

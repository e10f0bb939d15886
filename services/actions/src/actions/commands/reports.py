"""What one can do with a report."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from actions.commands.projects import save
from actions.domain import access, reviewing
from actions.domain.refusals import ReportExists
from actions.domain.report import Content, Moved
from actions.domain.reviewing import Counted
from actions.store import actions, projects, reports
from common.contracts.actions import ReportStatus
from common.database import Transaction
from common.idempotency import Answer, Once
from common.tokens import Principal


async def submit(
    tx: Transaction,
    project_id: UUID,
    content: Content,
    *,
    report_id: UUID,
    caller: Principal,
    once: Once,
    at: datetime,
) -> Answer:
    """Take a project's report (T18), or another edition of it once it was returned (T20)."""
    project = await projects.lock_project(tx, project_id)
    access.require(caller, "project.report", project)
    held = await actions.lock_actions_of(tx, project_id)
    before = await reports.lock_report_of(tx, project_id)
    if answer := await once.answered(tx, project.version):
        return answer
    if before is None:
        report, facts = reviewing.submit(content, project, held, report_id=report_id, at=at)
        return await reports.create_report(tx, report, facts, once)
    if before.state is not ReportStatus.RETURNED:
        raise ReportExists
    report, facts = reviewing.resubmit(before, content, project, held, at=at)
    return await reports.save_report(tx, report, facts, once, status=201)


async def send_back(
    tx: Transaction, report_id: UUID, anomalies: Sequence[str], *, caller: Principal, once: Once, at: datetime
) -> Answer:
    report = await reports.lock_report(tx, report_id)
    access.require(caller, "report.return", report)
    if answer := await once.answered(tx, report.version):
        return answer
    return await _save(tx, reviewing.send_back(report, anomalies, at=at), once)


async def validate(tx: Transaction, report_id: UUID, *, caller: Principal, once: Once, at: datetime) -> Answer:
    project = await projects.lock_project(tx, await reports.project_reported(tx, report_id))
    held = await actions.lock_actions_of(tx, project.id)
    report = await reports.lock_report(tx, report_id)
    access.require(caller, "report.validate", report)
    if answer := await once.answered(tx, report.version):
        return answer
    return await _count(tx, reviewing.validate(report, project, held, at=at), once)


async def amend(
    tx: Transaction,
    report_id: UUID,
    content: Content,
    reason: str,
    *,
    caller: Principal,
    once: Once,
    at: datetime,
) -> Answer:
    project = await projects.lock_project(tx, await reports.project_reported(tx, report_id))
    held = await actions.lock_actions_of(tx, project.id)
    report = await reports.lock_report(tx, report_id)
    access.require(caller, "report.amend", report)
    if answer := await once.answered(tx, report.version):
        return answer
    return await _count(tx, reviewing.amend(report, content, reason, project, held, at=at), once)


async def _count(tx: Transaction, counted: Counted, once: Once) -> Answer:
    """Write the project with its actual budget, the actions whose totals were corrected, then the report."""
    await save(tx, counted.project, None)
    for action, facts in counted.actions:
        await actions.save_action(tx, action, facts, None)
    return await _save(tx, counted.report, once)


async def _save(tx: Transaction, moved: Moved, once: Once) -> Answer:
    report, facts = moved
    return await reports.save_report(tx, report, facts, once)

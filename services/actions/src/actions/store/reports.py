"""Reports: their rows and their documents."""

from collections.abc import Sequence
from uuid import UUID

from actions.domain.project import Project
from actions.domain.refusals import NoSuchReport
from actions.domain.report import Report
from common import outbox, rows
from common.contracts.actions import ReportFact, ReportStatus
from common.database import Transaction
from common.idempotency import Answer, Once

COLUMNS = (
    "id",
    "version",
    "changed_at",
    "state",
    "project_id",
    "project_state",
    "campaign_id",
    "campaign_year",
    "campaign_on",
    "zone",
    "coordination_id",
    "holder_id",
    "region",
    "department",
    "municipalities",
    "departments",
    "regions",
    "parties",
    "editions",
    "validated_at",
)
NESTED = frozenset({"editions"})

_LISTED, _NUMBERED, _ASSIGNED = rows.listed(COLUMNS), rows.numbered(COLUMNS), rows.assigned(COLUMNS)

_READ = f"SELECT {_LISTED} FROM report"

_CREATE = outbox.creating(
    f"""
    INSERT INTO report ({_LISTED}, doc)
    SELECT {_NUMBERED}, $doc
      FROM key
    RETURNING id
    """
)

_SAVE = outbox.changing(
    f"""
    UPDATE report
       SET {_ASSIGNED}, doc = $doc
     WHERE id = $1
    RETURNING id
    """
)


async def project_reported(tx: Transaction, report_id: UUID) -> UUID:
    """Find which project a report tells of: it is locked first."""
    project_id: UUID | None = await tx.fetchval("SELECT project_id FROM report WHERE id = $1", report_id)
    if project_id is None:
        raise NoSuchReport
    return project_id


async def lock_report(tx: Transaction, report_id: UUID) -> Report:
    """Read one report and hold its row, so that no two verbs decide on the same state."""
    row = await tx.fetchrow(f"{_READ} WHERE id = $1 FOR UPDATE", report_id)
    if row is None:
        raise NoSuchReport
    return rows.restored(Report, row, NESTED)


async def lock_report_of(tx: Transaction, project_id: UUID) -> Report | None:
    """Read a project's report, if it has one, and hold its row."""
    row = await tx.fetchrow(f"{_READ} WHERE project_id = $1 FOR UPDATE", project_id)
    return None if row is None else rows.restored(Report, row, NESTED)


async def create_report(tx: Transaction, created: Report, facts: Sequence[ReportFact], once: Once | None) -> Answer:
    location = f"/v1/reports/{created.id}"
    return await outbox.write(tx, _CREATE, _values(created), _said(created, facts), once, status=201, location=location)


async def save_report(
    tx: Transaction, saved: Report, facts: Sequence[ReportFact], once: Once | None, *, status: int = 200
) -> Answer:
    return await outbox.write(tx, _SAVE, _values(saved), _said(saved, facts), once, status=status)


async def report_state(tx: Transaction, project_id: UUID) -> ReportStatus | None:
    """Read where a project's report stands."""
    state: str | None = await tx.fetchval("SELECT state FROM report WHERE project_id = $1", project_id)
    return None if state is None else ReportStatus(state)


async def follow_project(tx: Transaction, project: Project) -> None:
    """Let the report's row say who sees it now; what is published of it does not change."""
    await tx.execute(
        "UPDATE report SET project_state = $2, parties = $3 WHERE project_id = $1",
        project.id,
        project.state,
        project.parties,
    )


async def published_report(tx: Transaction, report_id: UUID) -> tuple[Report, str]:
    """Read a report and its document in one statement, so that what is said of both is of one version."""
    row = await tx.fetchrow(f"SELECT {_LISTED}, doc FROM report WHERE id = $1", report_id)
    if row is None:
        raise NoSuchReport
    return rows.restored(Report, row, NESTED), row["doc"]


async def list_reports(
    tx: Transaction, *, project_id: UUID | None, state: str | None, after: UUID | None, limit: int
) -> Sequence[tuple[UUID, str]]:
    """Read reports in the order in which they were made."""
    found = await tx.fetch(
        """
        SELECT id, doc
          FROM report
         WHERE ($1::uuid IS NULL OR project_id = $1)
           AND ($2::text IS NULL OR state = $2)
           AND ($3::uuid IS NULL OR id > $3)
         ORDER BY id
         LIMIT $4
        """,
        project_id,
        state,
        after,
        limit,
    )
    return [(row["id"], row["doc"]) for row in found]


def _values(saved: Report) -> list[object]:
    return rows.values(saved, COLUMNS, NESTED)


def _said(report: Report, facts: Sequence[ReportFact]) -> outbox.Announcement:
    return outbox.Announcement(
        aggregate="report", id=report.id, version=report.version, state=report.published(), facts=facts
    )

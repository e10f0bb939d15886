"""Projects: their rows and their documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from actions.domain.project import Project
from actions.domain.refusals import NoSuchProject
from actions.store import rows
from common import outbox
from common.contracts.actions import ProjectFact
from common.database import Transaction
from common.idempotency import Answer, Once

COLUMNS = (
    "id",
    "parties",
    "version",
    "changed_at",
    "state",
    "campaign_id",
    "campaign_year",
    "campaign_on",
    "zone",
    "coordination_id",
    "holder_id",
    "holder_is_association",
    "title",
    "summary",
    "main",
    "municipalities",
    "departments",
    "regions",
    "partners",
    "lines",
    "conventions",
    "forecast",
    "revised",
    "actual",
    "prior_contact",
    "missing",
    "decisions",
    "account",
    "reason",
    "submitted_at",
    "funded_at",
    "closed_at",
)
NESTED = frozenset(
    {
        "main",
        "partners",
        "lines",
        "conventions",
        "forecast",
        "revised",
        "actual",
        "prior_contact",
        "missing",
        "decisions",
        "account",
    }
)

_READ = """
SELECT id, version, changed_at, state, campaign_id, campaign_year, campaign_on, zone, coordination_id, holder_id,
       holder_is_association, title, summary, main, municipalities, departments, regions, partners, lines, conventions,
       forecast, revised, actual, prior_contact, missing, decisions, account, reason, submitted_at, funded_at, closed_at
  FROM project
 WHERE id = $1
"""

_CREATE = outbox.creating(
    """
    INSERT INTO project (
      id, parties, version, changed_at, state, campaign_id, campaign_year, campaign_on, zone, coordination_id,
      holder_id, holder_is_association, title, summary, main, municipalities, departments, regions, partners, lines,
      conventions, forecast, revised, actual, prior_contact, missing, decisions, account, reason, submitted_at,
      funded_at, closed_at, doc)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
           $24, $25, $26, $27, $28, $29, $30, $31, $32, $doc
      FROM key
    RETURNING id
    """
)

_SAVE = outbox.changing(
    """
    UPDATE project
       SET parties = $2, version = $3, changed_at = $4, state = $5, campaign_id = $6, campaign_year = $7,
           campaign_on = $8, zone = $9, coordination_id = $10, holder_id = $11, holder_is_association = $12,
           title = $13, summary = $14, main = $15, municipalities = $16, departments = $17, regions = $18,
           partners = $19, lines = $20, conventions = $21, forecast = $22, revised = $23, actual = $24,
           prior_contact = $25, missing = $26, decisions = $27, account = $28, reason = $29, submitted_at = $30,
           funded_at = $31, closed_at = $32, doc = $doc
     WHERE id = $1
    RETURNING id
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFilters:
    """What a list of projects may be narrowed by; None: any."""

    campaign_id: UUID | None = None
    state: str | None = None
    holder_id: UUID | None = None
    municipality: str | None = None


async def lock_project(tx: Transaction, project_id: UUID) -> Project:
    """Read one project and hold its row, so that no two verbs decide on the same state."""
    return await _project(tx, f"{_READ} FOR UPDATE", project_id)


async def project(tx: Transaction, project_id: UUID) -> Project:
    """Read one project."""
    return await _project(tx, _READ, project_id)


async def create_project(tx: Transaction, created: Project, facts: Sequence[ProjectFact], once: Once | None) -> Answer:
    location = f"/v1/projects/{created.id}"
    return await outbox.write(tx, _CREATE, _values(created), _said(created, facts), once, status=201, location=location)


async def save_project(
    tx: Transaction, saved: Project, facts: Sequence[ProjectFact], once: Once | None, *, status: int = 200
) -> Answer:
    return await outbox.write(tx, _SAVE, _values(saved), _said(saved, facts), once, status=status)


async def granted_elsewhere(tx: Transaction, held: Project) -> dict[UUID, int]:
    """Count, by funder, the cents granted to the same holder this year in other projects (R25)."""
    found = await tx.fetch(
        "SELECT funder_id, cents FROM granted_elsewhere($1, $2, $3)",
        held.holder_id,
        held.campaign_year,
        held.id,
    )
    return {row["funder_id"]: row["cents"] for row in found}


async def project_doc(tx: Transaction, project_id: UUID) -> tuple[int, str]:
    """Read a project as it was published: its version and its document."""
    row = await tx.fetchrow("SELECT version, doc FROM project WHERE id = $1", project_id)
    if row is None:
        raise NoSuchProject
    return row["version"], row["doc"]


async def list_projects(
    tx: Transaction, filters: ProjectFilters, *, after: UUID | None, limit: int
) -> Sequence[tuple[UUID, str]]:
    """Read projects in the order in which they were made."""
    found = await tx.fetch(
        """
        SELECT id, doc
          FROM project
         WHERE ($1::uuid IS NULL OR campaign_id = $1)
           AND ($2::text IS NULL OR state = $2)
           AND ($3::uuid IS NULL OR holder_id = $3)
           AND ($4::text IS NULL OR $4 = ANY (municipalities))
           AND ($5::uuid IS NULL OR id > $5)
         ORDER BY id
         LIMIT $6
        """,
        filters.campaign_id,
        filters.state,
        filters.holder_id,
        filters.municipality,
        after,
        limit,
    )
    return [(row["id"], row["doc"]) for row in found]


async def _project(tx: Transaction, statement: str, project_id: UUID) -> Project:
    row = await tx.fetchrow(statement, project_id)
    if row is None:
        raise NoSuchProject
    return rows.restored(Project, row, NESTED)


def _values(project: Project) -> list[object]:
    return rows.values(project, COLUMNS, NESTED)


def _said(project: Project, facts: Sequence[ProjectFact]) -> outbox.Announcement:
    return outbox.Announcement(
        aggregate="project", id=project.id, version=project.version, state=project.published(), facts=facts
    )

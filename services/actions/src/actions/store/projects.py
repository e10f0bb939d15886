"""Projects: their rows and their documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from actions.domain.project import Project
from actions.domain.refusals import NoSuchProject
from common import outbox, rows
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

_LISTED, _NUMBERED, _ASSIGNED = rows.listed(COLUMNS), rows.numbered(COLUMNS), rows.assigned(COLUMNS)

_READ = f"SELECT {_LISTED} FROM project WHERE id = $1"

_CREATE = outbox.creating(
    f"""
    INSERT INTO project ({_LISTED}, doc)
    SELECT {_NUMBERED}, $doc
      FROM key
    RETURNING id
    """
)

_SAVE = outbox.changing(
    f"""
    UPDATE project
       SET {_ASSIGNED}, doc = $doc
     WHERE id = $1
    RETURNING id
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFilters:
    """What a list of projects may be narrowed by; None: any.

    `municipality` is a commune, or a part of one: places in a part are counted in its commune.
    """

    campaign_id: UUID | None = None
    state: str | None = None
    holder_id: UUID | None = None
    municipality: str | None = None


async def lock_project(tx: Transaction, project_id: UUID) -> Project:
    """Read one project and hold its row, so that no two verbs decide on the same state."""
    return await _project(tx, f"{_READ} FOR UPDATE", project_id)


async def create_project(
    tx: Transaction, created: Project, facts: Sequence[ProjectFact], once: Once | None
) -> tuple[Answer, bool]:
    """Write a project and tell whether it is this one that is answered.

    If the same request came first by another way, nothing is written and its answer leads to the project made then.
    """
    location = f"/v1/projects/{created.id}"
    answer = await outbox.write(
        tx, _CREATE, _values(created), _said(created, facts), once, status=201, location=location
    )
    return answer, answer.location == location


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


async def published_project(tx: Transaction, project_id: UUID) -> tuple[Project, str]:
    """Read a project and its document in one statement, so that what is said of both is of one version."""
    row = await tx.fetchrow(f"SELECT {_LISTED}, doc FROM project WHERE id = $1", project_id)
    if row is None:
        raise NoSuchProject
    return rows.restored(Project, row, NESTED), row["doc"]


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
           AND ($4::text IS NULL OR $4 = ANY (municipalities)
                OR EXISTS (SELECT FROM known_municipality AS part
                            WHERE part.vintage = campaign_year AND part.code = $4 AND part.successors = '{}'
                              AND part.parent = ANY (municipalities)))
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

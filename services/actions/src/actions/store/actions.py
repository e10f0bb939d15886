"""Actions: their rows and their documents."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from actions.domain.action import Action
from actions.domain.project import COUNTS_NOWHERE, Project
from actions.domain.refusals import NoSuchAction
from actions.store import sessions
from common import outbox, rows
from common.contracts.actions import ActionFact
from common.database import Transaction
from common.idempotency import Answer, Once

COLUMNS = (
    "id",
    "parties",
    "municipalities",
    "departments",
    "version",
    "changed_at",
    "state",
    "postponed_from",
    "project_id",
    "project_state",
    "project_parties",
    "campaign_id",
    "campaign_year",
    "campaign_on",
    "zone",
    "coordination_id",
    "holder_id",
    "action_type",
    "title",
    "description",
    "setting",
    "closed_circuit",
    "site_authority_id",
    "regime",
    "organiser_id",
    "price_cents",
    "out_of_school",
    "intergenerational",
    "access_note",
    "promotes_a_sale",
    "commercial_poster",
    "period",
    "places",
    "sessions",
    "authorisation",
    "clearances",
    "permits",
    "neighbours",
    "declaration",
    "site_approval",
    "participants_distinct",
    "cancellation",
    "notices",
    "risks",
    "evidence",
)
NESTED = frozenset(
    {
        "period",
        "places",
        "sessions",
        "authorisation",
        "clearances",
        "permits",
        "neighbours",
        "declaration",
        "site_approval",
        "cancellation",
        "notices",
        "risks",
        "evidence",
    }
)

_LISTED, _NUMBERED, _ASSIGNED = rows.listed(COLUMNS), rows.numbered(COLUMNS), rows.assigned(COLUMNS)

_READ = f"SELECT {_LISTED} FROM action"

_CREATE = outbox.creating(
    f"""
    INSERT INTO action ({_LISTED}, doc)
    SELECT {_NUMBERED}, $doc
      FROM key
    RETURNING id
    """
)

_SAVE = outbox.changing(
    f"""
    UPDATE action
       SET {_ASSIGNED}, doc = $doc
     WHERE id = $1
    RETURNING id
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFilters:
    """What a list of actions may be narrowed by; None: any.

    `municipality` is a commune, or a part of one: places in a part are counted in its commune.
    """

    project_id: UUID | None = None
    campaign_id: UUID | None = None
    state: str | None = None
    action_type: str | None = None
    municipality: str | None = None


async def project_of(tx: Transaction, action_id: UUID) -> UUID:
    """Find which project an action belongs to: it is locked first."""
    project_id: UUID | None = await tx.fetchval("SELECT project_id FROM action WHERE id = $1", action_id)
    if project_id is None:
        raise NoSuchAction
    return project_id


async def held_in_prison(tx: Transaction, ids: Collection[UUID]) -> frozenset[UUID]:
    """Name those of these actions that are held in a prison, whether the caller sees them or not."""
    if not ids:
        return frozenset()
    found: list[UUID] = await tx.fetchval("SELECT held_in_prison($1::uuid[])", list(ids))
    return frozenset(found)


async def lock_action(tx: Transaction, action_id: UUID) -> Action:
    """Read one action and hold its row, so that no two verbs decide on the same state."""
    row = await tx.fetchrow(f"{_READ} WHERE id = $1 FOR UPDATE", action_id)
    if row is None:
        raise NoSuchAction
    return rows.restored(Action, row, NESTED)


async def action(tx: Transaction, action_id: UUID) -> Action:
    """Read one action as it is now, for who only asks."""
    row = await tx.fetchrow(f"{_READ} WHERE id = $1", action_id)
    if row is None:
        raise NoSuchAction
    return rows.restored(Action, row, NESTED)


async def going(
    tx: Transaction, campaign_id: UUID, states: Collection[str], *, after: UUID | None, limit: int
) -> tuple[Action, ...]:
    """Read the actions of a campaign that are in one of these states and have a session, in the order of their ids.

    Those of a project that counts nowhere are going nowhere, whatever their own state.
    """
    found = await tx.fetch(
        f"""
        {_READ}
         WHERE campaign_id = $1 AND state = ANY ($2::text[]) AND ($3::uuid IS NULL OR id > $3)
           AND project_state <> ALL ($5::text[])
           AND NOT withheld(action)
           AND EXISTS (SELECT FROM session WHERE action_id = action.id AND session.state = 'planned')
         ORDER BY id
         LIMIT $4
        """,
        campaign_id,
        list(states),
        after,
        limit,
        list(COUNTS_NOWHERE),
    )
    return tuple(rows.restored(Action, row, NESTED) for row in found)


async def lock_actions_of(tx: Transaction, project_id: UUID) -> tuple[Action, ...]:
    """Read all actions of a project and hold their rows, in the order of their ids."""
    found = await tx.fetch(f"{_READ} WHERE project_id = $1 ORDER BY id FOR UPDATE", project_id)
    return tuple(rows.restored(Action, row, NESTED) for row in found)


async def actions_of(tx: Transaction, project_id: UUID) -> tuple[Action, ...]:
    """Read all actions of a project, in the order of their ids; who holds the project keeps them in it as they are."""
    found = await tx.fetch(f"{_READ} WHERE project_id = $1 ORDER BY id", project_id)
    return tuple(rows.restored(Action, row, NESTED) for row in found)


async def create_action(
    tx: Transaction, created: Action, facts: Sequence[ActionFact], once: Once | None = None
) -> Answer:
    location = f"/v1/actions/{created.id}"
    return await outbox.write(tx, _CREATE, _values(created), _said(created, facts), once, status=201, location=location)


async def save_action(
    tx: Transaction, saved: Action, facts: Sequence[ActionFact], once: Once | None, *, status: int = 200
) -> Answer:
    await sessions.follow(tx, saved)
    return await outbox.write(tx, _SAVE, _values(saved), _said(saved, facts), once, status=status)


async def follow_project(tx: Transaction, project: Project) -> None:
    """Let the rows of a project's actions say who sees them now; what is published of them does not change."""
    await tx.execute(
        """
        UPDATE action
           SET project_state = $2, project_parties = $3,
               parties = ARRAY(SELECT DISTINCT party
                                 FROM unnest($3::uuid[] || organiser_id || site_authority_id) AS said (party)
                                WHERE party IS NOT NULL)
         WHERE project_id = $1 AND (project_state, project_parties) IS DISTINCT FROM ($2, $3)
        """,
        project.id,
        project.state,
        project.parties,
    )
    if project.state in COUNTS_NOWHERE:
        await sessions.judge_uncounted(tx, project.id)


async def published_action(tx: Transaction, action_id: UUID) -> tuple[Action, str]:
    """Read an action and its document in one statement, so that what is said of both is of one version."""
    row = await tx.fetchrow(f"SELECT {_LISTED}, doc FROM action WHERE id = $1", action_id)
    if row is None:
        raise NoSuchAction
    return rows.restored(Action, row, NESTED), row["doc"]


async def list_actions(
    tx: Transaction, filters: ActionFilters, *, after: UUID | None, limit: int
) -> Sequence[tuple[UUID, str]]:
    """Read actions in the order in which they were made."""
    found = await tx.fetch(
        """
        SELECT id, doc
          FROM action
         WHERE ($1::uuid IS NULL OR project_id = $1)
           AND ($2::uuid IS NULL OR campaign_id = $2)
           AND ($3::text IS NULL
                OR $3 = CASE WHEN state = 'in_progress' AND withheld(action) THEN 'scheduled' ELSE state END)
           AND ($4::text IS NULL OR action_type = $4)
           AND ($5::text IS NULL OR $5 = ANY (municipalities)
                OR EXISTS (SELECT FROM known_municipality AS part
                            WHERE part.vintage = campaign_year AND part.code = $5 AND part.successors = '{}'
                              AND part.parent = ANY (municipalities)))
           AND ($6::uuid IS NULL OR id > $6)
         ORDER BY id
         LIMIT $7
        """,
        filters.project_id,
        filters.campaign_id,
        filters.state,
        filters.action_type,
        filters.municipality,
        after,
        limit,
    )
    return [(row["id"], row["doc"]) for row in found]


def _values(saved: Action) -> list[object]:
    return rows.values(saved, COLUMNS, NESTED)


def _said(action: Action, facts: Sequence[ActionFact]) -> outbox.Announcement:
    return outbox.Announcement(
        aggregate="action", id=action.id, version=action.version, state=action.published(), facts=facts
    )

"""Campaigns: their rows and their documents."""

from collections.abc import Collection, Sequence
from uuid import UUID

from actions.domain.campaign import Campaign
from actions.domain.refusals import NoSuchCampaign
from common import outbox, rows
from common.contracts.actions import CampaignFact
from common.database import Transaction
from common.idempotency import Answer, Once

COLUMNS = (
    "id",
    "version",
    "changed_at",
    "state",
    "coordination_id",
    "region",
    "departments",
    "year",
    "session",
    "title",
    "zone",
    "opened_on",
    "ends_on",
    "rules",
)
NESTED = frozenset({"rules"})

_LISTED, _NUMBERED, _ASSIGNED = rows.listed(COLUMNS), rows.numbered(COLUMNS), rows.assigned(COLUMNS)

_READ = f"SELECT {_LISTED} FROM campaign WHERE id = $1"

_CREATE = outbox.creating(
    f"""
    INSERT INTO campaign ({_LISTED}, doc)
    SELECT {_NUMBERED}, $doc
      FROM key
    RETURNING id
    """
)

_SAVE = outbox.changing(
    f"""
    UPDATE campaign
       SET {_ASSIGNED}, doc = $doc
     WHERE id = $1
    RETURNING id
    """
)


async def lock_campaign(tx: Transaction, campaign_id: UUID) -> Campaign:
    """Read one campaign and hold its row, so that no two verbs decide on the same state."""
    return await _campaign(tx, f"{_READ} FOR UPDATE", campaign_id)


async def campaign(tx: Transaction, campaign_id: UUID) -> Campaign:
    """Read one campaign, for a verb of one of its projects."""
    return await _campaign(tx, _READ, campaign_id)


async def campaigns(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Campaign]:
    """Read those of these campaigns that the caller sees."""
    found = await tx.fetch(f"SELECT {_LISTED} FROM campaign WHERE id = ANY ($1::uuid[])", list(ids))
    return {row["id"]: rows.restored(Campaign, row, NESTED) for row in found}


async def create_campaign(
    tx: Transaction, created: Campaign, facts: Sequence[CampaignFact], once: Once | None
) -> Answer:
    location = f"/v1/campaigns/{created.id}"
    return await outbox.write(tx, _CREATE, _values(created), _said(created, facts), once, status=201, location=location)


async def save_campaign(tx: Transaction, saved: Campaign, facts: Sequence[CampaignFact], once: Once | None) -> Answer:
    return await outbox.write(tx, _SAVE, _values(saved), _said(saved, facts), once)


async def published_campaign(tx: Transaction, campaign_id: UUID) -> tuple[Campaign, str]:
    """Read a campaign and its document in one statement, so that what is said of both is of one version."""
    row = await tx.fetchrow(f"SELECT {_LISTED}, doc FROM campaign WHERE id = $1", campaign_id)
    if row is None:
        raise NoSuchCampaign
    return rows.restored(Campaign, row, NESTED), row["doc"]


async def list_campaigns(
    tx: Transaction,
    *,
    state: str | None,
    year: int | None,
    coordination_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> Sequence[tuple[UUID, str]]:
    """Read campaigns in the order in which they were made."""
    found = await tx.fetch(
        """
        SELECT id, doc
          FROM campaign
         WHERE ($1::text IS NULL OR state = $1)
           AND ($2::integer IS NULL OR year = $2)
           AND ($3::uuid IS NULL OR coordination_id = $3)
           AND ($4::uuid IS NULL OR id > $4)
         ORDER BY id
         LIMIT $5
        """,
        state,
        year,
        coordination_id,
        after,
        limit,
    )
    return [(row["id"], row["doc"]) for row in found]


async def _campaign(tx: Transaction, statement: str, campaign_id: UUID) -> Campaign:
    row = await tx.fetchrow(statement, campaign_id)
    if row is None:
        raise NoSuchCampaign
    return rows.restored(Campaign, row, NESTED)


def _values(campaign: Campaign) -> list[object]:
    return rows.values(campaign, COLUMNS, NESTED)


def _said(campaign: Campaign, facts: Sequence[CampaignFact]) -> outbox.Announcement:
    return outbox.Announcement(
        aggregate="campaign", id=campaign.id, version=campaign.version, state=campaign.published(), facts=facts
    )

"""What one can do with a campaign."""

from datetime import datetime
from uuid import UUID

from actions.domain import access, campaign
from actions.domain.campaign import CampaignPlan
from actions.store import campaigns as store
from actions.store import judging, known
from common.contracts.actions import RuleSet
from common.database import Transaction
from common.errors import NotYours
from common.idempotency import Answer, Once
from common.tokens import Principal


async def draft(
    tx: Transaction, campaign_id: UUID, plan: CampaignPlan, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    access.require(caller, "campaign.draft", None)
    if caller.coordination_id is None:
        raise NotYours
    if answer := await once.stored(tx):
        return answer
    coordination = await known.coordination(tx, caller.coordination_id)
    drafted, facts = campaign.draft(plan, coordination, campaign_id=campaign_id, at=at)
    return await store.create_campaign(tx, drafted, facts, once)


async def open_call(tx: Transaction, campaign_id: UUID, *, caller: Principal, once: Once, at: datetime) -> Answer:
    drafted = await store.lock_campaign(tx, campaign_id)
    access.require(caller, "campaign.open", drafted)
    if answer := await once.answered(tx, drafted.version):
        return answer
    coordination = await known.coordination(tx, drafted.coordination_id)
    opened, facts = campaign.open_call(drafted, coordination, at=at)
    return await store.save_campaign(tx, opened, facts, once)


async def change_rules(
    tx: Transaction, campaign_id: UUID, rules: RuleSet, *, caller: Principal, once: Once, at: datetime
) -> Answer:
    before = await store.lock_campaign(tx, campaign_id)
    access.require(caller, "campaign.change_rules", before)
    if answer := await once.answered(tx, before.version):
        return answer
    changed, facts = campaign.change_rules(before, rules, at=at)
    await judging.ask_by_campaign(tx, changed, campaign.deadlines_moved(before, changed))
    return await store.save_campaign(tx, changed, facts, once)


async def close(tx: Transaction, campaign_id: UUID, *, caller: Principal, once: Once, at: datetime) -> Answer:
    before = await store.lock_campaign(tx, campaign_id)
    access.require(caller, "campaign.close", before)
    if answer := await once.answered(tx, before.version):
        return answer
    closed, facts = campaign.close(before, at=at)
    return await store.save_campaign(tx, closed, facts, once)

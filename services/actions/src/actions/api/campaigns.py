"""Campaigns, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from actions.api.bodies import Few, Title
from actions.api.seen import CampaignSeen
from actions.commands import campaigns as commands
from actions.domain import access, zones
from actions.domain.campaign import CampaignPlan
from actions.domain.refusals import (
    NoSuchCampaign,
    NotAppointed,
    NotPossibleInThisState,
    OutsideCampaign,
    PeriodReversed,
)
from actions.store import campaigns as store
from common.contracts.actions import (
    AuthorisationDeadline,
    CampaignState,
    CampaignStatus,
    Companion,
    LineKind,
    RuleSet,
    Under12Outdoors,
)
from common.errors import NotKnownHere
from common.fields import Day
from common.http import Caller, ChangeOnce, Count, CreateOnce, Db, Model, NewId, Now, present, respond, with_actions
from common.pages import Listed, Page, listed
from common.problems import problems

router = APIRouter(tags=["campaigns"])

ZONES = zones.of_regions()


def _french(zone: str) -> str:
    if zone not in ZONES:
        said = "Must be a time zone of a French region.", "Doit être le fuseau d’une région française."
        raise PydanticCustomError("zone", said[0], {"libelle": said[1]})
    return zone


class AuthorisationDeadlineBody(Model):
    """By which day the DRAC wants the requests for open-air sessions of a season (R11)."""

    first_on: Day
    last_on: Day
    request_by: Day

    def deadline(self) -> AuthorisationDeadline:
        return AuthorisationDeadline(first_on=self.first_on, last_on=self.last_on, request_by=self.request_by)


class RulesBody(Model):
    """What a region decides for one campaign."""

    deadline_on: Day
    prior_contact_required: bool = False
    companion: Companion = Companion.ANY
    under_12_outdoors: Under12Outdoors = Under12Outdoors.REFUSED
    convention_required_for: Annotated[tuple[LineKind, ...], Few] = ()
    extension_days: Annotated[Count, Field(le=366)] = 0
    authorisation_deadlines: Annotated[tuple[AuthorisationDeadlineBody, ...], Few] = ()

    def rules(self) -> RuleSet:
        return RuleSet(
            number=1,
            deadline_on=self.deadline_on,
            prior_contact_required=self.prior_contact_required,
            companion=self.companion,
            under_12_outdoors=self.under_12_outdoors,
            convention_required_for=self.convention_required_for,
            extension_days=self.extension_days,
            authorisation_deadlines=tuple(one.deadline() for one in self.authorisation_deadlines),
        )


class CampaignBody(Model):
    """A call for projects, before it is opened."""

    year: Annotated[Count, Field(ge=1991, le=2100)]
    session: Annotated[Count, Field(ge=1, le=12)] = 1
    title: Title
    zone: Annotated[str, AfterValidator(_french)] | None = Field(None, description="Absent: that of the region.")
    ends_on: Day
    rules: RulesBody

    def plan(self) -> CampaignPlan:
        return CampaignPlan(
            year=self.year,
            session=self.session,
            title=self.title,
            zone=self.zone,
            ends_on=self.ends_on,
            rules=self.rules.rules(),
        )


@router.post(
    "/v1/campaigns",
    operation_id="campaign.draft",
    status_code=201,
    response_model=CampaignState,
    responses=problems(NotKnownHere, PeriodReversed),
)
async def draft(body: CampaignBody, db: Db, caller: Caller, once: CreateOnce, new_id: NewId, now: Now) -> Response:
    """Prepare a call for projects of one's coordination."""
    async with db.transaction(caller) as tx:
        answer = await commands.draft(tx, new_id(), body.plan(), caller=caller, once=once, at=now)
    return respond(answer)


@router.get("/v1/campaigns", operation_id="campaign.list", response_model=Listed[CampaignState])
async def search(
    db: Db,
    caller: Caller,
    page: Page,
    state: CampaignStatus | None = None,
    year: Annotated[int | None, Query(ge=1991, le=2100)] = None,
    coordination_id: UUID | None = None,
) -> Response:
    """List campaigns in the order in which they were made."""
    access.require(caller, "campaign.list")
    (last,) = page.position(UUID) or (None,)
    async with db.transaction(caller) as tx:
        found = await store.list_campaigns(
            tx, state=state, year=year, coordination_id=coordination_id, after=last, limit=page.limit + 1
        )
    return listed(page, found, key=lambda row: (row[0],), doc=lambda row: row[1])


@router.get(
    "/v1/campaigns/{campaign_id}",
    operation_id="campaign.read",
    response_model=CampaignSeen,
    responses=problems(NoSuchCampaign),
)
async def read(campaign_id: UUID, db: Db, caller: Caller) -> Response:
    """Read one campaign."""
    access.require(caller, "campaign.read")
    async with db.transaction(caller) as tx:
        campaign, doc = await store.published_campaign(tx, campaign_id)
    return present(with_actions(doc, access.allowed_actions(caller, campaign)), version=campaign.version)


@router.post(
    "/v1/campaigns/{campaign_id}/open",
    operation_id="campaign.open",
    response_model=CampaignState,
    responses=problems(NoSuchCampaign, NotAppointed, NotPossibleInThisState, OutsideCampaign),
)
async def open_call(campaign_id: UUID, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Open the call; this day is the campaign's date (R27)."""
    async with db.transaction(caller) as tx:
        answer = await commands.open_call(tx, campaign_id, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/campaigns/{campaign_id}/change-rules",
    operation_id="campaign.change_rules",
    response_model=CampaignState,
    responses=problems(NoSuchCampaign, NotPossibleInThisState, PeriodReversed),
)
async def change_rules(
    campaign_id: UUID, body: RulesBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Change what the campaign asks for from now on."""
    async with db.transaction(caller) as tx:
        answer = await commands.change_rules(tx, campaign_id, body.rules(), caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/campaigns/{campaign_id}/close",
    operation_id="campaign.close",
    response_model=CampaignState,
    responses=problems(NoSuchCampaign, NotPossibleInThisState),
)
async def close(campaign_id: UUID, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Take no more projects."""
    async with db.transaction(caller) as tx:
        answer = await commands.close(tx, campaign_id, caller=caller, once=once, at=now)
    return respond(answer)

"""What rules say of an action, over HTTP: asked beforehand, and kept afterwards."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Response
from pydantic import BaseModel, model_validator
from pydantic_core import PydanticCustomError

from actions.api.actions import NewDayBody
from actions.api.bodies import Few
from actions.api.sessions import SessionBody
from actions.commands import checking as commands
from actions.commands.wishes import CheckWish
from actions.domain import access, disclosure, refusals, unlawful
from actions.domain.checking import Check, Standing
from actions.domain.obligations import Obligation
from actions.domain.telling import told
from actions.store import actions as store
from actions.store import verdicts
from actions.store.verdicts import Kept
from common.errors import NotKnownHere
from common.http import Caller, Db, Model, NewId, Now
from common.pages import Listed, Page, listed
from common.problems import problems

router = APIRouter(tags=["verdicts"])


class CheckBody(Model):
    """What is asked: a session that might be planned, new days for those put off, or else the announcement."""

    session: SessionBody | None = None
    days: Annotated[tuple[NewDayBody, ...], Few] = ()

    @model_validator(mode="after")
    def _one_question(self) -> "CheckBody":
        if self.session is not None and self.days:
            said = "Ask for a session or for days.", "Demander une séance ou des jours."
            raise PydanticCustomError("one_question", said[0], {"libelle": said[1]})
        return self

    def wish(self) -> CheckWish:
        session = None if self.session is None else self.session.plan()
        return CheckWish(session=session, days=tuple(day.new_day() for day in self.days))


@router.post(
    "/v1/actions/{action_id}/check",
    operation_id="action.check",
    response_model=Check,
    responses=problems(
        refusals.NoSuchAction,
        refusals.WithheldFromYou,
        refusals.NotPossibleInThisState,
        refusals.OutsideCampaign,
        refusals.TooManySessions,
        refusals.NoSuchPlace,
        refusals.NothingAsked,
        refusals.SessionsStillPostponed,
        refusals.NoFallbackPlace,
        unlawful.FallbackIsThePlace,
        unlawful.FallbackNotLater,
        NotKnownHere,
    ),
)
async def check(action_id: UUID, body: CheckBody, db: Db, caller: Caller, new_id: NewId, now: Now) -> Response:
    """Say what the verb would be told, with nothing written: lawful or not, why, from which day, and after a storm."""
    async with db.transaction(caller) as tx:
        said = await commands.check(tx, action_id, body.wish(), caller=caller, new_id=new_id, at=now)
    return Response(msgspec.json.encode(said), media_type="application/json")


class Obligations(BaseModel):
    """What an action still asks for, and what is asked for again where its sessions may fall back to; urgent first."""

    items: list[Obligation]
    fallback_obligations: list[Obligation] = []


@router.get(
    "/v1/actions/{action_id}/obligations",
    operation_id="action.list_obligations",
    response_model=Obligations,
    responses=problems(refusals.NoSuchAction, refusals.WithheldFromYou, NotKnownHere),
)
async def list_obligations(action_id: UUID, db: Db, caller: Caller) -> Response:
    """List what must be asked of whom by when, for the sessions that are still to come."""
    access.require(caller, "action.list_obligations", None)
    async with db.transaction(caller) as tx:
        found, again = await commands.open_obligations(tx, action_id, caller=caller)
    said = {"items": found, "fallback_obligations": again}
    return Response(msgspec.json.encode(said), media_type="application/json")


@router.get(
    "/v1/campaigns/{campaign_id}/verdicts",
    operation_id="campaign.list_verdicts",
    response_model=Listed[Standing],
    responses=problems(refusals.NoSuchCampaign),
)
async def list_standings(campaign_id: UUID, db: Db, caller: Caller, page: Page) -> Response:
    """List how the actions of a campaign stand by the law, as it and the facts are known now; nothing is written."""
    access.require(caller, "campaign.list_verdicts", None)
    (last,) = page.position(UUID) or (None,)
    async with db.transaction(caller) as tx:
        found = await commands.standings(tx, campaign_id, after=last, limit=page.limit + 1)
    return listed(page, found, key=lambda one: (one.action_id,), doc=lambda one: msgspec.json.encode(one).decode())


@router.get(
    "/v1/actions/{action_id}/verdicts",
    operation_id="action.list_verdicts",
    response_model=Listed[Kept],
    responses=problems(refusals.NoSuchAction, refusals.WithheldFromYou),
)
async def list_verdicts(action_id: UUID, db: Db, caller: Caller, page: Page) -> Response:
    """List the verdicts by which the action was planned, announced or flagged, as they were given."""
    access.require(caller, "action.list_verdicts", None)
    (last,) = page.position(int) or (None,)
    async with db.transaction(caller) as tx:
        disclosure.require_inside(caller, await store.action(tx, action_id))
        found = await verdicts.list_verdicts(tx, action_id, after=last, limit=page.limit + 1)
    shown = [replace(kept, inputs=told(kept.inputs)) for kept in found]
    return listed(page, shown, key=lambda kept: (kept.id,), doc=lambda kept: msgspec.json.encode(kept).decode())

"""Actions, over HTTP: read, planned, scheduled, postponed, held, cancelled."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from actions.api.bodies import NOTHING, ActionBody, Amount, Code, Few, Hour
from actions.api.seen import ActionSeen, action_for, respond_action
from actions.commands import actions as commands
from actions.domain import access, disclosure, refusals, unlawful
from actions.domain.lifecycle import CancellationPlan, NewDay
from actions.store import actions as store
from common.contracts.actions import ActionState, ActionStatus, ActionType, Cause
from common.errors import NotKnownHere
from common.fields import Day
from common.http import Caller, ChangeOnce, Count, Db, Model, NewId, Now, from_query, present, with_actions
from common.pages import Listed, Page, listed
from common.problems import problems

router = APIRouter(tags=["actions"])

READINESS = (
    unlawful.SessionsIncomplete,
    refusals.OnSchoolTime,
    unlawful.NotALicensedOperator,
    unlawful.NotHabilitated,
    unlawful.OrganiserClosed,
    unlawful.VisaDateUnknown,
    unlawful.VisaDelayNotElapsed,
    unlawful.AgeRestrictedOutdoors,
    unlawful.QuotaReached,
    unlawful.PromotesASale,
    unlawful.CommercialPosterUsed,
    unlawful.CopyCannotBeThere,
    unlawful.KeyDoesNotOpen,
    unlawful.CopyNoLongerLent,
    unlawful.RightsDoNotCover,
    unlawful.ShownTooFar,
    unlawful.MoveNotDeclared,
    unlawful.NotAuthorised,
    unlawful.PermitMissing,
    unlawful.SiteNotApproved,
    NotKnownHere,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionQuery:
    """What actions may be asked for by."""

    project_id: UUID | None = None
    campaign_id: UUID | None = None
    state: ActionStatus | None = None
    action_type: ActionType | None = None
    municipality: Annotated[Code | None, Query()] = None

    def filters(self) -> store.ActionFilters:
        return store.ActionFilters(
            project_id=self.project_id,
            campaign_id=self.campaign_id,
            state=self.state,
            action_type=self.action_type,
            municipality=self.municipality,
        )


ActionSearch = Annotated[ActionQuery, from_query(ActionQuery)]


class PostponementBody(Model):
    """Why sessions are put off; none named means all that are still to come."""

    cause: Cause
    session_ids: Annotated[tuple[UUID, ...], Few] = ()


class NewDayBody(Model):
    """The new day of one session; without an hour it keeps its own."""

    session_id: UUID
    held_on: Day
    starts_at: Hour | None = None
    indoors: bool = Field(default=False, description="It moves into the room that was foreseen (R13).")

    def new_day(self) -> NewDay:
        return NewDay(session_id=self.session_id, held_on=self.held_on, starts_at=self.starts_at, indoors=self.indoors)


class ReschedulingBody(Model):
    """A day for each session that is put off; none where all that were have been given up."""

    days: Annotated[tuple[NewDayBody, ...], Few]


class HoldingBody(Model):
    """How many distinct persons there were over all sessions; plain from a single one, none for screenings."""

    participants_distinct: Count | None = None


class CancellationBody(Model):
    """Why it is cancelled, what it had cost, and what goes back to the funders."""

    cause: Cause
    reason: Annotated[str, Field(max_length=2000)] = ""
    spent: Amount = NOTHING
    to_give_back: Amount = NOTHING

    def plan(self) -> CancellationPlan:
        return CancellationPlan(
            cause=self.cause,
            reason=self.reason,
            spent_cents=self.spent.cents(),
            to_give_back_cents=self.to_give_back.cents(),
        )


@router.get("/v1/actions", operation_id="action.list", response_model=Listed[ActionState])
async def search(asked: ActionSearch, db: Db, caller: Caller, page: Page) -> Response:
    """List actions in the order in which they were made."""
    access.require(caller, "action.list", None)
    (last,) = page.position(UUID) or (None,)
    async with db.transaction(caller) as tx:
        found = await store.list_actions(tx, asked.filters(), after=last, limit=page.limit + 1)
    return listed(page, found, key=lambda row: (row[0],), doc=lambda row: action_for(caller, row[1]))


@router.get(
    "/v1/actions/{action_id}",
    operation_id="action.read",
    response_model=ActionSeen,
    responses=problems(refusals.NoSuchAction),
)
async def read(action_id: UUID, db: Db, caller: Caller) -> Response:
    """Read one action."""
    access.require(caller, "action.read", None)
    async with db.transaction(caller) as tx:
        action, doc = await store.published_action(tx, action_id)
    allowed = access.allowed_actions(caller, disclosure.outwardly(caller, action))
    return present(with_actions(action_for(caller, doc), allowed), version=action.version)


@router.post(
    "/v1/actions/{action_id}/change",
    operation_id="action.change",
    response_model=ActionState,
    responses=problems(
        refusals.NoSuchAction,
        refusals.NotPossibleInThisState,
        refusals.UnknownMunicipality,
        refusals.MunicipalityCeased,
        refusals.DistrictNotInMunicipality,
        refusals.CoordinatesElsewhere,
        refusals.CoordinatesSwapped,
        unlawful.OpenAirNotFree,
        unlawful.RegimeContradicts,
        unlawful.OpenAirIndoors,
        unlawful.QuotaReached,
        refusals.PeriodReversed,
        refusals.OnSchoolTime,
        refusals.OpenAirAlone,
        NotKnownHere,
    ),
)
async def change(
    action_id: UUID, body: ActionBody, db: Db, caller: Caller, once: ChangeOnce, new_id: NewId, now: Now
) -> Response:
    """Describe a planned action otherwise; what becomes a paid screening by it is booked as one (R07).

    Once its project is validated, it stays what could be found eligible (R15, R20), and the project's territory is that
    of its places.
    """
    async with db.transaction(caller) as tx:
        answer = await commands.change(tx, action_id, body.wish(), caller=caller, new_id=new_id, once=once, at=now)
    return respond_action(caller, answer)


@router.post(
    "/v1/actions/{action_id}/schedule",
    operation_id="action.schedule",
    response_model=ActionState,
    responses=problems(refusals.NoSuchAction, refusals.NotPossibleInThisState, *READINESS),
)
async def schedule(action_id: UUID, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Announce an action for which everything is there (T12)."""
    async with db.transaction(caller) as tx:
        answer = await commands.schedule(tx, action_id, caller=caller, once=once, at=now)
    return respond_action(caller, answer)


@router.post(
    "/v1/actions/{action_id}/start",
    operation_id="action.start",
    response_model=ActionState,
    responses=problems(
        refusals.NoSuchAction, refusals.NotPossibleInThisState, refusals.OneSessionOnly, refusals.NotYet
    ),
)
async def start(action_id: UUID, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Begin an action of several sessions (T13)."""
    async with db.transaction(caller) as tx:
        answer = await commands.start(tx, action_id, caller=caller, once=once, at=now)
    return respond_action(caller, answer)


@router.post(
    "/v1/actions/{action_id}/postpone",
    operation_id="action.postpone",
    response_model=ActionState,
    responses=problems(refusals.NoSuchAction, refusals.NoSuchSession, refusals.NotPossibleInThisState),
)
async def postpone(
    action_id: UUID, body: PostponementBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Put sessions off (T14)."""
    async with db.transaction(caller) as tx:
        answer = await commands.postpone(tx, action_id, body.cause, body.session_ids, caller=caller, once=once, at=now)
    return respond_action(caller, answer)


@router.post(
    "/v1/actions/{action_id}/reschedule",
    operation_id="action.reschedule",
    response_model=ActionState,
    responses=problems(
        refusals.NoSuchAction,
        refusals.NotPossibleInThisState,
        refusals.SessionsStillPostponed,
        refusals.NoFallbackPlace,
        refusals.OutsideCampaign,
        unlawful.DateNotAuthorised,
        *READINESS,
    ),
)
async def reschedule(
    action_id: UUID, body: ReschedulingBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Give every session that was put off its new day (T15, R12)."""
    days = [day.new_day() for day in body.days]
    async with db.transaction(caller) as tx:
        answer = await commands.reschedule(tx, action_id, days, caller=caller, once=once, at=now)
    return respond_action(caller, answer)


@router.post(
    "/v1/actions/{action_id}/hold",
    operation_id="action.hold",
    response_model=ActionState,
    responses=problems(
        refusals.NoSuchAction,
        refusals.NotPossibleInThisState,
        refusals.AttendanceMissing,
        refusals.NothingHeld,
        refusals.DistinctNotPossible,
    ),
)
async def hold(action_id: UUID, body: HoldingBody, db: Db, caller: Caller, once: ChangeOnce, now: Now) -> Response:
    """Say that the action took place (T16, R44)."""
    async with db.transaction(caller) as tx:
        answer = await commands.hold(tx, action_id, body.participants_distinct, caller=caller, once=once, at=now)
    return respond_action(caller, answer)


@router.post(
    "/v1/actions/{action_id}/cancel",
    operation_id="action.cancel",
    response_model=ActionState,
    responses=problems(refusals.NoSuchAction, refusals.NotPossibleInThisState, refusals.AmountNotPossible),
)
async def cancel(
    action_id: UUID, body: CancellationBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Cancel the action (T17); its project is cancelled with the last of its actions."""
    async with db.transaction(caller) as tx:
        answer = await commands.cancel(tx, action_id, body.plan(), caller=caller, once=once, at=now)
    return respond_action(caller, answer)

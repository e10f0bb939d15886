"""The sessions of an action, over HTTP: planned, cancelled, counted, and the rights of what they show."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from actions.api.bodies import Amount, Few, Hour, Some
from actions.api.seen import respond_action
from actions.commands import actions as commands
from actions.commands import formalities
from actions.commands.wishes import ClearanceWish
from actions.domain import refusals, unlawful
from actions.domain.agenda import ProgrammePlan, SessionPlan
from actions.domain.choosing import CopyChoice
from common.contracts.actions import (
    ActionState,
    Cause,
    ClearanceStatus,
    CountMethod,
    RightsTerms,
    Support,
)
from common.contracts.catalogue import FilmVersion, RightsTerritory, RightsUse
from common.errors import NotKnownHere
from common.fields import Day
from common.http import Caller, ChangeOnce, Count, Db, Model, NewId, Now
from common.problems import problems

router = APIRouter(tags=["sessions"])

COPIES = (unlawful.CopyCannotBeThere, unlawful.KeyDoesNotOpen, unlawful.CopyNoLongerLent)
"""What the rules on copies refuse (C01 to C03)."""


class ProgrammeBody(Model):
    """A film to show, in which version, from which support, and from which copy, where that is known."""

    film_id: UUID
    version: FilmVersion | None = None
    support: Support = Support.DCP
    copy_id: UUID | None = Field(None, description="It is booked from there on, with its journeys (C01).")

    def plan(self) -> ProgrammePlan:
        return ProgrammePlan(**self.model_dump())


class SessionBody(Model):
    """A session; without a place it is the action's only one."""

    held_on: Day
    starts_at: Hour
    place_id: UUID | None = None
    responsible: Annotated[str, Field(max_length=200, description="The function in charge, never a name.")] = ""
    programme: Annotated[tuple[ProgrammeBody, ...], Few] = ()
    fallback_on: Day | None = Field(None, description="The day that it may be put off to, after its own (R12).")
    fallback_place_id: UUID | None = Field(None, description="The room that it may be moved into (R13).")
    school_group: bool = Field(default=False, description="A class with its school: out of school time (R20).")
    expected_audience: Count | None = Field(None, description="How many are expected: rights may be for so many (R52).")

    def plan(self) -> SessionPlan:
        return SessionPlan(
            held_on=self.held_on,
            starts_at=self.starts_at,
            place_id=self.place_id,
            responsible=self.responsible,
            programme=tuple(item.plan() for item in self.programme),
            fallback_on=self.fallback_on,
            fallback_place_id=self.fallback_place_id,
            school_group=self.school_group,
            expected_audience=self.expected_audience,
        )


class SessionCancellationBody(Model):
    cause: Cause


class AudienceBody(Model):
    """How many people a session expects; null: nobody knows any more."""

    expected: Count | None


class AttendanceBody(Model):
    """How many people were there; zero is a count."""

    total: Count
    method: CountMethod


class CopyChoiceBody(Model):
    """From which copy a film of a session is to be shown."""

    film_id: UUID
    copy_id: UUID | None = Field(None, description="Absent or null: the copy is given back.")

    def choice(self, session_id: UUID) -> CopyChoice:
        return CopyChoice(session_id=session_id, film_id=self.film_id, copy_id=self.copy_id)


class TermsBody(Model):
    """What a rights-holder agreed to."""

    starts_on: Day
    ends_on: Day
    uses: Annotated[tuple[RightsUse, ...], Some]
    territories: Annotated[tuple[RightsTerritory, ...], Some]
    versions: Annotated[tuple[FilmVersion, ...], Few] = Field((), description="None: all of them.")
    audience_max: Annotated[Count, Field(ge=1)] | None = Field(
        None, description="How many may watch; absent or null: as many as the offer says, if it says so."
    )

    def terms(self) -> RightsTerms:
        return RightsTerms(
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            uses=self.uses,
            territories=self.territories,
            versions=self.versions,
            audience_max=self.audience_max,
        )


class ClearanceBody(Model):
    """Where the rights of one film for one session go next."""

    state: ClearanceStatus
    price: Amount | None = None
    terms: TermsBody | None = None
    offer_id: UUID | None = None

    def wish(self) -> ClearanceWish:
        return ClearanceWish(
            to=self.state,
            price_cents=None if self.price is None else self.price.cents(),
            terms=None if self.terms is None else self.terms.terms(),
            offer_id=self.offer_id,
        )


@router.post(
    "/v1/actions/{action_id}/sessions",
    operation_id="action.plan_session",
    status_code=201,
    response_model=ActionState,
    responses=problems(
        refusals.NoSuchAction,
        refusals.NotPossibleInThisState,
        refusals.OutsideCampaign,
        refusals.TooManySessions,
        refusals.NoSuchPlace,
        refusals.NothingAsked,
        unlawful.NotALicensedOperator,
        unlawful.NotHabilitated,
        unlawful.OrganiserClosed,
        unlawful.VisaDateUnknown,
        unlawful.VisaDelayNotElapsed,
        unlawful.AgeRestrictedOutdoors,
        unlawful.FallbackIsThePlace,
        unlawful.FallbackNotLater,
        unlawful.QuotaReached,
        unlawful.PromotesASale,
        unlawful.CommercialPosterUsed,
        unlawful.ShownTooFar,
        *COPIES,
        refusals.OnSchoolTime,
        NotKnownHere,
    ),
)
async def plan_session(
    action_id: UUID, body: SessionBody, db: Db, caller: Caller, once: ChangeOnce, new_id: NewId, now: Now
) -> Response:
    """Plan a session; its films are lawful on that day (R01 to R05, R07), and go no further than agreed (R39, R40).

    What rules have against the day or the room that it may fall back to refuses nothing, and is among the notices; what
    papers are still missing there, a check tells.  An action has a hundred sessions at most, each counted once for each
    film that it shows.
    """
    async with db.transaction(caller) as tx:
        answer = await commands.plan_session(
            tx, action_id, body.plan(), caller=caller, new_id=new_id, once=once, at=now
        )
    return respond_action(caller, answer)


@router.post(
    "/v1/actions/{action_id}/sessions/{session_id}/cancel",
    operation_id="action.cancel_session",
    response_model=ActionState,
    responses=problems(refusals.NoSuchAction, refusals.NoSuchSession, refusals.NotPossibleInThisState),
)
async def cancel_session(
    action_id: UUID,
    session_id: UUID,
    body: SessionCancellationBody,
    db: Db,
    caller: Caller,
    once: ChangeOnce,
    now: Now,
) -> Response:
    """Give up one session, saying why (R44)."""
    async with db.transaction(caller) as tx:
        answer = await commands.cancel_session(tx, action_id, session_id, body.cause, caller=caller, once=once, at=now)
    return respond_action(caller, answer)


@router.post(
    "/v1/actions/{action_id}/sessions/{session_id}/expected-audience",
    operation_id="action.expect_audience",
    response_model=ActionState,
    responses=problems(refusals.NoSuchAction, refusals.NoSuchSession, refusals.NotPossibleInThisState),
)
async def expect_audience(
    action_id: UUID, session_id: UUID, body: AudienceBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Say how many people a session expects; rights that are for fewer do not cover it (R52)."""
    async with db.transaction(caller) as tx:
        answer = await commands.expect_audience(
            tx, action_id, session_id, body.expected, caller=caller, once=once, at=now
        )
    return respond_action(caller, answer)


@router.post(
    "/v1/actions/{action_id}/sessions/{session_id}/attendance",
    operation_id="action.record_attendance",
    response_model=ActionState,
    responses=problems(refusals.NoSuchAction, refusals.NoSuchSession, refusals.NotPossibleInThisState, refusals.NotYet),
)
async def record_attendance(
    action_id: UUID, session_id: UUID, body: AttendanceBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Count the people of one session."""
    async with db.transaction(caller) as tx:
        answer = await commands.record_attendance(
            tx, action_id, session_id, body.total, body.method, caller=caller, once=once, at=now
        )
    return respond_action(caller, answer)


@router.post(
    "/v1/actions/{action_id}/sessions/{session_id}/copy",
    operation_id="action.choose_copy",
    response_model=ActionState,
    responses=problems(
        refusals.NoSuchAction,
        refusals.NoSuchSession,
        refusals.NotPossibleInThisState,
        unlawful.FilmNotShown,
        *COPIES,
        NotKnownHere,
    ),
)
async def choose_copy(
    action_id: UUID, session_id: UUID, body: CopyChoiceBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Book a copy for a film of a session (C01 to C03), or give it back."""
    async with db.transaction(caller) as tx:
        answer = await commands.choose_copy(tx, action_id, body.choice(session_id), caller=caller, once=once, at=now)
    return respond_action(caller, answer)


@router.post(
    "/v1/actions/{action_id}/clearances/{clearance_id}",
    operation_id="action.change_clearance",
    response_model=ActionState,
    responses=problems(
        refusals.NoSuchAction,
        refusals.NoSuchClearance,
        refusals.NotPossibleInThisState,
        refusals.NothingAsked,
        unlawful.RightsDoNotCover,
        NotKnownHere,
    ),
)
async def change_clearance(
    action_id: UUID, clearance_id: UUID, body: ClearanceBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Move the rights of one film for one session one step on (R52)."""
    async with db.transaction(caller) as tx:
        answer = await formalities.change_clearance(
            tx, action_id, clearance_id, body.wish(), caller=caller, once=once, at=now
        )
    return respond_action(caller, answer)

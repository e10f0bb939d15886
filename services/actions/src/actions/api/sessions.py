"""The parts of an action, over HTTP: sessions, attendance, rights, authorisation, permits, approvals."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from actions.api.bodies import Amount, Few, Hour, Some, Text
from actions.commands import actions as commands
from actions.commands.wishes import ClearanceWish
from actions.domain import refusals
from actions.domain.agenda import ProgrammePlan, SessionPlan
from actions.domain.formalities import AuthorisationDecision
from common.contracts.actions import (
    ActionState,
    Cause,
    ClearanceStatus,
    CountMethod,
    NeighboursInformed,
    Opinion,
    Permit,
    RightsTerms,
    SiteApproval,
    Support,
)
from common.contracts.catalogue import FilmVersion, RightsTerritory, RightsUse
from common.errors import NotKnownHere
from common.fields import Day
from common.http import Caller, ChangeOnce, Count, Db, Model, NewId, Now, respond
from common.problems import problems

router = APIRouter(tags=["sessions"])

Reference = Annotated[str, Field(max_length=200)]
FORMALITY = (refusals.NoSuchAction, refusals.NotPossibleInThisState, refusals.InTheFuture)


class ProgrammeBody(Model):
    """A film to show, in which version, from which support."""

    film_id: UUID
    version: FilmVersion | None = None
    support: Support = Support.DCP


class SessionBody(Model):
    """A session; without a place it is the action's only one."""

    held_on: Day
    starts_at: Hour
    place_id: UUID | None = None
    responsible: Annotated[str, Field(max_length=200, description="The function in charge, never a name.")] = ""
    programme: Annotated[tuple[ProgrammeBody, ...], Few] = ()
    fallback_on: Day | None = None

    def plan(self) -> SessionPlan:
        return SessionPlan(
            held_on=self.held_on,
            starts_at=self.starts_at,
            place_id=self.place_id,
            responsible=self.responsible,
            programme=tuple(
                ProgrammePlan(film_id=item.film_id, version=item.version, support=item.support)
                for item in self.programme
            ),
            fallback_on=self.fallback_on,
        )


class SessionCancellationBody(Model):
    cause: Cause


class AttendanceBody(Model):
    """How many people were there; zero is a count."""

    total: Count
    method: CountMethod


class TermsBody(Model):
    """What a rights-holder agreed to."""

    starts_on: Day
    ends_on: Day
    uses: Annotated[tuple[RightsUse, ...], Some]
    territories: Annotated[tuple[RightsTerritory, ...], Some]
    versions: Annotated[tuple[FilmVersion, ...], Few] = Field((), description="None: all of them.")

    def terms(self) -> RightsTerms:
        return RightsTerms(
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            uses=self.uses,
            territories=self.territories,
            versions=self.versions,
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


class AuthorisationBody(Model):
    """What is asked of the CNC; the sessions' own days and fallbacks are asked for in any case."""

    organiser_id: UUID | None = Field(None, description="Absent: the action's organiser.")
    fallbacks: Annotated[tuple[Day, ...], Few] = ()


class AmendmentBody(Model):
    dates: Annotated[tuple[Day, ...], Some]


class OpinionBody(Model):
    opinion: Opinion
    given_on: Day


class AuthorisationDecisionBody(Model):
    """What the president of the CNC decided; no days named means all that were asked."""

    granted: bool
    decided_on: Day
    reference: Reference
    dates: Annotated[tuple[Day, ...], Few] = ()


class NeighboursBody(Model):
    """When the cinemas around were told, and how many."""

    informed_on: Day
    cinemas: Count


class PermitBody(Model):
    """Leave to use a public place on some days."""

    place_id: UUID
    dates: Annotated[tuple[Day, ...], Some]
    reference: Reference
    granted_on: Day


class ApprovalBody(Model):
    """What the authority of a closed site answers."""

    approved: bool
    decided_on: Day
    restrictions: Text = ""


@router.post(
    "/v1/actions/{action_id}/sessions",
    operation_id="action.plan_session",
    status_code=201,
    response_model=ActionState,
    responses=problems(
        refusals.NoSuchAction,
        refusals.NotPossibleInThisState,
        refusals.OutsideCampaign,
        refusals.NoSuchPlace,
        refusals.NothingAsked,
        refusals.NotALicensedOperator,
        refusals.VisaDateUnknown,
        refusals.VisaDelayNotElapsed,
        refusals.AgeRestrictedOutdoors,
        NotKnownHere,
    ),
)
async def plan_session(
    action_id: UUID, body: SessionBody, db: Db, caller: Caller, once: ChangeOnce, new_id: NewId, now: Now
) -> Response:
    """Plan a session; its films must be lawful on that day (R01 to R05)."""
    async with db.transaction(caller) as tx:
        answer = await commands.plan_session(
            tx, action_id, body.plan(), caller=caller, new_id=new_id, once=once, at=now
        )
    return respond(answer)


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
    return respond(answer)


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
    return respond(answer)


@router.post(
    "/v1/actions/{action_id}/clearances/{clearance_id}",
    operation_id="action.change_clearance",
    response_model=ActionState,
    responses=problems(
        refusals.NoSuchAction,
        refusals.NoSuchClearance,
        refusals.NotPossibleInThisState,
        refusals.NothingAsked,
        refusals.RightsDoNotCover,
        NotKnownHere,
    ),
)
async def change_clearance(
    action_id: UUID, clearance_id: UUID, body: ClearanceBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Move the rights of one film for one session one step on (R52)."""
    async with db.transaction(caller) as tx:
        answer = await commands.change_clearance(
            tx, action_id, clearance_id, body.wish(), caller=caller, once=once, at=now
        )
    return respond(answer)


@router.post(
    "/v1/actions/{action_id}/authorisation/request",
    operation_id="action.request_authorisation",
    response_model=ActionState,
    responses=problems(
        refusals.NoSuchAction,
        refusals.NotPossibleInThisState,
        refusals.AuthorisationNotRequired,
        refusals.AuthorisedPersonNotOrganiser,
    ),
)
async def request_authorisation(
    action_id: UUID, body: AuthorisationBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Ask the CNC for leave to show features in the open air (R08, R09)."""
    async with db.transaction(caller) as tx:
        answer = await commands.request_authorisation(
            tx, action_id, body.organiser_id, body.fallbacks, caller=caller, once=once, at=now
        )
    return respond(answer)


@router.post(
    "/v1/actions/{action_id}/authorisation/amend",
    operation_id="action.amend_authorisation",
    response_model=ActionState,
    responses=problems(refusals.NoSuchAction, refusals.NotPossibleInThisState),
)
async def amend_authorisation(
    action_id: UUID, body: AmendmentBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Ask for other days (R12)."""
    async with db.transaction(caller) as tx:
        answer = await commands.amend_authorisation(tx, action_id, body.dates, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/actions/{action_id}/authorisation/opinion",
    operation_id="action.record_opinion",
    response_model=ActionState,
    responses=problems(*FORMALITY),
)
async def record_opinion(
    action_id: UUID, body: OpinionBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Record the DRAC's opinion."""
    async with db.transaction(caller) as tx:
        answer = await commands.record_opinion(
            tx, action_id, body.opinion, body.given_on, caller=caller, once=once, at=now
        )
    return respond(answer)


@router.post(
    "/v1/actions/{action_id}/authorisation/decide",
    operation_id="action.decide_authorisation",
    response_model=ActionState,
    responses=problems(*FORMALITY),
)
async def decide_authorisation(
    action_id: UUID, body: AuthorisationDecisionBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Record what the CNC decided."""
    decision = AuthorisationDecision(
        granted=body.granted, decided_on=body.decided_on, reference=body.reference, dates=body.dates
    )
    async with db.transaction(caller) as tx:
        answer = await commands.decide_authorisation(tx, action_id, decision, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/actions/{action_id}/neighbours-informed",
    operation_id="action.inform_neighbours",
    response_model=ActionState,
    responses=problems(*FORMALITY),
)
async def inform_neighbours(
    action_id: UUID, body: NeighboursBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Record that the cinemas around were told."""
    told = NeighboursInformed(informed_on=body.informed_on, cinemas=body.cinemas)
    async with db.transaction(caller) as tx:
        answer = await commands.inform_neighbours(tx, action_id, told, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/actions/{action_id}/permits",
    operation_id="action.record_permit",
    status_code=201,
    response_model=ActionState,
    responses=problems(*FORMALITY, refusals.NoSuchPlace),
)
async def record_permit(
    action_id: UUID, body: PermitBody, db: Db, caller: Caller, once: ChangeOnce, new_id: NewId, now: Now
) -> Response:
    """Record an authority's leave to use a public place."""
    permit = Permit(
        id=new_id(),
        authority_id=caller.org,
        place_id=body.place_id,
        dates=body.dates,
        reference=body.reference,
        granted_on=body.granted_on,
    )
    async with db.transaction(caller) as tx:
        answer = await commands.record_permit(tx, action_id, permit, caller=caller, once=once, at=now)
    return respond(answer)


@router.post(
    "/v1/actions/{action_id}/site-approval",
    operation_id="action.approve_site",
    response_model=ActionState,
    responses=problems(*FORMALITY, refusals.NoClosedSite),
)
async def approve_site(
    action_id: UUID, body: ApprovalBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Answer for one's closed site."""
    approval = SiteApproval(
        authority_id=caller.org,
        approved=body.approved,
        decided_on=body.decided_on,
        restrictions=body.restrictions,
    )
    async with db.transaction(caller) as tx:
        answer = await commands.approve_site(tx, action_id, approval, caller=caller, once=once, at=now)
    return respond(answer)

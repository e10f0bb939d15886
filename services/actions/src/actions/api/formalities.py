"""The papers of an action, over HTTP: the CNC's authorisation, a cinema's declaration, permits, approvals."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from actions.api.bodies import Few, Reference, Some, Text
from actions.api.seen import respond_action
from actions.commands import formalities as commands
from actions.domain import refusals, unlawful
from actions.domain.authorising import Amendment, AuthorisationDecision
from actions.domain.formalities import MoveDeclared
from common.contracts.actions import (
    ActionState,
    Evidence,
    NeighboursInformed,
    ObligationKind,
    Opinion,
    Permit,
    SiteApproval,
)
from common.errors import NotKnownHere
from common.fields import Day
from common.http import Caller, ChangeOnce, Count, Db, Model, NewId, Now
from common.problems import problems

router = APIRouter(tags=["sessions"])

FORMALITY = (refusals.NoSuchAction, refusals.NotPossibleInThisState, refusals.InTheFuture)


class AuthorisationBody(Model):
    """What is asked of the CNC: leave for each feature at its place, on its session's own day and fallback."""

    organiser_id: UUID | None = Field(None, description="Absent: the action's organiser.")
    fallbacks: Annotated[tuple[Day, ...], Few] = Field((), description="Days that each session may go to besides.")


class AmendmentBody(Model):
    """What is to be granted besides what is, which stays granted, whatever is answered.

    Sessions that are planned and not granted yet are asked for in any case, at their places, on their days and
    fallbacks; other days are named, such as one to which a session that was put off may go.
    """

    dates: Annotated[tuple[Day, ...], Few] = ()
    session_ids: Annotated[tuple[UUID, ...], Few] = Field(
        (), description="Which sessions may go to these days.  Absent: those put off, or else all that are to come."
    )

    def amendment(self) -> Amendment:
        return Amendment(dates=self.dates, session_ids=self.session_ids)


class OpinionBody(Model):
    opinion: Opinion
    given_on: Day


class AuthorisationDecisionBody(Model):
    """What the president of the CNC decided; no days named means all that were asked, and no others can be.

    An amendment that is granted adds to what was granted before; one that is refused leaves it.
    """

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

    authority_id: UUID | None = Field(
        None, description="Whose leave it is.  Absent: one's own; a coordination, which records another's, names it."
    )
    place_id: UUID
    dates: Annotated[tuple[Day, ...], Some]
    reference: Reference
    granted_on: Day


class ApprovalBody(Model):
    """What the authority of a closed site answers: yes to some days, besides those it said yes to before, or no to all.

    No days named means those of the sessions as they are planned, and of their fallbacks.
    """

    approved: bool
    decided_on: Day
    restrictions: Text = ""
    dates: Annotated[tuple[Day, ...], Few] = ()


class EvidenceBody(Model):
    """What shows that something is settled that nothing else tells of: a reference, never a name."""

    kind: ObligationKind
    session_id: UUID
    reference: Annotated[str, Field(min_length=1, max_length=200)]
    settled_on: Day

    def evidence(self) -> Evidence:
        return Evidence(
            kind=self.kind, session_id=self.session_id, reference=self.reference, settled_on=self.settled_on
        )


class DeclarationBody(Model):
    """What the CNC was told of a cinema's screenings that move, and when: of each film at its place on its days.

    A session has its own day and its fallback.  What was declared before stays so, unless its session is named.
    """

    screen_licence: Annotated[str, Field(min_length=1, max_length=40, description="Of a screen of the cinema.")]
    declared_on: Day
    receipt: Reference = ""
    dates: Annotated[tuple[Day, ...], Few] = Field((), description="Other days to which these sessions may go.")
    session_ids: Annotated[tuple[UUID, ...], Few] = Field(
        (), description="Absent: all that are to come, as far as they were not declared before."
    )

    def move(self) -> MoveDeclared:
        return MoveDeclared(
            screen_licence=self.screen_licence,
            declared_on=self.declared_on,
            receipt=self.receipt,
            dates=self.dates,
            session_ids=self.session_ids,
        )


@router.post(
    "/v1/actions/{action_id}/authorisation/request",
    operation_id="action.request_authorisation",
    response_model=ActionState,
    responses=problems(
        refusals.NoSuchAction,
        refusals.NotPossibleInThisState,
        unlawful.AuthorisationNotRequired,
        unlawful.AuthorisedPersonNotOrganiser,
        unlawful.OneRegionEach,
        unlawful.TooManyScreenings,
        NotKnownHere,
    ),
)
async def request_authorisation(
    action_id: UUID, body: AuthorisationBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Ask the CNC for leave to show features in the open air (R08 to R11)."""
    async with db.transaction(caller) as tx:
        answer = await commands.request_authorisation(
            tx, action_id, body.organiser_id, body.fallbacks, caller=caller, once=once, at=now
        )
    return respond_action(caller, answer)


@router.post(
    "/v1/actions/{action_id}/authorisation/amend",
    operation_id="action.amend_authorisation",
    response_model=ActionState,
    responses=problems(
        refusals.NoSuchAction,
        refusals.NotPossibleInThisState,
        refusals.NoSuchSession,
        refusals.NothingAsked,
        unlawful.AuthorisedPersonNotOrganiser,
        unlawful.OneRegionEach,
        unlawful.TooManyScreenings,
        NotKnownHere,
    ),
)
async def amend_authorisation(
    action_id: UUID, body: AmendmentBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Ask for other days, films or places besides those that are granted (R12), for the same organiser and region."""
    async with db.transaction(caller) as tx:
        answer = await commands.amend_authorisation(tx, action_id, body.amendment(), caller=caller, once=once, at=now)
    return respond_action(caller, answer)


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
    return respond_action(caller, answer)


@router.post(
    "/v1/actions/{action_id}/authorisation/decide",
    operation_id="action.decide_authorisation",
    response_model=ActionState,
    responses=problems(*FORMALITY, unlawful.DaysNotAsked),
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
    return respond_action(caller, answer)


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
    return respond_action(caller, answer)


@router.post(
    "/v1/actions/{action_id}/permits",
    operation_id="action.record_permit",
    status_code=201,
    response_model=ActionState,
    responses=problems(*FORMALITY, refusals.NoSuchPlace, refusals.NothingAsked, NotKnownHere),
)
async def record_permit(
    action_id: UUID, body: PermitBody, db: Db, caller: Caller, once: ChangeOnce, new_id: NewId, now: Now
) -> Response:
    """Record an authority's leave to use a public place: one's own, or in writing, as a coordination has it."""
    permit = Permit(
        id=new_id(),
        authority_id=body.authority_id or caller.org,
        place_id=body.place_id,
        dates=body.dates,
        reference=body.reference,
        granted_on=body.granted_on,
    )
    async with db.transaction(caller) as tx:
        answer = await commands.record_permit(tx, action_id, permit, caller=caller, once=once, at=now)
    return respond_action(caller, answer)


@router.post(
    "/v1/actions/{action_id}/site-approval",
    operation_id="action.approve_site",
    response_model=ActionState,
    responses=problems(*FORMALITY, refusals.NothingAsked, refusals.NoClosedSite),
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
        dates=body.dates or None,
    )
    async with db.transaction(caller) as tx:
        answer = await commands.approve_site(tx, action_id, approval, caller=caller, once=once, at=now)
    return respond_action(caller, answer)


@router.post(
    "/v1/actions/{action_id}/declaration",
    operation_id="action.declare_move",
    response_model=ActionState,
    responses=problems(
        *FORMALITY,
        refusals.NoSuchSession,
        refusals.NothingAsked,
        unlawful.NothingToDeclare,
        unlawful.TooManyScreenings,
    ),
)
async def declare_move(
    action_id: UUID, body: DeclarationBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Record that a cinema told the CNC of its screening elsewhere (R06)."""
    async with db.transaction(caller) as tx:
        answer = await commands.declare_move(tx, action_id, body.move(), caller=caller, once=once, at=now)
    return respond_action(caller, answer)


@router.post(
    "/v1/actions/{action_id}/obligations",
    operation_id="action.settle_obligation",
    response_model=ActionState,
    responses=problems(*FORMALITY, refusals.NoSuchSession, unlawful.SettledElsewhere),
)
async def settle_obligation(
    action_id: UUID, body: EvidenceBody, db: Db, caller: Caller, once: ChangeOnce, now: Now
) -> Response:
    """Record what shows that an obligation is settled: the SACEM's declaration, the consents' count."""
    async with db.transaction(caller) as tx:
        answer = await commands.settle_obligation(tx, action_id, body.evidence(), caller=caller, once=once, at=now)
    return respond_action(caller, answer)

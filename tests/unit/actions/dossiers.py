"""Dossier A (Poitiers) at each of its steps, at its own dates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from actions.domain import agenda, campaign, closing, deciding, filing, financing, formalities, lifecycle, reviewing
from actions.domain.action import Action, ActionPlan, Cancellation, Moved
from actions.domain.agenda import SessionPlan
from actions.domain.authorising import (
    AuthorisationDecision,
    decide_authorisation,
    record_opinion,
    request_authorisation,
)
from actions.domain.campaign import Campaign
from actions.domain.circumstances import Circumstances
from actions.domain.clearance import ClearanceStep
from actions.domain.funding import LineDecision, Payment
from actions.domain.known import Film
from actions.domain.lifecycle import NewDay
from actions.domain.project import CommitteeDecision, Project, ProjectFile
from actions.domain.report import Content, Report
from common.contracts.actions import (
    Account,
    ActionStatus,
    Cause,
    ClearanceStatus,
    CommitteeOutcome,
    Convention,
    CountMethod,
    MissingPieces,
    NeighboursInformed,
    Opinion,
    PaymentStage,
    Permit,
    PriorContact,
    RightsTerms,
)
from tests.unit.actions.pieces import (
    CAF,
    CAMPAIGN_PLAN,
    COORDINATION,
    DRAC,
    FILE,
    FILMS,
    FUNDERS,
    HOLDER,
    OPEN_AIR,
    OPEN_AIR_TERMS,
    PREFECTURE,
    REVISED,
    SCREENING,
    SQUARE,
    VILLE,
    WORKSHOP,
    a_content,
    an_id,
    at,
    day,
    new_ids,
    there,
)


def plan_session(action: Action, wish: SessionPlan, given: Circumstances, *, session_id: UUID, **else_: Any) -> Moved:
    """Plan a session as the command does: judge it, then decide by the judgement."""
    return agenda.plan_session(agenda.judge_session(action, wish, given, session_id=session_id), **else_)


def change(action: Action, wish: ActionPlan, given: Circumstances, *, at: datetime) -> Moved:
    described = agenda.described(action, wish, given.organiser)
    return agenda.change(action, agenda.judge_change(action, described, given), at=at)


def schedule(action: Action, given: Circumstances, *, at: datetime) -> Moved:
    return lifecycle.schedule(lifecycle.judge_schedule(action, given), at=at)


def reschedule(action: Action, days: Sequence[NewDay], given: Circumstances, *, at: datetime) -> Moved:
    return lifecycle.reschedule(action, lifecycle.judge_reschedule(action, days, given), given, at=at)


@dataclass(frozen=True)
class Dossier:
    """Where dossier A stands: everything that has a state."""

    campaign: Campaign
    project: Project
    workshop: Action
    screening: Action
    filed: Report | None = None
    films: Mapping[UUID, Film] = field(default_factory=lambda: FILMS)

    @property
    def report(self) -> Report:
        """The report, where there is one."""
        return there(self.filed)

    @property
    def actions(self) -> tuple[Action, Action]:
        """Both actions as the store reads them: with the project's state of now."""
        return self.workshop, self.screening

    @property
    def given(self) -> Circumstances:
        return Circumstances(campaign=self.campaign, films=self.films, organiser=HOLDER)

    def having(self, **changed: Any) -> "Dossier":
        """Put a verb's result in its place; the parts of the project learn its state, as they do when read."""
        new = replace(self, **changed)
        state, parties = new.project.state, new.project.parties
        return replace(
            new,
            workshop=replace(new.workshop, project_state=state, project_parties=parties),
            screening=replace(new.screening, project_state=state, project_parties=parties),
            filed=new.filed and replace(new.filed, project_state=state),
        )

    def line(self, funder_id: UUID) -> UUID:
        return next(line.id for line in self.project.lines if line.funder_id == funder_id)


def an_open_campaign(**changed: Any) -> Campaign:
    plan = replace(CAMPAIGN_PLAN, **changed)
    drafted, _ = campaign.draft(plan, COORDINATION, campaign_id=an_id("campaign"), at=at("2024-10-01 10:00"))
    opened, _ = campaign.open_call(drafted, COORDINATION, at=at("2024-10-15 10:00"))
    return opened


def a_draft(file: ProjectFile = FILE, **changed: Any) -> Dossier:
    """The file of 3 December 2024, prior contact recorded."""
    opened = an_open_campaign(**changed)
    ids = an_id("A1"), an_id("A2")
    project, _ = filing.draft(
        file, opened, HOLDER, FUNDERS, new_id=new_ids("project"), action_ids=ids, at=at("2024-12-03 10:00")
    )
    workshop, _ = agenda.plan(WORKSHOP, project, HOLDER, action_id=ids[0], at=at("2024-12-03 10:00"))
    screening, _ = agenda.plan(OPEN_AIR, project, HOLDER, action_id=ids[1], at=at("2024-12-03 10:00"))
    contact = PriorContact(contacted_on=day("2024-12-03"), note="budget vu ensemble")
    project, _ = filing.record_prior_contact(project, contact, at=at("2024-12-03 15:00"))
    return Dossier(campaign=opened, project=project, workshop=workshop, screening=screening)


def submitted(dossier: Dossier) -> Dossier:
    project, _ = filing.submit(dossier.project, dossier.campaign, dossier.actions, at=at("2025-01-21 10:00"))
    return dossier.having(project=project)


def incomplete(dossier: Dossier) -> Dossier:
    missing = MissingPieces(pieces=("RIB", "contrat d’engagement républicain"), due_on=day("2025-02-07"))
    project, _ = filing.return_incomplete(dossier.project, missing, at=at("2025-01-29 10:00"))
    return dossier.having(project=project)


def resubmitted(dossier: Dossier) -> Dossier:
    project, _ = filing.resubmit(dossier.project, dossier.actions, at=at("2025-02-03 10:00"))
    return dossier.having(project=project)


def eligible(dossier: Dossier) -> Dossier:
    project, _ = filing.declare_eligible(dossier.project, dossier.campaign, dossier.actions, at=at("2025-02-05 10:00"))
    return dossier.having(project=project)


DECISION = CommitteeDecision(
    outcome=CommitteeOutcome.VALIDATED, committee_on=day("2025-02-13"), quorum="9 sur 12", recommended_cents=160_000
)


def decided(dossier: Dossier, decision: CommitteeDecision = DECISION) -> Dossier:
    project, _ = deciding.decide(dossier.project, decision, at=at("2025-02-13 18:00"))
    return dossier.having(project=project)


def granted(dossier: Dossier, funder: UUID, euros: int, on: str) -> Dossier:
    decision = LineDecision(granted_cents=euros * 100, decided_on=day(on), reference=f"décision du {on}")
    project, _ = financing.decide_line(dossier.project, dossier.line(funder), decision, at=at(f"{on} 12:00"))
    return dossier.having(project=project)


def convention(dossier: Dossier, *, sent: str, signed: str, after_report: bool = False, funder: UUID = DRAC) -> Dossier:
    agreement = Convention(
        id=an_id("convention" if funder == DRAC else f"convention {funder}"),
        line_ids=(dossier.line(funder),),
        reference="C-2025-86",
        sent_on=day(sent),
        signed_on=None,
        balance_after_report=after_report,
    )
    project, _ = financing.send_convention(dossier.project, agreement, at=at(f"{sent} 12:00"))
    project, _ = financing.sign_convention(project, agreement.id, day(signed), at=at(f"{signed} 12:00"))
    return dossier.having(project=project)


def paid(dossier: Dossier, funder: UUID, euros: int, on: str, stage: PaymentStage = PaymentStage.BALANCE) -> Dossier:
    project, _ = financing.pay_line(
        dossier.project,
        dossier.line(funder),
        Payment(stage=stage, cents=euros * 100, paid_on=day(on), reference=f"mandat du {on}"),
        campaign=dossier.campaign,
        report_state=None if dossier.filed is None else dossier.filed.state,
        granted_elsewhere=0,
        at=at(f"{on} 12:00"),
    )
    return dossier.having(project=project)


def all_decided(dossier: Dossier) -> Dossier:
    """The four answers, the convention and the advance of February to April 2025."""
    dossier = granted(dossier, DRAC, 1600, "2025-02-27")
    dossier = convention(dossier, sent="2025-03-04", signed="2025-03-11")
    dossier = granted(dossier, CAF, 0, "2025-03-20")
    dossier = granted(dossier, VILLE, 800, "2025-03-25")
    dossier = paid(dossier, DRAC, 1120, "2025-04-02", PaymentStage.ADVANCE)
    return granted(dossier, PREFECTURE, 500, "2025-04-08")


def funded(dossier: Dossier) -> Dossier:
    project, _ = financing.revise_budget(dossier.project, REVISED, at=at("2025-04-10 10:00"))
    project, _ = financing.fund(project, dossier.campaign, granted_elsewhere={}, at=at("2025-04-10 11:00"))
    return dossier.having(project=project)


def workshop_scheduled(dossier: Dossier) -> Dossier:
    action = dossier.workshop
    for n in (22, 23, 24, 25):
        plan = SessionPlan(held_on=date(2025, 4, n), starts_at=time(14), responsible="médiatrice")
        action, _ = plan_session(
            action, plan, dossier.given, session_id=an_id(f"A1-{n}"), new_id=new_ids("c"), at=at("2025-04-14 10:00")
        )
    action, _ = schedule(action, dossier.given, at=at("2025-04-14 11:00"))
    return dossier.having(workshop=action)


def workshop_held(dossier: Dossier) -> Dossier:
    action, _ = lifecycle.start(dossier.workshop, at=at("2025-04-22 14:00"))
    for n in (22, 23, 24, 25):
        action, _ = agenda.record_attendance(
            action, an_id(f"A1-{n}"), 9, CountMethod.REGISTERED, at=at("2025-04-25 18:00")
        )
    action, _ = lifecycle.hold(action, 9, at=at("2025-04-25 18:30"))
    return dossier.having(workshop=action)


def screening_planned(dossier: Dossier, plan: SessionPlan = SCREENING) -> Dossier:
    action, _ = plan_session(
        dossier.screening,
        plan,
        dossier.given,
        session_id=an_id("A2-1"),
        new_id=new_ids("clearance"),
        at=at("2025-04-28 10:00"),
    )
    return dossier.having(screening=action)


def rights_confirmed(dossier: Dossier, terms: RightsTerms = OPEN_AIR_TERMS) -> Dossier:
    action = dossier.screening
    for clearance, euros in zip(action.clearances, (240, 60), strict=False):
        steps = (
            (ClearanceStep(to=ClearanceStatus.REQUESTED), "2025-04-28 11:00"),
            (ClearanceStep(to=ClearanceStatus.QUOTED, price_cents=euros * 100), "2025-05-02 11:00"),
            (ClearanceStep(to=ClearanceStatus.CONFIRMED, terms=terms), "2025-05-06 11:00"),
        )
        for step, moment in steps:
            action, _ = formalities.change_clearance(action, clearance.id, step, at=at(moment))
    return dossier.having(screening=action)


def authorised(dossier: Dossier, *, fallbacks: Sequence[date] = ()) -> Dossier:
    action, _ = request_authorisation(dossier.screening, HOLDER.id, fallbacks, dossier.given, at=at("2025-05-12 10:00"))
    told = NeighboursInformed(informed_on=day("2025-05-12"), cinemas=3)
    action, _ = formalities.inform_neighbours(action, told, at=at("2025-05-12 11:00"))
    action, _ = record_opinion(action, Opinion.FAVOURABLE, day("2025-06-10"), at=at("2025-06-10 10:00"))
    decision = AuthorisationDecision(granted=True, decided_on=day("2025-06-17"), reference="CNC-2025-1")
    action, _ = decide_authorisation(action, decision, at=at("2025-06-17 10:00"))
    return dossier.having(screening=action)


def permitted(dossier: Dossier, *days: str) -> Dossier:
    permit = Permit(
        id=an_id("permit"),
        authority_id=VILLE,
        place_id=SQUARE.id,
        dates=tuple(day(one) for one in days or ("2025-07-18", "2025-07-25")),
        reference="AM-2025-7",
        granted_on=day("2025-06-24"),
    )
    action, _ = formalities.record_permit(dossier.screening, permit, at=at("2025-06-24 10:00"))
    return dossier.having(screening=action)


def screening_scheduled(dossier: Dossier) -> Dossier:
    action, _ = schedule(dossier.screening, dossier.given, at=at("2025-06-24 11:00"))
    return dossier.having(screening=action)


def screening_postponed(dossier: Dossier) -> Dossier:
    action, _ = lifecycle.postpone(dossier.screening, Cause.WEATHER, (), at=at("2025-07-18 17:00"))
    return dossier.having(screening=action)


def screening_rescheduled(dossier: Dossier) -> Dossier:
    days = [NewDay(session_id=an_id("A2-1"), held_on=day("2025-07-25"))]
    action, _ = reschedule(dossier.screening, days, dossier.given, at=at("2025-07-18 17:20"))
    return dossier.having(screening=action)


def screening_held(dossier: Dossier, spectators: int = 214) -> Dossier:
    action, _ = agenda.record_attendance(
        dossier.screening, an_id("A2-1"), spectators, CountMethod.COUNTED, at=at("2025-07-26 10:00")
    )
    action, _ = lifecycle.hold(action, None, at=at("2025-07-26 10:05"))
    return dossier.having(screening=action)


def reported(dossier: Dossier, content: Content | None = None) -> Dossier:
    report, _ = reviewing.submit(
        content or a_content(), dossier.project, dossier.actions, report_id=an_id("report"), at=at("2025-09-18 10:00")
    )
    return dossier.having(filed=report)


def report_validated(dossier: Dossier) -> Dossier:
    counted = reviewing.validate(dossier.report, dossier.project, dossier.actions, at=at("2025-10-02 10:00"))
    by_id = {action.id: action for action, _ in counted.actions}
    return dossier.having(
        filed=counted.report[0],
        project=counted.project[0],
        workshop=by_id.get(dossier.workshop.id, dossier.workshop),
        screening=by_id.get(dossier.screening.id, dossier.screening),
    )


def accounted(dossier: Dossier) -> Dossier:
    project, _ = financing.submit_account(
        dossier.project, Account(submitted_on=day("2026-01-09"), reference="15059"), at=at("2026-01-09 10:00")
    )
    for funder in (DRAC, VILLE, PREFECTURE):
        project, _ = financing.accept_account(
            project, dossier.line(funder), day("2026-01-12"), at=at("2026-01-12 10:00")
        )
    return dossier.having(project=project)


def a_funded() -> Dossier:
    return funded(all_decided(a_validated()))


def a_validated() -> Dossier:
    return a_validated_with(FILE)


def a_validated_with(file: ProjectFile) -> Dossier:
    return decided(eligible(submitted(a_draft(file))))


def a_ready() -> Dossier:
    """Funded, the workshop held, the screening with all its papers and not yet scheduled."""
    dossier = workshop_held(workshop_scheduled(a_funded()))
    return permitted(authorised(rights_confirmed(screening_planned(dossier))))


def a_ready_screening() -> Dossier:
    """Funded, the screening with all its papers, the workshop not yet planned."""
    return permitted(authorised(rights_confirmed(screening_planned(a_funded()))))


def an_ended() -> Dossier:
    """Both actions held, on the fallback date."""
    return screening_held(screening_rescheduled(screening_postponed(screening_scheduled(a_ready()))))


def a_settled() -> Dossier:
    dossier = accounted(report_validated(reported(an_ended())))
    for funder, euros in ((VILLE, 800), (PREFECTURE, 500), (DRAC, 480)):
        dossier = paid(dossier, funder, euros, "2026-01-13")
    return dossier


def a_cancelled(to_give_back: int = 0) -> Dossier:
    """Both actions cancelled after the DRAC's advance of 1 120 €, and so the project."""
    dossier = a_funded()
    gone = Cancellation(
        cause=Cause.PUBLIC, reason="", cancelled_on=day("2025-04-10"), to_give_back_cents=to_give_back * 100
    )
    actions = tuple(
        replace(action, state=ActionStatus.CANCELLED, cancellation=gone if n else replace(gone, to_give_back_cents=0))
        for n, action in enumerate(dossier.actions)
    )
    project, _ = there(closing.cancelled_with(dossier.project, actions, at=at("2025-06-01 10:00")))
    return dossier.having(project=project, workshop=actions[0], screening=actions[1])

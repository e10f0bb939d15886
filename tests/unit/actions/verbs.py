"""Every verb with arguments that would do for dossier A, wherever it stands: for tests that try them all."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, time
from typing import Any

from actions.domain import (
    agenda,
    authorising,
    choosing,
    closing,
    deciding,
    filing,
    financing,
    formalities,
    lifecycle,
    reviewing,
    risk,
)
from actions.domain.agenda import SessionPlan
from actions.domain.authorising import Amendment, AuthorisationDecision
from actions.domain.choosing import CopyChoice
from actions.domain.clearance import ClearanceStep
from actions.domain.formalities import MoveDeclared
from actions.domain.funding import LineDecision, Payment
from actions.domain.lifecycle import CancellationPlan, NewDay
from common.contracts.actions import (
    Account,
    ActionStatus,
    Cause,
    ClearanceStatus,
    CommitteeOutcome,
    Convention,
    CountMethod,
    Evidence,
    LineStatus,
    MissingPieces,
    NeighboursInformed,
    ObligationKind,
    Opinion,
    PaymentStage,
    Permit,
    PriorContact,
    ProjectStatus,
    Regime,
    SessionStatus,
    SiteApproval,
)
from common.contracts.catalogue import Classification
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p
from tests.unit.actions.dossiers import Dossier

Move = tuple[Any, tuple[Any, ...]]
Verb = Callable[[Dossier], Iterable[Move]]

LATE = p.at("2026-01-15 10:00")
SESSION = p.an_id("A2-1")
GONE = CancellationPlan(cause=Cause.PUBLIC, reason="")


def put(dossier: Dossier, moves: Iterable[Move]) -> Dossier:
    """Put what verbs answered into the dossier."""
    for new, _ in moves:
        if new.id == dossier.project.id:
            dossier = dossier.having(project=new)
        elif new.id == dossier.workshop.id:
            dossier = dossier.having(workshop=new)
        elif new.id == dossier.screening.id:
            dossier = dossier.having(screening=new)
        elif new.id == p.an_id("report"):
            dossier = dossier.having(filed=new)
    return dossier


def one(verb: Callable[[Dossier], Move]) -> Verb:
    return lambda dossier: [verb(dossier)]


def _outcome(outcome: CommitteeOutcome) -> Verb:
    decision = replace(a.DECISION, outcome=outcome, next_committee_on=p.day("2025-03-13"), reason="hors cadre")
    return one(lambda d: deciding.decide(d.project, decision, at=p.at("2025-02-13 18:00")))


def _line(dossier: Dossier, *states: LineStatus) -> Any:
    """Take a line in one of these states, else the first."""
    lines = dossier.project.lines
    return next((line.id for line in lines if line.state in states), lines[0].id)


def _decide_line(d: Dossier) -> Move:
    line = d.project.line(_line(d, LineStatus.REQUESTED))
    decision = LineDecision(granted_cents=line.asked_cents // 2, decided_on=p.day("2025-02-27"))
    return financing.decide_line(d.project, line.id, decision, at=LATE)


def send_convention(d: Dossier) -> Move:
    granted = _line(d, LineStatus.GRANTED, LineStatus.PARTIALLY_GRANTED)
    convention = Convention(
        id=p.new_ids(f"convention-{len(d.project.conventions)}")(),
        line_ids=(granted,),
        reference="C",
        sent_on=p.day("2025-03-04"),
        signed_on=None,
        balance_after_report=False,
    )
    return financing.send_convention(d.project, convention, at=LATE)


def _sign_convention(d: Dossier) -> Move:
    unsigned = [convention.id for convention in d.project.conventions if convention.signed_on is None]
    return financing.sign_convention(d.project, (unsigned or [p.an_id("none")])[0], p.day("2025-03-11"), at=LATE)


def revise(d: Dossier) -> Move:
    """Balance what was granted by own funds."""
    lines = sum(line.asked_cents if line.granted_cents is None else line.granted_cents for line in d.project.lines)
    own = replace(p.REVISED.resources[0], cents=p.REVISED.cash_charges - lines)
    return financing.revise_budget(d.project, replace(p.REVISED, resources=(own,)), at=LATE)


def _pay(stage: PaymentStage, *states: LineStatus) -> Verb:
    def verb(d: Dossier) -> Iterable[Move]:
        line = d.project.line(_line(d, *states))
        left = line.paid_cents if stage is PaymentStage.CLAWBACK else (line.granted_cents or 0) - line.paid_cents
        cents = left if stage is not PaymentStage.ADVANCE else left // 2
        payment = Payment(stage=stage, cents=cents or 1, paid_on=p.day("2025-09-02"))
        yield financing.pay_line(
            d.project,
            line.id,
            payment,
            campaign=d.campaign,
            report_state=None if d.filed is None else d.filed.state,
            granted_elsewhere=0,
            at=LATE,
        )

    return verb


def _accept_account(d: Dossier) -> Move:
    waiting = [line.id for line in d.project.lines if line.granted and line.account_accepted_on is None]
    return financing.accept_account(d.project, (waiting or [d.project.lines[0].id])[0], p.day("2026-01-12"), at=LATE)


def _close(d: Dossier) -> Move:
    if d.project.state is ProjectStatus.CANCELLED:
        return closing.close_cancelled(d.project, d.actions, "Public absent.", at=LATE)
    return closing.close(d.project, None if d.filed is None else d.filed.state, (), at=LATE)


def account(d: Dossier) -> Move:
    return financing.submit_account(d.project, Account(submitted_on=p.day("2026-01-09"), reference=""), at=LATE)


def _report(d: Dossier) -> Move:
    """Hand the report in, as one does: the first time, or again."""
    if d.filed is not None:
        return reviewing.resubmit(d.filed, p.a_content(), d.project, d.actions, at=LATE)
    return reviewing.submit(p.a_content(), d.project, d.actions, report_id=p.an_id("report"), at=LATE)


def _add_action(d: Dossier) -> Move:
    return agenda.plan(p.WORKSHOP, d.project, p.HOLDER, action_id=p.an_id("A3"), at=LATE)


def _change(d: Dossier) -> Move:
    return filing.change(d.project, p.FILE, d.campaign, p.FUNDERS, new_id=p.new_ids("changed"), at=LATE)


MISSING = MissingPieces(pieces=("RIB",), due_on=p.day("2025-02-07"))
CONTACT = PriorContact(contacted_on=p.day("2024-12-03"), note="")
IN_TIME = p.at("2025-01-21 10:00")

PROJECT: Mapping[str, Verb] = {
    "project.add_action": one(_add_action),
    "project.change": one(_change),
    "project.prior_contact": one(lambda d: filing.record_prior_contact(d.project, CONTACT, at=LATE)),
    "project.submit": one(lambda d: filing.submit(d.project, d.campaign, d.actions, at=IN_TIME)),
    "project.return": one(lambda d: filing.return_incomplete(d.project, MISSING, at=IN_TIME)),
    "project.resubmit": one(lambda d: filing.resubmit(d.project, d.actions, at=IN_TIME)),
    "project.declare_eligible": one(lambda d: filing.declare_eligible(d.project, d.campaign, d.actions, at=LATE)),
    "project.declare_ineligible": one(lambda d: filing.declare_ineligible(d.project, "hors cadre", at=LATE)),
    "project.lapse": one(lambda d: filing.lapse(d.project, at=LATE)),
    "project.decide": _outcome(CommitteeOutcome.VALIDATED),
    "defer": _outcome(CommitteeOutcome.DEFERRED),
    "reject": _outcome(CommitteeOutcome.REJECTED),
    "project.reinstate": one(
        lambda d: filing.reinstate(d.project, d.campaign, d.actions, p.day("2025-03-13"), at=LATE)
    ),
    "project.withdraw": one(lambda d: filing.withdraw(d.project, "", at=LATE)),
    "project.decide_line": one(_decide_line),
    "project.send_convention": one(send_convention),
    "project.sign_convention": one(_sign_convention),
    "project.revise_budget": one(revise),
    "project.fund": one(lambda d: financing.fund(d.project, d.campaign, granted_elsewhere={}, at=LATE)),
    "advance": _pay(PaymentStage.ADVANCE, LineStatus.AGREEMENT_SIGNED, LineStatus.GRANTED),
    "project.pay_line": _pay(
        PaymentStage.BALANCE, LineStatus.ADVANCE_PAID, LineStatus.GRANTED, LineStatus.PARTIALLY_GRANTED
    ),
    "claw_back": _pay(PaymentStage.CLAWBACK, LineStatus.BALANCE_PAID, LineStatus.ADVANCE_PAID),
    "project.submit_account": one(account),
    "project.accept_account": one(_accept_account),
    "project.report": one(_report),
    "project.close": one(_close),
}


def _plan_session(d: Dossier) -> Move:
    n = len(d.screening.sessions)
    return a.plan_session(
        d.screening,
        p.SCREENING,
        d.given,
        session_id=p.an_id(f"A2-{n + 1}"),
        new_id=p.new_ids(f"c{n}"),
        at=LATE,
    )


def _record_attendance(d: Dossier) -> Move:
    """Count the first session that was not put off, else the first one."""
    with_a_day = (one.id for one in d.screening.sessions if one.state is not SessionStatus.POSTPONED)
    return agenda.record_attendance(d.screening, next(with_a_day, SESSION), 214, CountMethod.COUNTED, at=LATE)


def _change_clearance(d: Dossier) -> Move:
    following = {
        ClearanceStatus.TO_REQUEST: ClearanceStatus.REQUESTED,
        ClearanceStatus.REQUESTED: ClearanceStatus.QUOTED,
        ClearanceStatus.QUOTED: ClearanceStatus.CONFIRMED,
        ClearanceStatus.CONFIRMED: ClearanceStatus.MATERIAL_RECEIVED,
        ClearanceStatus.MATERIAL_RECEIVED: ClearanceStatus.SETTLED,
    }
    waiting = [clearance for clearance in d.screening.clearances if clearance.state in following]
    clearance_id = waiting[0].id if waiting else p.an_id("no clearance")
    to = following[waiting[0].state] if waiting else ClearanceStatus.REQUESTED
    return formalities.change_clearance(
        d.screening, clearance_id, ClearanceStep(to=to, terms=p.OPEN_AIR_TERMS), at=LATE
    )


def _choose_copy(d: Dossier) -> Move:
    choice = CopyChoice(session_id=SESSION, film_id=p.LINDA.id, copy_id=p.DCP.id)
    judged = choosing.judge_choice(d.screening, choice, replace(d.given, copies={p.DCP.id: p.DCP}))
    return choosing.choose_copy(judged, choice, at=LATE)


def _decide_authorisation(d: Dossier) -> Move:
    decision = AuthorisationDecision(granted=True, decided_on=p.day("2025-06-17"), reference="CNC")
    return authorising.decide_authorisation(d.screening, decision, at=LATE)


def _permit(d: Dossier) -> Move:
    permit = Permit(
        id=p.new_ids(f"permit-{len(d.screening.permits)}")(),
        authority_id=p.VILLE,
        place_id=p.SQUARE.id,
        dates=(p.day("2025-07-18"), p.day("2025-07-25")),
        reference="AM",
        granted_on=p.day("2025-06-24"),
    )
    return formalities.record_permit(d.screening, permit, at=LATE)


def _reschedule(d: Dossier) -> Move:
    put_off = [session for session in d.screening.sessions if session.state == "postponed"]
    days = [NewDay(session_id=session.id, held_on=p.day("2025-07-25")) for session in put_off]
    return a.reschedule(d.screening, days, d.given, at=LATE)


def _cancel(d: Dossier) -> Iterable[Move]:
    cancelled = lifecycle.cancel(d.screening, GONE, at=LATE)
    yield cancelled
    project = closing.cancelled_with(d.project, (d.workshop, cancelled[0]), at=LATE)
    if project is not None:
        yield project


def _cancel_workshop(d: Dossier) -> Iterable[Move]:
    cancelled = lifecycle.cancel(d.workshop, GONE, at=LATE)
    yield cancelled
    project = closing.cancelled_with(d.project, (cancelled[0], d.screening), at=LATE)
    if project is not None:
        yield project


APPROVAL = SiteApproval(authority_id=p.an_id("spip"), approved=True, decided_on=p.day("2025-06-01"), restrictions="")
TOLD = NeighboursInformed(informed_on=p.day("2025-05-12"), cinemas=3)


def _flag(d: Dossier) -> Iterable[Move]:
    """Judge again once every film was found to be forbidden under 16; told once, it is told no more."""
    films = {film.id: replace(film, classification=Classification.U16) for film in d.films.values()}
    coming = (replace(d.screening.sessions[0], state=SessionStatus.PLANNED),) if d.screening.sessions else ()
    action = d.screening.with_sessions(*coming) if d.screening.state is ActionStatus.POSTPONED else d.screening
    flagged = risk.tell(risk.judge_risks(action, replace(d.given, films=films)), at=LATE)
    return [] if flagged is None else [flagged]


MUSIC = Evidence(kind=ObligationKind.MUSIC, session_id=SESSION, reference="SACEM 1", settled_on=p.day("2025-07-01"))


def _declare_move(d: Dossier) -> Move:
    told = MoveDeclared(screen_licence="86-0012-1", declared_on=p.day("2025-07-01"), dates=(p.day("2025-07-25"),))
    return formalities.declare_move(replace(d.screening, regime=Regime.COMMERCIAL_MOVED), told, at=LATE)


ACTION: Mapping[str, Verb] = {
    "action.change": one(lambda d: a.change(d.screening, p.OPEN_AIR, d.given, at=LATE)),
    "action.plan_session": one(_plan_session),
    "action.cancel_session": one(
        lambda d: agenda.cancel_session(d.screening, SESSION, Cause.WEATHER, d.films, at=LATE)
    ),
    "action.record_attendance": one(_record_attendance),
    "action.change_clearance": one(_change_clearance),
    "action.choose_copy": one(_choose_copy),
    "action.expect_audience": one(lambda d: agenda.expect_audience(d.screening, SESSION, 300, at=LATE)),
    "action.request_authorisation": one(
        lambda d: authorising.request_authorisation(d.screening, p.HOLDER.id, (), d.given, at=LATE)
    ),
    "action.amend_authorisation": one(
        lambda d: authorising.amend_authorisation(
            d.screening, Amendment(dates=(p.day("2025-08-01"),)), d.given, at=LATE
        )
    ),
    "action.record_opinion": one(
        lambda d: authorising.record_opinion(d.screening, Opinion.FAVOURABLE, p.day("2025-06-10"), at=LATE)
    ),
    "action.decide_authorisation": one(_decide_authorisation),
    "action.inform_neighbours": one(lambda d: formalities.inform_neighbours(d.screening, TOLD, at=LATE)),
    "action.declare_move": one(_declare_move),
    "action.settle_obligation": one(lambda d: formalities.settle_obligation(d.screening, MUSIC, at=LATE)),
    "action.record_permit": one(_permit),
    "action.approve_site": one(lambda d: formalities.approve_site(d.screening, APPROVAL, at=LATE)),
    "action.schedule": one(lambda d: a.schedule(d.screening, d.given, at=LATE)),
    "action.start": one(lambda d: lifecycle.start(d.screening, at=LATE)),
    "action.postpone": one(lambda d: lifecycle.postpone(d.screening, Cause.WEATHER, (), at=LATE)),
    "action.reschedule": one(_reschedule),
    "action.hold": one(lambda d: lifecycle.hold(d.screening, None, at=LATE)),
    "action.cancel": _cancel,
    "action.flag": _flag,
    "action.lapse": one(lambda d: lifecycle.lapse(d.screening, d.campaign, d.films, at=LATE)),
}


def _plan_workshop(d: Dossier) -> Move:
    n = len(d.workshop.sessions)
    plan = SessionPlan(held_on=date(2025, 4, 22 + n % 4), starts_at=time(14), responsible="médiatrice")
    return a.plan_session(d.workshop, plan, d.given, session_id=p.an_id(f"A1-{22 + n}"), new_id=p.new_ids("w"), at=LATE)


def _count_workshop(d: Dossier) -> Iterable[Move]:
    action = d.workshop
    for session in action.live_sessions:
        action, facts = agenda.record_attendance(action, session.id, 9, CountMethod.REGISTERED, at=LATE)
        yield action, facts


WORKSHOP: Mapping[str, Verb] = {
    "plan workshop": one(_plan_workshop),
    "schedule workshop": one(lambda d: a.schedule(d.workshop, d.given, at=LATE)),
    "start workshop": one(lambda d: lifecycle.start(d.workshop, at=LATE)),
    "count workshop": _count_workshop,
    "hold workshop": one(lambda d: lifecycle.hold(d.workshop, 9, at=LATE)),
    "cancel workshop": _cancel_workshop,
}


def _validate(d: Dossier) -> Iterable[Move]:
    counted = reviewing.validate(d.report, d.project, d.actions, at=LATE)
    return [counted.report, counted.project, *counted.actions]


def _amend(d: Dossier) -> Iterable[Move]:
    counted = reviewing.amend(d.report, p.a_content(), "erreur", d.project, d.actions, at=LATE)
    return [counted.report, counted.project, *counted.actions]


REPORT: Mapping[str, Verb] = {
    "report.return": one(lambda d: reviewing.send_back(d.report, ["R36"], at=LATE)),
    "report.resubmit": one(lambda d: reviewing.resubmit(d.report, p.a_content(), d.project, d.actions, at=LATE)),
    "report.validate": _validate,
    "report.amend": _amend,
}

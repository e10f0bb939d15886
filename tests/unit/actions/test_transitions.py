"""The whole table T1 to T25: every verb from every state, possible exactly where docs/transitions.md says."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from actions.domain import campaign, closing, deciding, filing, states
from actions.domain.refusals import NotPossibleInThisState
from common.contracts.actions import (
    ActionStatus,
    AuthorisationStatus,
    CampaignStatus,
    CommitteeOutcome,
    ProjectStatus,
    ReportStatus,
    SessionStatus,
)
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p
from tests.unit.actions import verbs
from tests.unit.actions.dossiers import Dossier

PROJECT = {
    "project.add_action": "draft",
    "project.change": "draft incomplete deferred",
    "project.prior_contact": "draft",
    "project.submit": "draft",  # T2
    "project.return": "submitted",  # T3
    "project.resubmit": "incomplete",  # T4
    "project.declare_eligible": "submitted",  # T5
    "project.declare_ineligible": "submitted incomplete",  # T6
    "project.lapse": "incomplete",  # T6, by the timer
    "project.decide": "eligible",  # T7
    "defer": "eligible",  # T8
    "project.reinstate": "deferred",  # T9
    "reject": "eligible",  # T10
    "project.decide_line": "validated",
    "project.send_convention": "validated funded",
    "project.sign_convention": "validated funded",
    "project.revise_budget": "validated funded",
    "project.fund": "validated",  # T11
    "advance": "validated funded",
    "project.pay_line": "validated funded",
    "claw_back": "validated funded cancelled",
    "project.submit_account": "funded cancelled",
    "project.accept_account": "funded cancelled",
    "project.report": "funded",  # T18
    "project.close": "funded cancelled",  # T22, T23
    "project.withdraw": "draft submitted incomplete eligible deferred",  # T24
}
ACTION = {
    "action.change": "planned",
    "action.plan_session": "planned",
    "action.cancel_session": "planned scheduled in_progress postponed",
    "action.record_attendance": "scheduled in_progress postponed",
    "action.change_clearance": "planned scheduled in_progress postponed held",
    "action.choose_copy": "planned scheduled in_progress postponed",
    "action.expect_audience": "planned scheduled in_progress postponed",
    "action.request_authorisation": "planned postponed",
    "action.amend_authorisation": "planned scheduled in_progress postponed",
    "action.record_opinion": "planned scheduled in_progress postponed",
    "action.decide_authorisation": "planned scheduled in_progress postponed",
    "action.inform_neighbours": "planned scheduled in_progress postponed",
    "action.declare_move": "planned scheduled in_progress postponed",
    "action.settle_obligation": "planned scheduled in_progress postponed",
    "action.record_permit": "planned scheduled in_progress postponed",
    "action.approve_site": "planned scheduled in_progress postponed",
    "action.schedule": "planned",  # T12
    "action.start": "scheduled",  # T13
    "action.postpone": "scheduled in_progress postponed",  # T14
    "action.reschedule": "postponed",  # T15
    "action.hold": "scheduled in_progress",  # T16
    "action.cancel": "planned scheduled in_progress postponed",  # T17
    "action.lapse": "postponed",  # T17, by the timer
    "action.flag": "planned scheduled in_progress postponed",  # by what others announce
}
WHILE_FUNDED = {
    "action.record_attendance",
    "action.schedule",
    "action.start",
    "action.postpone",
    "action.reschedule",
    "action.hold",
    "action.lapse",
}
WHILE_WRITTEN = {
    "action.change",
    "action.plan_session",
    "action.cancel_session",
    "action.choose_copy",
    "action.expect_audience",
}
REPORT = {
    "report.return": "submitted",  # T19
    "report.resubmit": "returned",  # T20
    "report.validate": "submitted",  # T21
    "report.amend": "validated amended",  # T25
}


def rejected_or_deferred(outcome: CommitteeOutcome) -> Dossier:
    decision = replace(a.DECISION, outcome=outcome, next_committee_on=p.day("2025-03-13"), reason="hors cadre")
    return a.decided(a.eligible(a.submitted(a.a_draft())), decision)


def closed() -> Dossier:
    dossier = a.a_settled()
    project, _ = closing.close(dossier.project, ReportStatus.VALIDATED, (), at=verbs.LATE)
    return dossier.having(project=project)


def withdrawn() -> Dossier:
    dossier = a.a_draft()
    return dossier.having(project=filing.withdraw(dossier.project, "", at=p.at("2025-01-10 10:00"))[0])


def ineligible() -> Dossier:
    dossier = a.submitted(a.a_draft())
    project, _ = filing.declare_ineligible(dossier.project, "hors cadre", at=p.at("2025-02-05 10:00"))
    return dossier.having(project=project)


PROJECTS: Mapping[str, Dossier] = {
    "draft": a.a_draft(),
    "submitted": a.submitted(a.a_draft()),
    "incomplete": a.incomplete(a.submitted(a.a_draft())),
    "eligible": a.eligible(a.submitted(a.a_draft())),
    "ineligible": ineligible(),
    "validated": a.a_validated(),
    "deferred": rejected_or_deferred(CommitteeOutcome.DEFERRED),
    "rejected": rejected_or_deferred(CommitteeOutcome.REJECTED),
    "funded": a.a_funded(),
    "closed": closed(),
    "withdrawn": withdrawn(),
    "cancelled": a.a_cancelled(),
}


def sent() -> Dossier:
    return verbs.put(a.granted(a.a_validated(), p.DRAC, 1600, "2025-02-27"), [verbs.send_convention(half_decided())])


def half_decided() -> Dossier:
    return a.granted(a.a_validated(), p.DRAC, 1600, "2025-02-27")


def revised() -> Dossier:
    dossier = a.all_decided(a.a_validated())
    return verbs.put(dossier, [verbs.revise(dossier)])


def accounted_for() -> Dossier:
    dossier = a.report_validated(a.reported(a.an_ended()))
    return verbs.put(dossier, [verbs.account(dossier)])


def cancelled_and_accounted_for() -> Dossier:
    dossier = a.a_cancelled()
    return verbs.put(dossier, [verbs.account(dossier)])


def sent_while_funded() -> Dossier:
    return verbs.put(a.a_funded(), [verbs.send_convention(a.a_funded())])


PREPARED: Mapping[tuple[str, str], Dossier] = {
    ("project.lapse", "incomplete"): PROJECTS["incomplete"],
    ("project.send_convention", "validated"): half_decided(),
    ("project.sign_convention", "validated"): sent(),
    ("project.sign_convention", "funded"): sent_while_funded(),
    ("project.fund", "validated"): revised(),
    ("advance", "validated"): a.granted(a.a_validated(), p.VILLE, 800, "2025-03-25"),
    ("project.pay_line", "validated"): a.granted(a.a_validated(), p.VILLE, 800, "2025-03-25"),
    ("claw_back", "validated"): a.all_decided(a.a_validated()),
    ("project.accept_account", "funded"): accounted_for(),
    ("project.accept_account", "cancelled"): cancelled_and_accounted_for(),
    ("project.report", "funded"): a.an_ended(),
    ("project.close", "funded"): a.a_settled(),
}


@pytest.mark.parametrize("state", list(ProjectStatus), ids=str)
@pytest.mark.parametrize("verb", PROJECT)
def test_every_verb_of_a_project_from_every_state(verb, state):
    assert PROJECTS[state].project.state is state
    if state not in PROJECT[verb].split():
        with pytest.raises(NotPossibleInThisState):
            list(verbs.PROJECT[verb](PROJECTS[state]))
        return
    dossier = PREPARED.get((verb, state), PROJECTS[state])
    assert dossier.project.state is state
    for new, facts in verbs.PROJECT[verb](dossier):
        assert facts
        if new.id == dossier.project.id:
            assert new.version == dossier.project.version + len(facts)


def of_two_days(dossier: Dossier) -> Dossier:
    """The screening with a second session, so that it can be in progress."""
    first = dossier.screening.sessions[0]
    second = replace(first, id=p.an_id("A2-2"), held_on=p.day("2025-07-25"), state=SessionStatus.PLANNED)
    return dossier.having(screening=replace(dossier.screening, sessions=(first, second)))


def in_state(state: ActionStatus) -> Dossier:
    scheduled = a.screening_scheduled(a.a_ready())
    if state is ActionStatus.IN_PROGRESS:
        return scheduled.having(screening=replace(scheduled.screening, state=state))
    if state is ActionStatus.CANCELLED:
        return verbs.put(scheduled, verbs.ACTION["action.cancel"](scheduled))
    return {
        ActionStatus.PLANNED: a.a_ready,
        ActionStatus.SCHEDULED: lambda: scheduled,
        ActionStatus.POSTPONED: lambda: a.screening_postponed(scheduled),
        ActionStatus.HELD: a.an_ended,
    }[state]()


ACTIONS: Mapping[str, Dossier] = {state: in_state(state) for state in ActionStatus}

AUTHORISATION = {
    "action.request_authorisation": AuthorisationStatus.TO_REQUEST,
    "action.record_opinion": AuthorisationStatus.REQUESTED,
    "action.decide_authorisation": AuthorisationStatus.OPINION_GIVEN,
}


def ready_for(verb: str, state: str) -> Dossier:
    """Whatever else the verb asks for, in that state of the action."""
    dossier = ACTIONS[state]
    action = dossier.screening
    if verb in AUTHORISATION:
        action = replace(action, authorisation=replace(action.authorisation, state=AUTHORISATION[verb]))
    if verb == "action.approve_site":
        action = replace(action, site_authority_id=p.an_id("spip"))
    put_off_beside = state == "postponed" and verb in {"action.record_attendance", "action.postpone"}
    if verb == "action.start" or put_off_beside:
        return of_two_days(dossier)
    if verb == "action.hold":
        return verbs.put(dossier, verbs.ACTION["action.record_attendance"](dossier))
    return dossier.having(screening=action)


@pytest.mark.parametrize("state", list(ActionStatus), ids=str)
@pytest.mark.parametrize("verb", ACTION)
def test_every_verb_of_an_action_from_every_state(verb, state):
    assert ACTIONS[state].screening.state is state
    if state not in ACTION[verb].split():
        with pytest.raises(NotPossibleInThisState):
            list(verbs.ACTION[verb](ACTIONS[state]))
        return
    dossier = ready_for(verb, state)
    before = dossier.screening
    (new, facts), *_ = list(verbs.ACTION[verb](dossier))
    announced = 2 if verb == "action.reschedule" else 1  # the due days move with the session
    assert new.version == before.version + len(facts) == before.version + announced


@pytest.mark.parametrize("project_state", list(ProjectStatus), ids=str)
@pytest.mark.parametrize("verb", ACTION)
def test_every_verb_of_an_action_in_every_state_of_its_project(verb, project_state):
    dossier = ready_for(verb, ACTION[verb].split()[0])
    dossier = replace(dossier, screening=replace(dossier.screening, project_state=project_state))
    possible = {"funded"} if verb in WHILE_FUNDED else {"validated", "funded"}
    if verb in WHILE_WRITTEN:
        possible |= {"draft", "incomplete", "deferred"}
    if verb == "action.flag":
        possible |= {"draft", "submitted", "incomplete", "eligible", "deferred"}
    if project_state in possible:
        assert list(verbs.ACTION[verb](dossier))
    else:
        with pytest.raises(NotPossibleInThisState):
            list(verbs.ACTION[verb](dossier))


@pytest.mark.parametrize("project_state", list(ProjectStatus), ids=str)
@pytest.mark.parametrize("state", list(ReportStatus), ids=str)
@pytest.mark.parametrize("verb", REPORT)
def test_every_verb_of_a_report_from_every_state(verb, state, project_state):
    dossier = a.reported(a.an_ended())
    dossier = replace(dossier, filed=replace(dossier.report, state=state, project_state=project_state))
    project = "closed" if verb == "report.amend" else "funded"
    if state in REPORT[verb].split() and project_state == project:
        (new, facts), *_ = list(verbs.REPORT[verb](dossier))
        assert new.version == dossier.report.version + len(facts)
    else:
        with pytest.raises(NotPossibleInThisState):
            list(verbs.REPORT[verb](dossier))


@pytest.mark.parametrize("state", list(CampaignStatus), ids=str)
def test_every_verb_of_a_campaign_from_every_state(state):
    one = replace(a.an_open_campaign(), state=state)
    expected = {"draft": {"open", "change_rules"}, "open": {"close", "change_rules"}, "closed": set()}
    verbs_of = {
        "open": lambda: campaign.open_call(one, p.COORDINATION, at=p.at("2024-10-15 10:00")),
        "change_rules": lambda: campaign.change_rules(one, p.RULES, at=p.at("2024-10-15 10:00")),
        "close": lambda: campaign.close(one, at=p.at("2025-10-15 10:00")),
    }
    for verb, act in verbs_of.items():
        if verb in expected[state]:
            assert act()[0].version == one.version + 1
        else:
            with pytest.raises(NotPossibleInThisState):
                act()


def test_the_tables_of_the_domain_and_of_this_test_name_the_same_verbs():
    outcomes = {"defer", "reject", "advance", "claw_back"}
    tried = (set(PROJECT) | set(ACTION) | set(REPORT)) - outcomes
    assert {verb for verb in states.POSSIBLE if not verb.startswith("campaign.")} == tried
    assert set(verbs.PROJECT) == set(PROJECT)
    assert set(verbs.ACTION) == set(ACTION)
    assert set(verbs.REPORT) == set(REPORT)


def test_a_refusal_names_the_state_and_what_would_do():
    with pytest.raises(NotPossibleInThisState) as refused:
        deciding.decide(PROJECTS["draft"].project, a.DECISION, at=verbs.LATE)
    assert refused.value.detail == "The project is draft; project.decide needs eligible."
    assert refused.value.precision == "Le projet est « en préparation » ; décider en comité demande « recevable »."
    assert refused.value.code == "not-possible-in-this-state"

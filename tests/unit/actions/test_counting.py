"""Counting people: attendance (R44), distinct persons, reports and their breakdowns (R36), corrections."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.domain import agenda, lifecycle, reviewing
from actions.domain.refusals import (
    ActionsStillOpen,
    ActualBudgetNotBalanced,
    AmountNotPossible,
    AttendanceMissing,
    BreakdownDoesNotAddUp,
    BreakdownMalformed,
    DistinctNotPossible,
    NothingAsked,
    NothingHeld,
    NotPossibleInThisState,
    NotYet,
    OneSessionOnly,
    ReportDoesNotMatch,
)
from actions.domain.report import ActionReport, Kept, SessionTotal
from actions.domain.rules import counting
from common.contracts.actions import (
    ActionAttendanceRecorded,
    ActionHeld,
    ActionStarted,
    ActionStatus,
    Cause,
    CountMethod,
    Dimension,
    ProjectStatus,
    ReportAmended,
    ReportStatus,
    SessionStatus,
)
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p

REPORTING = p.at("2025-09-18 10:00")


@given(st.lists(st.integers(0, 500), min_size=1, max_size=3), st.integers(-3, 3))
def test_r36_cells_add_up_to_the_total_the_unknown_included(people, off):
    cells = dict(zip(("women", "men", "unknown"), people, strict=False))
    one = p.breakdown(Dimension.GENDER, CountMethod.COUNTED, **cells)
    verdict = counting.breakdown(one, sum(people) + off, REPORTING.date())
    assert (verdict and verdict.rule) == (None if off == 0 else "R36")


def test_r36_does_not_refuse_the_report_it_refuses_its_validation():
    dossier = a.reported(a.an_ended(), p.a_content(women=108))
    assert dossier.report.state is ReportStatus.SUBMITTED
    with pytest.raises(BreakdownDoesNotAddUp) as refused:
        a.report_validated(dossier)
    assert [(one.pointer, one.rule) for one in refused.value.errors] == [("/actions/1/breakdowns/1", "R36")]
    assert p.verdict_of(refused).inputs == {"dimension": "gender", "sum": 210, "total": 214}


def test_r36_a_breakdown_that_is_not_there_is_not_missed():
    content = p.a_content(actions=(ActionReport(action_id=p.an_id("A1")), ActionReport(action_id=p.an_id("A2"))))
    dossier = a.report_validated(a.reported(a.an_ended(), content))
    assert dossier.report.state is ReportStatus.VALIDATED


def test_r44_zero_is_an_attendance_and_a_missing_one_is_none():
    dossier = a.screening_scheduled(a.a_ready())
    with pytest.raises(AttendanceMissing) as refused:
        lifecycle.hold(dossier.screening, None, at=p.at("2025-07-19 10:00"))
    assert p.verdict_of(refused).rule == "R44"
    counted, _ = agenda.record_attendance(
        dossier.screening, p.an_id("A2-1"), 0, CountMethod.COUNTED, at=p.at("2025-07-19 10:00")
    )
    held, facts = lifecycle.hold(counted, None, at=p.at("2025-07-19 10:00"))
    assert (held.state, p.only(facts, ActionHeld).total) == (ActionStatus.HELD, 0)


def test_r44_a_session_not_held_has_its_cause():
    dossier = a.workshop_scheduled(a.a_funded())
    action, _ = lifecycle.start(dossier.workshop, at=p.at("2025-04-22 14:00"))
    for n in (22, 23, 24):
        action, _ = agenda.record_attendance(
            action, p.an_id(f"A1-{n}"), 9, CountMethod.REGISTERED, at=p.at("2025-04-25 18:00")
        )
    with pytest.raises(AttendanceMissing):
        lifecycle.hold(action, 9, at=p.at("2025-04-25 18:00"))
    action, _ = agenda.cancel_session(
        action, p.an_id("A1-25"), Cause.HEALTH, dossier.films, at=p.at("2025-04-25 10:00")
    )
    held, _ = lifecycle.hold(action, 9, at=p.at("2025-04-25 18:00"))
    assert (held.held_on, held.attendance) == (p.day("2025-04-24"), 27)
    without = replace(action.session(p.an_id("A1-25")), cause=None)
    with pytest.raises(AttendanceMissing):
        lifecycle.hold(action.with_sessions(without), 9, at=p.at("2025-04-25 18:00"))


def test_t16_nothing_is_held_where_every_session_is_cancelled():
    dossier = a.screening_scheduled(a.a_ready())
    action, _ = agenda.cancel_session(
        dossier.screening, p.an_id("A2-1"), Cause.WEATHER, dossier.films, at=p.at("2025-07-18 10:00")
    )
    with pytest.raises(NothingHeld):
        lifecycle.hold(action, None, at=p.at("2025-07-19 10:00"))


def test_attendance_is_counted_once_the_session_has_begun():
    dossier = a.screening_scheduled(a.a_ready())
    session = p.an_id("A2-1")
    with pytest.raises(NotYet):
        agenda.record_attendance(dossier.screening, session, 1, CountMethod.COUNTED, at=p.at("2025-07-18 22:14:59"))
    with pytest.raises(AmountNotPossible):
        agenda.record_attendance(dossier.screening, session, -1, CountMethod.COUNTED, at=p.at("2025-07-18 22:15"))
    first, _ = agenda.record_attendance(
        dossier.screening, session, 200, CountMethod.ESTIMATED, at=p.at("2025-07-18 22:15")
    )
    again, _ = agenda.record_attendance(first, session, 214, CountMethod.COUNTED, at=p.at("2025-07-19 10:00"))
    assert (again.attendance, again.session(session).state) == (214, SessionStatus.HELD)


def test_t13_is_for_several_sessions_on_the_first_day():
    dossier = a.workshop_scheduled(a.a_ready_screening())
    with pytest.raises(NotYet):
        lifecycle.start(dossier.workshop, at=p.at("2025-04-21 23:59:59"))
    started, facts = lifecycle.start(dossier.workshop, at=p.at("2025-04-22 00:00"))
    assert (started.state, p.only(facts, ActionStarted).started_on) == (ActionStatus.IN_PROGRESS, p.day("2025-04-22"))
    with pytest.raises(OneSessionOnly):
        lifecycle.start(a.screening_scheduled(dossier).screening, at=p.at("2025-07-18 23:00"))


@pytest.mark.parametrize(("persons", "possible"), [(8, False), (9, True), (36, True), (37, False), (None, False)])
def test_distinct_persons_lie_between_the_fullest_session_and_all_of_them(persons, possible):
    dossier = a.workshop_held(a.workshop_scheduled(a.a_funded()))
    before = replace(dossier.workshop, state=ActionStatus.IN_PROGRESS)
    if possible:
        assert lifecycle.hold(before, persons, at=p.at("2025-04-25 18:30"))[0].participants_distinct == persons
    else:
        with pytest.raises(DistinctNotPossible):
            lifecycle.hold(before, persons, at=p.at("2025-04-25 18:30"))


def test_t18_needs_every_action_held_or_cancelled_and_one_held():
    dossier = a.screening_scheduled(a.a_ready())
    with pytest.raises(ActionsStillOpen):
        a.reported(dossier)
    gone = [replace(action, state=ActionStatus.CANCELLED) for action in dossier.actions]
    with pytest.raises(NothingHeld):
        reviewing.submit(p.a_content(), dossier.project, gone, report_id=p.an_id("report"), at=REPORTING)
    ended = a.an_ended().having(screening=gone[1])
    only_workshop = replace(p.a_content(), actions=p.a_content().actions[:1])
    assert a.reported(ended, only_workshop).report.edition.actions[0].total == 9


@pytest.mark.parametrize(
    "actions",
    [
        (),
        (ActionReport(action_id=p.an_id("A1")),),
        (ActionReport(action_id=p.an_id("A1")),) * 2,
        (ActionReport(action_id=p.an_id("A1")), ActionReport(action_id=p.an_id("A3"))),
        (
            ActionReport(action_id=p.an_id("A1")),
            ActionReport(action_id=p.an_id("A2"), sessions=(SessionTotal(session_id=p.an_id("A1-22"), total=1),)),
        ),
        (
            ActionReport(action_id=p.an_id("A1")),
            ActionReport(action_id=p.an_id("A2"), sessions=(SessionTotal(session_id=p.an_id("A2-1"), total=1),) * 2),
        ),
    ],
)
def test_t18_tells_of_every_held_action_and_its_sessions_once_and_of_no_other(actions):
    with pytest.raises(ReportDoesNotMatch):
        a.reported(a.an_ended(), p.a_content(actions=actions))


@pytest.mark.parametrize(
    "breakdowns",
    [
        (p.breakdown(Dimension.GENDER, CountMethod.COUNTED, under_12=214),),
        (p.breakdown(Dimension.GENDER, CountMethod.COUNTED, women=215, men=-1),),
        (p.breakdown(Dimension.GENDER, CountMethod.COUNTED, women=214),) * 2,
        (
            replace(
                p.breakdown(Dimension.GENDER, CountMethod.COUNTED, women=107),
                counts=p.breakdown(Dimension.GENDER, CountMethod.COUNTED, women=107).counts * 2,
            ),
        ),
    ],
)
def test_a_breakdown_has_the_cells_of_its_dimension_once(breakdowns):
    screening = ActionReport(action_id=p.an_id("A2"), breakdowns=breakdowns)
    with pytest.raises(BreakdownMalformed):
        a.reported(a.an_ended(), p.a_content(actions=(ActionReport(action_id=p.an_id("A1")), screening)))


def test_r23_the_actual_budget_balances_when_the_report_is_handed_in():
    with pytest.raises(ActualBudgetNotBalanced) as refused:
        a.reported(a.an_ended(), p.a_content(actual=replace(p.ACTUAL, resources=p.entries(own_funds=571))))
    assert (p.verdict_of(refused).rule, refused.value.errors[0].pointer) == ("R23", "/actual")


def test_a_line_may_have_brought_less_than_it_granted_never_more():
    ended = a.an_ended()
    own = replace(p.ACTUAL, resources=p.entries(own_funds=670))
    kept = (Kept(line_id=ended.line(p.VILLE), cents=70_000),)
    dossier = a.report_validated(a.reported(ended, p.a_content(actual=own, kept=kept)))
    assert {share.funder_id: share.cents for share in p.there(dossier.project.actual).shares}[p.VILLE] == 70_000
    too_much = (Kept(line_id=ended.line(p.VILLE), cents=80_001),)
    with pytest.raises(AmountNotPossible):
        a.reported(ended, p.a_content(kept=too_much))


def test_t21_totals_that_the_report_corrects_replace_the_actions():
    content = p.a_content(women=110, actions=())
    screening = ActionReport(
        action_id=p.an_id("A2"),
        sessions=(SessionTotal(session_id=p.an_id("A2-1"), total=210),),
        breakdowns=(p.breakdown(Dimension.GENDER, CountMethod.COUNTED, women=108, men=102),),
    )
    workshop = ActionReport(action_id=p.an_id("A1"), participants_distinct=10)
    dossier = a.reported(a.an_ended(), replace(content, actions=(screening, workshop)))
    before = dossier.screening
    counted = reviewing.validate(dossier.report, dossier.project, dossier.actions, at=p.at("2025-10-02 10:00"))
    (one, said), (two, persons) = counted.actions
    assert (one.attendance, two.participants_distinct) == (210, 10)
    assert one.version == before.version + 1
    recounts = [p.only(facts, ActionAttendanceRecorded) for facts in (said, persons)]
    assert all(fact.by_report for fact in recounts)
    assert [(fact.session_id, fact.total) for fact in recounts] == [(p.an_id("A2-1"), 210), (None, 10)]
    assert p.there(counted.project[0].actual).cash_charges == 347_000
    assert [fact.TYPE for fact in counted.project[1]] == ["project.budget_revised"]


def test_t21_corrects_nothing_where_nothing_is_wrong():
    dossier = a.reported(a.an_ended())
    counted = reviewing.validate(dossier.report, dossier.project, dossier.actions, at=p.at("2025-10-02 10:00"))
    assert counted.actions == ()


def test_t19_names_its_anomalies_and_t20_is_a_new_edition():
    dossier = a.reported(a.an_ended(), p.a_content(women=108))
    with pytest.raises(NothingAsked):
        reviewing.send_back(dossier.report, [], at=p.at("2025-09-24 10:00"))
    returned, _ = reviewing.send_back(dossier.report, ["R36 : 210 ≠ 214"], at=p.at("2025-09-24 10:00"))
    again, facts = reviewing.resubmit(
        returned, p.a_content(), dossier.project, dossier.actions, at=p.at("2025-09-26 10:00")
    )
    published = again.published()
    assert (published.edition, facts[0].edition) == (2, 2)
    assert [(one.number, one.anomalies) for one in published.editions] == [(1, ("R36 : 210 ≠ 214",)), (2, ())]


def test_t25_r47_an_amendment_of_a_closed_project_counts_at_once_and_leaves_it_closed():
    dossier = a.report_validated(a.reported(a.an_ended()))
    content = p.a_content(women=113, men=101)
    with pytest.raises(NotPossibleInThisState):
        reviewing.amend(
            dossier.report, content, "erreur", dossier.project, dossier.actions, at=p.at("2026-02-01 10:00")
        )
    closed = dossier.having(project=replace(dossier.project, state=ProjectStatus.CLOSED))
    when = p.at("2026-02-01 10:00")
    with pytest.raises(NothingAsked) as refused:
        reviewing.amend(closed.report, content, "", closed.project, closed.actions, at=when)
    assert (p.verdict_of(refused).rule, refused.value.errors[0].pointer) == ("R47", "/reason")
    with pytest.raises(BreakdownDoesNotAddUp):
        reviewing.amend(closed.report, p.a_content(men=1), "erreur", closed.project, closed.actions, at=when)
    counted = reviewing.amend(closed.report, content, "erreur", closed.project, closed.actions, at=when)
    amended, facts = counted.report
    assert (amended.state, amended.edition.number, p.only(facts, ReportAmended).reason) == (
        ReportStatus.AMENDED,
        2,
        "erreur",
    )
    assert counted.project[0].state is ProjectStatus.CLOSED

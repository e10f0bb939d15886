"""Money: R23 and R24 at their boundaries, payments, the guards of T11, T22 and T23."""

from contextlib import nullcontext
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.domain import closing, financing
from actions.domain.budget import Budget, Entry
from actions.domain.funding import LineDecision, LineWish, Payment
from actions.domain.known import Film
from actions.domain.refusals import (
    AcceptedBeforeSubmitted,
    AccountMissing,
    AccountsNotAccepted,
    AmountNotPossible,
    BalancesNotPaid,
    BudgetNotBalanced,
    FundingUndecided,
    GrantOverAsked,
    InTheFuture,
    NoSuchLine,
    NotPossibleInThisState,
    OverGranted,
    RefundNotSettled,
    ReportNotValidated,
    ShortReportMissing,
    WorkshopFilmNotSettled,
)
from actions.domain.report import Kept
from actions.domain.rules import money as rules
from common.contracts.actions import (
    Account,
    ActionStatus,
    BudgetStage,
    LineKind,
    LineStatus,
    PaymentStage,
    ProjectAccountSubmitted,
    ProjectStatus,
    ReportStatus,
)
from common.contracts.catalogue import Clearance, WorkshopFilm
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p
from tests.unit.actions.dossiers import Dossier

TODAY = p.day("2025-04-10")
FEBRUARY = p.at("2025-02-27 12:00")
CLOSING = p.at("2026-01-15 10:00")


def budget(*, charges: int, resources: int, kind_charges: int = 0, kind_resources: int = 0) -> Budget:
    one = Entry(label="x", cents=1)
    return Budget(
        charges=(replace(one, cents=charges),),
        resources=(replace(one, cents=resources),),
        in_kind_charges=(replace(one, cents=kind_charges),),
        in_kind_resources=(replace(one, cents=kind_resources),),
    )


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(-1, 1), st.integers(-1, 1))
def test_r23_cash_and_in_kind_balance_apart_to_the_cent(cash, in_kind, off_cash, off_kind):
    one = budget(charges=cash, resources=cash + off_cash, kind_charges=in_kind, kind_resources=in_kind + off_kind)
    verdict = rules.balance(one, BudgetStage.FORECAST, TODAY)
    assert (verdict is None) == (off_cash == off_kind == 0)


def test_r23_what_lacks_in_cash_is_not_made_up_in_kind():
    assert rules.balance(
        budget(charges=100, resources=99, kind_charges=99, kind_resources=100), BudgetStage.ACTUAL, TODAY
    )


def test_r23_a_revised_budget_balances_when_funded_and_at_once_after():
    dossier = a.all_decided(a.a_validated())
    uneven = replace(p.REVISED, resources=p.entries(own_funds=441))
    project, _ = financing.revise_budget(dossier.project, uneven, at=p.at("2025-04-10 10:00"))
    with pytest.raises(BudgetNotBalanced) as refused:
        financing.fund(project, dossier.campaign, granted_elsewhere={}, at=p.at("2025-04-10 11:00"))
    assert (p.verdict_of(refused).rule, refused.value.errors[0].pointer) == ("R23", "/revised")
    with pytest.raises(BudgetNotBalanced):
        financing.revise_budget(a.funded(dossier).project, uneven, at=p.at("2025-05-10 10:00"))


def test_t11_without_a_revised_budget_the_forecast_must_hold_with_what_was_granted():
    dossier = a.all_decided(a.a_validated())
    with pytest.raises(BudgetNotBalanced):
        financing.fund(dossier.project, dossier.campaign, granted_elsewhere={}, at=p.at("2025-04-10 11:00"))


@pytest.mark.parametrize(
    ("euros", "state"),
    [(0, LineStatus.REFUSED), (1, LineStatus.PARTIALLY_GRANTED), (1799, "partially_granted"), (1800, "granted")],
)
def test_r24_a_funder_grants_at_most_what_was_asked(euros, state):
    dossier = a.granted(a.a_validated(), p.DRAC, euros, "2025-02-27")
    assert dossier.project.line(dossier.line(p.DRAC)).state == state


def test_r24_not_a_cent_more_not_twice_not_another_projects_line_not_tomorrow():
    dossier = a.a_validated()
    line = dossier.line(p.DRAC)
    decision = LineDecision(granted_cents=180_001, decided_on=p.day("2025-02-27"))
    with pytest.raises(GrantOverAsked) as refused:
        financing.decide_line(dossier.project, line, decision, at=FEBRUARY)
    assert p.verdict_of(refused).rule == "R24"
    with pytest.raises(AmountNotPossible):
        financing.decide_line(dossier.project, line, replace(decision, granted_cents=-1), at=FEBRUARY)
    with pytest.raises(NoSuchLine):
        financing.decide_line(dossier.project, p.an_id("no"), decision, at=FEBRUARY)
    with pytest.raises(InTheFuture):
        financing.decide_line(dossier.project, line, replace(decision, decided_on=p.day("2025-02-28")), at=FEBRUARY)
    with pytest.raises(NotPossibleInThisState):
        a.granted(a.granted(dossier, p.DRAC, 1600, "2025-02-27"), p.DRAC, 1600, "2025-02-27")


def test_r24_t11_needs_every_line_decided():
    dossier = a.granted(a.a_validated(), p.DRAC, 1600, "2025-02-27")
    with pytest.raises(FundingUndecided) as refused:
        financing.fund(dossier.project, dossier.campaign, granted_elsewhere={}, at=p.at("2025-04-10 11:00"))
    assert (p.verdict_of(refused).rule, p.verdict_of(refused).inputs["undecided"]) == ("R24", 3)


def test_nobody_pays_more_than_it_granted_nor_takes_back_more_than_it_paid():
    dossier = a.granted(a.a_validated(), p.VILLE, 800, "2025-03-25")
    for euros, refusal in ((801, OverGranted), (0, AmountNotPossible), (-1, AmountNotPossible)):
        with pytest.raises(refusal):
            a.paid(dossier, p.VILLE, euros, "2025-03-26")
    dossier = a.paid(dossier, p.VILLE, 500, "2025-03-26", PaymentStage.ADVANCE)
    with pytest.raises(OverGranted):
        a.paid(dossier, p.VILLE, 501, "2025-03-27", PaymentStage.CLAWBACK)
    dossier = a.paid(dossier, p.VILLE, 200, "2025-03-27", PaymentStage.CLAWBACK)
    line = dossier.project.line(dossier.line(p.VILLE))
    assert (line.state, line.paid_cents, line.clawed_back_cents) == (LineStatus.CLAWED_BACK, 30_000, 20_000)


LINE_STEPS = {
    PaymentStage.ADVANCE: {"granted", "partially_granted", "agreement_signed", "advance_paid"},
    PaymentStage.BALANCE: {"granted", "partially_granted", "agreement_signed", "advance_paid", "balance_paid"},
    PaymentStage.CLAWBACK: {"advance_paid", "balance_paid", "clawed_back"},
}


@pytest.mark.parametrize("state", list(LineStatus), ids=str)
@pytest.mark.parametrize("stage", list(PaymentStage), ids=str)
def test_a_line_is_paid_from_its_own_states_only(state, stage):
    dossier = a.granted(a.a_validated(), p.VILLE, 800, "2025-03-25")
    before = Payment(stage=PaymentStage.ADVANCE, cents=100, paid_on=p.day("2025-03-25"))
    line = replace(dossier.project.line(dossier.line(p.VILLE)), state=state, payments=(before,))
    dossier = dossier.having(project=dossier.project.with_lines(line))
    if state in LINE_STEPS[stage]:
        a.paid(dossier, p.VILLE, 1, "2025-03-26", stage)
    else:
        with pytest.raises(NotPossibleInThisState):
            a.paid(dossier, p.VILLE, 1, "2025-03-26", stage)


def test_a_funder_accepts_an_account_once_where_it_granted():
    dossier = a.report_validated(a.reported(a.an_ended()))
    accepted = p.day("2026-01-12")
    with pytest.raises(AccountMissing):
        financing.accept_account(dossier.project, dossier.line(p.DRAC), accepted, at=p.at("2026-01-12 10:00"))
    account = Account(submitted_on=p.day("2026-01-09"), reference="")
    project, _ = financing.submit_account(dossier.project, account, at=p.at("2026-01-09 10:00"))
    project, _ = financing.accept_account(project, dossier.line(p.DRAC), accepted, at=p.at("2026-01-12 10:00"))
    for funder in (p.DRAC, p.CAF):
        with pytest.raises(NotPossibleInThisState):
            financing.accept_account(project, dossier.line(funder), accepted, at=p.at("2026-01-12 10:00"))


def test_r46_a_corrected_account_is_accepted_anew():
    dossier = a.a_settled()
    corrected = Account(submitted_on=p.day("2026-01-14"), reference="15059, corrigé")
    project, facts = financing.submit_account(dossier.project, corrected, at=p.at("2026-01-14 10:00"))
    assert p.only(facts, ProjectAccountSubmitted).again
    assert {line.account_accepted_on for line in project.lines} == {None}
    with pytest.raises(AccountsNotAccepted) as refused:
        closing.close(project, ReportStatus.VALIDATED, (), at=CLOSING)
    assert p.verdict_of(refused).inputs == {"waiting": 3}
    for funder in (p.DRAC, p.VILLE, p.PREFECTURE):
        project, _ = financing.accept_account(project, dossier.line(funder), p.day("2026-01-15"), at=CLOSING)
    assert closing.close(project, ReportStatus.VALIDATED, (), at=CLOSING)[0].state is ProjectStatus.CLOSED


@pytest.mark.parametrize(("day", "refused"), [("2026-01-08", True), ("2026-01-09", False)])
def test_no_account_is_accepted_before_it_was_handed_in(day: str, refused: bool):
    dossier = a.report_validated(a.reported(a.an_ended()))
    account = Account(submitted_on=p.day("2026-01-09"), reference="")
    project, facts = financing.submit_account(dossier.project, account, at=p.at("2026-01-09 10:00"))
    assert not p.only(facts, ProjectAccountSubmitted).again
    with pytest.raises(AcceptedBeforeSubmitted) if refused else nullcontext():
        financing.accept_account(project, dossier.line(p.DRAC), p.day(day), at=CLOSING)


def test_t22_needs_the_report_validated():
    project = a.a_settled().project
    for state in (None, ReportStatus.SUBMITTED, ReportStatus.RETURNED):
        with pytest.raises(ReportNotValidated):
            closing.close(project, state, (), at=CLOSING)
    assert closing.close(project, ReportStatus.VALIDATED, (), at=CLOSING)[0].state is ProjectStatus.CLOSED


def test_t22_r46_needs_every_account_accepted_and_every_balance_paid_or_clawed_back():
    ended = a.report_validated(a.reported(a.an_ended()))
    with pytest.raises(AccountsNotAccepted) as refused:
        closing.close(ended.project, ReportStatus.VALIDATED, (), at=CLOSING)
    verdict = p.verdict_of(refused)
    assert (verdict.rule, verdict.version, verdict.inputs) == ("R46", "1", {"waiting": 3})
    unpaid = a.accounted(ended)
    with pytest.raises(BalancesNotPaid):
        closing.close(unpaid.project, ReportStatus.VALIDATED, (), at=CLOSING)
    settled = a.a_settled()
    returned = a.paid(settled, p.VILLE, 100, "2026-01-14", PaymentStage.CLAWBACK)
    assert closing.close(returned.project, ReportStatus.VALIDATED, (), at=CLOSING)


def a_slip() -> Dossier:
    """The report counts on 1 600 € of the DRAC: 1 120 € came in advance, and 1 € is recorded for a balance of 480 €."""
    dossier = a.accounted(a.report_validated(a.reported(a.an_ended())))
    for funder, euros in ((p.VILLE, 800), (p.PREFECTURE, 500), (p.DRAC, 1)):
        dossier = a.paid(dossier, funder, euros, "2026-01-13")
    return dossier


def test_t22_a_line_is_settled_by_what_it_brought_and_what_lacks_can_still_be_paid():
    dossier = a_slip()
    assert dossier.project.line(dossier.line(p.DRAC)).state is LineStatus.BALANCE_PAID
    with pytest.raises(BalancesNotPaid) as refused:
        closing.close(dossier.project, ReportStatus.VALIDATED, (), at=CLOSING)
    assert refused.value.detail == "112100 cents are paid, the report counts on 160000; a short report says why."
    with pytest.raises(OverGranted):
        a.paid(dossier, p.DRAC, 480, "2026-01-14")
    whole = a.paid(dossier, p.DRAC, 479, "2026-01-14")
    assert whole.project.line(whole.line(p.DRAC)).paid_cents == 160_000
    assert closing.close(whole.project, ReportStatus.VALIDATED, (), at=CLOSING)[0].state is ProjectStatus.CLOSED


def test_t22_a_funder_may_pay_less_than_the_report_counts_on_and_it_is_said_why():
    why = "La DRAC a réduit le solde."
    closed, _ = closing.close(a_slip().project, ReportStatus.VALIDATED, (), why, at=CLOSING)
    assert (closed.state, closed.reason) == (ProjectStatus.CLOSED, why)


def test_t22_where_less_was_spent_the_balance_is_what_is_kept():
    ended, actual = a.an_ended(), replace(p.ACTUAL, resources=p.entries(own_funds=670))
    content = p.a_content(actual=actual, kept=(Kept(line_id=ended.line(p.DRAC), cents=150_000),))
    dossier = a.accounted(a.report_validated(a.reported(ended, content)))
    for funder, euros in ((p.VILLE, 800), (p.PREFECTURE, 500), (p.DRAC, 380)):
        dossier = a.paid(dossier, funder, euros, "2026-01-13")
    assert closing.close(dossier.project, ReportStatus.VALIDATED, (), at=CLOSING)[0].state is ProjectStatus.CLOSED
    too_much = a.paid(dossier, p.DRAC, 100, "2026-01-14")
    with pytest.raises(BalancesNotPaid):
        closing.close(too_much.project, ReportStatus.VALIDATED, (), at=CLOSING)
    back = a.paid(too_much, p.DRAC, 100, "2026-01-14", PaymentStage.CLAWBACK)
    assert closing.close(back.project, ReportStatus.VALIDATED, (), at=CLOSING)


@pytest.mark.parametrize("clearance", list(Clearance), ids=str)
def test_t22_needs_workshop_films_cleared_or_restricted(clearance):
    dossier = a.a_settled()
    film = Film(
        id=p.an_id("made"),
        title="Le film de l’atelier",
        duration_minutes=7,
        workshop=WorkshopFilm(
            project_id=dossier.project.id, action_id=dossier.workshop.id, clearance=clearance, dissemination=None
        ),
    )
    if clearance is Clearance.PENDING:
        with pytest.raises(WorkshopFilmNotSettled):
            closing.close(dossier.project, ReportStatus.VALIDATED, [film], at=CLOSING)
    else:
        assert closing.close(dossier.project, ReportStatus.VALIDATED, [film], at=CLOSING)


def test_t17_one_action_that_goes_on_keeps_the_project():
    dossier = a.a_funded()
    one = replace(dossier.workshop, state=ActionStatus.CANCELLED)
    assert closing.cancelled_with(dossier.project, (one, dossier.screening), at=CLOSING) is None
    assert closing.cancelled_with(dossier.project, (), at=CLOSING) is None


def test_t23_needs_a_short_report_and_the_refund():
    dossier = a.a_cancelled(to_give_back=1000)
    with pytest.raises(ShortReportMissing):
        closing.close_cancelled(dossier.project, dossier.actions, "", at=CLOSING)
    with pytest.raises(RefundNotSettled):
        closing.close_cancelled(dossier.project, dossier.actions, "Public absent.", at=CLOSING)
    almost = a.paid(dossier, p.DRAC, 999, "2025-09-01", PaymentStage.CLAWBACK)
    with pytest.raises(RefundNotSettled):
        closing.close_cancelled(almost.project, dossier.actions, "Public absent.", at=CLOSING)
    back = a.paid(almost, p.DRAC, 1, "2025-09-02", PaymentStage.CLAWBACK)
    closed, _ = closing.close_cancelled(back.project, dossier.actions, "Public absent.", at=CLOSING)
    assert (closed.state, closed.reason) == (ProjectStatus.CLOSED, "Public absent.")


def test_t23_nobody_gives_back_what_was_never_paid():
    dossier = a.paid(a.a_cancelled(to_give_back=5000), p.DRAC, 1120, "2025-09-01", PaymentStage.CLAWBACK)
    assert closing.close_cancelled(dossier.project, dossier.actions, "Public absent.", at=CLOSING)


def test_a_cancelled_project_is_paid_nothing_more_and_is_not_closed_like_another():
    dossier = a.a_cancelled()
    with pytest.raises(NotPossibleInThisState):
        a.paid(dossier, p.DRAC, 100, "2025-09-01")
    with pytest.raises(ReportNotValidated):
        closing.close(dossier.project, ReportStatus.VALIDATED, (), at=CLOSING)


@given(
    st.lists(st.tuples(st.integers(1, 10**7), st.integers(0, 10**7)), min_size=1, max_size=6),
    st.integers(0, 10**7),
)
def test_the_shares_of_a_budget_are_always_those_of_the_lines(lines, own):
    wishes = tuple(
        LineWish(funder_id=p.DRAC, kind=LineKind.PASSEURS if n % 2 else LineKind.CO_FUNDING, asked_cents=asked)
        for n, (asked, _) in enumerate(lines)
    )
    total = sum(asked for asked, _ in lines)
    forecast = Budget(charges=(Entry(label="x", cents=total + own),), resources=(Entry(label="y", cents=own),))
    dossier = a.a_validated_with(replace(p.FILE, lines=wishes, forecast=forecast))
    project = dossier.project
    assert project.forecast.cash_resources == project.asked_cents + own
    for line, (asked, granted) in zip(project.lines, lines, strict=True):
        decision = LineDecision(granted_cents=min(asked, granted), decided_on=p.day("2025-02-27"))
        project, _ = financing.decide_line(project, line.id, decision, at=FEBRUARY)
    charges = (Entry(label="x", cents=project.granted_cents + own),)
    revised, _ = financing.revise_budget(project, replace(forecast, charges=charges), at=FEBRUARY)
    settled = p.there(revised.revised)
    assert rules.balance(settled, BudgetStage.REVISED, TODAY) is None
    passeurs = sum(line.granted_cents or 0 for line in project.lines if line.kind is LineKind.PASSEURS)
    assert settled.passeurs == passeurs
    assert p.there(revised.published().budgets.revised).passeurs.amount * 100 == passeurs

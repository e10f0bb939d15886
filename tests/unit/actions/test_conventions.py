"""Conventions: when one is due (R25), who has signed, and what is not paid before."""

from contextlib import nullcontext
from dataclasses import replace

import pytest

from actions.domain import financing
from actions.domain.funding import Payment
from actions.domain.project import Project
from actions.domain.refusals import (
    BalanceAfterReport,
    ConventionNotSigned,
    NoSuchConvention,
    NothingAsked,
    NotPossibleInThisState,
    SignedBeforeSent,
)
from actions.domain.rules import money as rules
from common.contracts.actions import Convention, LineKind, LineStatus, PaymentStage, ProjectStatus, ReportStatus
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p
from tests.unit.actions.dossiers import Dossier

TODAY = p.day("2025-04-10")
FEBRUARY = p.at("2025-02-27 12:00")


@pytest.mark.parametrize(
    ("cents", "public", "kind", "due"),
    [
        (2_300_000, True, LineKind.CO_FUNDING, False),
        (2_300_001, True, LineKind.CO_FUNDING, True),
        (2_300_001, False, LineKind.CO_FUNDING, False),
        (1, True, LineKind.PASSEURS, True),
    ],
)
def test_r25_over_the_threshold_or_where_the_campaign_wants_it(cents, public, kind, due):
    verdict = rules.convention(cents, TODAY, public_to_association=public, kind=kind, required_for=(LineKind.PASSEURS,))
    assert (verdict and verdict.rule) == ("R25" if due else None)


def test_r25_the_year_is_counted_over_all_projects_of_the_holder():
    dossier = a.all_decided(a.a_validated())
    project, _ = financing.revise_budget(dossier.project, p.REVISED, at=p.at("2025-04-10 10:00"))
    just_under = {p.VILLE: 2_300_000 - 80_000}
    funded, _ = financing.fund(project, dossier.campaign, granted_elsewhere=just_under, at=p.at("2025-04-10 11:00"))
    assert funded.state is ProjectStatus.FUNDED
    with pytest.raises(ConventionNotSigned) as refused:
        financing.fund(
            project,
            dossier.campaign,
            granted_elsewhere={p.VILLE: just_under[p.VILLE] + 1},
            at=p.at("2025-04-10 11:00"),
        )
    assert p.verdict_of(refused).rule == "R25"


def test_r25_no_payment_before_the_signature():
    dossier = a.granted(a.a_validated(), p.DRAC, 1600, "2025-02-27")
    with pytest.raises(ConventionNotSigned):
        a.paid(dossier, p.DRAC, 1120, "2025-04-02", PaymentStage.ADVANCE)
    dossier = a.convention(dossier, sent="2025-03-04", signed="2025-03-11")
    assert dossier.project.line(dossier.line(p.DRAC)).state is LineStatus.AGREEMENT_SIGNED
    dossier = a.paid(dossier, p.DRAC, 1120, "2025-04-02", PaymentStage.ADVANCE)
    assert dossier.project.line(dossier.line(p.DRAC)).state is LineStatus.ADVANCE_PAID


def pay_of_town(dossier: Dossier, stage: PaymentStage, cents: int, elsewhere: int) -> Project:
    """Let the town pay, which granted `elsewhere` to the same holder in other projects."""
    payment = Payment(stage=stage, cents=cents, paid_on=p.day("2025-03-26"))
    return financing.pay_line(
        dossier.project,
        dossier.line(p.VILLE),
        payment,
        campaign=dossier.campaign,
        report_state=None,
        granted_elsewhere=elsewhere,
        at=p.at("2025-04-10 12:00"),
    )[0]


@pytest.mark.parametrize("stage", [PaymentStage.ADVANCE, PaymentStage.BALANCE])
def test_r25_an_advance_is_no_signature(stage):
    """The advance was lawful without a convention; then the town's other grants passed the threshold."""
    dossier = a.granted(a.a_validated(), p.VILLE, 800, "2025-03-25")
    dossier = dossier.having(project=pay_of_town(dossier, PaymentStage.ADVANCE, 50_000, 0))
    with pytest.raises(ConventionNotSigned) as refused:
        pay_of_town(dossier, stage, 10_000, 2_300_000)
    assert p.verdict_of(refused).rule == "R25"
    dossier = a.convention(dossier, sent="2025-03-27", signed="2025-03-28", funder=p.VILLE)
    assert dossier.project.line(dossier.line(p.VILLE)).state is LineStatus.ADVANCE_PAID
    assert pay_of_town(dossier, stage, 10_000, 2_300_000).line(dossier.line(p.VILLE)).paid_cents == 60_000


def test_r25_a_convention_sent_is_not_signed_and_one_on_another_line_signs_for_none():
    dossier = a.granted(a.granted(a.a_validated(), p.VILLE, 800, "2025-02-26"), p.DRAC, 1600, "2025-02-26")
    other = a.convention(dossier, sent="2025-02-27", signed="2025-02-27")
    with pytest.raises(ConventionNotSigned):
        pay_of_town(other, PaymentStage.ADVANCE, 1, 2_300_000)
    sent, _ = financing.send_convention(
        other.project,
        replace(other.project.conventions[0], id=p.an_id("sent"), line_ids=(other.line(p.VILLE),)),
        at=FEBRUARY,
    )
    with pytest.raises(ConventionNotSigned):
        pay_of_town(other.having(project=sent), PaymentStage.ADVANCE, 1, 2_300_000)


def test_r25_what_is_paid_whole_can_still_be_signed_for_and_must_be_to_be_funded():
    dossier = a.all_decided(a.a_validated())
    dossier = a.paid(dossier, p.VILLE, 800, "2025-04-09")
    project, _ = financing.revise_budget(dossier.project, p.REVISED, at=p.at("2025-04-10 10:00"))
    over, when = {p.VILLE: 2_300_000}, p.at("2025-04-10 11:00")
    with pytest.raises(ConventionNotSigned):
        financing.fund(project, dossier.campaign, granted_elsewhere=over, at=when)
    signed = a.convention(dossier.having(project=project), sent="2025-04-09", signed="2025-04-10", funder=p.VILLE)
    assert signed.project.line(dossier.line(p.VILLE)).state is LineStatus.BALANCE_PAID
    assert financing.fund(signed.project, dossier.campaign, granted_elsewhere=over, at=when)


def test_below_the_threshold_a_balance_is_paid_without_a_convention_and_before_the_report():
    dossier = a.granted(a.a_validated(), p.VILLE, 800, "2025-03-25")
    dossier = a.paid(dossier, p.VILLE, 800, "2025-03-26")
    assert dossier.project.line(dossier.line(p.VILLE)).state is LineStatus.BALANCE_PAID


def test_a_balance_waits_for_the_report_where_the_convention_says_so():
    dossier = a.granted(a.a_validated(), p.DRAC, 1600, "2025-02-27")
    dossier = a.convention(dossier, sent="2025-03-04", signed="2025-03-11", after_report=True)
    with pytest.raises(BalanceAfterReport):
        a.paid(dossier, p.DRAC, 1600, "2025-04-02")
    dossier = a.paid(dossier, p.DRAC, 1120, "2025-04-02", PaymentStage.ADVANCE)
    line, payment = dossier.line(p.DRAC), Payment(stage=PaymentStage.BALANCE, cents=48_000, paid_on=TODAY)
    for state, paid in ((ReportStatus.RETURNED, False), (ReportStatus.SUBMITTED, True), (ReportStatus.VALIDATED, True)):
        with nullcontext() if paid else pytest.raises(BalanceAfterReport):
            financing.pay_line(
                dossier.project,
                line,
                payment,
                campaign=dossier.campaign,
                report_state=state,
                granted_elsewhere=0,
                at=p.at("2025-04-10 12:00"),
            )


def test_a_convention_is_about_granted_lines_and_is_signed_once():
    dossier = a.granted(a.a_validated(), p.CAF, 0, "2025-02-27")
    empty = Convention(
        id=p.an_id("c"),
        line_ids=(),
        reference="",
        sent_on=p.day("2025-02-27"),
        signed_on=None,
        balance_after_report=False,
    )
    with pytest.raises(NothingAsked):
        financing.send_convention(dossier.project, empty, at=FEBRUARY)
    for funder in (p.CAF, p.DRAC):  # refused, not decided
        with pytest.raises(NotPossibleInThisState):
            financing.send_convention(dossier.project, replace(empty, line_ids=(dossier.line(funder),)), at=FEBRUARY)
    with pytest.raises(NoSuchConvention):
        financing.sign_convention(dossier.project, p.an_id("c"), p.day("2025-02-27"), at=FEBRUARY)
    dossier = a.convention(a.granted(dossier, p.DRAC, 1600, "2025-02-27"), sent="2025-02-27", signed="2025-02-27")
    with pytest.raises(NotPossibleInThisState):
        financing.sign_convention(dossier.project, p.an_id("convention"), p.day("2025-02-27"), at=FEBRUARY)


def test_a_convention_is_signed_on_the_day_it_is_sent_or_later():
    """A signature of the day before would pay what R25 has wait: the agreement was not out yet."""
    dossier = a.granted(a.a_validated(), p.DRAC, 1600, "2025-02-27")
    with pytest.raises(SignedBeforeSent) as refused:
        a.convention(dossier, sent="2025-03-04", signed="2025-03-03")
    assert refused.value.errors[0].pointer == "/signed_on"
    signed = a.convention(dossier, sent="2025-03-04", signed="2025-03-04").project
    assert signed.has_signed_for(dossier.line(p.DRAC))

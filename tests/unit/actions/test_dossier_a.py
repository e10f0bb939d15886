"""Dossier A (deploy/dossiers/poitiers.yaml), played in the domain alone: its states, its versions, its figures."""

from fractions import Fraction

from actions.domain import closing, reviewing
from common.contracts.actions import (
    ActionState,
    ActionStatus,
    Cell,
    Dimension,
    LineStatus,
    Measure,
    PaymentStage,
    ProjectState,
    ProjectStatus,
    ReportState,
    ReportStatus,
)
from common.contracts.money import cents
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p


def test_dossier_a_gives_its_figures():
    dossier = a.a_draft()
    assert dossier.project.state is ProjectStatus.DRAFT
    assert p.there(dossier.project.published().budgets.forecast).cash_charges.amount == 3600
    dossier = a.eligible(a.resubmitted(a.incomplete(a.submitted(dossier))))
    dossier = a.all_decided(a.decided(dossier))
    assert [line.state for line in dossier.project.lines] == [
        LineStatus.ADVANCE_PAID,
        LineStatus.GRANTED,
        LineStatus.PARTIALLY_GRANTED,
        LineStatus.REFUSED,
    ]
    dossier = a.funded(dossier)
    dossier = a.workshop_scheduled(dossier)
    assert dossier.workshop.state is ActionStatus.SCHEDULED
    dossier = a.workshop_held(dossier)
    dossier = a.permitted(a.authorised(a.rights_confirmed(a.screening_planned(dossier))))
    dossier = a.screening_postponed(a.screening_scheduled(dossier))
    assert dossier.screening.state is ActionStatus.POSTPONED
    dossier = a.screening_held(a.screening_rescheduled(dossier))
    dossier = a.paid(dossier, p.VILLE, 800, "2025-09-02")

    dossier = a.reported(dossier, p.a_content(women=108))
    report, _ = reviewing.send_back(dossier.report, ["R36"], at=p.at("2025-09-24 10:00"))
    dossier = dossier.having(filed=report)
    report, _ = reviewing.resubmit(
        dossier.report, p.a_content(), dossier.project, dossier.actions, at=p.at("2025-09-26 10:00")
    )
    dossier = a.report_validated(dossier.having(filed=report))
    assert dossier.report.state is ReportStatus.VALIDATED
    assert dossier.report.edition.number == 2
    dossier = a.accounted(a.paid(dossier, p.PREFECTURE, 500, "2025-10-21"))
    dossier = a.paid(dossier, p.DRAC, 480, "2026-01-13")
    project, _ = closing.close(dossier.project, dossier.report.state, (), at=p.at("2026-01-15 10:00"))

    assert project.state is ProjectStatus.CLOSED
    figures(
        project.published(), dossier.workshop.published(), dossier.screening.published(), dossier.report.published()
    )


def figures(project: ProjectState, workshop: ActionState, screening: ActionState, report: ReportState) -> None:
    """Every figure of the dossier, each from one published state."""
    assert (screening.measure, screening.attendance) == (Measure.SPECTATORS, 214)
    assert (workshop.measure, workshop.attendance, workshop.participants_distinct) == (Measure.PARTICIPANTS, 36, 9)
    assert (screening.held_on, workshop.held_on) == (p.day("2025-07-25"), p.day("2025-04-25"))
    assert {place.priority_district for place in screening.places} == {"QN08605M"}
    assert all(place.located_in_district for place in screening.places)

    actual = project.budgets.actual
    assert actual is not None
    passeurs = Fraction(actual.passeurs.amount) / Fraction(actual.cash_charges.amount)
    assert round(float(passeurs) * 100, 1) == 46.1
    assert round(float(1 - passeurs) * 100, 1) == 53.9
    assert round(float(actual.cash_charges.amount) / (214 + 9), 2) == 15.56
    assert (cents(actual.in_kind_total), cents(actual.cash_charges)) == (156_000, 347_000)
    revised = project.budgets.revised
    assert revised is not None
    assert (cents(revised.cash_charges), cents(revised.passeurs)) == (334_000, 160_000)
    euros = [(line.asked.amount, p.there(line.granted).amount, line.paid.amount) for line in project.lines]
    assert [tuple(map(int, line)) for line in euros] == [
        (1800, 1600, 1600),
        (800, 800, 800),
        (700, 500, 500),
        (300, 0, 0),
    ]
    assert sum(p.amount.amount for p in project.lines[0].payments if p.stage is PaymentStage.ADVANCE) == 1120

    told = {action.action_id: action for action in report.actions}[screening.id]
    ages = {
        count.cell: count.people
        for one in told.breakdowns
        if one.dimension is Dimension.AGE_BAND
        for count in one.counts
    }
    young = ages[Cell.FROM_12_TO_17] + ages[Cell.FROM_18_TO_25]
    assert round(young / told.total * 100, 1) == 35.0
    assert (report.region, report.department, told.held_on) == ("75", "86", p.day("2025-07-25"))
    assert report.actual == actual

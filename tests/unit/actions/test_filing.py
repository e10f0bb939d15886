"""The file: R15, R17, R20, R21, R22, R26, R27, and the guards of T1 to T6 and T24."""

from dataclasses import replace
from datetime import datetime

import pytest

from actions.domain import campaign, filing
from actions.domain.known import Appointment, Coordination
from actions.domain.refusals import (
    BudgetNotBalanced,
    CampaignNotOpen,
    DeadlinePassed,
    DueDateNotPassed,
    DueDatePassed,
    FileNotComplete,
    HolderClosed,
    InTheFuture,
    NotAppointed,
    NothingAsked,
    OnSchoolTime,
    OpenAirAlone,
    OutsidePerimeter,
    PriorContactMissing,
    TriadIncomplete,
)
from actions.domain.rules import filing as rules
from common.contracts.actions import (
    ActionChanged,
    ActionType,
    CampaignRulesChanged,
    Companion,
    LineStatus,
    MissingPieces,
    Partner,
    PartnerFunction,
    PriorContact,
    ProjectChanged,
    ProjectDeclaredIneligible,
    ProjectStatus,
)
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p


@pytest.mark.parametrize(
    ("zone", "moment", "in_time"),
    [
        ("Europe/Paris", "2025-01-24T23:59:59+01:00", True),
        ("Europe/Paris", "2025-01-24T23:59:59.999999+01:00", True),
        ("Europe/Paris", "2025-01-25T00:00:00+01:00", False),
        ("Indian/Reunion", "2025-01-24T23:59:59+04:00", True),
        ("Indian/Reunion", "2025-01-24T23:59:59+01:00", False),
        ("America/Cayenne", "2025-01-25T03:59:59+01:00", True),
        ("America/Cayenne", "2025-01-25T04:00:00+01:00", False),
    ],
)
def test_r22_the_deadline_is_the_last_second_by_the_campaigns_own_clock(zone, moment, in_time):
    dossier = a.a_draft(zone=zone)
    when = datetime.fromisoformat(moment)
    if in_time:
        project, _ = filing.submit(dossier.project, dossier.campaign, dossier.actions, at=when)
        assert project.state is ProjectStatus.SUBMITTED
        return
    with pytest.raises(DeadlinePassed) as refused:
        filing.submit(dossier.project, dossier.campaign, dossier.actions, at=when)
    assert p.verdict_of(refused).rule == "R22"


def test_r21_a_contact_before_the_file_where_the_campaign_asks_for_it():
    dossier = a.a_draft()
    silent = replace(dossier.project, prior_contact=None)
    with pytest.raises(PriorContactMissing) as refused:
        filing.submit(silent, dossier.campaign, dossier.actions, at=p.at("2025-01-21 10:00"))
    assert p.verdict_of(refused).rule == "R21"
    relaxed = replace(dossier.campaign, rules=replace(p.RULES, prior_contact_required=False))
    assert filing.submit(silent, relaxed, dossier.actions, at=p.at("2025-01-21 10:00"))[0].version == 3


def test_r21_a_contact_is_not_recorded_before_it_took_place():
    dossier = a.a_draft()
    tomorrow = PriorContact(contacted_on=p.day("2024-12-04"), note="")
    with pytest.raises(InTheFuture):
        filing.record_prior_contact(dossier.project, tomorrow, at=p.at("2024-12-03 23:59"))


def test_r26_the_main_commune_lies_in_the_perimeter_of_the_campaigns_date():
    opened = a.an_open_campaign()
    toulouse = replace(p.FILE, main=replace(p.FILE.main, municipality="31555", department="31", region="76"))
    with pytest.raises(OutsidePerimeter) as refused:
        filing.draft(
            toulouse, opened, p.HOLDER, p.FUNDERS, new_id=p.new_ids("p"), action_ids=(), at=p.at("2024-12-03 10:00")
        )
    assert p.verdict_of(refused).rule == "R26"
    narrower = replace(opened, departments=("16", "17", "79"))
    dossier = a.submitted(a.a_draft())
    with pytest.raises(OutsidePerimeter):
        filing.declare_eligible(dossier.project, narrower, dossier.actions, at=p.at("2025-02-05 10:00"))


def test_r26_the_perimeter_is_kept_as_it_was_on_the_campaigns_day():
    opened = a.an_open_campaign()
    assert opened.departments == ("16", "17", "79", "86")
    assert opened.date == p.day("2024-10-15")


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2023-12-31 23:59", False),
        ("2024-01-01 00:00", True),
        ("2026-12-31 23:59", True),
        ("2027-01-01 00:00", False),
    ],
)
def test_r27_only_an_appointed_coordination_opens_a_campaign(moment, opens):
    plan = replace(p.CAMPAIGN_PLAN, ends_on=p.day("2027-12-31"))  # it is the appointment that ends first
    drafted, _ = campaign.draft(plan, p.COORDINATION, campaign_id=p.an_id("campaign"), at=p.at("2023-10-01 10:00"))
    if opens:
        assert campaign.open_call(drafted, p.COORDINATION, at=p.at(moment))[0].departments
        return
    with pytest.raises(NotAppointed) as refused:
        campaign.open_call(drafted, p.COORDINATION, at=p.at(moment))
    assert p.verdict_of(refused).rule == "R27"


def test_r27_successive_appointments_of_a_coordination():
    first, second = (
        Appointment(departments=frozenset({code}), valid_from=p.day(start), valid_until=p.day(end) if end else None)
        for code, start, end in (("86", "2024-01-01", "2024-06-30"), ("79", "2024-07-01", None))
    )
    coordination = Coordination(id=p.an_id("c"), region="75", appointments=(first, second))
    assert coordination.perimeter_on(p.day("2024-06-30")) == {"86"}
    assert coordination.perimeter_on(p.day("2030-01-01")) == {"79"}
    assert coordination.perimeter_on(p.day("2023-12-31")) == frozenset()


T = ActionType


@pytest.mark.parametrize(
    ("dated", "companion", "refused"),
    [
        ([(T.OPEN_AIR_SCREENING, "2025-07-18")], Companion.ANY, True),
        ([(T.OPEN_AIR_SCREENING, "2025-07-18"), (T.SPECIAL_SCREENING, "2025-06-01")], Companion.ANY, True),
        ([(T.OPEN_AIR_SCREENING, "2025-07-18"), (T.OPEN_AIR_SCREENING, "2025-06-01")], Companion.ANY, True),
        ([(T.OPEN_AIR_SCREENING, "2025-07-18"), (T.MEETING, "2025-09-01")], Companion.ANY, False),
        ([(T.OPEN_AIR_SCREENING, "2025-07-18"), (T.DISSEMINATION, "2025-07-18")], Companion.ANY, False),
        ([(T.OPEN_AIR_SCREENING, "2025-07-18"), (T.FILMMAKING_WORKSHOP, "2025-07-01")], Companion.ANY, False),
        ([(T.SPECIAL_SCREENING, "2025-07-18")], Companion.ANY, False),
        (
            [(T.OPEN_AIR_SCREENING, "2025-07-18"), (T.FILMMAKING_WORKSHOP, "2025-07-01")],
            Companion.PROGRAMMING_WORKSHOP_BEFORE,
            True,
        ),
        (
            [(T.OPEN_AIR_SCREENING, "2025-07-18"), (T.PROGRAMMING_WORKSHOP, "2025-07-18")],
            Companion.PROGRAMMING_WORKSHOP_BEFORE,
            True,
        ),
        (
            [(T.OPEN_AIR_SCREENING, "2025-07-18"), (T.PROGRAMMING_WORKSHOP, "2025-07-17")],
            Companion.PROGRAMMING_WORKSHOP_BEFORE,
            False,
        ),
    ],
)
def test_r15_an_open_air_screening_has_company(dated, companion, refused):
    given = [(kind, p.day(first)) for kind, first in dated]
    verdict = rules.open_air_company(given, companion, p.day("2025-02-05"))
    assert (verdict and verdict.rule) == ("R15" if refused else None)


def test_r15_is_refused_at_eligible():
    dossier = a.submitted(a.a_draft())
    with pytest.raises(OpenAirAlone):
        filing.declare_eligible(dossier.project, dossier.campaign, [dossier.screening], at=p.at("2025-02-05 10:00"))


def partners(**bodies: str) -> tuple[Partner, ...]:
    return tuple(
        Partner(organisation_id=p.an_id(body), function=PartnerFunction(function))
        for function, names in bodies.items()
        for body in names.split()
    )


@pytest.mark.parametrize(
    ("three", "refused"),
    [
        ({"cultural_actor": "x", "local_authority": "y", "public_structure": "z"}, False),
        ({"cultural_actor": "x", "local_authority": "y"}, True),
        ({"cultural_actor": "x", "public_structure": "z"}, True),
        ({"local_authority": "y", "public_structure": "z", "artist": "x"}, True),
        ({"cultural_actor": "x", "local_authority": "x", "public_structure": "z"}, True),
        ({"cultural_actor": "x w", "local_authority": "x", "public_structure": "z"}, False),
        ({"cultural_actor": "x z", "local_authority": "x", "public_structure": "z"}, True),
    ],
)
def test_r17_three_bodies_for_three_places(three, refused):
    verdict = rules.triad(partners(**three), p.day("2025-02-05"))
    assert (verdict and verdict.rule) == ("R17" if refused else None)


def test_r17_is_refused_at_eligible():
    dossier = a.submitted(a.a_draft(replace(p.FILE, partners=p.TRIAD[:2])))
    with pytest.raises(TriadIncomplete):
        a.eligible(dossier)


def test_r20_school_time_is_as_declared():
    dossier = a.submitted(a.a_draft())
    with pytest.raises(OnSchoolTime) as refused:
        a.eligible(dossier.having(workshop=replace(dossier.workshop, out_of_school=False)))
    assert p.verdict_of(refused).rule == "R20"


def test_r23_a_forecast_out_of_balance_by_a_cent_is_not_submitted():
    forecast = replace(p.FORECAST, charges=(*p.FORECAST.charges, replace(p.FORECAST.charges[0], cents=1)))
    dossier = a.a_draft(replace(p.FILE, forecast=forecast))
    with pytest.raises(BudgetNotBalanced) as refused:
        a.submitted(dossier)
    assert p.verdict_of(refused).rule == "R23"
    assert refused.value.errors[0].pointer == "/forecast"


def test_t1_a_holder_s_last_day_is_its_own():
    closing = replace(p.HOLDER, closed_on=p.day("2024-12-03"))
    campaign_, at = a.an_open_campaign(), p.at("2024-12-03 23:59")
    drafted = filing.draft(p.FILE, campaign_, closing, p.FUNDERS, new_id=p.new_ids("p"), action_ids=(), at=at)
    assert drafted[0].holder_id == closing.id


def test_t1_needs_an_open_campaign_and_a_holder_that_exists():
    opened = a.an_open_campaign()
    closed, _ = campaign.close(opened, at=p.at("2025-02-01 10:00"))
    drafted, _ = campaign.draft(
        p.CAMPAIGN_PLAN, p.COORDINATION, campaign_id=p.an_id("campaign"), at=p.at("2024-10-01 10:00")
    )
    ceased = replace(p.HOLDER, closed_on=p.day("2024-12-02"))
    cases = [(closed, p.HOLDER, CampaignNotOpen), (drafted, p.HOLDER, CampaignNotOpen), (opened, ceased, HolderClosed)]
    for in_campaign, holder, refusal in cases:
        with pytest.raises(refusal):
            filing.draft(
                p.FILE,
                in_campaign,
                holder,
                p.FUNDERS,
                new_id=p.new_ids("p"),
                action_ids=(),
                at=p.at("2024-12-03 10:00"),
            )


def test_t2_needs_a_whole_file_and_makes_the_lines_requests():
    dossier = a.a_draft()
    with pytest.raises(FileNotComplete) as refused:
        filing.submit(
            replace(dossier.project, title="", partners=()), dossier.campaign, (), at=p.at("2025-01-21 10:00")
        )
    assert {error.pointer for error in refused.value.errors} == {"/title", "/partners", "/actions"}
    assert {line.state for line in dossier.project.lines} == {LineStatus.PLANNED}
    dossier = a.submitted(dossier)
    assert {line.state for line in dossier.project.lines} == {LineStatus.REQUESTED}


def test_t2_takes_the_territory_of_every_place():
    dossier = a.a_draft()
    niort = replace(p.SQUARE, id=p.an_id("niort"), municipality="79191", department="79")
    dossier = a.submitted(dossier.having(screening=replace(dossier.screening, places=(niort,))))
    assert dossier.project.municipalities == ("86194", "79191")
    assert dossier.project.departments == ("86", "79")
    assert dossier.project.about().effective_on == p.day("2024-10-15")


def test_t2_is_not_possible_in_a_closed_campaign():
    dossier = a.a_draft()
    closed, _ = campaign.close(dossier.campaign, at=p.at("2025-01-10 10:00"))
    with pytest.raises(CampaignNotOpen):
        filing.submit(dossier.project, closed, dossier.actions, at=p.at("2025-01-21 10:00"))


def test_t3_names_pieces_and_a_day_to_come():
    dossier = a.submitted(a.a_draft())
    for missing in (
        MissingPieces(pieces=(), due_on=p.day("2025-02-07")),
        MissingPieces(pieces=("RIB",), due_on=p.day("2025-01-28")),
    ):
        with pytest.raises(NothingAsked):
            filing.return_incomplete(dossier.project, missing, at=p.at("2025-01-29 10:00"))


@pytest.mark.parametrize(("moment", "in_time"), [("2025-02-07 23:59:59", True), ("2025-02-08 00:00:00", False)])
def test_t4_before_the_due_date_though_after_the_deadline_t6_by_the_timer_after(moment, in_time):
    dossier = a.incomplete(a.submitted(a.a_draft()))
    when = p.at(moment)
    if in_time:
        assert filing.resubmit(dossier.project, dossier.actions, at=when)[0].missing is None
        with pytest.raises(DueDateNotPassed):
            filing.lapse(dossier.project, at=when)
        return
    with pytest.raises(DueDatePassed):
        filing.resubmit(dossier.project, dossier.actions, at=when)
    lapsed, facts = filing.lapse(dossier.project, at=when)
    assert lapsed.state is ProjectStatus.INELIGIBLE
    assert p.only(facts, ProjectDeclaredIneligible).reason == "due_date_passed"


def test_t4_a_changed_file_keeps_the_ids_of_lines_to_the_same_funders():
    dossier = a.incomplete(a.submitted(a.a_draft()))
    before = {line.funder_id: line.id for line in dossier.project.lines}
    file = replace(p.FILE, lines=(p.FILE.lines[2], replace(p.FILE.lines[0], asked_cents=290_000)))
    changed, facts = filing.change(
        dossier.project, file, dossier.campaign, p.FUNDERS, new_id=p.new_ids("n"), at=p.at("2025-02-01 10:00")
    )
    assert {line.funder_id: line.id for line in changed.lines} == {f: before[f] for f in (p.DRAC, p.PREFECTURE)}
    assert p.only(facts, ProjectChanged).changed == ("lines", "forecast")
    project, _ = filing.resubmit(changed, dossier.actions, at=p.at("2025-02-03 10:00"))
    assert {line.state for line in project.lines} == {LineStatus.REQUESTED}


def test_t6_has_a_reason():
    with pytest.raises(NothingAsked):
        filing.declare_ineligible(a.submitted(a.a_draft()).project, "", at=p.at("2025-02-05 10:00"))


def test_a_change_of_rules_is_numbered_and_judges_what_comes_after():
    dossier = a.a_draft()
    earlier = replace(p.RULES, deadline_on=p.day("2025-01-20"))
    changed, facts = campaign.change_rules(dossier.campaign, earlier, at=p.at("2025-01-10 10:00"))
    assert (changed.rules.number, p.only(facts, CampaignRulesChanged).rules.number) == (2, 2)
    with pytest.raises(DeadlinePassed):
        filing.submit(dossier.project, changed, dossier.actions, at=p.at("2025-01-21 10:00"))


def test_an_action_of_a_draft_can_be_described_otherwise():
    dossier = a.a_draft()
    plan = replace(p.WORKSHOP, title="Choisir deux films", intergenerational=True)
    changed, facts = a.change(dossier.workshop, plan, dossier.given, at=p.at("2024-12-04 10:00"))
    assert p.only(facts, ActionChanged).changed == ("title", "intergenerational")
    assert changed.version == 2

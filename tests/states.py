"""Whole states of campaigns, projects, actions and reports, as announced: a test names what it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from common.contracts.actions import (
    CELLS_OF,
    ActionState,
    ActionStatus,
    ActionType,
    Authorisation,
    AuthorisationStatus,
    Breakdown,
    Budget,
    Budgets,
    CampaignState,
    CampaignStatus,
    Cell,
    Companion,
    Count,
    CountMethod,
    Dimension,
    FundingLine,
    LineKind,
    LineStatus,
    Locality,
    Measure,
    Payment,
    PaymentStage,
    Period,
    Place,
    ProjectState,
    ProjectStatus,
    ReportedAction,
    ReportState,
    ReportStatus,
    RuleSet,
    Session,
    SessionStatus,
    Setting,
    Under12Outdoors,
)
from common.contracts.money import money

AT = datetime(2025, 7, 26, 9, tzinfo=UTC)


def named(name: str) -> UUID:
    """Give the same name the same id."""
    return uuid5(NAMESPACE_OID, name)


COORDINATION, HOLDER = named("coordination"), named("holder")
DRAC, CITY, STATE, CAF = (named(name) for name in ("drac", "city", "state", "caf"))


def place(**given: Any) -> Place:
    plain = Place(
        id=named("place"),
        label="Place de Provence",
        municipality="86194",
        declared_code="86194",
        name="Poitiers",
        department="86",
        region="75",
        epci="200069854",
        density=2,
        priority_district="QN08605M",
        located_in_district=True,
        vintage=2025,
    )
    return replace(plain, **given)


def campaign(id_: UUID, version: int = 1, **given: Any) -> CampaignState:
    plain = CampaignState(
        id=id_,
        version=version,
        occurred_at=AT,
        state=CampaignStatus.OPEN,
        coordination_id=COORDINATION,
        region="75",
        departments=("86",),
        year=2025,
        session=1,
        title="Campagne 2025",
        zone="Europe/Paris",
        opened_on=date(2024, 10, 15),
        ends_on=date(2025, 12, 31),
        rules=RuleSet(
            number=1,
            deadline_on=date(2025, 1, 24),
            prior_contact_required=True,
            companion=Companion.ANY,
            under_12_outdoors=Under12Outdoors.REFUSED,
            convention_required_for=(),
            extension_days=0,
        ),
    )
    return replace(plain, **given)


def session(held_on: date, attendance: int | None, **given: Any) -> Session:
    plain = Session(
        id=named(f"session {held_on}"),
        state=SessionStatus.HELD,
        held_on=held_on,
        starts_at=time(22, 15),
        zone="Europe/Paris",
        place_id=named("place"),
        responsible="La coordinatrice",
        programme=(),
        fallback_on=None,
        attendance=attendance,
        method=CountMethod.COUNTED,
        cause=None,
    )
    return replace(plain, **given)


def action(id_: UUID, version: int = 1, **given: Any) -> ActionState:
    """Build an open-air screening of 25 July 2025, held before 214 spectators."""
    plain = ActionState(
        id=id_,
        version=version,
        occurred_at=AT,
        state=ActionStatus.HELD,
        postponed_from=None,
        project_id=named("project"),
        project_state=ProjectStatus.FUNDED,
        campaign_id=named("campaign"),
        campaign_year=2025,
        coordination_id=COORDINATION,
        holder_id=HOLDER,
        vintage=2025,
        effective_on=date(2025, 7, 25),
        action_type=ActionType.OPEN_AIR_SCREENING,
        measure=Measure.SPECTATORS,
        title="Linda veut du poulet !",
        description="",
        setting=Setting.OUTDOORS,
        closed_circuit=None,
        site_authority_id=None,
        regime=None,
        organiser_id=HOLDER,
        price=money(0),
        out_of_school=True,
        intergenerational=False,
        access_note="",
        period=Period(first_on=date(2025, 7, 1), last_on=date(2025, 7, 31)),
        places=(place(),),
        municipalities=("86194",),
        departments=("86",),
        regions=("75",),
        parties=(),
        sessions=(session(date(2025, 7, 25), 214),),
        authorisation=Authorisation(state=AuthorisationStatus.GRANTED),
        clearances=(),
        permits=(),
        neighbours=None,
        site_approval=None,
        attendance=214,
        participants_distinct=None,
        held_on=date(2025, 7, 25),
        cancellation=None,
        notices=(),
    )
    return replace(plain, **given)


def workshop(id_: UUID, version: int = 1, *, people: int = 9, **given: Any) -> ActionState:
    """Build a programming workshop of four sessions in April 2025, held with nine people."""
    days = [date(2025, 4, day) for day in (22, 23, 24, 25)]
    plain = action(
        id_,
        version,
        action_type=ActionType.PROGRAMMING_WORKSHOP,
        measure=Measure.PARTICIPANTS,
        title="Choisir un film",
        sessions=tuple(session(day, people) for day in days),
        attendance=4 * people,
        participants_distinct=people,
        held_on=days[-1],
        effective_on=days[0],
    )
    return replace(plain, **given)


def line(name: str, funder: UUID, asked: int, granted: int | None = None, paid: int = 0, **given: Any) -> FundingLine:
    """Build a funding line; amounts are euros."""
    state = LineStatus.REQUESTED if granted is None else LineStatus.GRANTED if granted else LineStatus.REFUSED
    payment = Payment(stage=PaymentStage.ADVANCE, amount=money(paid * 100), paid_on=date(2025, 4, 2), reference="")
    plain = FundingLine(
        id=named(name),
        funder_id=funder,
        kind=LineKind.PASSEURS if funder == DRAC else LineKind.CO_FUNDING,
        public_funder=True,
        state=state,
        asked=money(asked * 100),
        granted=None if granted is None else money(granted * 100),
        paid=money(paid * 100),
        decided_on=None,
        reference="",
        conditions="",
        payments=(payment,) if paid else (),
        account_accepted_on=None,
    )
    return replace(plain, **given)


def budget(cash: int, passeurs: int, in_kind: int) -> Budget:
    """Build a budget from its totals, in euros."""
    return Budget(
        charges=(),
        resources=(),
        lines=(),
        in_kind_charges=(),
        in_kind_resources=(),
        cash_charges=money(cash * 100),
        cash_resources=money(cash * 100),
        passeurs=money(passeurs * 100),
        in_kind_total=money(in_kind * 100),
    )


FORECAST, REVISED, ACTUAL = budget(3600, 1800, 1300), budget(3340, 1600, 1560), budget(3470, 1600, 1560)
DECIDED = (
    line("line drac", DRAC, 1800, 1600, 1120),
    line("line city", CITY, 800, 800),
    line("line state", STATE, 700, 500),
    line("line caf", CAF, 300, 0),
)


def project(id_: UUID, version: int = 1, **given: Any) -> ProjectState:
    """Build the project of dossier A as it stands once funded."""
    plain = ProjectState(
        id=id_,
        version=version,
        occurred_at=AT,
        state=ProjectStatus.FUNDED,
        campaign_id=named("campaign"),
        coordination_id=COORDINATION,
        campaign_year=2025,
        effective_on=date(2024, 10, 15),
        vintage=2025,
        holder_id=HOLDER,
        title="Un été de cinéma aux Couronneries",
        summary="",
        main=Locality(
            municipality="86194", name="Poitiers", department="86", region="75", epci=None, density=2, vintage=2025
        ),
        municipalities=("86194",),
        departments=("86",),
        regions=("75",),
        partners=(),
        parties=(),
        lines=DECIDED,
        conventions=(),
        budgets=Budgets(forecast=FORECAST, revised=REVISED),
        prior_contact=None,
        missing=None,
        decisions=(),
        account=None,
        reason="",
        submitted_at=None,
        funded_at=None,
        closed_at=None,
    )
    return replace(plain, **given)


def breakdown(dimension: Dimension, method: CountMethod, counts: Mapping[Cell, int]) -> Breakdown:
    return Breakdown(
        dimension=dimension, method=method, counts=tuple(Count(cell=cell, people=n) for cell, n in counts.items())
    )


SCREENED = (
    breakdown(
        Dimension.AGE_BAND,
        CountMethod.ESTIMATED,
        {
            Cell.UNDER_12: 62,
            Cell.FROM_12_TO_17: 48,
            Cell.FROM_18_TO_25: 27,
            Cell.FROM_26_TO_59: 58,
            Cell.FROM_60: 19,
        },
    ),
    breakdown(Dimension.GENDER, CountMethod.ESTIMATED, {Cell.WOMEN: 112, Cell.MEN: 102}),
    breakdown(Dimension.IN_DISTRICT, CountMethod.ESTIMATED, {Cell.INSIDE: 171, Cell.OUTSIDE: 43}),
)
WORKED = (
    breakdown(Dimension.AGE_BAND, CountMethod.REGISTERED, {Cell.FROM_12_TO_17: 7, Cell.FROM_18_TO_25: 2}),
    breakdown(Dimension.GENDER, CountMethod.REGISTERED, {Cell.WOMEN: 5, Cell.MEN: 4}),
)


def any_breakdowns(people: Mapping[Dimension, Sequence[int]]) -> tuple[Breakdown, ...]:
    """Build breakdowns from counts in the order of their cells' names."""
    return tuple(
        breakdown(dimension, CountMethod.COUNTED, dict(zip(sorted(CELLS_OF[dimension]), counts, strict=False)))
        for dimension, counts in people.items()
    )


def reported(of: ActionState, breakdowns: tuple[Breakdown, ...]) -> ReportedAction:
    """Report a held action with its breakdowns."""
    assert of.held_on is not None
    return ReportedAction(
        action_id=of.id,
        action_type=of.action_type,
        measure=of.measure,
        closed_circuit=of.closed_circuit,
        places=of.places,
        held_on=of.held_on,
        sessions=(),
        participants_distinct=of.participants_distinct,
        total=of.participants_distinct or of.attendance or 0,
        breakdowns=breakdowns,
    )


def report(id_: UUID, actions: Sequence[ReportedAction], version: int = 1, **given: Any) -> ReportState:
    """Build a validated report."""
    plain = ReportState(
        id=id_,
        version=version,
        occurred_at=AT,
        state=ReportStatus.VALIDATED,
        project_id=named("project"),
        campaign_id=named("campaign"),
        campaign_year=2025,
        coordination_id=COORDINATION,
        holder_id=HOLDER,
        vintage=2025,
        effective_on=date(2025, 7, 25),
        region="75",
        department="86",
        municipalities=("86194",),
        departments=("86",),
        regions=("75",),
        parties=(),
        edition=1,
        narrative="",
        actions=tuple(actions),
        actual=ACTUAL,
        editions=(),
        validated_at=AT,
    )
    return replace(plain, **given)

"""The lives of many projects as their state topics carry them: whole records of our own contracts, in a likely order.

A call's projects live side by side: `OPEN` of them at a time, each with its actions and its report, and the next record
may be of any.  A life is fifteen records of the project, ten or eleven of each of its two or three actions, and three
or four of its report: ten an aggregate.  The same seed gives the same records.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from uuid import UUID

import msgspec

from bench.country import CALLS, COORDINATIONS, FUNDING, REGIONS, new_id
from common.contracts import actions as said
from common.contracts.catalogue import FilmVersion
from common.contracts.money import money

OPEN = 1_500
"""Projects under way at one time, as in one year's call of the whole country."""

FILMS = [new_id(random.Random(n)) for n in range(50)]  # noqa: S311 - names, not secrets
AT = datetime(2025, 7, 26, 9, tzinfo=UTC)

State: TypeAlias = said.ProjectState | said.ActionState | said.ReportState


@dataclass(frozen=True, slots=True)
class Told:
    """One record: what it is of, and its bytes."""

    kind: str
    id: UUID
    version: int
    value: bytes


def records(aggregates: int, *, seed: int, side_by_side: int = OPEN) -> Iterator[Told]:
    """Tell the lives of about so many aggregates, whole, some of them at a time."""
    luck = random.Random(seed)  # noqa: S311 - a history, not a secret
    waiting = (_life(luck) for _ in range(round(aggregates / AGGREGATES_A_PROJECT)))
    living = [life for _, life in zip(range(side_by_side), waiting, strict=False)]
    while living:
        at = luck.randrange(len(living))
        state = next(living[at], None)
        if state is not None:
            yield Told(state.AGGREGATE, state.id, state.version, msgspec.json.encode(state))
        elif (following := next(waiting, None)) is not None:
            living[at] = following
        else:
            living[at] = living[-1]
            living.pop()


AGGREGATES_A_PROJECT = 4.5
"""Itself, its report, and two or three actions."""


def _life(luck: random.Random) -> Iterator[State]:
    """Tell one project's life: its file, its actions side by side, its report, its end."""
    file = _project(luck)
    steps = list(_steps(file, luck))
    yield from steps[:11]
    acts = [_action_life(_action(file, luck), luck) for _ in range(luck.choice((2, 3)))]
    held: list[said.ActionState] = []
    while acts:
        act = luck.choice(acts)
        state = next(act, None)
        if state is None:
            acts.remove(act)
            continue
        if state.version == HELD_AT:
            held.append(state)
        yield state
    yield from _report_life(_report(file, held, luck), luck)
    yield from steps[11:]


def _project(luck: random.Random) -> said.ProjectState:
    campaign_id, region, year = luck.choice(CALLS)
    department = luck.choice(REGIONS[region])
    holder = new_id(luck)
    return said.ProjectState(
        id=new_id(luck),
        version=1,
        occurred_at=AT,
        state=said.ProjectStatus.DRAFT,
        campaign_id=campaign_id,
        coordination_id=COORDINATIONS[region],
        campaign_year=year,
        effective_on=date(year, 3, 1),
        vintage=2025,
        holder_id=holder,
        title="Un été de cinéma dans le quartier",
        summary="Des ateliers de programmation au printemps, une projection en plein air à la fin de juillet.",
        main=said.Locality(
            municipality=f"{department}194",
            name="Commune",
            department=department,
            region=region,
            epci="200069854",
            density=luck.choice((2, 6, None)),
            vintage=2025,
        ),
        municipalities=(f"{department}194",),
        departments=(department,),
        regions=(region,),
        partners=(said.Partner(organisation_id=new_id(luck), function=said.PartnerFunction.CULTURAL_ACTOR),),
        parties=(holder,),
        lines=tuple(_line(funder, n, luck) for n, funder in enumerate(luck.sample(FUNDING[region], 4))),
        conventions=(),
        budgets=said.Budgets(forecast=_budget(luck)),
        prior_contact=None,
        missing=None,
        decisions=(),
        account=None,
        reason="",
        submitted_at=None,
        funded_at=None,
        closed_at=None,
    )


def _line(funder: UUID, n: int, luck: random.Random) -> said.FundingLine:
    return said.FundingLine(
        id=new_id(luck),
        funder_id=funder,
        kind=said.LineKind.CO_FUNDING if n else said.LineKind.PASSEURS,
        public_funder=True,
        state=said.LineStatus.PLANNED,
        asked=money(luck.randrange(20_000, 300_000, 100)),
        granted=None,
        paid=money(0),
        decided_on=None,
        reference="",
        conditions="",
        payments=(),
        account_accepted_on=None,
    )


def _budget(luck: random.Random) -> said.Budget:
    cash, own = luck.randrange(200_000, 600_000, 100), luck.randrange(50_000, 150_000, 100)
    entries = tuple(
        said.BudgetEntry(label=label, amount=money(cash // 4))
        for label in ("Intervenants", "Droits", "Matériel", "Communication")
    )
    return said.Budget(
        charges=entries,
        resources=entries[:2],
        lines=(),
        in_kind_charges=entries[2:3],
        in_kind_resources=entries[2:3],
        cash_charges=money(cash),
        cash_resources=money(cash),
        passeurs=money(own),
        in_kind_total=money(own // 2),
    )


def _steps(file: said.ProjectState, luck: random.Random) -> Iterator[said.ProjectState]:
    """Tell a file from its draft to its end: fifteen versions."""
    asked = tuple(replace(line, state=said.LineStatus.REQUESTED) for line in file.lines)
    yield file
    for version, title in ((2, "Un été de cinéma"), (3, "Un été de cinéma aux Couronneries")):
        file = replace(file, version=version, title=title)
        yield file
    for version, state in ((4, "submitted"), (5, "eligible"), (6, "validated")):
        file = replace(file, version=version, state=said.ProjectStatus(state), lines=asked, submitted_at=AT)
        yield file
    for n in range(4):
        file = replace(
            file, version=7 + n, lines=tuple(_granted(one) if n == m else one for m, one in enumerate(file.lines))
        )
        yield file
    revised = replace(file.budgets, revised=_budget(luck))
    file = replace(file, version=11, state=said.ProjectStatus.FUNDED, budgets=revised, funded_at=AT)
    yield file
    for n in range(2):
        file = replace(
            file, version=12 + n, lines=tuple(_paid(one) if n == m else one for m, one in enumerate(file.lines))
        )
        yield file
    file = replace(file, version=14, budgets=replace(file.budgets, actual=_budget(luck)))
    yield file
    yield replace(file, version=15, state=said.ProjectStatus.CLOSED, closed_at=AT)


def _granted(line: said.FundingLine) -> said.FundingLine:
    return replace(line, state=said.LineStatus.GRANTED, granted=line.asked, decided_on=date(2025, 2, 1))


def _paid(line: said.FundingLine) -> said.FundingLine:
    payment = said.Payment(
        stage=said.PaymentStage.ADVANCE, amount=line.asked, paid_on=date(2025, 4, 2), reference="2025-117"
    )
    return replace(line, paid=line.asked, payments=(payment,))


HELD_AT = 8
"""The version in which an action is held."""


def _action(file: said.ProjectState, luck: random.Random) -> said.ActionState:
    workshop = luck.choice((True, False))
    first = date(file.campaign_year, luck.randint(3, 11), luck.randint(1, 25))
    place = _place(file, luck)
    return said.ActionState(
        id=new_id(luck),
        version=1,
        occurred_at=AT,
        state=said.ActionStatus.PLANNED,
        postponed_from=None,
        project_id=file.id,
        project_state=said.ProjectStatus.FUNDED,
        campaign_id=file.campaign_id,
        campaign_year=file.campaign_year,
        coordination_id=file.coordination_id,
        holder_id=file.holder_id,
        vintage=2025,
        effective_on=first,
        action_type=said.ActionType.PROGRAMMING_WORKSHOP if workshop else said.ActionType.OPEN_AIR_SCREENING,
        measure=said.Measure.PARTICIPANTS if workshop else said.Measure.SPECTATORS,
        title="Choisir un film" if workshop else "Projection en plein air",
        description="Ouvert à tous, avec un repas partagé avant la nuit.",
        setting=said.Setting.INDOORS if workshop else said.Setting.OUTDOORS,
        closed_circuit=None,
        site_authority_id=None,
        regime=None,
        organiser_id=file.holder_id,
        price=money(0),
        out_of_school=True,
        intergenerational=False,
        access_note="",
        period=said.Period(first_on=first, last_on=first + timedelta(days=30)),
        places=(place,),
        municipalities=(place.municipality,),
        departments=(place.department,),
        regions=(place.region,),
        parties=(file.holder_id,),
        sessions=tuple(_session(first + timedelta(days=n), place, luck) for n in range(4 if workshop else 1)),
        authorisation=said.Authorisation(state=said.AuthorisationStatus.GRANTED),
        clearances=(),
        permits=(),
        neighbours=None,
        site_approval=None,
        attendance=None,
        participants_distinct=None,
        held_on=None,
        cancellation=None,
        notices=(),
    )


def _place(file: said.ProjectState, luck: random.Random) -> said.Place:
    return said.Place(
        id=new_id(luck),
        label="Place de Provence",
        municipality=file.main.municipality,
        declared_code=file.main.municipality,
        name=file.main.name,
        department=file.main.department,
        region=file.main.region,
        epci=file.main.epci,
        density=file.main.density,
        priority_district="QN08605M",
        located_in_district=luck.choice((True, False)),
        vintage=2025,
    )


def _session(held_on: date, place: said.Place, luck: random.Random) -> said.Session:
    film = said.ProgrammeItem(
        film_id=luck.choice(FILMS),
        title="Linda veut du poulet !",
        duration_minutes=76,
        workshop_film=False,
        version=FilmVersion.VF,
        support=said.Support.DCP,
    )
    return said.Session(
        id=new_id(luck),
        state=said.SessionStatus.PLANNED,
        held_on=held_on,
        starts_at=time(22, 15),
        zone="Europe/Paris",
        place_id=place.id,
        responsible="La coordinatrice",
        programme=(film,),
        fallback_on=None,
        attendance=None,
        method=None,
        cause=None,
    )


def _action_life(act: said.ActionState, luck: random.Random) -> Iterator[said.ActionState]:
    """Tell an action from its plan to the last correction of its attendance: ten or eleven versions."""
    for version in range(1, 5):
        act = replace(act, version=version)
        yield act
    for version in range(5, HELD_AT):
        act = replace(act, version=version, state=said.ActionStatus.SCHEDULED)
        yield act
    for version in range(HELD_AT, luck.choice((11, 12))):
        sessions = tuple(
            replace(
                one, state=said.SessionStatus.HELD, attendance=luck.randint(5, 300), method=said.CountMethod.COUNTED
            )
            for one in act.sessions
        )
        act = replace(
            act,
            version=version,
            state=said.ActionStatus.HELD,
            sessions=sessions,
            attendance=sum(one.attendance or 0 for one in sessions),
            participants_distinct=9 if act.measure is said.Measure.PARTICIPANTS else None,
            held_on=sessions[-1].held_on,
        )
        yield act


def _report(file: said.ProjectState, held: list[said.ActionState], luck: random.Random) -> said.ReportState:
    return said.ReportState(
        id=new_id(luck),
        version=1,
        occurred_at=AT,
        state=said.ReportStatus.SUBMITTED,
        project_id=file.id,
        campaign_id=file.campaign_id,
        campaign_year=file.campaign_year,
        coordination_id=file.coordination_id,
        holder_id=file.holder_id,
        vintage=2025,
        effective_on=file.effective_on,
        region=file.main.region,
        department=file.main.department,
        municipalities=file.municipalities,
        departments=file.departments,
        regions=file.regions,
        parties=file.parties,
        edition=1,
        narrative="Le public est venu nombreux ; les jeunes ont choisi le film et l’ont présenté eux-mêmes.",
        actions=tuple(_reported(one, luck) for one in held),
        actual=_budget(luck),
        editions=(),
        validated_at=None,
    )


def _reported(act: said.ActionState, luck: random.Random) -> said.ReportedAction:
    assert act.held_on is not None  # noqa: S101 - it was held
    return said.ReportedAction(
        action_id=act.id,
        action_type=act.action_type,
        measure=act.measure,
        closed_circuit=None,
        places=act.places,
        held_on=act.held_on,
        sessions=(),
        participants_distinct=act.participants_distinct,
        total=act.attendance or 0,
        breakdowns=tuple(
            said.Breakdown(
                dimension=dimension,
                method=said.CountMethod.ESTIMATED,
                counts=tuple(
                    said.Count(cell=cell, people=luck.randint(0, 60)) for cell in sorted(said.CELLS_OF[dimension])
                ),
            )
            for dimension in said.Dimension
        ),
    )


def _report_life(report: said.ReportState, luck: random.Random) -> Iterator[said.ReportState]:
    """Tell a report from its submission to its validation: three or four versions."""
    yield report
    last = luck.choice((3, 4))
    for version in range(2, last):
        report = replace(report, version=version, state=said.ReportStatus.RETURNED)
        yield report
    yield replace(report, version=last, state=said.ReportStatus.VALIDATED, validated_at=AT)

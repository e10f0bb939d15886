"""What dossier A (Poitiers) is made of: its campaign, partners, films, money, and how its dates are read."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from itertools import count
from typing import Any, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

import pytest

from actions.domain.action import ActionPlan
from actions.domain.agenda import ProgrammePlan, SessionPlan
from actions.domain.budget import Budget, Entry
from actions.domain.campaign import CampaignPlan
from actions.domain.funding import LineWish
from actions.domain.known import Appointment, Coordination, Copy, Film, Municipality, Organisation
from actions.domain.paid import PaidScreening, Shown
from actions.domain.place import locality, place
from actions.domain.project import ProjectFile
from actions.domain.report import ActionReport, Content
from common.contracts.actions import (
    ActionType,
    Breakdown,
    Cell,
    Companion,
    Count,
    CountMethod,
    Dimension,
    LineKind,
    Partner,
    PartnerFunction,
    Period,
    RightsTerms,
    RuleSet,
    Setting,
    Under12Outdoors,
)
from common.contracts.catalogue import Classification, CopyFormat, RightsTerritory, RightsUse, Visa
from common.contracts.partners import Coordinates
from common.errors import DomainError, Verdict

PARIS = "Europe/Paris"
T = TypeVar("T")


def an_id(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, name)


def new_ids(prefix: str) -> Callable[[], UUID]:
    """Make ids in a known order."""
    numbers = count(1)
    return lambda: an_id(f"{prefix}-{next(numbers)}")


def there(value: T | None) -> T:
    """Take what must be there."""
    assert value is not None
    return value


def verdict_of(refused: pytest.ExceptionInfo[DomainError]) -> Verdict:
    """Take the verdict that a rule's refusal carries."""
    return there(refused.value.verdict)


def only(facts: Sequence[object], kind: type[T]) -> T:
    """Take the one fact there is, which is of that kind."""
    (fact,) = facts
    assert isinstance(fact, kind)
    return fact


def at(text: str) -> datetime:
    """Read `2025-07-18 17:00` by the clock of Paris."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(PARIS))


def day(text: str) -> date:
    return date.fromisoformat(text)


DRAC, VILLE, PREFECTURE, CAF = (an_id(name) for name in ("drac", "ville", "prefecture", "caf"))
HOLDER = Organisation(id=an_id("maison"), name="Maison des habitants", is_association=True)
CINEMA = Organisation(id=an_id("cinema"), name="Ciné-relais du Clain", is_licensed_operator=True)
PROVIDER = Organisation(id=an_id("provider"), name="Plein écran")
FUNDERS = {one: Organisation(id=one, name=str(one), is_public=True) for one in (DRAC, VILLE, PREFECTURE, CAF)}

COORDINATION = Coordination(
    id=an_id("frmjc"),
    region="75",
    appointments=(
        Appointment(
            departments=frozenset({"16", "17", "79", "86"}),
            valid_from=day("2024-01-01"),
            valid_until=day("2026-12-31"),
        ),
    ),
)
POITIERS = Municipality(
    code="86194",
    vintage=2025,
    name="Poitiers",
    department="86",
    region="75",
    epci="200069854",
    density=2,
    districts=frozenset({"QN08605M"}),
)
RULES = RuleSet(
    number=1,
    deadline_on=day("2025-01-24"),
    prior_contact_required=True,
    companion=Companion.ANY,
    under_12_outdoors=Under12Outdoors.REFUSED,
    convention_required_for=(LineKind.PASSEURS,),
    extension_days=0,
)
CAMPAIGN_PLAN = CampaignPlan(
    year=2025,
    session=1,
    title="Passeurs d’images 2025, première session",
    zone=PARIS,
    ends_on=day("2025-12-31"),
    rules=RULES,
)
SQUARE = place(
    POITIERS,
    place_id=an_id("square"),
    label="Place de Provence",
    district="QN08605M",
    inside=True,
    coordinates=Coordinates(longitude=0.373211, latitude=46.594387),
)
ROOM = place(POITIERS, place_id=an_id("room"), label="Maison des habitants", district="QN08605M", inside=True)

LINDA = Film(
    id=an_id("linda"),
    title="Linda veut du poulet !",
    duration_minutes=76,
    visas=(Visa(number="128083", issued_on=day("2023-10-10")),),
    classification=Classification.ALL,
    released_on=day("2023-10-18"),
)
SHORT = Film(id=an_id("short"), title="Un court", duration_minutes=9, classification=Classification.ALL)
FILMS = {film.id: film for film in (LINDA, SHORT)}
DCP = Copy(
    id=an_id("dcp"),
    film_id=LINDA.id,
    format=CopyFormat.DCP,
    film_version=None,
    encrypted=False,
    transit_days=2,
    withdrawn=False,
)


def a_paid_screening(on: date, number: int = 1, **said: Any) -> PaidScreening:
    """Give a paid feature that the organiser shows in another action."""
    film = Shown(version=None, duration_minutes=90)
    screening = PaidScreening(session_id=an_id(f"paid {number}"), held_on=on, starts_at=time(20, 30), films=(film,))
    return replace(screening, **said)


def lasting(film: Film, minutes: int) -> dict[UUID, Film]:
    """Give the catalogue as it is once a film's length was corrected."""
    return FILMS | {film.id: replace(film, duration_minutes=minutes)}


def entries(**euros: int) -> tuple[Entry, ...]:
    return tuple(Entry(label=label, cents=amount * 100) for label, amount in euros.items())


FORECAST = Budget(
    charges=entries(provider=1850, rights=300, sacem=60, artist=780, mediation=200, security=260, communication=150),
    in_kind_charges=entries(city_equipment=700, volunteers=600),
    in_kind_resources=entries(city=700, volunteers=600),
)
REVISED = Budget(
    charges=entries(provider=1850, rights=300, sacem=60, artist=780, mediation=200, communication=150),
    resources=entries(own_funds=440),
    in_kind_charges=entries(city_equipment=700, volunteers=600, security=260),
    in_kind_resources=entries(city=960, volunteers=600),
)
ACTUAL = Budget(
    charges=entries(provider=2000, rights=300, sacem=60, artist=780, mediation=200, communication=130),
    resources=entries(own_funds=570),
    in_kind_charges=entries(city_equipment=700, volunteers=600, security=260),
    in_kind_resources=entries(city=960, volunteers=600),
)
TRIAD = (
    Partner(organisation_id=HOLDER.id, function=PartnerFunction.PUBLIC_STRUCTURE),
    Partner(organisation_id=CINEMA.id, function=PartnerFunction.CULTURAL_ACTOR),
    Partner(organisation_id=VILLE, function=PartnerFunction.LOCAL_AUTHORITY),
    Partner(organisation_id=PROVIDER.id, function=PartnerFunction.TECHNICAL_PROVIDER),
)
FILE = ProjectFile(
    title="Un été aux Couronneries",
    summary="Choisir un film, le montrer dehors.",
    main=locality(POITIERS),
    partners=TRIAD,
    lines=(
        LineWish(funder_id=DRAC, kind=LineKind.PASSEURS, asked_cents=180_000),
        LineWish(funder_id=VILLE, kind=LineKind.CO_FUNDING, asked_cents=80_000),
        LineWish(funder_id=PREFECTURE, kind=LineKind.CO_FUNDING, asked_cents=70_000),
        LineWish(funder_id=CAF, kind=LineKind.CO_FUNDING, asked_cents=30_000),
    ),
    forecast=FORECAST,
)
WORKSHOP = ActionPlan(
    action_type=ActionType.PROGRAMMING_WORKSHOP,
    title="Choisir un film",
    setting=Setting.INDOORS,
    period=Period(first_on=day("2025-04-22"), last_on=day("2025-04-25")),
    places=(ROOM,),
)
OPEN_AIR = ActionPlan(
    action_type=ActionType.OPEN_AIR_SCREENING,
    title="Linda sous les étoiles",
    setting=Setting.OUTDOORS,
    period=Period(first_on=day("2025-07-18"), last_on=day("2025-07-25")),
    places=(SQUARE,),
)
SCREENING = SessionPlan(
    held_on=day("2025-07-18"),
    starts_at=time(22, 15),
    responsible="direction",
    programme=(ProgrammePlan(film_id=LINDA.id), ProgrammePlan(film_id=SHORT.id)),
    fallback_on=day("2025-07-25"),
)
OPEN_AIR_TERMS = RightsTerms(
    starts_on=day("2025-07-18"),
    ends_on=day("2025-07-31"),
    uses=(RightsUse.OPEN_AIR,),
    territories=(RightsTerritory.METROPOLITAN,),
)


def breakdown(dimension: Dimension, method: CountMethod, **people: int) -> Breakdown:
    return Breakdown(
        dimension=dimension,
        method=method,
        counts=tuple(Count(cell=Cell(cell), people=number) for cell, number in people.items()),
    )


def a_content(*, women: int = 112, men: int = 102, **changed: Any) -> Content:
    """The quantitative report; `women=108` is the first edition, which counts 210 of 214."""
    estimated, registered = CountMethod.ESTIMATED, CountMethod.REGISTERED
    screening = ActionReport(
        action_id=an_id("A2"),
        breakdowns=(
            breakdown(
                Dimension.AGE_BAND,
                estimated,
                under_12=62,
                from_12_to_17=48,
                from_18_to_25=27,
                from_26_to_59=58,
                from_60=19,
            ),
            breakdown(Dimension.GENDER, estimated, women=women, men=men),
            breakdown(Dimension.IN_DISTRICT, estimated, inside=171, outside=43),
        ),
    )
    workshop = ActionReport(
        action_id=an_id("A1"),
        breakdowns=(
            breakdown(Dimension.AGE_BAND, registered, from_12_to_17=7, from_18_to_25=2),
            breakdown(Dimension.GENDER, registered, women=5, men=4),
        ),
    )
    content = Content(narrative="Le film a été choisi et défendu.", actions=(workshop, screening), actual=ACTUAL)
    return replace(content, **changed)

"""What the facts and records of `actions` have in common: where, when, about whom, how much money."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.contracts.actions.vocabulary import (
    Companion,
    LineKind,
    PartnerFunction,
    ProjectStatus,
    Under12Outdoors,
)
from common.contracts.money import Money
from common.contracts.partners import Coordinates


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Whom a fact concerns: enough to route it by coordination, territory and party, without asking anybody.

    `project_state` is the project's state once the fact is true.  `effective_on` is the day of the action's first
    session, else of the campaign's opening; the codes are those of the official geography of `vintage`.  `funders` are
    those whose lines the fact tells of: empty where it tells of no single line.  `day_withheld`: it takes place in a
    closed circuit and was not held yet, so that its day is for those inside only (R41); `effective_on` must not leave
    the house.
    """

    campaign_id: UUID
    project_id: UUID
    coordination_id: UUID
    project_state: ProjectStatus
    effective_on: date
    vintage: int
    municipalities: tuple[str, ...]
    departments: tuple[str, ...]
    regions: tuple[str, ...]
    holder_id: UUID
    parties: tuple[UUID, ...]
    funders: tuple[UUID, ...] = ()
    day_withheld: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Locality:
    """A commune as one vintage of the official geography knows it; density is one of seven levels, or not known."""

    municipality: str
    name: str
    department: str
    region: str
    epci: str | None
    density: int | None
    vintage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an action happens.

    `declared_code` is what the holder wrote (an arrondissement, a delegated commune); `municipality` is the commune it
    is counted in.  `located_in_district` says that the place itself lies in the priority district, not only near it.
    `coordinates` are null where nobody has said them; of a closed circuit they are for those inside only (R41).
    """

    id: UUID
    label: str
    municipality: str
    declared_code: str
    name: str
    department: str
    region: str
    epci: str | None
    density: int | None
    priority_district: str | None
    located_in_district: bool
    vintage: int
    coordinates: Coordinates | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days between which an action is meant to happen, both included."""

    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """An organisation of a project, and what it does there."""

    organisation_id: UUID
    function: PartnerFunction


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetEntry:
    """One charge or one resource."""

    label: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShare:
    """What one funding line brings to a budget: asked in the forecast, granted in the revised, kept in the actual."""

    line_id: UUID
    funder_id: UUID
    kind: LineKind
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Charges and resources, cash and in kind apart; the cash resources are the lines' shares and the entries."""

    charges: tuple[BudgetEntry, ...]
    resources: tuple[BudgetEntry, ...]
    lines: tuple[LineShare, ...]
    in_kind_charges: tuple[BudgetEntry, ...]
    in_kind_resources: tuple[BudgetEntry, ...]
    cash_charges: Money
    cash_resources: Money
    passeurs: Money
    in_kind_total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """The budget at its three stages; a stage is null until it is reached, or where the reader may not see it."""

    forecast: Budget | None = None
    revised: Budget | None = None
    actual: Budget | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorisationDeadline:
    """By which day a DRAC wants the requests for open-air sessions of a season, both its days included."""

    first_on: date
    last_on: date
    request_by: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """What a region decides for one campaign; `number` moves by one at each change."""

    number: int
    deadline_on: date
    prior_contact_required: bool
    companion: Companion
    under_12_outdoors: Under12Outdoors
    convention_required_for: tuple[LineKind, ...]
    extension_days: int
    authorisation_deadlines: tuple[AuthorisationDeadline, ...] = ()

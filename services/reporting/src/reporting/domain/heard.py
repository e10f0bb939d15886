"""What figures read of a state: a few fields of the contract's record, the others are skipped unread.

Reading all of a project costs twenty times as much.  Ids stay the text that they came as: the database says whether
they are ids, and a record with one that is none is parked.  `tests/unit/reporting/test_heard.py` holds that every field
here is one of the contract's, and that both say the same of what they contribute.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import ClassVar, TypeAlias

import msgspec

from common.contracts.actions import (
    ActionState,
    ActionStatus,
    ActionType,
    CampaignState,
    Cell,
    CountMethod,
    Dimension,
    LineStatus,
    Measure,
    ProjectState,
    ProjectStatus,
    ReportState,
    ReportStatus,
    SessionStatus,
)


class Amount(msgspec.Struct, frozen=True, gc=False):
    amount: Decimal


class Where(msgspec.Struct, frozen=True, gc=False):
    region: str
    department: str


class Funding(msgspec.Struct, frozen=True, gc=False):
    id: str
    funder_id: str
    state: LineStatus
    asked: Amount
    granted: Amount | None
    paid: Amount
    payments: tuple[msgspec.Raw, ...]


class Totals(msgspec.Struct, frozen=True, gc=False):
    cash_resources: Amount
    passeurs: Amount
    in_kind_total: Amount


class Stages(msgspec.Struct, frozen=True, gc=False):
    revised: Totals | None = None
    actual: Totals | None = None


class Project(msgspec.Struct, frozen=True, gc=False):
    AGGREGATE: ClassVar[str] = ProjectState.AGGREGATE

    id: str
    state: ProjectStatus
    campaign_id: str
    campaign_year: int
    coordination_id: str
    main: Where
    lines: tuple[Funding, ...]
    budgets: Stages
    deleted: bool = False


class Spotted(msgspec.Struct, frozen=True, gc=False):
    """A place, as far as figures tell places apart."""

    id: str
    region: str
    department: str
    density: int | None
    located_in_district: bool


class Seance(msgspec.Struct, frozen=True, gc=False):
    id: str
    state: SessionStatus
    held_on: date
    place_id: str
    attendance: int | None


class Action(msgspec.Struct, frozen=True, gc=False):
    AGGREGATE: ClassVar[str] = ActionState.AGGREGATE

    id: str
    state: ActionStatus
    project_id: str
    campaign_id: str
    campaign_year: int
    coordination_id: str
    action_type: ActionType
    measure: Measure
    places: tuple[Spotted, ...]
    sessions: tuple[Seance, ...]
    participants_distinct: int | None
    held_on: date | None
    deleted: bool = False


class People(msgspec.Struct, frozen=True, gc=False):
    cell: Cell
    people: int


class Divided(msgspec.Struct, frozen=True, gc=False):
    dimension: Dimension
    method: CountMethod
    counts: tuple[People, ...]


class Reported(msgspec.Struct, frozen=True, gc=False):
    action_id: str
    action_type: ActionType
    measure: Measure
    places: tuple[Spotted, ...]
    held_on: date
    breakdowns: tuple[Divided, ...]


class Report(msgspec.Struct, frozen=True, gc=False):
    AGGREGATE: ClassVar[str] = ReportState.AGGREGATE

    id: str
    state: ReportStatus
    project_id: str
    campaign_id: str
    campaign_year: int
    coordination_id: str
    actions: tuple[Reported, ...]
    deleted: bool = False


class Campaign(msgspec.Struct, frozen=True, gc=False):
    AGGREGATE: ClassVar[str] = CampaignState.AGGREGATE

    id: str
    coordination_id: str
    region: str
    year: int
    title: str
    deleted: bool = False


State: TypeAlias = Campaign | Project | Action | Report

STATES: Mapping[str, type[State]] = {state.AGGREGATE: state for state in (Campaign, Project, Action, Report)}
"""The aggregates whose states are counted."""

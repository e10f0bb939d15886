"""A campaign, one call for projects of one coordination: its facts and its state."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from common.contracts.actions.parts import RuleSet
from common.contracts.actions.vocabulary import CampaignStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDrafted:
    """A coordination began to prepare a call for projects."""

    TYPE: ClassVar[str] = "campaign.drafted"

    occurred_at: datetime
    campaign_id: UUID
    coordination_id: UUID
    region: str
    departments: tuple[str, ...]
    year: int
    session: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignOpened:
    """A call for projects is open; `departments` is the coordination's perimeter on this day, for good."""

    TYPE: ClassVar[str] = "campaign.opened"

    occurred_at: datetime
    campaign_id: UUID
    coordination_id: UUID
    region: str
    departments: tuple[str, ...]
    year: int
    session: int
    title: str
    opened_on: date
    deadline_on: date
    zone: str
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRulesChanged:
    """A coordination changed what its campaign asks for."""

    TYPE: ClassVar[str] = "campaign.rules_changed"

    occurred_at: datetime
    campaign_id: UUID
    coordination_id: UUID
    region: str
    departments: tuple[str, ...]
    year: int
    rules: RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignClosed:
    """A call takes no more projects; those it took go on."""

    TYPE: ClassVar[str] = "campaign.closed"

    occurred_at: datetime
    campaign_id: UUID
    coordination_id: UUID
    region: str
    departments: tuple[str, ...]
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignState:
    """A campaign, whole, with the rules that its region chose."""

    AGGREGATE: ClassVar[str] = "campaign"

    id: UUID
    version: int
    occurred_at: datetime
    state: CampaignStatus
    coordination_id: UUID
    region: str
    departments: tuple[str, ...]
    year: int
    session: int
    title: str
    zone: str
    opened_on: date | None
    ends_on: date
    rules: RuleSet
    deleted: bool = False


CampaignFact = CampaignDrafted | CampaignOpened | CampaignRulesChanged | CampaignClosed

"""Campaigns: one call for projects of one coordination, with the rules that its region chose for it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from actions.domain import labels, states, zones
from actions.domain.days import local_day
from actions.domain.known import Coordination
from actions.domain.refusals import CampaignNotOpen, NotAppointed, OutsideCampaign, PeriodReversed, refuse
from actions.domain.rules.filing import appointment
from common.contracts.actions import (
    AuthorisationDeadline,
    CampaignClosed,
    CampaignDrafted,
    CampaignFact,
    CampaignOpened,
    CampaignRulesChanged,
    CampaignState,
    CampaignStatus,
    RuleSet,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPlan:
    """What a coordination says of a campaign before opening it; without a zone it is that of its region."""

    year: int
    session: int
    title: str
    zone: str | None
    ends_on: date
    rules: RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign.  Its date is its opening; `departments` is the perimeter of its coordination on that day."""

    id: UUID
    version: int = 0
    changed_at: datetime
    state: CampaignStatus = CampaignStatus.DRAFT
    coordination_id: UUID
    region: str
    departments: tuple[str, ...]
    year: int
    session: int
    title: str
    zone: str
    opened_on: date | None = None
    ends_on: date
    rules: RuleSet

    @property
    def last_on(self) -> date:
        """The last day on which what was put off may be held: its end, and as long as its rules extend it."""
        return self.ends_on + timedelta(days=self.rules.extension_days)

    @property
    def date(self) -> date:
        """The campaign's date: its opening."""
        if self.opened_on is None:
            raise CampaignNotOpen(
                f"Campaign {self.id} is {self.state}.", precision=f"La campagne est « {labels.CAMPAIGNS[self.state]} »."
            )
        return self.opened_on

    def published(self) -> CampaignState:
        """Write the campaign as others read it."""
        return CampaignState(
            id=self.id,
            version=self.version,
            occurred_at=self.changed_at,
            state=self.state,
            coordination_id=self.coordination_id,
            region=self.region,
            departments=self.departments,
            year=self.year,
            session=self.session,
            title=self.title,
            zone=self.zone,
            opened_on=self.opened_on,
            ends_on=self.ends_on,
            rules=self.rules,
        )


Moved = tuple[Campaign, tuple[CampaignFact, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinesMoved:
    """What the last days for requests were, and what they are since the campaign changed its rules (R11)."""

    before: tuple[AuthorisationDeadline, ...]
    after: tuple[AuthorisationDeadline, ...]


def draft(plan: CampaignPlan, coordination: Coordination, *, campaign_id: UUID, at: datetime) -> Moved:
    """Begin a campaign; its rules may still change, its end does not: one in the past could never take a session.

    Raises:
        PeriodReversed: it ends before today, or one of its seasons before it begins.
    """
    zone = plan.zone or zones.of_region(coordination.region, at.date())
    _require_order(local_day(at, zone), plan.ends_on, pointer="/ends_on")
    _require_seasons(plan.rules, within="/rules")
    campaign = Campaign(
        id=campaign_id,
        changed_at=at,
        coordination_id=coordination.id,
        region=coordination.region,
        departments=tuple(sorted(coordination.perimeter_on(local_day(at, zone)))),
        year=plan.year,
        session=plan.session,
        title=plan.title,
        zone=zone,
        ends_on=plan.ends_on,
        rules=replace(plan.rules, number=1),
    )
    fact = CampaignDrafted(
        occurred_at=at,
        campaign_id=campaign.id,
        coordination_id=campaign.coordination_id,
        region=campaign.region,
        departments=campaign.departments,
        year=campaign.year,
        session=campaign.session,
        title=campaign.title,
    )
    return _moved(campaign, fact)


def open_call(campaign: Campaign, coordination: Coordination, *, at: datetime) -> Moved:
    """Open the call: this day is the campaign's date, and the coordination must be appointed on it (R27).

    Raises:
        OutsideCampaign: it ended before this day; no session could lie between the two.
    """
    states.require("campaign.open", campaign.state)
    today = local_day(at, campaign.zone)
    perimeter = coordination.perimeter_on(today)
    if verdict := appointment(perimeter, today):
        refuse(NotAppointed, verdict)
    if today > campaign.ends_on:
        raise OutsideCampaign(
            f"{today} is after {campaign.ends_on}.", precision=f"Le {today} est après le {campaign.ends_on}."
        )
    opened = replace(campaign, state=CampaignStatus.OPEN, opened_on=today, departments=tuple(sorted(perimeter)))
    fact = CampaignOpened(
        occurred_at=at,
        campaign_id=opened.id,
        coordination_id=opened.coordination_id,
        region=opened.region,
        departments=opened.departments,
        year=opened.year,
        session=opened.session,
        title=opened.title,
        opened_on=today,
        deadline_on=opened.rules.deadline_on,
        zone=opened.zone,
        ends_on=opened.ends_on,
    )
    return _moved(opened, fact)


def change_rules(campaign: Campaign, rules: RuleSet, *, at: datetime) -> Moved:
    """Change what the campaign asks for; the new rules judge what comes after.

    Raises:
        PeriodReversed: one of its seasons ends before it begins.
    """
    states.require("campaign.change_rules", campaign.state)
    _require_seasons(rules)
    changed = replace(campaign, rules=replace(rules, number=campaign.rules.number + 1))
    fact = CampaignRulesChanged(
        occurred_at=at,
        campaign_id=changed.id,
        coordination_id=changed.coordination_id,
        region=changed.region,
        departments=changed.departments,
        year=changed.year,
        rules=changed.rules,
    )
    return _moved(changed, fact)


def deadlines_moved(before: Campaign, after: Campaign) -> DeadlinesMoved | None:
    """Tell what has become of the last days for requests; nothing where they are what they were."""
    then, now = before.rules.authorisation_deadlines, after.rules.authorisation_deadlines
    return None if then == now else DeadlinesMoved(before=then, after=now)


def close(campaign: Campaign, *, at: datetime) -> Moved:
    """Take no more projects; those already handed over go on."""
    states.require("campaign.close", campaign.state)
    closed = replace(campaign, state=CampaignStatus.CLOSED)
    fact = CampaignClosed(
        occurred_at=at,
        campaign_id=closed.id,
        coordination_id=closed.coordination_id,
        region=closed.region,
        departments=closed.departments,
        year=closed.year,
    )
    return _moved(closed, fact)


def require_open(campaign: Campaign) -> None:
    """Refuse what only an open campaign takes."""
    if campaign.state is not CampaignStatus.OPEN:
        raise CampaignNotOpen(
            f"The campaign is {campaign.state}.", precision=f"La campagne est « {labels.CAMPAIGNS[campaign.state]} »."
        )


def require_within(campaign: Campaign, day: date, *, last: date | None = None) -> None:
    """Refuse a day before the campaign's date or after its end."""
    end = last or campaign.ends_on
    if not campaign.date <= day <= end:
        raise OutsideCampaign(
            f"{day} is not between {campaign.date} and {end}.",
            precision=f"Le {day} n’est pas entre le {campaign.date} et le {end}.",
        )


def _require_seasons(rules: RuleSet, *, within: str = "") -> None:
    """Refuse a season that ends before it begins: no session lies in it, so its last day would bind nobody (R11)."""
    for n, season in enumerate(rules.authorisation_deadlines):
        pointer = f"{within}/authorisation_deadlines/{n}/last_on"
        _require_order(season.first_on, season.last_on, pointer=pointer)


def _require_order(first: date, last: date, *, pointer: str) -> None:
    if last < first:
        raise PeriodReversed(
            f"{last} is before {first}.", precision=f"Le {last} est avant le {first}.", pointer=pointer
        )


def _moved(campaign: Campaign, *facts: CampaignFact) -> Moved:
    at = facts[-1].occurred_at
    return replace(campaign, version=campaign.version + len(facts), changed_at=at), facts

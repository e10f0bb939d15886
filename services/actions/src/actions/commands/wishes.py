"""What callers ask for, before this service has looked up the communes, partners and films that it names."""

from dataclasses import dataclass
from uuid import UUID

from actions.domain.action import ActionPlan
from actions.domain.agenda import SessionPlan
from actions.domain.budget import Budget
from actions.domain.funding import LineWish
from actions.domain.lifecycle import NewDay
from common.contracts.actions import ClearanceStatus, Partner, RightsTerms
from common.contracts.partners import Coordinates


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWish:
    """A place by its commune's code; its position as it was written, whether it can be or not."""

    label: str
    municipality: str
    priority_district: str | None
    located_in_district: bool
    coordinates: Coordinates | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionWish:
    """An action as its holder plans it, its places still by their codes; no organiser named means the holder."""

    plan: ActionPlan
    organiser_id: UUID | None
    places: tuple[PlaceWish, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileWish:
    """A project's file by its main commune's code."""

    title: str
    summary: str
    main_municipality: str
    partners: tuple[Partner, ...]
    lines: tuple[LineWish, ...]
    forecast: Budget


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceWish:
    """Where a clearance is to go next; an offer is named by its id."""

    to: ClearanceStatus
    price_cents: int | None
    terms: RightsTerms | None
    offer_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckWish:
    """What is asked beforehand: a session to plan, or new days for those put off; neither: the announcement."""

    session: SessionPlan | None
    days: tuple[NewDay, ...]

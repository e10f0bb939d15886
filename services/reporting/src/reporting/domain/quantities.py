"""What is added up: quantities that can be summed and taken back, and where each part of them stands.  Pure.

A contribution is one part of one state record, such as the spectators of one session or what one funder granted.  All
contributions that agree in everything but their amount fall into one cell; figures are sums of cells.
"""

from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple
from uuid import NAMESPACE_URL, uuid5


class Quantity(StrEnum):
    """Something additive; the comment says what its category is, if it has one."""

    ACTIONS_HELD = "actions_held"
    ACTIONS_IN_DISTRICT = "actions_in_district"
    ACTIONS_BY_DENSITY = "actions_by_density"  # the level, or unknown
    PARTICIPANTS = "participants"
    SPECTATORS = "spectators"
    PARTICIPATIONS = "participations"  # both, as money divides them: by campaign and main commune
    AGE_BAND = "age_band"  # the band
    GENDER = "gender"  # the gender
    IN_DISTRICT = "in_district"  # whether people live in a priority district
    METHOD = "method"  # the breakdown and how it is known: age_band/estimated
    ASKED = "asked"  # the funder
    GRANTED = "granted"  # the funder
    PAID = "paid"  # the funder
    CASH = "cash"  # the budget's stage
    PASSEURS = "passeurs"  # the budget's stage
    IN_KIND = "in_kind"  # the budget's stage


BREAKDOWNS: Final = frozenset({Quantity.AGE_BAND, Quantity.GENDER, Quantity.IN_DISTRICT, Quantity.METHOD})
"""How the people of an action divide.  Small cells of these are hidden (R37); totals never are."""

MONEY: Final = frozenset(
    {Quantity.ASKED, Quantity.GRANTED, Quantity.PAID, Quantity.CASH, Quantity.PASSEURS, Quantity.IN_KIND}
)
"""Amounts of these are cents."""

MONEY_BY_FUNDER: Final = frozenset({Quantity.ASKED, Quantity.GRANTED, Quantity.PAID})
"""Their category is the funder."""

UNKNOWN: Final = "unknown"

CELLS_REMEMBERED: Final = 50_000
"""Names of cells kept in memory, some 25 MB when full: naming one anew costs as much as reading a record."""


class Spot(NamedTuple):
    """Where an amount stands in every dimension; "" is a dimension that the quantity does not have.

    `month` is written 2025-07.  `project_id` is set only where the place is that of the project's main commune and the
    record does not know it.
    """

    campaign_id: str
    campaign_year: int
    coordination_id: str
    month: str = ""
    region: str = ""
    department: str = ""
    action_type: str = ""
    project_id: str | None = None


class Contribution(NamedTuple):
    """One part of one record: it counts while that record's last state says so, and is taken back when it does not."""

    part: str
    quantity: Quantity
    spot: Spot
    amount: int
    project_id: str
    action_id: str | None = None
    audience: str = ""
    category: str = ""

    @property
    def cell(self) -> str:
        """Name the cell that this falls into; the same everywhere and always."""
        return cell_id(self.quantity, self.audience, self.category, self.spot)


@lru_cache(maxsize=CELLS_REMEMBERED)
def cell_id(quantity: str, audience: str, category: str, spot: Spot) -> str:
    """Derive a cell's name from all that its contributions agree in."""
    parts = (
        quantity,
        audience,
        category,
        spot.campaign_id,
        spot.campaign_year,
        spot.coordination_id,
        spot.month,
        spot.region,
        spot.department,
        spot.action_type,
        spot.project_id or "",
    )
    return str(uuid5(_CELLS, "|".join(map(str, parts))))


_CELLS = uuid5(NAMESPACE_URL, "passeurs.reporting.figures.v1")

"""Which facts an endpoint may hear: those that its owner could read through the API.  Pure.

    coordination     everything about the campaigns and projects that it holds
    collectivity     what lies in its communes on the effective date, from the project's validation on; of the money,
                     its own lines, and the totals once the project is funded; of a closed circuit nothing that
                     comes on the day itself before it is held (R41)
    both             reference data: territories, organisations, coordinations, films, their lists, offers, copies; of
                     the keys of copies nothing (R41)
    nobody           what clients may do: the services hear that, and it is read with `clients:manage` alone

Whatever no line of this module allows is not heard.
"""

from dataclasses import dataclass
from uuid import UUID

from common.contracts.access import Role
from common.contracts.actions import FROM_VALIDATED, About, ProjectStatus
from partners.domain import law

REFERENCE = frozenset({"territory", "organisation", "coordination", "film", "rights_offer", "copy", "film_list"})
AMONG_US = frozenset({"access_grant"})
"""Aggregates whose facts are for the services alone."""

OF_ONE_LINE = frozenset(
    {
        "project.funding_decided",
        "project.convention_sent",
        "project.convention_signed",
        "project.payment_recorded",
        "project.account_accepted",
    }
)
OF_TOTALS = frozenset({"project.budget_revised"})
OF_A_KEY = frozenset(law.newest("R41").sets["of_a_key"])
"""When a key opens, and where: it may be for a closed circuit, whose day is nobody's (R41)."""
OF_THE_DAY = frozenset(law.newest("R41").sets["of_the_day"])
"""What is announced when a session takes place: hearing it is knowing its day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose endpoint it is, as the client is registered today."""

    role: Role
    org: UUID
    coordination_id: UUID | None
    codes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What routing needs of a fact: its short type, and whom it concerns."""

    fact: str
    about: About | None = None
    coordination_id: UUID | None = None

    @property
    def aggregate(self) -> str:
        return self.fact.partition(".")[0]


def may_hear(owner: Owner, heard: Heard) -> bool:
    """Tell whether a fact may be sent to an endpoint of this owner."""
    if owner.role not in (Role.REGIONAL_COORDINATOR, Role.COLLECTIVITY_SYSTEM) or heard.aggregate in AMONG_US:
        return False
    if heard.aggregate in REFERENCE:
        return heard.fact not in OF_A_KEY
    if owner.role is Role.REGIONAL_COORDINATOR:
        holder = heard.about.coordination_id if heard.about else heard.coordination_id
        return holder is not None and holder == owner.coordination_id
    return heard.about is not None and _in_territory(owner, heard.about) and _open_to(owner, heard.fact, heard.about)


def _in_territory(owner: Owner, about: About) -> bool:
    return about.project_state in FROM_VALIDATED and not owner.codes.isdisjoint(about.municipalities)


def _open_to(owner: Owner, fact: str, about: About) -> bool:
    if fact in OF_THE_DAY and about.day_withheld:
        return False
    if fact in OF_ONE_LINE or about.funders:
        return owner.org in about.funders
    return fact not in OF_TOTALS or about.project_state is not ProjectStatus.VALIDATED

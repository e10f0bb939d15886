"""Who may do what in reporting: one table, from which the check, the API's documents and its tests are derived.

Figures are national data, and totals are everybody's.  What differs is how a reader sees the breakdown of people:

- exactly, as it stands now: the national coordination and the CNC's officer, everywhere; whoever works for a
  coordination or its committee, for what that coordination holds (asked with `coordination` or `campaign`);
- as published, small cells hidden, refreshed at the day's close (R37): everybody else, the dashboard included, and
  the public, who needs no token.

The contributions behind a figure name projects and actions, so they are for those who may read these exactly; a DRAC's
adviser reads those of its départements.  Row-level security holds the same lines underneath.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol
from uuid import UUID

from common.contracts.access import Level, Role
from common.errors import NotYours, ScopeMissing

NATIONAL_READERS = frozenset({Role.NATIONAL_COORDINATION, Role.CNC_OPEN_AIR_OFFICER})
TRACING_READERS = NATIONAL_READERS | {
    Role.REGIONAL_COORDINATOR,
    Role.COMMITTEE_SECRETARY,
    Role.COMMITTEE_MEMBER,
    Role.DRAC_ADVISER,
}


class _HasLevel(Protocol):
    @property
    def level(self) -> Level: ...


class Asker(Protocol):
    """What is asked of a caller here; `common.tokens.Principal` has it."""

    @property
    def role(self) -> Role: ...
    @property
    def scopes(self) -> frozenset[str]: ...
    @property
    def coordination_id(self) -> UUID | None: ...
    @property
    def territory(self) -> _HasLevel: ...


@dataclass(frozen=True, slots=True)
class Verb:
    """What it takes to do something: one of these scopes, and one of these roles, if any are named."""

    scopes: frozenset[str]
    roles: frozenset[Role] = frozenset()


_READ = Verb(frozenset({"read", "figures:read"}))

VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        "figure.list": _READ,
        "figure.trace": Verb(frozenset({"read"}), TRACING_READERS),
        "figure.list_events": Verb(frozenset({"read"}), TRACING_READERS),
        "figure.stream": _READ,
        "reconciliation.read": _READ,
        "reconciliation.list": _READ,
        "history.list_figures": _READ,
        "history.list_territories": _READ,
        "reconciliation.check": Verb(frozenset({"operations"})),
        "sandbox.run_reporting_timers": Verb(frozenset({"operations"})),
    }
)


def require(asker: Asker, verb: str) -> None:
    """Let the caller do this, or refuse; consumers and jobs work in the house's own name and may."""
    if asker.territory.level == "system":
        return
    needed = VERBS[verb]
    if asker.scopes.isdisjoint(needed.scopes):
        raise ScopeMissing
    if needed.roles and asker.role not in needed.roles:
        raise NotYours(
            "It is shown to those who may read the projects themselves.",
            precision="Cela est montré à qui peut lire les projets eux-mêmes.",
        )


def reads_exactly(asker: Asker | None, coordinations: Collection[UUID | None]) -> bool:
    """Say whether breakdowns may be shown as they stand; `coordinations` are all that the question is bounded to.

    No coordination means that it is not bounded; None among them is one that is not known here.
    """
    if asker is None:
        return False
    if asker.territory.level == "system" or asker.role in NATIONAL_READERS:
        return True
    own = asker.coordination_id
    return own is not None and bool(coordinations) and all(one == own for one in coordinations)

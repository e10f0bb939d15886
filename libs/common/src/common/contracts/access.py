"""Who there is and what each may ask for: the roles, their territorial level, their scopes.

One table, four uses: the tokens that `partners` issues, the verification in every service, the OpenAPI documents, and
the test that walks every route with every role.  Which verb needs which scope stands in each service's `domain.access`.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

Level = Literal["national", "departments", "municipalities", "organisation", "none", "system"]
"""How far a principal sees; `system` is kept for consumers and jobs and is never in a token."""


class Role(StrEnum):
    """What a client is in the scheme; one client has one role, for one organisation."""

    PROJECT_HOLDER = "project_holder"
    LOCAL_RELAY = "local_relay"
    CINEMA_OPERATOR = "cinema_operator"
    REGIONAL_COORDINATOR = "regional_coordinator"
    COMMITTEE_SECRETARY = "committee_secretary"
    COMMITTEE_MEMBER = "committee_member"
    DRAC_ADVISER = "drac_adviser"
    FUNDER = "funder"
    CNC_OPEN_AIR_OFFICER = "cnc_open_air_officer"
    CLOSED_SITE_AUTHORITY = "closed_site_authority"
    NATIONAL_COORDINATION = "national_coordination"
    COLLECTIVITY_SYSTEM = "collectivity_system"
    DASHBOARD = "dashboard"
    OPERATOR = "operator"


_TABLE: Mapping[Role, tuple[Level, str]] = {
    Role.PROJECT_HOLDER: ("organisation", "read projects:write actions:write attendance:write reports:write"),
    Role.LOCAL_RELAY: ("municipalities", "read attendance:write"),
    Role.CINEMA_OPERATOR: ("organisation", "read attendance:write"),
    Role.REGIONAL_COORDINATOR: (
        "departments",
        "read campaigns:write projects:review reports:review lists:write partners:write webhooks:manage events:read",
    ),
    Role.COMMITTEE_SECRETARY: ("departments", "read committee:write"),
    Role.COMMITTEE_MEMBER: ("departments", "read committee:opine"),
    Role.DRAC_ADVISER: ("departments", "read funding:own opinions:write coordinations:appoint"),
    Role.FUNDER: ("organisation", "read funding:own"),
    Role.CNC_OPEN_AIR_OFFICER: ("national", "read authorisations:write"),
    Role.CLOSED_SITE_AUTHORITY: ("organisation", "read sites:approve"),
    Role.NATIONAL_COORDINATION: ("national", "read lists:write territories:write catalogue:write"),
    Role.COLLECTIVITY_SYSTEM: ("municipalities", "read funding:own permits:write webhooks:manage events:read"),
    Role.DASHBOARD: ("national", "read figures:read events:read"),
    Role.OPERATOR: ("none", "clients:manage operations"),
}

LEVEL_OF: Mapping[Role, Level] = MappingProxyType({role: level for role, (level, _) in _TABLE.items()})
"""How far each role sees; which départements or communes is said by the client's registration."""

SCOPES_OF: Mapping[Role, frozenset[str]] = MappingProxyType(
    {role: frozenset(scopes.split()) for role, (_, scopes) in _TABLE.items()}
)
"""The most that a token of each role may carry."""

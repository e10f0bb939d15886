"""Who may do what, and who sees what: one table of verbs, one predicate of visibility.

Visibility is judged first (404), then scope and relation (403), then state and rules (409).  Which roles carry which
scopes stands in `common.contracts.access`; here stands what a scope is good for, and on whose things.

`visible` in the words of SQL, over the columns of `project`, `action` and `report` (`state` is the project's):

    level system                                    everything
    without the scope `read`, or a dashboard        nothing
    a client of a coordination                      coordination_id = its own
    level national                                  state <> 'draft'
    level departments (a DRAC)                      state <> 'draft' and departments && its codes
    level municipalities                            state in ('validated', 'funded', 'closed', 'cancelled')
                                                    and (municipalities && its codes or its org = any (parties))
    level organisation                              holder_id = its org
                                                    or (state <> 'draft' and its org = any (parties))
    level none                                      nothing

Where and when an action in a closed circuit takes place is for fewer (R41, `sees_inside`, `withheld` in SQL); how it
looks to all others stands in `domain.disclosure`.

And of `campaign`: a client of a coordination sees its own; anybody else what has been opened, since a call for
projects is public, and its rules are those that its projects are paid and judged by; a DRAC those of its départements
before, too.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import Enum
from typing import Protocol
from uuid import UUID

from actions.domain import kinds, states
from actions.domain.action import Action
from actions.domain.campaign import Campaign
from actions.domain.project import Project
from actions.domain.refusals import NothingAsked, NotPossibleInThisState
from actions.domain.report import Report
from common.contracts.access import Level, Role
from common.contracts.actions import (
    FROM_VALIDATED,
    Authorisation,
    AuthorisationStatus,
    CampaignStatus,
    ClosedCircuit,
    ProjectStatus,
    Setting,
)
from common.errors import AllowedAction, NotYours, ScopeMissing

Resource = Campaign | Project | Action | Report


class Territory(Protocol):
    """How far a caller sees."""

    @property
    def level(self) -> Level: ...
    @property
    def codes(self) -> frozenset[str]: ...


class Caller(Protocol):
    """What the verbs need to know of who asks; `common.tokens.Principal` is one."""

    @property
    def role(self) -> Role: ...
    @property
    def scopes(self) -> frozenset[str]: ...
    @property
    def org(self) -> UUID: ...
    @property
    def coordination_id(self) -> UUID | None: ...
    @property
    def territory(self) -> Territory: ...


class Closable(Protocol):
    """What tells of an action whether it is in a closed circuit, and who is inside; an action and its document are."""

    @property
    def setting(self) -> Setting: ...
    @property
    def closed_circuit(self) -> ClosedCircuit | None: ...
    @property
    def coordination_id(self) -> UUID: ...
    @property
    def holder_id(self) -> UUID: ...
    @property
    def site_authority_id(self) -> UUID | None: ...
    @property
    def authorisation(self) -> Authorisation: ...


class Relation(Enum):
    """How a caller must stand to a thing to use a scope on it."""

    READER = "it sees it"
    HOLDER = "its organisation holds it"
    COORDINATION = "its coordination holds it"
    OWN_LINE = "its organisation funds the line"
    DEPARTMENT = "it lies in its départements"
    MUNICIPALITY = "the place lies in its communes"
    NATION = "it is a national office"
    SITE = "its organisation is the authority of the site"
    ATTENDING = "it holds it, takes part in it, or the place lies in its communes"


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing to do: with which scope, in which relation; any pair of them is enough."""

    by: Mapping[str, Relation]

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(self.by)


_READ = Verb({"read": Relation.READER})
_CAMPAIGN = Verb({"campaigns:write": Relation.COORDINATION})
_FILE = Verb({"projects:write": Relation.HOLDER})
_REVIEW = Verb({"projects:review": Relation.COORDINATION})
_COMMITTEE = Verb({"committee:write": Relation.COORDINATION})
_FUNDING = Verb({"funding:own": Relation.OWN_LINE})
_ACTION = Verb({"actions:write": Relation.HOLDER})
_ACTION_OR_REVIEW = Verb({"actions:write": Relation.HOLDER, "projects:review": Relation.COORDINATION})
_REPORT = Verb({"reports:write": Relation.HOLDER})
_REPORT_REVIEW = Verb({"reports:review": Relation.COORDINATION})

VERBS: Mapping[str, Verb] = {
    "campaign.draft": _CAMPAIGN,
    "campaign.read": _READ,
    "campaign.list": _READ,
    "campaign.list_verdicts": _READ,
    "campaign.open": _CAMPAIGN,
    "campaign.change_rules": _CAMPAIGN,
    "campaign.close": _CAMPAIGN,
    "project.draft": _FILE,
    "project.read": _READ,
    "project.list": _READ,
    "project.add_action": _FILE,
    "project.change": _FILE,
    "project.prior_contact": _REVIEW,
    "project.submit": _FILE,
    "project.return": _REVIEW,
    "project.resubmit": _FILE,
    "project.declare_eligible": _REVIEW,
    "project.declare_ineligible": _REVIEW,
    "project.decide": _COMMITTEE,
    "project.reinstate": _REVIEW,
    "project.withdraw": _FILE,
    "project.decide_line": _FUNDING,
    "project.send_convention": _REVIEW,
    "project.sign_convention": _REVIEW,
    "project.revise_budget": _FILE,
    "project.fund": _REVIEW,
    "project.pay_line": _FUNDING,
    "project.submit_account": _REPORT,
    "project.accept_account": _FUNDING,
    "project.report": _REPORT,
    "project.close": _REVIEW,
    "action.read": _READ,
    "action.list": _READ,
    "action.map_sessions": _READ,
    "action.check": _READ,
    "action.list_verdicts": _READ,
    "action.list_obligations": _READ,
    "calendar_feed.make": _READ,
    "calendar_feed.list": _READ,
    "calendar_feed.read": _READ,
    "calendar_feed.revoke": _READ,
    "action.change": _ACTION,
    "action.plan_session": _ACTION,
    "action.cancel_session": _ACTION_OR_REVIEW,
    "action.record_attendance": Verb({"attendance:write": Relation.ATTENDING}),
    "action.change_clearance": _ACTION,
    "action.choose_copy": _ACTION_OR_REVIEW,
    "action.expect_audience": _ACTION,
    "action.request_authorisation": _ACTION,
    "action.amend_authorisation": _ACTION,
    "action.record_opinion": Verb({"opinions:write": Relation.DEPARTMENT}),
    "action.decide_authorisation": Verb({"authorisations:write": Relation.NATION}),
    "action.inform_neighbours": _ACTION,
    "action.declare_move": _ACTION,
    "action.settle_obligation": _ACTION,
    # A town without a machine gives its permit on paper: then the coordination, not the holder, records it.
    "action.record_permit": Verb({"permits:write": Relation.MUNICIPALITY, "projects:review": Relation.COORDINATION}),
    "action.approve_site": Verb({"sites:approve": Relation.SITE}),
    "action.schedule": _ACTION,
    "action.start": _ACTION,
    # A decision of a mayor or of a prefect is recorded by the coordination (T14).
    "action.postpone": _ACTION_OR_REVIEW,
    "action.reschedule": _ACTION,
    "action.hold": _ACTION,
    "action.cancel": _ACTION_OR_REVIEW,
    "report.read": _READ,
    "report.list": _READ,
    "report.return": _REPORT_REVIEW,
    "report.validate": _REPORT_REVIEW,
    "report.amend": _REPORT_REVIEW,
    "sandbox.run_actions_timers": Verb({"operations": Relation.READER}),
}
"""Every verb that can be asked for: the operation ids of this service's routes are these names, and no others."""


def require(
    caller: Caller,
    verb: str,
    resource: Resource | None = None,
    *,
    line_id: UUID | None = None,
    place_id: UUID | None = None,
) -> None:
    """Refuse what is not the caller's to do; a creation is judged on the thing as it would be.

    A verb on one funding line, or at one place of an action, is judged on that line or place alone.
    """
    granted = VERBS[verb].scopes & caller.scopes
    if not granted:
        wanted = ", ".join(sorted(VERBS[verb].scopes))
        raise ScopeMissing(f"{verb} needs {wanted}.", precision=f"Il faut {wanted}.")
    if resource is not None and not _related(caller, verb, granted, _at(resource, place_id), line_id):
        raise NotYours


def require_lender(caller: Caller, authority_id: UUID) -> None:
    """Refuse a permit of somebody else: an authority gives its own; a coordination, which records, says whose."""
    if caller.coordination_id is None and authority_id != caller.org:
        raise NotYours
    if caller.coordination_id is not None and authority_id == caller.org:
        raise NothingAsked("Whose permit is it?", precision="De qui est l’accord ?", pointer="/authority_id")


def visible(caller: Caller, resource: Resource) -> bool:
    """Tell whether the caller sees it at all; otherwise it is not there for it."""
    level = caller.territory.level
    if level == "system":
        return True
    if "read" not in caller.scopes or caller.role is Role.DASHBOARD or level == "none":
        return False
    if caller.coordination_id is not None:
        return caller.coordination_id == resource.coordination_id
    if isinstance(resource, Campaign):
        return _campaign_visible(caller, resource)
    return _LEVELS[level](caller, resource)


def sees_inside(caller: Caller, action: Closable) -> bool:
    """Tell whether the caller, who sees an action, may know where and when it takes place (R41).

    In a closed circuit: its holder, its coordination, the authority of the site; and, once leave for the open air has
    been asked for, those who give their opinion on it and who decide.
    """
    if not kinds.is_closed(action.setting, action.closed_circuit) or caller.territory.level == "system":
        return True
    if caller.coordination_id is not None:
        return caller.coordination_id == action.coordination_id
    if caller.org in {action.holder_id, action.site_authority_id}:
        return True
    asked = action.authorisation.state not in {AuthorisationStatus.NOT_REQUIRED, AuthorisationStatus.TO_REQUEST}
    return asked and not caller.scopes.isdisjoint({"authorisations:write", "opinions:write"})


def allowed_actions(caller: Caller, resource: Resource) -> tuple[AllowedAction, ...]:
    """List the operations that the caller's scopes reach, each with whether it is possible now, and if not, why not."""
    noun = type(resource).__name__.lower()
    return tuple(
        _allowed(caller, verb, resource)
        for verb in states.POSSIBLE
        if verb.startswith(f"{noun}.")
        and verb not in states.BY_ITSELF
        and VERBS[_asked_as(verb)].scopes & caller.scopes
    )


def _allowed(caller: Caller, verb: str, resource: Resource) -> AllowedAction:
    asked = _asked_as(verb)
    if not _related(caller, asked, VERBS[asked].scopes & caller.scopes, resource, None):
        return AllowedAction.of(asked, NotYours)
    project_state = None if isinstance(resource, Campaign) else resource.project_state
    because = states.possible(verb, resource.state, project_state)
    return AllowedAction.of(asked, because and NotPossibleInThisState(because[0], precision=because[1]))


def _asked_as(verb: str) -> str:
    return states.ASKED_AS.get(verb, verb)


def _related(caller: Caller, verb: str, scopes: AbstractSet[str], resource: Resource, line_id: UUID | None) -> bool:
    relations = {VERBS[verb].by[scope] for scope in scopes}
    if Relation.OWN_LINE in relations:
        return _own_line(caller, resource, line_id)
    return any(_RELATED[relation](caller, resource) for relation in relations)


def _at(resource: Resource, place_id: UUID | None) -> Resource:
    """Narrow an action to one of its places: what lies in another commune is not this one's to speak of.

    A place that it does not have is for the verb to refuse: whose it would be is nobody's secret.
    """
    if not isinstance(resource, Action):
        return resource
    there = tuple(place for place in resource.places if place.id == place_id)
    return replace(resource, places=there) if there else resource


def _own_line(caller: Caller, resource: Resource, line_id: UUID | None) -> bool:
    """Tell whether the caller funds this line; without one, whether it funds any."""
    if not isinstance(resource, Project):
        return False
    lines = resource.lines if line_id is None else (resource.line(line_id),)
    return any(line.funder_id == caller.org for line in lines)


def _holder(caller: Caller, resource: Resource) -> bool:
    return not isinstance(resource, Campaign) and resource.holder_id == caller.org


def _coordination(caller: Caller, resource: Resource) -> bool:
    return caller.coordination_id is not None and caller.coordination_id == resource.coordination_id


def _in_departments(caller: Caller, resource: Resource) -> bool:
    return caller.territory.level == "departments" and not caller.territory.codes.isdisjoint(resource.departments)


def _in_municipalities(caller: Caller, resource: Resource) -> bool:
    if isinstance(resource, Campaign) or caller.territory.level != "municipalities":
        return False
    return not caller.territory.codes.isdisjoint(resource.municipalities)


def _site(caller: Caller, resource: Resource) -> bool:
    return isinstance(resource, Action) and resource.site_authority_id == caller.org


def _inside(caller: Caller, resource: Resource) -> bool:
    """Tell whether the caller may know enough to act: a refusal by the state would tell the others of the day (R41)."""
    return not isinstance(resource, Action) or sees_inside(caller, resource)


def _advising(caller: Caller, resource: Resource) -> bool:
    return _inside(caller, resource) and _in_departments(caller, resource)


def _deciding(caller: Caller, resource: Resource) -> bool:
    return _inside(caller, resource) and caller.territory.level == "national"


def _attending(caller: Caller, resource: Resource) -> bool:
    if not _inside(caller, resource):
        return False
    if caller.territory.level == "municipalities":
        return _in_municipalities(caller, resource)
    return isinstance(resource, Action) and caller.org in resource.parties


_RELATED: Mapping[Relation, Callable[[Caller, Resource], bool]] = {
    Relation.READER: visible,
    Relation.HOLDER: _holder,
    Relation.COORDINATION: _coordination,
    Relation.DEPARTMENT: _advising,
    Relation.MUNICIPALITY: _in_municipalities,
    Relation.NATION: _deciding,
    Relation.SITE: _site,
    Relation.ATTENDING: _attending,
}


def _campaign_visible(caller: Caller, campaign: Campaign) -> bool:
    return campaign.state is not CampaignStatus.DRAFT or _in_departments(caller, campaign)


def _handed_over(resource: Project | Action | Report) -> bool:
    return resource.project_state is not ProjectStatus.DRAFT


def _seen_in_departments(caller: Caller, resource: Project | Action | Report) -> bool:
    return _handed_over(resource) and _in_departments(caller, resource)


def _seen_in_municipalities(caller: Caller, resource: Project | Action | Report) -> bool:
    concerned = _in_municipalities(caller, resource) or caller.org in resource.parties
    return resource.project_state in FROM_VALIDATED and concerned


def _seen_by_organisation(caller: Caller, resource: Project | Action | Report) -> bool:
    return resource.holder_id == caller.org or (_handed_over(resource) and caller.org in resource.parties)


_LEVELS: Mapping[Level, Callable[[Caller, Project | Action | Report], bool]] = {
    "national": lambda _, resource: _handed_over(resource),
    "departments": _seen_in_departments,
    "municipalities": _seen_in_municipalities,
    "organisation": _seen_by_organisation,
}

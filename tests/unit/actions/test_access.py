"""Who may do what and who sees what: the table of verbs against every role, and the predicate of visibility."""

from dataclasses import dataclass, replace
from itertools import product
from uuid import UUID

import pytest

from actions.domain import access, states
from actions.domain.access import VERBS, Resource
from actions.domain.refusals import NoSuchLine, NothingAsked
from common.contracts.access import LEVEL_OF, SCOPES_OF, Level, Role
from common.contracts.actions import ActionStatus, CampaignStatus, ProjectStatus, ReportStatus
from common.errors import NotYours, ScopeMissing
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p
from tests.unit.actions.test_transitions import PROJECTS


@dataclass(frozen=True)
class Territory:
    level: Level
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Client:
    """A caller as `common.tokens` makes them."""

    role: Role
    scopes: frozenset[str]
    org: UUID
    coordination_id: UUID | None
    territory: Territory


CODES = {"departments": {"86"}, "municipalities": {"86194"}}
SITE = p.an_id("spip")
OURS = {
    Role.PROJECT_HOLDER: p.HOLDER.id,
    Role.CINEMA_OPERATOR: p.CINEMA.id,
    Role.DRAC_ADVISER: p.DRAC,
    Role.FUNDER: p.CAF,
    Role.COLLECTIVITY_SYSTEM: p.VILLE,
    Role.LOCAL_RELAY: p.an_id("relay"),
    Role.CLOSED_SITE_AUTHORITY: SITE,
}
COORDINATION = {Role.REGIONAL_COORDINATOR, Role.COMMITTEE_SECRETARY, Role.COMMITTEE_MEMBER}


def a_client(role: Role, **changed) -> Client:
    level = LEVEL_OF[role]
    client = Client(
        role=role,
        scopes=SCOPES_OF[role],
        org=OURS.get(role, p.an_id(role)),
        coordination_id=p.COORDINATION.id if role in COORDINATION else None,
        territory=Territory(level, frozenset(CODES.get(level, ()))),
    )
    return replace(client, **changed)


def a_stranger(role: Role) -> Client:
    """Build the same role somewhere else: another organisation, coordination, territory."""
    level = LEVEL_OF[role]
    return a_client(
        role,
        org=p.an_id(f"another {role}"),
        coordination_id=p.an_id("another coordination") if role in COORDINATION else None,
        territory=Territory(level, frozenset({"31"} if level == "departments" else {"31555"})),
    )


READY = a.a_ready()
DOSSIER = READY.having(screening=replace(READY.screening, site_authority_id=SITE))
REPORTED = a.reported(a.an_ended())
RESOURCES: dict[str, Resource] = {
    "campaign": DOSSIER.campaign,
    "project": DOSSIER.project,
    "action": DOSSIER.screening,
    "report": REPORTED.report,
}
READERS = {role for role in Role if role not in {Role.OPERATOR, Role.DASHBOARD}}

VERBS_OF = {
    Role.PROJECT_HOLDER: """
        project.draft project.add_action project.change project.submit project.resubmit project.withdraw
        project.revise_budget project.submit_account project.report
        action.change action.plan_session action.cancel_session action.record_attendance action.change_clearance
        action.choose_copy action.request_authorisation action.amend_authorisation action.inform_neighbours
        action.declare_move action.settle_obligation action.expect_audience
        action.schedule action.start action.postpone action.reschedule action.hold action.cancel
    """,
    Role.REGIONAL_COORDINATOR: """
        campaign.draft campaign.open campaign.change_rules campaign.close
        project.prior_contact project.return project.declare_eligible project.declare_ineligible project.reinstate
        project.send_convention project.sign_convention project.fund project.close
        action.cancel_session action.choose_copy action.record_permit action.postpone action.cancel
        report.return report.validate report.amend
    """,
    Role.COMMITTEE_SECRETARY: "project.decide",
    Role.COMMITTEE_MEMBER: "",
    Role.DRAC_ADVISER: "project.decide_line project.pay_line project.accept_account action.record_opinion",
    Role.FUNDER: "project.decide_line project.pay_line project.accept_account",
    Role.COLLECTIVITY_SYSTEM: "project.decide_line project.pay_line project.accept_account action.record_permit",
    Role.CNC_OPEN_AIR_OFFICER: "action.decide_authorisation",
    Role.CLOSED_SITE_AUTHORITY: "action.approve_site",
    Role.LOCAL_RELAY: "action.record_attendance",
    Role.CINEMA_OPERATOR: "action.record_attendance",
    Role.NATIONAL_COORDINATION: "",
    Role.DASHBOARD: "",
    Role.OPERATOR: "",
}


DEEDS = [verb for verb in VERBS if verb.partition(".")[0] in RESOURCES and "read" not in VERBS[verb].scopes]


def allowed(client: Client, verb: str) -> bool:
    try:
        access.require(client, verb, RESOURCES[verb.partition(".")[0]])
    except (NotYours, ScopeMissing):
        return False
    return True


@pytest.mark.parametrize("verb", DEEDS)
def test_every_verb_is_for_the_roles_of_the_guide_on_their_own_things(verb):
    assert [role for role in Role if allowed(a_client(role), verb)] == [
        role for role in Role if verb in VERBS_OF[role].split()
    ]


@pytest.mark.parametrize("verb", DEEDS)
def test_no_verb_is_for_the_same_role_elsewhere(verb):
    nation = {"cnc_open_air_officer"} if verb == "action.decide_authorisation" else set()
    assert {role for role in Role if allowed(a_stranger(role), verb)} == nation


def test_a_scope_that_a_token_does_not_carry_is_missing():
    with pytest.raises(ScopeMissing) as refused:
        access.require(a_client(Role.PROJECT_HOLDER, scopes=frozenset({"read"})), "project.submit", DOSSIER.project)
    assert refused.value.code == "scope-missing"


def test_a_creation_elsewhere_is_refused_and_one_without_a_thing_is_judged_by_scope():
    access.require(a_client(Role.PROJECT_HOLDER), "project.draft")
    with pytest.raises(NotYours):
        access.require(a_stranger(Role.PROJECT_HOLDER), "project.draft", DOSSIER.project)
    with pytest.raises(ScopeMissing):
        access.require(a_client(Role.FUNDER), "project.draft")


@pytest.mark.parametrize("verb", ["project.decide_line", "project.pay_line", "project.accept_account"])
def test_r24_a_funder_touches_its_own_lines_and_no_other(verb):
    for role, funder in ((Role.DRAC_ADVISER, p.DRAC), (Role.FUNDER, p.CAF), (Role.COLLECTIVITY_SYSTEM, p.VILLE)):
        for line in DOSSIER.project.lines:
            if line.funder_id == funder:
                access.require(a_client(role), verb, DOSSIER.project, line_id=line.id)
            else:
                with pytest.raises(NotYours):
                    access.require(a_client(role), verb, DOSSIER.project, line_id=line.id)
    with pytest.raises(NoSuchLine):
        access.require(a_client(Role.DRAC_ADVISER), verb, DOSSIER.project, line_id=p.an_id("no line"))


NEVER = frozenset[str]()
ALWAYS = frozenset(state.value for state in ProjectStatus)
FROM_SUBMITTED = ALWAYS - {"draft"}
FROM_VALIDATED = frozenset({"validated", "funded", "closed", "cancelled"})
SEEN = {
    Role.PROJECT_HOLDER: ALWAYS,
    Role.LOCAL_RELAY: FROM_VALIDATED,
    Role.CINEMA_OPERATOR: FROM_SUBMITTED,
    Role.REGIONAL_COORDINATOR: ALWAYS,
    Role.COMMITTEE_SECRETARY: ALWAYS,
    Role.COMMITTEE_MEMBER: ALWAYS,
    Role.DRAC_ADVISER: FROM_SUBMITTED,
    Role.FUNDER: FROM_SUBMITTED,
    Role.CNC_OPEN_AIR_OFFICER: FROM_SUBMITTED,
    Role.CLOSED_SITE_AUTHORITY: NEVER,
    Role.NATIONAL_COORDINATION: FROM_SUBMITTED,
    Role.COLLECTIVITY_SYSTEM: FROM_VALIDATED,
    Role.DASHBOARD: NEVER,
    Role.OPERATOR: NEVER,
}


@pytest.mark.parametrize(("role", "state"), list(product(Role, ProjectStatus)), ids=str)
def test_who_sees_a_project_in_which_state(role, state):
    project = PROJECTS[state].project
    assert access.visible(a_client(role), project) == (state in SEEN[role])
    nation = LEVEL_OF[role] == "national" and state in SEEN[role]
    assert access.visible(a_stranger(role), project) == nation


def test_another_coordination_of_the_same_region_sees_nothing():
    neighbour = a_client(Role.REGIONAL_COORDINATOR, coordination_id=p.an_id("alca"))
    assert not any(access.visible(neighbour, resource) for resource in RESOURCES.values())


def test_the_authority_of_a_site_sees_its_action_and_not_the_project():
    assert access.visible(a_client(Role.CLOSED_SITE_AUTHORITY), DOSSIER.screening)
    assert not access.visible(a_client(Role.CLOSED_SITE_AUTHORITY), DOSSIER.workshop)


def test_a_funder_outside_the_territory_sees_what_it_funds():
    epci = a_stranger(Role.COLLECTIVITY_SYSTEM)
    assert not access.visible(epci, DOSSIER.project)
    assert access.visible(replace(epci, org=p.VILLE), DOSSIER.project)


def test_a_place_in_the_territory_is_seen_though_the_project_lies_elsewhere():
    buxerolles = a_client(
        Role.COLLECTIVITY_SYSTEM,
        org=p.an_id("buxerolles"),
        territory=Territory("municipalities", frozenset({"86041"})),
    )
    elsewhere = replace(p.SQUARE, municipality="86041")
    assert access.visible(buxerolles, replace(DOSSIER.screening, places=(elsewhere,)))
    assert not access.visible(buxerolles, DOSSIER.workshop)


@pytest.mark.parametrize("verb", ["action.record_permit", "action.record_attendance"])
def test_a_commune_speaks_of_its_own_places_only(verb):
    role = Role.COLLECTIVITY_SYSTEM if verb == "action.record_permit" else Role.LOCAL_RELAY
    poitiers = a_client(role)
    buxerolles = replace(poitiers, territory=Territory("municipalities", frozenset({"86041"})))
    there = replace(p.SQUARE, id=p.an_id("there"), municipality="86041")
    shared = replace(DOSSIER.screening, places=(p.SQUARE, there))
    for client, own, other in ((poitiers, p.SQUARE, there), (buxerolles, there, p.SQUARE)):
        access.require(client, verb, shared, place_id=own.id)
        with pytest.raises(NotYours):
            access.require(client, verb, shared, place_id=other.id)
    access.require(poitiers, verb, shared, place_id=p.an_id("nowhere"))  # the verb itself says that it is not there


def test_a_permit_is_its_authority_s_own_and_a_coordination_says_whose_it_has_in_writing():
    town, coordination = (a_client(role) for role in (Role.COLLECTIVITY_SYSTEM, Role.REGIONAL_COORDINATOR))
    access.require_lender(town, town.org)
    access.require_lender(coordination, town.org)
    with pytest.raises(NotYours):
        access.require_lender(town, p.an_id("buxerolles"))
    with pytest.raises(NothingAsked) as refused:
        access.require_lender(coordination, coordination.org)
    assert refused.value.errors[0].pointer == "/authority_id"


def test_an_opened_campaign_is_public_to_whoever_may_apply_and_not_to_other_coordinations():
    drafted = replace(DOSSIER.campaign, state=CampaignStatus.DRAFT)
    assert {role for role in Role if access.visible(a_client(role), DOSSIER.campaign)} == READERS
    ours = COORDINATION | {Role.DRAC_ADVISER}
    assert {role for role in Role if access.visible(a_client(role), drafted)} == ours
    strangers = {role for role in Role if access.visible(a_stranger(role), DOSSIER.campaign)}
    assert strangers == READERS - COORDINATION
    assert not any(access.visible(a_stranger(role), drafted) for role in Role)


def test_the_system_sees_everything_and_a_token_without_read_nothing():
    system = a_client(Role.OPERATOR, territory=Territory("system"))
    blind = a_client(Role.PROJECT_HOLDER, scopes=frozenset({"projects:write"}))
    assert all(access.visible(system, resource) for resource in RESOURCES.values())
    assert not any(access.visible(blind, resource) for resource in RESOURCES.values())


def test_every_verb_has_its_states_and_the_other_way_round():
    without_state = {"campaign.draft", "project.draft"}
    asked_for = states.POSSIBLE.keys() - states.BY_ITSELF
    assert set(DEEDS) - without_state == {states.ASKED_AS.get(verb, verb) for verb in asked_for}


@pytest.mark.parametrize("state", list(ReportStatus), ids=str)
def test_allowed_actions_of_a_report_name_the_operation_that_hands_it_in_again(state):
    report = replace(REPORTED.report, state=state)
    offered = {one.verb: one for one in access.allowed_actions(a_client(Role.PROJECT_HOLDER), report)}
    assert set(offered) == {"project.report"}
    assert offered["project.report"].allowed == (state is ReportStatus.RETURNED)
    if state is ReportStatus.SUBMITTED:
        assert offered["project.report"].reason == "The report is submitted; project.report needs returned."


def test_allowed_actions_are_verbs_that_can_be_asked_for():
    for role, resource in product(Role, RESOURCES.values()):
        assert {one.verb for one in access.allowed_actions(a_client(role), resource)} <= set(VERBS)


def test_allowed_actions_say_what_is_possible_now_and_why_the_rest_is_not():
    draft = PROJECTS["draft"].project
    found = {one.verb: one for one in access.allowed_actions(a_client(Role.PROJECT_HOLDER), draft)}
    assert {verb for verb, one in found.items() if one.allowed} == {
        "project.add_action",
        "project.change",
        "project.submit",
        "project.withdraw",
    }
    assert found["project.report"].reason == "The project is draft; project.report needs funded."
    assert found["project.report"].raison == "Le projet est « en préparation » ; remettre le bilan demande « financé »."
    assert found["project.report"].code == "not-possible-in-this-state"
    assert "project.fund" not in found
    strangers = access.allowed_actions(a_stranger(Role.PROJECT_HOLDER), draft)
    assert {(one.allowed, one.code, one.reason) for one in strangers} == {(False, "not-yours", NotYours.title)}


def test_allowed_actions_of_an_action_know_the_state_of_its_project():
    planned = replace(DOSSIER.screening, state=ActionStatus.PLANNED, project_state=ProjectStatus.VALIDATED)
    found = {one.verb: one for one in access.allowed_actions(a_client(Role.PROJECT_HOLDER), planned)}
    assert found["action.plan_session"].allowed
    assert found["action.schedule"].reason == "The project is validated; action.schedule needs funded."

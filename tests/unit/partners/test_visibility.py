"""What an endpoint may hear: what its owner could read, and nothing of anybody else's."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from common.contracts.access import Role
from common.contracts.actions import FROM_VALIDATED, About, ProjectStatus
from partners.domain.visibility import OF_ONE_LINE, OF_THE_DAY, Heard, Owner, may_hear
from partners.domain.webhook import State, Subscriber

CITY, DRAC, OTHERS = UUID(int=1), UUID(int=2), UUID(int=3)
OURS, THEIRS = UUID(int=10), UUID(int=11)

POITIERS = Owner(role=Role.COLLECTIVITY_SYSTEM, org=CITY, coordination_id=None, codes=frozenset({"86194", "86041"}))
COORDINATION = Owner(role=Role.REGIONAL_COORDINATOR, org=OTHERS, coordination_id=OURS, codes=frozenset())


def about(state=ProjectStatus.VALIDATED, *, municipalities=("86194",), funders=(), coordination_id=OURS):
    return About(
        campaign_id=UUID(int=20),
        project_id=UUID(int=21),
        coordination_id=coordination_id,
        project_state=state,
        effective_on=date(2025, 7, 25),
        vintage=2025,
        municipalities=municipalities,
        departments=("86",),
        regions=("75",),
        holder_id=UUID(int=22),
        parties=(CITY,),
        funders=funders,
    )


def heard(fact="action.scheduled", **details):
    return Heard(fact=fact, about=about(**details))


@pytest.mark.parametrize("state", list(ProjectStatus))
def test_r54_a_collectivity_hears_of_a_project_from_its_validation_on(state):
    assert may_hear(POITIERS, heard("project.closed", state=state)) == (state in FROM_VALIDATED)


@pytest.mark.parametrize("state", list(ProjectStatus))
def test_a_coordination_hears_of_its_projects_from_the_first_day(state):
    assert may_hear(COORDINATION, heard("project.drafted", state=state))


@pytest.mark.parametrize("owner", [COORDINATION, POITIERS])
def test_nobody_hears_what_clients_may_do(owner):
    for fact in ("access_grant.given", "access_grant.changed", "access_grant.revoked"):
        assert not may_hear(owner, heard(fact))
        assert not may_hear(owner, Heard(fact=fact, coordination_id=OURS))


def test_r54_nobody_hears_of_another_territory():
    assert not may_hear(POITIERS, heard(municipalities=("79191",)))
    assert may_hear(POITIERS, heard(municipalities=("79191", "86041")))
    assert not may_hear(COORDINATION, heard(coordination_id=THEIRS))


@pytest.mark.parametrize("fact", sorted(OF_ONE_LINE))
def test_a_collectivity_hears_of_its_own_funding_lines_only(fact):
    assert may_hear(POITIERS, heard(fact, funders=(CITY,)))
    assert not may_hear(POITIERS, heard(fact, funders=(DRAC,)))
    assert not may_hear(POITIERS, heard(fact, funders=()))
    assert may_hear(COORDINATION, heard(fact, funders=(DRAC,)))


def test_of_totals_it_hears_once_the_project_is_funded():
    assert not may_hear(POITIERS, heard("project.budget_revised", state=ProjectStatus.VALIDATED))
    assert may_hear(POITIERS, heard("project.budget_revised", state=ProjectStatus.FUNDED))


@pytest.mark.parametrize("fact", sorted(OF_THE_DAY))
def test_r41_of_a_closed_circuit_a_collectivity_hears_nothing_on_the_day(fact):
    closed = Heard(fact=fact, about=replace(about(ProjectStatus.FUNDED), day_withheld=True))
    assert not may_hear(POITIERS, closed)
    assert may_hear(COORDINATION, closed)
    assert may_hear(POITIERS, heard(fact, state=ProjectStatus.FUNDED))
    assert may_hear(POITIERS, replace(closed, fact="action.scheduled"))


def test_a_campaign_is_its_coordinations():
    call = Heard(fact="campaign.opened", coordination_id=OURS)
    assert may_hear(COORDINATION, call)
    assert not may_hear(COORDINATION, Heard(fact="campaign.opened", coordination_id=THEIRS))
    assert not may_hear(POITIERS, call)


@pytest.mark.parametrize("fact", ["film.registered", "territory.vintage_published", "coordination.appointed"])
def test_reference_data_are_everybodys(fact):
    assert may_hear(POITIERS, Heard(fact=fact))
    assert may_hear(COORDINATION, Heard(fact=fact, coordination_id=THEIRS))


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.REGIONAL_COORDINATOR, Role.COLLECTIVITY_SYSTEM)]
)
def test_no_other_role_hears_anything(role):
    nosy = Owner(role=role, org=CITY, coordination_id=OURS, codes=frozenset({"86194"}))
    assert not may_hear(nosy, heard())
    assert not may_hear(nosy, Heard(fact="film.registered"))


def test_what_no_rule_allows_is_not_heard():
    assert not may_hear(POITIERS, Heard(fact="invention.announced"))
    assert not may_hear(COORDINATION, Heard(fact="invention.announced"))
    nowhere = Owner(role=Role.REGIONAL_COORDINATOR, org=OTHERS, coordination_id=None, codes=frozenset())
    assert not may_hear(nowhere, Heard(fact="campaign.opened"))


def subscriber(*event_types, codes=()):
    return Subscriber(
        endpoint_id=UUID(int=30), owner=POITIERS, event_types=event_types, codes=frozenset(codes), state=State.ACTIVE
    )


def test_a_subscription_narrows_by_kind_and_by_place():
    assert subscriber("action.*").wants(heard("action.held"))
    assert subscriber("*").wants(heard("action.held"))
    assert not subscriber("project.*").wants(heard("action.held"))
    assert not subscriber("action.hel").wants(heard("action.held"))
    assert not subscriber("*", codes=["86041"]).wants(heard("action.held"))
    assert subscriber("*", codes=["86041"]).wants(heard("action.held", municipalities=("86041",)))
    assert not subscriber("*", codes=["79191"]).wants(heard("action.held", municipalities=("79191",)))


@pytest.mark.parametrize("fact", ["copy.key_issued", "copy.key_revoked"])
def test_r41_nobody_hears_when_a_key_opens(fact):
    """It may be for a closed circuit, whose day is told to nobody before (R41)."""
    assert not any(may_hear(owner, Heard(fact=fact)) for owner in (POITIERS, COORDINATION))
    assert all(may_hear(owner, Heard(fact="copy.registered")) for owner in (POITIERS, COORDINATION))

"""Who sees what is said twice, in Python for verbs and in SQL for rows: the two must never differ."""

import random
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from actions.domain import access
from actions.domain.project import Project
from common.contracts.access import LEVEL_OF, SCOPES_OF, Role
from common.contracts.actions import CampaignStatus, Partner, PartnerFunction, ProjectStatus
from common.database import Database
from common.tokens import Principal, Territory
from tests.unit.actions.dossiers import a_draft, an_open_campaign

ORGANISATIONS = [uuid4() for _ in range(3)]
COORDINATIONS = [uuid4() for _ in range(2)]
DEPARTMENTS = ["86", "79", "33"]
TOWNS = ["86194", "86041", "33063"]
CASES = 600


def a_principal(rng: random.Random) -> Principal:
    role = rng.choice(list(Role))
    level = LEVEL_OF[role]
    codes = {"departments": DEPARTMENTS, "municipalities": TOWNS}.get(level, [])
    of_coordination = role in {Role.REGIONAL_COORDINATOR, Role.COMMITTEE_SECRETARY, Role.COMMITTEE_MEMBER}
    return Principal(
        client_id="somebody",
        role=role,
        scopes=frozenset(scope for scope in SCOPES_OF[role] if rng.random() < 0.9),
        org=rng.choice(ORGANISATIONS),
        coordination_id=rng.choice(COORDINATIONS) if of_coordination else None,
        territory=Territory(level, frozenset(rng.sample(codes, k=min(len(codes), rng.randint(0, 2))))),
    )


def some(rng: random.Random, things: list) -> tuple:
    return tuple(rng.sample(things, k=rng.randint(1, 2)))


def a_project(rng: random.Random) -> Project:
    """Make a project that lies anywhere, in any state, with any partner."""
    partner = Partner(organisation_id=rng.choice(ORGANISATIONS), function=PartnerFunction.CULTURAL_ACTOR)
    return replace(
        a_draft().project,
        coordination_id=rng.choice(COORDINATIONS),
        holder_id=rng.choice(ORGANISATIONS),
        partners=(partner,),
        municipalities=some(rng, TOWNS),
        departments=some(rng, DEPARTMENTS),
        state=rng.choice(list(ProjectStatus)),
    )


@pytest.fixture
def rng() -> random.Random:
    return random.Random(20260101)  # noqa: S311 - a seeded schedule


async def test_rows_are_seen_by_those_whom_the_domain_lets_see_them(db: Database, rng: random.Random) -> None:
    seen = 0
    for _ in range(CASES):
        principal, project = a_principal(rng), a_project(rng)
        async with db.transaction(principal) as tx:
            by_row = await tx.fetchval(
                "SELECT sees($1, $2, $3, $4, $5, $6)",
                project.coordination_id,
                project.holder_id,
                list(project.parties),
                list(project.municipalities),
                list(project.departments),
                project.state,
            )
        assert by_row is access.visible(principal, project), (principal, project)
        seen += by_row
    assert CASES > seen > CASES / 20


async def test_campaigns_are_seen_by_those_whom_the_domain_lets_see_them(db: Database, rng: random.Random) -> None:
    elsewhere: set[CampaignStatus] = set()
    for _ in range(CASES):
        principal = a_principal(rng)
        campaign = replace(
            an_open_campaign(),
            coordination_id=rng.choice(COORDINATIONS),
            departments=some(rng, DEPARTMENTS),
            state=rng.choice(list(CampaignStatus)),
        )
        async with db.transaction(principal) as tx:
            by_row = await tx.fetchval(
                "SELECT sees_campaign($1, $2, $3)",
                campaign.coordination_id,
                list(campaign.departments),
                campaign.state,
            )
        assert by_row is access.visible(principal, campaign), (principal, campaign)
        if (
            principal.role is Role.DRAC_ADVISER
            and principal.territory.codes.isdisjoint(campaign.departments)
            and by_row
        ):
            elsewhere.add(campaign.state)
    assert elsewhere == set(CampaignStatus) - {CampaignStatus.DRAFT}


async def test_unset_nothing_is_seen(db: Database) -> None:
    async with db.pool.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM project") == 0
        assert (
            await connection.fetchval(
                "SELECT sees($1::uuid, $1, ARRAY[$1], ARRAY['86194'], ARRAY['86'], 'funded')", UUID(int=1)
            )
            is False
        )

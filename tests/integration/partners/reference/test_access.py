"""Who may do what with reference data: every role at every route, and every row under the net of row-level security."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from common import migrations
from common.contracts.access import LEVEL_OF, SCOPES_OF, Role
from common.tokens import Principal, Territory
from partners.domain.access import VERBS
from tests.integration.partners.reference.door import NATIONAL, Asker, Door, problem

RESOURCES = (
    "territory",
    "region",
    "department",
    "intermunicipality",
    "municipality",
    "district",
    "density",
    "organisation",
    "coordination",
)
MINE = [verb for verb in VERBS if verb.partition(".")[0] in RESOURCES]
AGGREGATES = ("territory", "organisation", "coordination", "coverage")
TABLES = (*AGGREGATES, "municipality", "intermunicipality", "district")

PLACES = "/v1/territories/2025"
SOURCE = {"source": "x", "source_date": "2025-01-01"}
GETS = {
    "territory.list": "/v1/territories",
    "territory.read": f"{PLACES}/departments/86",
    "region.list": f"{PLACES}/regions",
    "department.list": f"{PLACES}/departments",
    "intermunicipality.list": f"{PLACES}/intermunicipalities",
    "intermunicipality.read": f"{PLACES}/intermunicipalities/200069854",
    "municipality.list": f"{PLACES}/municipalities",
    "municipality.read": f"{PLACES}/municipalities/86194",
    "district.list": f"{PLACES}/districts",
    "district.read": f"{PLACES}/districts/QN08605M",
    "organisation.list": "/v1/organisations",
    "organisation.read": "/v1/organisations/{organisation}",
    "coordination.list": "/v1/coordinations",
    "coordination.read": "/v1/coordinations/{coordination}",
}
POSTS: dict[str, tuple[str, dict[str, Any]]] = {
    "territory.check": ("/v1/territories/check", {"on": "2025-07-18", "municipalities": ["86194"]}),
    "district.register": (
        f"{PLACES}/districts",
        {"code": "QN08605M", "name": "Couronneries", "municipalities": ["86194"], **SOURCE},
    ),
    "density.record": (f"{PLACES}/densities", {"items": [{"municipality": "86194", "level": 2}], **SOURCE}),
    "organisation.register": ("/v1/organisations", {"name": "x", "kind": "festival", "valid_from": "2020-01-01"}),
    "organisation.change": ("/v1/organisations/{organisation}/change", {"name": "y", "valid_from": "2021-01-01"}),
    "organisation.close": ("/v1/organisations/{organisation}/close", {"closed_on": "2024-12-31"}),
    "coordination.appoint": (
        "/v1/coordinations",
        {"organisation_id": "{organisation}", "region": "75", "departments": ["79"], "valid_from": "2090-01-01"},
    ),
    "coordination.change": (
        "/v1/coordinations/{coordination}/change",
        {"departments": ["86"], "valid_from": "2020-06-01", "valid_until": "2020-12-31"},
    ),
    "coordination.end": ("/v1/coordinations/{coordination}/end", {"ended_on": "2020-06-30"}),
}


@pytest.fixture(scope="module")
async def drac(door: Door) -> Asker:
    """The DRAC whose adviser is asked, so that its own coordination is its to change."""
    return await door.drac(("79", "86"))


@pytest.fixture(scope="module")
async def known(door: Door, drac: Asker) -> dict[str, str]:
    """An organisation, a coordination and a district that are there to be asked about."""
    organisation = str(await door.organisation("x", municipality={"code": "86194", "vintage": 2025}))
    body = {"organisation_id": organisation, "region": "75", "departments": ["86"], "valid_from": "2020-01-01"}
    coordination = await door.post("/v1/coordinations", body, drac)
    await door.post(*POSTS["district.register"], NATIONAL)
    return {"organisation": organisation, "coordination": coordination.json()["id"]}


async def ask(door: Door, verb: str, headers: dict[str, str], known: dict[str, str]) -> httpx.Response:
    """Ask for a verb on things that are there, with a body that is right, so that only the asker can be wrong."""
    if verb in GETS:
        return await door.http.get(GETS[verb].format(**known), headers=headers)
    path, body = POSTS[verb]
    named = {name: value.format(**known) if isinstance(value, str) else value for name, value in body.items()}
    written = {"idempotency-key": uuid4().hex, "if-match": '"v1"'}
    return await door.http.post(path.format(**known), json=named, headers=headers | written)


def test_every_verb_of_reference_data_is_asked_for_here():
    assert {*GETS, *POSTS} == set(MINE)


@pytest.mark.parametrize("verb", MINE)
@pytest.mark.parametrize("role", Role)
async def test_a_role_does_what_its_scopes_say_and_no_more(
    door: Door, drac: Asker, known: dict[str, str], role: Role, verb: str
):
    codes = ("86", "79") if LEVEL_OF[role] == "departments" else ()
    answer = await ask(door, verb, door.headers(Asker(role=role, codes=codes, org=drac.org)), known)
    if SCOPES_OF[role].isdisjoint(VERBS[verb].scopes):
        assert problem(answer) == (403, "scope-missing")
    else:
        assert answer.status_code in (200, 201, 409, 412), answer.text


@pytest.mark.parametrize("verb", MINE)
async def test_nobody_does_nothing(door: Door, known: dict[str, str], verb: str):
    for headers in ({}, {"authorization": "Bearer x.y.z"}, {"x-principal": "operator", "x-role": "operator"}):
        assert problem(await ask(door, verb, headers, known)) == (401, "unauthenticated")


# ---------------------------------------------------------------------------------------------------- under the door


@pytest.fixture
async def app(peopled: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the service's own role, with nobody's name set."""
    connection = await asyncpg.connect(migrations.dsn(peopled, "partners", "app"))
    yield connection
    await connection.close()


def setting(role: Role, *scopes: str) -> str:
    territory = Territory(LEVEL_OF[role])
    return Principal(client_id="x", role=role, scopes=frozenset(scopes), org=uuid4(), territory=territory).as_setting()


@pytest.mark.usefixtures("known")
async def test_without_a_principal_no_row_is_seen(app: asyncpg.Connection):
    for table in AGGREGATES:
        assert await app.fetchval(f"SELECT count(*) FROM {table}") == 0, table


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE organisation SET name = 'stolen'",
        "UPDATE coordination SET region = '11'",
        "UPDATE territory SET version = 99",
        "INSERT INTO coverage (coordination_id, department, during) VALUES (gen_random_uuid(), '93', '[2020-01-01,)')",
        "INSERT INTO intermunicipality VALUES (2025, 'x', gen_random_uuid(), 'x', 'x', 'CC')",
    ],
)
async def test_a_reader_s_transaction_writes_nothing_whatever_the_code_forgets(app: asyncpg.Connection, statement: str):
    async with app.transaction():
        await app.execute("SELECT set_config('app.principal', $1, true)", setting(Role.FUNDER, "read"))
        for table in TABLES:
            assert await app.fetchval(f"SELECT count(*) FROM {table}") > 0, table
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with app.transaction():
                await app.execute(statement)
        for table in TABLES:
            assert await app.execute(f"DELETE FROM {table}") == "DELETE 0", table


async def test_aggregates_are_never_deleted_not_even_by_their_writer(app: asyncpg.Connection):
    async with app.transaction():
        everything = ("territories:write", "partners:write", "operations", "coordinations:appoint")
        await app.execute("SELECT set_config('app.principal', $1, true)", setting(Role.OPERATOR, *everything))
        for table in ("organisation", "coordination", "territory"):
            assert await app.execute(f"DELETE FROM {table}") == "DELETE 0"

"""Who may do what: every role at every route, and every row under the net of row-level security."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import httpx
import pytest

from catalogue.domain.access import VERBS
from catalogue.main import api
from catalogue.settings import Settings
from common import migrations
from common.contracts.access import LEVEL_OF, SCOPES_OF, Role
from common.tokens import Principal, Territory
from tests.integration.catalogue.portal import Portal, bearer, problem

DOCUMENT = api(
    Settings.read({"DATABASE_URL": "postgresql://nowhere", "TOKEN_ISSUER": "nobody", "JWKS_URL": "nowhere"})
).openapi()
ROUTES = {
    operation["operationId"]: (method, path)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
OURS = uuid4()
"""The coordination of whoever asks."""
TABLES = (
    *("film", "film_name", "film_conflict", "film_change", "rights_offer", "copy", "film_list", "film_list_entry"),
    *("known_organisation", "known_coordination"),
)


async def ask(portal: Portal, verb: str, headers: dict[str, str]) -> httpx.Response:
    """Ask for a verb on things that are there, with a body that is right, so that only the role can be wrong."""
    film = (await portal.film(workshop={})).json()["id"]
    method, path = ROUTES[verb]
    bodies = {
        "film.register": {"title": "X"},
        "film.change": {"year": 2011},
        "film.record_visa": {"number": "5"},
        "film.merge": {"into": film},
        "film.settle_conflict": {"decision": "keep"},
        "film.count_consents": {"identifiable": 9, "network": 9},
        "film.clear": {"dissemination": "network"},
        "film.restrict": {"dissemination": "none", "cause": "music_rights"},
        "rights_offer.offer": {
            "film_id": film,
            "holder_id": str(uuid4()),
            "uses": ["open_air"],
            "territories": ["metropolitan"],
            "versions": ["vf"],
            "starts_on": "2025-07-18",
            "ends_on": "2025-07-31",
        },
        "rights_offer.change": {"price": None},
        "copy.register": {"film_id": film, "holder_id": str(uuid4()), "format": "dcp", "transit_days": 2},
        "copy.change": {"transit_days": 3},
        "copy.issue_key": {
            "screen": "1",
            "opens_at": "2025-07-17T08:00:00Z",
            "closes_at": "2025-07-20T08:00:00Z",
        },
        "film_list.publish": {"scheme": "open_air", "year": 2025, "title": "Plein air", "coordination_id": str(OURS)},
        "film_list.add_film": {"film_id": film},
    }
    things = {"conflict_id": uuid4(), "offer_id": uuid4(), "copy_id": uuid4(), "key_id": uuid4(), "list_id": uuid4()}
    path = path.format(film_id=film, number="5", **things)
    return await portal.http.request(
        method, path, json=bodies.get(verb), headers={"idempotency-key": str(uuid4()), "if-match": '"v1"', **headers}
    )


def test_every_route_is_a_verb_of_the_table():
    assert set(ROUTES) == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", Role)
async def test_a_role_does_what_its_scopes_say_and_no_more(portal: Portal, role: Role, verb: str):
    answer = await ask(portal, verb, {"authorization": bearer(role, OURS)})
    # No offer, no copy and no list is there: absence is seen first.
    absent = verb.startswith(("rights_offer.", "copy.", "film_list.")) and "{" in ROUTES[verb][1]
    if SCOPES_OF[role].isdisjoint(VERBS[verb].scopes) and not (absent and "read" not in VERBS[verb].scopes):
        assert problem(answer) == (403, "scope-missing")
    else:
        assert answer.status_code in (200, 201, 404, 409) or problem(answer) == (422, "merged-into-itself"), answer.text


@pytest.mark.parametrize("verb", VERBS)
async def test_nobody_does_nothing(portal: Portal, verb: str):
    for headers in ({}, {"authorization": "Bearer x.y.z"}, {"x-principal": "operator", "x-role": "operator"}):
        assert problem(await ask(portal, verb, headers)) == (401, "unauthenticated")


# ---------------------------------------------------------------------------------------------------- under the door


@pytest.fixture
async def app(address: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection as the service's own role, with nobody's name set."""
    connection = await asyncpg.connect(migrations.dsn(address, "catalogue", "app"))
    yield connection
    await connection.close()


def principal(role: Role, *scopes: str) -> Principal:
    return Principal(
        client_id="x", role=role, scopes=frozenset(scopes), org=uuid4(), territory=Territory(LEVEL_OF[role])
    )


async def test_without_a_principal_no_row_is_seen(portal: Portal, app: "asyncpg.Connection[asyncpg.Record]"):
    await portal.film("Personne ne me voit", visas=[{"number": "77"}])
    for table in TABLES:
        assert await app.fetchval(f"SELECT count(*) FROM {table}") == 0, table


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE film SET title = 'stolen'",
        "INSERT INTO film_change (film_id, version, facts, changed) SELECT id, 1, '{}', '{}' FROM film LIMIT 1",
        """
        INSERT INTO film_conflict (id, film_id, field, source, kept, said, raised_at)
        SELECT gen_random_uuid(), id, 'year', '{}', '2010', '2011', now() FROM film LIMIT 1
        """,
        "INSERT INTO film_name (scheme, value, film_id) VALUES ('visa', '9', gen_random_uuid())",
        "UPDATE film_list SET title = 'stolen'",
        "INSERT INTO known_coordination (id, epoch, version) VALUES (gen_random_uuid(), 1, 1)",
        "INSERT INTO known_organisation (id, epoch, version, name) VALUES (gen_random_uuid(), 1, 1, 'me')",
    ],
)
async def test_a_reader_s_transaction_writes_nothing_whatever_the_code_forgets(
    portal: Portal, app: "asyncpg.Connection[asyncpg.Record]", statement: str
):
    await portal.film()
    await portal.post("/v1/film-lists", {"scheme": "dclv", "year": 2025, "title": "Des cinés, la vie !"})
    async with app.transaction():
        reader = principal(Role.FUNDER, "read").as_setting()
        await app.execute("SELECT set_config('app.principal', $1, true)", reader)
        assert await app.fetchval("SELECT count(*) FROM film") > 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with app.transaction():
                await app.execute(statement)
        assert await app.execute("DELETE FROM film_name") == "DELETE 0"
    assert await app.fetchval("SELECT count(*) FROM film") == 0, "the name outlived its transaction"


async def test_films_are_never_deleted_not_even_by_their_writer(app: "asyncpg.Connection[asyncpg.Record]"):
    async with app.transaction():
        writer = principal(Role.NATIONAL_COORDINATION, "catalogue:write").as_setting()
        await app.execute("SELECT set_config('app.principal', $1, true)", writer)
        assert await app.execute("DELETE FROM film") == "DELETE 0"
        assert await app.execute("DELETE FROM rights_offer") == "DELETE 0"
        assert await app.execute("DELETE FROM copy") == "DELETE 0"


async def test_the_service_s_role_reads_no_outbox_and_makes_no_table(app: "asyncpg.Connection[asyncpg.Record]"):
    for statement in ("SELECT FROM outbox", "CREATE TABLE mine (id integer)", "TRUNCATE film CASCADE"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(statement)

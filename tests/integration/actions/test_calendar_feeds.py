"""Feeds of calendars through the HTTP door: made once, opened by their keys, revoked, and nobody else's to see."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from actions.domain.feed import KEY_BYTES
from common.contracts.access import LEVEL_OF, SCOPES_OF, Role
from common.contracts.partners import OrganisationKind
from common.database import Database
from common.tokens import SYSTEM, Principal, Territory
from tests import calendars
from tests.integration.actions.journeys import actions_of, funded, scheduled
from tests.integration.actions.people import (
    ISSUER,
    LONG_AGO,
    Desk,
    Person,
    a_cast,
    a_grant,
    an_organisation,
    problem,
)
from tests.integration.actions.subscribing import FEEDS, asked, days, made, shown, subscribed
from tests.integration.actions.test_retractions import hear, message

FEEDS_MAX = 50
"""Of an organisation, as the settings have it."""


def principal(who: Person, **said: Any) -> Principal:
    given = {
        "client_id": who.client_id,
        "role": who.role,
        "scopes": SCOPES_OF[who.role],
        "org": who.org,
        "coordination_id": who.coordination_id,
        "territory": Territory(LEVEL_OF[who.role], frozenset(who.codes)),
    }
    return Principal(**{**given, **said})


async def test_the_address_is_shown_once_and_the_house_keeps_no_key(desk: Desk, db: Database) -> None:
    cast, key = a_cast(), str(uuid4())
    await desk.introduce(cast)
    body = {"of": "sessions", "organisation_id": str(cast.holder.org)}
    first = await desk.post(FEEDS, cast.holder, body, key=key)
    feed = first.json()
    secret = feed["address"].partition("?key=")[2]
    assert (first.status_code, first.headers["location"]) == (201, f"{FEEDS}/{feed['id']}")
    assert feed["address"] == f"{ISSUER}/v1/calendars/{feed['id']}.ics?key={secret}"
    assert len(secret) == -(-KEY_BYTES * 4 // 3)
    again = await desk.post(FEEDS, cast.holder, body, key=key)
    assert (again.status_code, again.json()) == (201, {**feed, "address": None})
    one, listed = await desk.get(f"{FEEDS}/{feed['id']}", cast.holder), await desk.get(FEEDS, cast.holder)
    assert [one.json()] == listed.json()["items"]
    assert (one.json()["address"], one.json()["name"]) == (
        None,
        f"Passeurs d’images, séances : social_centre {cast.holder.org}",
    )
    assert [each["verb"] for each in one.json()["allowed_actions"]] == ["calendar_feed.revoke"]
    async with db.transaction(SYSTEM) as tx:
        rows = await tx.fetch(
            "SELECT calendar_feed::text FROM calendar_feed UNION ALL SELECT body::text FROM idempotency"
        )
        bodies = await tx.fetch("SELECT body FROM idempotency")
    assert rows
    assert not [row for row in rows if secret in row[0]]
    assert not [row for row in bodies if secret.encode() in row["body"]]


async def test_a_coordinations_calendar_is_named_by_who_holds_it_or_by_where_it_is(desk: Desk) -> None:
    cast = a_cast()
    await desk.introduce(cast)
    whose = cast.coordinator.coordination_id
    by_place = await subscribed(desk, cast.coordinator, coordination_id=whose)
    await desk.hear("organisation", an_organisation(cast.coordinator.org, OrganisationKind.CULTURAL_ASSOCIATION))
    sessions = await subscribed(desk, cast.secretary, coordination_id=whose)
    due = await subscribed(desk, cast.drac, "obligations", coordination_id=whose)
    for address, name in (
        (by_place, "séances : coordination (86)"),
        (sessions, f"séances : coordination cultural_association {cast.coordinator.org}"),
        (due, f"obligations : coordination cultural_association {cast.coordinator.org}"),
    ):
        assert calendars.name((await asked(desk, address)).content) == f"Passeurs d’images, {name}"


async def test_what_is_unknown_revoked_or_asked_for_with_another_key_is_the_same(desk: Desk) -> None:
    cast = a_cast()
    await desk.introduce(cast)
    address = await subscribed(desk, cast.holder, organisation_id=cast.holder.org)
    other = await subscribed(desk, cast.holder, municipality="86194")
    revoked = await made(desk, cast.holder, municipality="86194")
    await desk.post(f"{FEEDS}/{revoked.json()['id']}/revoke", cast.holder, match=1)
    path, _, key = address.partition("?key=")
    refused = [
        await asked(desk, one)
        for one in (
            f"{ISSUER}/v1/calendars/{uuid4()}.ics?key={key}",
            revoked.json()["address"],
            f"{path}?key={other.partition('?key=')[2]}",
            f"{path}?key={key[:-1]}",
            f"{path}?key={key.swapcase()}",
            f"{path}?key=%C3%A9",
        )
    ]
    assert {problem(one) for one in refused} == {(404, "no-such-feed")}
    assert len({without_trace(one) for one in refused}) == 1
    assert problem(await asked(desk, path)) == (400, "malformed")
    assert await shown(desk, address) == {}


def without_trace(answer: httpx.Response) -> str:
    return str({name: said for name, said in answer.json().items() if name != "trace_id"})


async def test_a_feed_is_revoked_by_its_makers_organisation_or_coordination(desk: Desk) -> None:
    cast = a_cast()
    await desk.introduce(cast)
    colleague = Person(role=Role.FUNDER, org=cast.holder.org)
    for maker, revoker, subject in (
        (cast.holder, cast.holder, {"organisation_id": cast.holder.org}),
        (cast.holder, colleague, {"organisation_id": cast.holder.org}),
        (cast.coordinator, cast.secretary, {"coordination_id": cast.coordinator.coordination_id}),
    ):
        feed = await made(desk, maker, **subject)
        path = f"{FEEDS}/{feed.json()['id']}"
        assert problem(await desk.post(f"{path}/revoke", revoker)) == (428, "precondition-required")
        assert problem(await desk.post(f"{path}/revoke", revoker, match=2)) == (412, "precondition-failed")
        key = str(uuid4())
        ended = await desk.post(f"{path}/revoke", revoker, match=feed, key=key)
        assert (ended.status_code, ended.headers["etag"]) == (200, '"v2"')
        assert ended.json()["revoked_at"] is not None
        assert (await desk.post(f"{path}/revoke", revoker, match=feed, key=key)).json() == ended.json()
        assert problem(await desk.post(f"{path}/revoke", maker, match=2)) == (409, "feed-revoked")
        assert problem(await asked(desk, feed.json()["address"])) == (404, "no-such-feed")


async def test_to_others_a_feed_is_not_there(desk: Desk) -> None:
    cast, other = a_cast(), a_cast()
    await desk.introduce(cast)
    feed = await made(desk, cast.coordinator, coordination_id=cast.coordinator.coordination_id)
    path = f"{FEEDS}/{feed.json()['id']}"
    officer, dashboard = Person(role=Role.CNC_OPEN_AIR_OFFICER), Person(role=Role.DASHBOARD)
    for who in (cast.holder, cast.drac, cast.town, other.coordinator, other.secretary, officer, dashboard):
        assert problem(await desk.get(path, who)) == (404, "no-such-feed")
        assert problem(await desk.post(f"{path}/revoke", who, match=feed)) == (404, "no-such-feed")
        assert feed.json()["id"] not in (await desk.get(FEEDS, who)).text
    operator = Person(role=Role.OPERATOR)
    for answer in (await desk.get(FEEDS, operator), await desk.post(f"{path}/revoke", operator, match=feed)):
        assert problem(answer) == (403, "scope-missing")


async def test_nobody_makes_a_feed_of_what_is_not_theirs_to_read(desk: Desk) -> None:
    cast, other = a_cast(), a_cast("93", "93066")
    await desk.introduce(cast)
    await desk.introduce(other)
    theirs = str(cast.coordinator.coordination_id)
    for who, subject in (
        (other.coordinator, {"coordination_id": theirs}),
        (cast.holder, {"coordination_id": theirs}),
        (cast.town, {"municipality": "86041"}),
        (cast.town, {"coordination_id": theirs}),
        (other.drac, {"municipality": "86194"}),
        (other.holder, {"organisation_id": str(cast.holder.org)}),
        (Person(role=Role.DASHBOARD), {"coordination_id": theirs}),
    ):
        for of in ("sessions", "obligations"):
            assert problem(await desk.post(FEEDS, who, {"of": of, **subject})) == (403, "not-yours"), subject
    operator = Person(role=Role.OPERATOR)
    assert problem(await desk.post(FEEDS, operator, {"of": "sessions"})) == (403, "scope-missing")


@pytest.mark.parametrize(
    ("subject", "status", "code"),
    [
        ({}, 422, "one-subject"),
        ({"municipality": "86194", "organisation_id": str(uuid4())}, 422, "one-subject"),
        ({"municipality": "86999"}, 422, "unknown-commune"),
        ({"municipality": "Poitiers"}, 422, "invalid"),
        ({"organisation_id": str(uuid4())}, 409, "not-known-here-yet"),
    ],
)
async def test_a_feed_is_of_one_thing_that_is_known(
    desk: Desk, subject: dict[str, str], status: int, code: str
) -> None:
    coordinator = a_cast().coordinator
    assert problem(await desk.post(FEEDS, coordinator, {"of": "sessions", **subject})) == (status, code)


async def test_an_organisation_has_a_bounded_number_of_feeds_however_many_ask_at_once(desk: Desk) -> None:
    cast = a_cast()
    await desk.introduce(cast)
    body = {"of": "sessions", "municipality": "86194"}
    first = await made(desk, cast.holder, municipality="86194")
    for _ in range(FEEDS_MAX - 2):
        await made(desk, cast.holder, municipality="86194")
    answers = await asyncio.gather(*(desk.post(FEEDS, cast.holder, body) for _ in range(4)))
    assert sorted(problem(one)[0] for one in answers) == [201, 409, 409, 409]
    assert {problem(one)[1] for one in answers} == {"", "too-many-feeds"}
    await desk.post(f"{FEEDS}/{first.json()['id']}/revoke", cast.holder, match=1)
    await made(desk, cast.holder, municipality="86194")
    assert problem(await desk.post(FEEDS, cast.holder, body)) == (409, "too-many-feeds")


async def test_a_key_of_another_request_makes_no_feed(desk: Desk) -> None:
    cast, key = a_cast(), str(uuid4())
    await desk.introduce(cast)
    await desk.post(FEEDS, cast.holder, {"of": "sessions", "municipality": "86194"}, key=key)
    other = await desk.post(FEEDS, cast.holder, {"of": "obligations", "municipality": "86194"}, key=key)
    assert problem(other) == (422, "key-reused")


async def test_an_organisation_that_has_closed_has_no_calendars(desk: Desk) -> None:
    cast = a_cast()
    await desk.introduce(cast)
    address = await subscribed(desk, cast.holder, organisation_id=cast.holder.org)
    closed = an_organisation(cast.holder.org, OrganisationKind.SOCIAL_CENTRE, version=2, closed_on=date(2025, 4, 1))
    await desk.hear("organisation", closed)
    assert await shown(desk, address, at="2025-04-01T23:59:59+02:00") == {}
    assert problem(await asked(desk, address, at="2025-04-02T00:00:00+02:00")) == (404, "no-such-feed")


async def test_with_its_makers_access_a_feed_ends_and_its_colleagues_do_not(desk: Desk) -> None:
    cast = a_cast()
    await desk.introduce(cast)
    colleague = Person(role=Role.FUNDER, org=cast.holder.org)
    ends = await subscribed(desk, cast.holder, organisation_id=cast.holder.org)
    stays = await subscribed(desk, colleague, organisation_id=cast.holder.org)
    await desk.hear("access_grant", a_grant(cast.holder, version=2, revoked_at=LONG_AGO))
    refused, unknown = await asked(desk, ends), await asked(desk, f"{ISSUER}/v1/calendars/{uuid4()}.ics?key=x")
    assert (problem(refused), without_trace(refused)) == ((404, "no-such-feed"), without_trace(unknown))
    assert await shown(desk, stays) == {}
    body = {"of": "sessions", "municipality": "86194"}
    assert problem(await desk.post(FEEDS, cast.holder, body)) == (403, "not-yours")  # with a token that still lives


async def test_a_feed_reads_no_more_than_its_maker_may_read_today(desk: Desk) -> None:
    cast = a_cast()
    (action,) = await actions_of(desk, cast, await funded(desk, cast))
    await scheduled(desk, cast, action, "2025-05-07")
    town = Person(role=Role.COLLECTIVITY_SYSTEM, codes=("86194", "86041"))
    drac = Person(role=Role.DRAC_ADVISER, codes=("86", "93"))
    for who, left, gone in ((town, ("86194",), ("86041",)), (drac, ("86",), ("93",))):
        address = await subscribed(desk, who, municipality="86194")
        assert await days(desk, address) == ["2025-05-07"]
        await desk.hear("access_grant", a_grant(who, version=2, codes=left))
        assert await days(desk, address) == ["2025-05-07"]
        await desk.hear("access_grant", a_grant(who, version=3, codes=gone))
        assert problem(await asked(desk, address)) == (404, "no-such-feed")
        await desk.hear("access_grant", a_grant(who, version=4))
        assert await days(desk, address) == ["2025-05-07"]


async def test_what_a_client_was_granted_since_does_not_widen_the_feeds_that_it_made(desk: Desk) -> None:
    cast = a_cast()
    (action,) = await actions_of(desk, cast, await funded(desk, cast))
    await scheduled(desk, cast, action, "2025-05-07")
    town = Person(role=Role.COLLECTIVITY_SYSTEM, codes=("86041",))
    await desk.hear("organisation", an_organisation(town.org, OrganisationKind.COMMUNE))
    address = await subscribed(desk, town, organisation_id=town.org)
    await desk.hear("access_grant", a_grant(town, version=2, codes=("86041", "86194")))
    assert await days(desk, address) == []


async def test_a_feed_waits_until_it_has_been_heard_what_its_maker_may_do(desk: Desk, db: Database) -> None:
    cast, late = a_cast(), Person(role=Role.FUNDER)
    await desk.introduce(cast)
    answer = await desk.post(FEEDS, late, {"of": "sessions", "municipality": "86194"})
    assert (problem(answer), answer.headers["retry-after"]) == ((409, "not-known-here-yet"), "1")
    address = await subscribed(desk, late, municipality="86194")
    await hear(db, message("access_grant", late.client_id, 9, None))
    assert problem(await asked(desk, address)) == (404, "no-such-feed")


# ----------------------------------------------------------------------------------- the net under the verbs

MORE: dict[str, Any] = {
    "scopes": ["read", "lists:write"],
    "role": "national_coordination",
    "level": "national",
    "codes": ["86041"],
    "org": UUID(int=7),
    "maker_coordination_id": UUID(int=7),
}


@pytest.mark.parametrize("column", MORE)
async def test_no_row_reads_more_than_whoever_wrote_it(desk: Desk, db: Database, column: str) -> None:
    cast = a_cast()
    await desk.introduce(cast)
    feed = await made(desk, cast.town, municipality="86194")
    copied = (
        "INSERT INTO calendar_feed SELECT (jsonb_populate_record(c, $1::jsonb)).* FROM calendar_feed AS c WHERE id = $2"
    )
    new = str(uuid4())
    async with db.transaction(principal(cast.town)) as tx:
        await tx.execute(copied, f'{{"id": "{new}"}}', feed.json()["id"])
    value = MORE[column] if isinstance(MORE[column], list) else str(MORE[column])
    said = str({"id": str(uuid4()), column: value}).replace("'", '"')
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.transaction(principal(cast.town)) as tx:
            await tx.execute(copied, said, feed.json()["id"])


@pytest.mark.parametrize("column", ["codes", "scopes", "org", "level", "fingerprint", "municipality"])
async def test_of_a_feed_only_its_end_is_written(desk: Desk, db: Database, column: str) -> None:
    cast = a_cast()
    await desk.introduce(cast)
    await made(desk, cast.town, municipality="86194")
    for statement in (f"UPDATE calendar_feed SET {column} = {column}", "DELETE FROM calendar_feed"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with db.transaction(principal(cast.town)) as tx:
                await tx.execute(statement)

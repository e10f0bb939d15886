"""What is somebody's is not there for strangers, whoever they claim to be; at the gateway and at each service.

Strangers are another region, another coordination of the same region, another organisation of the same coordination,
each with every role that has a scope for the verb.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from common.contracts.access import Role
from tests.e2e.doors import DOORS, SECURED, Doors, Operation, all_right, said
from tests.e2e.dossier import a_project
from tests.e2e.ground import VINTAGE
from tests.e2e.people import Person
from tests.e2e.scene import Scene

REFERENCE = {
    *("territory", "region", "department", "intermunicipality", "municipality", "district", "density"),
    *("organisation", "coordination", "film", "rights_offer", "copy", "film_list", "event_type"),
}
"""What everybody reads who reads at all; writing it is a matter of scope, territory and office."""
BY_OFFICE = {"api_client", "sandbox"}
"""What operators do: they have no territory, and nobody else has their scopes."""
NATIONAL = {"figure"}
"""Figures are the nation's; what is behind them is looked at below."""
UNSEEN_VERSION = '"v99999"'


def noun(operation: Operation) -> str:
    return operation.name.partition(".")[0]


SOMEBODYS = [one for one in SECURED if noun(one) not in REFERENCE | BY_OFFICE | NATIONAL]
AIMED = [one for one in SOMEBODYS if one.by_id]
"""Routes that lead to one thing of somebody's."""
LISTS = [one for one in SECURED if one.reads and one not in AIMED and one.name != "figure.stream"]
LISTS = [one for one in LISTS if not one.by_id or one.name == "figure.trace"]
CREATIONS = [one for one in SECURED if "Idempotency-Key" in one.parameters("header") and not one.by_id]


def could(people: list[Person], operations: list[Operation]) -> Iterator[tuple[Person, Operation]]:
    """List who could do it, were it only for the scope."""
    yield from ((person, one) for person in people for one in operations if person.scopes & one.scopes)


def test_most_routes_are_aimed_at_something_of_somebody():
    assert len(AIMED) > 60
    assert {noun(one) for one in AIMED} == {
        *("campaign", "project", "action", "report", "calendar_feed", "endpoint", "delivery", "event")
    }


# -------------------------------------------------------------------------------------------------------- by id


@pytest.mark.parametrize("door", DOORS)
async def test_to_strangers_it_is_not_there_whoever_they_claim_to_be(scene: Scene, doors: Doors, door: str):
    claimed = scene.home[Role.REGIONAL_COORDINATOR].claimed()
    work = [(why, *pair) for why, people in scene.strangers().items() for pair in could(people, AIMED)]
    once = {(why, operation.name): person for why, person, operation in reversed(work)}

    async def asked(why: str, person: Person, operation: Operation) -> str | None:
        token = await scene.token(person)
        plain = said(await doors.ask(door, operation, scene.things, token))
        spoofed = plain
        if once[why, operation.name] is person:
            spoofed = said(await doors.ask(door, operation, scene.things, token, headers=claimed))
        good = plain[0] == 404 and spoofed == plain
        return None if good else f"{why}: {person.name} {operation.name}: {plain} {spoofed}"

    assert {(why, noun(operation)) for why, _, operation in work} > {
        (why, kind) for why in scene.strangers() for kind in ("campaign", "project", "action", "report", "event")
    }
    await all_right(asked(*one) for one in work)


@pytest.mark.parametrize("door", DOORS)
async def test_for_whom_it_concerns_it_is_there(scene: Scene, doors: Doors, door: str):
    """The same requests get as far as the version, or the state: nothing but who asks made the difference."""

    insiders = scene.insiders()

    async def asked(operation: Operation) -> str | None:
        roles = (Role.REGIONAL_COORDINATOR, *Role)
        person = next(insiders[role] for role in roles if insiders[role].scopes & operation.scopes)
        headers = {"if-match": UNSEEN_VERSION}
        answer = await doors.ask(door, operation, scene.things, await scene.token(person), headers=headers)
        asks = operation.reads or operation.name == "action.check"  # a question that is too long for a query
        expected = {200} if asks else {412} if "If-Match" in operation.parameters("header") else {409}
        return None if answer.status_code in expected else f"{person.name} {operation.name}: {said(answer)}"

    await all_right(asked(operation) for operation in AIMED)


@pytest.mark.parametrize("door", DOORS)
async def test_claiming_to_be_a_stranger_changes_nothing_either(scene: Scene, doors: Doors, door: str):
    token = await scene.token(scene.home[Role.REGIONAL_COORDINATOR])
    claimed = scene.abroad[Role.REGIONAL_COORDINATOR].claimed()

    async def asked(operation: Operation) -> str | None:
        plain = await doors.ask(door, operation, scene.things, token)
        spoofed = await doors.ask(door, operation, scene.things, token, headers=claimed)
        good = plain.status_code == 200 and plain.content == spoofed.content
        return None if good else f"{operation.name}: {said(plain)} {said(spoofed)}"

    reads = [one for one in AIMED if one.reads and noun(one) in {"campaign", "project", "action", "report"}]
    await all_right(asked(operation) for operation in reads)


# ----------------------------------------------------------------------------- what is seen, and another's to do


@pytest.mark.parametrize("door", DOORS)
async def test_what_is_seen_is_not_everybodys_to_do(scene: Scene, doors: Doors, door: str):
    """Organisations, coordinations and lists are public, a funder sees all of what it pays for: visible, forbidden."""
    foreign = [scene.abroad[Role.REGIONAL_COORDINATOR], scene.sibling[Role.REGIONAL_COORDINATOR], scene.abroad.drac]
    writes = [one for one in SECURED if one.by_id and not one.reads]
    work = list(could(foreign, [one for one in writes if noun(one) in {"organisation", "coordination", "film_list"}]))
    work += could([scene.home[Role.FUNDER]], [one for one in writes if one.scopes == {"funding:own"}])

    async def asked(person: Person, operation: Operation) -> str | None:
        answer = await doors.ask(door, operation, scene.things, await scene.token(person))
        good = said(answer) == (403, "not-yours")
        return None if good else f"{person.name} {operation.name}: {said(answer)}"

    assert {operation.name for _, operation in work} == {
        *("organisation.change", "organisation.close", "coordination.change", "coordination.end"),
        *("film_list.add_film", "film_list.remove_film", "film_list.close"),
        *("project.decide_line", "project.pay_line", "project.accept_account"),
    }
    await all_right(asked(*one) for one in work)


# -------------------------------------------------------------------------------------------------------- lists


async def test_lists_leave_out_what_is_a_strangers(scene: Scene, doors: Doors):
    work = [pair for people in scene.strangers().values() for pair in could(people, LISTS)]
    private = scene.private

    async def asked(person: Person, operation: Operation) -> str | None:
        shown = await everything(doors, operation, scene, person)
        found = sorted(one for one in private if one in shown)
        return f"{person.name} {operation.name}: {found}" if found else None

    assert {operation.name for _, operation in work} > {
        *("campaign.list", "project.list", "action.list", "report.list", "endpoint.list", "figure.trace")
    }
    await all_right(asked(*one) for one in work)


async def test_lists_show_what_is_ones_own(scene: Scene, doors: Doors):
    """Otherwise the lists above would prove nothing: each shows its own to whom it concerns."""
    coordinator, things = scene.home[Role.REGIONAL_COORDINATOR], scene.things
    own = {
        "campaign.list": things["campaign_id"],
        "project.list": things["project_id"],
        "action.list": things["action_id"],
        "report.list": things["report_id"],
        "endpoint.list": things["endpoint_id"],
        "calendar_feed.list": things["feed_id"],
        "figure.trace": things["project_id"],
    }
    named = {operation.name: operation for operation in LISTS}
    missing = [name for name, one in own.items() if one not in await everything(doors, named[name], scene, coordinator)]
    assert missing == []
    shown = [await everything(doors, named["project.list"], scene, one[Role.PROJECT_HOLDER]) for one in scene.others]
    assert [any(one in text for one in scene.elsewhere) for text in shown] == [True, True]


async def everything(doors: Doors, operation: Operation, scene: Scene, person: Person) -> str:
    """Read a list to its end."""
    url = f"{doors.url('gateway', operation.service)}{operation.filled(scene.things)}"
    headers = {"authorization": f"Bearer {await scene.token(person)}"}
    pages: list[str] = []
    query = operation.query(scene.things)
    while True:
        answer = await doors.http.get(url, params=query, headers=headers)
        if answer.status_code != 200:
            return "".join(pages)
        pages.append(answer.text)
        following = answer.json().get("next")
        if following is None or noun(operation) in REFERENCE:
            return "".join(pages)
        query = {**operation.query(scene.things), "after": following}


# ---------------------------------------------------------------------------------------------------- creations


def outside(scene: Scene) -> Mapping[str, list[tuple[Person, Any]]]:
    """Say who would create what, where it is not theirs."""
    home, abroad, sibling = scene.home, scene.abroad, scene.sibling
    here = {"municipality": {"code": home.place.communes[0], "vintage": VINTAGE}}
    organisation = {"name": "Ailleurs", "kind": "cinema", "valid_from": "2025-01-01", **here}
    covering = {"departments": [home.place.department], "valid_from": "2025-01-01", "region": home.place.region}
    appointment = {"organisation_id": abroad.company.organisations["association"], **covering}
    listing = {"scheme": "open_air", "year": 2031, "title": "Ailleurs", "coordination_id": home.coordination_id}
    endpoint = {"url": "https://hooks.example.org/x", "event_types": ["*"]}
    feed, of_ours = {"of": "sessions"}, {"coordination_id": home.coordination_id}
    holder = {"organisation_id": home.company.organisations["association"]}
    department, commune = {"codes": [home.place.department]}, {"codes": [home.place.communes[0]]}
    return {
        "organisation.register": [(one[Role.REGIONAL_COORDINATOR], organisation) for one in (abroad, sibling)],
        "coordination.appoint": [(abroad.drac, appointment)],
        "film_list.publish": [(one[Role.REGIONAL_COORDINATOR], listing) for one in (abroad, sibling)],
        "calendar_feed.make": [
            (abroad[Role.REGIONAL_COORDINATOR], feed | of_ours),
            (sibling[Role.REGIONAL_COORDINATOR], feed | of_ours),
            (scene.neighbour[Role.COLLECTIVITY_SYSTEM], feed | {"municipality": home.place.communes[0]}),
            (scene.neighbour[Role.PROJECT_HOLDER], feed | holder),
        ],
        "endpoint.register": [
            (abroad[Role.REGIONAL_COORDINATOR], endpoint | department),
            (sibling[Role.REGIONAL_COORDINATOR], endpoint | department),
            (scene.neighbour[Role.COLLECTIVITY_SYSTEM], endpoint | commune),
        ],
    }


NOWHERE_OUTSIDE = {
    "campaign.draft": "It is made in the token's own coordination; no other can be named.",
    "project.draft": "A call for projects is public; where a project may lie is rule R26's to say (below).",
    "api_client.register": "Operators have no territory.",
    "film.register": "The catalogue is the nation's.",
    "rights_offer.offer": "The catalogue is the nation's.",
    "copy.register": "The catalogue is the nation's.",
}


def test_every_creation_is_tried_or_has_a_reason(scene: Scene):
    assert {one.name for one in CREATIONS} == outside(scene).keys() | NOWHERE_OUTSIDE.keys()


@pytest.mark.parametrize("door", DOORS)
async def test_nobody_creates_outside_of_their_own(scene: Scene, doors: Doors, door: str):
    tried = outside(scene)
    work = [(one, who, body) for one in CREATIONS for who, body in tried.get(one.name, ())]
    claimed = scene.home[Role.REGIONAL_COORDINATOR].claimed()

    async def asked(operation: Operation, person: Person, body: Any) -> str | None:
        token = await scene.token(person)
        plain = said(await doors.ask(door, operation, scene.things, token, json=body))
        spoofed = said(await doors.ask(door, operation, scene.things, token, json=body, headers=claimed))
        return None if plain[0] == 403 and spoofed == plain else f"{person.name} {operation.name}: {plain} {spoofed}"

    await all_right(asked(*one) for one in work)


@pytest.mark.parametrize("door", DOORS)
async def test_a_project_lies_where_its_call_reaches(scene: Scene, doors: Doors, door: str):
    """Whoever answers a call, the commune is the coordination's; and nobody answers one that is not open to see."""
    draft = next(one for one in CREATIONS if one.name == "project.draft")
    abroad, campaign = scene.abroad, scene.things["open_campaign_id"]
    token = await scene.token(abroad[Role.PROJECT_HOLDER])
    day = {"sandbox-date": "2025-01-21T10:00:00+01:00"}
    there = a_project(abroad, campaign)
    answer = await doors.ask(door, draft, scene.things, token, headers=day, json=there)
    assert (*said(answer), answer.json()["rule"]) == (409, "outside-perimeter", "R26")
    hidden = {**there, "campaign_id": scene.things["campaign_id"]}
    answer = await doors.ask(door, draft, scene.things, token, headers=day, json=hidden)
    assert said(answer) == (404, "no-such-campaign")

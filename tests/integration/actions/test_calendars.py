"""What calendars show, read at their addresses by a parser of others: sessions, obligations, moves, closed circuits."""

from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from actions.api import ics
from actions.commands import feeds as commands
from actions.domain.feed import Limits
from common.contracts.access import Role
from common.contracts.partners import OrganisationKind
from common.database import Database
from common.tokens import SYSTEM
from tests import calendars
from tests.integration.actions.journeys import MARCH, act, actions_of, an_action, funded, scheduled
from tests.integration.actions.people import Desk, Person, a_cast, a_department, a_town, an_organisation
from tests.integration.actions.subscribing import asked, days, made, shown, subscribed
from tests.integration.actions.test_closed_circuits import DAYS, announced, begun, counted
from tests.integration.actions.test_open_air_law import STORM, authorised, with_rights_and_permit
from tests.integration.actions.test_retractions import hear, message

MAY = "2025-05-20T10:00:00+02:00"
NOW = datetime.fromisoformat(MARCH)


async def test_a_coordination_an_organisation_and_a_commune_have_their_sessions(desk: Desk) -> None:
    cast = a_cast()
    (action,) = await actions_of(desk, cast, await funded(desk, cast))
    action = await scheduled(desk, cast, action, "2025-05-07", "2025-04-30")
    feeds = (
        (cast.coordinator, {"coordination_id": cast.coordinator.coordination_id}),
        (cast.coordinator, {"organisation_id": cast.cinema}),
        (cast.holder, {"organisation_id": cast.holder.org}),
        (cast.holder, {"municipality": "86194"}),
        (cast.town, {"organisation_id": cast.town.org}),
        (cast.drac, {"organisation_id": cast.drac.org}),
    )
    addresses = [await subscribed(desk, who, **subject) for who, subject in feeds]
    for address in addresses:
        assert await days(desk, address) == ["2025-04-30", "2025-05-07"]
    (first, _) = sorted((await shown(desk, addresses[0])).values(), key=lambda event: event.dtstart.value)
    session = next(one for one in action.json()["sessions"] if one["held_on"] == "2025-04-30")
    assert first.uid.value == f"session-{session['id']}@passeursdimages.fr"
    assert first.summary.value == "Atelier de programmation : Atelier de programmation"
    assert (first.location.value, first.status.value) == ("Maison de quartier, 86194", "CONFIRMED")
    assert calendars.hour(first) == "2025-04-30 14:00 Europe/Paris"
    assert first.url.value.endswith(f"/v1/actions/{action.json()['id']}")
    assert int(first.sequence.value) == action.json()["version"]


async def test_others_have_none_of_them(desk: Desk) -> None:
    cast, other = a_cast(), a_cast()
    await desk.introduce(other)
    (action,) = await actions_of(desk, cast, await funded(desk, cast))
    await scheduled(desk, cast, action, "2025-05-07")
    address = await subscribed(desk, other.coordinator, coordination_id=other.coordinator.coordination_id)
    assert await days(desk, address) == []
    assert await days(desk, await subscribed(desk, other.holder, municipality="86194")) == []
    assert await days(desk, await subscribed(desk, cast.coordinator, municipality="86041")) == []
    stranger = await subscribed(desk, other.coordinator, organisation_id=cast.holder.org)
    assert await days(desk, stranger) == []


@pytest.mark.parametrize(
    ("commune", "zone"),
    [("86194", "Europe/Paris"), ("97209", "America/Martinique"), ("97411", "Indian/Reunion")],
)
async def test_hours_are_the_places_own_overseas_too(desk: Desk, commune: str, zone: str) -> None:
    department, cast = commune[:3] if commune.startswith("97") else "86", a_cast()
    if department != "86":
        await desk.hear("territory", a_department(department, a_town(commune)))
    there = [an_action(places=[{"label": "Médiathèque", "municipality": commune}])]
    (action,) = await actions_of(desk, cast, await funded(desk, cast, actions=there))
    await scheduled(desk, cast, action, "2025-06-07")
    (event,) = (await shown(desk, await subscribed(desk, cast.holder, organisation_id=cast.holder.org))).values()
    assert calendars.hour(event) == f"2025-06-07 14:00 {zone}"


async def test_what_is_not_announced_yet_is_tentative_and_what_is_given_up_is_said_to_be(desk: Desk) -> None:
    cast = a_cast()
    (action,) = await actions_of(desk, cast, await funded(desk, cast))
    address = await subscribed(desk, cast.holder, organisation_id=cast.holder.org)
    for day in ("2025-05-07", "2025-05-14"):
        session = {"held_on": day, "starts_at": "14:00", "responsible": "médiatrice"}
        action = await act(desk, action, "sessions", cast.holder, session, at=MARCH)
    before = await shown(desk, address)
    assert {event.status.value for event in before.values()} == {"TENTATIVE"}
    action = await act(desk, action, "schedule", cast.holder, at=MARCH)
    first = action.json()["sessions"][0]["id"]
    await act(desk, action, f"sessions/{first}/cancel", cast.holder, {"cause": "public"}, at=MARCH)
    after = await shown(desk, address)
    given_up = after[f"session-{first}@passeursdimages.fr"]
    assert sorted(event.status.value for event in after.values()) == ["CANCELLED", "CONFIRMED"]
    assert given_up.summary.value.startswith("[Annulé] ")
    assert given_up.status.value == "CANCELLED"
    assert int(given_up.sequence.value) > int(before[given_up.uid.value].sequence.value)


async def test_moving_a_session_moves_its_event_and_those_of_its_obligations(desk: Desk) -> None:
    cast = a_cast()
    await desk.introduce(cast)
    sessions = await subscribed(desk, cast.holder, organisation_id=cast.holder.org)
    due = await subscribed(desk, cast.holder, "obligations", organisation_id=cast.holder.org)
    action = await authorised(desk, cast, await with_rights_and_permit(desk, cast))
    action = await act(desk, action, "schedule", cast.holder, at=MARCH)
    (event,), owed = (await shown(desk, sessions)).values(), await shown(desk, due)
    await as_the_api_says(desk, cast.holder, action, owed)

    action = await act(desk, action, "postpone", cast.holder, {"cause": "weather"}, at=STORM)
    (put_off,) = (await shown(desk, sessions)).values()
    assert (put_off.uid.value, put_off.status.value) == (event.uid.value, "TENTATIVE")
    assert put_off.summary.value.startswith("[Reporté, nouvelle date à venir] ")

    new_day = {"session_id": action.json()["sessions"][0]["id"], "held_on": "2025-07-25"}
    action = await act(desk, action, "reschedule", cast.holder, {"days": [new_day]}, at=STORM)
    (moved,), later = (await shown(desk, sessions)).values(), await shown(desk, due)
    assert (moved.uid.value, calendars.hour(moved)) == (event.uid.value, "2025-07-25 20:30 Europe/Paris")
    assert int(moved.sequence.value) > int(put_off.sequence.value) > int(event.sequence.value)
    assert moved.last_modified.value > event.last_modified.value
    assert set(later) == set(owed)
    for uid, one in later.items():
        assert (one.dtstart.value - owed[uid].dtstart.value).days == 7, uid
        assert int(one.sequence.value) > int(owed[uid].sequence.value)
    await as_the_api_says(desk, cast.holder, action, later)


async def as_the_api_says(desk: Desk, who: Person, action: httpx.Response, owed: Any) -> None:
    """Hold a calendar to say of an action what its own list of obligations says."""
    listed = await desk.get(f"/v1/actions/{action.json()['id']}/obligations", who)
    said = {
        f"obligation-{one['kind']}-{one['session_id']}" + (f"-{one['film_id']}" if one["film_id"] else ""): one
        for one in listed.json()["items"]
    }
    assert {uid.partition("@")[0]: f"{event.dtstart.value}" for uid, event in owed.items()} == {
        uid: one["due_on"] for uid, one in said.items()
    }
    for uid, event in owed.items():
        one = said[uid.partition("@")[0]]
        assert event.summary.value.startswith("[Fait] " if one["settled"] else "[À faire] ")
        assert ("Bloquant" in event.categories.value) is one["blocking"]


async def test_a_calendar_that_has_not_changed_is_not_sent_again(desk: Desk) -> None:
    cast = a_cast()
    (action,) = await actions_of(desk, cast, await funded(desk, cast))
    action = await scheduled(desk, cast, action, "2025-05-07", "2025-05-14")
    address = await subscribed(desk, cast.holder, organisation_id=cast.holder.org)
    first = await asked(desk, address)
    tag = first.headers["etag"]
    assert (first.headers["cache-control"], tag[0]) == ("private, no-cache", '"')
    assert (await asked(desk, address)).content == first.content
    for seen in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await asked(desk, address, if_none_match=seen)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    session = action.json()["sessions"][0]["id"]
    await act(desk, action, f"sessions/{session}/cancel", cast.holder, {"cause": "public"}, at=MARCH)
    changed = await asked(desk, address, if_none_match=tag)
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


async def test_a_calendar_looks_a_year_back_and_two_ahead(desk: Desk) -> None:
    cast = a_cast()
    (action,) = await actions_of(desk, cast, await funded(desk, cast))
    await scheduled(desk, cast, action, "2025-05-07")
    address = await subscribed(desk, cast.holder, organisation_id=cast.holder.org)
    for day, found in (("2023-05-06", 0), ("2023-05-07", 1), ("2026-05-08", 1), ("2026-05-09", 0)):
        assert len(await days(desk, address, at=f"{day}T12:00:00+02:00")) == found, day


async def test_r41_a_closed_circuit_is_on_the_calendars_of_those_inside_and_of_others_once_it_was_held(
    desk: Desk,
) -> None:
    cast, authority = a_cast(), Person(role=Role.CLOSED_SITE_AUTHORITY)
    await desk.introduce(cast)
    await desk.hear("organisation", an_organisation(authority.org, OrganisationKind.STATE_SERVICE))
    inside = [
        await subscribed(desk, cast.holder, organisation_id=cast.holder.org),
        await subscribed(desk, cast.coordinator, coordination_id=cast.coordinator.coordination_id),
        await subscribed(desk, authority, organisation_id=authority.org),
        await subscribed(desk, cast.coordinator, organisation_id=authority.org),
    ]
    outside = [
        await subscribed(desk, cast.town, organisation_id=cast.town.org),
        await subscribed(desk, cast.drac, coordination_id=cast.coordinator.coordination_id),
        await subscribed(desk, cast.drac, organisation_id=cast.holder.org),
    ]
    by_site = await subscribed(desk, cast.drac, organisation_id=authority.org)
    owed_inside = await subscribed(desk, authority, "obligations", organisation_id=authority.org)
    owed_outside = await subscribed(desk, cast.drac, "obligations", organisation_id=cast.holder.org)
    action = await announced(desk, cast, authority)
    for address in inside:
        assert await days(desk, address) == [*DAYS]
        places = {event.location.value for event in (await shown(desk, address)).values()}
        assert places == {"Maison d’arrêt de Vivonne, 86194"}
    assert any("site_approval" in uid for uid in await shown(desk, owed_inside))
    for address in (*outside, by_site, owed_outside):
        assert await days(desk, address) == []

    action = await counted(desk, cast, await begun(desk, cast, action), 1)
    for address in (*outside, by_site, owed_outside):
        assert await days(desk, address) == []
    body = {"participants_distinct": 9}
    await act(desk, action, "hold", cast.holder, body, at="2025-05-19T18:05:00+02:00")
    for address in outside:
        assert await days(desk, address, at=MAY) == [*DAYS]
        text = (await asked(desk, address, at=MAY)).text
        assert [secret for secret in ("Vivonne", "médiatrice", str(authority.org)) if secret in text] == []
        for event in (await shown(desk, address, at=MAY)).values():
            assert event.summary.value == "Atelier de programmation"
            assert event.location.value == "Établissement pénitentiaire, 86194"
    assert await days(desk, by_site, at=MAY) == []  # whose site it is would be told by its being there


async def test_a_calendar_that_is_cut_says_so_and_shows_the_latest(desk: Desk, db: Database) -> None:
    cast = a_cast()
    (action,) = await actions_of(desk, cast, await funded(desk, cast))
    await scheduled(desk, cast, action, "2025-05-07", "2025-05-14", "2025-05-21")
    feed = (await made(desk, cast.holder, organisation_id=cast.holder.org)).json()
    for events_max, days_shown, signs in ((3, ["05-07", "05-14", "05-21"], 0), (2, ["05-14", "05-14", "05-21"], 1)):
        events = await bounded(db, feed, Limits(feeds_max=1, events_max=events_max, actions_max=9))
        assert [f"{event.dtstart.value:%m-%d}" for event in events] == days_shown
        assert sum(event.summary.value.startswith("Agenda incomplet : ") for event in events) == signs


async def test_obligations_that_are_cut_say_so_and_show_what_is_due_first(desk: Desk, db: Database) -> None:
    cast = a_cast()
    await with_rights_and_permit(desk, cast)
    feed = (await made(desk, cast.holder, "obligations", organisation_id=cast.holder.org)).json()
    whole = await bounded(db, feed, Limits(feeds_max=1, events_max=99, actions_max=9))
    assert not [event for event in whole if event.summary.value.startswith("Agenda")]
    some = await bounded(db, feed, Limits(feeds_max=1, events_max=2, actions_max=9))
    assert sum(event.summary.value.startswith("Agenda incomplet : ") for event in some) == 1
    assert {event.dtstart.value for event in some} == {event.dtstart.value for event in whole[:2]}


async def test_obligations_that_cannot_be_told_yet_are_said_not_to_be_known(desk: Desk, db: Database) -> None:
    cast = a_cast()
    action = await with_rights_and_permit(desk, cast)
    address = await subscribed(desk, cast.holder, "obligations", organisation_id=cast.holder.org)
    assert len(await shown(desk, address)) > 1
    (session,) = action.json()["sessions"]
    await hear(db, message("film", session["programme"][0]["film_id"], 9, None))
    (said,) = (await shown(desk, address)).values()
    assert said.summary.value == "Obligations pas encore connues : Dehors"
    assert f"{said.dtstart.value}" == session["held_on"]


async def bounded(db: Database, feed: dict[str, Any], limits: Limits) -> list[calendars.Event]:
    """Read a feed within other limits than this house's; by day."""
    key = feed["address"].partition("?key=")[2]
    async with db.transaction(SYSTEM) as tx:
        opened, maker = await commands.opened(tx, UUID(feed["id"]), key, at=NOW)
    async with db.transaction(maker) as tx:
        calendar = await commands.shown(tx, opened, limits, at=NOW)
    found = calendars.read(ics.written(calendar, "https://passeurs.example.org"))
    return sorted(found.values(), key=lambda event: f"{event.dtstart.value}")


async def test_more_actions_take_no_more_statements(desk: Desk, db: Database) -> None:
    for of in ("sessions", "obligations"):
        counts = []
        for actions in (1, 3):
            cast = a_cast()
            project = await funded(desk, cast, actions=[an_action(title=f"{n}") for n in range(actions)])
            for action in await actions_of(desk, cast, project):
                await scheduled(desk, cast, action, "2025-05-07", "2025-05-14")
            feed = (await made(desk, cast.holder, of, organisation_id=cast.holder.org)).json()
            counts.append(await statements(db, feed))
        assert counts[0] == counts[1] <= 5, of


async def statements(db: Database, feed: dict[str, Any]) -> int:
    """Count the statements that reading a feed takes."""
    seen: list[str] = []
    key = feed["address"].partition("?key=")[2]
    async with db.transaction(SYSTEM) as tx:
        opened, maker = await commands.opened(tx, UUID(feed["id"]), key, at=NOW)
    async with db.transaction(maker) as tx:

        def noted(record: Any) -> None:
            seen.append(record.query)

        tx.add_query_logger(noted)
        await commands.shown(tx, opened, Limits(feeds_max=1, events_max=99, actions_max=99), at=NOW)
        tx.remove_query_logger(noted)
    return len(seen)

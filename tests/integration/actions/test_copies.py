"""Copies through the HTTP door: booked once, on their way in time, opened by their keys, and missed when gone."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from actions.domain.copies import Booking
from actions.store import copies as copies_store
from actions.store.copies import Around
from common.contracts.catalogue import CopyFormat, CopyKey, CopyState, CopyStatus, FilmState
from common.tokens import Territory
from tests.integration.actions.journeys import MARCH, act, an_action
from tests.integration.actions.people import LONG_AGO, Cast, Desk, a_cast, a_department, a_town
from tests.integration.actions.screenings import a_film, a_session, asked, begun, by_rule, indoors, planned, running
from tests.integration.actions.test_risks import risks, settled
from tests.integration.actions.test_row_security import holding

EVENING = "2025-07-18"
OK = (201, "", None)
ELSEWHERE = (409, "copy-cannot-be-there", "C01")
NEXT_DOOR = {"label": "Foyer", "municipality": "86041"}


def a_copy(film: FilmState, **said: Any) -> CopyState:
    copy = CopyState(
        id=uuid4(),
        version=1,
        occurred_at=LONG_AGO,
        status=CopyStatus.AVAILABLE,
        film_id=film.id,
        holder_id=uuid4(),
        format=CopyFormat.DCP,
        film_version=None,
        encrypted=False,
        transit_days=2,
        label="",
        keys=(),
    )
    return replace(copy, **said)


def a_key(first: str, last: str, **said: Any) -> CopyKey:
    """Give a key that opens from the morning of one day to the evening of another."""
    opens, closes = (datetime.fromisoformat(f"{day}T08:00:00+00:00") for day in (first, last))
    return replace(CopyKey(id=uuid4(), screen="Salle", opens_at=opens, closes_at=closes + timedelta(hours=14)), **said)


def shown_from(copy: CopyState, on: str = EVENING, **said: Any) -> dict[str, Any]:
    programme = [{"film_id": str(copy.film_id), "copy_id": str(copy.id), "support": "dcp"}]
    return a_session(copy.film_id, on, programme=programme, **said)


async def somebody(desk: Desk, film: FilmState, copy: CopyState, **said: Any) -> tuple[Cast, httpx.Response]:
    """Begin an action of somebody whom nobody else sees, where the copy has been heard of."""
    cast = a_cast()
    await desk.hear("copy", copy)
    action, *_ = await begun(desk, cast, film, actions=[indoors(**said)])
    return cast, action


async def insisting(desk: Desk, cast: Cast, action: httpx.Response, session: dict[str, Any]) -> httpx.Response:
    """Plan a session as a client does: once more, where the row was held longer than anybody waits for it."""
    path = f"/v1/actions/{action.json()['id']}/sessions"
    answers = [await desk.post(path, cast.holder, session, match=action, at=MARCH)]
    while answers[-1].status_code == 503 and len(answers) < 20:
        answers.append(await desk.post(path, cast.holder, session, match=action, at=MARCH))
    return answers[-1]


async def test_c01_of_seven_who_book_one_copy_for_one_evening_in_seven_communes_exactly_one_has_it(desk: Desk) -> None:
    towns = [f"79{n:03}" for n in range(1, 8)]
    await desk.hear("territory", a_department("79", *(a_town(code) for code in towns)))
    film = a_film(visa="2023-01-01")
    copy = a_copy(film)
    begun_by = [await somebody(desk, film, copy, places=[{"label": "Salle", "municipality": one}]) for one in towns]
    bookings = [insisting(desk, cast, action, shown_from(copy)) for cast, action in begun_by]
    answers = [by_rule(one) for one in await asyncio.gather(*bookings)]
    assert sorted(answers, key=str) == [OK, *[ELSEWHERE] * 6]


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2025-07-16", OK),
        ("2025-07-17", ELSEWHERE),
        ("2025-07-18", ELSEWHERE),
        ("2025-07-19", ELSEWHERE),
        ("2025-07-20", OK),
    ],
)
async def test_c01_a_copy_has_its_days_on_the_way_and_a_check_says_from_when_on(desk: Desk, on: str, said: Any) -> None:
    film = a_film(visa="2023-01-01")
    copy = a_copy(film)
    cast, action = await somebody(desk, film, copy, places=[NEXT_DOOR])
    assert by_rule(await planned(desk, action, cast.holder, shown_from(copy))) == OK
    other, action = await somebody(desk, film, copy)
    found = await asked(desk, action, other.holder, {"session": shown_from(copy, on)})
    assert found["first_lawful_on"] == (None if said == OK else "2025-07-20")
    assert NEXT_DOOR["municipality"] not in str(found["verdicts"])
    assert by_rule(await planned(desk, action, other.holder, shown_from(copy, on))) == said


@pytest.mark.parametrize(("on", "said"), [("2025-03-21", ELSEWHERE), ("2025-03-22", OK)])
async def test_c01_a_copy_asked_for_too_late_arrives_after_the_show(desk: Desk, on: str, said: Any) -> None:
    film = a_film(visa="2023-01-01")
    copy = a_copy(film)
    cast, action = await somebody(desk, film, copy)
    assert by_rule(await planned(desk, action, cast.holder, shown_from(copy, on))) == said


async def test_c01_a_session_that_is_given_up_gives_its_copy_back(desk: Desk) -> None:
    film = a_film(visa="2023-01-01")
    copy = a_copy(film)
    cast, action = await somebody(desk, film, copy)
    action = await planned(desk, action, cast.holder, shown_from(copy))
    other, theirs = await somebody(desk, film, copy)
    assert by_rule(await planned(desk, theirs, other.holder, shown_from(copy))) == ELSEWHERE
    path = f"sessions/{action.json()['sessions'][0]['id']}/cancel"
    await act(desk, action, path, cast.holder, {"cause": "public"}, at=MARCH)
    assert by_rule(await planned(desk, theirs, other.holder, shown_from(copy))) == OK


async def test_c01_a_copy_is_chosen_later_or_anew_and_by_one_only(desk: Desk) -> None:
    film = a_film(visa="2023-01-01")
    first, second = a_copy(film), a_copy(film, format=CopyFormat.BLU_RAY)
    cast, action = await somebody(desk, film, first)
    action = await planned(desk, action, cast.holder, a_session(film.id, EVENING))
    path = f"sessions/{action.json()['sessions'][0]['id']}/copy"
    chosen = await act(desk, action, path, cast.holder, {"film_id": str(film.id), "copy_id": str(first.id)}, at=MARCH)
    (item,) = chosen.json()["sessions"][0]["programme"]
    assert (item["copy_id"], item["support"]) == (str(first.id), "dcp")
    other, theirs = await somebody(desk, film, second)
    assert by_rule(await planned(desk, theirs, other.holder, shown_from(first))) == ELSEWHERE
    chosen = await act(desk, chosen, path, cast.holder, {"film_id": str(film.id), "copy_id": str(second.id)}, at=MARCH)
    assert chosen.json()["sessions"][0]["programme"][0]["support"] == "blu_ray"
    assert by_rule(await planned(desk, theirs, other.holder, shown_from(first))) == OK
    body = {"film_id": str(film.id), "copy_id": str(first.id)}
    answer = await desk.post(f"/v1/actions/{chosen.json()['id']}/{path}", cast.holder, body, match=chosen, at=MARCH)
    assert by_rule(answer) == ELSEWHERE
    unseen = {"film_id": str(uuid4()), "copy_id": None}
    answer = await desk.post(f"/v1/actions/{chosen.json()['id']}/{path}", cast.holder, unseen, match=chosen, at=MARCH)
    assert by_rule(answer) == (422, "film-not-shown", None)


async def test_c01_a_session_moves_to_a_day_on_which_its_copy_can_be_there(desk: Desk) -> None:
    film, other_film = a_film(visa="2023-01-01"), a_film(visa="2023-01-01")
    copy = a_copy(film)
    await desk.hear("copy", copy)
    cast = a_cast()
    action, *_ = await running(desk, cast, film, other_film, actions=[an_action(), indoors(title="Une autre")])
    action = await planned(desk, action, cast.holder, shown_from(copy))
    action = await act(desk, action, "schedule", cast.holder, at=MARCH)
    action = await act(desk, action, "postpone", cast.holder, {"cause": "weather"}, at=MARCH)
    lender, theirs = await somebody(desk, film, copy, places=[NEXT_DOOR])
    assert by_rule(await planned(desk, theirs, lender.holder, shown_from(copy, "2025-07-25"))) == OK
    for day, said in (("2025-07-24", ELSEWHERE), ("2025-07-27", (200, "", None))):
        days = {"days": [{"session_id": action.json()["sessions"][0]["id"], "held_on": day}]}
        before = await asked(desk, action, cast.holder, days)
        path = f"/v1/actions/{action.json()['id']}/reschedule"
        answer = await desk.post(path, cast.holder, days, match=action, at=MARCH)
        assert by_rule(answer) == said
        assert before["lawful"] is (answer.status_code == 200)


@pytest.mark.parametrize(
    ("keys", "said", "flagged"),
    [
        ((), OK, True),
        ((a_key("2025-07-17", "2025-07-19"),), OK, False),
        ((a_key("2025-07-11", "2025-07-17"),), (409, "key-does-not-open", "C02"), False),
        ((a_key("2025-07-17", "2025-07-19", municipality="86041"),), OK, True),
    ],
    ids=["not issued", "opens", "closes before", "for elsewhere"],
)
async def test_c02_a_key_opens_the_session_or_refuses_it_and_none_is_flagged(
    desk: Desk, keys: tuple[CopyKey, ...], said: Any, flagged: bool
) -> None:
    film = a_film(visa="2023-01-01")
    copy = a_copy(film, encrypted=True, keys=keys)
    cast, action = await somebody(desk, film, copy)
    answer = await planned(desk, action, cast.holder, shown_from(copy))
    assert by_rule(answer) == said
    assert ("C02" in [one["rule"] for one in answer.json().get("notices", ())]) is flagged


async def test_c02_c03_what_becomes_of_a_copy_flags_who_counts_on_it_until_another_is_chosen(desk: Desk) -> None:
    film, key = a_film(visa="2023-01-01"), a_key("2025-07-17", "2025-07-19")
    copy, another = a_copy(film, encrypted=True, keys=(key,)), a_copy(film)
    await desk.hear("copy", another)
    cast, action = await somebody(desk, film, copy)
    action = await planned(desk, action, cast.holder, shown_from(copy))
    await settled(desk)
    assert await risks(desk, action, cast.holder) == []
    revoked = replace(copy, version=2, keys=(replace(key, revoked=True),))
    await desk.hear("copy", revoked)
    await settled(desk)
    assert await risks(desk, action, cast.holder) == ["C02"]
    await desk.hear("copy", replace(revoked, version=3, status=CopyStatus.WITHDRAWN, keys=(key,)))
    await settled(desk)
    assert await risks(desk, action, cast.holder) == ["C03"]
    action = await desk.get(f"/v1/actions/{action.json()['id']}", cast.holder)
    path = f"sessions/{action.json()['sessions'][0]['id']}/copy"
    body = {"film_id": str(film.id), "copy_id": str(another.id)}
    await act(desk, action, path, cast.holder, body, at=MARCH)
    await settled(desk)
    assert await risks(desk, action, cast.holder) == []


async def test_c01_a_longer_way_flags_both_and_one_that_moves_away_frees_the_other(desk: Desk) -> None:
    film = a_film(visa="2023-01-01")
    copy = a_copy(film)
    cast, action = await somebody(desk, film, copy)
    action = await planned(desk, action, cast.holder, shown_from(copy))
    other, theirs = await somebody(desk, film, copy, places=[NEXT_DOOR])
    theirs = await planned(desk, theirs, other.holder, shown_from(copy, "2025-07-20"))
    await desk.hear("copy", replace(copy, version=2, transit_days=5))
    await settled(desk)
    assert [await risks(desk, action, cast.holder), await risks(desk, theirs, other.holder)] == [["C01"], ["C01"]]
    theirs = await desk.get(f"/v1/actions/{theirs.json()['id']}", other.holder)
    path = f"sessions/{theirs.json()['sessions'][0]['id']}/cancel"
    await act(desk, theirs, path, other.holder, {"cause": "public"}, at=MARCH)
    await settled(desk)
    assert await risks(desk, action, cast.holder) == []


async def test_c03_a_copy_that_is_withdrawn_cannot_be_booked_and_one_unheard_of_may_come(desk: Desk) -> None:
    film = a_film(visa="2023-01-01")
    copy, unheard = a_copy(film, status=CopyStatus.WITHDRAWN), a_copy(film)
    cast, action = await somebody(desk, film, copy)
    assert by_rule(await planned(desk, action, cast.holder, shown_from(copy))) == (409, "copy-no-longer-lent", "C03")
    path = f"/v1/actions/{action.json()['id']}/sessions"
    early = await desk.post(path, cast.holder, shown_from(unheard), match=action, at=MARCH)
    assert (by_rule(early)[:2], early.headers["retry-after"]) == ((409, "not-known-here-yet"), "1")
    await desk.hear("copy", unheard)
    assert by_rule(await planned(desk, action, cast.holder, shown_from(unheard))) == OK


async def test_older_news_of_a_copy_is_left_aside(desk: Desk) -> None:
    film = a_film(visa="2023-01-01")
    copy = a_copy(film, version=3)
    cast, action = await somebody(desk, film, copy)
    await desk.hear("copy", replace(copy, version=2, status=CopyStatus.WITHDRAWN))
    assert by_rule(await planned(desk, action, cast.holder, shown_from(copy))) == OK


async def test_two_who_book_the_same_two_copies_the_other_way_round_wait_for_one_another_and_both_have_them(
    desk: Desk,
) -> None:
    film, short = a_film(visa="2023-01-01"), a_film(40, visa="2023-01-01")
    copies = a_copy(film), a_copy(short)
    for one in (short, *copies):
        await desk.hear(one.AGGREGATE, one)
    evenings = ("2025-07-01", "2025-07-08", "2025-07-15", "2025-07-22")
    begun_by = [await somebody(desk, film, copies[0]) for _ in evenings]
    programme = [{"film_id": str(copy.film_id), "copy_id": str(copy.id), "support": "dcp"} for copy in copies]
    bookings = [
        desk.post(
            f"/v1/actions/{action.json()['id']}/sessions",
            cast.holder,
            a_session(film.id, evening, programme=programme[:: 1 if n % 2 else -1]),
            match=action,
            at=MARCH,
        )
        for n, (evening, (cast, action)) in enumerate(zip(evenings, begun_by, strict=True))
    ]
    assert [by_rule(one) for one in await asyncio.gather(*bookings)] == [OK] * len(evenings)


async def test_whoever_asks_learns_when_and_where_a_copy_is_lent_and_nothing_of_whose_that_is(desk: Desk) -> None:
    film = a_film(visa="2023-01-01")
    copy = a_copy(film)
    cast, action = await somebody(desk, film, copy)
    await planned(desk, action, cast.holder, shown_from(copy))
    stranger = replace(holding("read", "actions:write"), org=uuid4(), territory=Territory("organisation"))
    async with desk.db.transaction(stranger) as tx:
        assert await tx.fetchval("SELECT count(*) FROM lending WHERE copy_id = $1", copy.id) == 0
        july = Around(action_id=uuid4(), copies=[copy.id], first_on=date(2025, 7, 1), last_on=date(2025, 7, 31))
        found = await copies_store.bookings(tx, [july])
    booking = Booking(
        held_on=date(2025, 7, 18),
        starts_at=time(20, 30),
        zone="Europe/Paris",
        minutes=71,
        municipality="86194",
    )
    assert found == {july.action_id: {copy.id: (booking,)}}

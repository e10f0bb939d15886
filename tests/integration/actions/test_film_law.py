"""Film law through the HTTP door, rule by rule: each boundary asked of the check and of the verb alike."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from common.contracts.catalogue import Classification, Clearance, Consents, Dissemination, WorkshopFilm
from common.contracts.money import Money
from common.contracts.partners import Derogation, OrganisationKind
from tests.integration.actions.journeys import MARCH, act, an_action, drafted
from tests.integration.actions.people import Cast, Desk, a_cast, a_department, a_town, an_organisation
from tests.integration.actions.screenings import (
    SQUARE,
    a_film,
    a_session,
    an_offer,
    asked,
    begun,
    by_rule,
    indoors,
    outdoors,
    planned,
    running,
)

A_WORKSHOP = WorkshopFilm(
    project_id=None,
    action_id=None,
    clearance=Clearance.CLEARED,
    dissemination=Dissemination.INTERNET,
    consents=Consents(identifiable=1, restitution_only=1, network=1, festivals=1, internet=1),
)
OK = (201, "", None)
TOO_EARLY = (409, "visa-delay-not-elapsed")
PAID = {"amount": "3.00", "currency": "EUR"}


async def answer_of(desk: Desk, action: dict[str, Any], film: Any, on: str) -> tuple[int, str, str | None]:
    cast = a_cast()
    organiser = {"organiser_id": str(cast.cinema)} if action.pop("by_cinema", False) else {}
    first, *_ = await begun(desk, cast, film, actions=[{**action, **organiser}], ends_on="2028-06-30")
    return by_rule(await planned(desk, first, cast.holder, a_session(film.id, on)))


@pytest.mark.parametrize(
    ("visa", "on", "said"),
    [
        ("2024-07-18", "2025-07-17", (*TOO_EARLY, "R01")),
        ("2024-07-18", "2025-07-18", (*TOO_EARLY, "R01")),
        ("2024-07-18", "2025-07-19", OK),
        ("2024-02-29", "2025-02-28", (*TOO_EARLY, "R01")),  # R02
        ("2024-02-29", "2025-03-01", OK),
        ("2027-02-28", "2028-02-28", (*TOO_EARLY, "R01")),
        ("2027-02-28", "2028-02-29", OK),
    ],
)
async def test_r01_r02_a_feature_waits_one_year_from_its_visa(desk: Desk, visa: str, on: str, said: Any) -> None:
    assert await answer_of(desk, outdoors(), a_film(visa=visa), on) == said


@pytest.mark.parametrize(
    ("department", "on", "at", "said"),
    [
        ("971", "2025-07-18", "23:59", (*TOO_EARLY, "R01")),  # the 19th in Paris
        ("971", "2025-07-19", "00:00", OK),
        ("974", "2025-07-18", "23:59", (*TOO_EARLY, "R01")),
        ("974", "2025-07-19", "00:00", OK),  # still the 18th in Paris
    ],
)
async def test_r01_the_day_begins_at_midnight_where_the_screen_is(
    desk: Desk, department: str, on: str, at: str, said: Any
) -> None:
    town = f"{department}05"
    await desk.hear("territory", a_department(department, a_town(town)))
    cast, film = a_cast(department, town), a_film(visa="2024-07-18")
    there = outdoors(places=[{"label": "Le front de mer", "municipality": town}])
    action, *_ = await begun(desk, cast, film, actions=[there], main_municipality=town)
    assert by_rule(await planned(desk, action, cast.holder, a_session(film.id, on, starts_at=at))) == said


@pytest.mark.parametrize(("minutes", "asks"), [(59, set()), (60, {"R03"}), (61, {"R01", "R08"})])
async def test_r03_sixty_minutes_are_the_border_outdoors(desk: Desk, minutes: int, asks: set[str]) -> None:
    cast, film = a_cast(), a_film(minutes, "2025-03-01")
    action, *_ = await begun(desk, cast, film, actions=[outdoors()])
    said = await asked(desk, action, cast.holder, {"session": a_session(film.id, "2025-07-18")})
    against = {one["rule"] for one in said["verdicts"] if one["outcome"] != "allowed"}
    assert against & {"R01", "R03", "R08"} == asks
    assert said["lawful"] is (minutes != 61)


@pytest.mark.parametrize(("minutes", "noticed"), [(None, ["R03"]), (40, [])])
async def test_r03_a_workshop_film_of_unknown_length_is_said_to_lack_it(
    desk: Desk, minutes: int | None, noticed: list[str]
) -> None:
    cast, film = a_cast(), a_film(minutes, None, workshop=A_WORKSHOP)
    action, *_ = await running(desk, cast, film, actions=[outdoors(), an_action()])
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-07-18"))
    assert [one["rule"] for one in action.json()["notices"]] == noticed
    against = {one["rule"] for one in (await asked(desk, action, cast.holder))["verdicts"] if one["blocks"]}
    assert ("R08" in against) is (minutes is None)


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (indoors(action_type="special_screening", by_cinema=True), OK),
        (outdoors(by_cinema=True), OK),
        (indoors(regime="commercial_cinema"), (409, "not-a-licensed-operator", "R05")),
    ],
    ids=["in a cinema", "moved", "by nobody licensed"],
)
async def test_r05_a_licensed_operator_does_not_wait_and_nobody_else_is_commercial(
    desk: Desk, action: dict[str, Any], said: Any
) -> None:
    assert await answer_of(desk, dict(action), a_film(visa="2025-03-01"), "2025-04-01") == said


def paid(number: int) -> list[dict[str, Any]]:
    return [indoors(title=f"Ciné-club {n}", price=PAID) for n in range(number)]


async def book(desk: Desk, cast: Cast, actions: list[Any], film: Any, *, year: int = 2025) -> list[Any]:
    """Book one paid screening in each of these actions, one after the other."""
    return [
        await planned(desk, action, cast.holder, a_session(film.id, f"{year}-09-{n + 1:02}"))
        for n, action in enumerate(actions)
    ]


async def test_r07_of_seven_simultaneous_bookings_of_the_sixth_exactly_one_passes(desk: Desk) -> None:
    cast, film = a_cast(), a_film()
    actions = await begun(desk, cast, film, actions=paid(12))
    assert [one.status_code for one in await book(desk, cast, actions[:5], film)] == [201] * 5
    bookings = [
        desk.post(
            f"/v1/actions/{action.json()['id']}/sessions",
            cast.holder,
            a_session(film.id, f"2025-10-{n + 1:02}"),
            match=action,
            at=MARCH,
        )
        for n, action in enumerate(actions[5:])
    ]
    answers = [by_rule(one) for one in await asyncio.gather(*bookings)]
    assert sorted(answers, key=str) == [OK, *[(409, "quota-reached", "R07")] * 6]


async def test_r07_cancelling_frees_one_and_shorts_and_the_open_air_do_not_count(desk: Desk) -> None:
    cast, film, short = a_cast(), a_film(), a_film(60)
    others = [outdoors(), *paid(9)]
    outside, *actions = await begun(desk, cast, film, short, actions=others)
    booked = await book(desk, cast, actions[:6], film)
    seventh = a_session(film.id, "2025-10-01")
    assert by_rule(await planned(desk, actions[6], cast.holder, seventh)) == (409, "quota-reached", "R07")
    assert (await planned(desk, actions[6], cast.holder, a_session(short.id, "2025-10-01"))).status_code == 201
    assert (await planned(desk, outside, cast.holder, a_session(film.id, "2025-10-01"))).status_code == 201
    path = f"sessions/{booked[0].json()['sessions'][0]['id']}/cancel"
    await act(desk, booked[0], path, cast.holder, {"cause": "public"}, at=MARCH)
    assert (await planned(desk, actions[7], cast.holder, seventh)).status_code == 201
    assert by_rule(await planned(desk, actions[8], cast.holder, seventh)) == (409, "quota-reached", "R07")


@pytest.mark.parametrize(("until", "said"), [("2025-09-06", (409, "quota-reached", "R07")), ("2025-09-07", OK)])
async def test_r07_a_derogation_that_holds_on_the_day_allows_twelve(desk: Desk, until: str, said: Any) -> None:
    cast, film = a_cast(), a_film()
    actions = await begun(desk, cast, film, actions=paid(7))
    derogation = Derogation(reference="CNC-D-1", valid_from=date(2024, 1, 1), valid_until=date.fromisoformat(until))
    holder = an_organisation(cast.holder.org, OrganisationKind.SOCIAL_CENTRE, version=2, derogations=(derogation,))
    await desk.hear("organisation", holder)
    *_, last = await book(desk, cast, actions, film)
    assert by_rule(last) == said


async def test_r07_the_first_ones_of_a_year_stay_lawful_when_a_derogation_lets_more_follow(desk: Desk) -> None:
    cast, film = a_cast(), a_film()
    first, *others = await running(desk, cast, film, actions=[*paid(8), an_action()])
    derogation = Derogation(reference="CNC-D-2", valid_from=date(2025, 9, 2), valid_until=date(2026, 9, 1))
    holder = an_organisation(cast.holder.org, OrganisationKind.SOCIAL_CENTRE, version=2, derogations=(derogation,))
    await desk.hear("organisation", holder)
    first, *_ = await book(desk, cast, [first, *others[:7]], film)
    said = await asked(desk, first, cast.holder)
    assert [one["reason"] for one in said["verdicts"] if one["rule"] == "R07"] == ["Paid screening 1 of 6 in the year."]


@pytest.mark.parametrize(
    "action",
    [
        indoors(regime="nc_free", price={"amount": "3.00", "currency": "EUR"}),
        indoors(regime="nc_association_paid"),
        indoors(regime="nc_association_paid", price=PAID, by_town=True),
        indoors(regime="nc_public_service"),
        indoors(regime="nc_open_air"),
        outdoors(regime="nc_free"),
        outdoors(regime="nc_association_paid"),
    ],
    ids=[
        "paid but free",
        "free but paid",
        "no association",
        "no public body",
        "open air indoors",
        "indoors outside",
        "paid outside",
    ],
)
async def test_l01_a_regime_is_not_taken_at_the_holder_s_word(desk: Desk, action: dict[str, Any]) -> None:
    cast, action = a_cast(), dict(action)
    organiser = {"organiser_id": str(cast.town.org)} if action.pop("by_town", False) else {}
    project = await drafted(desk, cast)
    path = f"/v1/projects/{project.json()['id']}/actions"
    answer = await desk.post(path, cast.holder, {**action, **organiser}, match=project, at=MARCH)
    assert by_rule(answer) == (422, "regime-contradicts", "L01")
    assert answer.json()["inputs"]["regime"] == action["regime"]


async def test_r13_the_room_to_fall_back_to_is_another_place(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await begun(desk, cast, film, actions=[outdoors()])
    square = action.json()["places"][0]["id"]
    session = a_session(film.id, "2025-07-18", fallback_place_id=square)
    answer = await desk.post(
        f"/v1/actions/{action.json()['id']}/sessions", cast.holder, session, match=action, at=MARCH
    )
    assert by_rule(answer)[:2] == (422, "fallback-is-the-place")


async def test_r10_open_air_in_two_regions_is_authorised_in_each(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    there = {"label": "Parc", "municipality": "93066"}
    action, *_ = await running(desk, cast, film, actions=[{**outdoors(), "places": [SQUARE, there]}, an_action()])
    for place in action.json()["places"]:
        session = a_session(film.id, "2025-07-18", place_id=place["id"])
        action = await planned(desk, action, cast.holder, session)
    path = f"/v1/actions/{action.json()['id']}/authorisation/request"
    answer = await desk.post(path, cast.holder, {}, match=action, at=MARCH)
    assert by_rule(answer) == (409, "one-region-each", "R10")


@pytest.mark.parametrize(
    ("at", "late"),
    [("2025-03-20T23:59:59-04:00", False), ("2025-03-21T00:00:00-04:00", True)],  # 04:59 and 05:00 of the 21st in Paris
    ids=["before midnight in Guadeloupe", "at midnight in Guadeloupe"],
)
async def test_r11_the_drac_s_last_day_ends_at_its_own_midnight(desk: Desk, at: str, late: bool) -> None:
    await desk.hear("territory", a_department("971", a_town("97105")))
    cast, film = a_cast("971", "97105"), a_film(visa="2023-01-01")
    deadline = {"first_on": "2025-07-01", "last_on": "2025-08-31", "request_by": "2025-03-20"}
    there = outdoors(places=[{"label": "Le front de mer", "municipality": "97105"}])
    said = {"rules": {"authorisation_deadlines": [deadline]}, "main_municipality": "97105"}
    action, *_ = await running(desk, cast, film, actions=[there, an_action(places=there["places"])], **said)
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-07-18"))
    action = await act(desk, action, "authorisation/request", cast.holder, {}, at=at)
    assert action.json()["authorisation"]["late"] is late


@pytest.mark.parametrize(("request_by", "late"), [("2025-03-19", True), ("2025-03-20", False), ("2025-03-21", False)])
async def test_r11_a_request_after_the_drac_s_last_day_is_flagged(desk: Desk, request_by: str, late: bool) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    deadline = {"first_on": "2025-07-01", "last_on": "2025-08-31", "request_by": request_by}
    rules = {"authorisation_deadlines": [deadline]}
    action, *_ = await running(desk, cast, film, actions=[outdoors(), an_action()], rules=rules)
    session = a_session(film.id, "2025-07-18")
    before = await asked(desk, action, cast.holder, {"session": session})
    assert [one["reason"] for one in before["verdicts"] if one["rule"] == "R11"] == [
        f"The authorisation is to be requested by {request_by}."
    ]
    action = await planned(desk, action, cast.holder, session)
    action = await act(desk, action, "authorisation/request", cast.holder, {}, at=MARCH)
    assert action.json()["authorisation"]["late"] is late
    after = await asked(desk, action, cast.holder)
    assert [one["outcome"] for one in after["verdicts"] if one["rule"] == "R11"] == ["to_clear" if late else "allowed"]


@pytest.mark.parametrize(
    ("classification", "note", "said"),
    [
        (Classification.ALL, "", OK),
        (Classification.U12, "", (409, "age-restricted-outdoors", "R16")),
        (Classification.U12, "Accès contrôlé", OK),
        (Classification.U16, "Accès contrôlé", (409, "age-restricted-outdoors", "R16")),
        (Classification.U18, "", (409, "age-restricted-outdoors", "R16")),
    ],
)
async def test_r16_ages_outdoors(desk: Desk, classification: Classification, note: str, said: Any) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01", classification=classification)
    rules = {"under_12_outdoors": "with_access_note"}
    action, *_ = await begun(desk, cast, film, actions=[outdoors(access_note=note)], rules=rules)
    assert by_rule(await planned(desk, action, cast.holder, a_session(film.id, "2025-07-18"))) == said


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (indoors(promotes_a_sale=True), (409, "promotes-a-sale", "R50")),
        (outdoors(promotes_a_sale=True), (409, "promotes-a-sale", "R50")),
        (outdoors(by_cinema=True, promotes_a_sale=True), (409, "promotes-a-sale", "R50")),
        (indoors(price=PAID, promotes_a_sale=True), OK),
        (outdoors(commercial_poster=True), (409, "commercial-poster-used", "R51")),
        (indoors(commercial_poster=True), OK),
    ],
    ids=["R50 indoors", "R50 outdoors", "R50 by a cinema", "R50 paid", "R51 outdoors", "R51 indoors"],
)
async def test_r50_r51_nothing_is_promoted_and_no_trade_poster_hangs_outdoors(
    desk: Desk, action: dict[str, Any], said: Any
) -> None:
    assert await answer_of(desk, dict(action), a_film(visa="2023-01-01"), "2025-07-18") == said


@pytest.mark.parametrize(
    ("starts_at", "flagged"), [("21:40", True), ("21:41", False), ("19:20", True), ("19:19", False)]
)
async def test_r53_overlapping_sessions_of_a_holder_are_flagged_and_not_refused(
    desk: Desk, starts_at: str, flagged: bool
) -> None:
    cast, film = a_cast(), a_film(71, "2023-01-01")
    one, other = await begun(desk, cast, film, actions=[indoors(), indoors(title="Une autre")])
    assert (await planned(desk, one, cast.holder, a_session(film.id, "2025-07-18"))).status_code == 201
    session = a_session(film.id, "2025-07-18", starts_at=starts_at)
    answer = await planned(desk, other, cast.holder, session)
    assert ("R53" in {notice["rule"] for notice in answer.json()["notices"]}) is flagged


async def test_a_check_says_all_that_a_session_would_still_need_and_writes_nothing(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2024-07-18")
    action, *_ = await begun(desk, cast, film, actions=[outdoors()])
    said = await asked(desk, action, cast.holder, {"session": a_session(film.id, "2025-07-18")})
    blocking = {one["rule"]: (one["blocks"], one["code"]) for one in said["verdicts"] if one["blocks"]}
    assert blocking == {
        "R01": ("action.plan_session", "visa-delay-not-elapsed"),
        "R52": ("action.schedule", "rights-do-not-cover"),
        "R08": ("action.schedule", "not-authorised"),
        "T12": ("action.schedule", "permit-missing"),
    }
    assert (said["lawful"], said["first_lawful_on"], said["version"]) == (False, "2025-07-19", 1)
    after = await desk.get(f"/v1/actions/{action.json()['id']}", cast.holder)
    assert after.headers["etag"] == action.headers["etag"]
    kept = await desk.get(f"/v1/actions/{action.json()['id']}/verdicts", cast.holder)
    assert kept.json() == {"items": [], "next": None}


async def test_a_check_says_what_the_session_would_cost(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await begun(desk, cast, film, actions=[indoors()])
    for amount in ("180.00", "95.50"):
        taxed = an_offer(film, id=uuid4(), price=Money(amount=Decimal(amount)), tax_basis_points=550, audience_max=300)
        await desk.hear("rights_offer", taxed)
    said = (await asked(desk, action, cast.holder, {"session": a_session(film.id, "2025-07-18")}))["costs"]
    assert [(one["kind"], one["basis"], one["body"]) for one in said["items"]] == [
        ("rights", "offered", "rights_holder"),
        ("music", "unknown", "sacem"),
    ]
    assert (said["price"], said["without_price"]) == ({"amount": "95.50", "currency": "EUR"}, 1)
    assert (said["tax"], said["without_tax"]) == ({"amount": "5.25", "currency": "EUR"}, 1)


async def test_a_check_asks_one_question(desk: Desk) -> None:
    cast, film = a_cast(), a_film()
    action, *_ = await begun(desk, cast, film, actions=[indoors()])
    days = [{"session_id": str(film.id), "held_on": "2025-07-18"}]
    body = {"session": a_session(film.id, "2025-07-18"), "days": days}
    answer = await desk.post(f"/v1/actions/{action.json()['id']}/check", cast.holder, body)
    assert answer.status_code == 422

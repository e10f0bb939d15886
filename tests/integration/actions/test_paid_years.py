"""An association's paid screenings of a year (R07), when a plan is described otherwise, and when a count changes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias
from uuid import uuid4

import httpx
import pytest

from common.contracts.catalogue import FilmState, FilmVersion, ScreenVersion
from common.contracts.partners import Derogation, OrganisationKind
from tests.integration.actions.journeys import JANUARY, MARCH, act
from tests.integration.actions.people import Cast, Desk, a_cast, an_organisation
from tests.integration.actions.screenings import a_film, a_session, asked, begun, by_rule, indoors, planned
from tests.integration.actions.test_film_law import OK, PAID, book, paid
from tests.integration.actions.test_risks import risks, settled

REFUSED = (409, "quota-reached", "R07")
FREE = {"amount": "0", "currency": "EUR"}

Change: TypeAlias = Callable[[Desk, Cast, httpx.Response, FilmState], Awaitable[Any]]


async def repriced(desk: Desk, cast: Cast, action: httpx.Response, price: dict[str, str]) -> httpx.Response:
    """Describe a screening as before, at another price."""
    body = indoors(title=action.json()["title"], price=price)
    return await desk.post(f"/v1/actions/{action.json()['id']}/change", cast.holder, body, match=action, at=MARCH)


async def test_r07_what_becomes_paid_by_a_change_is_booked_like_any_other(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    *actions, free = await begun(desk, cast, film, actions=[*paid(6), indoors(title="Gratuite")])
    booked = await book(desk, cast, actions, film)
    free = await planned(desk, free, cast.holder, a_session(film.id, "2025-01-31"))
    assert by_rule(await repriced(desk, cast, free, PAID)) == REFUSED
    path = f"sessions/{booked[5].json()['sessions'][0]['id']}/cancel"
    await act(desk, booked[5], path, cast.holder, {"cause": "public"}, at=MARCH)
    answer = await repriced(desk, cast, free, PAID)
    assert (answer.status_code, answer.json()["regime"]) == (200, "nc_association_paid")
    kept = await desk.get(f"/v1/actions/{free.json()['id']}/verdicts", cast.holder)
    said = [one["reason"] for one in kept.json()["items"] if one["verb"] == "action.change"]
    assert said == ["Paid screening 6 of 6 in the year."]


async def test_r07_what_is_paid_already_is_described_otherwise_as_often_as_one_likes(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    actions = await begun(desk, cast, film, actions=paid(6))
    first, *_ = await book(desk, cast, actions, film)
    answer = await repriced(desk, cast, first, {**PAID, "amount": "4.00"})
    assert answer.status_code == 200, answer.text


async def test_r07_of_three_simultaneous_changes_to_the_sixth_exactly_one_passes(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    free = [indoors(title=f"Gratuite {n}") for n in range(3)]
    actions = await begun(desk, cast, film, actions=[*paid(5), *free])
    await book(desk, cast, actions[:5], film)
    planned_free = await book(desk, cast, actions[5:], film)
    answers = await asyncio.gather(*(repriced(desk, cast, one, PAID) for one in planned_free))
    assert sorted((by_rule(one) for one in answers), key=str) == [(200, "", None), REFUSED, REFUSED]


async def seven(desk: Desk, cast: Cast, short: FilmState) -> tuple[httpx.Response, httpx.Response]:
    """Book six features, and a short before them that is found to be a feature too; answer that one, and the last."""
    film = a_film(visa="2023-01-01")
    january, *_ = await begun(desk, cast, short, actions=paid(1))
    january = await planned(desk, january, cast.holder, a_session(short.id, "2025-01-31"))
    *_, december = await book(desk, cast, await begun(desk, cast, film, actions=paid(6)), film)
    await settled(desk)
    assert await risks(desk, december, cast.holder) == []
    await desk.hear("film", replace(short, version=2, duration_minutes=61))
    await settled(desk)
    return january, december


async def test_r07_a_film_found_to_be_a_feature_flags_the_one_that_is_too_many_by_it(desk: Desk) -> None:
    cast, short = a_cast(), a_film(60, "2023-01-01")
    january, december = await seven(desk, cast, short)
    assert await risks(desk, december, cast.holder) == ["R07"]
    assert await risks(desk, january, cast.holder) == []


async def test_r07_a_year_ends_on_31_december_and_the_next_begins(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    actions = await begun(desk, cast, film, actions=paid(9), ends_on="2026-06-30")
    *_, sixth = await book(desk, cast, actions[:5], film), await last_of(desk, cast, actions[5], film, "2025-12-31")
    assert by_rule(sixth) == OK
    assert by_rule(await last_of(desk, cast, actions[6], film, "2025-12-31")) == REFUSED
    seventh = await last_of(desk, cast, actions[6], film, "2026-01-01")
    assert by_rule(seventh) == OK
    kept = await desk.get(f"/v1/actions/{seventh.json()['id']}/verdicts", cast.holder)
    said = [one["reason"] for one in kept.json()["items"] if one["rule"] == "R07"]
    assert said == ["Paid screening 1 of 6 in the year."]


@pytest.mark.parametrize(
    ("derogation_from", "first"), [(None, None), ("2025-10-15", "2025-10-15")], ids=["next year", "a derogation"]
)
async def test_r07_where_there_is_room_again_is_said(
    desk: Desk, derogation_from: str | None, first: str | None
) -> None:
    """In another year, which this campaign does not reach; or, by a derogation that begins in this one."""
    cast, film = a_cast(), a_film(visa="2023-01-01")
    actions = await begun(desk, cast, film, actions=paid(7))
    if derogation_from is not None:
        begins = date.fromisoformat(derogation_from)
        said = Derogation(reference="CNC-D", valid_from=begins, valid_until=date(2027, 12, 31))
        holder = an_organisation(cast.holder.org, OrganisationKind.SOCIAL_CENTRE, version=2, derogations=(said,))
        await desk.hear("organisation", holder)
    await book(desk, cast, actions[:6], film)
    told = await asked(desk, actions[6], cast.holder, {"session": a_session(film.id, "2025-10-01")})
    (against,) = (one for one in told["verdicts"] if one["rule"] == "R07")
    assert (against["version"], against["first_lawful_on"]) == ("2", first or "2026-01-01")
    assert told["first_lawful_on"] == first
    refused = await planned(desk, actions[6], cast.holder, a_session(film.id, "2025-10-01"))
    assert (by_rule(refused), refused.json()["first_lawful_on"]) == (REFUSED, first or "2026-01-01")
    if first is not None:
        assert by_rule(await planned(desk, actions[6], cast.holder, a_session(film.id, "2025-10-14"))) == REFUSED
        assert by_rule(await planned(desk, actions[6], cast.holder, a_session(film.id, first))) == OK


async def test_r07_with_a_derogation_the_twelfth_is_the_last(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    actions = await begun(desk, cast, film, actions=paid(13))
    said = Derogation(reference="CNC-D", valid_from=date(2025, 1, 1), valid_until=date(2027, 12, 31))
    holder = an_organisation(cast.holder.org, OrganisationKind.SOCIAL_CENTRE, version=2, derogations=(said,))
    await desk.hear("organisation", holder)
    assert [by_rule(one) for one in await book(desk, cast, actions, film)] == [*[OK] * 12, REFUSED]


async def last_of(desk: Desk, cast: Cast, action: httpx.Response, film: FilmState, on: str) -> httpx.Response:
    return await planned(desk, action, cast.holder, a_session(film.id, on, starts_at="23:30"))


async def test_r07_a_film_counts_by_the_version_that_is_shown_wherever_it_is(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    cuts = (ScreenVersion(code=FilmVersion.VF, duration_minutes=58), ScreenVersion(code=FilmVersion.VO))
    both = a_film(65, "2023-01-01", screen_versions=cuts)
    *dubbed, original = await begun(desk, cast, both, film, actions=paid(6))
    dub, voice = ({"programme": [{"film_id": str(both.id), "version": one}]} for one in ("vf", "vo"))
    for n, action in enumerate(dubbed):
        session = a_session(both.id, f"2025-08-{n + 1:02}", **dub)
        assert by_rule(await planned(desk, action, cast.holder, session)) == OK
    assert by_rule(await planned(desk, original, cast.holder, a_session(both.id, "2025-08-31", **voice))) == OK
    *lawful, seventh = await book(desk, cast, await begun(desk, cast, actions=paid(6)), film)
    assert [by_rule(one) for one in lawful] == [OK] * 5
    assert by_rule(seventh) == REFUSED


async def test_r07_of_two_on_one_day_the_later_one_is_too_many(desk: Desk) -> None:
    cast, film, short = a_cast(), a_film(visa="2023-01-01"), a_film(60, "2023-01-01")
    *actions, afternoon, evening = await begun(desk, cast, film, short, actions=paid(7))
    await book(desk, cast, actions, film)
    afternoon = await planned(desk, afternoon, cast.holder, a_session(short.id, "2025-10-01", starts_at="15:00"))
    evening = await planned(desk, evening, cast.holder, a_session(film.id, "2025-10-01"))
    await settled(desk)
    assert [await risks(desk, one, cast.holder) for one in (afternoon, evening)] == [[], []]
    await desk.hear("film", replace(short, version=2, duration_minutes=75))
    await settled(desk)
    assert [await risks(desk, one, cast.holder) for one in (afternoon, evening)] == [[], ["R07"]]


async def cancelled(desk: Desk, cast: Cast, action: httpx.Response, _: FilmState) -> None:
    path = f"sessions/{action.json()['sessions'][0]['id']}/cancel"
    await act(desk, action, path, cast.holder, {"cause": "public"}, at=MARCH)


async def made_free(desk: Desk, cast: Cast, action: httpx.Response, _: FilmState) -> None:
    assert (await repriced(desk, cast, action, FREE)).status_code == 200


async def withdrawn(desk: Desk, cast: Cast, action: httpx.Response, _: FilmState) -> None:
    path = f"/v1/projects/{action.json()['project_id']}"
    project = await desk.get(path, cast.holder)
    answer = await desk.post(f"{path}/withdraw", cast.holder, {"reason": "Autre projet."}, match=project, at=JANUARY)
    assert answer.status_code == 200, answer.text


async def shortened(desk: Desk, _: Cast, __: httpx.Response, short: FilmState) -> None:
    await desk.hear("film", replace(short, version=3))


@pytest.mark.parametrize("change", [cancelled, made_free, withdrawn, shortened])
async def test_r07_who_was_too_many_is_flagged_no_more_once_another_counts_no_more(desk: Desk, change: Change) -> None:
    cast, short = a_cast(), a_film(60, "2023-01-01")
    january, december = await seven(desk, cast, short)
    assert await risks(desk, december, cast.holder) == ["R07"]
    january = await desk.get(f"/v1/actions/{january.json()['id']}", cast.holder)
    await change(desk, cast, january, short)
    await settled(desk)
    assert await risks(desk, december, cast.holder) == []


@pytest.mark.parametrize(
    ("kind", "regime", "said"),
    [
        (OrganisationKind.SOCIAL_CENTRE, "nc_association_paid", OK),
        (OrganisationKind.COMMUNE, "nc_public_service", OK),
        (OrganisationKind.TECHNICAL_PROVIDER, "commercial_cinema", (409, "not-a-licensed-operator", "R05")),
    ],
    ids=["an association", "a commune", "a company"],
)
async def test_l01_a_paid_screening_in_a_room_is_an_association_s_a_public_body_s_or_a_cinema_s(
    desk: Desk, kind: OrganisationKind, regime: str, said: Any
) -> None:
    cast, film, organiser = a_cast(), a_film(visa="2023-01-01"), uuid4()
    await desk.hear("organisation", an_organisation(organiser, kind))
    action, *_ = await begun(desk, cast, film, actions=[indoors(price=PAID, organiser_id=str(organiser))])
    assert action.json()["regime"] == regime
    assert by_rule(await planned(desk, action, cast.holder, a_session(film.id, "2025-07-18"))) == said

"""Change after the fact: what others announce flags the sessions that it touches, each with its rule."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from actions.domain.rules import RULES, Rule
from actions.domain.rules.rule import looked_at
from actions.jobs import judging
from common.contracts.access import Role
from common.contracts.actions import ActionAtRisk
from common.contracts.catalogue import Classification, FilmState, RightsOfferState, RightsOfferStatus, Visa, VisaKind
from common.contracts.partners import EntitlementKind, OrganisationKind
from common.tokens import SYSTEM
from tests.integration.actions.journeys import MARCH, act, an_action
from tests.integration.actions.people import Cast, Desk, Person, a_cast, an_entitlement, an_organisation
from tests.integration.actions.screenings import (
    a_film,
    a_session,
    an_offer,
    begun,
    by_rule,
    indoors,
    outdoors,
    planned,
    running,
    scheduled,
)
from tests.unit.actions.pieces import an_id
from tests.unit.actions.test_verdicts import again

judge_waiting = partial(judging.judge_waiting, page_max=100, at_once_max=4, clock=lambda: datetime.now(UTC))


async def settled(desk: Desk) -> None:
    """Judge until nothing waits."""
    while await judge_waiting(desk.db):
        pass


async def risks(desk: Desk, action: httpx.Response, who: Person) -> list[str]:
    read = await desk.get(f"/v1/actions/{action.json()['id']}", who)
    return [one["rule"] for one in read.json()["risks"]]


@pytest.mark.parametrize(
    ("corrected", "rule"),
    [
        ({"visas": (Visa(number="150000", issued_on=date(2024, 12, 1)),)}, "R01"),
        ({"visas": ()}, "R01"),
        ({"classification": Classification.U16}, "R16"),
        ({"classification": None}, "R16"),
    ],
    ids=["visa corrected", "visa taken back", "classification corrected", "classification unknown"],
)
async def test_a_film_that_is_corrected_flags_its_sessions_until_it_is_right_again(
    desk: Desk, corrected: dict[str, Any], rule: str
) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await begun(desk, cast, film, actions=[outdoors()])
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-07-18"))
    await settled(desk)
    assert await risks(desk, action, cast.holder) == []
    await desk.hear("film", replace(film, version=2, **corrected))
    await settled(desk)
    assert await risks(desk, action, cast.holder) == [rule]
    await desk.hear("film", replace(film, version=3))
    await settled(desk)
    assert await risks(desk, action, cast.holder) == []


async def with_rights(desk: Desk, cast: Cast, film: FilmState, offer: RightsOfferState) -> httpx.Response:
    """Announce a screening whose rights were agreed on an offer."""
    await desk.hear("rights_offer", offer)
    action, *_ = await running(desk, cast, film, actions=[indoors(), an_action()])
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-09-18"))
    path = f"clearances/{action.json()['clearances'][0]['id']}"
    for state in ("requested", "quoted", "confirmed"):
        body = {"state": state, "offer_id": str(offer.id)}
        action = await act(desk, action, path, cast.holder, body, at=MARCH)
    return await scheduled(desk, action, cast.holder)


async def test_an_offer_withdrawn_flags_what_was_agreed_on_it_and_tells_the_fact(desk: Desk, address: str) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    offer = an_offer(film)
    action = await with_rights(desk, cast, film, offer)
    assert action.status_code == 200
    await desk.hear("rights_offer", replace(offer, version=2, status=RightsOfferStatus.WITHDRAWN))
    await settled(desk)
    assert await risks(desk, action, cast.holder) == ["R52"]
    administrator = await asyncpg.connect(address)
    said = "SELECT value FROM actions.outbox WHERE key = $1 AND type LIKE '%at_risk%'"
    told = await administrator.fetch(said, action.json()["id"])
    await administrator.close()
    (fact,) = (msgspec.json.decode(row["value"], type=ActionAtRisk) for row in told)
    assert fact.session_ids == (action_session(action),)
    assert fact.about.municipalities == ("86194",)


def action_session(action: httpx.Response) -> Any:
    return msgspec.convert(action.json()["sessions"][0]["id"], type=type(an_id("")))


async def test_rights_that_lapse_after_the_announcement_are_a_risk(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action = await with_rights(desk, cast, film, an_offer(film))
    await settled(desk)
    assert await risks(desk, action, cast.holder) == []
    path = f"clearances/{action.json()['clearances'][0]['id']}"
    await act(desk, action, path, cast.holder, {"state": "lapsed"}, at=MARCH)
    await settled(desk)
    assert await risks(desk, action, cast.holder) == ["R52"]


async def test_a_campaign_that_changes_its_rules_has_its_actions_judged_again(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01", classification=Classification.U12)
    rules = {"under_12_outdoors": "with_access_note"}
    action, *_ = await begun(desk, cast, film, actions=[outdoors(access_note="Accès contrôlé")], rules=rules)
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-07-18"))
    campaign = await desk.get(f"/v1/campaigns/{action.json()['campaign_id']}", cast.coordinator)
    path = f"/v1/campaigns/{action.json()['campaign_id']}/change-rules"
    stricter = {"deadline_on": "2025-01-24", "under_12_outdoors": "refused"}
    answer = await desk.post(path, cast.coordinator, stricter, match=campaign, at=MARCH)
    assert answer.status_code == 200, answer.text
    await settled(desk)
    assert await risks(desk, action, cast.holder) == ["R16"]


async def test_an_authorisation_refused_flags_the_plan(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await running(desk, cast, film, actions=[outdoors(), an_action()])
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-07-18"))
    action = await act(desk, action, "authorisation/request", cast.holder, {}, at=MARCH)
    opinion = {"opinion": "unfavourable", "given_on": "2025-03-20"}
    action = await act(desk, action, "authorisation/opinion", cast.drac, opinion, at=MARCH)
    officer = Person(role=Role.CNC_OPEN_AIR_OFFICER)
    refusal = {"granted": False, "decided_on": "2025-03-20", "reference": "CNC-1"}
    action = await act(desk, action, "authorisation/decide", officer, refusal, at=MARCH)
    await settled(desk)
    assert await risks(desk, action, cast.holder) == ["R08"]


async def test_a_cinema_that_closes_flags_what_it_was_to_organise(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2025-02-01")
    special = indoors(action_type="special_screening", organiser_id=str(cast.cinema))
    action, *_ = await begun(desk, cast, film, actions=[special])
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-09-18"))
    closed = an_organisation(cast.cinema, OrganisationKind.CINEMA, version=2)
    await desk.hear("organisation", replace(closed, closed_on=date(2025, 9, 17)))
    await settled(desk)
    assert await risks(desk, action, cast.holder) == ["P01", "R05"]


@pytest.mark.parametrize(("closed_on", "found"), [("2025-09-17", ["P01"]), ("2025-09-18", [])])
async def test_p01_whoever_closes_before_the_day_organises_no_session(
    desk: Desk, closed_on: str, found: list[str]
) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, workshop = await begun(desk, cast, film, actions=[indoors(), an_action()])
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-09-18"))
    last = date.fromisoformat(closed_on)
    closed = an_organisation(cast.holder.org, OrganisationKind.SOCIAL_CENTRE, version=2, closed_on=last)
    await desk.hear("organisation", closed)
    await settled(desk)
    assert await risks(desk, action, cast.holder) == found
    answer = await planned(desk, workshop, cast.holder, {"held_on": "2025-09-18", "starts_at": "14:00"})
    assert by_rule(answer) == ((409, "organiser-closed", "P01") if found else (201, "", None))


async def test_r05_a_licence_that_ends_flags_the_sessions_after_it_and_no_others(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2025-02-01")
    special = {"action_type": "special_screening", "organiser_id": str(cast.cinema)}
    some = [indoors(title=title, **special) for title in ("Avant", "Après")]
    before, after = await begun(desk, cast, film, actions=some)
    before = await planned(desk, before, cast.holder, a_session(film.id, "2025-06-30"))
    after = await planned(desk, after, cast.holder, a_session(film.id, "2025-07-01"))
    licence = an_entitlement(EntitlementKind.OPERATING_LICENCE, "2024-01-01", "2025-06-30")
    cinema = an_organisation(cast.cinema, OrganisationKind.CINEMA, version=2, entitlements=(licence,))
    await desk.hear("organisation", cinema)
    await settled(desk)
    assert [await risks(desk, one, cast.holder) for one in (before, after)] == [[], ["R05"]]


@pytest.mark.parametrize(("on", "found"), [("2025-06-30", ["R16"]), ("2025-07-01", [])])
async def test_r16_a_film_s_class_is_that_of_the_visas_in_force_on_the_day(
    desk: Desk, on: str, found: list[str]
) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01", own_classification=Classification.ALL)
    action, *_ = await begun(desk, cast, film, actions=[outdoors()])
    action = await planned(desk, action, cast.holder, a_session(film.id, on))
    await desk.hear("film", replace(a_temporary_visa(film, "2025-06-30", Classification.U16), version=2))
    await settled(desk)
    assert await risks(desk, action, cast.holder) == found


def a_temporary_visa(film: FilmState, until: str, classification: Classification) -> FilmState:
    """Give a film a stricter visa for a while, as the catalogue publishes it before that ends."""
    stricter = Visa(
        number="150001",
        issued_on=date(2025, 3, 1),
        ends_on=date.fromisoformat(until),
        kind=VisaKind.TEMPORARY,
        classification=classification,
    )
    return replace(film, visas=(*film.visas, stricter), classification=classification)


async def test_an_action_whose_film_is_not_heard_of_keeps_no_other_waiting(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    one, other = await begun(desk, cast, film, actions=[outdoors(), indoors()])
    for action in (one, other):
        await planned(desk, action, cast.holder, a_session(film.id, "2025-07-18"))
    async with desk.db.transaction(SYSTEM) as tx:
        lost = "UPDATE action SET sessions = replace(sessions::text, $2, $3)::jsonb WHERE id = $1"
        await tx.execute(lost, one.json()["id"], str(film.id), str(an_id("lost")))
    await desk.hear("film", replace(film, version=2, classification=Classification.U18, visas=()))
    await judge_waiting(desk.db)
    assert await judge_waiting(desk.db, page_max=1) == 0
    assert await risks(desk, other, cast.holder) == ["R01"]
    async with desk.db.transaction(SYSTEM) as tx:
        assert await tx.fetchval("SELECT count(*) FROM to_judge WHERE action_id = $1", one.json()["id"]) > 0
        await tx.execute("DELETE FROM to_judge")


async def test_an_action_that_somebody_holds_keeps_no_other_waiting(desk: Desk, address: str) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    held, other = await begun(desk, cast, film, actions=[outdoors(), outdoors(title="Une autre")])
    for action in (held, other):
        await planned(desk, action, cast.holder, a_session(film.id, "2025-07-18"))
    await settled(desk)
    await desk.hear("film", replace(film, version=2, classification=Classification.U16))
    somebody = await asyncpg.connect(address)
    try:
        async with somebody.transaction():
            await somebody.execute("SELECT FROM actions.action WHERE id = $1 FOR UPDATE", held.json()["id"])
            assert await judge_waiting(desk.db) == 1
            assert await risks(desk, other, cast.holder) == ["R16"]
            await desk.hear("film", replace(film, version=3))
            assert [await judge_waiting(desk.db, page_max=1) for _ in range(2)] == [0, 1]
            assert await risks(desk, other, cast.holder) == []
    finally:
        await somebody.close()
    await desk.hear("film", replace(film, version=4, classification=Classification.U16))
    await settled(desk)
    assert await risks(desk, held, cast.holder) == ["R16"]


def _again(kept: dict[str, Any]) -> Any:
    """Ask the version of a rule that gave a kept verdict again, by its inputs."""
    rule: Rule = next(one for one in RULES if (one.id, one.version) == (kept["rule"], kept["version"]))
    assert rule.ask is not None
    assert set(kept["inputs"]) == set(looked_at(rule.ask))
    return again(rule, kept["inputs"])


async def replayed(desk: Desk, action: httpx.Response, who: Person) -> list[dict[str, Any]]:
    """Read the verdicts that were kept of an action; each says the same again."""
    listed = await desk.get(f"/v1/actions/{action.json()['id']}/verdicts", who)
    verdicts: list[dict[str, Any]] = listed.json()["items"]
    for kept in verdicts:
        said = _again(kept)
        assert (said.outcome, said.reason, said.raison) == (kept["outcome"], kept["reason"], kept["raison"])
    return verdicts


async def test_verdicts_are_kept_and_replay_to_the_same_answer(desk: Desk) -> None:
    cast, film = a_cast(), a_film(visa="2023-01-01")
    action, *_ = await running(desk, cast, film, actions=[outdoors(), an_action()])
    action = await planned(desk, action, cast.holder, a_session(film.id, "2025-07-18"))
    await desk.hear("film", replace(film, version=2, classification=Classification.U18))
    await settled(desk)
    verdicts = await replayed(desk, action, cast.holder)
    assert {one["verb"] for one in verdicts} == {"action.plan_session", "action.flag"}
    assert {one["rule"] for one in verdicts} >= {"R01", "R16", "R50", "R51"}
    stranger = await desk.get(f"/v1/actions/{action.json()['id']}/verdicts", a_cast().holder)
    assert stranger.status_code == 404

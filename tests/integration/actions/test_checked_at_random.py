"""What a check says, its verb says: random sessions through the HTTP door, asked and tried at the same version.

The ten thousand cases of the unit tests go by the pure judgement; these go by what a command reads for it.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import httpx

from common.contracts.access import Role
from common.contracts.catalogue import Classification, FilmState
from common.contracts.partners import Derogation, EntitlementKind, OrganisationKind
from tests.integration.actions.journeys import MARCH, act, an_action
from tests.integration.actions.people import Cast, Desk, Person, a_cast, an_entitlement, an_organisation
from tests.integration.actions.screenings import a_film, a_session, indoors, outdoors, running

CASES = range(150)
A_PROJECT = 30
"""Cases that share a project, and so a holder whose paid screenings of the year add up."""
SUMMER = date(2025, 6, 1)
PAID = {"amount": "3.00", "currency": "EUR"}
DONE = (200, 201)
TOLD_APART = 10
"""Cases in which each verb passes, at least; and by whom it is refused: else the agreement would prove little."""
AGAINST_A_PLAN = {"R01", "R04", "R07", "R16", "R50", "R51", "outside-campaign"}
AGAINST_AN_ANNOUNCEMENT = {"R52", "R08", "T12"}
AGAINST_ANOTHER_DAY = {"R12", "T12"}


def a_day(chance: Random, first: date = SUMMER, days: int = 60) -> str:
    return (first + timedelta(days=chance.randrange(days))).isoformat()


def a_random_film(chance: Random) -> FilmState:
    visa = chance.choice([None, "2023-01-01", "2023-01-01", a_day(chance, date(2024, 6, 1))])
    return a_film(
        chance.choice([None, 59, 60, 61, 61, 90]),
        visa,
        classification=chance.choice([None, Classification.ALL, Classification.ALL, *Classification]),
    )


def a_wish(chance: Random, cast: Cast, number: int, outside: float) -> dict[str, Any]:
    """Make up a screening whose regime follows from what is said of it, or is one that nothing contradicts."""
    organiser = chance.choice([{}, {}, {}, {"organiser_id": str(cast.cinema)}])
    said = {
        "title": f"Séance {number}",
        "access_note": chance.choice(["", "Accès contrôlé"]),
        "promotes_a_sale": chance.random() < 0.1,
        "commercial_poster": chance.random() < 0.1,
        **organiser,
    }
    if chance.random() < outside:
        return outdoors(**said)
    regimes: list[dict[str, Any]] = [{}, {"regime": "nc_cineclub"}, *[{"price": PAID}] * 6]
    return indoors(**said, **({} if organiser else chance.choice(regimes)))


def a_random_session(chance: Random, film: FilmState) -> dict[str, Any]:
    support = "private_disc" if chance.random() < 0.1 else "dcp"
    programme = [{"film_id": str(film.id), "support": support}]
    outside = [a_day(chance, date(2025, 12, 25), 14)] if chance.random() < 0.1 else []
    expected = chance.choice([None, 299, 299, 300, 301])
    return a_session(film.id, *(outside or [a_day(chance)]), programme=programme, expected_audience=expected)


async def introduced(desk: Desk, chance: Random, cast: Cast) -> None:
    """Let the service hear what the holder may do, for some days of the summer."""
    kinds = [kind for kind in (EntitlementKind.CINECLUB, EntitlementKind.HERITAGE) if chance.random() < 0.7]
    papers = tuple(an_entitlement(kind, a_day(chance), a_day(chance, date(2025, 7, 15))) for kind in kinds)
    derogation = Derogation(reference="CNC-D", valid_from=SUMMER, valid_until=date.fromisoformat(a_day(chance)))
    said = an_organisation(
        cast.holder.org,
        OrganisationKind.SOCIAL_CENTRE,
        version=2,
        derogations=chance.choice([(), (derogation,)]),
        entitlements=papers,
    )
    await desk.hear("organisation", said)


async def tried(
    desk: Desk, who: Person, action: httpx.Response, verb: str, question: dict[str, Any], body: dict[str, Any]
) -> httpx.Response:
    """Ask, then do, at one version: it is done if nothing was against it, else refused by what was."""
    here = f"/v1/actions/{action.json()['id']}"
    asked = await desk.post(f"{here}/check", who, question, at=MARCH)
    answer = await desk.post(f"{here}/{verb}", who, body, match=action, at=MARCH)
    said = asked.json()
    if asked.status_code != 200:
        assert (answer.status_code, answer.json()["code"]) == (asked.status_code, said["code"])
        return answer
    assert action.headers["etag"] == f'"v{said["version"]}"'
    against = [by(one) for one in said["verdicts"] if one["blocks"] == said["verb"]]
    assert said["lawful"] is (not against)
    assert (answer.status_code in DONE) is said["lawful"], (said, answer.text)
    assert said["lawful"] or by(answer.json()) in against, (against, answer.text)
    return answer


def by(said: dict[str, Any]) -> tuple[Any, ...]:
    """Tell by which version of which rule something is refused, for what reason, and until when."""
    return tuple(said.get(name) for name in ("rule", "version", "code", "first_lawful_on", "inputs"))


async def prepared(desk: Desk, chance: Random, cast: Cast, action: httpx.Response) -> httpx.Response:
    """Bring what is asked for before an action is announced, or some of it."""
    terms = {
        "starts_on": "2025-05-01",
        "ends_on": chance.choice(["2025-06-30", "2025-12-31", "2025-12-31", "2025-12-31"]),
        "uses": ["open_air", "non_commercial_indoor", *chance.choice([[], ["commercial"]])],
        "territories": ["metropolitan"],
        "audience_max": chance.choice([None, None, None, 300]),
    }
    (clearance,) = action.json()["clearances"]
    for body in ({"state": "requested"}, {"state": "quoted"}, {"state": "confirmed", "terms": terms}):
        action = await act(desk, action, f"clearances/{clearance['id']}", cast.holder, body, at=MARCH)
    if action.json()["setting"] != "outdoors":
        return action
    if action.json()["regime"] == "commercial_moved":
        told = {"screen_licence": "86-194-1", "declared_on": "2025-03-18"}
        action = await act(desk, action, "declaration", cast.holder, told, at=MARCH)
    (session,), (place,) = action.json()["sessions"], action.json()["places"]
    permit = {"place_id": place["id"], "dates": [session["held_on"]], "reference": "AM 1", "granted_on": "2025-03-18"}
    if chance.random() < 0.8:
        action = await act(desk, action, "permits", cast.town, permit, at=MARCH)
    return action if chance.random() < 0.2 else await granted(desk, cast, action)


async def granted(desk: Desk, cast: Cast, action: httpx.Response) -> httpx.Response:
    """Have the CNC allow it, where it must."""
    path = f"/v1/actions/{action.json()['id']}/authorisation/request"
    requested = await desk.post(path, cast.holder, {}, match=action, at=MARCH)
    if requested.status_code != 200:
        return action
    opinion = {"opinion": "favourable", "given_on": "2025-03-20"}
    action = await act(desk, requested, "authorisation/opinion", cast.drac, opinion, at=MARCH)
    yes = {"granted": True, "decided_on": "2025-03-20", "reference": "CNC-1"}
    return await act(desk, action, "authorisation/decide", Person(role=Role.CNC_OPEN_AIR_OFFICER), yes, at=MARCH)


async def one_case(
    desk: Desk, chance: Random, cast: Cast, action: httpx.Response, film: FilmState
) -> list[tuple[str, httpx.Response]]:
    """Plan, announce, put off and plan again, as far as it goes; each asked before it is tried."""
    session = a_random_session(chance, film)
    answers = [("plan", await tried(desk, cast.holder, action, "sessions", {"session": session}, session))]
    if answers[-1][1].status_code not in DONE:
        return answers
    action = await prepared(desk, chance, cast, answers[-1][1])
    answers.append(("schedule", await tried(desk, cast.holder, action, "schedule", {}, {})))
    if answers[-1][1].status_code not in DONE:
        return answers
    action = await act(desk, answers[-1][1], "postpone", cast.holder, {"cause": "weather"}, at=MARCH)
    (planned,) = action.json()["sessions"]
    day = chance.choice([planned["held_on"], a_day(chance)])
    days = {"days": [{"session_id": planned["id"], "held_on": day}]}
    answers.append(("reschedule", await tried(desk, cast.holder, action, "reschedule", days, days)))
    return answers


def projects() -> Iterator[range]:
    return (CASES[first : first + A_PROJECT] for first in range(0, len(CASES), A_PROJECT))


async def test_what_a_check_says_the_verb_says_at_the_same_version(desk: Desk) -> None:
    done, refused = Counter[str](), Counter[tuple[str, str]]()
    for cases in projects():
        chance, cast = Random(cases.start), a_cast()  # noqa: S311 - cases, not keys
        films = [a_random_film(chance) for _ in cases]
        outside = 0.1 if cases.start % (2 * A_PROJECT) else 0.6  # a ciné-club's year, or a summer on squares
        wishes = [a_wish(chance, cast, number, outside) for number in cases]
        rules = {"under_12_outdoors": chance.choice(["refused", "with_access_note"])}
        actions = await running(desk, cast, *films, actions=[*wishes, an_action()], rules=rules)
        await introduced(desk, chance, cast)
        for action, film in zip(actions, films, strict=False):
            for verb, answer in await one_case(desk, chance, cast, action, film):
                if answer.status_code in DONE:
                    done[verb] += 1
                else:
                    refused[verb, answer.json().get("rule") or answer.json()["code"]] += 1
    assert all(done[verb] > TOLD_APART for verb in ("plan", "schedule", "reschedule")), done
    assert {rule for verb, rule in refused if verb == "plan"} >= AGAINST_A_PLAN, refused
    assert {rule for verb, rule in refused if verb == "schedule"} >= AGAINST_AN_ANNOUNCEMENT, refused
    assert {rule for verb, rule in refused if verb == "reschedule"} >= AGAINST_ANOTHER_DAY, refused

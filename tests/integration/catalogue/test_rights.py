"""Offers of rights through the service's door."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from catalogue.store import organisations
from common.database import Database
from common.tokens import SYSTEM
from tests.integration.catalogue.portal import Portal, problem

Body = Callable[..., dict[str, Any]]


async def hear_of(db: Database, organisation: UUID, version: int = 1, epoch: int = 1, closed_on: date | None = None):
    heard = organisations.KnownOrganisation(
        id=organisation, epoch=epoch, version=version, name="Gebeka", closed_on=closed_on
    )
    async with db.transaction(SYSTEM) as tx:
        await organisations.keep_organisations(tx, [heard])


@pytest.fixture
async def body(portal: Portal, db: Database) -> Body:
    """Make the body of an offer on a film that is there, by a holder who is known."""
    film, holder = (await portal.film()).json()["id"], uuid4()
    await hear_of(db, holder)
    offer = {
        "film_id": film,
        "holder_id": str(holder),
        "uses": ["open_air", "non_commercial_indoor"],
        "territories": ["metropolitan", "974"],
        "versions": ["vf", "ad"],
        "starts_on": "2025-07-18",
        "ends_on": "2025-07-31",
        "price": {"amount": "240.00"},
    }
    return lambda **changed: {**offer, **changed}


async def test_rights_are_offered_changed_and_withdrawn(portal: Portal, body: Body):
    offered = await portal.post("/v1/rights-offers", body())
    offer = offered.json()
    assert (offered.status_code, offer["status"], offer["price"]) == (
        201,
        "offered",
        {"amount": "240.00", "currency": "EUR"},
    )
    path = offered.headers["location"]
    changed = await portal.post(f"{path}/change", {"price": None, "ends_on": "2025-08-31"}, match=offered)
    assert (changed.json()["price"], changed.json()["ends_on"], changed.json()["version"]) == (None, "2025-08-31", 2)
    assert changed.json()["uses"] == offer["uses"]
    withdrawn = await portal.post(f"{path}/withdraw", match=changed)
    assert (withdrawn.json()["status"], withdrawn.headers["etag"]) == ("withdrawn", '"v3"')
    seen = (await portal.get(path)).json()
    assert {action["verb"]: action["code"] for action in seen["allowed_actions"]} == {
        "rights_offer.change": "rights-offer-withdrawn",
        "rights_offer.withdraw": "rights-offer-withdrawn",
    }
    refused = await portal.post(f"{path}/change", {"price": None}, match=withdrawn)
    assert problem(refused) == (409, "rights-offer-withdrawn")


async def test_an_offer_says_its_tax_its_ceiling_and_how_it_is_cancelled(portal: Portal, body: Body):
    cancellation = {"free_until_days": 15, "due_percent": 50, "terms": "Par écrit."}
    said = {"tax_basis_points": 550, "audience_max": 300, "cancellation": cancellation, "negotiated_nationally": True}
    offered = await portal.post("/v1/rights-offers", body(**said))
    offer = offered.json()
    assert {name: offer[name] for name in said} == said
    assert offer["price_with_tax"] == {"amount": "253.20", "currency": "EUR"}
    path = offered.headers["location"]
    changed = (
        await portal.post(f"{path}/change", {"audience_max": None, "tax_basis_points": 2_000}, match=offered)
    ).json()
    assert (changed["audience_max"], changed["price_with_tax"]["amount"]) == (None, "288.00")
    assert (changed["cancellation"], changed["negotiated_nationally"]) == (cancellation, True)
    freed = await portal.post(f"{path}/change", {"cancellation": None, "negotiated_nationally": False}, match=2)
    assert (freed.json()["cancellation"], freed.json()["negotiated_nationally"]) == (None, False)
    assert (await portal.get(path)).json()["version"] == 3


async def test_an_offer_that_says_none_of_it_leaves_it_open(portal: Portal, body: Body):
    offer = (await portal.post("/v1/rights-offers", body())).json()
    assert [offer[name] for name in ("tax_basis_points", "price_with_tax", "audience_max", "cancellation")] == [
        None
    ] * 4
    assert offer["negotiated_nationally"] is False


async def test_a_holder_not_heard_of_yet_may_be_heard_of_later(portal: Portal, db: Database, body: Body):
    holder, key = uuid4(), str(uuid4())
    early = await portal.post("/v1/rights-offers", body(holder_id=str(holder)), key=key)
    assert problem(early) == (409, "not-known-here-yet")
    assert (early.headers["retry-after"], early.json()["errors"][0]["pointer"]) == ("1", "/holder_id")
    await hear_of(db, holder)
    assert (await portal.post("/v1/rights-offers", body(holder_id=str(holder)), key=key)).status_code == 201


async def test_a_holder_that_was_closed_offers_nothing(portal: Portal, db: Database, body: Body):
    holder = uuid4()
    await hear_of(db, holder, version=2, closed_on=date(2020, 1, 1))
    refused = await portal.post("/v1/rights-offers", body(holder_id=str(holder)))
    assert problem(refused) == (409, "rights-holder-closed")


@pytest.mark.parametrize(("at", "status"), [("2025-06-30T23:59:59+02:00", 201), ("2025-07-01T00:00:00+02:00", 409)])
async def test_a_holder_s_last_day_is_its_own_to_its_last_second(
    portal: Portal, db: Database, body: Body, at: str, status: int
):
    holder = uuid4()
    await hear_of(db, holder, closed_on=date(2025, 6, 30))
    assert (await portal.post("/v1/rights-offers", body(holder_id=str(holder)), at=at)).status_code == status


async def test_older_news_of_a_holder_is_left_aside(portal: Portal, db: Database, body: Body):
    holder = uuid4()
    await hear_of(db, holder, epoch=2, version=3)
    await hear_of(db, holder, epoch=2, version=2, closed_on=date(2020, 1, 1))
    await hear_of(db, holder, epoch=1, version=9, closed_on=date(2020, 1, 1))
    assert (await portal.post("/v1/rights-offers", body(holder_id=str(holder)))).status_code == 201


async def test_an_offer_is_made_on_a_film_that_is_there(portal: Portal, body: Body):
    refused = await portal.post("/v1/rights-offers", body(film_id=str(uuid4())))
    assert problem(refused) == (422, "unknown-film")
    assert refused.json()["errors"][0]["pointer"] == "/film_id"


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"uses": []}, "/uses"),
        ({"uses": ["private"]}, "/uses/0"),
        ({"territories": ["75"]}, "/territories/0"),
        ({"ends_on": "2025-07-01"}, "/ends_on"),
        ({"price": {"amount": "1.005"}}, "/price/amount"),
        ({"price": {"amount": "-1.00"}}, "/price/amount"),
        ({"price": {"amount": ""}}, "/price/amount"),
        ({"price": {"amount": 240}}, "/price/amount"),
        ({"starts_on": "0"}, "/starts_on"),
        ({"tax_basis_points": 10_001}, "/tax_basis_points"),
        ({"tax_basis_points": 5.5}, "/tax_basis_points"),
        ({"audience_max": 0}, "/audience_max"),
        ({"cancellation": {"free_until_days": 15}}, "/cancellation/due_percent"),
        ({"cancellation": {"free_until_days": 15, "due_percent": 101}}, "/cancellation/due_percent"),
        ({"cancellation": {"free_until_days": -1, "due_percent": 0}}, "/cancellation/free_until_days"),
        ({"negotiated_nationally": None}, "/negotiated_nationally"),
        ({"price": {"amount": "1.00", "currency": "USD"}}, "/price/currency"),
        ({"support": "dvd"}, "/support"),
    ],
)
async def test_bad_terms_are_pointed_at(portal: Portal, body: Body, changed: dict[str, Any], pointer: str):
    refused = await portal.post("/v1/rights-offers", body(**changed))
    assert refused.status_code == 422, refused.text
    assert pointer in [error["pointer"] for error in refused.json()["errors"]]


async def test_an_offer_repeated_is_answered_again(portal: Portal, body: Body):
    key = str(uuid4())
    first, again = [await portal.post("/v1/rights-offers", body(), key=key) for _ in range(2)]
    assert (first.content, first.headers["location"]) == (again.content, again.headers["location"])


async def test_offers_are_listed_by_what_they_cover(portal: Portal, body: Body):
    film = body()["film_id"]
    made = [
        (await portal.post("/v1/rights-offers", body(starts_on=f"2025-0{month}-01", ends_on=f"2025-0{month}-28")))
        for month in (1, 2, 3)
    ]
    ids = [answer.json()["id"] for answer in made]
    for params, expected in (
        ({}, ids),
        ({"on": "2025-02-14"}, ids[1:2]),
        ({"use": "commercial"}, []),
        ({"use": "open_air", "territory": "974", "version": "ad", "on": "2025-03-28"}, ids[2:]),
        ({"territory": "971"}, []),
        ({"status": "withdrawn"}, []),
        ({"holder_id": str(uuid4())}, []),
    ):
        listed = await portal.get("/v1/rights-offers", film_id=film, **params)
        assert [item["id"] for item in listed.json()["items"]] == expected, params
    page = await portal.get("/v1/rights-offers", film_id=film, limit=2)
    rest = await portal.get("/v1/rights-offers", film_id=film, limit=2, after=page.json()["next"])
    assert [item["id"] for answer in (page, rest) for item in answer.json()["items"]] == ids


async def test_a_day_is_asked_for_as_it_is_written(portal: Portal):
    assert problem(await portal.get("/v1/rights-offers", on="0")) == (400, "malformed")


async def test_an_offer_that_is_not_there_is_not_found(portal: Portal):
    nowhere = f"/v1/rights-offers/{uuid4()}"
    assert problem(await portal.get(nowhere)) == (404, "no-such-rights-offer")
    assert problem(await portal.post(f"{nowhere}/withdraw", match=1)) == (404, "no-such-rights-offer")

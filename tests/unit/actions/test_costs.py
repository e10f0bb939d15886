"""What screenings cost: what was agreed, else the cheapest offer that covers them, else whom to ask."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from actions.domain.clearance import ClearanceStep
from actions.domain.costs import Cost, CostBasis, Costs, costs
from actions.domain.known import RightsOffer
from common.contracts.actions import ClearanceStatus, ObligationKind, ResponsibleBody
from common.contracts.catalogue import FilmVersion, RightsTerritory, RightsUse
from common.contracts.money import Money
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p

PLANNED = a.screening_planned(a.a_funded())


def an_offer(name: str = "offer", price_cents: int | None = 15_000, **said: Any) -> RightsOffer:
    offer = RightsOffer(
        id=p.an_id(name),
        film_id=p.LINDA.id,
        starts_on=p.day("2025-01-01"),
        ends_on=p.day("2025-12-31"),
        uses=(RightsUse.OPEN_AIR,),
        territories=(RightsTerritory.METROPOLITAN,),
        price_cents=price_cents,
    )
    return replace(offer, **said)


def costing(*offers: RightsOffer, dossier: a.Dossier = PLANNED) -> Costs:
    return costs(dossier.screening, dossier.screening.sessions, dossier.given, offers)


def of_linda(found: Costs) -> Cost:
    (cost,) = (one for one in found.items if one.film_id == p.LINDA.id)
    return cost


def test_nobody_guesses_a_price_and_it_is_said_whom_to_ask():
    found = costing()
    assert [(one.kind, one.film_id, one.basis, one.body) for one in found.items] == [
        (ObligationKind.RIGHTS, p.LINDA.id, CostBasis.UNKNOWN, ResponsibleBody.RIGHTS_HOLDER),
        (ObligationKind.RIGHTS, p.SHORT.id, CostBasis.UNKNOWN, ResponsibleBody.RIGHTS_HOLDER),
        (ObligationKind.MUSIC, None, CostBasis.UNKNOWN, ResponsibleBody.SACEM),
    ]
    assert (found.price, found.without_price) == (Money(amount=Decimal("0.00")), 3)
    assert (found.tax, found.without_tax) == (Money(amount=Decimal("0.00")), 3)


def test_of_the_offers_that_cover_it_the_cheapest_counts():
    found = costing(an_offer("dear", 20_000), an_offer("cheap", 12_050), an_offer("to be asked", None))
    linda = of_linda(found)
    assert (linda.basis, linda.offer_id, linda.price) == (
        CostBasis.OFFERED,
        p.an_id("cheap"),
        Money(amount=Decimal("120.50")),
    )
    assert (found.price, found.without_price) == (Money(amount=Decimal("120.50")), 2)


@pytest.mark.parametrize(
    "said",
    [
        {"ends_on": p.day("2025-07-17")},
        {"starts_on": p.day("2025-07-19")},
        {"uses": (RightsUse.NON_COMMERCIAL_INDOOR,)},
        {"territories": (RightsTerritory.GUYANE,)},
        {"film_id": p.SHORT.id, "uses": (RightsUse.COMMERCIAL,)},
        {"withdrawn": True},
    ],
    ids=lambda said: next(iter(said)),
)
def test_an_offer_that_does_not_cover_the_session_is_no_price(said: dict[str, Any]):
    assert of_linda(costing(an_offer(**said))).basis is CostBasis.UNKNOWN


def test_an_offer_of_another_version_is_no_price():
    (session,) = PLANNED.screening.sessions
    shown = tuple(replace(item, version=FilmVersion.VF) for item in session.programme)
    dubbed = PLANNED.having(screening=replace(PLANNED.screening, sessions=(replace(session, programme=shown),)))
    assert of_linda(costing(an_offer(versions=(FilmVersion.VO,)), dossier=dubbed)).basis is CostBasis.UNKNOWN
    assert of_linda(costing(an_offer(versions=(FilmVersion.VF,)), dossier=dubbed)).basis is CostBasis.OFFERED


@pytest.mark.parametrize(
    ("price_cents", "rate", "tax"),
    [
        (10_000, 550, "5.50"),
        (10_000, 0, "0.00"),
        (10_000, 10_000, "100.00"),
        (99, 550, "0.05"),
        (100, 550, "0.06"),
        (9, 550, "0.00"),
        (10, 500, "0.01"),
    ],
)
def test_the_tax_is_the_offers_in_whole_cents_half_a_cent_up(price_cents: int, rate: int, tax: str):
    found = costing(an_offer(price_cents=price_cents, tax_basis_points=rate))
    assert of_linda(found).tax == Money(amount=Decimal(tax))
    assert (found.tax, found.without_tax) == (Money(amount=Decimal(tax)), 2)


def test_an_offer_that_does_not_say_its_rate_leaves_the_tax_open():
    found = costing(an_offer())
    assert (of_linda(found).tax, found.without_price, found.without_tax) == (None, 2, 3)


def test_what_was_agreed_is_taxed_as_the_offer_it_was_agreed_on_and_no_other():
    agreed = a.rights_confirmed(PLANNED)
    on = p.an_id("agreed on")
    clearances = tuple(replace(one, price_cents=18_000, offer_id=on) for one in agreed.screening.clearances)
    agreed = agreed.having(screening=replace(agreed.screening, clearances=clearances))
    other = an_offer("other", tax_basis_points=2_000)
    assert of_linda(costing(other, dossier=agreed)).tax is None
    of_the_offer = an_offer("agreed on", tax_basis_points=550, withdrawn=True)
    assert of_linda(costing(other, of_the_offer, dossier=agreed)).tax == Money(amount=Decimal("9.90"))


def test_what_was_agreed_counts_whatever_is_offered():
    agreed = a.rights_confirmed(PLANNED)
    clearances = tuple(replace(one, price_cents=18_000) for one in agreed.screening.clearances)
    agreed = agreed.having(screening=replace(agreed.screening, clearances=clearances))
    linda = of_linda(costing(an_offer(price_cents=1), dossier=agreed))
    assert (linda.basis, linda.price) == (CostBasis.AGREED, Money(amount=Decimal("180.00")))


def spoken_of(state: ClearanceStatus, offer: str | None, price_cents: int | None = None) -> a.Dossier:
    """Have the rights quoted or agreed, on an offer or on none, and its price left out unless it is said."""
    on = None if offer is None else p.an_id(offer)
    dossier = a.rights_confirmed(PLANNED)
    clearances = tuple(
        replace(one, state=state, price_cents=price_cents, offer_id=on) for one in dossier.screening.clearances
    )
    return dossier.having(screening=replace(dossier.screening, clearances=clearances))


ITS_OWN, CHEAPER = an_offer("its own", 18_000, tax_basis_points=550), an_offer("cheaper", 9_000)


@pytest.mark.parametrize(
    ("state", "offer", "basis", "price", "tax"),
    [
        (ClearanceStatus.CONFIRMED, "its own", CostBasis.AGREED, "180.00", "9.90"),
        (ClearanceStatus.SETTLED, "its own", CostBasis.AGREED, "180.00", "9.90"),
        (ClearanceStatus.QUOTED, "its own", CostBasis.QUOTED, "180.00", "9.90"),
        (ClearanceStatus.CONFIRMED, "of no price", CostBasis.UNKNOWN, None, None),
        (ClearanceStatus.CONFIRMED, "not heard of", CostBasis.UNKNOWN, None, None),
        (ClearanceStatus.CONFIRMED, None, CostBasis.UNKNOWN, None, None),
        (ClearanceStatus.QUOTED, "of no price", CostBasis.UNKNOWN, None, None),
        (ClearanceStatus.QUOTED, None, CostBasis.OFFERED, "90.00", None),
        (ClearanceStatus.REQUESTED, "its own", CostBasis.OFFERED, "90.00", None),
    ],
)
def test_what_was_agreed_on_one_offer_never_costs_what_another_asks(
    state: ClearanceStatus, offer: str | None, basis: CostBasis, price: str | None, tax: str | None
):
    """Its price was left out: it is the offer's, and where that has none, nobody has told it."""
    linda = of_linda(costing(ITS_OWN, CHEAPER, an_offer("of no price", None), dossier=spoken_of(state, offer)))
    said = [None if one is None else str(one.amount) for one in (linda.price, linda.tax)]
    assert (linda.basis, said) == (basis, [price, tax])
    named = "cheaper" if basis is CostBasis.OFFERED else offer
    assert linda.offer_id == (None if named is None else p.an_id(named))


def test_the_price_that_was_agreed_on_an_offer_goes_before_the_offer_s():
    linda = of_linda(costing(ITS_OWN, CHEAPER, dossier=spoken_of(ClearanceStatus.CONFIRMED, "its own", 20_000)))
    assert (linda.basis, linda.price) == (CostBasis.AGREED, Money(amount=Decimal("200.00")))


def test_a_quote_that_was_refused_is_no_price_once_an_offer_is_asked():
    clearance = spoken_of(ClearanceStatus.QUOTED, None, 50_000).screening.clearances[0]
    for step in (
        ClearanceStep(to=ClearanceStatus.REFUSED),
        ClearanceStep(to=ClearanceStatus.REQUESTED, offer=ITS_OWN),
        ClearanceStep(to=ClearanceStatus.QUOTED),
    ):
        clearance = clearance.step(step, p.day("2025-06-01"))
    dossier = PLANNED.having(screening=replace(PLANNED.screening, clearances=(clearance,)))
    linda = of_linda(costing(ITS_OWN, CHEAPER, dossier=dossier))
    assert (linda.basis, linda.price) == (CostBasis.QUOTED, Money(amount=Decimal("180.00")))


def test_an_offer_that_was_withdrawn_since_has_the_price_at_which_it_was_agreed_on():
    gone = replace(ITS_OWN, withdrawn=True)
    linda = of_linda(costing(gone, CHEAPER, dossier=spoken_of(ClearanceStatus.CONFIRMED, "its own")))
    assert linda.price == Money(amount=Decimal("180.00"))


def test_what_shows_no_film_costs_no_rights():
    dossier = a.workshop_scheduled(a.a_funded())
    assert costs(dossier.workshop, dossier.workshop.sessions, dossier.given, [an_offer()]) == Costs(
        items=(), price=Money(amount=Decimal("0.00")), without_price=0, tax=Money(amount=Decimal("0.00")), without_tax=0
    )

"""What may happen to an offer of rights."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from catalogue.domain.film import NothingToChange
from catalogue.domain.rights import InvalidRightsOffer, NewRightsOffer, RightsOffer, RightsOfferWithdrawn, Terms
from common.contracts.catalogue import Cancellation, FilmVersion, RightsOfferStatus, RightsTerritory, RightsUse
from common.contracts.money import Money
from tests.unit.catalogue.films import NOON

TERMS = Terms(
    uses=(RightsUse.OPEN_AIR,),
    territories=(RightsTerritory.METROPOLITAN,),
    versions=(FilmVersion.VF, FilmVersion.AD),
    starts_on=date(2025, 7, 18),
    ends_on=date(2025, 7, 31),
    price_cents=24_000,
)
NEW = NewRightsOffer(film_id=UUID(int=1), holder_id=UUID(int=2), terms=TERMS)
OFFER, OFFERED = RightsOffer.offer(UUID(int=3), NEW, at=NOON)


def test_an_offer_tells_all_its_terms():
    assert (OFFER.version, OFFER.status) == (1, RightsOfferStatus.OFFERED)
    assert (OFFERED.uses, OFFERED.starts_on, OFFERED.price) == (
        TERMS.uses,
        TERMS.starts_on,
        Money(amount=Decimal("240.00")),
    )
    assert OFFER.state(at=NOON).price == Money(amount=Decimal("240.00"))


def test_a_price_may_be_on_request():
    offer, fact = OFFER.change({"price_cents": None}, at=NOON)
    assert (offer.state(at=NOON).price, fact.changed) == (None, ("price",))


@pytest.mark.parametrize(
    ("price_cents", "rate", "with_tax"),
    [
        (24_000, 550, 25_320),
        (24_000, 0, 24_000),
        (24_000, 10_000, 48_000),
        (10, 500, 11),
        (9, 550, 9),
        (99, 550, 104),
        (0, 2_000, 0),
        (24_000, None, None),
        (None, 550, None),
    ],
)
def test_the_price_with_its_tax_is_in_whole_cents_half_a_cent_up(
    price_cents: int | None, rate: int | None, with_tax: int | None
):
    terms = replace(TERMS, price_cents=price_cents, tax_basis_points=rate)
    assert terms.price_with_tax_cents == with_tax


def test_an_offer_tells_its_tax_its_ceiling_and_how_it_is_cancelled():
    cancellation = Cancellation(free_until_days=15, due_percent=50, terms="  Par  écrit ")
    changes = {
        "tax_basis_points": 550,
        "audience_max": 300,
        "cancellation": cancellation,
        "negotiated_nationally": True,
    }
    offer, fact = OFFER.change(changes, at=NOON)
    assert fact.changed == ("tax_basis_points", "audience_max", "cancellation", "negotiated_nationally")
    state = offer.state(at=NOON)
    assert state.price_with_tax == Money(amount=Decimal("253.20"))
    assert (state.audience_max, state.negotiated_nationally) == (300, True)
    assert state.cancellation == Cancellation(free_until_days=15, due_percent=50, terms="Par écrit")


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"tax_basis_points": -1}, "/tax_basis_points"),
        ({"tax_basis_points": 10_001}, "/tax_basis_points"),
        ({"audience_max": 0}, "/audience_max"),
        ({"cancellation": Cancellation(free_until_days=-1, due_percent=0)}, "/cancellation/free_until_days"),
        ({"cancellation": Cancellation(free_until_days=0, due_percent=101)}, "/cancellation/due_percent"),
        ({"cancellation": Cancellation(free_until_days=0, due_percent=0, terms="x" * 501)}, "/cancellation/terms"),
    ],
)
def test_a_number_out_of_reach_is_pointed_at(said: dict[str, Any], pointer: str):
    with pytest.raises(InvalidRightsOffer) as refused:
        OFFER.change(said, at=NOON)
    assert [error.pointer for error in refused.value.errors] == [pointer]


def test_every_mistake_is_named_at_once():
    terms = Terms(uses=(), territories=(), versions=(), starts_on=date(2025, 7, 2), ends_on=date(2025, 7, 1))
    with pytest.raises(InvalidRightsOffer) as refused:
        RightsOffer.offer(UUID(int=3), NewRightsOffer(film_id=UUID(int=1), holder_id=UUID(int=2), terms=terms), at=NOON)
    assert [error.pointer for error in refused.value.errors] == ["/uses", "/territories", "/versions", "/ends_on"]


def test_a_window_of_one_day_is_one():
    offer, _ = OFFER.change({"ends_on": TERMS.starts_on}, at=NOON)
    assert offer.terms.starts_on == offer.terms.ends_on


def test_a_change_is_judged_with_what_stays():
    with pytest.raises(InvalidRightsOffer):
        OFFER.change({"starts_on": date(2025, 8, 1)}, at=NOON)


def test_a_choice_made_twice_is_one():
    with pytest.raises(NothingToChange):
        OFFER.change({"uses": (RightsUse.OPEN_AIR, RightsUse.OPEN_AIR)}, at=NOON)


def test_what_is_withdrawn_stays_so():
    offer, fact = OFFER.withdraw(at=NOON)
    assert (offer.version, offer.status, fact.rights_offer_id) == (2, RightsOfferStatus.WITHDRAWN, OFFER.id)
    with pytest.raises(RightsOfferWithdrawn):
        offer.withdraw(at=NOON)
    with pytest.raises(RightsOfferWithdrawn):
        offer.change({"price_cents": 1}, at=NOON)

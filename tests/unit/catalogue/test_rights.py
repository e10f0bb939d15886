"""What may happen to an offer of rights."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from catalogue.domain.film import NothingToChange
from catalogue.domain.rights import InvalidRightsOffer, NewRightsOffer, RightsOffer, RightsOfferWithdrawn, Terms
from common.contracts.catalogue import FilmVersion, RightsOfferStatus, RightsTerritory, RightsUse
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

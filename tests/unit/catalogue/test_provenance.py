"""Who answers for what is known of a film."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from catalogue.domain import provenance
from catalogue.domain.provenance import Said, Source
from common.contracts.catalogue import Visa
from tests.unit.catalogue.films import CLIENT, FILE, NOON, a_film

LATER = NOON + timedelta(days=1)


def test_who_said_a_thing_last_answers_for_it():
    film = a_film(Visa(number="5"), year=2011).told(None, FILE, at=NOON)
    assert film.said == (Said(source=FILE, at=NOON, fields=("title", "year", "visas/5")),)
    changed, _ = film.change({"year": 2012, "duration_minutes": 76}, at=LATER)
    told = changed.told(film, CLIENT, at=LATER)
    assert list(provenance.each(told.said)) == [
        ("duration_minutes", told.said[1]),
        ("title", told.said[0]),
        ("visas/5", told.said[0]),
        ("year", told.said[1]),
    ]
    assert [one.source for one in told.said] == [FILE, CLIENT]


def test_nobody_answers_for_what_is_no_longer_known():
    film = a_film(Visa(number="5"), year=2011).told(None, FILE, at=NOON)
    left, _ = film.remove_visa("5", at=LATER)
    unknown, _ = left.change({"year": None}, at=LATER)
    assert unknown.told(film, CLIENT, at=LATER).said == (Said(source=FILE, at=NOON, fields=("title",)),)


def test_saying_the_same_again_makes_no_difference():
    film = a_film(year=2011).told(None, FILE, at=NOON)
    assert film.told(film, CLIENT, at=LATER) == film


NAMES = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2))


@given(steps=st.lists(st.tuples(NAMES, st.sampled_from([FILE, CLIENT])), min_size=1, max_size=6))
def test_whoever_gave_a_field_its_present_value_answers_for_it(steps):
    """Against a naive ledger: for each field, the source of the last step that changed it."""
    said: tuple[Said, ...] = ()
    before: dict[str, object] = {}
    ledger: dict[str, Source] = {}
    for n, (after, source) in enumerate(steps):
        said = provenance.renewed(said, before, after, source, at=NOON + timedelta(hours=n))
        ledger = {name: ledger[name] if before.get(name) == value else source for name, value in after.items()}
        before = after
    assert {name: one.source for name, one in provenance.each(said)} == ledger

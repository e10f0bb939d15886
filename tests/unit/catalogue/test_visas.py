"""What is known of a film's visas, and what is published of them."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.domain import visas
from catalogue.domain.visas import InvalidVisa
from common.contracts.catalogue import Classification, FilmVersion, Visa, VisaKind
from tests.unit.catalogue.films import NOON, a_film

DAY = date(2025, 4, 28)
PLAIN = Visa(number="128083", issued_on=date(2023, 10, 10))
DUBBED = Visa(number="130000", versions=(FilmVersion.VF,), classification=Classification.U12, warning="Peut heurter")
WEEK = Visa(
    number="140000",
    kind=VisaKind.TEMPORARY,
    issued_on=date(2025, 4, 21),
    ends_on=DAY,
    classification=Classification.U16,
)
CLASSES = st.none() | st.sampled_from(Classification)


def test_an_ordinary_visa_has_no_end_and_no_visa_ends_before_it_begins():
    with pytest.raises(InvalidVisa) as refused:
        a_film(PLAIN, Visa(number="5", ends_on=date(2020, 1, 1), issued_on=date(2020, 1, 2)))
    assert [(error.pointer, error.code) for error in refused.value.errors] == [
        ("/visas/1/ends_on", "no-end"),
        ("/visas/1/ends_on", "ends-before-it-starts"),
    ]
    assert a_film(WEEK).visas == (WEEK,)


def test_a_visa_is_corrected_by_what_is_said_and_keeps_the_rest():
    corrected = visas.said((PLAIN, DUBBED), "0130000", {"classification": None, "issued_on": DAY})
    assert (corrected.issued_on, corrected.classification, corrected.versions, corrected.warning) == (
        DAY,
        None,
        (FilmVersion.VF,),
        "Peut heurter",
    )
    assert visas.said((PLAIN,), "5", {"kind": VisaKind.EXCEPTIONAL}) == Visa(number="5", kind=VisaKind.EXCEPTIONAL)


def test_a_source_that_only_completes_overrules_nothing():
    other = Visa(number="130000", issued_on=DAY, classification=Classification.ALL)
    assert visas.completed(DUBBED, other, decides=False) == visas.said((DUBBED,), "130000", {"issued_on": DAY})
    decided = visas.completed(DUBBED, other, decides=True)
    assert (decided.classification, decided.versions) == (Classification.ALL, (FilmVersion.VF,))


@pytest.mark.parametrize(
    ("kept", "current", "said", "taken"),
    [
        pytest.param(
            Visa(number="5", classification=Classification.ALL),
            Visa(number="5", classification=Classification.ALL, issued_on=DAY, warning="violence"),
            Visa(number="5", classification=Classification.U12, year=2003),
            Visa(number="5", classification=Classification.U12, issued_on=DAY, warning="violence"),
            id="a day of another year, recorded since, stays",
        ),
        pytest.param(
            Visa(number="5", year=2004),
            Visa(number="5", year=2004, classification=Classification.U12),
            Visa(number="5", year=2003, classification=Classification.ALL),
            Visa(number="5", year=2003, classification=Classification.U12),
            id="a class recorded since stays",
        ),
        pytest.param(
            Visa(number="5", issued_on=DAY),
            Visa(number="5", issued_on=DAY, warning="violence"),
            Visa(number="5", year=2003),
            Visa(number="5", year=2003, warning="violence"),
            id="the year was in dispute, and the day is of another one",
        ),
        pytest.param(
            Visa(number="5", issued_on=DAY),
            Visa(number="5", issued_on=date(2003, 1, 31)),
            Visa(number="5", year=2003),
            Visa(number="5", issued_on=date(2003, 1, 31)),
            id="somebody has found the day of that year",
        ),
    ],
)
def test_what_was_in_dispute_is_taken_and_what_was_recorded_since_stays(
    kept: Visa, current: Visa, said: Visa, taken: Visa
):
    assert visas.taken(current, kept, said) == taken


KNOWN = st.builds(
    Visa,
    number=st.just("5"),
    issued_on=st.none() | st.sampled_from([date(2003, 1, 31), DAY]),
    year=st.none() | st.sampled_from([2003, 2025]),
    classification=st.none() | st.sampled_from([Classification.ALL, Classification.U12]),
    warning=st.none() | st.sampled_from(["violence", "drogue"]),
).map(lambda visa: replace(visa, year=None) if visa.issued_on else visa)


@given(kept=KNOWN, said=KNOWN)
def test_where_nothing_was_recorded_since_all_that_was_said_is_taken(kept: Visa, said: Visa):
    assert visas.taken(kept, kept, said) == visas.completed(kept, said, decides=True)


@given(kept=KNOWN, current=KNOWN, said=KNOWN)
def test_what_is_taken_once_is_taken(kept: Visa, current: Visa, said: Visa):
    once = visas.taken(current, kept, said)
    assert visas.taken(once, kept, said) == once == visas.written(once)


def test_what_is_published_is_the_strictest_class_and_every_warning():
    film = a_film(DUBBED, PLAIN, classification=Classification.ALL, warning="Images stroboscopiques")
    state = film.state(at=NOON)
    assert (state.classification, state.warning) == (Classification.U12, "Images stroboscopiques ; Peut heurter")
    assert film.description.classification is Classification.ALL
    assert state.own_classification is Classification.ALL


@pytest.mark.parametrize(("day", "published"), [(27, "u16"), (28, "u16"), (29, "all")])
def test_a_visa_counts_until_its_last_day(day: int, published: str):
    film = a_film(WEEK, classification=Classification.ALL)
    assert film.state(at=datetime(2025, 4, day, 12, tzinfo=NOON.tzinfo)).classification == published


def test_a_visa_whose_end_nobody_knows_has_not_ended():
    endless = Visa(number="140000", kind=VisaKind.TEMPORARY, classification=Classification.U18)
    assert visas.strictest(Classification.ALL, (endless,), on=DAY) is Classification.U18


@given(own=CLASSES, given_by_visas=st.lists(CLASSES, max_size=4))
def test_nobody_is_admitted_by_a_milder_class(own: Classification | None, given_by_visas: list[Classification | None]):
    carried = [Visa(number=str(n + 1), classification=one) for n, one in enumerate(given_by_visas)]
    known = {one for one in (own, *given_by_visas) if one is not None}
    published = visas.strictest(own, carried, on=DAY)
    assert (published is None) is (not known)
    assert published is None or (published in known and not known & set(_stricter_than(published)))


def _stricter_than(one: Classification) -> list[Classification]:
    admitted_from = {"all": 0, "u12": 12, "u16": 16, "u18": 18, "u18_x": 19}
    return [other for other in Classification if admitted_from[other] > admitted_from[one]]


def test_classes_are_listed_from_the_mildest_to_the_strictest():
    assert [*visas.STRICTER] == [Classification(name) for name in ("all", "u12", "u16", "u18", "u18_x")]

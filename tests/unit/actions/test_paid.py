"""An association's paid screenings: which count, by what is shown, and which come before which in a year (R07)."""

from datetime import date, time

import pytest

from actions.domain import paid
from actions.domain.paid import PaidScreening, Shown
from common.contracts.catalogue import FilmVersion, ScreenVersion
from tests.unit.actions import pieces as p

CUTS = (ScreenVersion(code=FilmVersion.VF, duration_minutes=58), ScreenVersion(code=FilmVersion.VO))
ONE = p.a_paid_screening(date(2025, 10, 1))


def showing(*films: Shown) -> PaidScreening:
    return p.a_paid_screening(ONE.held_on, films=films)


@pytest.mark.parametrize(
    ("version", "counts"),
    [(FilmVersion.VF, False), (FilmVersion.VO, True), (FilmVersion.VOSTFR, True), (None, True)],
)
def test_a_film_counts_by_the_version_that_is_shown(version: FilmVersion | None, counts: bool):
    assert showing(Shown(version=version, duration_minutes=65, screen_versions=CUTS)).counts is counts


@pytest.mark.parametrize(("minutes", "counts"), [(59, False), (60, False), (61, True), (None, True)])
def test_one_feature_is_enough_and_a_film_of_unknown_length_is_one(minutes: int | None, counts: bool):
    short, other = (Shown(version=None, duration_minutes=one) for one in (9, minutes))
    assert showing(short, other).counts is counts
    assert not showing().counts


@pytest.mark.parametrize(
    ("on", "at", "after_the_fact", "booking"),
    [
        ("2025-09-30", "23:59", 1, 1),
        ("2025-10-01", "20:29", 1, 1),
        ("2025-10-01", "20:31", 0, 1),
        ("2025-12-31", "20:30", 0, 1),
        ("2025-01-01", "00:00", 1, 1),
        ("2024-12-31", "23:59", 0, 0),
        ("2026-01-01", "00:00", 0, 0),
    ],
)
def test_who_comes_before_is_told_by_the_hour_and_who_is_booked_comes_last(on, at, after_the_fact, booking):
    other = p.a_paid_screening(p.day(on), 2, starts_at=time.fromisoformat(at))
    assert paid.before(ONE, [other], booking=False) == after_the_fact
    assert paid.before(ONE, [other], booking=True) == booking


def test_of_two_at_the_same_hour_one_comes_before_the_other_and_not_both():
    other = p.a_paid_screening(ONE.held_on, 2)
    assert [paid.before(ONE, [other], booking=False), paid.before(other, [ONE], booking=False)] in ([0, 1], [1, 0])

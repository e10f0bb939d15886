"""Coordinations: dated sets of départements, appointed by a DRAC."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from common.contracts.partners import Coverage
from partners.domain.coordination import (
    Appointment,
    Coordination,
    CoordinationAlreadyEnded,
    DepartmentRefused,
    require_in_region,
)
from partners.domain.periods import DatesGoBackwards, EndsBeforeItBegins, NothingToChange

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)
POITOU_CHARENTES = ("16", "17", "79", "86")


def covering(*departments: str, valid_from: date, valid_until: date | None = None) -> Coverage:
    return Coverage(departments=departments, valid_from=valid_from, valid_until=valid_until)


def appointed(coverage: Coverage) -> Coordination:
    return Coordination.appoint(
        id=UUID(int=1),
        appointment=Appointment(organisation_id=UUID(int=2), region="75", coverage=coverage),
        drac_id=UUID(int=3),
        at=NOON,
    )[0]


def frmjc() -> Coordination:
    return appointed(covering(*POITOU_CHARENTES, valid_from=date(2024, 1, 1), valid_until=date(2026, 12, 31)))


def test_an_appointment_says_who_what_and_when():
    coordination, fact = Coordination.appoint(
        id=UUID(int=1),
        appointment=Appointment(
            organisation_id=UUID(int=2),
            region="75",
            coverage=covering("86", "16", "16", valid_from=date(2024, 1, 1)),
        ),
        drac_id=UUID(int=3),
        at=NOON,
    )
    assert fact.coverage.departments == ("16", "86")
    assert (coordination.version, coordination.state(at=NOON).coverages) == (1, (fact.coverage,))


def test_an_appointment_ends_when_it_begins_or_later():
    appointed(covering("86", valid_from=date(2024, 1, 1), valid_until=date(2024, 1, 1)))
    with pytest.raises(EndsBeforeItBegins):
        appointed(covering("86", valid_from=date(2024, 1, 1), valid_until=date(2023, 12, 31)))


def test_another_coverage_leaves_the_former_with_its_last_day():
    changed, fact = frmjc().change(covering("86", valid_from=date(2025, 7, 1)), at=NOON)
    assert changed.coverages == (
        covering(*POITOU_CHARENTES, valid_from=date(2024, 1, 1), valid_until=date(2025, 6, 30)),
        covering("86", valid_from=date(2025, 7, 1)),
    )
    assert fact.coverage == changed.coverages[-1]


def test_a_coverage_that_begins_after_the_former_ended_leaves_a_gap():
    changed, _ = frmjc().change(covering("86", valid_from=date(2028, 1, 1)), at=NOON)
    assert [one.valid_until for one in changed.coverages] == [date(2026, 12, 31), None]


def test_the_past_is_not_rewritten():
    with pytest.raises(DatesGoBackwards):
        frmjc().change(covering("86", valid_from=date(2023, 12, 31)), at=NOON)


def test_the_same_coverage_again_is_no_change():
    again = covering(*POITOU_CHARENTES[::-1], valid_from=date(2025, 1, 1), valid_until=date(2026, 12, 31))
    with pytest.raises(NothingToChange):
        frmjc().change(again, at=NOON)


def test_an_ended_coordination_covers_nothing_after_its_last_day():
    ended, fact = frmjc().end(ended_on=date(2025, 6, 30), at=NOON)
    assert [one.valid_until for one in ended.coverages] == [date(2025, 6, 30)]
    assert (fact.ended_on, ended.state(at=NOON).ended_on) == (date(2025, 6, 30), date(2025, 6, 30))


def test_a_coordination_ends_once():
    ended, _ = frmjc().end(ended_on=date(2025, 6, 30), at=NOON)
    with pytest.raises(CoordinationAlreadyEnded):
        ended.end(ended_on=date(2025, 6, 30), at=NOON)
    with pytest.raises(CoordinationAlreadyEnded):
        ended.change(covering("86", valid_from=date(2026, 1, 1)), at=NOON)


def test_an_end_never_makes_a_coverage_longer():
    ended, _ = frmjc().end(ended_on=date(2030, 1, 1), at=NOON)
    assert [one.valid_until for one in ended.coverages] == [date(2026, 12, 31)]


def test_a_coordination_cannot_end_before_it_began():
    with pytest.raises(EndsBeforeItBegins):
        frmjc().end(ended_on=date(2023, 12, 31), at=NOON)


def test_departements_lie_in_the_region_whose_code_may_be_that_of_a_departement():
    region_of = {"75": "11", "86": "75"}
    require_in_region(["86"], "75", region_of)
    with pytest.raises(DepartmentRefused) as refused:
        require_in_region(["86", "75", "20"], "75", region_of)
    assert [one.pointer for one in refused.value.errors] == ["/departments/1", "/departments/2"]

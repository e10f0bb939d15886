"""Priority districts: codes, the day each list begins and ends (R34), the municipalities they lie on (R35)."""

from datetime import date

import pytest

from common.contracts.partners import District
from partners.domain import district

COURONNERIES = District(
    code="QN08605M",
    name="Couronneries Saint-Éloi",
    municipalities=("86041", "86194"),
    valid_from=date(2024, 1, 1),
    valid_until=None,
    source="ANCT",
    source_date=date(2024, 7, 13),
)


@pytest.mark.parametrize("code", ["QN07511M", "QN02A01M", "QN97401I", "QP093028", "QP02A001", "QN08605C"])
def test_codes_of_both_lists_are_known(code):
    assert district.district_code(code) == code


@pytest.mark.parametrize("written", ["QN7511M", "QN075110", "QX07511M", "QP09302", "QN02C01M", ""])
def test_other_codes_are_refused(written):
    with pytest.raises(district.DistrictCodeMalformed):
        district.district_code(written)


@pytest.mark.parametrize(("code", "department"), [("QN07511M", "75"), ("QN02A01M", "2A"), ("QN97401I", "974")])
def test_the_departement_is_read_off_the_code(code, department):
    assert district.department_of(code) == department


@pytest.mark.parametrize(
    ("code", "last_refused", "first_accepted"),
    [("QN07511M", date(2023, 12, 31), date(2024, 1, 1)), ("QN97401I", date(2024, 12, 31), date(2025, 1, 1))],
)
def test_r34_the_second_list_begins_on_its_day(code, last_refused, first_accepted):
    refused = district.not_in_force(code, last_refused)
    assert refused is not None
    assert (refused.rule, refused.first_lawful_on) == ("R34", first_accepted)
    assert district.not_in_force(code, first_accepted) is None


@pytest.mark.parametrize(
    ("code", "last_accepted", "first_refused"),
    [("QP093028", date(2023, 12, 31), date(2024, 1, 1)), ("QP974001", date(2024, 12, 31), date(2025, 1, 1))],
)
def test_r34_the_first_list_ends_on_its_day_overseas_a_year_later(code, last_accepted, first_refused):
    assert district.not_in_force(code, last_accepted) is None
    refused = district.not_in_force(code, first_refused)
    assert refused is not None
    assert (refused.rule, refused.first_lawful_on) == ("R34", None)


def test_r34_nothing_was_in_force_before_2015():
    assert district.not_in_force("QP093028", date(2014, 12, 31)) is not None
    assert district.not_in_force("QP093028", date(2015, 1, 1)) is None


@pytest.mark.parametrize("municipalities", [["86194"], ["86041"], ["86003", "86041"]])
def test_r35_all_municipalities_of_a_district_are_looked_at(municipalities):
    assert district.elsewhere(COURONNERIES, municipalities) is None


def test_r35_a_district_lies_on_one_of_the_municipalities_named():
    refused = district.elsewhere(COURONNERIES, ["75056"])
    assert refused is not None
    assert (refused.rule, refused.reason) == (
        "R35",
        "QN08605M lies on 86041, 86194, and on none of the municipalities named.",
    )

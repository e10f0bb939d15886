"""Days and amounts as bodies write them."""

from decimal import Decimal
from typing import Annotated

import pytest
from pydantic import TypeAdapter, ValidationError

from common.fields import Day, written_amount

DAY = TypeAdapter(Day)
AMOUNT = TypeAdapter(Annotated[Decimal, *written_amount(7)])


@pytest.mark.parametrize("day", ["1900-01-01", "2024-02-29", "2200-12-31"])
def test_a_day_is_taken_as_it_is_written(day: str):
    assert DAY.validate_python(day).isoformat() == day


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (20_250_718, "date_type"),
        ("1752796800", "date_type"),
        ("2025-07-18T00:00:00", "date_type"),
        ("२०२५-०७-१८", "date_type"),
        ("2025-02-29", "date_from_datetime_parsing"),
        ("1899-12-31", "date_out_of_reach"),
        ("2201-01-01", "date_out_of_reach"),
    ],
)
def test_what_is_no_day_is_refused(said: object, kind: str):
    with pytest.raises(ValidationError) as refused:
        DAY.validate_python(said)
    assert [fault["type"] for fault in refused.value.errors()] == [kind]


@pytest.mark.parametrize("amount", ["0", "16.5", "9999999.99"])
def test_an_amount_is_taken_to_the_cent(amount: str):
    assert AMOUNT.validate_python(amount) == Decimal(amount)


@pytest.mark.parametrize("said", [16, 16.5, "-1", "1e3", "16.001", "१६", "10000000", "1\n"])
def test_what_is_no_amount_is_refused(said: object):
    with pytest.raises(ValidationError) as refused:
        AMOUNT.validate_python(said)
    assert [fault["type"] for fault in refused.value.errors()] == ["decimal_type"]


def test_the_pattern_says_how_many_digits():
    assert AMOUNT.json_schema() == {"type": "string", "pattern": r"^[0-9]{1,7}(\.[0-9]{1,2})?$"}

"""Days, hours, amounts and codes are taken as they are written, and as the document says."""

import pytest
from pydantic import BaseModel, ValidationError

from actions.api.bodies import Amount, Code, CoordinatesBody, District, Hour, Price
from common.fields import Day


class Body(BaseModel):
    day: Day | None = None
    hour: Hour | None = None
    commune: Code | None = None
    district: District | None = None
    amount: Amount | None = None
    price: Price | None = None
    coordinates: CoordinatesBody | None = None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("day", "2025-07-18"),
        ("hour", "22:15"),
        ("hour", "22:15:00"),
        ("commune", "86194"),
        ("commune", "2A004"),
        ("district", "QN08605M"),
        ("amount", {"amount": "1600.00"}),
        ("amount", {"amount": "1600"}),
        ("amount", {"amount": "999999999.99"}),
        ("price", {"amount": "9999999.99"}),
        ("coordinates", {"longitude": -180, "latitude": 90}),
        ("coordinates", {"longitude": 0.3402123456789, "latitude": -0.0}),
    ],
)
def test_what_is_written_as_it_should_be_is_taken(field: str, value: object):
    assert getattr(Body.model_validate({field: value}), field) is not None


def test_a_commune_of_corsica_is_taken_with_a_small_letter():
    assert Body.model_validate({"commune": "2b033"}).commune == "2B033"


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("day", 20_250_718, "date_type"),
        ("day", "1700000000", "date_type"),
        ("day", "2025-07-18T00:00:00", "date_type"),
        ("day", "2025-13-18", "date_from_datetime_parsing"),
        ("day", "२०२५-१२-१८", "date_type"),
        ("hour", 79_200, "time_type"),
        ("hour", "3600", "time_type"),
        ("hour", "22:15Z", "time_type"),
        ("hour", "25:00", "time_parsing"),
        ("commune", 86194, "string_type"),
        ("commune", "8619", "string_pattern_mismatch"),
        ("commune", "८६१९४", "string_pattern_mismatch"),
        ("district", "QN१८६१५M", "string_pattern_mismatch"),
        ("amount", {"amount": 1600}, "decimal_type"),
        ("amount", {"amount": "16.001"}, "decimal_type"),
        ("amount", {"amount": "-1"}, "decimal_type"),
        ("amount", {"amount": "1e3"}, "decimal_type"),
        ("amount", {"amount": "१६११"}, "decimal_type"),
        ("amount", {"amount": "1000000000"}, "decimal_type"),
        ("price", {"amount": "10000000"}, "decimal_type"),
        ("coordinates", {"longitude": 0.34}, "missing"),
        ("coordinates", {"latitude": 46.58}, "missing"),
        ("coordinates", {"longitude": "0.34", "latitude": 46.58}, "float_type"),
        ("coordinates", {"longitude": True, "latitude": 46.58}, "float_type"),
        ("coordinates", {"longitude": 180.1, "latitude": 46.58}, "less_than_equal"),
        ("coordinates", {"longitude": 0.34, "latitude": -90.1}, "greater_than_equal"),
        ("coordinates", {"longitude": float("nan"), "latitude": 46.58}, "finite_number"),
        ("coordinates", {"longitude": 0.34, "latitude": 46.58, "altitude": 116}, "extra_forbidden"),
    ],
)
def test_what_is_not_is_refused(field: str, value: object, kind: str):
    with pytest.raises(ValidationError) as refused:
        Body.model_validate({field: value})
    assert [fault["type"] for fault in refused.value.errors()] == [kind]

"""What the bodies of several services are made of: days as a calendar writes them, and amounts as text."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from common.http import YEARS

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def written_day(said: object) -> object:
    """Take a day as it is written, and nothing that could be a point in time or a number of seconds."""
    if isinstance(said, str) and _DAY.fullmatch(said):
        return said
    raise PydanticCustomError("date_type", "Must be a date (YYYY-MM-DD).")


def _in_reach(day: date) -> date:
    if day.year not in YEARS:
        said = "Must be a day between 1900 and 2200.", "Doit être un jour entre 1900 et 2200."
        raise PydanticCustomError("date_out_of_reach", said[0], {"libelle": said[1]})
    return day


Day = Annotated[date, BeforeValidator(written_day), AfterValidator(_in_reach)]


def written_amount(digits: int) -> tuple[BeforeValidator, WithJsonSchema]:
    """Take an amount as text in plain digits, so many before the point: as many as its reader can keep in cents.

    A JSON number has lost its cents before anybody can look.
    """
    pattern = rf"[0-9]{{1,{digits}}}(\.[0-9]{{1,2}})?"

    def written(said: object) -> object:
        if isinstance(said, str) and re.fullmatch(pattern, said):
            return said
        raise PydanticCustomError("decimal_type", "Must be a decimal number within its limits.")

    return BeforeValidator(written), WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})

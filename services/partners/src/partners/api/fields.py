"""What bodies and queries about territories and organisations are made of: codes, days, names."""

from datetime import date
from typing import Annotated

from fastapi import Path, Query
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from common.contracts.partners import Density
from common.fields import written_day
from partners.domain.codes import MUNICIPALITY, MunicipalityCodeMalformed
from partners.domain.codes import malformed as malformed_code

LISTED_MAX = 100
"""Départements, municipalities, districts… of one request."""

VINTAGE_FIRST, VINTAGE_LAST = 1943, 2100


def _code(written: object) -> object:
    """Take a municipality code as well-formed text only: JSON's 1004 has lost what it means (R33)."""
    if isinstance(written, str) and not malformed_code(written):
        return written.upper()
    raise PydanticCustomError(
        "municipality-code-malformed",
        MunicipalityCodeMalformed.title,
        {"libelle": MunicipalityCodeMalformed.titre, "rule": "R33"},
    )


def _level(written: object) -> object:
    """Take a level as a whole number only: neither text nor true."""
    if type(written) is int:
        return written
    raise PydanticCustomError("int_type", "Must be a whole number.")


MunicipalityCode = Annotated[str, Field(pattern=MUNICIPALITY), BeforeValidator(_code)]
DepartmentCode = Annotated[
    str, Field(pattern=r"^(?:[0-9]{2}|2[AB]|9[78][0-9])$", description="Of a département: `75` is Paris.")
]
RegionCode = Annotated[
    str, Field(pattern=r"^[0-9]{2,3}$", description="Of a region: `75` is Nouvelle-Aquitaine, not Paris.")
]
SirenCode = Annotated[str, Field(pattern=r"^[0-9]{9}$")]
Level = Annotated[
    Density, BeforeValidator(_level), Field(description="Of the Insee's grid: 1 large urban centre … 5 to 7 rural.")
]
Day = Annotated[date, BeforeValidator(written_day), Field(ge=date(1800, 1, 1), le=date(2199, 12, 31))]
"""Goes further back than everybody else's: communes, and associations that hold projects, are older than cinema."""

DayQuery = Annotated[date | None, BeforeValidator(lambda written: written and written_day(written))]
DistrictCode = Annotated[str, Field(max_length=8, description="QN… from 2024 (overseas 2025) on, QP… before.")]
Name = Annotated[str, Field(min_length=1, max_length=300)]
Source = Annotated[str, Field(min_length=1, max_length=500, description="Where this is published.")]
Vintage = Annotated[
    int, Field(strict=True, ge=VINTAGE_FIRST, le=VINTAGE_LAST, description="Year of the official geographic code.")
]
VintagePath = Annotated[int, Path(ge=VINTAGE_FIRST, le=VINTAGE_LAST, description="Year of the geographic code.")]
NameQuery = Annotated[
    str | None, Query(min_length=1, max_length=200, description="Accents, case, hyphens and apostrophes do not matter.")
]
DepartmentQuery = Annotated[str | None, Query(pattern=r"^(?:[0-9]{2}|2[AB]|9[78][0-9])$")]
RegionQuery = Annotated[str | None, Query(pattern=r"^[0-9]{2,3}$")]
SirenQuery = Annotated[str | None, Query(pattern=r"^[0-9]{9}$")]

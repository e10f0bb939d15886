"""Codes of the official geographic code, as text: how they are written, and what can be told from them alone (R33).

A municipality code is five characters; integers lose the zero of `01004`, and `2A004` is no number.  Only the code of
a département can be read off it; everything else is a question to one vintage.
"""

import re
from datetime import date
from typing import NewType

from common.errors import Invalid, Verdict
from partners.domain import law

DepartmentCode = NewType("DepartmentCode", str)
RegionCode = NewType("RegionCode", str)
"""Kept apart from `DepartmentCode`: `75` is Paris as a département and Nouvelle-Aquitaine as a region."""

RULE = law.newest("R33")

MUNICIPALITY = RULE.sets["form"][0]
"""The 101 départements (there is no 20 any more) and the overseas collectivities."""

_MUNICIPALITY = re.compile(MUNICIPALITY)


class MunicipalityCodeMalformed(Invalid):
    """Leading zeros and Corsica's letters belong to the code (R33); JSON's 1004 is a number and has lost them."""

    title = "A municipality code is text of five characters, such as 01004, 2A004 or 97302."
    titre = "Un code commune est un texte de cinq caractères, tel que 01004, 2A004 ou 97302."


def municipality_code(written: str, *, pointer: str = "/code") -> str:
    """Write a municipality code its one way, or refuse it (R33)."""
    if refused := malformed(written):
        raise MunicipalityCodeMalformed(pointer=pointer, verdict=refused)
    return written.upper()


def malformed(written: str) -> Verdict | None:
    """Judge the form of a municipality code (R33)."""
    if _MUNICIPALITY.fullmatch(written):
        return None
    said = MunicipalityCodeMalformed
    return RULE.verdict(said.title, said.titre, inputs={"code": written})


def department_of(municipality: str) -> DepartmentCode:
    """Read the département off a municipality code: overseas it has three characters (R33)."""
    length = "department_length_overseas" if is_overseas(municipality) else "department_length"
    return DepartmentCode(municipality[: RULE.parameters[length]])


def is_overseas(code: str) -> bool:
    return code.startswith(RULE.sets["overseas"])


def vintage_of(day: date) -> int:
    """Tell which vintage names the places of a day: the geographic code changes on 1 January."""
    return day.year

"""Priority districts (QPV): how their codes are written, when each generation is in force (R34), where they lie (R35).

A district lies inside one or several municipalities; being in a municipality that has one is not being in one.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from common.contracts.partners import District, Zone
from common.contracts.rules import Rule
from common.errors import FieldError, Invalid, NotFound, Verdict
from partners.domain import codes, law

DISTRICT = r"^(?:QN(?:[0-9]{3}|02[ABab])[0-9]{2}[A-Za-z]|QP(?:[0-9]{3}|02[ABab])[0-9]{3})$"
"""The letter behind a QN code is not interpreted: what it means is not published."""

_DISTRICT = re.compile(DISTRICT)


class DistrictCodeMalformed(Invalid):
    """The département stands in it with three characters."""

    title = "A priority district's code is like QN08605M (from 2024) or QP086005 (before)."
    titre = "Le code d’un quartier prioritaire s’écrit QN08605M (depuis 2024) ou QP086005 (avant)."


class NoSuchDistrict(NotFound):
    """Overseas, the published list is incomplete; the national coordination adds what is missing."""

    title = "There is no such priority district in this vintage."
    titre = "Ce quartier prioritaire n’existe pas dans ce millésime."


class DistrictRefused(Invalid):
    """Its list is not in force on that day (R34), or it lies on none of the municipalities named (R35)."""

    title = "This priority district cannot be used here."
    titre = "Ce quartier prioritaire ne peut pas servir ici."


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """A list of districts, in metropolitan France or overseas: from when to when it is in force."""

    overseas: bool
    valid_from: date
    valid_until: date | None


def district_code(written: str, *, pointer: str = "/code") -> str:
    """Write a district's code its one way, or refuse it."""
    if not _DISTRICT.fullmatch(written):
        raise DistrictCodeMalformed(pointer=pointer)
    return written.upper()


def is_district_code(written: str) -> bool:
    return _DISTRICT.fullmatch(written) is not None


def department_of(code: str) -> codes.DepartmentCode:
    """Read the département off a district's code, where it is padded to three characters."""
    padded = code[2:5]
    return codes.DepartmentCode(padded if codes.is_overseas(padded) else padded[1:])


def generation(code: str) -> Generation:
    """Find the list that a code belongs to; overseas, the second one came a year later."""
    overseas = codes.is_overseas(department_of(code))
    holding = [rule for rule in law.versions("R34") if _holds(rule, code, overseas=overseas)]
    return Generation(overseas=overseas, valid_from=holding[0].valid_from, valid_until=holding[-1].valid_until)


def not_in_force(code: str, on: date) -> Verdict | None:
    """Judge whether the list of a district is in force on a day (R34)."""
    of = generation(code)
    if of.valid_from <= on and (of.valid_until is None or on <= of.valid_until):
        return None
    first, last = of.valid_from.isoformat(), of.valid_until.isoformat() if of.valid_until else None
    rule = law.in_force("R34", on)
    return Verdict(
        rule="R34",
        version="" if rule is None else rule.version,
        inputs={"code": code, "on": on.isoformat(), "overseas": of.overseas},
        reason=f"{code} is in force from {first}" + (f" to {last}." if last else "."),
        raison=f"{code} est en vigueur à compter du {first}" + (f" et jusqu’au {last}." if last else "."),
        first_lawful_on=of.valid_from if on < of.valid_from else None,
    )


def elsewhere(district: District, municipalities: Collection[str]) -> Verdict | None:
    """Judge whether a district lies on one of these municipalities; all of its own are looked at (R35)."""
    if not set(district.municipalities).isdisjoint(municipalities):
        return None
    lies_on = ", ".join(district.municipalities)
    return law.newest("R35").verdict(
        f"{district.code} lies on {lies_on}, and on none of the municipalities named.",
        f"{district.code} se trouve sur {lies_on}, et sur aucune des communes citées.",
        inputs={"code": district.code, "municipalities": ", ".join(sorted(municipalities))},
    )


def mistakes(
    written: Sequence[str], on: date, found: Mapping[str, District], municipalities: Collection[str]
) -> Iterator[FieldError]:
    """Name every code of a list that is no district, is not in force (R34), is unknown or lies elsewhere (R35)."""
    for n, code in enumerate(written):
        pointer, known = f"/districts/{n}", found.get(code.upper())
        if not is_district_code(code):
            yield _said(pointer, DistrictCodeMalformed)
        elif refused := not_in_force(code.upper(), on):
            yield FieldError(pointer, DistrictRefused.code, refused.reason, refused.rule, refused.raison)
        elif known is None:
            yield _said(pointer, NoSuchDistrict)
        elif refused := elsewhere(known, municipalities):
            yield FieldError(pointer, DistrictRefused.code, refused.reason, refused.rule, refused.raison)


def _holds(rule: Rule, code: str, *, overseas: bool) -> bool:
    return code[:2] in rule.sets[Zone.OVERSEAS if overseas else Zone.METROPOLITAN]


def _said(pointer: str, kind: type[Invalid] | type[NotFound]) -> FieldError:
    return FieldError(pointer, kind.code, kind.title, None, kind.titre)

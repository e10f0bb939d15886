"""Municipality codes: how they are written (R33), what they stand for in a vintage (R30, R31, R32)."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.partners import Municipality, MunicipalityKind
from partners.domain import codes, municipality
from partners.domain.municipality import Known


def known(code: str, *, vintage: int = 2025, **said: Any) -> Known:
    entry = Municipality(code=code, name=code, **{"kind": MunicipalityKind.MUNICIPALITY} | said)
    return Known(entry=entry, vintage=vintage, department=codes.department_of(code), region="11")


PIERREFITTE_2024 = known("93059", vintage=2024)
PIERREFITTE_2025 = known("93059", kind=MunicipalityKind.DELEGATED, parent="93066", successors=("93066",))


@pytest.mark.parametrize("code", ["01004", "2A004", "2B033", "97302", "97411", "97611", "75118", "95690", "98735"])
def test_r33_codes_of_all_france_are_text_of_five_characters(code):
    assert codes.municipality_code(code) == code


@pytest.mark.parametrize(
    "written", ["1004", "010040", "20004", "96001", "00001", "97501 ", "2C004", "", "Poitiers", "9306\u0666"]
)
def test_r33_anything_else_is_refused_with_its_rule(written):
    with pytest.raises(codes.MunicipalityCodeMalformed) as refused:
        codes.municipality_code(written)
    assert refused.value.errors[0].rule == "R33"


def test_r33_corsican_letters_are_written_in_capitals():
    assert codes.municipality_code("2a004") == "2A004"


@pytest.mark.parametrize(("code", "department"), [("97311", "973"), ("01004", "01"), ("2A004", "2A"), ("98735", "987")])
def test_r33_the_departement_is_read_off_the_code(code, department):
    assert codes.department_of(code) == department


@given(st.from_regex(codes.MUNICIPALITY, fullmatch=True))
def test_r33_every_well_formed_code_has_a_departement_of_two_or_three_characters(code):
    department = codes.department_of(codes.municipality_code(code))
    assert len(department) == (3 if department.startswith(("97", "98")) else 2)


def test_r30_a_merged_municipality_is_refused_with_its_successor():
    refused = municipality.why_not("93059", 2025, PIERREFITTE_2025)
    assert not municipality.is_place(PIERREFITTE_2025)
    assert (refused.rule, refused.version, refused.inputs["use"]) == ("R30", "2025", "93066")
    assert refused.reason == "93059 is no municipality of 2025: use 93066."


def test_r30_the_vintage_is_that_of_the_day():
    last, first = codes.vintage_of(date(2024, 12, 31)), codes.vintage_of(date(2025, 1, 1))
    assert (last, first) == (2024, 2025)
    assert municipality.is_place(PIERREFITTE_2024)


def test_r30_a_code_of_no_vintage_is_refused_by_body_and_not_found_by_address():
    with pytest.raises(municipality.MunicipalityRefused):
        municipality.only("93999", 2025, None, pointer="/municipality/code")
    with pytest.raises(municipality.NoSuchMunicipality):
        municipality.found("93999", 2025, None)


def test_r31_a_part_is_taken_and_counts_under_its_parent():
    saint_cyprien = known("12218", vintage=2024, kind=MunicipalityKind.DELEGATED, parent="12076")
    conques = known("12218", vintage=2025)
    assert municipality.place(municipality.found("12218", 2024, saint_cyprien)).counts_under == "12076"
    assert municipality.place(municipality.found("12218", 2025, conques)).counts_under == "12218"


def test_r32_an_arrondissement_counts_under_its_city():
    goutte_d_or = known("75118", kind=MunicipalityKind.ARRONDISSEMENT, parent="75056")
    assert municipality.place(municipality.only("75118", 2025, goutte_d_or, pointer="")).counts_under == "75056"


def test_all_mistakes_of_a_list_are_named_by_their_place():
    listed = {"93059": PIERREFITTE_2025, "93066": known("93066")}
    found = list(
        municipality.mistakes(["93066", "1004", "93059", "93998"], 2025, listed, pointer="/municipalities/{n}")
    )
    assert [(one.pointer, one.rule, one.code) for one in found] == [
        ("/municipalities/1", "R33", "municipality-code-malformed"),
        ("/municipalities/2", "R30", "municipality-refused"),
        ("/municipalities/3", "R30", "municipality-refused"),
    ]

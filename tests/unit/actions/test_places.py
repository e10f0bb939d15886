"""Codes of communes, by the year that they are taken from (R30 to R32)."""

from dataclasses import replace

import pytest

from actions.domain import place
from actions.domain.known import Municipality
from actions.domain.refusals import DistrictNotInMunicipality, MunicipalityCeased, UnknownMunicipality
from tests.unit.actions import pieces as p

SAINT_DENIS = Municipality(
    code="93066",
    vintage=2025,
    name="Saint-Denis",
    department="93",
    region="11",
    epci="200054781",
)
PIERREFITTE = replace(SAINT_DENIS, code="93059", name="Pierrefitte-sur-Seine", epci=None)


def test_r30_a_commune_that_became_a_part_of_another_has_ceased():
    """Still a delegated commune: taken as a part, its people would be counted elsewhere than in the year before."""
    merged = replace(PIERREFITTE, parent="93066", successors=("93066",))
    with pytest.raises(MunicipalityCeased) as refusal:
        place.current(merged, "93059", 2025, pointer="/main_municipality")
    [error] = refusal.value.errors
    assert (error.pointer, error.rule) == ("/main_municipality", "R30")
    assert "93066" in refusal.value.detail
    verdict = p.verdict_of(refusal)
    assert (verdict.rule, verdict.version, verdict.inputs["successors"]) == ("R30", "1", ("93066",))
    before = replace(PIERREFITTE, vintage=2024)
    assert place.current(before, "93059", 2024, pointer="") == before


def test_r31_r32_a_part_that_never_was_a_whole_is_taken_and_counted_under_its_commune():
    arrondissement = replace(SAINT_DENIS, code="75118", name="Paris 18e", parent="75056")
    found = place.current(arrondissement, "75118", 2025, pointer="")
    assert place.locality(found).municipality == "75056"


PARIS = Municipality(
    code="75056",
    vintage=2025,
    name="Paris",
    department="75",
    region="11",
    epci="200054781",
    density=1,
    districts=frozenset({"QN07511M"}),
)


def test_r35_a_district_of_the_commune_lies_in_its_arrondissement_too():
    """A district is described by the communes that it lies on: `75118` is named by none."""
    part = Municipality(code="75118", vintage=2025, name="Paris 18e", department="75", region="11", parent="75056")
    there = place.place(part.within(PARIS), place_id=p.an_id("place"), label="Square", district="QN07511M", inside=True)
    assert (there.municipality, there.declared_code, there.name) == ("75056", "75118", "Paris 18e")
    assert (there.priority_district, there.located_in_district) == ("QN07511M", True)
    with pytest.raises(DistrictNotInMunicipality):
        place.place(part.within(PARIS), place_id=p.an_id("place"), label="Square", district="QN08605M")


def test_r31_a_part_is_as_dense_as_its_commune_and_in_the_same_intermunicipality():
    delegated = Municipality(
        code="12218", vintage=2024, name="Saint-Cyprien", department="12", region="76", parent="12076"
    )
    whole = Municipality(
        code="12076", vintage=2024, name="Conques", department="12", region="76", epci="200067478", density=7
    )
    for said in (
        place.locality(delegated.within(whole)),
        place.place(delegated.within(whole), place_id=p.an_id("place"), label="Salle"),
    ):
        assert (said.municipality, said.name, said.epci, said.density) == ("12076", "Saint-Cyprien", "200067478", 7)
    assert delegated.within(None) == delegated


def test_r30_before_the_first_version_nobody_says_yes_to_a_commune_that_has_ceased():
    with pytest.raises(MunicipalityCeased) as refusal:
        place.current(replace(PIERREFITTE, successors=("93066",)), "93059", 2008, pointer="")
    assert (p.verdict_of(refusal).rule, p.verdict_of(refusal).version) == ("R30", "")


def test_r35_a_district_of_another_commune_is_refused():
    with pytest.raises(DistrictNotInMunicipality) as refusal:
        place.place(SAINT_DENIS, place_id=p.an_id("place"), label="Place", district="QN08605M")
    verdict = p.verdict_of(refusal)
    assert (verdict.rule, verdict.version) == ("R35", "1")
    assert verdict.inputs == {"district": "QN08605M", "municipality": "93066", "vintage": 2025}
    assert refusal.value.errors[0].pointer == "/priority_district"


def test_a_code_of_no_commune_is_refused():
    with pytest.raises(UnknownMunicipality) as refusal:
        place.current(None, "99999", 2025, pointer="/main_municipality")
    assert refusal.value.errors[0].pointer == "/main_municipality"

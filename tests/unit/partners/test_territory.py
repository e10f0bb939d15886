"""Describing a département of a vintage: three sources renew three things, and nothing new is nothing announced."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from common.contracts.partners import (
    Area,
    Density,
    District,
    Municipality,
    MunicipalityKind,
    TerritoryState,
    TerritorySubject,
    Zone,
)
from partners.domain import territory
from partners.domain.territory import Sheet

NOON = datetime(2025, 1, 2, 12, tzinfo=UTC)
LATER = datetime(2025, 3, 1, 12, tzinfo=UTC)

SHEET = Sheet(
    vintage=2025,
    department=Area(code="86", name="Vienne"),
    region=Area(code="75", name="Nouvelle-Aquitaine"),
    zone=Zone.METROPOLITAN,
    municipalities=(
        Municipality(code="86041", name="Buxerolles", kind=MunicipalityKind.MUNICIPALITY, population=10_000),
        Municipality(code="86194", name="Poitiers", kind=MunicipalityKind.MUNICIPALITY, population=90_000),
    ),
    intermunicipalities=(),
    source="Insee",
    source_date=date(2026, 1, 19),
)
COURONNERIES = District(
    code="QN08605M",
    name="Couronneries Saint-Éloi",
    municipalities=("86041", "86194"),
    valid_from=date(2024, 1, 1),
    valid_until=None,
    source="ANCT",
    source_date=date(2024, 7, 13),
)


def vienne() -> TerritoryState:
    published = territory.publish(SHEET, None, at=NOON)
    assert published is not None
    return published[0]


def test_a_departement_is_published_with_a_fact_of_the_same_version():
    published = territory.publish(SHEET, None, at=NOON)
    assert published is not None
    state, fact = published
    assert (state.version, state.id) == (1, territory.territory_id(2025, "86"))
    assert (fact.territory_id, fact.municipalities, fact.subjects) == (state.id, 2, (TerritorySubject.GEOGRAPHIC_CODE,))


def test_publishing_the_same_again_changes_nothing():
    assert territory.publish(SHEET, vienne(), at=LATER) is None


def test_a_vintage_is_another_territory():
    assert territory.territory_id(2024, "86") != territory.territory_id(2025, "86")


def test_a_district_is_named_on_every_municipality_it_lies_on():
    published = territory.with_districts(vienne(), [COURONNERIES], at=LATER)
    assert published is not None
    state, fact = published
    assert [entry.districts for entry in state.municipalities] == [("QN08605M",), ("QN08605M",)]
    assert (state.version, fact.districts, fact.subjects) == (2, 1, (TerritorySubject.DISTRICTS,))
    assert territory.with_districts(state, [COURONNERIES], at=LATER) is None


def test_a_district_described_anew_moves():
    state = territory.with_districts(vienne(), [COURONNERIES], at=NOON)
    assert state is not None
    moved = territory.with_districts(state[0], [replace(COURONNERIES, municipalities=("86194",))], at=LATER)
    assert moved is not None
    assert [entry.districts for entry in moved[0].municipalities] == [(), ("QN08605M",)]


def test_densities_not_named_stay():
    first = territory.with_densities(
        vienne(), {"86041": Density.URBAN_BELT}, source="Insee", source_date=date(2025, 5, 1), at=NOON
    )
    assert first is not None
    second = territory.with_densities(
        first[0], {"86194": Density.LARGE_URBAN_CENTRE}, source="Insee", source_date=date(2025, 5, 1), at=LATER
    )
    assert second is not None
    assert [entry.density for entry in second[0].municipalities] == [Density.URBAN_BELT, Density.LARGE_URBAN_CENTRE]


def test_renewing_the_geographic_code_leaves_districts_and_densities_in_place():
    described = territory.with_districts(vienne(), [COURONNERIES], at=NOON)
    assert described is not None
    renamed = replace(SHEET, municipalities=(replace(SHEET.municipalities[0], name="Buxerolles-sur-Clain"),))
    renewed = territory.publish(renamed, described[0], at=LATER)
    assert renewed is not None
    assert [(entry.name, entry.districts) for entry in renewed[0].municipalities] == [
        ("Buxerolles-sur-Clain", ("QN08605M",))
    ]
    assert [one.subject for one in renewed[0].sources] == ["districts", "geographic_code"]


def test_a_source_is_named_once_with_its_latest_date():
    newer = replace(SHEET, source_date=date(2026, 2, 1))
    renewed = territory.publish(newer, vienne(), at=LATER)
    assert renewed is not None
    assert [one.source_date for one in renewed[0].sources] == [date(2026, 2, 1)]


def test_one_request_describes_one_departement():
    assert territory.one_department({"86"}, pointer="/items") == "86"
    with pytest.raises(territory.SeveralDepartments):
        territory.one_department({"86", "79"}, pointer="/items")

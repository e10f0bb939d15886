"""What indicators make of sums."""

from datetime import date
from decimal import Decimal

import pytest

from common.contracts.actions import Dimension
from common.contracts.money import money
from reporting.domain.figures import rows
from reporting.domain.indicators import DEFINITIONS, OF_COUNTS, OF_MONEY, Axis, Indicator, in_force
from reporting.domain.quantities import MONEY, Quantity

DOSSIER_A = {
    (Quantity.CASH, "", "actual"): 347_000,
    (Quantity.PASSEURS, "", "actual"): 160_000,
    (Quantity.IN_KIND, "", "actual"): 156_000,
    (Quantity.PARTICIPATIONS, "", ""): 223,
}
AGES = {"under_12": 62, "from_12_to_17": 48, "from_18_to_25": 27, "from_26_to_59": 58, "from_60": 19, "unknown": 0}
SPECTATORS = {(Quantity.AGE_BAND, "spectators", band): people for band, people in {**AGES, "": 214}.items()}


def value(indicator, sums, part="value", **dimensions):
    [row] = [
        row
        for row in rows(indicator, sums)
        if row.part == part and all(row.dimensions.get(name) == one for name, one in dimensions.items())
    ]
    return row.value


def test_dossier_a():
    assert value(Indicator.PASSEURS_SHARE, DOSSIER_A) == Decimal("46.1")
    assert value(Indicator.CO_FUNDING_RATE, DOSSIER_A) == Decimal("53.9")
    assert value(Indicator.COST, DOSSIER_A) == money(1556)
    assert value(Indicator.IN_KIND, DOSSIER_A) == money(156_000)
    assert value(Indicator.AGE, SPECTATORS, "share_12_25", audience="spectators") == Decimal("35.0")
    assert not any(row.provisional for row in rows(Indicator.PASSEURS_SHARE, DOSSIER_A))


@pytest.mark.parametrize("indicator", [Indicator.PASSEURS_SHARE, Indicator.CO_FUNDING_RATE, Indicator.COST])
def test_r48_before_funding_there_is_no_ratio(indicator):
    assert value(indicator, {}) is None
    assert value(indicator, {(Quantity.PARTICIPATIONS, "", ""): 9}) is None


@pytest.mark.parametrize("indicator", [Indicator.PASSEURS_SHARE, Indicator.CO_FUNDING_RATE])
def test_r48_of_nothing_there_is_no_share(indicator):
    nothing = {(Quantity.CASH, "", "revised"): 0, (Quantity.PASSEURS, "", "revised"): 0}
    assert value(indicator, nothing) is None


def test_a_revised_budget_makes_a_provisional_figure():
    revised = {(Quantity.CASH, "", "revised"): 334_000, (Quantity.PASSEURS, "", "revised"): 160_000}
    [row] = rows(Indicator.PASSEURS_SHARE, revised)
    assert (row.value, row.provisional) == (Decimal("47.9"), True)
    assert (row.numerator, row.denominator) == (money(160_000), money(334_000))


def test_one_revised_budget_among_actual_ones_is_enough():
    assert all(row.provisional for row in rows(Indicator.COST, {**DOSSIER_A, (Quantity.CASH, "", "revised"): 100}))


def test_a_hidden_cell_hides_what_is_computed_from_it():
    hidden = {**SPECTATORS, (Quantity.AGE_BAND, "spectators", "from_18_to_25"): None}
    found = {row.part: row for row in rows(Indicator.AGE, hidden) if row.dimensions["audience"] == "spectators"}
    assert (found["share_12_25"].value, found["share_12_25"].hidden) == (None, True)
    assert found["share_12_25"].numerator is None
    assert found["total"].value == 214


def test_breakdowns_say_how_they_are_known():
    sums = {
        **SPECTATORS,
        (Quantity.METHOD, "spectators", "age_band/estimated"): 214,
        (Quantity.METHOD, "spectators", "gender/counted"): 214,
    }
    known = [row for row in rows(Indicator.AGE, sums) if row.part == "method"]
    assert [(row.dimensions["method"], row.value) for row in known] == [("estimated", 214)]
    both = [row.dimensions["breakdown"] for row in rows(Indicator.METHOD, sums)]
    assert both == [Dimension.AGE_BAND, Dimension.GENDER]


def test_districts_count_actions_and_residents_apart():
    sums = {
        (Quantity.ACTIONS_HELD, "", ""): 2,
        (Quantity.ACTIONS_IN_DISTRICT, "", ""): 1,
        (Quantity.IN_DISTRICT, "spectators", "inside"): 171,
        (Quantity.IN_DISTRICT, "spectators", "outside"): 43,
        (Quantity.IN_DISTRICT, "spectators", ""): 214,
    }
    assert value(Indicator.DISTRICTS, sums, "actions") == 1
    assert value(Indicator.DISTRICTS, sums, "actions_share") == Decimal("50.0")
    assert value(Indicator.DISTRICTS, sums, "residents", audience="spectators", in_district="inside") == 171
    assert value(Indicator.DISTRICTS, sums, "residents_share", audience="spectators") == Decimal("79.9")


def test_rural_is_density_five_to_seven_among_known_levels():
    sums = {(Quantity.ACTIONS_BY_DENSITY, "", level): n for level, n in {"2": 3, "5": 1, "7": 2, "unknown": 4}.items()}
    assert value(Indicator.RURAL, sums, "rural") == 3
    assert value(Indicator.RURAL, sums, "rural_share") == Decimal("50.0")
    assert value(Indicator.RURAL, sums, "density", density="unknown") == 4
    assert value(Indicator.RURAL, sums, "frr") is None


def test_funding_is_cut_by_funder_where_asked():
    sums = {
        (Quantity.ASKED, "", "drac"): 180_000,
        (Quantity.ASKED, "", "caf"): 30_000,
        (Quantity.GRANTED, "", "drac"): 160_000,
        (Quantity.GRANTED, "", "caf"): 0,
    }
    assert value(Indicator.FUNDING, sums, "asked") == money(210_000)
    by_funder = {
        (row.part, row.dimensions["funder"]): row.value for row in rows(Indicator.FUNDING, sums, by_funder=True)
    }
    assert by_funder["granted", "caf"] == money(0)
    assert by_funder["granted", "drac"] == money(160_000)


def test_every_indicator_has_a_definition_and_money_the_axes_of_money():
    chosen = in_force(date(2025, 1, 1))
    assert set(chosen) == set(Indicator)
    for definition in chosen.values():
        of_money = not MONEY.isdisjoint(definition.quantities)
        assert definition.axes == (OF_MONEY if of_money else OF_COUNTS)
    assert {Axis.CAMPAIGN, Axis.CAMPAIGN_YEAR, Axis.REGION, Axis.DEPARTMENT} == OF_MONEY


def test_a_definition_holds_from_its_day_on():
    first = next(one for one in DEFINITIONS if one.indicator is Indicator.AGE)
    second = type(first)(
        **{name: getattr(first, name) for name in first.__slots__} | {"version": 2, "valid_from": date(2027, 1, 1)}
    )
    assert in_force(date(2026, 12, 31), (first, second))[Indicator.AGE].version == 1
    assert in_force(date(2027, 1, 1), (first, second))[Indicator.AGE].version == 2
    assert in_force(date(2020, 1, 1), (first, second))[Indicator.AGE].version == 1

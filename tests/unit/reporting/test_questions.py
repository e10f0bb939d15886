"""Which questions have an answer, who gets which, and how positions are written."""

from datetime import date, datetime
from uuid import UUID

import pytest

from common.contracts.access import LEVEL_OF, SCOPES_OF, Role
from common.errors import Malformed, NotYours, ScopeMissing
from common.tokens import SYSTEM, Principal, Territory
from reporting.domain import access
from reporting.domain.days import national_day
from reporting.domain.indicators import Axis, Indicator, in_force
from reporting.domain.positions import position
from reporting.domain.questions import Awaited, DimensionNotDefined, Parts, Question, awaited, filters
from tests.positions import offsets

OURS, THEIRS, ID = UUID(int=1), UUID(int=2), UUID(int=3)
DEFINITIONS = in_force(date(2025, 1, 1))


def principal(role: Role, coordination: UUID | None = None) -> Principal:
    return Principal(
        client_id=role,
        role=role,
        scopes=SCOPES_OF[role],
        org=UUID(int=9),
        coordination_id=coordination,
        territory=Territory(LEVEL_OF[role]),
    )


@pytest.mark.parametrize("axis", [Axis.MONTH, Axis.YEAR, Axis.TYPE, Axis.COORDINATION, Axis.AUDIENCE])
def test_money_has_no_other_axes_than_its_four(axis):
    question = Question(indicators=(Indicator.FUNDING,), group_by=(axis,), filters={})
    with pytest.raises(DimensionNotDefined) as refused:
        question.require_defined(DEFINITIONS)
    assert refused.value.code == "dimension-not-defined"
    assert isinstance(refused.value, Malformed)
    assert [error.parameter for error in refused.value.errors] == [axis]


@pytest.mark.parametrize("axis", [Axis.CAMPAIGN, Axis.CAMPAIGN_YEAR, Axis.REGION, Axis.DEPARTMENT, Axis.FUNDER])
def test_money_has_those(axis):
    Question(indicators=(Indicator.FUNDING,), group_by=(axis,), filters={}).require_defined(DEFINITIONS)


def test_an_axis_must_be_every_indicator_s():
    both = Question(indicators=(Indicator.SPECTATORS, Indicator.COST), group_by=(Axis.MONTH,), filters={})
    with pytest.raises(DimensionNotDefined):
        both.require_defined(DEFINITIONS)


@pytest.mark.parametrize(
    ("axis", "value"),
    [
        (Axis.MONTH, "2025-13"),
        (Axis.YEAR, "25"),
        (Axis.REGION, "Nouvelle-Aquitaine"),
        (Axis.DEPARTMENT, "2a"),
        (Axis.CAMPAIGN, "not-a-uuid"),
        (Axis.FUNDER, "{00000000-0000-0000-0000-000000000001}"),
        (Axis.TYPE, "Open Air"),
    ],
)
def test_values_are_written_as_their_axis_s_are(axis, value):
    with pytest.raises(Malformed):
        filters({axis: [value]})


def test_overseas_and_corsican_codes_are_codes():
    assert filters({Axis.DEPARTMENT: ["2A", "973", "01"]}) == {Axis.DEPARTMENT: ("2A", "973", "01")}


def test_what_is_awaited_may_be_said_in_one_or_apart():
    first, second = f"project:{ID}@3", f"action:{ID}@12"
    assert awaited([f"{first},{second}"]) == awaited([first, second, first])
    assert awaited([second]) == (Awaited("action", ID, 12),)


@pytest.mark.parametrize("text", ["project", f"film:{ID}@1", f"project:{ID}@", f"project:{ID}@-1", "project:x@1", ""])
def test_what_is_no_record_is_not_awaited(text):
    with pytest.raises(Malformed):
        awaited([text])


@pytest.mark.parametrize("role", [Role.NATIONAL_COORDINATION, Role.CNC_OPEN_AIR_OFFICER])
def test_national_roles_read_everything_exactly(role):
    assert access.reads_exactly(principal(role), [])
    assert access.reads_exactly(principal(role), [OURS])


@pytest.mark.parametrize("role", [Role.REGIONAL_COORDINATOR, Role.COMMITTEE_SECRETARY, Role.COMMITTEE_MEMBER])
def test_a_coordination_reads_its_own_exactly_and_nothing_else(role):
    ours = principal(role, OURS)
    assert access.reads_exactly(ours, [OURS])
    assert not access.reads_exactly(ours, [THEIRS])
    assert not access.reads_exactly(ours, [OURS, THEIRS])
    assert not access.reads_exactly(ours, [None])
    assert not access.reads_exactly(ours, [])


@pytest.mark.parametrize(
    "role",
    [
        Role.DASHBOARD,
        Role.DRAC_ADVISER,
        Role.FUNDER,
        Role.PROJECT_HOLDER,
        Role.LOCAL_RELAY,
        Role.CINEMA_OPERATOR,
        Role.CLOSED_SITE_AUTHORITY,
        Role.COLLECTIVITY_SYSTEM,
    ],
)
def test_everybody_else_reads_as_published(role):
    assert not access.reads_exactly(principal(role), [])
    assert not access.reads_exactly(principal(role), [OURS])


def test_the_public_reads_as_published_and_the_house_exactly():
    assert not access.reads_exactly(None, [OURS])
    assert access.reads_exactly(SYSTEM, [])


@pytest.mark.parametrize("role", Role)
def test_who_may_ask_and_who_may_look_behind(role):
    asker = principal(role)
    if role is Role.OPERATOR:
        with pytest.raises(ScopeMissing):
            access.require(asker, "figure.list")
        access.require(asker, "sandbox.run_reporting_timers")
        return
    access.require(asker, "figure.list")
    access.require(asker, "figure.stream")
    with pytest.raises(ScopeMissing):
        access.require(asker, "sandbox.run_reporting_timers")
    if role not in access.TRACING_READERS:
        with pytest.raises(NotYours):
            access.require(asker, "figure.trace")
    else:
        access.require(asker, "figure.trace")


def test_a_position_is_one_word_and_reads_back():
    heard = {
        f"passeurs.actions.{kind}.state.v1/{part}": part * 7 + 1 for kind in ("action", "project") for part in range(12)
    }
    assert offsets(position(heard)) == heard
    assert position(heard) == position(dict(reversed(heard.items())))
    assert position({**heard, "elsewhere/0": 0}) == position(heard)


def parts_of(indicator: str, **asked: str) -> Parts:
    question = Question(
        indicators=(Indicator(indicator),), filters={Axis(axis): (value,) for axis, value in asked.items()}
    )
    return question.parts(DEFINITIONS)


@pytest.mark.parametrize(
    ("indicator", "asked", "quantities", "categories", "methods"),
    [
        ("I09", {}, {"age_band", "method"}, None, None),
        ("I09", {"age_band": "from_12_to_14"}, {"age_band"}, ("from_12_to_14",), None),
        ("I10", {"method": "counted"}, {"method"}, None, ("counted",)),
        ("I10", {"method": "counted", "gender": "women"}, set(), ("women",), ("counted",)),
        ("I12", {"in_district": "inside"}, {"in_district"}, ("inside",), None),
        ("I13", {"density": "5"}, {"actions_by_density"}, ("5",), None),
        ("I17", {"funder": str(UUID(int=7))}, {"asked", "granted", "paid"}, (str(UUID(int=7)),), None),
    ],
)
def test_what_is_behind_a_figure_is_bounded_by_its_own_axes_too(indicator, asked, quantities, categories, methods):
    found = parts_of(indicator, **asked)
    assert (found.quantities, found.categories, found.methods) == (quantities, categories, methods)


def test_only_the_methods_of_the_breakdowns_asked_about_are_behind_a_figure():
    assert parts_of("I10").breakdowns == ("gender",)
    assert parts_of("I11").breakdowns is None


@pytest.mark.parametrize(
    ("hour", "day"), [("2026-12-31T22:59:59Z", "2026-12-31"), ("2026-12-31T23:00:00Z", "2027-01-01")]
)
def test_a_national_day_begins_at_midnight_in_paris(hour, day):
    assert national_day(datetime.fromisoformat(hour)) == date.fromisoformat(day)

"""Every rule of the scheme is a record that its service judges by, or has a reason why it is none."""

import ast
import re
from dataclasses import fields
from datetime import date, timedelta
from itertools import groupby, pairwise

import msgspec
import pytest

from actions.api.campaigns import RulesBody
from actions.domain.rules import regional
from common.contracts.actions import Companion, LineKind, RuleSet, Under12Outdoors
from common.contracts.rules import SINCE, Rule, in_force, unjudged, versions
from common.errors import Outcome
from docs import lawbook, rules
from partners.domain.lawbook import RuleRecord
from tests.architecture import source
from tests.architecture.source import ROOT

EVERY = [pytest.param(service, some, id=service) for service, some in rules.JUDGES.items()]
SCHEME = {f"R{n:02}" for n in range(1, rules.LAST + 1)}
NUMBER = "number"
"""The field of a rule set that no region decides: it counts its changes."""
HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}")
FROM_RECORDS = {"say", "verdict"}
"""The functions that make a verdict of a record, and name its version."""
OTHERWISE = {
    "unjudged": "no version is in force on the day: none is named",
    "_dateless": "a line of a file has no day: none is named",
    "not_in_force": "the version in force on the day, if there is one",
    "why_not": "the vintage that was looked in",
}


def test_each_rule_of_the_scheme_has_a_record_or_a_reason_why_there_is_none():
    recorded = {name for name in rules.records() if name.startswith("R")}
    assert recorded | set(rules.UNRECORDED) == SCHEME
    assert not recorded & set(rules.UNRECORDED)
    assert all(why and pourquoi for why, pourquoi in rules.UNRECORDED.values())


def test_each_record_is_held_by_a_test_that_is_named_after_it():
    held = rules.held_by(ROOT)
    assert [name for name in rules.records() if not held.get(name)] == []


@pytest.mark.parametrize(("service", "some"), EVERY)
def test_a_record_is_whole_in_both_languages_with_its_source(service: str, some: tuple[Rule, ...]):
    assert all(rule.text and rule.texte and rule.source and rule.version for rule in some), service


@pytest.mark.parametrize(("service", "some"), EVERY)
def test_the_versions_of_a_rule_follow_one_another_without_a_gap(service: str, some: tuple[Rule, ...]):
    ordered = sorted(some, key=lambda rule: (rule.id, rule.valid_from))
    for name, each in groupby(ordered, key=lambda rule: rule.id):
        followed = [rule for rule in each if not rule.corrected]
        assert len({rule.version for rule in followed}) == len(followed), name
        assert followed[-1].valid_until is None, f"{service}: {name} ends"
        for before, after in pairwise(followed):
            assert after.valid_from - timedelta(days=1) == before.valid_until, f"{service}: {name}"


def test_a_number_that_two_services_have_of_one_rule_is_the_same_on_each_day():
    """R03 says in the catalogue what a feature is, and in `actions` what asks for leave outdoors."""
    for name, some in rules.records().items():
        for day in {one.rule.valid_from for one in some}:
            found: dict[str, set[object]] = {}
            for one in some:
                said = {**one.rule.parameters, **one.rule.sets} if one.rule.holds_on(day) else {}
                for key, value in said.items():
                    found.setdefault(key, set()).add(value)
            assert all(len(values) == 1 for values in found.values()), f"{name}: {found}"


def test_what_a_region_decides_is_a_field_of_a_campaign_s_rule_set():
    named = {name for some in rules.JUDGES.values() for rule in some for name in rule.regional}
    assert named
    assert named <= {field.name for field in fields(RuleSet)}


def test_the_page_of_a_rule_says_all_that_its_records_say():
    pages = rules.pages(ROOT)
    for name, some in rules.records().items():
        page = pages[rules.FOLDER / f"{name}.md"]
        for one in some:
            said = [one.rule.text, one.rule.texte, one.rule.source, one.service, str(one.rule.valid_from)]
            numbers = [f"`{key}`: {value}" for key, value in one.rule.parameters.items()]
            codes = [f"`{value}`" for values in one.rule.sets.values() for value in values]
            assert [text for text in (*said, *numbers, *codes, *one.rule.regional) if text not in page] == [], name


def test_each_field_that_a_region_decides_is_described_with_what_holds_where_it_says_nothing():
    assert [one.field for one in regional.CHOICES] == [one.name for one in fields(RuleSet) if one.name != NUMBER]
    for one in regional.CHOICES:
        field = RulesBody.model_fields[one.field]
        assert (None if field.is_required() else field.default) == one.default, one.field
        assert one.text != one.texte
    among = {one.field: one.values for one in regional.CHOICES if one.values}
    assert among == {
        "companion": tuple(Companion),
        "under_12_outdoors": tuple(Under12Outdoors),
        "convention_required_for": tuple(LineKind),
    }


def test_what_coordinations_were_found_to_ask_for_is_said_as_a_campaign_says_it():
    """A text where the field is a boolean, or a day where it is a list of seasons, is nothing that it takes."""
    found = [(one, practice) for one in regional.CHOICES for practice in one.practice]
    assert {one.field for one, _ in found} >= {"prior_contact_required", "authorisation_deadlines"}
    for one, practice in found:
        body = msgspec.json.encode({"deadline_on": "2025-01-24", one.field: practice.value})
        said = RulesBody.model_validate_json(body).model_dump(mode="json")[one.field]
        assert said == msgspec.json.decode(msgspec.json.encode(practice.value)), practice


def test_what_coordinations_were_found_to_ask_for_says_of_whom_and_on_which_page():
    for practice in (practice for one in regional.CHOICES for practice in one.practice):
        assert practice.departments
        host = practice.source.removeprefix("https://").split("/")[0]
        assert HOST.fullmatch(host), practice


def test_the_page_of_a_rule_says_what_regions_decide_of_it_and_what_they_were_found_to_decide():
    pages = rules.pages(ROOT)
    for name, some in rules.records().items():
        page = pages[rules.FOLDER / f"{name}.md"]
        for field in {field for one in some for field in one.rule.regional}:
            choice = regional.BY_FIELD[field]
            said = [choice.text, choice.texte, *(f"`{value}`" for value in choice.values)]
            said += [text for one in choice.practice for text in (one.coordination, one.source)]
            assert [text for text in said if text not in page] == [], name
    assert "default: `refused`" in pages[rules.FOLDER / "R16.md"]
    assert "`first_on=2021-07-01 last_on=2021-08-31 request_by=2021-06-10`" in pages[rules.FOLDER / "R11.md"]
    assert all(f"| `{one.field}` | {one.text} |" in pages[rules.FOLDER / "README.md"] for one in regional.CHOICES)


def test_what_is_served_has_every_record_that_a_verdict_may_name():
    committed = msgspec.json.decode((ROOT / lawbook.SERVED).read_bytes(), type=list[RuleRecord])
    served = [(one.judged_by, one.rule, one.version) for one in committed]
    judged = [(service, rule.id, rule.version) for service, some in rules.JUDGES.items() for rule in some]
    assert sorted(served) == sorted(judged)
    assert len(set(served)) == len(served)


def test_a_verdict_names_the_version_of_a_record_or_what_stands_here_instead():
    """So that whoever reads a verdict finds its law under what it names."""
    makers = {
        function.name
        for path in source.product()
        for function in ast.walk(source.tree(path))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Verdict"
    }
    assert makers == FROM_RECORDS | OTHERWISE.keys()


def test_a_day_is_judged_by_the_version_in_force_on_it():
    lists = rules.JUDGES["partners"]
    found = [in_force(lists, "R34", date(year, 1, 1)) for year in (2014, 2015, 2024, 2025)]
    assert [rule and rule.version for rule in found] == [None, "1", "2", "3"]
    assert [rule.version for rule in versions(lists, "R34")] == ["1", "2", "3"]
    with pytest.raises(KeyError):
        in_force(lists, "R99", SINCE)
    assert unjudged("R34", date(2014, 1, 1)).outcome is Outcome.TO_CLEAR

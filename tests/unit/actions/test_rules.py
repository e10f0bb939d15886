"""The rules as records: dated, whole, each judged by one function, chosen by the day they judge."""

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby, pairwise
from pathlib import Path

import pytest

import actions.domain
from actions.domain.rules import RULES, in_force
from actions.domain.rules.delays import DELAYS
from actions.domain.screening import AGREED_BY, LENT_BY, PLANNED_BY
from common.contracts.rules import SINCE
from tests.unit.actions import pieces as p

NUMBERS = (*range(1, 18), *range(20, 28), 30, 35, 36, *range(39, 42), 44, 46, 47, *range(50, 54))
ENFORCED = [f"R{n:02}" for n in NUMBERS] + ["L01", "L02", "T12", "P01", *LENT_BY]
IN_FORCE = [rule for rule in RULES if not rule.corrected]
ALONE = {"R09", "R10", "R14", "R20", "R53", "L01", "T12", "P01", *AGREED_BY, *LENT_BY}
"""Rules with a function that are asked of no case: those on copies of a lending, on consents of a showing."""


def test_every_rule_has_its_record_in_both_languages_with_its_source():
    assert [rule.id for rule in RULES if not rule.corrected] == ENFORCED
    assert all(rule.text and rule.texte and rule.source for rule in (*RULES, *DELAYS))


def test_every_record_is_looked_at_by_the_domain():
    source = "".join(path.read_text(encoding="utf-8") for path in Path(actions.domain.__path__[0]).rglob("*.py"))
    by_name = set(
        re.findall(r'(?:in_force|judged|said|_against|versions)\((?:(?:RULES|records), )?\s*"([RLTP]\d\d)"', source)
    )
    asked = {name for rules in re.findall(r"_asked\(\((.*?)\),", source) for name in re.findall(r"R\d\d", rules)}
    of_cases = asked | set(PLANNED_BY)
    assert {rule.id for rule in IN_FORCE if rule.ask} == of_cases | ALONE
    by_code = {"R02", "R13"}  # how R01 counts; a room's regime
    assert by_name | of_cases | {*AGREED_BY, *LENT_BY} == set(ENFORCED) - by_code


def test_a_rule_judges_the_days_on_which_it_holds():
    old = replace(RULES[0], valid_until=date(2025, 12, 31))
    new = replace(RULES[0], version="2", valid_from=date(2026, 1, 1), parameters={"months": 6})
    found = [in_force("R01", p.day(one), (old, new)) for one in ("2025-12-31", "2026-01-01")]
    assert [(rule.version, rule.parameters["months"]) for rule in found if rule] == [("1", 12), ("2", 6)]
    assert in_force("R01", SINCE - timedelta(days=1)) is None
    with pytest.raises(KeyError):
        in_force("R99", SINCE)


def test_the_versions_of_a_rule_follow_one_another_without_a_gap():
    for name, versions in groupby(IN_FORCE, key=lambda rule: rule.id):
        first, *later = sorted(versions, key=lambda rule: rule.valid_from)
        assert first.valid_from == SINCE, name
        for before, after in pairwise([first, *later]):
            assert after.valid_from - timedelta(days=1) == before.valid_until, name


def test_a_version_that_misread_the_law_judges_no_day_and_another_does():
    assert len({(rule.id, rule.version) for rule in RULES}) == len(RULES)
    for wrong in (rule for rule in RULES if rule.corrected):
        assert not wrong.holds_on(wrong.valid_from)
        right = in_force(wrong.id, wrong.valid_from)
        assert right is not None
        assert int(right.version) > int(wrong.version)


def test_every_rule_on_features_counts_the_same_minutes_on_each_day():
    counting = [rule for rule in RULES if "minutes" in rule.parameters]
    for day in {rule.valid_from for rule in counting}:
        assert len({rule.parameters["minutes"] for rule in counting if rule.holds_on(day)}) == 1, day

"""Which version of a rule judges which day."""

from collections.abc import Mapping, Sequence
from datetime import date

from actions.domain.rules.law import RULES
from actions.domain.rules.rule import judge, say
from common.contracts import rules as records
from common.contracts.rules import Rule
from common.errors import Verdict


def in_force(rule_id: str, day: date, rules: Sequence[Rule] = RULES) -> Rule | None:
    """Find the version of a rule that judges this day; none before its first day, or after its last."""
    return records.in_force(rules, rule_id, day)


def judged(rule_id: str, day: date, case: object) -> Verdict | None:
    """Ask the version in force on a day what it says of a case; nothing where the rule does not concern it.

    Where no version is in force, nobody says yes: it is to be cleared.
    """
    rule = in_force(rule_id, day)
    return records.unjudged(rule_id, day) if rule is None else judge(rule, case)


def said(rule_id: str, day: date, inputs: Mapping[str, object]) -> Verdict | None:
    """Ask the version in force on a day of exactly these inputs; nothing where none is."""
    rule = in_force(rule_id, day)
    return None if rule is None else say(rule, inputs)

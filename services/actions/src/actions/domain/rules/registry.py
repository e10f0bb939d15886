"""Which version of a rule judges which day."""

from collections.abc import Sequence
from datetime import date

from actions.domain.rules.law import RULES
from actions.domain.rules.rule import Rule


def in_force(rule_id: str, day: date, rules: Sequence[Rule] = RULES) -> Rule | None:
    """Find the version of a rule that judges this day; none if the rule does not hold then."""
    return next((rule for rule in rules if rule.id == rule_id and rule.holds_on(day)), None)

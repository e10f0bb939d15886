"""Which version of a rule judges which day."""

from collections.abc import Sequence
from datetime import date

from actions.domain.rules.law import RULES
from actions.domain.rules.rule import Rule


def in_force(rule_id: str, day: date, rules: Sequence[Rule] = RULES) -> Rule | None:
    """Find the version of a rule that judges this day; none before its first day, or after its last.

    Raises:
        KeyError: there is no such rule; a law is not switched off by a slip of the pen.
    """
    versions = [rule for rule in rules if rule.id == rule_id]
    if not versions:
        raise KeyError(rule_id)
    return next((rule for rule in versions if rule.holds_on(day)), None)

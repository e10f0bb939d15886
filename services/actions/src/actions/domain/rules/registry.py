"""Which version of a rule judges which day."""

from collections.abc import Sequence
from datetime import date

from actions.domain.rules.law import RULES
from actions.domain.rules.rule import Rule
from common.errors import Outcome, Verdict


def in_force(rule_id: str, day: date, rules: Sequence[Rule] = RULES) -> Rule | None:
    """Find the version of a rule that judges this day; none before its first day, or after its last.

    Raises:
        KeyError: there is no such rule; a law is not switched off by a slip of the pen.
    """
    versions = [rule for rule in rules if rule.id == rule_id]
    if not versions:
        raise KeyError(rule_id)
    return next((rule for rule in versions if rule.holds_on(day)), None)


def judged(rule_id: str, day: date, case: object) -> Verdict | None:
    """Ask the version in force on a day what it says of a case; nothing where the rule does not concern it.

    Where no version is in force, nobody says yes: it is to be cleared.
    """
    rule = in_force(rule_id, day)
    if rule is not None:
        return rule.judge(case)
    return Verdict(
        rule=rule_id,
        version="",
        inputs={"on": day.isoformat()},
        reason=f"No version of {rule_id} is in force on {day}.",
        raison=f"Aucune version de {rule_id} n’est en vigueur le {day}.",
        outcome=Outcome.TO_CLEAR,
    )

"""How a rule is asked: of a case, or with exactly the inputs that a verdict has kept.

(1) A rule says what it says by its inputs alone: the parameters of its function, by name.  A verdict keeps them, so
    that the same version, asked again with them, says the same.
(2) An input that nobody knows makes "to be cleared", and so does a day on which no version is in force:
    never "allowed".
(3) A change of the law ends one version and begins the next.  A version that misread the law is corrected: the next one
    judges its days too, and it stays for its verdicts to replay.
"""

from collections.abc import Mapping
from functools import cache
from inspect import signature

from common.contracts.rules import Ask, Rule
from common.errors import Input, Verdict


def judge(rule: Rule, case: object) -> Verdict | None:
    """Ask the rule of a case, which has all that it looks at; nothing where it does not concern it."""
    return say(rule, {name: getattr(case, name) for name in looked_at(rule.ask)} if rule.ask else {})


def say(rule: Rule, inputs: Mapping[str, object]) -> Verdict | None:
    """Ask the rule with exactly these inputs."""
    answer = rule.ask(rule, **inputs) if rule.ask else None
    if answer is None:
        return None
    kept = {name: written(value) for name, value in inputs.items()}
    return Verdict(rule.id, rule.version, kept, answer.reason, answer.raison, answer.first_lawful_on, answer.outcome)


@cache
def looked_at(ask: Ask) -> tuple[str, ...]:
    """Name what a rule looks at: the parameters of its function, after the rule itself."""
    return tuple(signature(ask).parameters)[1:]


def written(value: object) -> Input:
    """Write an input as a verdict keeps it: numbers and truths as they are, days and ids as text, several as a list."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, (tuple, list, set, frozenset)):
        return [str(one) for one in value]
    return str(value)

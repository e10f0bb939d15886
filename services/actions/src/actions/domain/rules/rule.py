"""What a rule is: a dated record with a text, a source and numbers, that gives verdicts.

(1) A rule says what it says by its inputs alone: the parameters of its function, by name.  A verdict keeps them, so
    that the same version, asked again with them, says the same.
(2) An input that nobody knows makes "to be cleared", and so does a day on which no version is in force:
    never "allowed".
(3) A change of the law ends one version and begins the next.  A version that misread the law is corrected: the next one
    judges its days too, and it stays for its verdicts to replay.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from inspect import signature

from common.errors import Input, Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule says to its inputs, in two languages, and the first day on which it would say yes."""

    outcome: Outcome
    reason: str
    raison: str
    first_lawful_on: date | None = None


Ask = Callable[..., Answer | None]
"""A rule's function: the rule, then what it looks at, by name.  No answer: the rule does not concern the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule in one version; the days are both included, no last day means that it still holds.

    A `corrected` one judges no day any more.
    """

    id: str
    version: str
    valid_from: date
    text: str
    texte: str
    source: str
    valid_until: date | None = None
    parameters: Mapping[str, int] = field(default_factory=dict)
    ask: Ask | None = None
    corrected: bool = False

    def holds_on(self, day: date) -> bool:
        return not self.corrected and self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def judge(self, case: object) -> Verdict | None:
        """Ask the rule of a case, which has all that it looks at; nothing where it does not concern it."""
        return self.say({name: getattr(case, name) for name in looked_at(self.ask)} if self.ask else {})

    def say(self, inputs: Mapping[str, object]) -> Verdict | None:
        """Ask the rule with exactly these inputs."""
        answer = self.ask(self, **inputs) if self.ask else None
        if answer is None:
            return None
        kept = {name: written(value) for name, value in inputs.items()}
        return Verdict(
            self.id, self.version, kept, answer.reason, answer.raison, answer.first_lawful_on, answer.outcome
        )

    def verdict(
        self, reason: str, raison: str, *, inputs: Mapping[str, Input], first_lawful_on: date | None = None
    ) -> Verdict:
        """Say no by this rule; the inputs are those that decided."""
        return Verdict(self.id, self.version, dict(inputs), reason, raison, first_lawful_on)


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

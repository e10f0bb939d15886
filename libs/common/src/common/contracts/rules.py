"""What a rule is, in every service: a dated record with its texts, its source, its numbers and its sets.

It is what a verdict names.  Whoever judges reads its numbers from the record in force on the day that it judges, and
from nowhere else.  A change of the law is a new record: the old one gets its last day, and what was judged by it stays.

`SINCE` is the day of the interministerial protocol; nothing earlier is judged.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from common.errors import Input, Outcome, Verdict

SINCE = date(2009, 10, 26)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule says to its inputs, in two languages, and the first day on which it would say yes."""

    outcome: Outcome
    reason: str
    raison: str
    first_lawful_on: date | None = None


Ask = Callable[..., Answer | None]
"""A rule's function: the rule, then what it looks at, by name.  No answer: the rule does not concern the case."""


Value: TypeAlias = str | int | bool | Sequence[str | Mapping[str, str]] | None
"""What a field of a campaign's rule set may hold, as it is written in JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """What a coordination, or a DRAC, was found to ask for; nothing is judged by it, and it may have changed since.

    `value` is as a campaign would say it; `year` is the page's, where it has one; `source` is its address or its host.
    """

    coordination: str
    departments: tuple[str, ...]
    year: int | None
    value: Value
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionalChoice:
    """What a region decides by a field of its campaigns' rule sets, whose value is what judges.

    `values` are the codes to choose from, if it has codes.  `default` holds where a campaign says nothing; null: it
    must be said.
    """

    field: str
    text: str
    texte: str
    values: tuple[str, ...]
    default: Input
    practice: tuple[Practice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule in one version; the days are both included, no last day means that it still holds.

    `sets` are the codes, words and forms that it names; `regional` are the fields of a campaign's rule set by which a
    region decides.  A `corrected` one misread the law: it judges no day any more, and stays for its verdicts to replay.
    Where `by_vintage`, a verdict names as its version the year of the reference data that was looked in.
    """

    id: str
    version: str
    valid_from: date
    text: str
    texte: str
    source: str
    valid_until: date | None = None
    parameters: Mapping[str, int] = field(default_factory=dict)
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    regional: tuple[str, ...] = ()
    ask: Ask | None = None
    corrected: bool = False
    by_vintage: bool = False

    def holds_on(self, day: date) -> bool:
        return not self.corrected and self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def verdict(
        self, reason: str, raison: str, *, inputs: Mapping[str, Input], first_lawful_on: date | None = None
    ) -> Verdict:
        """Say no by this rule; the inputs are those that decided."""
        return Verdict(self.id, self.version, dict(inputs), reason, raison, first_lawful_on)


def versions(rules: Sequence[Rule], rule_id: str) -> Sequence[Rule]:
    """List the versions of a rule, the first one first.

    Raises:
        KeyError: there is no such rule; a law is not switched off by a slip of the pen.
    """
    found = sorted((rule for rule in rules if rule.id == rule_id), key=lambda rule: rule.valid_from)
    if not found:
        raise KeyError(rule_id)
    return found


def in_force(rules: Sequence[Rule], rule_id: str, day: date) -> Rule | None:
    """Find the version of a rule that judges this day; none before its first day, or after its last."""
    return next((rule for rule in versions(rules, rule_id) if rule.holds_on(day)), None)


def unjudged(rule_id: str, day: date) -> Verdict:
    """Say that no version of a rule judges this day: nobody says yes, it is to be cleared."""
    return Verdict(
        rule=rule_id,
        version="",
        inputs={"on": day.isoformat()},
        reason=f"No version of {rule_id} is in force on {day}.",
        raison=f"Aucune version de {rule_id} n’est en vigueur le {day}.",
        outcome=Outcome.TO_CLEAR,
    )

"""What a rule is: a dated record with a text, a source and numbers, that gives verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from common.errors import Verdict

Input = str | int | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule in one version; the days are both included, no last day means that it still holds."""

    id: str
    version: str
    valid_from: date
    text: str
    texte: str
    source: str
    valid_until: date | None = None
    parameters: Mapping[str, int] = field(default_factory=dict)

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def verdict(
        self, reason: str, raison: str, *, inputs: Mapping[str, Input], first_lawful_on: date | None = None
    ) -> Verdict:
        """Say no by this rule; the inputs are those that decided."""
        return Verdict(self.id, self.version, dict(inputs), reason, raison, first_lawful_on)

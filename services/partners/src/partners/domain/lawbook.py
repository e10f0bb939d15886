"""The law of the whole house as anybody may read it: what a verdict's rule and version say, and by which source.

The records are those that the services judge by; `make docs` writes them down.  Nobody judges by them here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from common.contracts.rules import RegionalChoice
from common.errors import NotFound

VINTAGE = re.compile(r"[0-9]{4}")


class NoSuchRule(NotFound):
    """No service judges by a rule of this name, or not in this version."""

    title = "There is no such rule, or not in this version."
    titre = "Cette règle n’existe pas, ou pas dans cette version."


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRecord:
    """One rule in one version as one service judges by it, in English and in French; both its days are included.

    A `corrected` one misread the law: it judges no day any more, and its verdicts stay.  Where `by_vintage`, a verdict
    names as its version the year of the reference data that was looked in.
    """

    rule: str
    version: str
    judged_by: str
    valid_from: date
    valid_until: date | None
    corrected: bool
    by_vintage: bool
    text: str
    texte: str
    source: str
    parameters: Mapping[str, int]
    sets: Mapping[str, tuple[str, ...]]
    regional: tuple[RegionalChoice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRecords:
    """Records, by rule, service and version; several services may judge by one rule, each by its own record."""

    items: tuple[RuleRecord, ...]


def of_rule(records: Sequence[RuleRecord], rule: str) -> RuleRecords:
    """Find all that is said of a rule."""
    found = tuple(one for one in records if one.rule == rule)
    if not found:
        raise NoSuchRule
    return RuleRecords(items=found)


def of_version(records: Sequence[RuleRecord], rule: str, version: str) -> RuleRecords:
    """Find what is said of a rule in the version that a verdict names."""
    by_vintage = VINTAGE.fullmatch(version) is not None
    found = of_rule(records, rule).items
    named = tuple(one for one in found if one.version == version or (one.by_vintage and by_vintage))
    if not named:
        raise NoSuchRule
    return RuleRecords(items=named)

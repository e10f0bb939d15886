"""What `partners` serves of all services' rules: the records themselves, and of each what a region decides."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from actions.domain.rules import regional
from docs import rules
from docs.rules import Judged
from docs.text import compact
from partners.domain.lawbook import RuleRecord

SERVED = Path("services/partners/src/partners/data/documents/rules.json")


def pages() -> dict[Path, str]:
    """Write the document that is served."""
    return {SERVED: compact(msgspec.to_builtins(list(records())))}


def records() -> Iterator[RuleRecord]:
    """Tell of every record of every service, in the order of the jurist's pages."""
    return (_record(one) for some in rules.records().values() for one in some)


def _record(judged: Judged) -> RuleRecord:
    rule = judged.rule
    return RuleRecord(
        rule=rule.id,
        version=rule.version,
        judged_by=judged.service,
        valid_from=rule.valid_from,
        valid_until=rule.valid_until,
        corrected=rule.corrected,
        by_vintage=rule.by_vintage,
        text=rule.text,
        texte=rule.texte,
        source=rule.source,
        parameters=rule.parameters,
        sets=rule.sets,
        regional=tuple(regional.BY_FIELD[field] for field in rule.regional),
    )

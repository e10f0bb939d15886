"""What services tell each other: facts and states, one module a publisher, and the names of their topics.

`platform` is what all of them say about themselves: how far they have published, and what they then had; `rules` is
what a verdict names.

Data only: no behaviour, no framework, standard library alone.  A publisher owns its module; a reader may depend on it;
neither imports the other.  Names follow one rule, written once, here.
"""

from collections.abc import Mapping
from typing import Literal

Kind = Literal["events", "state", "platform"]

PARTITIONS = 12
"""Of every keyed topic, never changed: another number would send old keys to new partitions and break their order."""

PUBLISHERS: Mapping[str, str] = {
    "campaign": "actions",
    "project": "actions",
    "action": "actions",
    "report": "actions",
    "film": "catalogue",
    "rights_offer": "catalogue",
    "copy": "catalogue",
    "film_list": "catalogue",
    "territory": "partners",
    "organisation": "partners",
    "coordination": "partners",
    "access_grant": "partners",
    "figure": "reporting",
    "reconciliation": "reporting",
}
"""Which service announces which aggregate."""

DERIVED = frozenset({"figure", "reconciliation"})
"""What a service has made of others' aggregates: nobody compares it with them."""

FIGURES = "passeurs.reporting.figures.v1"
PLATFORM = ("heartbeat", "checkpoint")
"""What every service says about itself; the key is the service."""


def topic(aggregate: str, kind: Kind) -> str:
    """Name the topic of an aggregate's facts or of its full states; figures and what is `PLATFORM` have one."""
    if aggregate == "figure":
        return FIGURES
    if kind == "platform":
        return f"passeurs.platform.{aggregate}.v1"
    return f"passeurs.{PUBLISHERS[aggregate]}.{aggregate}.{kind}.v1"


def topics() -> Mapping[str, Kind]:
    """List every topic there is, with what it holds."""
    named: dict[str, Kind] = {FIGURES: "state"}
    for aggregate in PUBLISHERS:
        if aggregate != "figure":
            named |= {topic(aggregate, "events"): "events", topic(aggregate, "state"): "state"}
    return named | dict.fromkeys((topic(name, "platform") for name in PLATFORM), "platform")


def ce_type(fact: str, version: int = 1) -> str:
    """Name a kind of record for the world: `project.submitted` becomes `fr.passeursdimages.project.submitted.v1`."""
    return f"fr.passeursdimages.{fact}.v{version}"

"""What a webhook says: a CloudEvents document, thin on purpose.  Pure.

Identifiers, version, what changed, where, and a link: the receiver reads the rest with its own token, so that its
rights are judged again, no personal data is spread, and a late delivery never tells of an old state as if it were new.

The document is written once, at fan-out, without its `sequence`; each endpoint's number is put in at the end, the same
bytes for every attempt and for the pull.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from common import contracts
from common.contracts.actions import About

SOURCE = "/services/partners"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact on its way to endpoints; `document` lacks only the sequence."""

    id: UUID
    type: str
    subject: str
    time: datetime
    document: str
    traceparent: str | None


class Fact(msgspec.Struct, frozen=True):
    """What routing reads of any fact; what it does not know of is left aside."""

    occurred_at: datetime | None = None
    about: About | None = None
    coordination_id: UUID | None = None
    changed: tuple[str, ...] | None = None
    vintage: int | None = None
    department: str | None = None


def numbered(document: str, sequence: int) -> str:
    """Complete a document with the number that one endpoint knows it by."""
    return f'{document[:-1]},"sequence":{sequence}}}'


def thin(fact: Fact, *, event_id: UUID, source: str, ce_type: str, subject: str, time: datetime, version: int) -> str:
    """Write the document of a fact that was heard."""
    aggregate = short_type(ce_type).partition(".")[0]
    data: dict[str, Any] = {"id": subject, "version": version}
    if fact.occurred_at is not None:
        data["occurred_at"] = fact.occurred_at
    if fact.changed is not None:
        data["changed"] = fact.changed
    if fact.about is not None:
        data |= _where(fact.about)
    data["links"] = {"self": _link(aggregate, subject, fact)}
    return document(
        event_id=event_id, source=source, ce_type=ce_type, subject=subject, time=time, data=data, version=version
    )


def document(
    *,
    event_id: UUID,
    source: str = SOURCE,
    ce_type: str,
    subject: str,
    time: datetime,
    data: Mapping[str, Any],
    version: int | None = None,
) -> str:
    """Write a CloudEvents document in JSON, the version of its subject among its attributes if it has one."""
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": ce_type,
        "subject": subject,
        "time": time,
        "datacontenttype": "application/json",
    }
    if version is not None:
        attributes["aggversion"] = version
    return msgspec.json.encode({**attributes, "data": data}).decode()


def short_type(ce_type: str) -> str:
    """Read `project.submitted` out of `fr.passeursdimages.project.submitted.v1`."""
    return ce_type.removeprefix(_PREFIX).rpartition(".")[0]


_PREFIX = contracts.ce_type("").removesuffix(".v1")


def _link(aggregate: str, subject: str, fact: Fact) -> str:
    """Say where the subject is read; a territory is known by its vintage and its département."""
    if aggregate == "territory":
        return f"/v1/territories/{fact.vintage}/departments/{fact.department}"
    resource = _RESOURCES.get(aggregate, f"{aggregate.replace('_', '-')}s")
    return f"/v1/{resource}/{subject}"


_RESOURCES = {"copy": "copies"}
"""Where things are read whose plural is not their name with an s."""


def _where(about: About) -> dict[str, Any]:
    """Say where and when; of a closed circuit the commune, and no day before it was held (R41)."""
    when = {} if about.day_withheld else {"effective_on": about.effective_on}
    return {
        "project": about.project_id,
        "campaign": about.campaign_id,
        **when,
        "territory": {
            "vintage": about.vintage,
            "regions": about.regions,
            "departments": about.departments,
            "municipalities": about.municipalities,
        },
    }

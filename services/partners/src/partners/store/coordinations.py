"""Coordinations, and what they cover: a row a département and a period, which the database keeps from overlapping."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec

from common import outbox
from common.contracts.partners import (
    CoordinationAppointed,
    CoordinationChanged,
    CoordinationEnded,
    CoordinationState,
)
from common.database import Transaction
from common.idempotency import Answer, Once
from partners.domain.coordination import Coordination, Held, NoSuchCoordination

Fact = CoordinationAppointed | CoordinationChanged | CoordinationEnded

_CREATE = outbox.creating(
    """
    INSERT INTO coordination (id, version, organisation_id, drac_id, region, ended_on, doc)
    SELECT $1, $2, $3, $4, $5, $6, $doc
      FROM key
    RETURNING id
    """
)

_SAVE = outbox.changing(
    """
    UPDATE coordination
       SET version = $2, organisation_id = $3, drac_id = $4, region = $5, ended_on = $6, doc = $doc
     WHERE id = $1
    RETURNING id
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationRead:
    """A coordination as it was published, and what tells who may change it."""

    version: int
    doc: str
    drac_id: UUID
    ended_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationFilters:
    """What a list of coordinations may be narrowed by; None: any."""

    region: str | None = None
    department: str | None = None
    on: date | None = None
    organisation_id: UUID | None = None


async def lock_coordination(tx: Transaction, coordination_id: UUID) -> Coordination:
    """Read one coordination and hold its row."""
    doc = await tx.fetchval("SELECT doc FROM coordination WHERE id = $1 FOR UPDATE", coordination_id)
    if doc is None:
        raise NoSuchCoordination
    state = msgspec.json.decode(doc, type=CoordinationState)
    return Coordination(
        id=state.id,
        version=state.version,
        organisation_id=state.organisation_id,
        drac_id=state.drac_id,
        region=state.region,
        coverages=state.coverages,
        ended_on=state.ended_on,
    )


async def cover(tx: Transaction, coordination: Coordination) -> Sequence[Held]:
    """Write what a coordination covers; return what another one holds already, in which case not all is written."""
    await tx.execute("DELETE FROM coverage WHERE coordination_id = $1", coordination.id)
    periods = [(one, department) for one in coordination.coverages for department in one.departments]
    values = (
        coordination.id,
        [department for _, department in periods],
        [one.valid_from for one, _ in periods],
        [one.valid_until for one, _ in periods],
    )
    written = await tx.fetch(
        """
        INSERT INTO coverage (coordination_id, department, during)
        SELECT $1, department, daterange(first, last, '[]')
          FROM unnest($2::text[], $3::date[], $4::date[]) AS period (department, first, last)
         ORDER BY department, first
            ON CONFLICT ON CONSTRAINT coverage_once DO NOTHING
        RETURNING department
        """,
        *values,
    )
    return [] if len(written) == len(periods) else await _held_by_others(tx, values)


async def _held_by_others(tx: Transaction, values: tuple[object, ...]) -> Sequence[Held]:
    rows = await tx.fetch(
        """
        SELECT held.department, held.coordination_id, lower(held.during) AS first, upper(held.during) - 1 AS last
          FROM unnest($2::text[], $3::date[], $4::date[]) AS period (department, first, last)
          JOIN coverage AS held
            ON held.department = period.department
           AND held.during && daterange(period.first, period.last, '[]')
         WHERE held.coordination_id <> $1
         ORDER BY held.department, first
        """,
        *values,
    )
    return [Held(**row) for row in rows]


async def create_coordination(
    tx: Transaction, coordination: Coordination, fact: CoordinationAppointed, once: Once
) -> Answer:
    location = f"/v1/coordinations/{coordination.id}"
    said = _said(coordination, fact)
    return await outbox.write(tx, _CREATE, _values(coordination), said, once, status=201, location=location)


async def save_coordination(tx: Transaction, coordination: Coordination, fact: Fact, once: Once) -> Answer:
    return await outbox.write(tx, _SAVE, _values(coordination), _said(coordination, fact), once)


async def coordination_doc(tx: Transaction, coordination_id: UUID) -> CoordinationRead:
    row = await tx.fetchrow("SELECT version, doc, drac_id, ended_on FROM coordination WHERE id = $1", coordination_id)
    if row is None:
        raise NoSuchCoordination
    return CoordinationRead(**row)


async def coordinations(
    tx: Transaction, filters: CoordinationFilters, *, after: UUID | None, limit: int
) -> Sequence[tuple[UUID, str]]:
    """Read coordinations in the order of their ids; `on` keeps those that cover something (there) on that day."""
    rows = await tx.fetch(
        """
        SELECT id, doc
          FROM coordination
         WHERE ($1::text IS NULL OR region = $1)
           AND (($2::text IS NULL AND $3::date IS NULL)
                OR EXISTS (SELECT FROM coverage
                            WHERE coordination_id = coordination.id
                              AND ($2::text IS NULL OR department = $2)
                              AND ($3::date IS NULL OR during @> $3::date)))
           AND ($4::uuid IS NULL OR organisation_id = $4)
           AND ($5::uuid IS NULL OR id > $5)
         ORDER BY id
         LIMIT $6
        """,
        filters.region,
        filters.department,
        filters.on,
        filters.organisation_id,
        after,
        limit,
    )
    return [(row["id"], row["doc"]) for row in rows]


def _values(coordination: Coordination) -> list[object]:
    return [
        coordination.id,
        coordination.version,
        coordination.organisation_id,
        coordination.drac_id,
        coordination.region,
        coordination.ended_on,
    ]


def _said(coordination: Coordination, fact: Fact) -> outbox.Announcement:
    state = coordination.state(at=fact.occurred_at)
    return outbox.Announcement(
        aggregate=CoordinationState.AGGREGATE, id=state.id, version=state.version, state=state, facts=[fact]
    )

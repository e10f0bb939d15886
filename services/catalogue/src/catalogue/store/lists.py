"""Film lists: their rows, and what stands on them, to be asked from both sides."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

import asyncpg

from catalogue.domain.lists import FilmList, FilmListOpenAlready, NoSuchFilmList
from common import outbox, rows
from common.contracts import catalogue as contracts
from common.contracts.catalogue import FilmListStatus
from common.database import Transaction
from common.idempotency import Answer, Once

ListFact: TypeAlias = (
    contracts.FilmListPublished | contracts.FilmListFilmAdded | contracts.FilmListFilmRemoved | contracts.FilmListClosed
)

COLUMNS = ("id", "version", "status", "scheme", "level", "year", "coordination_id", "title", "films")
NESTED = frozenset({"films"})

_LISTED, _NUMBERED, _ASSIGNED = rows.listed(COLUMNS), rows.numbered(COLUMNS), rows.assigned(COLUMNS)

_CREATE = outbox.creating(
    f"""
    INSERT INTO film_list ({_LISTED}, doc)
    SELECT {_NUMBERED}, $doc
      FROM key
    RETURNING id
    """
)

_SAVE = outbox.changing(
    f"""
    UPDATE film_list
       SET {_ASSIGNED}, doc = $doc
     WHERE id = $1
    RETURNING id
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilters:
    """What lists may be narrowed by; None: any.  `film_id` is a film that stands on them."""

    scheme: str | None = None
    level: str | None = None
    year: int | None = None
    coordination_id: UUID | None = None
    status: str | None = None
    film_id: UUID | None = None


async def lock_film_list(tx: Transaction, list_id: UUID) -> FilmList:
    """Read one list and hold its row."""
    row = await tx.fetchrow(f"SELECT {_LISTED} FROM film_list WHERE id = $1 FOR UPDATE", list_id)
    if row is None:
        raise NoSuchFilmList
    return rows.restored(FilmList, row, NESTED)


async def create_film_list(tx: Transaction, made: FilmList, fact: ListFact, once: Once | None) -> Answer:
    """Write a new list; of several that are made at once, one is."""
    location = f"/v1/film-lists/{made.id}"
    try:
        return await outbox.write(tx, _CREATE, _values(made), _said(made, fact), once, status=201, location=location)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "film_list_one_open":
            raise
        raise FilmListOpenAlready from error


async def save_film_list(
    tx: Transaction, changed: FilmList, fact: ListFact, once: Once | None, *, status: int = 200
) -> Answer:
    await _keep_entries(tx, changed)
    return await outbox.write(tx, _SAVE, _values(changed), _said(changed, fact), once, status=status)


async def film_list_doc(tx: Transaction, list_id: UUID) -> tuple[int, str, FilmListStatus, UUID | None]:
    """Read a list as it was published: its version, its document, its status, whose it is."""
    row = await tx.fetchrow("SELECT version, doc, status, coordination_id FROM film_list WHERE id = $1", list_id)
    if row is None:
        raise NoSuchFilmList
    return row["version"], row["doc"], FilmListStatus(row["status"]), row["coordination_id"]


async def list_film_lists(
    tx: Transaction, filters: ListFilters, *, after: UUID | None, limit: int
) -> Sequence[tuple[UUID, str]]:
    """Read lists in the order in which they were published, each with the number of its films instead of them."""
    found = await tx.fetch(
        """
        SELECT id, (doc::jsonb - 'films' || jsonb_build_object('film_count', jsonb_array_length(films)))::text AS doc
          FROM film_list
         WHERE ($1::text IS NULL OR scheme = $1)
           AND ($2::text IS NULL OR level = $2)
           AND ($3::integer IS NULL OR year = $3)
           AND ($4::uuid IS NULL OR coordination_id = $4)
           AND ($5::text IS NULL OR status = $5)
           AND ($6::uuid IS NULL
                OR id IN (SELECT list_id
                            FROM film_list_entry
                           WHERE film_id IN (SELECT film.id FROM film WHERE $6 IN (film.id, film.merged_into))))
           AND ($7::uuid IS NULL OR id > $7)
         ORDER BY id
         LIMIT $8
        """,
        filters.scheme,
        filters.level,
        filters.year,
        filters.coordination_id,
        filters.status,
        filters.film_id,
        after,
        limit,
    )
    return [(row["id"], row["doc"]) for row in found]


async def list_films_of(
    tx: Transaction, list_id: UUID, *, after: tuple[str, UUID] | None, limit: int
) -> Sequence[tuple[str, UUID, str]]:
    """Read the films of a list by title, each as it was published beside the word on its tariff.

    One that was merged stands as the film that it is.
    """
    filed, last_id = after or (None, None)
    found = await tx.fetch(
        """
        SELECT film.filed, film.id,
               format('{"negotiated":%s,"film":%s}', bool_or(entry.negotiated)::text, film.doc) AS item
          FROM film_list_entry AS entry
          JOIN film AS named ON named.id = entry.film_id
          JOIN film ON film.id = coalesce(named.merged_into, named.id)
         WHERE entry.list_id = $1
           AND ($2::text IS NULL OR (film.filed, film.id) > ($2, $3::uuid))
         GROUP BY film.id
         ORDER BY film.filed, film.id
         LIMIT $4
        """,
        list_id,
        filed,
        last_id,
        limit,
    )
    return [(row["filed"], row["id"], row["item"]) for row in found]


async def merged(tx: Transaction, films: Sequence[UUID]) -> dict[UUID, UUID]:
    """Tell which of these films were merged, and into which."""
    found = await tx.fetch(
        "SELECT id, merged_into FROM film WHERE id = ANY ($1::uuid[]) AND merged_into IS NOT NULL", list(films)
    )
    return {row["id"]: row["merged_into"] for row in found}


async def _keep_entries(tx: Transaction, changed: FilmList) -> None:
    await tx.execute(
        """
        WITH said AS (SELECT film_id, negotiated FROM unnest($2::uuid[], $3::boolean[]) AS said (film_id, negotiated)),
        removed AS (
          DELETE FROM film_list_entry WHERE list_id = $1 AND film_id NOT IN (SELECT film_id FROM said))
        INSERT INTO film_list_entry AS entry (list_id, film_id, negotiated)
        SELECT $1, film_id, negotiated
          FROM said
            ON CONFLICT (list_id, film_id) DO UPDATE
           SET negotiated = excluded.negotiated
         WHERE entry.negotiated <> excluded.negotiated
        """,
        changed.id,
        [one.film_id for one in changed.films],
        [one.negotiated for one in changed.films],
    )


def _said(said: FilmList, fact: ListFact) -> outbox.Announcement:
    state = said.state(at=fact.occurred_at)
    return outbox.Announcement(aggregate="film_list", id=said.id, version=said.version, state=state, facts=[fact])


def _values(said: FilmList) -> list[object]:
    return rows.values(said, COLUMNS, NESTED)

"""Films: their rows, the names that no two of them share, and the words by which they are found."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias
from uuid import UUID

import asyncpg

from catalogue.domain import titles
from catalogue.domain.film import DESCRIBED, Film, NoSuchFilm
from catalogue.domain.imports import FilmFact
from catalogue.store import changes
from common import outbox, rows
from common.contracts.catalogue import (
    FilmCleared,
    FilmConflictSettled,
    FilmConsentsChanged,
    FilmMerged,
    FilmRestricted,
    FilmState,
)
from common.database import Transaction
from common.idempotency import Answer, Once

Name: TypeAlias = tuple[str, str]


class Taken(NamedTuple):
    """A name that is another film's."""

    scheme: str
    value: str
    film_id: UUID


Said: TypeAlias = FilmFact | FilmConsentsChanged | FilmCleared | FilmRestricted | FilmMerged | FilmConflictSettled

OWN = ("id", "version", "kind", "visas", "workshop", "project_id", "filed", "merged_into", "said")
COLUMNS = (*OWN, *DESCRIBED)
NESTED = frozenset({"visas", "workshop", "identifiers", "screen_versions", "said"})

_ONE_MERGE = "merges of films"

_LISTED, _NUMBERED, _ASSIGNED = rows.listed(COLUMNS), rows.numbered(COLUMNS), rows.assigned(COLUMNS)

_CLASSIFIED = f"${len(COLUMNS) + 1}"

_CREATE = outbox.creating(
    f"""
    INSERT INTO film ({_LISTED}, classified, doc)
    SELECT {_NUMBERED}, {_CLASSIFIED}, $doc
      FROM key
    RETURNING id
    """
)

_SAVE = outbox.changing(
    f"""
    UPDATE film
       SET {_ASSIGNED}, classified = {_CLASSIFIED}, doc = $doc
     WHERE id = $1
    RETURNING id
    """
)


async def lock_film(tx: Transaction, film_id: UUID) -> Film:
    """Read one film and hold its row, so that no two verbs decide on the same state."""
    row = await tx.fetchrow(f"SELECT {_LISTED} FROM film WHERE id = $1 FOR UPDATE", film_id)
    if row is None:
        raise NoSuchFilm
    return _film(row)


async def lock_films_merging(tx: Transaction, film_id: UUID, into: UUID) -> dict[UUID, Film]:
    """Read and hold what a merge concerns: both films, what either was merged into, what was merged into the first.

    One at a time, and in the order of their ids (`domain.merging`, 3).
    """
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", _ONE_MERGE)
    found = await tx.fetch(
        f"""
        SELECT {_LISTED}
          FROM film
         WHERE id IN ($1, $2) OR merged_into = $1
            OR id IN (SELECT merged_into FROM film WHERE id IN ($1, $2))
         ORDER BY id
           FOR UPDATE
        """,
        film_id,
        into,
    )
    return {row["id"]: _film(row) for row in found}


async def film(tx: Transaction, film_id: UUID) -> Film:
    """Read one film as it stands."""
    row = await tx.fetchrow(f"SELECT {_LISTED} FROM film WHERE id = $1", film_id)
    if row is None:
        raise NoSuchFilm
    return _film(row)


async def lock_films_called(tx: Transaction, calls: Sequence[Name]) -> list[Film]:
    """Read and hold the films that carry one of these names, or are filed under one of these titles.

    A title of a film that was merged is one of the film it was merged into.
    """
    found = await tx.fetch(
        f"""
        WITH asked AS (SELECT scheme, value FROM unnest($1::text[], $2::text[]) AS asked (scheme, value)),
        meant AS (
          SELECT coalesce(merged_into, id) AS id FROM film JOIN asked ON scheme = 'title' AND value = filed
           UNION
          SELECT film_id FROM film_name JOIN asked USING (scheme, value))
        SELECT {_LISTED}
          FROM film JOIN meant USING (id)
         ORDER BY id
           FOR UPDATE OF film
        """,
        [scheme for scheme, _ in calls],
        [value for _, value in calls],
    )
    return [_film(row) for row in found]


async def claim_names(tx: Transaction, film: Film) -> Sequence[Taken]:
    """Give a film the names it carries and free those it no longer does; return those that another film has."""
    names = film.names()
    found = await tx.fetch(
        """
        WITH carried AS (SELECT scheme, value FROM unnest($2::text[], $3::text[]) AS carried (scheme, value)),
        freed AS (
          DELETE FROM film_name
           WHERE film_id = $1 AND (scheme, value) NOT IN (SELECT scheme, value FROM carried))
        INSERT INTO film_name (scheme, value, film_id)
        SELECT scheme, value, $1
          FROM carried
         WHERE NOT EXISTS (SELECT FROM film_name AS own WHERE own.film_id = $1
                              AND (own.scheme, own.value) = (carried.scheme, carried.value))
            ON CONFLICT DO NOTHING
        RETURNING scheme, value
        """,
        film.id,
        [scheme for scheme, _ in names],
        [value for _, value in names],
    )
    return [] if len(found) == len(names) else await _taken(tx, film)


async def _taken(tx: Transaction, film: Film) -> list[Taken]:
    names = film.names()
    found = await tx.fetch(
        """
        SELECT scheme, value, film_id
          FROM film_name
          JOIN unnest($2::text[], $3::text[]) AS carried (scheme, value) USING (scheme, value)
         WHERE film_id <> $1
        """,
        film.id,
        [scheme for scheme, _ in names],
        [value for _, value in names],
    )
    return [Taken(row["scheme"], row["value"], row["film_id"]) for row in found]


async def keep_words(tx: Transaction, films: Sequence[Film]) -> None:
    """Keep the words by which films are found, and forget those by which they no longer are.

    A visa is found as it stands: nobody looks for numbers that resemble it.
    """
    said = [(film.id, word) for film in films for word in found_by(film)]
    visas = {visa.number for film in films for visa in film.visas}
    await tx.execute(
        """
        WITH said AS (SELECT film_id, word FROM unnest($2::uuid[], $3::text[]) AS said (film_id, word)),
        forgotten AS (
          DELETE FROM film_word
           WHERE film_id = ANY ($1::uuid[]) AND (film_id, word) NOT IN (SELECT film_id, word FROM said)),
        learnt AS (
          INSERT INTO vocabulary (word)
          SELECT word
            FROM unnest($4::text[]) AS told (word)
           ORDER BY word                        -- one order for all, so that two writers cannot lock crosswise
              ON CONFLICT DO NOTHING)
        INSERT INTO film_word (film_id, word)
        SELECT film_id, word
          FROM said
         ORDER BY word, film_id                 -- as the index has them
            ON CONFLICT DO NOTHING
        """,
        [film.id for film in films],
        [film_id for film_id, _ in said],
        [word for _, word in said],
        list({word for _, word in said} - visas),
    )


async def create_film(tx: Transaction, film: Film, fact: FilmFact, once: Once | None) -> Answer:
    location, state = f"/v1/films/{film.id}", film.state(at=fact.occurred_at)
    said = announcement(film, state, [fact])
    answer = await outbox.write(tx, _CREATE, _values(film, state), said, once, status=201, location=location)
    await changes.note(tx, [(film, [fact])])
    return answer


async def save_film(
    tx: Transaction,
    film: Film,
    facts: Sequence[Said],
    once: Once | None,
    *,
    status: int = 200,
    location: str | None = None,
) -> Answer:
    state = film.state(at=facts[-1].occurred_at)
    said = announcement(film, state, facts)
    answer = await outbox.write(tx, _SAVE, _values(film, state), said, once, status=status, location=location)
    await changes.note(tx, [(film, facts)])
    return answer


async def standing(tx: Transaction, film_id: UUID) -> UUID | None:
    """Tell by which id a film is found today, and keep it from being merged until the transaction ends.

    None: there is no such film.
    """
    found: UUID | None = await tx.fetchval(
        "SELECT coalesce(merged_into, id) FROM film WHERE id = $1 FOR KEY SHARE", film_id
    )
    return found


def found_by(film: Film) -> list[str]:
    """List the words by which a film is found, each once, in order; one that was merged is found by the other's."""
    return [] if film.merged_into is not None else sorted(set(_words(film)))


def _words(film: Film) -> Iterator[str]:
    described = film.description
    for title in (described.title, described.original_title, *described.other_titles):
        yield from (*titles.words(title or ""), *titles.compounds(title or ""))
    for name in described.directors:
        yield from titles.with_initials(name)
    yield from (visa.number for visa in film.visas)


def announcement(film: Film, state: FilmState, facts: Sequence[Said]) -> outbox.Announcement:
    return outbox.Announcement(aggregate="film", id=film.id, version=film.version, state=state, facts=facts)


def _values(film: Film, state: FilmState) -> list[object]:
    own, described = rows.values(film, OWN, NESTED), rows.values(film.description, DESCRIBED, NESTED)
    return [*own, *described, state.classification]


def _film(row: asyncpg.Record) -> Film:
    return rows.restored(Film, row, NESTED, part="description")

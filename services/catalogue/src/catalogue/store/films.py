"""Films: their rows, the names that no two of them share, and the words by which they are found."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias
from uuid import UUID

import asyncpg
import msgspec

from catalogue.domain import titles
from catalogue.domain.film import Description, Film, NoSuchFilm
from catalogue.domain.imports import FilmFact
from common import outbox
from common.contracts.catalogue import (
    Classification,
    FilmCleared,
    FilmRestricted,
    FilmVersion,
    Genre,
    Identifier,
    Visa,
    WorkshopFilm,
)
from common.database import Transaction
from common.idempotency import Answer, Once

Name: TypeAlias = tuple[str, str]


class Taken(NamedTuple):
    """A name that is another film's."""

    scheme: str
    value: str
    film_id: UUID


_COLUMNS = """
    id, version, title, original_title, other_titles, directors, year, released_on, countries, genre, duration_minutes,
    versions, classification, warning, identifiers, visas, workshop
"""

_CREATE = outbox.creating(
    """
    INSERT INTO film (
      id, version, title, original_title, other_titles, directors, year, released_on, countries, genre,
      duration_minutes, kind, versions, classification, warning, identifiers, visas, workshop, project_id, filed, doc)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $doc
      FROM key
    RETURNING id
    """
)

_SAVE = outbox.changing(
    """
    UPDATE film
       SET version = $2, title = $3, original_title = $4, other_titles = $5, directors = $6, year = $7,
           released_on = $8, countries = $9, genre = $10, duration_minutes = $11, kind = $12, versions = $13,
           classification = $14, warning = $15, identifiers = $16, visas = $17, workshop = $18, project_id = $19,
           filed = $20, doc = $doc
     WHERE id = $1
    RETURNING id
    """
)


async def lock_film(tx: Transaction, film_id: UUID) -> Film:
    """Read one film and hold its row, so that no two verbs decide on the same state."""
    row = await tx.fetchrow(f"SELECT {_COLUMNS} FROM film WHERE id = $1 FOR UPDATE", film_id)
    if row is None:
        raise NoSuchFilm
    return _film(row)


async def lock_films_called(tx: Transaction, calls: Sequence[Name]) -> list[Film]:
    """Read and hold the films that carry one of these names, or are filed under one of these titles."""
    rows = await tx.fetch(
        f"""
        WITH asked AS (SELECT scheme, value FROM unnest($1::text[], $2::text[]) AS asked (scheme, value))
        SELECT {_COLUMNS}
          FROM film
         WHERE filed IN (SELECT value FROM asked WHERE scheme = 'title')
            OR id IN (SELECT film_id FROM film_name JOIN asked USING (scheme, value))
         ORDER BY id
           FOR UPDATE
        """,
        [scheme for scheme, _ in calls],
        [value for _, value in calls],
    )
    return [_film(row) for row in rows]


async def claim_names(tx: Transaction, film: Film) -> Sequence[Taken]:
    """Give a film the names it carries and free those it no longer does; return those that another film has."""
    names = film.names()
    rows = await tx.fetch(
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
    return [] if len(rows) == len(names) else await _taken(tx, film)


async def _taken(tx: Transaction, film: Film) -> list[Taken]:
    names = film.names()
    rows = await tx.fetch(
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
    return [Taken(row["scheme"], row["value"], row["film_id"]) for row in rows]


async def keep_words(tx: Transaction, films: Sequence[Film]) -> None:
    """Keep the words by which films are found, and forget those by which they no longer are."""
    said = [(film.id, word) for film in films for word in found_by(film)]
    await tx.execute(
        """
        WITH said AS (SELECT film_id, word FROM unnest($2::uuid[], $3::text[]) AS said (film_id, word)),
        forgotten AS (
          DELETE FROM film_word
           WHERE film_id = ANY ($1::uuid[]) AND (film_id, word) NOT IN (SELECT film_id, word FROM said)),
        learnt AS (
          INSERT INTO vocabulary (word)
          SELECT DISTINCT word
            FROM said
           WHERE NOT EXISTS (SELECT FROM vocabulary AS known WHERE known.word = said.word)
           ORDER BY word                        -- one order for all, so that two writers cannot lock crosswise
              ON CONFLICT DO NOTHING)
        INSERT INTO film_word (film_id, word)
        SELECT film_id, word
          FROM said
            ON CONFLICT DO NOTHING
        """,
        [film.id for film in films],
        [film_id for film_id, _ in said],
        [word for _, word in said],
    )


async def create_film(tx: Transaction, film: Film, fact: FilmFact, once: Once | None) -> Answer:
    location = f"/v1/films/{film.id}"
    return await outbox.write(tx, _CREATE, _values(film), _said(film, [fact]), once, status=201, location=location)


async def save_film(
    tx: Transaction,
    film: Film,
    facts: Sequence[FilmFact | FilmCleared | FilmRestricted],
    once: Once | None,
    *,
    status: int = 200,
) -> Answer:
    return await outbox.write(tx, _SAVE, _values(film), _said(film, facts), once, status=status)


async def film_exists(tx: Transaction, film_id: UUID) -> bool:
    found: bool = await tx.fetchval("SELECT EXISTS (SELECT FROM film WHERE id = $1)", film_id)
    return found


def found_by(film: Film) -> list[str]:
    """List the words by which a film is found, each once, in order."""
    return sorted(set(_words(film)))


def _words(film: Film) -> Iterator[str]:
    described = film.description
    for title in (described.title, described.original_title, *described.other_titles):
        yield from (*titles.words(title or ""), *titles.compounds(title or ""))
    for name in described.directors:
        yield from titles.with_initials(name)
    yield from (visa.number for visa in film.visas)


def _said(film: Film, facts: Sequence[FilmFact | FilmCleared | FilmRestricted]) -> outbox.Announcement:
    state = film.state(at=facts[-1].occurred_at)
    return outbox.Announcement(aggregate="film", id=film.id, version=film.version, state=state, facts=facts)


def _values(film: Film) -> list[object]:
    said = film.description
    return [
        film.id,
        film.version,
        said.title,
        said.original_title,
        said.other_titles,
        said.directors,
        said.year,
        said.released_on,
        said.countries,
        said.genre,
        said.duration_minutes,
        film.kind,
        said.versions,
        said.classification,
        said.warning,
        _json(said.identifiers),
        _json(film.visas),
        None if film.workshop is None else _json(film.workshop),
        film.workshop and film.workshop.project_id,
        titles.filed(said.title),
    ]


def _film(row: asyncpg.Record) -> Film:
    return Film(
        id=row["id"],
        version=row["version"],
        description=Description(
            title=row["title"],
            original_title=row["original_title"],
            other_titles=tuple(row["other_titles"]),
            directors=tuple(row["directors"]),
            year=row["year"],
            released_on=row["released_on"],
            countries=tuple(row["countries"]),
            genre=Genre(row["genre"]) if row["genre"] else None,
            duration_minutes=row["duration_minutes"],
            versions=tuple(FilmVersion(version) for version in row["versions"]),
            classification=Classification(row["classification"]) if row["classification"] else None,
            warning=row["warning"],
            identifiers=msgspec.json.decode(row["identifiers"], type=tuple[Identifier, ...]),
        ),
        visas=msgspec.json.decode(row["visas"], type=tuple[Visa, ...]),
        workshop=msgspec.json.decode(row["workshop"], type=WorkshopFilm) if row["workshop"] else None,
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()

"""Many films written at once, as a file brings them: what the other verbs write one by one, in a statement each kind.

(1) One file at a time writes.  Two files may tell of the same film without a number in common, which no key of a table
    would notice: who comes second looks for films when the first has committed.
(2) Films, then names, then words are locked, each in one order for all, as the other verbs do; so that nobody locks
    crosswise.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from catalogue.domain.film import DESCRIBED, Film
from catalogue.store import changes
from catalogue.store.films import COLUMNS, OWN, Said, Taken, announcement
from common import outbox, rows
from common.contracts.catalogue import FilmState
from common.database import Transaction

_ONE_FILE = "files of films"

_LISTED = rows.listed(COLUMNS)
_GIVEN = ", ".join(f"given.{column}" for column in COLUMNS)

_CREATE = outbox.writing_all(
    f"""
    INSERT INTO film ({_LISTED}, classified, doc)
    SELECT {_GIVEN}, given.classified, given.unnest
      FROM ROWS FROM (json_populate_recordset(NULL::film, $1::json), unnest($docs)) AS given
    RETURNING id
    """
)

_SAVE = outbox.writing_all(
    f"""
    UPDATE film
       SET ({_LISTED}, classified, doc) = ROW ({_GIVEN}, given.classified, given.unnest)
      FROM ROWS FROM (json_populate_recordset(NULL::film, $1::json), unnest($docs)) AS given
     WHERE film.id = given.id
    RETURNING film.id
    """
)


_STATEMENTS = ((_CREATE, True), (_SAVE, False))
AT_ONCE = 50
"""Films made ready before looking whether the database has answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A film to be written, with the facts that made it what it is; `is_new` tells whether it has no row yet."""

    film: Film
    facts: Sequence[Said]
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What a statement is given: the films' rows as one JSON text, and what is announced of each."""

    statement: str
    rows: str
    said: Sequence[outbox.Announcement]


async def wait_for_other_files(tx: Transaction) -> None:
    """Let no other file be taken in until the transaction ends (1)."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", _ONE_FILE)


async def claim_all_names(tx: Transaction, films: Sequence[Film]) -> Sequence[Taken]:
    """Give films the names they carry and free those they no longer do; return those that other films have."""
    carried = sorted((scheme, value, film.id) for film in films for scheme, value in film.names())
    asked = [[one[n] for one in carried] for n in range(3)]
    await tx.execute(
        """
        WITH carried AS (
          SELECT scheme, value, film_id
            FROM unnest($1::text[], $2::text[], $3::uuid[]) AS carried (scheme, value, film_id)),
        freed AS (
          DELETE FROM film_name
           WHERE film_id = ANY ($4::uuid[])
             AND (scheme, value, film_id) NOT IN (SELECT scheme, value, film_id FROM carried))
        INSERT INTO film_name (scheme, value, film_id)
        SELECT scheme, value, film_id
          FROM carried
         ORDER BY scheme, value
            ON CONFLICT DO NOTHING
        """,
        *asked,
        [film.id for film in films],
    )
    found = await tx.fetch(
        """
        SELECT scheme, value, film_name.film_id
          FROM unnest($1::text[], $2::text[], $3::uuid[]) AS carried (scheme, value, film_id)
          JOIN film_name USING (scheme, value)
         WHERE film_name.film_id <> carried.film_id
        """,
        *asked,
    )
    return [Taken(row["scheme"], row["value"], row["film_id"]) for row in found]


async def prepared(written: Sequence[Written]) -> list[Batch]:
    """Make ready what will be written, new films and ones that are held, while the database does something else."""
    groups = ((statement, [one for one in written if one.is_new is is_new]) for statement, is_new in _STATEMENTS)
    return [await _batch(statement, some) for statement, some in groups if some]


async def write_films(tx: Transaction, batches: Sequence[Batch], written: Sequence[Written]) -> None:
    """Write films with what is announced of them."""
    for one in batches:
        await outbox.write_together(tx, one.statement, [one.rows], one.said)
    await changes.note(tx, [(one.film, one.facts) for one in written])


async def _batch(statement: str, some: Sequence[Written]) -> Batch:
    given, said = list[dict[str, object]](), list[outbox.Announcement]()
    for one in some:
        state = one.film.state(at=one.facts[-1].occurred_at)
        given.append(_row(one.film, state))
        said.append(announcement(one.film, state, one.facts))
        if len(said) % AT_ONCE == 0:
            await asyncio.sleep(0)
    return Batch(statement=statement, rows=msgspec.json.encode(given).decode(), said=said)


def _row(film: Film, state: FilmState) -> dict[str, object]:
    """Give the columns of a film's row by name; what is nested is JSON within JSON."""
    own = {column: getattr(film, column) for column in OWN}
    described = {column: getattr(film.description, column) for column in DESCRIBED}
    return {**own, **described, "classified": state.classification}

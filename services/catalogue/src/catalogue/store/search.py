"""Films as readers ask for them: by id, by filters, by words.  What is stored is passed through, never rebuilt."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from catalogue.domain.film import NoSuchFilm
from catalogue.domain.search import ALL_EXACT, ENOUGH, FULL, TITLE_BEGINS_SO, TITLE_IS_IT, Question, Rank, resembling
from catalogue.store.filters import FILTERED, NEXT, PLANNED_ANEW, Filters
from common.database import Transaction

RESEMBLING_MAX = 500
"""Known words compared with one that is asked for; and as many that begin with it, in the order of the alphabet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmDoc:
    """A film as it was published, and what its reader is told besides."""

    version: int
    doc: str
    is_workshop_film: bool
    merged_into: UUID | None


async def film_doc(tx: Transaction, film_id: UUID) -> FilmDoc:
    row = await tx.fetchrow(
        "SELECT version, doc, workshop IS NOT NULL AS is_workshop_film, merged_into FROM film WHERE id = $1", film_id
    )
    if row is None:
        raise NoSuchFilm
    return FilmDoc(**row)


_TITLE, _ID, _LIMIT = NEXT, NEXT + 1, NEXT + 2

_LIST = f"""
SELECT id, filed, doc
  FROM film
 WHERE {FILTERED}
   AND (${_TITLE}::text IS NULL OR (filed, id) > (${_TITLE}, ${_ID}::uuid))
 ORDER BY filed, id
 LIMIT ${_LIMIT}
"""


async def list_films(
    tx: Transaction, filters: Filters, *, after: tuple[str, UUID] | None, limit: int
) -> Sequence[tuple[Rank, str]]:
    """Read films in the order of their titles."""
    filed, last_id = after or (None, None)
    await tx.execute(PLANNED_ANEW)
    rows = await tx.fetch(_LIST, *filters.values(), filed, last_id, limit)
    return [((0, row["filed"], row["id"]), row["doc"]) for row in rows]


def _answering(first: int) -> str:
    """Find all films that answer a question, whatever the filters: of each word asked what comes nearest, by length.

    Its parameters, from this number on, are those of `_asked`.
    """
    return f"""
        found AS (
          SELECT film_id, asked, max(points) AS points
            FROM unnest(${first}::text[], ${first + 1}::integer[], ${first + 2}::integer[])
              AS meant (word, asked, points)
            JOIN film_word USING (word)
           GROUP BY film_id, asked),
        answering AS (
          SELECT film_id, sum(points) / ${first + 3}::integer AS share
            FROM found
           GROUP BY film_id
          HAVING sum(points) / ${first + 3} >= {ENOUGH})"""


_FILED, _AFTER = NEXT + 4, NEXT + 5

_SEARCH = f"""
WITH {_answering(NEXT)},
ranked AS (
  SELECT -share - CASE WHEN filed = ${_FILED} THEN {TITLE_IS_IT}
                       WHEN starts_with(filed, ${_FILED}) THEN {TITLE_BEGINS_SO}
                       WHEN share = {FULL} THEN {ALL_EXACT}
                       ELSE 0 END AS rank, filed, id
    FROM answering JOIN film ON id = film_id
   WHERE {FILTERED}),
page AS (
  SELECT rank, filed, id
    FROM ranked
   WHERE ${_AFTER}::bigint IS NULL OR (rank, filed, id) > (${_AFTER}, ${_AFTER + 1}::text, ${_AFTER + 2}::uuid)
   ORDER BY rank, filed, id
   LIMIT ${_AFTER + 3})
SELECT rank, page.filed, id, doc FROM page JOIN film USING (id) ORDER BY rank, page.filed, id
"""

_ANSWERS = f"WITH {_answering(1)} SELECT film_id FROM answering"


async def search_films(
    tx: Transaction, question: Question, filters: Filters, *, after: Rank | None, limit: int
) -> Sequence[tuple[Rank, str]]:
    """Read the films that answer a question, the best first."""
    if not question.words:
        return []
    await tx.execute(PLANNED_ANEW)
    rows = await tx.fetch(
        _SEARCH, *filters.values(), *await _asked(tx, question), question.filed, *(after or (None, None, None)), limit
    )
    return [((row["rank"], row["filed"], row["id"]), row["doc"]) for row in rows]


async def answers(tx: Transaction, question: Question) -> list[UUID]:
    """List all films that answer a question, whatever else is asked of them."""
    if not question.words:
        return []
    await tx.execute(PLANNED_ANEW)
    return [row["film_id"] for row in await tx.fetch(_ANSWERS, *await _asked(tx, question))]


async def _asked(tx: Transaction, question: Question) -> tuple[object, ...]:
    """Tell what `_answering` takes: the words that may be meant, by which of those asked, for how much of how much."""
    meant = resembling(question, {*question.words, *await _vocabulary(tx, question)})
    known = [(word, n, near * len(one)) for n, one in enumerate(question.words) for word, near in meant[one].items()]
    return (
        [word for word, _, _ in known],
        [n for _, n, _ in known],
        [points for _, _, points in known],
        question.letters,
    )


async def _vocabulary(tx: Transaction, question: Question) -> list[str]:
    """Find the known words that a word asked for begins or resembles; a short one has to be itself."""
    rows = await tx.fetch(
        """
        SELECT word
          FROM unnest($1::text[]) AS asked
         CROSS JOIN LATERAL (SELECT word
                               FROM vocabulary
                              WHERE word > asked AND word < asked || U&'\\+10FFFF'
                              ORDER BY word
                              LIMIT $2) AS begun
         WHERE length(asked) > 2
         UNION
        SELECT word
          FROM unnest($1::text[]) AS asked
         CROSS JOIN LATERAL (SELECT word
                               FROM vocabulary
                              WHERE word % asked
                              ORDER BY similarity(word, asked) DESC, word
                              LIMIT $2) AS resembling
         WHERE length(asked) > 3
        """,
        question.words,
        RESEMBLING_MAX,
    )
    return [row["word"] for row in rows]

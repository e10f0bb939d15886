"""Films as readers ask for them: by id, by filters, by words.  What is stored is passed through, never rebuilt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from catalogue.domain.film import NoSuchFilm
from catalogue.domain.search import Question, Rank, ranked, resembling
from catalogue.store.filters import FILTERED, Filters
from common.database import Transaction

CANDIDATES_MAX = 500
"""Films weighed for one question: those that share most words with it."""

VOCABULARY_MAX = 1_000
"""Words compared with those of one question."""

Meant: TypeAlias = Mapping[str, Mapping[str, int]]
"""For each word asked, the known words that may be meant, and how surely."""


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


async def list_films(
    tx: Transaction, filters: Filters, *, after: tuple[str, UUID] | None, limit: int
) -> Sequence[tuple[Rank, str]]:
    """Read films in the order of their titles."""
    filed, last_id = after or (None, None)
    await tx.execute("SET LOCAL plan_cache_mode = force_custom_plan")  # one plan for all filters would fit none
    rows = await tx.fetch(
        f"""
        SELECT id, filed, doc
          FROM film
         WHERE {FILTERED}
           AND ($22::text IS NULL OR (filed, id) > ($22, $23::uuid))
         ORDER BY filed, id
         LIMIT $24
        """,
        *filters.values(),
        filed,
        last_id,
        limit,
    )
    return [((0, row["filed"], row["id"]), row["doc"]) for row in rows]


async def search_films(
    tx: Transaction, question: Question, filters: Filters, *, after: Rank | None, limit: int
) -> Sequence[tuple[Rank, str]]:
    """Read the films that answer a question, the best first."""
    order, _ = await answers(tx, question, await meaning(tx, question), filters)
    page = [rank for rank in order if after is None or rank > after][:limit]
    docs = await _docs(tx, [rank[2] for rank in page])
    return [(rank, docs[rank[2]]) for rank in page]


async def meaning(tx: Transaction, question: Question) -> Meant:
    """Tell which words of the catalogue the words of a question may mean."""
    return resembling(question, {*question.words, *await _vocabulary(tx, question)})


async def answers(tx: Transaction, question: Question, meant: Meant, filters: Filters) -> tuple[list[Rank], bool]:
    """Rank the films that answer a question, and tell whether these are all of them."""
    await tx.execute("SET LOCAL plan_cache_mode = force_custom_plan")  # one plan for all filters would fit none
    candidates = await _candidates(tx, question, meant, filters)
    return ranked(question, meant, candidates), len(candidates) < CANDIDATES_MAX


async def _vocabulary(tx: Transaction, question: Question) -> list[str]:
    """Find the known words that a word asked for begins or resembles; a short one has to be itself."""
    rows = await tx.fetch(
        """
        SELECT word FROM vocabulary JOIN unnest($1::text[]) AS asked ON word LIKE asked || '%' WHERE length(asked) > 2
         UNION
        SELECT word FROM vocabulary JOIN unnest($1::text[]) AS asked ON word % asked WHERE length(asked) > 3
         LIMIT $2
        """,
        question.words,
        VOCABULARY_MAX,
    )
    return [row["word"] for row in rows]


async def _candidates(
    tx: Transaction, question: Question, meant: Meant, filters: Filters
) -> list[tuple[UUID, str, Sequence[str]]]:
    telling = sorted({word for asked in question.telling for word in meant[asked]})
    rows = await tx.fetch(
        f"""
        WITH said AS (
          SELECT film_id, count(*) AS words FROM film_word WHERE word = ANY ($22::text[]) GROUP BY film_id),
        candidate AS (
          SELECT id, filed, words
            FROM said JOIN film ON id = film_id
           WHERE {FILTERED}
           ORDER BY words DESC, filed, id
           LIMIT $23)
        SELECT id, filed, ARRAY (SELECT word FROM film_word WHERE film_id = id) AS found_by
          FROM candidate
        """,
        *filters.values(),
        telling,
        CANDIDATES_MAX,
    )
    return [(row["id"], row["filed"], row["found_by"]) for row in rows]


async def _docs(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, str]:
    rows = await tx.fetch("SELECT id, doc FROM film WHERE id = ANY ($1::uuid[])", ids)
    return {row["id"]: row["doc"] for row in rows}

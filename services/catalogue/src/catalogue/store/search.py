"""Films as readers ask for them: by id, by filters, by words.  What is stored is passed through, never rebuilt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from catalogue.domain.film import NoSuchFilm
from catalogue.domain.search import Question, Rank, ranked, resembling
from common.database import Transaction

CANDIDATES_MAX = 500
"""Films weighed for one question: those that share most words with it."""

VOCABULARY_MAX = 1_000
"""Words compared with those of one question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list of films may be narrowed by; None: any.

    Rights are asked for by day, territory and use together; `minutes_…` leave out films of unknown length.
    """

    kind: str | None = None
    genre: str | None = None
    version: str | None = None
    classification: str | None = None
    country: str | None = None
    year: int | None = None
    workshop_film: bool | None = None
    project_id: UUID | None = None
    scheme: str | None = None
    value: str | None = None
    minutes_min: int | None = None
    minutes_max: int | None = None
    rights_on: date | None = None
    rights_in: str | None = None
    rights_for: str | None = None

    def values(self) -> tuple[object, ...]:
        return (
            self.kind,
            self.genre,
            self.version,
            self.classification,
            self.country,
            self.year,
            self.workshop_film,
            self.project_id,
            self.scheme,
            self.value,
            self.minutes_min,
            self.minutes_max,
            self.rights_on,
            self.rights_in,
            self.rights_for,
        )


_FILTERED = """
        ($1::text IS NULL OR kind = $1)
    AND ($2::text IS NULL OR genre = $2)
    AND ($3::text IS NULL OR $3 = ANY (versions))
    AND ($4::text IS NULL OR coalesce(classified, classification) = $4)
    AND ($5::text IS NULL OR $5 = ANY (countries))
    AND ($6::integer IS NULL OR year = $6)
    AND ($7::boolean IS NULL OR (workshop IS NOT NULL) = $7)
    AND ($8::uuid IS NULL OR project_id = $8)
    AND merged_into IS NULL
    AND ($9::text IS NULL OR id = (SELECT film_id FROM film_name WHERE scheme = $9 AND value = $10::text))
    AND ($11::integer IS NULL OR duration_minutes >= $11)
    AND ($12::integer IS NULL OR duration_minutes <= $12)
    AND ($13::date IS NULL OR id IN (SELECT film_id
                                       FROM rights_offer
                                      WHERE status = 'offered' AND $13 BETWEEN starts_on AND ends_on
                                        AND $14::text = ANY (territories) AND $15::text = ANY (uses)))
"""


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
    rows = await tx.fetch(
        f"""
        SELECT id, filed, doc
          FROM film
         WHERE {_FILTERED}
           AND ($16::text IS NULL OR (filed, id) > ($16, $17::uuid))
         ORDER BY filed, id
         LIMIT $18
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
    meant = resembling(question, {*question.words, *await _vocabulary(tx, question)})
    order = ranked(question, meant, await _candidates(tx, question, meant, filters))
    page = [rank for rank in order if after is None or rank > after][:limit]
    docs = await _docs(tx, [rank[2] for rank in page])
    return [(rank, docs[rank[2]]) for rank in page]


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
    tx: Transaction, question: Question, meant: Mapping[str, Mapping[str, int]], filters: Filters
) -> list[tuple[UUID, str, Sequence[str]]]:
    telling = sorted({word for asked in question.telling for word in meant[asked]})
    rows = await tx.fetch(
        f"""
        WITH said AS (
          SELECT film_id, count(*) AS words FROM film_word WHERE word = ANY ($16::text[]) GROUP BY film_id),
        candidate AS (
          SELECT id, filed, words
            FROM said JOIN film ON id = film_id
           WHERE {_FILTERED}
           ORDER BY words DESC, filed, id
           LIMIT $17)
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

"""How many films each further choice would leave, counted in one reading of the films, of the lists and of the offers.

A film counts for a choice if it meets all that is asked except, perhaps, that choice: so it counts for all of them if
it meets all, for one if it meets all but that one, else for none.  Each choice is a bit of `counts_for`.

(1) What a value is counted to be is what the list shows that is narrowed by it: both put the same conditions.
(2) With words, the films are those that answer them, all of them: which they are no filter changes.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg

from catalogue.domain.facets import (
    CHOICES,
    LENGTHS,
    VALUES_MAX,
    YEARS_IN_A_DECADE,
    Choice,
    Counts,
    Facet,
    Value,
    length,
)
from catalogue.domain.search import Question
from catalogue.store import search
from catalogue.store.filters import ALWAYS, CONDITIONS, NEXT, PLANNED_ANEW, Filters
from common.database import Transaction

_KIND, _GENRE, _VERSION, _CLASSIFICATION, _COUNTRY, _THEME, _DURATION, _YEAR, _LIST, _RIGHTS, _TOTAL = (
    1 << n for n in range(len(Choice) + 1)
)
_BITS: Mapping[Choice, int] = {choice: 1 << n for n, choice in enumerate(Choice)}
_EVERYTHING = 2 * _TOTAL - 1

_FAILED = " | ".join(f"CASE WHEN {met} THEN 0 ELSE {_BITS[choice]} END" for choice, met in CONDITIONS.items())
_BUT_THE_LIST = " AND ".join(f"({met})" for choice, met in CONDITIONS.items() if choice is not Choice.LIST)
_BUT_THE_RIGHTS = " AND ".join(f"({met})" for choice, met in CONDITIONS.items() if choice is not Choice.RIGHTS)
_BEGINNINGS = ", ".join(str(first) for first, _ in LENGTHS)
_LISTS_MAX = VALUES_MAX + 1

_EVERY_FILM = "/* every film */"
_ANSWERS = f"JOIN unnest(${NEXT}::uuid[]) AS answer (id) ON answer.id = film.id"
"""What takes the place of these words, where some are counted."""

_DESCRIBED = f"""
WITH counted AS MATERIALIZED (
  SELECT counts_for, kind, genre, classification, duration, decade, versions, countries, themes, count(*) AS films,
         grouping(kind, versions, countries, themes) AS by
    FROM (SELECT CASE failed WHEN 0 THEN {_EVERYTHING} ELSE failed END AS counts_for,
                 kind, genre, classification, duration, decade, versions, countries, themes
            FROM (SELECT {_FAILED} AS failed, kind, genre, versions, countries, themes,
                         coalesce(classified, classification) AS classification,
                         width_bucket(duration_minutes, ARRAY[{_BEGINNINGS}]) AS duration,
                         year / {YEARS_IN_A_DECADE} * {YEARS_IN_A_DECADE} AS decade
                    FROM film {_EVERY_FILM}
                   WHERE {ALWAYS}
                  OFFSET 0                             -- or each condition would be looked at several times
                 ) AS film
           WHERE failed & (failed - 1) < 1             -- one has failed, or none
         ) AS film
   GROUP BY counts_for, GROUPING SETS ((kind, genre, classification, duration, decade),
                                       (versions), (countries), (themes))),
simple AS (
  SELECT counts_for, kind, genre, classification, duration, decade, films FROM counted WHERE by = b'0111'::integer)
SELECT NULL AS facet, NULL AS value, sum(films)::bigint AS films
  FROM simple
 WHERE counts_for & {_TOTAL} <> 0
 UNION ALL
SELECT 'kind', kind, sum(films)::bigint
  FROM simple
 WHERE counts_for & {_KIND} <> 0
 GROUP BY kind
 UNION ALL
SELECT 'genre', genre, sum(films)::bigint
  FROM simple
 WHERE counts_for & {_GENRE} <> 0
 GROUP BY genre
 UNION ALL
SELECT 'classification', classification, sum(films)::bigint
  FROM simple
 WHERE counts_for & {_CLASSIFICATION} <> 0
 GROUP BY classification
 UNION ALL
SELECT 'duration', duration::text, sum(films)::bigint
  FROM simple
 WHERE counts_for & {_DURATION} <> 0
 GROUP BY duration
 UNION ALL
SELECT 'decade', decade::text, sum(films)::bigint
  FROM simple
 WHERE counts_for & {_YEAR} <> 0
 GROUP BY decade
 UNION ALL
SELECT 'version', said, sum(films)::bigint
  FROM counted CROSS JOIN LATERAL (SELECT DISTINCT unnest(versions)) AS each (said)
 WHERE by = b'1011'::integer AND counts_for & {_VERSION} <> 0
 GROUP BY said
 UNION ALL
SELECT 'country', said, sum(films)::bigint
  FROM counted CROSS JOIN LATERAL (SELECT DISTINCT unnest(countries)) AS each (said)
 WHERE by = b'1101'::integer AND counts_for & {_COUNTRY} <> 0
 GROUP BY said
 UNION ALL
SELECT 'theme', said, sum(films)::bigint
  FROM counted CROSS JOIN LATERAL (SELECT DISTINCT unnest(themes)) AS each (said)
 WHERE by = b'1110'::integer AND counts_for & {_THEME} <> 0
 GROUP BY said
"""
"""What has one value of each is counted together, and then apart; `by` has a bit for each that is not grouped by."""

_LISTED = f"""
WITH asked AS (SELECT $17::uuid AS list_id, $18::text AS scheme, $19::integer AS year),
named AS (                                             -- a film that was merged stands as the film that it is
  SELECT list_id, film_id FROM film_list_entry
   UNION ALL
  SELECT DISTINCT list_id, merged.merged_into
    FROM film AS merged JOIN film_list_entry AS entry ON entry.film_id = merged.id
   WHERE merged.merged_into IS NOT NULL
     AND NOT EXISTS (SELECT FROM film_list_entry AS own
                      WHERE (own.list_id, own.film_id) = (entry.list_id, merged.merged_into))),
standing AS MATERIALIZED (
  SELECT film_id, list_id
    FROM named JOIN film ON film.id = film_id {_EVERY_FILM}
   WHERE {ALWAYS} AND {_BUT_THE_LIST})
(SELECT 'list' AS facet, list.id::text AS value, count(*) AS films, list.title
   FROM standing JOIN film_list AS list ON list.id = list_id
  GROUP BY list.id, list.title
  ORDER BY films DESC, value
  LIMIT {_LISTS_MAX})
 UNION ALL
SELECT 'list_scheme', scheme, count(*), NULL
  FROM (SELECT DISTINCT list.scheme, film_id
          FROM asked CROSS JOIN standing JOIN film_list AS list ON list.id = standing.list_id
         WHERE asked.year IS NULL OR list.year = asked.year) AS each
 GROUP BY scheme
 UNION ALL
SELECT 'list_year', year::text, count(*), NULL
  FROM (SELECT DISTINCT list.year, film_id
          FROM asked CROSS JOIN standing JOIN film_list AS list ON list.id = standing.list_id
         WHERE asked.scheme IS NULL OR list.scheme = asked.scheme) AS each
 GROUP BY year
"""

_OFFERED = f"""
WITH offer AS (
  SELECT film_id, territories, uses
    FROM rights_offer
   WHERE status = 'offered' AND $13::date BETWEEN starts_on AND ends_on),
offered AS MATERIALIZED (
  SELECT film_id, territories, uses
    FROM offer JOIN film ON film.id = film_id {_EVERY_FILM}
   WHERE {ALWAYS} AND {_BUT_THE_RIGHTS})
SELECT 'rights_in' AS facet, territory AS value, count(*) AS films
  FROM (SELECT DISTINCT unnest(territories), film_id FROM offered WHERE $15::text = ANY (uses)) AS each (territory)
 GROUP BY territory
 UNION ALL
SELECT 'rights_for', use, count(*)
  FROM (SELECT DISTINCT unnest(uses), film_id FROM offered WHERE $14::text = ANY (territories)) AS each (use)
 GROUP BY use
"""

_OF_ALL = (_DESCRIBED, _LISTED, _OFFERED)
_OF_ANSWERS = tuple(statement.replace(_EVERY_FILM, _ANSWERS) for statement in _OF_ALL)


async def count_films(tx: Transaction, filters: Filters) -> Counts:
    """Count all films by every facet."""
    return _counts(await _rows(tx, filters, None), filters)


async def count_answers(tx: Transaction, question: Question, filters: Filters) -> Counts:
    """Count the films that answer a question by every facet (2)."""
    return _counts(await _rows(tx, filters, await search.answers(tx, question)), filters)


async def _rows(tx: Transaction, filters: Filters, answers: Sequence[UUID] | None) -> list[asyncpg.Record]:
    """Count all films, or these."""
    await tx.execute(PLANNED_ANEW)
    await tx.execute("SET LOCAL work_mem = '32MB'")  # what is counted apart is kept in memory
    described, listed, offered = _OF_ALL if answers is None else _OF_ANSWERS
    given = filters.values() if answers is None else (*filters.values(), answers)
    rows = [*await tx.fetch(described, *given), *await tx.fetch(listed, *given)]
    return rows if filters.rights_on is None else [*rows, *await tx.fetch(offered, *given)]


def _counts(rows: Sequence[asyncpg.Record], filters: Filters) -> Counts:
    total = next(row["films"] or 0 for row in rows if row["facet"] is None)
    facets = {facet: list[Value]() for facet in Facet if filters.rights_on or CHOICES[facet] is not Choice.RIGHTS}
    for facet, row in ((Facet(row["facet"]), row) for row in rows if row["facet"] and row["value"]):
        value = length(int(row["value"])) if facet is Facet.DURATION else row["value"]
        facets[facet].append(Value(value=value, count=row["films"], title=row.get("title")))
    return Counts(total=total, facets=facets)

"""What films may be narrowed by, and what each choice asks of a film: the same for lists, for answers and for counts.

The values of `Filters` are the statements' first parameters, in the order of its fields: whoever changes one changes
the numbers here; those behind them begin with `NEXT`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from catalogue.domain.facets import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list of films may be narrowed by; None: any.

    Rights are asked for by day, territory and use together; a list by what is said of it, all of the same list;
    `minutes_…` and `year_…` leave out films of which that is unknown.
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
    theme: str | None = None
    list_id: UUID | None = None
    list_scheme: str | None = None
    list_year: int | None = None
    year_min: int | None = None
    year_max: int | None = None

    def values(self) -> tuple[object, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))


NEXT = len(fields(Filters)) + 1
"""The number of the first parameter behind them."""

PLANNED_ANEW = "SET LOCAL plan_cache_mode = force_custom_plan"
"""Where filters or words are asked for: one plan for all would fit none; what is not asked for is planned away."""

CONDITIONS: Mapping[Choice, str] = {
    Choice.KIND: "$1::text IS NULL OR kind = $1",
    Choice.GENRE: "$2::text IS NULL OR genre = $2",
    Choice.VERSION: "$3::text IS NULL OR $3 = ANY (versions)",
    Choice.CLASSIFICATION: "$4::text IS NULL OR coalesce(classified, classification) = $4",
    Choice.COUNTRY: "$5::text IS NULL OR $5 = ANY (countries)",
    Choice.THEME: "$16::text IS NULL OR $16 = ANY (themes)",
    Choice.DURATION: """
        ($11::integer IS NULL OR duration_minutes >= $11) AND ($12::integer IS NULL OR duration_minutes <= $12)
    """,
    Choice.YEAR: """
        ($6::integer IS NULL OR year = $6)
    AND ($20::integer IS NULL OR year >= $20) AND ($21::integer IS NULL OR year <= $21)
    """,
    Choice.LIST: """
        $17::uuid IS NULL AND $18::text IS NULL AND $19::integer IS NULL
     OR film.id IN (SELECT coalesce(listed.merged_into, listed.id)
                      FROM film_list AS list
                      JOIN film_list_entry AS entry ON entry.list_id = list.id
                      JOIN film AS listed ON listed.id = entry.film_id
                     WHERE ($17 IS NULL OR list.id = $17) AND ($18 IS NULL OR list.scheme = $18)
                       AND ($19 IS NULL OR list.year = $19))
    """,
    Choice.RIGHTS: """
        $13::date IS NULL
     OR film.id IN (SELECT film_id
                      FROM rights_offer
                     WHERE status = 'offered' AND $13 BETWEEN starts_on AND ends_on
                       AND $14::text = ANY (territories) AND $15::text = ANY (uses))
    """,
}

ALWAYS = """
        merged_into IS NULL
    AND ($7::boolean IS NULL OR (workshop IS NOT NULL) = $7)
    AND ($8::uuid IS NULL OR project_id = $8)
    AND ($9::text IS NULL OR film.id = (SELECT film_id FROM film_name WHERE scheme = $9 AND value = $10::text))
"""
"""What is asked of a film besides: no facet counts by it."""

FILTERED = " AND ".join((ALWAYS, *(f"({condition})" for condition in CONDITIONS.values())))

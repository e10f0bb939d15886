"""How long it takes to count, of a hundred thousand films, what each further choice would leave.

Asked as the API asks, in a transaction under row security, HTTP left out: with nothing chosen, with some choices, by
list, by rights, and with words; in a new order each time.
"""

import random
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import date

import asyncpg

from bench.figures import Measured, percentile
from bench.ground import Ground
from catalogue.domain.search import Question
from catalogue.store import facets
from catalogue.store.filters import Filters
from common import migrations
from common.database import Database, connect
from common.tokens import SYSTEM

ASKED, WARM_UP, SEED = 50, 5, 5
LISTS, FILMS_ON_A_LIST, OFFERS = 300, 60, 20_000

_LISTS = """
INSERT INTO film_list (id, version, status, scheme, level, year, coordination_id, title, films, doc)
SELECT gen_random_uuid(), 1, 'closed', (ARRAY['open_air', 'dclv', 'ecole_et_cinema'])[1 + n % 3], 'national',
       1995 + n % 30, NULL, 'Liste ' || n, '[]', '{}'
  FROM generate_series(1, $1::integer) AS n
"""

_ENTRIES = """
INSERT INTO film_list_entry (list_id, film_id, negotiated)
SELECT list.id, film.id, false
  FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM film_list) AS list
 CROSS JOIN generate_series(1, $1::integer) AS place
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n, count(*) OVER () AS films FROM film) AS film
    ON film.n = (list.n * 7919 + place * 331) % film.films
    ON CONFLICT DO NOTHING
"""

_OFFERS = """
INSERT INTO rights_offer (id, version, status, film_id, holder_id, uses, territories, versions, starts_on, ends_on, doc)
SELECT gen_random_uuid(), 1, 'offered', id, gen_random_uuid(), ARRAY['open_air', 'commercial'],
       ARRAY['metropolitan', '974'], ARRAY['vf'], '2025-01-01', '2025-12-31', '{}'
  FROM film
 ORDER BY id DESC
 LIMIT $1
"""

_RIGHTS = Filters(rights_on=date(2025, 7, 18), rights_in="974", rights_for="open_air")

QUESTIONS: Mapping[str, tuple[str | None, Filters]] = {
    "free": (None, Filters()),
    "narrowed": (None, Filters(genre="fiction", country="FR", minutes_min=61)),
    "by_list": (None, Filters(list_scheme="open_air", list_year=2010)),
    "by_rights": (None, _RIGHTS),
    "words": ("le petit voyage", Filters()),
    "words_narrowed": ("le petit voyage", Filters(genre="fiction", country="FR")),
}


async def counted(made: Ground) -> list[Measured]:
    """Put films on lists and offer them, then count."""
    sys.stderr.write("→ counting\n")
    await _filled(made)
    database = await connect(made.url("facets"), size_max=1)
    rng, took_ms = random.Random(SEED), {name: list[float]() for name in QUESTIONS}  # noqa: S311 - an order, not a secret
    for n in range(WARM_UP + ASKED):
        for name in rng.sample(list(QUESTIONS), len(QUESTIONS)):
            began = time.perf_counter()
            await _count(database, *QUESTIONS[name])
            if n >= WARM_UP:
                took_ms[name].append(1000 * (time.perf_counter() - began))
    await database.close()
    return list(_figures(took_ms))


async def _count(database: Database, words: str | None, filters: Filters) -> None:
    async with database.transaction(SYSTEM) as tx:
        if words is None:
            await facets.count_films(tx, filters)
        else:
            await facets.count_answers(tx, Question.read(words), filters)


async def _filled(made: Ground) -> None:
    owner = await asyncpg.connect(migrations.dsn(made.address, made.service, "owner"))
    await owner.execute("SELECT set_config('app.principal', $1, false)", SYSTEM.as_setting())
    await owner.execute(_LISTS, LISTS)
    await owner.execute(_ENTRIES, FILMS_ON_A_LIST)
    await owner.execute(_OFFERS, OFFERS)
    await owner.execute("VACUUM ANALYZE")
    await owner.close()


def _figures(took_ms: Mapping[str, list[float]]) -> Iterator[Measured]:
    for name, some in took_ms.items():
        for share in (50, 99):
            value = round(percentile(some, share / 100), 2)
            yield Measured(name=f"facets.{name}.p{share}_ms", value=value, unit="ms")

"""A hundred thousand films, taken in by the command as shipped, and then found: beside ILIKE, beside SQLite's FTS5.

All of them answer the same questions one after the other, in a new order each time.  Ours is asked as the API asks it,
in a transaction under row security; HTTP is left out on all sides.  What each of them finds is told beside its times.
"""

import asyncio
import json
import os
import random
import re
import resource
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from bench import facets, films, ground
from bench.asking import Asked, questions
from bench.figures import Measured, percentile, tell
from bench.ground import Ground
from catalogue.domain.search import Question
from catalogue.store import search
from catalogue.store.filters import Filters
from common.database import Database, connect
from common.tokens import SYSTEM

SERVICE = "catalogue"
FILMS, FILMS_ASKED, SEED = 100_000, 100, 5
SHOWN = 20
"""On a first page: a film further down is not found."""
WARM_UP = 70

Ask = Callable[[Asked], Awaitable[list[str]]]
"""Answers a question with visas."""

_ILIKE = """
SELECT doc
  FROM film
 WHERE (title ILIKE $1 OR array_to_string(directors, ' ') ILIKE $1) AND ($2::text IS NULL OR kind = $2)
 ORDER BY filed, id
 LIMIT $3
"""

_MATCH = "SELECT visa FROM film WHERE film MATCH ?1 AND (?2 IS NULL OR kind = ?2) ORDER BY rank LIMIT ?3"


@dataclass(slots=True)
class Told:
    """How long the answers took, and of each kind of question how many found the film."""

    took_ms: list[float] = field(default_factory=list)
    found: defaultdict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))


async def measure(environ: Mapping[str, str]) -> None:
    """Take films in, then ask for them."""
    rows = list(films.films(int(environ.get("BENCH_FILMS", FILMS)), seed=SEED))
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "films.csv"
        films.write(rows, file)
        async with ground.prepared(environ["DATABASE_URL"], Path(place), SERVICE) as made:
            tell(await _imported(made, file, len(rows)))
            tell(await _searched(made, rows, Path(place)))
            tell(await facets.counted(made))


# ------------------------------------------------------------------------------------------------------- the import


async def _imported(made: Ground, file: Path, count: int) -> list[Measured]:
    sys.stderr.write("→ taking the films in\n")
    copied_s, spent_s = await _copied(made, file), _spent_s()
    took_s = await _taken_in(made, file)
    rate, bare = round(count / took_s), "catalogue.copy.films_per_s"
    return [
        Measured(name="catalogue.import_100k.seconds", value=round(took_s, 1), unit="s"),
        Measured(name="catalogue.import_100k.own_cpu_seconds", value=round(_spent_s() - spent_s, 1), unit="s"),
        Measured(name=bare, value=round(count / copied_s), unit="films/s"),
        Measured(
            name="catalogue.import.films_per_s",
            value=rate,
            unit="films/s",
            reference=bare,
            ratio=round(copied_s / took_s, 4),
        ),
    ]


def _spent_s() -> float:
    """Say what ended children of this process have spent on a processor: neighbours cannot add to it."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


async def _copied(made: Ground, file: Path) -> float:
    """Copy the cells of the file into a table without index or rule: less than this nobody can do."""
    connection = await asyncpg.connect(made.address)
    await connection.execute(f"CREATE TABLE bare ({', '.join(f'{name} text' for name in films.HEADER)})")
    began = time.perf_counter()
    await connection.copy_to_table("bare", source=file, format="csv", header=True)
    took_s = time.perf_counter() - began
    await connection.close()
    return took_s


async def _taken_in(made: Ground, file: Path) -> float:
    """Run the command as it is shipped, from its start to its end."""
    command = ("-m", "catalogue.main", "films", "import", str(file), "--format", "ours")
    environ = {**os.environ, "DATABASE_URL": made.url("import")}
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(sys.executable, *command, env=environ, stdout=sys.stderr)
    if await process.wait():
        raise RuntimeError("the films were not taken in")
    return time.perf_counter() - began


# ------------------------------------------------------------------------------------------------------- the search


async def _searched(made: Ground, rows: Sequence[films.Row], place: Path) -> list[Measured]:
    sys.stderr.write("→ asking\n")
    owner = await asyncpg.connect(made.address)
    await owner.execute("VACUUM ANALYZE")
    await owner.close()
    database = await connect(made.url("search"), size_max=1)
    with (
        closing(_sqlite(rows, place, "unicode61 remove_diacritics 2")) as words,
        closing(_sqlite(rows, place, "trigram")) as trigrams,
    ):
        asks: Mapping[str, Ask] = {
            "ours": lambda asked: _ours(database, asked),
            "ilike": lambda asked: _ilike(database, asked),
            "fts5": lambda asked: _matched(words, asked),
            "fts5_trigram": lambda asked: _matched(trigrams, asked),
        }
        told = await _asked(asks, questions(rows, FILMS_ASKED, seed=SEED))
    await database.close()
    return list(_figures(told))


async def _asked(asks: Mapping[str, Ask], all_of_them: Sequence[Asked]) -> dict[str, Told]:
    rng, told = random.Random(SEED), {name: Told() for name in asks}  # noqa: S311 - an order, not a secret
    for n, asked in enumerate(rng.sample(all_of_them, len(all_of_them))):
        for name in rng.sample(list(asks), len(asks)):
            began = time.perf_counter()
            visas = await asks[name](asked)
            took_s = time.perf_counter() - began
            told[name].found[asked.how].append(asked.visa in visas)
            if n >= WARM_UP:
                told[name].took_ms.append(1000 * took_s)
    return told


def _figures(told: Mapping[str, Told]) -> Iterator[Measured]:
    for name, one in told.items():
        for share in (50, 99):
            own, ours = (percentile(some.took_ms, share / 100) for some in (one, told["ours"]))
            yield Measured(
                name=f"search.{name}.p{share}_ms",
                value=round(own, 2),
                unit="ms",
                reference=f"search.ours.p{share}_ms",
                ratio=round(own / ours, 3),
            )
        for how, found in one.found.items():
            yield Measured(name=f"search.{name}.{how}.found", value=round(100 * sum(found) / len(found), 1), unit="%")


async def _ours(database: Database, asked: Asked) -> list[str]:
    filters = Filters(kind=asked.kind)
    async with database.transaction(SYSTEM) as tx:
        found = await search.search_films(tx, Question.read(asked.text), filters, after=None, limit=SHOWN)
    return [visa for _, doc in found for visa in _visas(doc)]


async def _ilike(database: Database, asked: Asked) -> list[str]:
    async with database.transaction(SYSTEM) as tx:
        found = await tx.fetch(_ILIKE, f"%{asked.text}%", asked.kind, SHOWN)
    return [visa for row in found for visa in _visas(row["doc"])]


def _visas(doc: str) -> list[str]:
    return [visa["number"] for visa in json.loads(doc)["visas"]]


def _sqlite(rows: Sequence[films.Row], place: Path, tokenizer: str) -> sqlite3.Connection:
    """Index the same films in a file: titles and directors."""
    connection = sqlite3.connect(place / f"{tokenizer.partition(' ')[0]}.sqlite")
    connection.execute(
        "CREATE VIRTUAL TABLE film USING fts5"
        f" (title, original_title, directors, kind UNINDEXED, visa UNINDEXED, tokenize = '{tokenizer}')"
    )
    film = [dict(zip(films.HEADER, row, strict=True)) for row in rows]
    connection.executemany(
        "INSERT INTO film (title, original_title, directors, kind, visa) VALUES (?, ?, ?, ?, ?)",
        (
            (
                one["title"],
                one["original_title"],
                one["directors"],
                "feature" if int(one["duration_minutes"]) > 60 else "short",
                one["visas"].partition("@")[0],
            )
            for one in film
        ),
    )
    connection.commit()
    return connection


async def _matched(connection: sqlite3.Connection, asked: Asked) -> list[str]:
    """Ask for all the words, the last of which may be unfinished; a trigram index cannot look for two letters."""
    words = [word for word in _words(asked.text) if len(word) > 2] or _words(asked.text)
    question = " ".join(f'"{word}"' for word in words) + "*"
    return [visa for (visa,) in connection.execute(_MATCH, (question, asked.kind, SHOWN))]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)

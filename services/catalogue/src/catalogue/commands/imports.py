"""Rows of a file of films, taken in: each enters, changes or completes a film, or is told apart.

A transaction holds a few rows only, so that nobody waits long for a film or a word that an import holds.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from catalogue.domain.film import Film, IdentifierTaken
from catalogue.domain.imports import Entry, Outcome, Result, called, decide
from catalogue.domain.lines import Sheet
from catalogue.store import films as store
from common.database import Transaction
from common.errors import Invalid


class Known:
    """The films that the lines of one file may be about, by what they are called; `met` were in an earlier line."""

    def __init__(self) -> None:
        self.met: set[UUID] = set()
        self._films: dict[UUID, Film] = {}
        self._called: defaultdict[tuple[str, str], set[UUID]] = defaultdict(set)

    def learn(self, films: Iterable[Film]) -> None:
        """Take over films as they are stored; those met keep what their line made of them."""
        for film in films:
            if film.id not in self.met:
                self._films[film.id] = film
                for call in called(film):
                    self._called[call].add(film.id)

    def like(self, film: Film) -> list[Film]:
        """List the films that have a name or a title in common with this one."""
        ids = {film_id for call in called(film) for film_id in self._called.get(call, ())}
        return [self._films[film_id] for film_id in sorted(ids)]

    def meet(self, film: Film) -> None:
        self.learn([film])
        self.met.add(film.id)


async def take_rows(
    tx: Transaction,
    sheet: Sheet,
    rows: Sequence[tuple[int, Sequence[str]]],
    known: Known,
    *,
    dry_run: bool,
    new_id: Callable[[], UUID],
    at: datetime,
) -> list[Outcome]:
    """Do what the rows ask, each of them by its number; with `dry_run`, only say what would be done."""
    read = [_read(sheet, number, cells, new_id(), at) for number, cells in rows]
    calls = {call for entry in read if isinstance(entry, Entry) for call in called(entry.film)}
    known.learn(await store.lock_films_called(tx, sorted(calls)))
    outcomes = [entry if isinstance(entry, Outcome) else _decide(entry, known, at) for entry in read]
    if not dry_run:
        await _write(tx, [outcome for outcome in outcomes if outcome.facts])
    return outcomes


def _read(sheet: Sheet, number: int, cells: Sequence[str], new_id: UUID, at: datetime) -> Entry | Outcome:
    """Read a row into the film it would enter; a row that cannot be understood is refused and the next one read."""
    try:
        return Entry.make(sheet.read(number, cells), new_id, at=at)
    except Invalid as error:
        return _refused(number, ", ".join(cells)[:80], error)


def _decide(entry: Entry, known: Known, at: datetime) -> Outcome:
    """Decide on a row; what it says may hold by itself, and not together with what is known."""
    try:
        outcome = decide(entry, known.like(entry.film), known.met, at=at)
    except Invalid as error:
        return _refused(entry.line.number, entry.film.description.title, error)
    if outcome.film is not None:
        known.meet(outcome.film)
    return outcome


def _refused(number: int, title: str, error: Invalid) -> Outcome:
    said = "; ".join(f"{one.pointer}: {one.message}" for one in error.errors)
    return Outcome(number=number, result=Result.REFUSED, title=title, reason=said or str(error))


async def _write(tx: Transaction, outcomes: Sequence[Outcome]) -> None:
    """Write the films as the other verbs do: names, then words, then rows, so that nobody locks crosswise."""
    films = [outcome.film for outcome in outcomes if outcome.film is not None]
    for film in films:
        if taken := await store.claim_names(tx, film):
            raise IdentifierTaken(f"{taken[0].scheme} {taken[0].value} was given to another film a moment ago.")
    await store.keep_words(tx, films)
    for outcome, film in zip(outcomes, films, strict=True):
        if outcome.result is Result.REGISTERED:
            await store.create_film(tx, film, outcome.facts[0], None)
        else:
            await store.save_film(tx, film, outcome.facts, None)

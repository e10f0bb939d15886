"""Rows of a file of films, taken in: each enters, changes or completes a film, or is told apart.

A transaction holds some rows only, so that nobody waits long for a film or a word that an import holds.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from catalogue.domain.cells import beginning
from catalogue.domain.film import Film, FilmIsMerged, IdentifierTaken
from catalogue.domain.identifiers import CALLED
from catalogue.domain.imports import Entry, Outcome, Result, called, decide
from catalogue.domain.lines import Sheet
from catalogue.domain.provenance import Source
from catalogue.store import bulk, conflicts
from catalogue.store import films as store
from common.database import Transaction
from common.errors import Invalid

Read: TypeAlias = Entry | Outcome
"""A row that was understood, or why it was not."""


class Known:
    """The films that lines of a file may be about, by what they are called; some were met in a line before.

    Rows of one transaction are decided on what `earlier` ones made, which learns of them when they are committed.
    """

    def __init__(self, earlier: "Known | None" = None) -> None:
        self.earlier = earlier
        self.met: set[UUID] = set()
        self.films: dict[UUID, Film] = {}
        self.called: defaultdict[tuple[str, str], set[UUID]] = defaultdict(set)

    def learn(self, films: Iterable[Film]) -> None:
        """Take over films as they are stored; those that a line has made something of stay so."""
        for film in films:
            if self.film(film.id) is None:
                self.enter(film)

    def like(self, film: Film) -> list[Film]:
        """List the films that have a name or a title in common with this one."""
        ids = {film_id for call in called(film) for film_id in self.carrying(call)}
        return [found for film_id in sorted(ids) if (found := self.film(film_id))]

    def has_met(self, film_id: UUID) -> bool:
        return film_id in self.met or (self.earlier is not None and self.earlier.has_met(film_id))

    def meet(self, film: Film) -> None:
        self.enter(film)
        self.met.add(film.id)

    def absorb(self, later: "Known", *, with_films: bool) -> None:
        """Remember what later rows were about; what they made of it only if it cannot be looked up."""
        self.met |= later.met
        for film_id in later.met if with_films else ():
            self.enter(later.films[film_id])

    def enter(self, film: Film) -> None:
        self.films[film.id] = film
        for call in called(film):
            self.called[call].add(film.id)

    def film(self, film_id: UUID) -> Film | None:
        found = self.films.get(film_id)
        return self.earlier.film(film_id) if found is None and self.earlier is not None else found

    def carrying(self, call: tuple[str, str]) -> set[UUID]:
        here = self.called.get(call, set())
        return here if self.earlier is None else here | self.earlier.carrying(call)


def read_row(sheet: Sheet, row: tuple[int, Sequence[str]], *, source: Source, new_id: UUID, at: datetime) -> Read:
    """Understand a row, by its number, before anything is looked up; one that cannot be understood is refused."""
    number, cells = row
    try:
        return Entry.make(sheet.read(number, cells), new_id, source=source, at=at)
    except Invalid as error:
        return _refused(number, beginning(cells), error)


async def take_rows(
    tx: Transaction,
    read: Sequence[Read],
    known: Known,
    *,
    source: Source,
    dry_run: bool,
    new_id: Callable[[], UUID],
    at: datetime,
) -> list[Outcome]:
    """Do what the rows ask; with `dry_run`, only say what would be done."""
    await bulk.wait_for_other_files(tx)
    calls = {call for entry in read if isinstance(entry, Entry) for call in called(entry.film)}
    found = await store.lock_films_called(tx, sorted(calls))
    if any(film.merged_into for film in found):
        raise FilmIsMerged("A film was merged a moment ago.", precision="Un film vient d’être fusionné.")
    known.learn(found)
    outcomes = [entry if isinstance(entry, Outcome) else _decide(entry, known, at) for entry in read]
    if not dry_run:
        await _write(tx, [outcome for outcome in outcomes if outcome.facts])
        differing = [(outcome.film.id, outcome.differs) for outcome in outcomes if outcome.film and outcome.differs]
        await conflicts.raise_all(tx, differing, source, new_id=new_id, at=at)
    return outcomes


def _decide(entry: Entry, known: Known, at: datetime) -> Outcome:
    """Decide on a row; what it says may hold by itself, and not together with what is known."""
    like = known.like(entry.film)
    try:
        outcome = decide(entry, like, {film.id for film in like if known.has_met(film.id)}, at=at)
    except Invalid as error:
        return _refused(entry.line.number, entry.film.description.title, error)
    if outcome.film is not None:
        known.meet(outcome.film)
    return outcome


def _refused(number: int, title: str, error: Invalid) -> Outcome:
    said = "; ".join(f"{one.pointer}: {one.message}" for one in error.errors)
    return Outcome(number=number, result=Result.REFUSED, title=title, reason=said or str(error))


async def _write(tx: Transaction, outcomes: Sequence[Outcome]) -> None:
    """Write the films as the other verbs do: names, then words, then rows, which are made ready meanwhile."""
    written = [
        bulk.Written(film=outcome.film, facts=outcome.facts, is_new=outcome.result is Result.REGISTERED)
        for outcome in outcomes
        if outcome.film is not None
    ]
    films = [one.film for one in written]
    if taken := await bulk.claim_all_names(tx, films):
        name = f"{CALLED.get(taken[0].scheme, taken[0].scheme)} {taken[0].value}"
        said = f"{name} was given to another film a moment ago.", f"{name} vient d’être donné à un autre film."
        raise IdentifierTaken(said[0], precision=said[1])
    _, batches = await asyncio.gather(store.keep_words(tx, films), bulk.prepared(written))
    await bulk.write_films(tx, batches, written)

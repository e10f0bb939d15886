"""What becomes of a line of a file of films: the film it enters, changes, completes, or why none of these.

Nothing is decided by luck.  A line names the film that carries one of its visas or identifiers; without one, the film
of the same title, director and year; of a line that knows no more than a title and the day of its release, the film
of that title and time.  What names another work, or a namesake from another country, is a conflict left to people.
The same file twice makes no difference the second time.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from catalogue.domain import identifiers, namesakes, visas
from catalogue.domain.film import Description, Film
from catalogue.domain.lines import Line, Remark
from catalogue.domain.provenance import Difference, Source
from common.contracts.catalogue import FilmChanged, FilmRegistered, FilmVisaChanged, Visa

FilmFact: TypeAlias = FilmRegistered | FilmChanged | FilmVisaChanged


class Result(StrEnum):
    REGISTERED = "registered"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REPEATED = "repeated"
    CONFLICT = "conflict"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line, and the film that it would enter if the catalogue did not have it yet."""

    line: Line
    film: Film
    fact: FilmRegistered
    source: Source

    @classmethod
    def make(cls, line: Line, new_id: UUID, *, source: Source, at: datetime) -> "Entry":
        film, fact = Film.register(new_id, line.film, at=at)
        return cls(line=line, film=film.told(None, source, at=at), fact=fact, source=source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one line; with facts, there is a film to write; `differs` is what it says and is not taken."""

    number: int
    result: Result
    title: str
    film: Film | None = None
    facts: tuple[FilmFact, ...] = ()
    remarks: tuple[tuple[Remark, str], ...] = ()
    reason: str = ""
    differs: tuple[Difference, ...] = ()


def decide(entry: Entry, candidates: Sequence[Film], met: Collection[UUID], *, at: datetime) -> Outcome:
    """Find the film that a line is about and do what the line asks.

    `candidates` have a name or a title in common with it; `met` are the films of earlier lines of the same file.
    """
    decides = entry.line.decides
    named = [film for film in candidates if not set(film.names()).isdisjoint(entry.film.names())]
    if len(named) > 1 or (named and not namesakes.is_same_work(named[0], entry.film)):
        return _conflict(entry, named)
    twins = [] if named else [film for film in candidates if namesakes.is_twin(film, entry.film, decides=decides)]
    if len(twins) > 1:
        return _conflict(entry, twins)
    if twins and not decides and namesakes.is_from_elsewhere(twins[0], entry.film):
        return _elsewhere(entry, twins[0])
    known = next(iter(named or twins), None)
    if known is None:
        return _outcome(entry, Result.REGISTERED, film=entry.film, facts=(entry.fact,))
    if known.id in met:
        reason = f"an earlier line was about {known.description.title!r}"
        return _outcome(entry, Result.REPEATED, film=known, reason=reason, differs=tuple(_kept(entry, known)))
    return _completed(entry, known, at=at)


def called(film: Film) -> set[tuple[str, str]]:
    """List all that a film may be asked for by: what names it alone, and its titles as they are filed."""
    return {*film.names(), *(("title", filed) for filed in film.filed_titles())}


def _completed(entry: Entry, known: Film, *, at: datetime) -> Outcome:
    film, facts = known, list[FilmFact]()
    changes = dict(_changes(entry, known))
    if known.description.differences(replace(known.description, **changes).checked()):
        film, changed = film.change(changes, at=at)
        facts.append(changed)
    for visa in _visas(entry, known):
        film, visa_changed = film.record_visa(visa, at=at)
        facts.append(visa_changed)
    result = Result.CHANGED if facts else Result.UNCHANGED
    told = film.told(known, entry.source, at=at)
    return _outcome(entry, result, film=told, facts=tuple(facts), differs=tuple(_kept(entry, known)))


def _changes(entry: Entry, known: Film) -> Iterator[tuple[str, Any]]:
    """List what a line says that is news; an empty cell says nothing."""
    for field in fields(Description):
        here, there = getattr(known.description, field.name), getattr(entry.film.description, field.name)
        if field.name == "identifiers":
            there = identifiers.renewed(here, there)
        if there and there != here and (entry.line.decides or not here):
            yield field.name, there


def _kept(entry: Entry, known: Film) -> Iterator[Difference]:
    """Tell where a line that only completes says otherwise than the catalogue."""
    if entry.line.decides:
        return
    ours, theirs = known.description, entry.film.description
    if not known.filed_titles() & entry.film.filed_titles():
        yield Difference(field="title", kept=ours.title, said=theirs.title)
    for name in ("directors", "year", "released_on", "countries", "genre"):
        here, there = getattr(ours, name), getattr(theirs, name)
        if here and there and here != there:
            yield Difference(field=name, kept=here, said=there)
    carried = {visa.number: visa for visa in known.visas}
    for visa in entry.film.visas:
        here = carried.get(visa.number, visa)
        if visas.completed(here, visa, decides=True) != visas.completed(here, visa, decides=False):
            yield Difference(field=f"visas/{visa.number}", kept=here, said=visa)


def _visas(entry: Entry, known: Film) -> Iterator[Visa]:
    """List the visas of a line that are news, each with what is known of it already."""
    carried = {visa.number: visa for visa in known.visas}
    for visa in entry.film.visas:
        before = carried.get(visa.number)
        after = visa if before is None else visas.completed(before, visa, decides=entry.line.decides)
        if after != before:
            yield after


def _conflict(entry: Entry, films: Sequence[Film]) -> Outcome:
    said = "; ".join(f"{film.description.title} ({', '.join(film.description.directors)})" for film in films)
    names = ", ".join(" ".join(name) for name in entry.film.names()) or "the title"
    return _outcome(entry, Result.CONFLICT, reason=f"{names} already names {said}")


def _elsewhere(entry: Entry, film: Film) -> Outcome:
    one, other = film.description, entry.film.description
    reason = f"the title already names {one.title}, from {_said(one.countries)} and not from {_said(other.countries)}"
    return _outcome(entry, Result.CONFLICT, reason=reason)


def _outcome(
    entry: Entry,
    result: Result,
    *,
    film: Film | None = None,
    facts: tuple[FilmFact, ...] = (),
    reason: str = "",
    differs: tuple[Difference, ...] = (),
) -> Outcome:
    remarks = (f"{one.field}: {_said(one.kept)} is kept, not {_said(one.said)}" for one in differs)
    return Outcome(
        number=entry.line.number,
        result=result,
        title=entry.film.description.title,
        film=film,
        facts=facts,
        remarks=(*entry.line.remarks, *((Remark.DIFFERS, text) for text in remarks)),
        reason=reason,
        differs=differs,
    )


def _said(value: object) -> str:
    if isinstance(value, Visa):
        issued, ended = value.issued_on or value.year, value.ends_on
        said = (issued, ended, value.kind, *value.versions, value.classification, value.warning)
        return " ".join(str(one) for one in said if one)
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)

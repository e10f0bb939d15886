"""What becomes of a row of a rights sheet: the offer it makes or changes, or why neither.

Nothing is decided by luck.  A row is about the film that carries its numbers, else the one of its title and year; if a
title contradicts a number, people decide.  A row and an offer are the same if film, holder, uses, territories, versions
and window are; then the row changes what it says of price, tax, audience and cancellation, and an empty cell says
nothing.  The same sheet twice makes no difference the second time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from catalogue.domain import titles
from catalogue.domain.imports import Result
from catalogue.domain.lines import Remark
from catalogue.domain.rights import NewRightsOffer, RightsOffer, Terms
from catalogue.domain.sheets import FilmAsked, SheetLine
from common.contracts.catalogue import RightsOfferChanged, RightsOfferOffered

OfferFact: TypeAlias = RightsOfferOffered | RightsOfferChanged
Covered: TypeAlias = tuple[object, ...]
Met: TypeAlias = dict[tuple[UUID, Covered], SheetLine]
"""Which row of a sheet was the first to speak of a film and of what is covered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFilm:
    """A film as a sheet may call it: its title, and all that it may be asked for by."""

    id: UUID
    title: str
    year: int | None
    calls: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowOutcome:
    """What became of one row; with a fact, there is an offer to write."""

    number: int
    result: Result
    title: str
    reason: str = ""
    remarks: tuple[tuple[Remark, str], ...] = ()
    offer: RightsOffer | None = None
    fact: OfferFact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """Whose sheet it is, what the catalogue knows that its rows may be about, and when that is."""

    holder_id: UUID
    films: Sequence[NamedFilm]
    offers: Sequence[RightsOffer]
    at: datetime


def covered(terms: Terms) -> Covered:
    """Give what two offers of one film and one holder have in common if they are the same, in whatever order."""
    choices = (frozenset(terms.uses), frozenset(terms.territories), frozenset(terms.versions))
    return (*choices, terms.starts_on, terms.ends_on)


def decide(line: SheetLine, offering: Offering, met: Met, new_id: UUID) -> RowOutcome:
    """Find the film and the offer that a row is about, and do what the row asks."""
    films = _about(line.film, offering.films)
    if not films:
        return _outcome(line, Result.REFUSED, reason="the catalogue has no such film")
    if len(films) > 1 or not _fits(line.film, films[0]):
        known = "; ".join(f"{film.title} ({film.year})" for film in films)
        return _outcome(line, Result.CONFLICT, reason=f"it names {known}")
    film = films[0]
    earlier = met.setdefault((film.id, covered(line.terms)), line)
    if earlier is not line:
        return _said_before(line, earlier)
    same = [one for one in offering.offers if one.film_id == film.id and covered(one.terms) == covered(line.terms)]
    if len(same) > 1:
        return _outcome(line, Result.CONFLICT, reason=f"{len(same)} offers cover the same")
    return _changed(line, same[0], at=offering.at) if same else _offered(line, film, offering, new_id)


def _about(asked: FilmAsked, films: Sequence[NamedFilm]) -> list[NamedFilm]:
    if asked.names:
        return [film for film in films if not film.calls.isdisjoint(asked.names)]
    return [film for film in films if not film.calls.isdisjoint(asked.calls) and film.year == asked.year]


def _fits(asked: FilmAsked, film: NamedFilm) -> bool:
    """Tell whether the title, where a row says one beside a number, is the film's."""
    return not asked.names or asked.title is None or ("title", titles.filed(asked.title)) in film.calls


def _said_before(line: SheetLine, earlier: SheetLine) -> RowOutcome:
    if _besides(earlier) == _besides(line):
        return _outcome(line, Result.REPEATED, reason=f"line {earlier.number} says the same")
    return _outcome(line, Result.CONFLICT, reason=f"line {earlier.number} offers the same on other terms")


def _offered(line: SheetLine, film: NamedFilm, offering: Offering, new_id: UUID) -> RowOutcome:
    new = NewRightsOffer(film_id=film.id, holder_id=offering.holder_id, terms=line.terms)
    offer, fact = RightsOffer.offer(new_id, new, at=offering.at)
    return _outcome(line, Result.REGISTERED, offer=offer, fact=fact)


def _changed(line: SheetLine, known: RightsOffer, *, at: datetime) -> RowOutcome:
    news = {name: said for name, said in _besides(line, known.terms).items() if said != getattr(known.terms, name)}
    if not news:
        return _outcome(line, Result.UNCHANGED)
    offer, fact = known.change(news, at=at)
    return _outcome(line, Result.CHANGED, offer=offer, fact=fact)


def _besides(line: SheetLine, known: Terms | None = None) -> Mapping[str, object]:
    """List what a line says besides what it offers; an empty cell on cancellation leaves the words that are known."""
    said = {name: getattr(line.terms, name) for name in sorted(line.named)}
    cancellation, before = line.terms.cancellation, known and known.cancellation
    if cancellation and before and cancellation.terms is None and "cancellation" in said:
        said["cancellation"] = replace(cancellation, terms=before.terms)
    return said


def _outcome(
    line: SheetLine,
    result: Result,
    *,
    reason: str = "",
    offer: RightsOffer | None = None,
    fact: OfferFact | None = None,
) -> RowOutcome:
    return RowOutcome(number=line.number, result=result, title=str(line.film), reason=reason, offer=offer, fact=fact)

"""Exhibition visas: under which numbers a film may be shown, from when to when, in which versions, and to whom.

A film has several: a dubbed version or a new release may carry its own; a temporary or exceptional visa ends.  What is
published of the film is the strictest of what its own description and its visas in force say: nobody is admitted by
the milder of two answers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any

from catalogue.domain import identifiers, titles
from common.contracts.catalogue import Classification, Visa, VisaKind
from common.errors import FieldError, Invalid, NotFound

FIRST_YEAR, LAST_YEAR = 1916, 2100
"""The first French visas of exhibition were issued in 1916."""

STRICTER = tuple(Classification)
"""In this order: each class admits fewer than the one before."""

ADMITTED: Mapping[Classification | None, str] = {
    Classification.ALL: "tous publics",
    Classification.U12: "interdit aux moins de 12 ans",
    Classification.U16: "interdit aux moins de 16 ans",
    Classification.U18: "interdit aux moins de 18 ans",
    Classification.U18_X: "interdit aux moins de 18 ans, inscrit sur la liste des films pornographiques",
}
"""What a class is called in French."""

BETWEEN_WARNINGS = " ; "


class NoSuchVisa(NotFound):
    """A visa that the film does not carry cannot be taken from it."""

    title = "The film carries no such visa."
    titre = "Le film ne porte pas ce visa."


class InvalidVisaNumber(Invalid):
    """Leading zeros are welcome and left out; anything else is no visa."""

    title = "A visa number has one to six digits."
    titre = "Un numéro de visa compte de un à six chiffres."


class InvalidVisa(Invalid):
    """The days of a visa contradict each other or its kind; each mistake is named."""

    title = "What is said of the visa does not hold."
    titre = "Ce qui est dit du visa n’est pas recevable."


def written(visa: Visa, pointer: str = "") -> Visa:
    """Write a visa its one way, or refuse with every mistake named at once."""
    number = identifiers.visa_number(visa.number)
    if number is None:
        raise InvalidVisaNumber(pointer=f"{pointer}/number")
    if mistakes := tuple(_mistakes(visa, pointer)):
        raise InvalidVisa(errors=mistakes)
    versions = tuple(dict.fromkeys(visa.versions))
    year = visa.year if visa.issued_on is None else None
    return replace(visa, number=number, year=year, versions=versions, warning=titles.line(visa.warning))


def checked(visas: Sequence[Visa]) -> tuple[Visa, ...]:
    """Write visas their one way; of a number given twice, what one says completes what the other said before."""
    kept: dict[str, Visa] = {}
    for n, visa in enumerate(visas):
        one = written(visa, f"/visas/{n}")
        known = kept.get(one.number)
        kept[one.number] = one if known is None else written(completed(known, one, decides=True), f"/visas/{n}")
    return tuple(kept.values())


def said(visas: Sequence[Visa], number: str, news: Mapping[str, Any]) -> Visa:
    """Give the visa of this number as it is with the news of it; what the news does not name stays, if it is known."""
    asked = identifiers.visa_number(number)
    known = next((visa for visa in visas if visa.number == asked), Visa(number=number))
    replaced: dict[str, Any] = {"year": None} if news.get("issued_on") else {}
    return replace(known, **replaced | dict(news))


def completed(known: Visa, other: Visa, *, decides: bool) -> Visa:
    """Take over what another source says of the same visa: all of it if that decides, else only what is not known.

    A day says its year as well; only another year, by a source that decides, makes the day unknown.
    """
    unsaid = Visa(number=known.number)
    names = [field.name for field in fields(Visa) if field.name != "number"]
    news = {
        name: getattr(other, name)
        for name in names
        if getattr(other, name) != getattr(unsaid, name) and (decides or getattr(known, name) == getattr(unsaid, name))
    }
    both = replace(known, **news)
    if both.issued_on is None or both.year is None:
        return both
    is_overruled = decides and other.issued_on is None and both.year != both.issued_on.year
    return replace(both, issued_on=None) if is_overruled else replace(both, year=None)


def taken(current: Visa, kept: Visa, said: Visa) -> Visa:
    """Let what a source said otherwise than what was kept decide, on the visa as it is by now.

    The rest of what the source says only completes: what somebody has recorded since then stays.
    """
    overruled, completing = (completed(kept, said, decides=decides) for decides in (True, False))
    names = [field.name for field in fields(Visa) if getattr(overruled, field.name) != getattr(completing, field.name)]
    disputed = replace(Visa(number=said.number), **{name: getattr(said, name) for name in names})
    return completed(completed(current, disputed, decides=True), said, decides=False)


def strictest(own: Classification | None, visas: Sequence[Visa], *, on: date) -> Classification | None:
    """Tell the class by which people are admitted: the strictest known of the film's own and its visas'; None: unknown.

    It is that of all versions: which one is shown where is decided elsewhere, and later.
    """
    known = [one for one in (own, *(visa.classification for visa in _in_force(visas, on))) if one is not None]
    return max(known, key=STRICTER.index, default=None)


def warned(own: str | None, visas: Sequence[Visa], *, on: date) -> str | None:
    """Tell every warning that goes with the film or one of its visas in force, each once."""
    return together(own, *(visa.warning for visa in _in_force(visas, on)))


def together(*warnings: str | None) -> str | None:
    """Write several warnings as one text, each once: those that were written so before are taken apart again."""
    known = dict.fromkeys(one for text in warnings if text for one in text.split(BETWEEN_WARNINGS))
    return BETWEEN_WARNINGS.join(known) or None


def _in_force(visas: Sequence[Visa], on: date) -> Iterator[Visa]:
    """Leave out the visas that have ended; one whose end nobody knows has not."""
    return (visa for visa in visas if visa.ends_on is None or visa.ends_on >= on)


def _mistakes(visa: Visa, pointer: str) -> Iterator[FieldError]:
    if visa.year is not None and not FIRST_YEAR <= visa.year <= LAST_YEAR:
        message, libelle = "No visa was issued in that year.", "Aucun visa n’a été délivré cette année-là."
        yield FieldError(f"{pointer}/year", "no-year-of-visas", message, libelle=libelle)
    if visa.year is not None and visa.issued_on is not None and visa.issued_on.year != visa.year:
        message, libelle = "The day is not of that year.", "Le jour n’est pas de cette année."
        yield FieldError(f"{pointer}/year", "another-year", message, libelle=libelle)
    if visa.ends_on is None:
        return
    if visa.kind is VisaKind.ORDINARY:
        message, libelle = "An ordinary visa has no end.", "Un visa ordinaire n’a pas de fin."
        yield FieldError(f"{pointer}/ends_on", "no-end", message, libelle=libelle)
    if visa.issued_on is not None and visa.ends_on < visa.issued_on:
        message, libelle = "A visa ends on or after the day it was issued.", "Un visa ne finit pas avant sa délivrance."
        yield FieldError(f"{pointer}/ends_on", "ends-before-it-starts", message, libelle=libelle)

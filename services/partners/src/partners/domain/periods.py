"""Values that follow one another in time: a name until the day before the next.  A `valid_until` is the last day."""

from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from common.contracts.partners import Coverage, Dated, DatedCinema, DatedIdentifier
from common.errors import Conflict, Invalid

DAY = timedelta(days=1)

Period = TypeVar("Period", bound=Coverage | Dated | DatedCinema | DatedIdentifier)


class DatesGoBackwards(Conflict):
    """Names, roles, numbers and coverages follow one another; what was said of earlier days is kept."""

    title = "What was true before stays: a change takes effect on the day of the latest one, or after."
    titre = "Ce qui était vrai le reste : un changement prend effet le jour du dernier, ou après."


class NothingToChange(Conflict):
    """A change that changes nothing would announce something that did not happen."""

    title = "This is already so: nothing would change."
    titre = "C’est déjà le cas : rien ne changerait."


class EndsBeforeItBegins(Invalid):
    """Both days are included, so they may be the same."""

    title = "A period ends on the day it begins, or later."
    titre = "Une période finit le jour où elle commence, ou plus tard."


def followed(periods: tuple[Period, ...], following: Period) -> tuple[Period, ...]:
    """Let a value take the place of the latest one from its first day on; one that began that day never was."""
    return (*ended_before(periods, following.valid_from), following)


def ended_before(periods: tuple[Period, ...], day: date, *, pointer: str = "/valid_from") -> tuple[Period, ...]:
    """End the latest period on the day before, unless it had ended already."""
    if not periods:
        return ()
    latest = periods[-1]
    if day < latest.valid_from:
        since = latest.valid_from
        said = f"The latest one took effect on {since}.", f"Le dernier a pris effet le {since}."
        raise DatesGoBackwards(said[0], pointer=pointer, precision=said[1])
    if day == latest.valid_from:
        return periods[:-1]
    last = day - DAY
    if latest.valid_until is not None and latest.valid_until <= last:
        return periods
    return (*periods[:-1], replace(latest, valid_until=last))


def require_order(valid_from: date, valid_until: date | None, *, pointer: str = "/valid_until") -> None:
    if valid_until is not None and valid_until < valid_from:
        raise EndsBeforeItBegins(pointer=pointer)

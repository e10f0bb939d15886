"""Whether two films that are called the same are one: by the makers, else by the time they are of.

Nothing is decided by luck: a film that is not known by a number is known by its title and something else.  Some lists
tell no makers and no year, but when a film came out; others when it was given its visa, which is shortly before.
"""

from datetime import timedelta

from catalogue.domain import titles
from catalogue.domain.film import Description, Film
from common.contracts.catalogue import FilmKind

YEARS_APART_MAX = 3
"""Between a film's year and the one in which the CNC counts its production, or in which it came out."""
VISA_YEARS_AHEAD_MAX = 1
"""From the year of a visa to the one in which the film came out."""
RELEASES_APART_MAX = timedelta(days=31)
"""Between two days that are said to be that of one release: some count what was shown ahead of it."""


def is_same_work(one: Film, other: Film) -> bool:
    """Tell whether two films that carry the same number can be one: a title or a director in common."""
    return bool(one.filed_titles() & other.filed_titles()) or _share_director(one.description, other.description)


def is_twin(known: Film, entering: Film, *, decides: bool) -> bool:
    """Tell whether a film that no number links to a line's is nevertheless the same: same title, makers, time."""
    if (known.names() and entering.names()) or known.workshop or not known.filed_titles() & entering.filed_titles():
        return False
    if known.kind is FilmKind.SHORT and not decides:
        return False
    one, other = known.description, entering.description
    if one.directors and other.directors and not _share_director(one, other):
        return False
    if other.year is None and not decides:
        return _share_director(one, other) or _came_out(known, entering) or _came_out(entering, known)
    return _are_of_one_time(one, other, years_apart_max=0 if decides else YEARS_APART_MAX)


def is_from_elsewhere(known: Film, entering: Film) -> bool:
    """Tell whether a twin is from other countries, while neither makers nor the day of release say that it is one."""
    one, other = known.description, entering.description
    if _share_director(one, other) or (one.released_on is not None and one.released_on == other.released_on):
        return False
    return bool(one.countries and other.countries) and set(one.countries).isdisjoint(other.countries)


def _are_of_one_time(one: Description, other: Description, *, years_apart_max: int) -> bool:
    """Compare years; of whichever is not known, the one in which the film came out says something."""
    if one.year is not None and other.year is not None:
        return abs(one.year - other.year) <= years_apart_max
    known, entering = _about(one), _about(other)
    return known is None or entering is None or abs(known - entering) <= YEARS_APART_MAX


def _about(said: Description) -> int | None:
    return said.released_on.year if said.year is None and said.released_on else said.year


def _came_out(film: Film, other: Film) -> bool:
    """Tell whether a film came out when another did, or not long after that one was made or was given a visa."""
    day, said = film.description.released_on, other.description
    if day is None:
        return False
    if said.released_on is not None:
        return abs(said.released_on - day) <= RELEASES_APART_MAX
    if said.year is not None:
        return abs(said.year - day.year) <= YEARS_APART_MAX
    issued = (visa.issued_on.year if visa.issued_on else visa.year for visa in other.visas)
    return any(year is not None and 0 <= day.year - year <= VISA_YEARS_AHEAD_MAX for year in issued)


def _share_director(one: Description, other: Description) -> bool:
    return any(
        left <= right or right <= left
        for left in (set(titles.words(name)) for name in one.directors)
        for right in (set(titles.words(name)) for name in other.directors)
    )

"""Whether two films that are called the same are one: by the makers, else by the time they are of.

Nothing is decided by luck: whoever is not known by a number is known by its title and something else.
"""

from catalogue.domain import titles
from catalogue.domain.film import Description, Film
from common.contracts.catalogue import FilmKind

YEARS_APART_MAX = 3
"""Between a film's year and the one in which the CNC counts its production."""


def is_same_work(one: Film, other: Film) -> bool:
    """Tell whether two films that carry the same number can be one: a title or a director in common."""
    return bool(one.filed_titles() & other.filed_titles()) or _share_director(one.description, other.description)


def is_twin(known: Film, entering: Film, *, decides: bool) -> bool:
    """Tell whether a film that no number links to a line's is nevertheless the same: same title, makers, year."""
    if (known.names() and entering.names()) or known.workshop or not known.filed_titles() & entering.filed_titles():
        return False
    if known.kind is FilmKind.SHORT and not decides:
        return False
    one, other = known.description, entering.description
    if other.year is None and not decides:
        return _share_director(one, other)
    if one.directors and other.directors and not _share_director(one, other):
        return False
    return one.year is None or other.year is None or abs(one.year - other.year) <= (0 if decides else YEARS_APART_MAX)


def _share_director(one: Description, other: Description) -> bool:
    return any(
        left <= right or right <= left
        for left in (set(titles.words(name)) for name in one.directors)
        for right in (set(titles.words(name)) for name in other.directors)
    )

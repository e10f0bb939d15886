"""How many films each further choice would leave: by kind, genre, class, country, theme, length, year, list, rights.

A facet is counted among the films that all other choices leave, and not its own: so one sees what else could be chosen
in its place.  What is chosen together is one choice: the list, its scheme and its year are said of the same list, and
day, territory and use of the same offer.  A film of which something is not known is in no value of that facet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

VALUES_MAX = 50
"""Of one facet: those that most films have."""

LENGTHS = ((1, 15), (16, 30), (31, 60), (61, 90), (91, 120), (121, 1440))
"""From the first minute to the last; a feature begins at 61."""

YEARS_IN_A_DECADE = 10


class Choice(StrEnum):
    """What a reader chooses at once, by one parameter or by several that belong together."""

    KIND = "kind"
    GENRE = "genre"
    VERSION = "version"
    CLASSIFICATION = "classification"
    COUNTRY = "country"
    THEME = "theme"
    DURATION = "duration"
    YEAR = "year"
    LIST = "list"
    RIGHTS = "rights"


class Facet(StrEnum):
    """What films are counted by."""

    KIND = "kind"
    GENRE = "genre"
    VERSION = "version"
    CLASSIFICATION = "classification"
    COUNTRY = "country"
    THEME = "theme"
    DURATION = "duration"
    DECADE = "decade"
    LIST = "list"
    LIST_SCHEME = "list_scheme"
    LIST_YEAR = "list_year"
    RIGHTS_IN = "rights_in"
    RIGHTS_FOR = "rights_for"


CHOICES: Mapping[Facet, Choice] = {
    Facet.KIND: Choice.KIND,
    Facet.GENRE: Choice.GENRE,
    Facet.VERSION: Choice.VERSION,
    Facet.CLASSIFICATION: Choice.CLASSIFICATION,
    Facet.COUNTRY: Choice.COUNTRY,
    Facet.THEME: Choice.THEME,
    Facet.DURATION: Choice.DURATION,
    Facet.DECADE: Choice.YEAR,
    Facet.LIST: Choice.LIST,
    Facet.LIST_SCHEME: Choice.LIST,
    Facet.LIST_YEAR: Choice.LIST,
    Facet.RIGHTS_IN: Choice.RIGHTS,
    Facet.RIGHTS_FOR: Choice.RIGHTS,
}


def length(nth: int) -> str:
    """Name the nth range of lengths, beginning with one: `61-90`."""
    first, last = LENGTHS[nth - 1]
    return f"{first}-{last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of a facet, and how many films have it; a list is called by its `title`, too."""

    value: str
    count: int
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many films there are, in all and by each facet that was asked for."""

    total: int
    facets: Mapping[Facet, Sequence[Value]]

    def shown(self, facet: Facet) -> tuple[Sequence[Value], bool]:
        """Give the values to be shown of a facet, those that most films have first, and whether there are more."""
        values = sorted(self.facets[facet], key=lambda one: (-one.count, one.value))
        return values[:VALUES_MAX], len(values) > VALUES_MAX

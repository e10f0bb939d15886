"""An organiser's paid screenings of a year (R07): which of them count, and which come before which."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from actions.domain.known import lasts
from actions.domain.rules import in_force, quota
from common.contracts.actions import Regime
from common.contracts.catalogue import FilmVersion, ScreenVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A film as it is shown: how long it and its cuts last, as the catalogue knows them today, and in which version."""

    version: FilmVersion | None
    duration_minutes: int | None
    screen_versions: tuple[ScreenVersion, ...] = ()

    @property
    def minutes(self) -> int | None:
        return lasts(self.duration_minutes, self.screen_versions, self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidScreening:
    """A paid screening, wherever it is planned; of two in a year the one that begins earlier comes before."""

    session_id: UUID
    held_on: date
    starts_at: time
    films: tuple[Shown, ...]

    @property
    def place(self) -> tuple[date, time, UUID]:
        """Its place in the order of the year."""
        return self.held_on, self.starts_at, self.session_id

    @property
    def counts(self) -> bool:
        return is_counted(self.held_on, Regime.NC_ASSOCIATION_PAID, (film.minutes for film in self.films))


def is_counted(day: date, regime: Regime | None, lasting: Iterable[int | None]) -> bool:
    """Tell whether a screening of that day is one of an association's: one feature in it is enough."""
    rule = in_force("R07", day)
    if rule is None or regime is None:
        return False
    return any(quota.is_counted(rule, regime, minutes) for minutes in lasting)


def before(one: PaidScreening, others: Collection[PaidScreening], *, booking: bool) -> int:
    """Count those that come before one in its year; one that is to be booked comes after all that were."""
    return sum(
        other.counts and other.held_on.year == one.held_on.year and (booking or other.place < one.place)
        for other in others
    )

"""What a coordination is: an organisation to which a DRAC entrusts the scheme in some départements, for a time.

    appointed ──change──► appointed ──end──► ended

A coordination is not a region: several share one, and what each covers changes with the years.  So it is a sequence of
dated sets of départements; two coordinations never cover the same département on the same day (the database holds it).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from common.contracts.partners import (
    CoordinationAppointed,
    CoordinationChanged,
    CoordinationEnded,
    CoordinationState,
    Coverage,
)
from common.errors import Conflict, DomainError, FieldError, Invalid, NotFound
from partners.domain.periods import DAY, NothingToChange, ended_before, followed, require_order


class NoSuchCoordination(NotFound):
    """Nothing has this id."""

    title = "There is no such coordination."
    titre = "Cette coordination n’existe pas."


class CoordinationAlreadyEnded(Conflict):
    """What it covered stays as it was."""

    title = "This coordination has ended; a new appointment is needed."
    titre = "Cette coordination a pris fin ; il faut une nouvelle désignation."


class DepartmentAlreadyCovered(Conflict):
    """Which coordination covers it, and when, is named in the detail."""

    title = "Another coordination covers one of these départements on one of these days."
    titre = "Une autre coordination couvre l’un de ces départements l’un de ces jours."

    def __init__(self, held: "Sequence[Held]") -> None:
        super().__init__(
            "; ".join(f"{one.department}: {one.coordination_id}, {one.first} to {one.last or '…'}" for one in held),
            precision="; ".join(
                f"{one.department} : {one.coordination_id}, du {one.first} au {one.last or '…'}" for one in held
            ),
        )


class DepartmentRefused(Invalid):
    """Which ones is in `errors`; a region's code may be that of a département elsewhere."""

    title = "A coordination covers départements of its region."
    titre = "Une coordination couvre des départements de sa région."


class OrganisationUnknown(Invalid):
    """The pointer says whether it is the one to be appointed, or the DRAC of the token."""

    title = "A coordination is an organisation that is registered and not closed."
    titre = "Une coordination est un organisme enregistré et non fermé."


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A département that a coordination covers, and when."""

    department: str
    coordination_id: UUID
    first: date
    last: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """What a DRAC decides: who is to hold the scheme, in which region, in which of its départements and when."""

    organisation_id: UUID
    region: str
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordination:
    id: UUID
    version: int
    organisation_id: UUID
    drac_id: UUID
    region: str
    coverages: tuple[Coverage, ...]
    ended_on: date | None = None

    @classmethod
    def appoint(
        cls,
        *,
        id: UUID,  # noqa: A002 - the coordination's own id
        appointment: Appointment,
        drac_id: UUID,
        at: datetime,
    ) -> "tuple[Coordination, CoordinationAppointed]":
        coordination = cls(
            id=id,
            version=1,
            organisation_id=appointment.organisation_id,
            drac_id=drac_id,
            region=appointment.region,
            coverages=(_in_order(appointment.coverage),),
        )
        return coordination, CoordinationAppointed(
            occurred_at=at,
            coordination_id=id,
            organisation_id=coordination.organisation_id,
            drac_id=drac_id,
            region=coordination.region,
            coverage=coordination.coverages[0],
        )

    def change(self, coverage: Coverage, *, at: datetime) -> "tuple[Coordination, CoordinationChanged]":
        """Let it cover other départements, or until another day, from a day on."""
        self._require_open()
        coverage = _in_order(coverage)
        latest = self.coverages[-1]
        if (coverage.departments, coverage.valid_until) == (latest.departments, latest.valid_until):
            raise NothingToChange
        coordination = replace(self, version=self.version + 1, coverages=followed(self.coverages, coverage))
        return coordination, CoordinationChanged(
            occurred_at=at,
            coordination_id=self.id,
            organisation_id=self.organisation_id,
            drac_id=self.drac_id,
            region=self.region,
            coverage=coverage,
        )

    def end(self, *, ended_on: date, at: datetime) -> "tuple[Coordination, CoordinationEnded]":
        """Let it cover nothing after a day."""
        self._require_open()
        require_order(self.coverages[-1].valid_from, ended_on, pointer="/ended_on")
        coverages = ended_before(self.coverages, ended_on + DAY)
        coordination = replace(self, version=self.version + 1, coverages=coverages, ended_on=ended_on)
        return coordination, CoordinationEnded(
            occurred_at=at,
            coordination_id=self.id,
            organisation_id=self.organisation_id,
            drac_id=self.drac_id,
            region=self.region,
            ended_on=ended_on,
        )

    def state(self, *, at: datetime) -> CoordinationState:
        return CoordinationState(
            id=self.id,
            version=self.version,
            occurred_at=at,
            organisation_id=self.organisation_id,
            drac_id=self.drac_id,
            region=self.region,
            coverages=self.coverages,
            ended_on=self.ended_on,
        )

    def _require_open(self) -> None:
        if self.ended_on is not None:
            said = f"It ended on {self.ended_on}.", f"Elle a pris fin le {self.ended_on}."
            raise CoordinationAlreadyEnded(said[0], precision=said[1])


def against(ended_on: date | None) -> Mapping[str, type[DomainError] | None]:
    """List what may be done to a coordination, with what its state says against it."""
    ended = None if ended_on is None else CoordinationAlreadyEnded
    return {"coordination.change": ended, "coordination.end": ended}


def require_in_region(departments: Collection[str], region: str, region_of: Mapping[str, str]) -> None:
    """Refuse départements that do not exist or lie in another region, each by its place."""
    mistakes = [
        FieldError(
            f"/departments/{n}",
            DepartmentRefused.code,
            f"{department} is no département of the region {region}.",
            None,
            f"{department} n’est pas un département de la région {region}.",
        )
        for n, department in enumerate(departments)
        if region_of.get(department) != region
    ]
    if mistakes:
        raise DepartmentRefused(errors=mistakes)


def _in_order(coverage: Coverage) -> Coverage:
    require_order(coverage.valid_from, coverage.valid_until)
    return replace(coverage, departments=tuple(sorted(set(coverage.departments))))

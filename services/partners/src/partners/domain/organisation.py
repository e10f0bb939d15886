"""What an organisation of the scheme is, and what may happen to it.  Pure: no clock, no database, no framework.

    registered ──change──► registered ──close──► closed

Names, roles, identifiers and what a cinema offers are dated: a report of 2018 names the national coordination as it was
called in 2018.  What was said of earlier days stays; a change takes effect on the day of the latest one of its kind, or
after.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from uuid import UUID

from common.contracts.partners import (
    AreaLevel,
    AreaRef,
    Cinema,
    Dated,
    DatedCinema,
    DatedIdentifier,
    Derogation,
    Entitlement,
    LegalForm,
    MunicipalityRef,
    OrganisationChanged,
    OrganisationClosed,
    OrganisationKind,
    OrganisationRegistered,
    OrganisationRole,
    OrganisationState,
)
from common.errors import Conflict, DomainError, Invalid, NotFound
from partners.domain import law
from partners.domain.identifiers import UNIDENTIFIED, Identifiers, require_identified
from partners.domain.naming import line
from partners.domain.periods import DAY, DatesGoBackwards, NothingToChange, ended_before, followed, require_order


class NoSuchOrganisation(NotFound):
    """Nothing has this id."""

    title = "There is no such organisation."
    titre = "Cet organisme n’existe pas."


class NameMissing(Invalid):
    """Spaces are none."""

    title = "An organisation has a name."
    titre = "Un organisme a un nom."


class OrganisationAlreadyClosed(Conflict):
    """What it was and did stays; another one must be registered."""

    title = "This organisation is closed."
    titre = "Cet organisme est fermé."


class DerogationTooLong(Invalid):
    """The CNC decides anew after three years."""

    title = "A derogation for paid screenings holds for three years at most."
    titre = "Une dérogation pour séances payantes vaut trois ans au plus."


class NumberTaken(Conflict):
    """A register's number names one organisation; the other one is named in the detail."""

    title = "Another organisation already carries this number."
    titre = "Un autre organisme porte déjà ce numéro."


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What is said of an organisation from some day on; None is unknown."""

    name: str
    kind: OrganisationKind
    legal_form: LegalForm | None = None
    identifiers: Identifiers = UNIDENTIFIED
    municipality: MunicipalityRef | None = None
    department: str | None = None
    area: AreaRef | None = None
    roles: tuple[OrganisationRole, ...] = ()
    derogations: tuple[Derogation, ...] = ()
    cinema: Cinema | None = None
    entitlements: tuple[Entitlement, ...] = ()

    @property
    def department_by_area(self) -> str | None:
        """The département that it is the authority of, if it is that of one."""
        return self.area.code if self.area and self.area.level is AreaLevel.DEPARTMENT else None

    def checked(self) -> "Description":
        """Write it its one way, or refuse it (R29)."""
        described = replace(
            self,
            name=line(self.name),
            department=self.department or self.department_by_area,
            roles=tuple(sorted(set(self.roles))),
            derogations=tuple(sorted(self.derogations, key=lambda one: one.valid_from)),
            entitlements=tuple(sorted(self.entitlements, key=lambda one: (one.kind, one.valid_from))),
        )
        for number, derogation in enumerate(self.derogations):
            require_derogation(derogation, pointer=f"/derogations/{number}/valid_until")
        for number, one in enumerate(self.entitlements):
            require_order(one.valid_from, one.valid_until, pointer=f"/entitlements/{number}/valid_until")
        if not described.name:
            raise NameMissing(pointer="/name")
        if OrganisationRole.PROJECT_HOLDER in described.roles:
            require_identified(described.legal_form, described.identifiers, described.department)
        return described

    def differences(self, other: "Description") -> tuple[str, ...]:
        return tuple(one.name for one in fields(self) if getattr(self, one.name) != getattr(other, one.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    id: UUID
    version: int
    described: Description
    names: tuple[Dated, ...]
    dated_roles: tuple[Dated, ...]
    identifiers: tuple[DatedIdentifier, ...]
    cinemas: tuple[DatedCinema, ...] = ()
    closed_on: date | None = None

    @classmethod
    def register(
        cls,
        *,
        id: UUID,  # noqa: A002 - the organisation's own id
        description: Description,
        valid_from: date,
        at: datetime,
    ) -> "tuple[Organisation, OrganisationRegistered]":
        described = description.checked()
        organisation = cls(
            id=id,
            version=1,
            described=described,
            names=(Dated(value=described.name, valid_from=valid_from),),
            dated_roles=_roles((), described.roles, valid_from),
            identifiers=_identifiers((), described.identifiers, valid_from),
            cinemas=_cinemas((), described.cinema, valid_from),
        )
        return organisation, OrganisationRegistered(
            occurred_at=at,
            organisation_id=id,
            name=described.name,
            kind=described.kind,
            municipality=described.municipality,
            valid_from=valid_from,
        )

    def change(
        self, description: Description, *, valid_from: date, at: datetime
    ) -> "tuple[Organisation, OrganisationChanged]":
        """Describe the organisation otherwise from a day on."""
        self._require_open()
        described = description.checked()
        changed = self.described.differences(described)
        if not changed:
            raise NothingToChange
        name = Dated(value=described.name, valid_from=valid_from)
        organisation = replace(
            self,
            version=self.version + 1,
            described=described,
            names=followed(self.names, name) if "name" in changed else self.names,
            dated_roles=_roles(self.dated_roles, described.roles, valid_from),
            identifiers=_identifiers(self.identifiers, described.identifiers, valid_from),
            cinemas=_cinemas(self.cinemas, described.cinema, valid_from) if "cinema" in changed else self.cinemas,
        )
        return organisation, OrganisationChanged(
            occurred_at=at, organisation_id=self.id, name=described.name, changed=changed, valid_from=valid_from
        )

    def close(self, *, closed_on: date, at: datetime) -> "tuple[Organisation, OrganisationClosed]":
        """Say that the organisation has ceased; its last day ends whatever was still open."""
        self._require_open()
        first = self.names[-1].valid_from
        if closed_on < first:
            said = f"It has been called so since {first}.", f"Il porte ce nom depuis le {first}."
            raise DatesGoBackwards(said[0], pointer="/closed_on", precision=said[1])
        organisation = replace(
            self,
            version=self.version + 1,
            names=ended_before(self.names, closed_on + DAY),
            dated_roles=_roles(self.dated_roles, (), closed_on + DAY),
            identifiers=_identifiers(self.identifiers, UNIDENTIFIED, closed_on + DAY),
            cinemas=_cinemas(self.cinemas, None, closed_on + DAY),
            closed_on=closed_on,
        )
        return organisation, OrganisationClosed(
            occurred_at=at, organisation_id=self.id, name=self.described.name, closed_on=closed_on
        )

    def state(self, *, at: datetime) -> OrganisationState:
        described = self.described
        return OrganisationState(
            id=self.id,
            version=self.version,
            occurred_at=at,
            name=described.name,
            kind=described.kind,
            legal_form=described.legal_form,
            siren=described.identifiers.siren,
            siret=described.identifiers.siret,
            rna=described.identifiers.rna,
            municipality=described.municipality,
            department=described.department,
            area=described.area,
            roles=described.roles,
            derogations=described.derogations,
            names=self.names,
            dated_roles=self.dated_roles,
            identifiers=self.identifiers,
            closed_on=self.closed_on,
            cnc_establishment=described.identifiers.cnc_establishment,
            cinema=described.cinema,
            cinemas=self.cinemas,
            entitlements=described.entitlements,
        )

    def _require_open(self) -> None:
        if self.closed_on is not None:
            said = f"It was closed on {self.closed_on}.", f"Il est fermé depuis le {self.closed_on}."
            raise OrganisationAlreadyClosed(said[0], precision=said[1])


def require_derogation(derogation: Derogation, *, pointer: str) -> None:
    """Refuse a derogation that ends before it begins, or lasts for longer than the law gives it (R07)."""
    first, last = derogation.valid_from, derogation.valid_until
    require_order(first, last, pointer=pointer)
    rule = law.in_force("R07", first) or law.versions("R07")[0]
    if (last.year, last.month, last.day) >= (first.year + rule.parameters["derogation_years"], first.month, first.day):
        raise DerogationTooLong(pointer=pointer)


def against(closed_on: date | None) -> Mapping[str, type[DomainError] | None]:
    """List what may be done to an organisation, with what its state says against it."""
    closed = None if closed_on is None else OrganisationAlreadyClosed
    return {"organisation.change": closed, "organisation.close": closed}


def _roles(before: tuple[Dated, ...], now: Iterable[OrganisationRole], day: date) -> tuple[Dated, ...]:
    """Begin the roles that are new on a day, and end those that are no more."""
    kept: list[Dated] = []
    held = {one.value for one in before if one.valid_until is None}
    wanted = set(now)
    for one in before:
        ends = one.valid_until is None and one.value not in wanted
        kept.extend(ended_before((one,), day) if ends else (one,))
    return (*kept, *(Dated(value=role, valid_from=day) for role in sorted(wanted - held)))


def _identifiers(before: tuple[DatedIdentifier, ...], now: Identifiers, day: date) -> tuple[DatedIdentifier, ...]:
    """Begin the identifiers that are new on a day, and end those they take the place of."""
    kept: list[DatedIdentifier] = []
    open_now = {(one.scheme, one.value) for one in before if one.valid_until is None}
    wanted = {(scheme, value) for scheme, value in now.each() if value is not None}
    for one in before:
        ends = one.valid_until is None and (one.scheme, one.value) not in wanted
        kept.extend(ended_before((one,), day) if ends else (one,))
    new = sorted(wanted - open_now)
    return (*kept, *(DatedIdentifier(scheme=scheme, value=value, valid_from=day) for scheme, value in new))


def _cinemas(before: tuple[DatedCinema, ...], now: Cinema | None, day: date) -> tuple[DatedCinema, ...]:
    """Let what a cinema is follow what it was."""
    return ended_before(before, day) if now is None else followed(before, DatedCinema(value=now, valid_from=day))

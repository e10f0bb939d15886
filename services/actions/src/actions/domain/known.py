"""What this service has heard of others and its rules look at: films, rights, copies, partners, communes.

Each type is the slice we need of another service's state, no more; `store` fills it, nobody here asks for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from common.contracts.catalogue import (
    Classification,
    CopyFormat,
    CopyKey,
    FilmVersion,
    RightsTerritory,
    RightsUse,
    ScreenVersion,
    Visa,
    VisaKind,
    WorkshopFilm,
)
from common.contracts.partners import Derogation, Entitlement, EntitlementKind

STRICTER = tuple(Classification)
"""In this order: each class admits fewer than the one before."""


def lasts(own: int | None, cuts: Iterable[ScreenVersion], version: FilmVersion | None) -> int | None:
    """Tell how long a film lasts in a version: the longest of its cuts that may be meant; None: unknown."""
    meant = [one.duration_minutes for one in cuts if version in {None, one.code}]
    lasting = [own if minutes is None else minutes for minutes in meant]
    if version is None or not meant:
        lasting.append(own)
    known = [minutes for minutes in lasting if minutes is not None]
    return max(known) if len(known) == len(lasting) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A film of the catalogue; `workshop` is set for the films that participants made.

    A film that was merged into another one is that one: its `id` is not the one by which it was asked for.
    """

    id: UUID
    title: str
    duration_minutes: int | None
    visas: tuple[Visa, ...] = ()
    classification: Classification | None = None
    own_classification: Classification | None = None
    released_on: date | None = None
    workshop: WorkshopFilm | None = None
    screen_versions: tuple[ScreenVersion, ...] = ()

    def minutes_in(self, version: FilmVersion | None) -> int | None:
        return lasts(self.duration_minutes, self.screen_versions, version)

    def classification_on(self, day: date) -> Classification | None:
        """Tell by which class people are admitted that day: the strictest of its own and its visas' in force.

        `classification` is of the day on which it was published: where no visa explains it, it is the film's own.
        """
        by_visas = {visa.classification for visa in self.visas}
        own = self.classification if self.classification not in by_visas else None
        standing = (visa.classification for visa in self.visas if visa.ends_on is None or day <= visa.ends_on)
        known = [one for one in (self.own_classification, own, *standing) if one is not None]
        return max(known, key=STRICTER.index, default=None)

    @property
    def has_visa(self) -> bool:
        """Tell whether it has a visa from which delays run; a release shows that there is one, whatever is known of it.

        No film is released without (L211-1), but one made in a workshop is only shown.  With nothing but a visa for a
        while it is as one without any: nobody knows of its own, and somebody must look.
        """
        released = self.released_on is not None and self.workshop is None
        return released or any(visa.kind is VisaKind.ORDINARY for visa in self.visas)

    @property
    def counts_from(self) -> date | None:
        """The day from which delays run: of the first dated visa, else of the release, which came after it.

        A temporary or exceptional visa lets a film be shown for a while, and begins no delay.  Of one that is known by
        its year only, it is the last day of that year, unless the film was released before: no film is let go early.
        """
        ordinary = [visa for visa in self.visas if visa.kind is VisaKind.ORDINARY]
        dated = [visa.issued_on for visa in ordinary if visa.issued_on is not None]
        latest = [*dated, *(date(visa.year, 12, 31) for visa in ordinary if visa.year is not None)]
        if not dated and self.released_on is not None:
            latest.append(self.released_on)
        return min(latest, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsOffer:
    """What a rights-holder offers on one film; no versions named means all of them, no price that it is to be asked.

    The price is before tax; a rate or a ceiling of the audience that is not said is unknown.
    """

    id: UUID
    film_id: UUID
    starts_on: date
    ends_on: date
    uses: tuple[RightsUse, ...]
    territories: tuple[RightsTerritory, ...]
    versions: tuple[FilmVersion, ...] = ()
    withdrawn: bool = False
    price_cents: int | None = None
    tax_basis_points: int | None = None
    audience_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy of a film as it is lent; its keys are their windows."""

    id: UUID
    film_id: UUID
    format: CopyFormat
    film_version: FilmVersion | None
    encrypted: bool
    transit_days: int
    withdrawn: bool
    keys: tuple[CopyKey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A partner, and what the law asks of it: may it sell tickets, is it public, is it an association.

    `derogations` are the CNC's decisions that let an association show more paid films (R07), `entitlements` what lets
    it show films as others may not.
    """

    id: UUID
    name: str
    is_licensed_operator: bool = False
    is_public: bool = False
    is_association: bool = False
    closed_on: date | None = None
    derogations: tuple[Derogation, ...] = ()
    entitlements: tuple[Entitlement, ...] = ()

    def operates_on(self, day: date) -> bool:
        """Tell whether it is a licensed operator on that day; a licence ends with who held it.

        Its licences say so where any was recorded; of a cinema of which none was, its kind does.
        """
        if any(one.kind is EntitlementKind.OPERATING_LICENCE for one in self.entitlements):
            return self.is_entitled_on(day, EntitlementKind.OPERATING_LICENCE)
        return self.is_licensed_operator and not self.is_closed_on(day)

    def is_entitled_on(self, day: date, kind: EntitlementKind) -> bool:
        held = (one for one in self.entitlements if one.kind is kind and one.valid_from <= day)
        return not self.is_closed_on(day) and any(one.valid_until is None or day <= one.valid_until for one in held)

    def is_closed_on(self, day: date) -> bool:
        return is_closed(self.closed_on, day)

    def derogates_on(self, day: date) -> bool:
        return any(one.valid_from <= day <= one.valid_until for one in self.derogations)


def is_closed(closed_on: date | None, day: date) -> bool:
    """Tell whether an organisation is no more on that day: the one that it closed on was its last."""
    return closed_on is not None and closed_on < day


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A DRAC's mandate: these départements, from one day to another, both included."""

    departments: frozenset[str]
    valid_from: date
    valid_until: date | None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordination:
    """A regional coordination, its successive appointments, and who holds it, where that has been heard."""

    id: UUID
    region: str
    appointments: tuple[Appointment, ...]
    organisation_id: UUID | None = None

    @property
    def departments(self) -> tuple[str, ...]:
        """The départements that it was appointed for last, in their order."""
        last = max(self.appointments, key=lambda one: one.valid_from, default=None)
        return () if last is None else tuple(sorted(last.departments))

    def perimeter_on(self, day: date) -> frozenset[str]:
        """Name the départements it was appointed for on that day; none if it was not appointed."""
        held = (appointment.departments for appointment in self.appointments if appointment.holds_on(day))
        return frozenset[str]().union(*held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """A commune of one vintage; `parent` is the commune that a delegated commune or an arrondissement is counted in."""

    code: str
    vintage: int
    name: str
    department: str
    region: str
    epci: str | None = None
    density: int | None = None
    districts: frozenset[str] = frozenset()
    parent: str | None = None
    successors: tuple[str, ...] = ()

    def within(self, whole: "Municipality | None") -> "Municipality":
        """Take what is known of the commune that this part is counted in (R31, R32): sources describe communes.

        A priority district lies on communes (R35), a density and an intermunicipality are a commune's.
        """
        if whole is None:
            return self
        return replace(
            self,
            epci=whole.epci or self.epci,
            density=self.density if whole.density is None else whole.density,
            districts=self.districts | whole.districts,
        )

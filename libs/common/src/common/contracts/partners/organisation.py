"""Organisations of the scheme: their names, roles and identifiers with their dates."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from common.contracts.partners.territory import AreaRef, MunicipalityRef
from common.contracts.partners.vocabulary import (
    ArtHouseLabel,
    CinemaOperation,
    EntitlementKind,
    LegalForm,
    OrganisationIdentifier,
    OrganisationKind,
    OrganisationRole,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A name or a role, and when it was so."""

    value: str
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedIdentifier:
    scheme: OrganisationIdentifier
    value: str
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Derogation:
    """The CNC's decision that an association may show twelve paid films a year; both its days are included."""

    reference: str
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """An operator's licence, a ciné-club's habilitation, the mission of a cinémathèque; both its days are included."""

    kind: EntitlementKind
    reference: str
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordinates:
    """A point, in degrees of WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cinema:
    """What a cinema is, as the CNC lists it: of an itinerant one nobody counts the seats.

    `labels` are the last ones published, and only of a cinema that is classified art house.
    """

    operation: CinemaOperation
    screens: int
    seats: int | None
    art_house: bool
    labels: tuple[ArtHouseLabel, ...] = ()
    coordinates: Coordinates | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedCinema:
    """What a cinema was, and when it was listed so."""

    value: Cinema
    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationRegistered:
    """An organisation of the scheme became known."""

    TYPE: ClassVar[str] = "organisation.registered"

    occurred_at: datetime
    organisation_id: UUID
    name: str
    kind: OrganisationKind
    municipality: MunicipalityRef | None
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationChanged:
    """An organisation is called, does or is something else from a day on; `changed` names what."""

    TYPE: ClassVar[str] = "organisation.changed"

    occurred_at: datetime
    organisation_id: UUID
    name: str
    changed: tuple[str, ...]
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationClosed:
    """An organisation ceased; what it did before stands."""

    TYPE: ClassVar[str] = "organisation.closed"

    occurred_at: datetime
    organisation_id: UUID
    name: str
    closed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationState:
    """An organisation, whole: its names, roles and identifiers with their dates, and the latest of each beside them.

    `department` is that of its municipality, `area` what a local authority is the authority of.  `cnc_establishment` is
    the number that the CNC lists a cinema by; it names that establishment for good, and has no dates.  A cinema of
    whose licences nothing was said in `entitlements` is a licensed operator as long as it is one.
    """

    AGGREGATE: ClassVar[str] = "organisation"

    id: UUID
    version: int
    occurred_at: datetime
    name: str
    kind: OrganisationKind
    legal_form: LegalForm | None
    siren: str | None
    siret: str | None
    rna: str | None
    municipality: MunicipalityRef | None
    department: str | None
    area: AreaRef | None
    roles: tuple[OrganisationRole, ...]
    names: tuple[Dated, ...]
    dated_roles: tuple[Dated, ...]
    identifiers: tuple[DatedIdentifier, ...]
    closed_on: date | None
    derogations: tuple[Derogation, ...] = ()
    deleted: bool = False
    cnc_establishment: str | None = None
    cinema: Cinema | None = None
    cinemas: tuple[DatedCinema, ...] = ()
    entitlements: tuple[Entitlement, ...] = ()

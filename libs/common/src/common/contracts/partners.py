"""What `partners` announces: territories by vintage, organisations, and coordinations with what they cover.

Codes are text and mean nothing without their vintage.  A period's `valid_until` is its last day, included; none: open.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import ClassVar
from uuid import UUID


class Zone(StrEnum):
    """Law differs by it: overseas départements are regions too, overseas collectivities are no départements."""

    METROPOLITAN = "metropolitan"
    OVERSEAS = "overseas"
    COLLECTIVITY = "overseas_collectivity"


class MunicipalityKind(StrEnum):
    """What a municipality code names in a vintage: a municipality, a part of one, or nothing any more."""

    MUNICIPALITY = "municipality"
    DELEGATED = "delegated"
    ASSOCIATED = "associated"
    ARRONDISSEMENT = "arrondissement"
    CEASED = "ceased"


class Density(IntEnum):
    """The seven levels of the Insee's municipal density grid; sources disagree on which of 3 and 4 is which."""

    LARGE_URBAN_CENTRE = 1
    INTERMEDIATE_URBAN_CENTRE = 2
    URBAN_BELT = 3
    SMALL_TOWN = 4
    RURAL_TOWN = 5
    DISPERSED_RURAL = 6
    VERY_DISPERSED_RURAL = 7


class TerritorySubject(StrEnum):
    """What of a territory a source describes."""

    GEOGRAPHIC_CODE = "geographic_code"
    DISTRICTS = "districts"
    DENSITIES = "densities"


class AreaLevel(StrEnum):
    """What a code is a code of: those of regions and départements collide (75, 93, 94, 01 …)."""

    MUNICIPALITY = "municipality"
    INTERMUNICIPALITY = "intermunicipality"
    DEPARTMENT = "department"
    REGION = "region"


class OrganisationKind(StrEnum):
    COMMUNE = "commune"
    EPCI = "epci"
    DEPARTMENT = "department"
    REGION = "region"
    STATE_SERVICE = "state_service"
    PUBLIC_AGENCY = "public_agency"
    CINEMA = "cinema"
    CINEMA_NETWORK = "cinema_network"
    MEDIA_LIBRARY = "media_library"
    FESTIVAL = "festival"
    CULTURAL_ASSOCIATION = "cultural_association"
    POPULAR_EDUCATION = "popular_education"
    SOCIAL_CENTRE = "social_centre"
    MISSION_LOCALE = "mission_locale"
    SPECIALISED_PREVENTION = "specialised_prevention"
    LEISURE_CENTRE = "leisure_centre"
    PJJ_UNIT = "pjj_unit"
    PRISON = "prison"
    HOSPITAL = "hospital"
    MEDICO_SOCIAL = "medico_social"
    CHARITY = "charity"
    SCHOOL = "school"
    ARTIST = "artist"
    PRODUCTION_COMPANY = "production_company"
    DISTRIBUTOR = "distributor"
    TECHNICAL_PROVIDER = "technical_provider"
    COORDINATION = "coordination"
    UNCLASSIFIED = "unclassified"


class LegalForm(StrEnum):
    ASSOCIATION = "association"
    FOUNDATION = "foundation"
    COOPERATIVE = "cooperative"
    COMPANY = "company"
    SOLE_TRADER = "sole_trader"
    STATE = "state"
    LOCAL_AUTHORITY = "local_authority"
    PUBLIC_ESTABLISHMENT = "public_establishment"
    FOREIGN_BODY = "foreign_body"
    OTHER = "other"


class OrganisationRole(StrEnum):
    """What an organisation does in the scheme; it may do several things at once."""

    PROJECT_HOLDER = "project_holder"
    LOCAL_RELAY = "local_relay"
    VENUE = "venue"
    ARTIST = "artist"
    FUNDER = "funder"
    HOST_OF_PUBLIC = "host_of_public"
    TRAINER = "trainer"
    PROVIDER = "provider"
    RIGHTS_HOLDER = "rights_holder"
    COORDINATION = "coordination"


class OrganisationIdentifier(StrEnum):
    """How registers call an organisation."""

    SIREN = "siren"
    SIRET = "siret"
    RNA = "rna"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A département or a region, by its code and name; the field's name says which."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaRef:
    """A code with what it is a code of and the year of the geographic code it is taken from."""

    level: AreaLevel
    code: str
    vintage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityRef:
    """A municipality code with the year of the geographic code it is taken from."""

    code: str
    vintage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Intermunicipality:
    """Its form is written as the State's list does (CC, CA, CU, METRO, MET69); an EPT has no taxes of its own."""

    siren: str
    name: str
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """What a municipality code names in one vintage.

    `successors` not empty: the code is refused, use these (R30).  Otherwise `parent` given: a part, taken as a place
    and rolled up to its parent (R31, R32).  Otherwise a municipality of its own.  `districts` are codes of priority
    districts that lie on it, in whole or in part.
    """

    code: str
    name: str | None
    kind: MunicipalityKind
    parent: str | None = None
    successors: tuple[str, ...] = ()
    intermunicipality: str | None = None
    territorial_body: str | None = None
    population: int | None = None
    siren: str | None = None
    density: Density | None = None
    districts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """A priority neighbourhood of the politique de la ville (QPV); `municipalities` are all that it lies on (R35)."""

    code: str
    name: str
    municipalities: tuple[str, ...]
    valid_from: date
    valid_until: date | None
    source: str
    source_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritorySource:
    """Where a part of a territory's description comes from, and of when it is."""

    subject: TerritorySubject
    source: str
    source_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryVintagePublished:
    """A département of one vintage is described for the first time, or anew: `subjects` say in what."""

    TYPE: ClassVar[str] = "territory.vintage_published"

    occurred_at: datetime
    territory_id: UUID
    vintage: int
    department: str
    region: str
    municipalities: int
    districts: int
    subjects: tuple[TerritorySubject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryState:
    """A département in one vintage, whole: its municipalities, their parts and former codes, and what lies on them.

    `municipalities` holds each code once.  A part that bears the code of its own municipality is not listed: the code
    means the municipality.
    """

    AGGREGATE: ClassVar[str] = "territory"

    id: UUID
    version: int
    occurred_at: datetime
    vintage: int
    department: Area
    region: Area
    zone: Zone
    municipalities: tuple[Municipality, ...]
    intermunicipalities: tuple[Intermunicipality, ...]
    districts: tuple[District, ...]
    sources: tuple[TerritorySource, ...]
    deleted: bool = False


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

    `department` is that of its municipality, `area` what a local authority is the authority of.
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
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The départements that a coordination covers, from a day to a day; there may be no last day yet."""

    departments: tuple[str, ...]
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationAppointed:
    """A DRAC entrusted the scheme in some départements to an organisation."""

    TYPE: ClassVar[str] = "coordination.appointed"

    occurred_at: datetime
    coordination_id: UUID
    organisation_id: UUID
    drac_id: UUID
    region: str
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationChanged:
    """A coordination covers other départements, or until another day, from a day on."""

    TYPE: ClassVar[str] = "coordination.changed"

    occurred_at: datetime
    coordination_id: UUID
    organisation_id: UUID
    drac_id: UUID
    region: str
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationEnded:
    """A coordination covers nothing after a day."""

    TYPE: ClassVar[str] = "coordination.ended"

    occurred_at: datetime
    coordination_id: UUID
    organisation_id: UUID
    drac_id: UUID
    region: str
    ended_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationState:
    """A coordination, whole: who holds it, appointed by which DRAC, and which départements when, oldest first."""

    AGGREGATE: ClassVar[str] = "coordination"

    id: UUID
    version: int
    occurred_at: datetime
    organisation_id: UUID
    drac_id: UUID
    region: str
    coverages: tuple[Coverage, ...]
    ended_on: date | None
    deleted: bool = False

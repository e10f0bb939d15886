"""The words of `partners`: zones, kinds of municipalities and organisations, roles, levels of areas."""

from enum import IntEnum, StrEnum


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


class CinemaOperation(StrEnum):
    FIXED = "fixed"
    ITINERANT = "itinerant"


class ArtHouseLabel(StrEnum):
    """What a cinema classified *art et essai* does besides; a film is recommended, a cinema is labelled."""

    RESEARCH_AND_DISCOVERY = "research_and_discovery"
    YOUNG_AUDIENCE = "young_audience"
    HERITAGE_AND_REPERTORY = "heritage_and_repertory"


class EntitlementKind(StrEnum):
    """What lets an organisation show films as others may not: sell tickets, or six months after the visa."""

    OPERATING_LICENCE = "operating_licence"
    CINECLUB = "cineclub"
    HERITAGE = "heritage"


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

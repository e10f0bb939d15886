"""What `partners` announces: territories by vintage, organisations, and coordinations with what they cover.

Codes are text and mean nothing without their vintage.  A period's `valid_until` is its last day, included; none: open.
"""

from common.contracts.partners.coordination import (
    CoordinationAppointed,
    CoordinationChanged,
    CoordinationEnded,
    CoordinationState,
    Coverage,
)
from common.contracts.partners.organisation import (
    Dated,
    DatedIdentifier,
    Derogation,
    OrganisationChanged,
    OrganisationClosed,
    OrganisationRegistered,
    OrganisationState,
)
from common.contracts.partners.territory import (
    Area,
    AreaRef,
    District,
    Intermunicipality,
    Municipality,
    MunicipalityRef,
    TerritorySource,
    TerritoryState,
    TerritoryVintagePublished,
)
from common.contracts.partners.vocabulary import (
    AreaLevel,
    Density,
    LegalForm,
    MunicipalityKind,
    OrganisationIdentifier,
    OrganisationKind,
    OrganisationRole,
    TerritorySubject,
    Zone,
)

__all__ = [
    "Area",
    "AreaLevel",
    "AreaRef",
    "CoordinationAppointed",
    "CoordinationChanged",
    "CoordinationEnded",
    "CoordinationState",
    "Coverage",
    "Dated",
    "DatedIdentifier",
    "Density",
    "Derogation",
    "District",
    "Intermunicipality",
    "LegalForm",
    "Municipality",
    "MunicipalityKind",
    "MunicipalityRef",
    "OrganisationChanged",
    "OrganisationClosed",
    "OrganisationIdentifier",
    "OrganisationKind",
    "OrganisationRegistered",
    "OrganisationRole",
    "OrganisationState",
    "TerritorySource",
    "TerritoryState",
    "TerritorySubject",
    "TerritoryVintagePublished",
    "Zone",
]

"""The words of `actions`: every state, kind and code that its facts, its records and its API use, and no other."""

from enum import StrEnum


class CampaignStatus(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class ProjectStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    INCOMPLETE = "incomplete"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    VALIDATED = "validated"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    FUNDED = "funded"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


FROM_VALIDATED = frozenset(
    {ProjectStatus.VALIDATED, ProjectStatus.FUNDED, ProjectStatus.CLOSED, ProjectStatus.CANCELLED}
)
"""From here on a local authority sees, and hears of, what happens on its territory.

A project is cancelled only after its validation; withdrawn, rejected, deferred only before.
"""


class ActionStatus(StrEnum):
    PLANNED = "planned"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    POSTPONED = "postponed"
    HELD = "held"
    CANCELLED = "cancelled"


class ReportStatus(StrEnum):
    SUBMITTED = "submitted"
    RETURNED = "returned"
    VALIDATED = "validated"
    AMENDED = "amended"


class ActionType(StrEnum):
    OPEN_AIR_SCREENING = "open_air_screening"
    SPECIAL_SCREENING = "special_screening"
    CLOSED_ROOM_SCREENING = "closed_room_screening"
    FILMMAKING_WORKSHOP = "filmmaking_workshop"
    DISCOVERY_WORKSHOP = "discovery_workshop"
    PROGRAMMING_WORKSHOP = "programming_workshop"
    JURY_WORKSHOP = "jury_workshop"
    FESTIVAL_JOURNEY = "festival_journey"
    MEETING = "meeting"
    TRAINING = "training"
    DISSEMINATION = "dissemination"


class Measure(StrEnum):
    """What an action's attendance counts; the three are never added to each other unawares."""

    PARTICIPANTS = "participants"
    SPECTATORS = "spectators"
    TRAINEES = "trainees"


class Setting(StrEnum):
    INDOORS = "indoors"
    OUTDOORS = "outdoors"
    CLOSED_SITE = "closed_site"


class ClosedCircuit(StrEnum):
    PRISON = "prison"
    YOUTH_JUSTICE = "youth_justice"
    HOSPITAL = "hospital"
    MEDICO_SOCIAL = "medico_social"


class ObligationKind(StrEnum):
    """What must be asked of somebody, or settled, before a session takes place."""

    CNC_AUTHORISATION = "cnc_authorisation"
    CNC_DECLARATION = "cnc_declaration"
    PERMIT = "permit"
    SITE_APPROVAL = "site_approval"
    RIGHTS = "rights"
    MATERIAL = "material"
    NEIGHBOURS = "neighbours"
    MUSIC = "music"
    IMAGE_CONSENTS = "image_consents"


class Fallback(StrEnum):
    """Where a session goes when the storm comes: to the other day that it has, or into the room, on its own day."""

    DAY = "day"
    ROOM = "room"


class ResponsibleBody(StrEnum):
    """Of whom something is asked."""

    DRAC = "drac"
    CNC = "cnc"
    MUNICIPALITY = "municipality"
    SITE_AUTHORITY = "site_authority"
    RIGHTS_HOLDER = "rights_holder"
    CINEMAS = "cinemas"
    SACEM = "sacem"
    PARTICIPANTS = "participants"


class Regime(StrEnum):
    """The legal regime of a screening (articles L212-2, L212-18, L214-1 of the Code du cinéma)."""

    COMMERCIAL_CINEMA = "commercial_cinema"
    COMMERCIAL_MOVED = "commercial_moved"
    NC_ASSOCIATION_PAID = "nc_association_paid"
    NC_CINECLUB = "nc_cineclub"
    NC_HERITAGE = "nc_heritage"
    NC_PUBLIC_SERVICE = "nc_public_service"
    NC_FREE = "nc_free"
    NC_OPEN_AIR = "nc_open_air"


class PartnerFunction(StrEnum):
    """What an organisation does in a project; the first three make the triad of R17."""

    CULTURAL_ACTOR = "cultural_actor"
    LOCAL_AUTHORITY = "local_authority"
    PUBLIC_STRUCTURE = "public_structure"
    TECHNICAL_PROVIDER = "technical_provider"
    ARTIST = "artist"
    HOST = "host"


class LineKind(StrEnum):
    """Credits of the scheme itself, or anybody else's money."""

    PASSEURS = "passeurs"
    CO_FUNDING = "co_funding"


class LineStatus(StrEnum):
    PLANNED = "planned"
    REQUESTED = "requested"
    GRANTED = "granted"
    PARTIALLY_GRANTED = "partially_granted"
    REFUSED = "refused"
    AGREEMENT_SIGNED = "agreement_signed"
    ADVANCE_PAID = "advance_paid"
    BALANCE_PAID = "balance_paid"
    CLAWED_BACK = "clawed_back"


class PaymentStage(StrEnum):
    ADVANCE = "advance"
    BALANCE = "balance"
    CLAWBACK = "clawback"


class BudgetStage(StrEnum):
    FORECAST = "forecast"
    REVISED = "revised"
    ACTUAL = "actual"


class CommitteeOutcome(StrEnum):
    VALIDATED = "validated"
    DEFERRED = "deferred"
    REJECTED = "rejected"


class SessionStatus(StrEnum):
    PLANNED = "planned"
    POSTPONED = "postponed"
    HELD = "held"
    CANCELLED = "cancelled"


class Cause(StrEnum):
    """Why a session or an action is postponed or cancelled."""

    WEATHER = "weather"
    HEALTH = "health"
    SECURITY = "security"
    FUNDING = "funding"
    PUBLIC = "public"
    ARTIST = "artist"
    AUTHORITY = "authority"
    TECHNICAL = "technical"
    CAMPAIGN_ENDED = "campaign_ended"


class AuthorisationStatus(StrEnum):
    NOT_REQUIRED = "not_required"
    TO_REQUEST = "to_request"
    REQUESTED = "requested"
    OPINION_GIVEN = "opinion_given"
    GRANTED = "granted"
    REFUSED = "refused"
    AMENDMENT_REQUESTED = "amendment_requested"


class Opinion(StrEnum):
    FAVOURABLE = "favourable"
    RESERVED = "reserved"
    UNFAVOURABLE = "unfavourable"


class ClearanceStatus(StrEnum):
    TO_REQUEST = "to_request"
    REQUESTED = "requested"
    QUOTED = "quoted"
    CONFIRMED = "confirmed"
    MATERIAL_RECEIVED = "material_received"
    SETTLED = "settled"
    REFUSED = "refused"
    LAPSED = "lapsed"


class Support(StrEnum):
    """What a film is shown from; a disc bought for private use is never lawful (R52)."""

    DCP = "dcp"
    BLU_RAY = "blu_ray"
    DVD_WITH_RIGHTS = "dvd_with_rights"
    FILE = "file"
    FILM_REEL = "film_reel"
    PRIVATE_DISC = "private_disc"


class CountMethod(StrEnum):
    COUNTED = "counted"
    REGISTERED = "registered"
    ESTIMATED = "estimated"


class Dimension(StrEnum):
    AGE_BAND = "age_band"
    GENDER = "gender"
    IN_DISTRICT = "in_district"


class Cell(StrEnum):
    """The cells of the three dimensions; which belongs to which stands in `CELLS_OF`."""

    UNDER_12 = "under_12"
    FROM_12_TO_17 = "from_12_to_17"
    FROM_18_TO_25 = "from_18_to_25"
    FROM_26_TO_59 = "from_26_to_59"
    FROM_60 = "from_60"
    WOMEN = "women"
    MEN = "men"
    OTHER = "other"
    INSIDE = "inside"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


CELLS_OF: dict[Dimension, frozenset[Cell]] = {
    Dimension.AGE_BAND: frozenset(
        {Cell.UNDER_12, Cell.FROM_12_TO_17, Cell.FROM_18_TO_25, Cell.FROM_26_TO_59, Cell.FROM_60, Cell.UNKNOWN}
    ),
    Dimension.GENDER: frozenset({Cell.WOMEN, Cell.MEN, Cell.OTHER, Cell.UNKNOWN}),
    Dimension.IN_DISTRICT: frozenset({Cell.INSIDE, Cell.OUTSIDE, Cell.UNKNOWN}),
}
"""Age bands of I09, genders of I10, and whether people live in a priority district (I12)."""


class Companion(StrEnum):
    """What a campaign asks an open-air screening to be linked to (R15)."""

    ANY = "any"
    PROGRAMMING_WORKSHOP_BEFORE = "programming_workshop_before"


class Under12Outdoors(StrEnum):
    """What a campaign says of a film forbidden under twelve shown in the open air (R16)."""

    REFUSED = "refused"
    WITH_ACCESS_NOTE = "with_access_note"

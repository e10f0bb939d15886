"""The words of `catalogue`'s contracts."""

from enum import StrEnum


class Genre(StrEnum):
    FICTION = "fiction"
    DOCUMENTARY = "documentary"
    ANIMATION = "animation"
    EXPERIMENTAL = "experimental"


class FilmKind(StrEnum):
    """A feature lasts more than sixty minutes; at exactly sixty, texts diverge and the reader must look."""

    FEATURE = "feature"
    SHORT = "short"


class FilmVersion(StrEnum):
    """The forms in which a film can be had."""

    VO = "vo"
    VOSTFR = "vostfr"
    VF = "vf"
    SDH = "sdh"
    AD = "ad"
    LSF = "lsf"


class Accessibility(StrEnum):
    """What lets people follow a film who do not see or hear it, on whichever version it lies."""

    SDH = "sdh"
    AD = "ad"
    LSF = "lsf"


class Classification(StrEnum):
    """Who may be admitted (R211-12); a warning may accompany any class and is none itself."""

    ALL = "all"
    U12 = "u12"
    U16 = "u16"
    U18 = "u18"
    U18_X = "u18_x"


class VisaKind(StrEnum):
    """An ordinary visa has no end; a temporary one holds a week in a commune, an exceptional one for so many shows."""

    ORDINARY = "ordinary"
    TEMPORARY = "temporary"
    EXCEPTIONAL = "exceptional"


class IdentifierScheme(StrEnum):
    ISAN = "isan"
    EIDR = "eidr"
    IMDB = "imdb"
    WIKIDATA = "wikidata"


class Clearance(StrEnum):
    """Whether the makers of a workshop film have settled who may see it."""

    PENDING = "pending"
    CLEARED = "cleared"
    RESTRICTED = "restricted"


class Dissemination(StrEnum):
    """How far a workshop film may travel, from nowhere to everywhere."""

    NONE = "none"
    RESTITUTION_ONLY = "restitution_only"
    NETWORK = "network"
    FESTIVALS = "festivals"
    INTERNET = "internet"


class RestrictionCause(StrEnum):
    """Why a workshop film stays where it was made; a code, since words here could name a person."""

    CONSENT_MISSING = "consent_missing"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    MUSIC_RIGHTS = "music_rights"
    ADMINISTRATION = "administration"


class RightsUse(StrEnum):
    COMMERCIAL = "commercial"
    NON_COMMERCIAL_INDOOR = "non_commercial_indoor"
    OPEN_AIR = "open_air"


class RightsTerritory(StrEnum):
    """Rights overseas are sold apart, département by département."""

    METROPOLITAN = "metropolitan"
    GUADELOUPE = "971"
    MARTINIQUE = "972"
    GUYANE = "973"
    REUNION = "974"
    MAYOTTE = "976"


class RightsOfferStatus(StrEnum):
    OFFERED = "offered"
    WITHDRAWN = "withdrawn"


class CopyFormat(StrEnum):
    """What a film is shown from; a disc bought for private use is never lent (R52)."""

    DCP = "dcp"
    BLU_RAY = "blu_ray"
    FILE = "file"
    FILM_35MM = "film_35mm"
    FILM_16MM = "film_16mm"


class CopyStatus(StrEnum):
    AVAILABLE = "available"
    WITHDRAWN = "withdrawn"


class FilmListScheme(StrEnum):
    """For which scheme a list of films is made; in one, a coordination may have a list beside the nation's."""

    OPEN_AIR = "open_air"
    REGIONAL_SELECTION = "regional_selection"
    MATERNELLE_AU_CINEMA = "maternelle_au_cinema"
    ECOLE_ET_CINEMA = "ecole_et_cinema"
    COLLEGE_AU_CINEMA = "college_au_cinema"
    LYCEENS_ET_APPRENTIS_AU_CINEMA = "lyceens_et_apprentis_au_cinema"
    DCLV = "dclv"


class FilmListLevel(StrEnum):
    NATIONAL = "national"
    REGIONAL = "regional"


class FilmListStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"

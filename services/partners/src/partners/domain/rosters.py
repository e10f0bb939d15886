"""Lists of organisations as others publish them, read line by line.  Pure: whoever calls opens the files.

Three formats.  *Employers*: a SIRET a line, with the names it was met under and the years.  *Authorities*: a SIREN a
line, with the code of what the body is the authority of.  *Cinemas*: the CNC's number of an establishment a line, with
its municipality.  None says what kind of partner an employer is: that is left unsaid and not guessed from its name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from common.contracts.partners import AreaLevel, Cinema, CinemaOperation, LegalForm, OrganisationKind
from common.errors import Invalid
from partners.domain import cinemas
from partners.domain.identifiers import Identifiers, identifiers

Row = Mapping[str, str]


class UnknownCategory(Invalid):
    """A line of an imported list of authorities has a category that is not written down here."""

    title = "This category of authority is not known."
    titre = "Cette catégorie de collectivité n’est pas connue."


class RosterNotKnown(Invalid):
    """An imported file is recognised by its columns."""

    title = "The file's columns are those of no list of organisations that is known here."
    titre = "Les colonnes du fichier ne sont celles d’aucune liste d’organismes connue ici."


class Remark(StrEnum):
    """What is worth telling about a line that was taken."""

    OTHER_SPELLINGS = "other spellings of the name are not kept"
    NAME_DIFFERS = "it is called otherwise here; that name is kept"
    NO_DEPARTMENT = "its département is not said"
    UNKNOWN_DEPARTMENT = "its département is in no vintage known here"
    UNKNOWN_AREA = "what it is the authority of is in no vintage known here"
    PLACE_DIFFERS = "it lies elsewhere here; that place is kept"
    SAME_NAME = "another one of this name lies in this municipality"
    NO_SEATS = "it is fixed, and its seats are not said"
    LABELS_OF_BEFORE = "it is not classified any more: its labels are not taken"
    FAR_OFF = "its coordinates lie far from its municipality and are not taken"
    NO_CENTRE = "nothing says where its municipality lies: its coordinates are not taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one line says of an organisation; codes are looked up later."""

    name: str
    numbers: Identifiers
    kind: OrganisationKind
    legal_form: LegalForm | None
    department: str | None = None
    municipality: str | None = None
    area: tuple[AreaLevel, str] | None = None
    since: date | None = None
    cinema: Cinema | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def code(self) -> str:
        """What the list names it by: the same in every line that is about it."""
        return self.numbers.cnc_establishment or self.numbers.siret or self.numbers.siren or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A kind of list: its columns, the one that names who is listed, and how one of its rows is read."""

    columns: frozenset[str]
    code: str
    read: Callable[[Row], Line]


def employer(row: Row) -> Line:
    """Read an employer; its years tell since when it is known under its name."""
    years = sorted(row["annees"].split("|"))
    spellings = (Remark.OTHER_SPELLINGS,) if row["autres_graphies"] else ()
    nowhere = () if row["code_departement"] else (Remark.NO_DEPARTMENT,)
    return Line(
        name=row["raison_sociale"],
        numbers=identifiers(siret=row["siret"], siren=row["siren"]),
        kind=OrganisationKind.UNCLASSIFIED,
        legal_form=None,
        department=row["code_departement"] or None,
        since=date(int(years[0]), 1, 1) if years[0] else None,
        remarks=(*spellings, *nowhere),
    )


def authority(row: Row) -> Line:
    """Read an authority; the file writes the code of a region or of a département by the body's category."""
    known = CATEGORIES.get(row["categorie"])
    if known is None:
        raise UnknownCategory(row["categorie"])
    kind, level = known
    code = row["siren"] if level is AreaLevel.INTERMUNICIPALITY else row["code_insee"]
    return Line(
        name=row["nom"],
        numbers=identifiers(siren=row["siren"]),
        kind=kind,
        legal_form=LegalForm.LOCAL_AUTHORITY,
        area=(level, code),
    )


def cinema(row: Row) -> Line:
    """Read a cinema; only an itinerant one may be without seats."""
    one = cinemas.cinema(row)
    seats = (Remark.NO_SEATS,) if one.operation is CinemaOperation.FIXED and one.seats is None else ()
    labels = (Remark.LABELS_OF_BEFORE,) if row["labels_art_et_essai_2022"] and not one.art_house else ()
    return Line(
        name=row["nom"],
        numbers=identifiers(cnc_establishment=row["numero_auto"]),
        kind=OrganisationKind.CINEMA,
        legal_form=None,
        municipality=row["code_insee"],
        cinema=one,
        remarks=(*seats, *labels),
    )


CATEGORIES: Mapping[str, tuple[OrganisationKind, AreaLevel]] = MappingProxyType(
    {
        "REG": (OrganisationKind.REGION, AreaLevel.REGION),
        "CTU": (OrganisationKind.REGION, AreaLevel.REGION),
        "DEPT": (OrganisationKind.DEPARTMENT, AreaLevel.DEPARTMENT),
        "PARIS": (OrganisationKind.COMMUNE, AreaLevel.DEPARTMENT),
        "ML": (OrganisationKind.EPCI, AreaLevel.INTERMUNICIPALITY),
    }
)
"""Single authorities are regions too.  Lyon's metropolis, written 691, is no département: its SIREN names it."""

ROSTERS = (
    Roster(
        columns=frozenset({"siret", "siren", "raison_sociale", "autres_graphies", "code_departement", "annees"}),
        code="siret",
        read=employer,
    ),
    Roster(columns=frozenset({"categorie", "siren", "code_insee", "nom"}), code="siren", read=authority),
    Roster(
        columns=frozenset(
            {
                "numero_auto",
                "nom",
                "ecrans",
                "fauteuils",
                "code_insee",
                "genre",
                "art_et_essai",
                "labels_art_et_essai_2022",
                "latitude",
                "longitude",
            }
        ),
        code="numero_auto",
        read=cinema,
    ),
)


def recognised(columns: frozenset[str]) -> Roster:
    """Tell by its columns which kind of list a file is."""
    for roster in ROSTERS:
        if roster.columns <= columns:
            return roster
    raise RosterNotKnown(", ".join(sorted(columns)))

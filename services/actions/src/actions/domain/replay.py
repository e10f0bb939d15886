"""Open-air screenings as others tell of them, judged by the rules that were in force on their day.  Pure.

Of such a screening a page tells the day, the place and the title; of some films a list tells the length and the visa's
number.  Nobody tells whether it was authorised, or whose the rights were: what is not said is unknown, never allowed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import NAMESPACE_OID, UUID, uuid5

from actions.domain.known import Film
from actions.domain.rules import judged, rights
from actions.domain.rules.case import Case
from common.contracts.actions import AuthorisationStatus, Regime, Support, Under12Outdoors
from common.contracts.catalogue import Visa
from common.errors import Input, Invalid, Outcome, Verdict

Row = Mapping[str, str]

RULES = ("R01", "R03", "R08", "R16", "R51", "R52")
"""Those that concern an open-air screening of a film by whoever is no cinema operator."""

LACKING: Mapping[str, tuple[tuple[str, Input, str], ...]] = MappingProxyType(
    {
        "R01": (("has_visa", False, "visa"), ("counts_from", None, "visa date")),
        "R03": (("duration_minutes", None, "duration"),),
        "R08": (("authorisation", AuthorisationStatus.TO_REQUEST, "authorisation"),),
        "R16": (("classification", None, "classification"),),
        "R52": (("rights_confirmed", False, "rights"),),
    }
)
"""By which of its inputs a rule says that it does not know enough, and what that input is called."""

WORDS: Mapping[str, bool] = MappingProxyType({"oui": True, "non": False})

_CODE = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{3}")
_VISA = re.compile(r"0*([1-9][0-9]{0,5})")
OVERSEAS = ("97", "98")


class LineUnreadable(Invalid):
    """A line of a file of screenings, or of films, cannot be read; the detail names the cell."""

    title = "A cell of the file cannot be read."
    titre = "Une cellule du fichier est illisible."


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What is told of one screening; no day is told of some."""

    id: str
    on: date | None
    organiser: str
    municipality: str
    place: str
    free_of_charge: bool
    film: Film


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one rule says of a screening, and which input it would need to say more."""

    screening: str
    verdict: Verdict
    missing: str

    @property
    def version(self) -> str:
        return self.verdict.version or "none in force"


def film(row: Row) -> tuple[str, Film]:
    """Read a film by the name that the file gives it; a year of production is no date of release."""
    minutes, visa = row["duree_minutes"], row["visa"]
    if minutes and not (minutes.isascii() and minutes.isdigit() and int(minutes) > 0):
        raise LineUnreadable(f"duree_minutes: {minutes}")
    number = _VISA.fullmatch(visa)
    if visa and number is None:
        raise LineUnreadable(f"visa: {visa}")
    return row["id"], Film(
        id=_named("film", row["id"]),
        title=row["titre"],
        duration_minutes=int(minutes) if minutes else None,
        visas=(Visa(number=number[1]),) if number else (),
    )


def screening(row: Row, films: Mapping[str, Film]) -> Screening:
    """Read a screening; of a film that the list of films does not hold only the title is known."""
    for column in ("id", "film_titre"):
        if not row[column].strip():
            raise LineUnreadable(f"{column}: empty")
    if not _CODE.fullmatch(row["code_insee"]):
        raise LineUnreadable(f"code_insee: {row['code_insee'] or 'empty'}")
    if row["gratuit"] not in WORDS:
        raise LineUnreadable(f"gratuit: {row['gratuit'] or 'empty'}")
    return Screening(
        id=row["id"],
        on=_day(row["date"]),
        organiser=row["organisateur"],
        municipality=row["code_insee"],
        place=row["lieu"],
        free_of_charge=WORDS[row["gratuit"]],
        film=_film(row, films),
    )


def judge(one: Screening) -> tuple[Finding, ...]:
    """Ask every rule; without a day none can be asked, and each is to be cleared."""
    if one.on is None:
        return tuple(Finding(screening=one.id, verdict=_dateless(rule), missing="date") for rule in RULES)
    case = _case(one, one.on)
    said = (judged(rule, one.on, case) for rule in RULES)
    return tuple(Finding(screening=one.id, verdict=it, missing=missing(it)) for it in said if it is not None)


def missing(verdict: Verdict) -> str:
    """Name the input that nobody knows, if that is why a rule does not decide."""
    if verdict.outcome is not Outcome.TO_CLEAR or not verdict.version:
        return ""
    lacking = (name for said, unknown, name in LACKING.get(verdict.rule, ()) if verdict.inputs[said] == unknown)
    return next(lacking, "")


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise LineUnreadable(f"date: {written}") from None


def _film(row: Row, films: Mapping[str, Film]) -> Film:
    named = row["film_id"]
    if named and named not in films:
        raise LineUnreadable(f"film_id: {named} is in no list of films that was given")
    if named:
        return films[named]
    return Film(id=_named("film", row["film_titre"]), title=row["film_titre"], duration_minutes=None)


def _dateless(rule: str) -> Verdict:
    return Verdict(
        rule=rule,
        version="",
        inputs={"on": None},
        reason="The day of the screening is not said.",
        raison="Le jour de la séance n’est pas dit.",
        outcome=Outcome.TO_CLEAR,
    )


def _named(what: str, name: str) -> UUID:
    """Give the same thing the same id each time that a file is read."""
    return uuid5(NAMESPACE_OID, f"{what} {name}")


def _case(one: Screening, on: date) -> Case:
    """Put together what law looks at: the open air, nothing asked for, nothing agreed."""
    department = one.municipality[:3] if one.municipality.startswith(OVERSEAS) else one.municipality[:2]
    return Case(
        on=on,
        regime=Regime.NC_OPEN_AIR,
        outdoors=True,
        organiser_id=_named("organiser", one.organiser),
        licensed_operator=False,
        habilitated=False,
        municipality=one.municipality,
        place_id=_named("place", f"{one.municipality} {one.place}"),
        place_label=one.place,
        under_12_outdoors=Under12Outdoors.REFUSED,
        access_note=False,
        free_of_charge=one.free_of_charge,
        promotes_a_sale=False,
        commercial_poster=False,
        paid_sessions_besides=0,
        derogation=False,
        room_from=None,
        declared_on=None,
        declared_for_all=False,
        screen_licence=None,
        film_id=one.film.id,
        film_title=one.film.title,
        duration_minutes=one.film.duration_minutes,
        workshop_film=False,
        has_visa=one.film.has_visa,
        counts_from=one.film.counts_from,
        classification=one.film.classification,
        request_by=None,
        requested_on=None,
        authorisation=AuthorisationStatus.TO_REQUEST,
        authorised_organiser_id=None,
        authorised_municipalities=(),
        authorised_place_ids=(),
        authorised_film_ids=(),
        authorised_on=(),
        authorised_days=(),
        use=rights.use_of(Regime.NC_OPEN_AIR, outdoors=True),
        territory=rights.territory_of(department),
        film_version=None,
        support=Support.DCP,
        rights_confirmed=False,
        rights_from=None,
        rights_until=None,
        rights_uses=(),
        rights_territories=(),
        rights_versions=(),
        offer_withdrawn=False,
        expected_audience=None,
        audience_max=None,
    )

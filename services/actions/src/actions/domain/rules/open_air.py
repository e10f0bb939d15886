"""The CNC's authorisation of open-air features: of this screening (R08), to its organiser (R09), on its day (R12).

It is asked for region by region (R10), by the day that the region's DRAC has published (R11).  Days, places and films
were once looked at each by itself (`authorised`, `date_listed`): what was judged so replays so.
"""

from datetime import date
from uuid import UUID

from actions.domain.labels import AUTHORISATIONS
from actions.domain.rules.film_law import COMMERCIAL, is_feature
from common.contracts.actions import AuthorisationStatus, Regime
from common.contracts.rules import Answer, Rule
from common.errors import Outcome


def is_authorised_case(rule: Rule, regime: Regime, duration_minutes: int | None, *, outdoors: bool) -> bool:
    """Tell whether the CNC must authorise this: a feature, outdoors, by nobody licensed."""
    return outdoors and regime not in COMMERCIAL and is_feature(rule, duration_minutes)


def authorised(
    rule: Rule,
    *,
    on: date,
    regime: Regime,
    outdoors: bool,
    film_id: UUID,
    duration_minutes: int | None,
    organiser_id: UUID,
    municipality: str,
    place_id: UUID,
    place_label: str,
    authorisation: AuthorisationStatus,
    authorised_organiser_id: UUID | None,
    authorised_municipalities: tuple[str, ...],
    authorised_place_ids: tuple[UUID, ...],
    authorised_film_ids: tuple[UUID, ...],
    authorised_on: tuple[date, ...],
) -> Answer | None:
    """R08: granted for that organiser, commune, place, date and film."""
    if not is_authorised_case(rule, regime, duration_minutes, outdoors=outdoors):
        return None
    granted = authorisation is AuthorisationStatus.GRANTED
    checks = (
        (granted, f"is {authorisation}", f"est « {AUTHORISATIONS[authorisation]} »"),
        (authorised_organiser_id == organiser_id, "is another organiser's", "est celle d’un autre organisateur"),
        (
            municipality in authorised_municipalities,
            f"does not cover the commune {municipality}",
            f"ne couvre pas la commune {municipality}",
        ),
        (place_id in authorised_place_ids, f"does not cover {place_label}", f"ne couvre pas {place_label}"),
        (film_id in authorised_film_ids, f"does not name the film {film_id}", f"ne nomme pas le film {film_id}"),
        (on in authorised_on, f"does not list {on}", f"ne prévoit pas le {on}"),
    )
    lacking = next(((what, quoi) for holds, what, quoi in checks if not holds), None)
    if lacking is None:
        return Answer(Outcome.ALLOWED, "The authorisation covers it.", "L’autorisation le couvre.")
    open_still = not granted and authorisation is not AuthorisationStatus.REFUSED
    what, quoi = lacking
    return Answer(
        Outcome.TO_CLEAR if open_still else Outcome.REFUSED, f"The authorisation {what}.", f"L’autorisation {quoi}."
    )


def allowed(
    rule: Rule,
    *,
    on: date,
    regime: Regime,
    outdoors: bool,
    film_title: str,
    duration_minutes: int | None,
    organiser_id: UUID,
    place_label: str,
    authorisation: AuthorisationStatus,
    authorised_organiser_id: UUID | None,
    authorised_days: tuple[date, ...],
) -> Answer | None:
    """R08: granted to that organiser for that screening: this film, at this place, on this day."""
    if not is_authorised_case(rule, regime, duration_minutes, outdoors=outdoors):
        return None
    if authorisation is not AuthorisationStatus.GRANTED:
        refused = authorisation is AuthorisationStatus.REFUSED
        return Answer(
            Outcome.REFUSED if refused else Outcome.TO_CLEAR,
            f"The authorisation is {authorisation}.",
            f"L’autorisation est « {AUTHORISATIONS[authorisation]} ».",
        )
    if authorised_organiser_id != organiser_id:
        what, quoi = "is another organiser's", "est celle d’un autre organisateur"
        return Answer(Outcome.REFUSED, f"The authorisation {what}.", f"L’autorisation {quoi}.")
    return _on_its_day(on, film_title, place_label, authorised_days)


def day_allowed(
    rule: Rule,
    *,
    on: date,
    regime: Regime,
    outdoors: bool,
    film_title: str,
    duration_minutes: int | None,
    place_label: str,
    authorisation: AuthorisationStatus,
    authorised_days: tuple[date, ...],
) -> Answer | None:
    """R12: a day on which a granted authorisation does not allow this film at this place asks for an amendment."""
    if authorisation is not AuthorisationStatus.GRANTED:
        return None
    if not is_authorised_case(rule, regime, duration_minutes, outdoors=outdoors):
        return None
    return _on_its_day(on, film_title, place_label, authorised_days)


def _on_its_day(on: date, title: str, place: str, authorised: tuple[date, ...]) -> Answer:
    """Tell whether a film is authorised at a place on that day, else the next day on which it is."""
    if on in authorised:
        return Answer(Outcome.ALLOWED, "The authorisation covers it.", "L’autorisation le couvre.")
    listed = ", ".join(day.isoformat() for day in authorised)
    return Answer(
        Outcome.REFUSED,
        f"{title} at {place} is not authorised on {on} (authorised: {listed or 'no day'}).",
        f"{title}, {place} : le {on} n’est pas autorisé (autorisés : {listed or 'aucun jour'}).",
        min((day for day in authorised if day > on), default=None),
    )


def date_listed(
    rule: Rule,
    *,
    on: date,
    regime: Regime,
    outdoors: bool,
    duration_minutes: int | None,
    authorisation: AuthorisationStatus,
    authorised_on: tuple[date, ...],
) -> Answer | None:
    """R12: a day that a granted authorisation does not list asks for an amendment."""
    if authorisation is not AuthorisationStatus.GRANTED:
        return None
    if not is_authorised_case(rule, regime, duration_minutes, outdoors=outdoors) or on in authorised_on:
        return None
    listed = ", ".join(day.isoformat() for day in authorised_on)
    return Answer(
        Outcome.REFUSED,
        f"{on} is not authorised (authorised: {listed or 'no day'}).",
        f"Le {on} n’est pas autorisé (autorisés : {listed or 'aucun jour'}).",
    )


def authorised_person(_: Rule, *, authorised_id: UUID, organiser_id: UUID) -> Answer:
    """R09: the person authorised is the organiser."""
    if authorised_id == organiser_id:
        return Answer(Outcome.ALLOWED, "The organiser is authorised.", "L’organisateur est autorisé.")
    return Answer(
        Outcome.REFUSED,
        "The authorisation is asked for another organisation than the organiser.",
        "L’autorisation est demandée pour un autre organisme que l’organisateur.",
    )


def one_region(_: Rule, *, regions: tuple[str, ...]) -> Answer:
    """R10: one request lies in one region; regions are named by their codes."""
    if len(regions) <= 1:
        return Answer(Outcome.ALLOWED, "The request lies in one region.", "La demande porte sur une région.")
    listed = ", ".join(regions)
    return Answer(
        Outcome.REFUSED,
        f"The request lies in the regions {listed}: each has its own.",
        f"La demande porte sur les régions {listed} : à chacune la sienne.",
    )


def in_time(
    rule: Rule,
    *,
    regime: Regime,
    outdoors: bool,
    duration_minutes: int | None,
    request_by: date | None,
    requested_on: date | None,
) -> Answer | None:
    """R11: requested by the DRAC's last day for that season, where it has published one; later is flagged."""
    if request_by is None or not is_authorised_case(rule, regime, duration_minutes, outdoors=outdoors):
        return None
    if requested_on is None:
        return Answer(
            Outcome.TO_CLEAR,
            f"The authorisation is to be requested by {request_by}.",
            f"L’autorisation est à demander d’ici le {request_by}.",
        )
    late = requested_on > request_by
    return Answer(
        Outcome.TO_CLEAR if late else Outcome.ALLOWED,
        f"Requested on {requested_on}, {'LATE: ' if late else ''}the last day was {request_by}.",
        f"Demandée le {requested_on}{', EN RETARD' if late else ''} : le dernier jour était le {request_by}.",
    )

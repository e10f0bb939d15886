"""The CNC's authorisation of open-air features: of this screening (R08), to its organiser (R09), on its day (R12)."""

from datetime import date
from uuid import UUID

from actions.domain.rules.registry import in_force
from common.contracts.actions import Authorisation, AuthorisationStatus, Place
from common.errors import Verdict


def authorised(
    authorisation: Authorisation, *, organiser_id: UUID, place: Place, film_id: UUID, on: date
) -> Verdict | None:
    """R08: granted for that organiser, commune, place, date and film."""
    rule = in_force("R08", on)
    lacking = _lacking(authorisation, organiser_id=organiser_id, place=place, film_id=film_id, on=on)
    if rule is None or lacking is None:
        return None
    what, quoi = lacking
    return rule.verdict(
        f"The authorisation {what}.",
        f"L’autorisation {quoi}.",
        inputs={
            "authorisation": authorisation.state,
            "organiser_id": str(organiser_id),
            "municipality": place.municipality,
            "place_id": str(place.id),
            "film_id": str(film_id),
            "on": on.isoformat(),
        },
    )


def date_listed(authorisation: Authorisation, on: date) -> Verdict | None:
    """R12: a day that a granted authorisation does not list asks for an amendment."""
    rule = in_force("R12", on)
    if rule is None or on in authorisation.granted_dates:
        return None
    listed = ", ".join(day.isoformat() for day in authorisation.granted_dates)
    return rule.verdict(
        f"{on} is not authorised (authorised: {listed or 'no day'}).",
        f"Le {on} n’est pas autorisé (autorisés : {listed or 'aucun jour'}).",
        inputs={"on": on.isoformat(), "authorised": listed, "authorisation": authorisation.state},
    )


def authorised_person(authorised_id: UUID, organiser_id: UUID, on: date) -> Verdict | None:
    """R09: the person authorised is the organiser."""
    rule = in_force("R09", on)
    if rule is None or authorised_id == organiser_id:
        return None
    return rule.verdict(
        "The authorisation is asked for another organisation than the organiser.",
        "L’autorisation est demandée pour un autre organisme que l’organisateur.",
        inputs={"authorised_id": str(authorised_id), "organiser_id": str(organiser_id)},
    )


def _lacking(
    authorisation: Authorisation, *, organiser_id: UUID, place: Place, film_id: UUID, on: date
) -> tuple[str, str] | None:
    checks = (
        (
            authorisation.state is AuthorisationStatus.GRANTED,
            f"is {authorisation.state}",
            f"est « {authorisation.state} »",
        ),
        (authorisation.organiser_id == organiser_id, "is another organiser's", "est celle d’un autre organisateur"),
        (
            place.municipality in authorisation.municipalities,
            f"does not cover the commune {place.municipality}",
            f"ne couvre pas la commune {place.municipality}",
        ),
        (place.id in authorisation.place_ids, f"does not cover {place.label}", f"ne couvre pas {place.label}"),
        (film_id in authorisation.film_ids, f"does not name the film {film_id}", f"ne nomme pas le film {film_id}"),
        (on in authorisation.granted_dates, f"does not list {on}", f"ne prévoit pas le {on}"),
    )
    return next(((what, quoi) for holds, what, quoi in checks if not holds), None)

"""Records on what the CNC is told of or asked for: a cinema moved (R06), features outdoors (R08 to R12)."""

from actions.domain.rules import moved, open_air
from common.contracts.rules import SINCE, Rule

DECLARATION: tuple[Rule, ...] = (
    Rule(
        id="R06",
        version="1",
        valid_from=SINCE,
        text="A cinema's moved screening is declared to the CNC two weeks before, under a screen's licence number.",
        texte="La séance déplacée d’un cinéma se déclare au CNC deux semaines avant, salle nommée.",
        source="Code du cinéma, D212-14 and D212-15",
        parameters={"days": 14},
        ask=moved.declared,
        corrected=True,
    ),
    Rule(
        id="R06",
        version="2",
        valid_from=SINCE,
        text="A cinema's moved screening is declared to the CNC two weeks before, under a screen's licence number: "
        "this film at this place on this day.",
        texte="La séance déplacée d’un cinéma se déclare au CNC deux semaines avant, salle nommée : "
        "ce film, en ce lieu, ce jour.",
        source="Code du cinéma, D212-14 and D212-15",
        parameters={"days": 14},
        ask=moved.declared_for_it,
    ),
)

LEAVE: tuple[Rule, ...] = (
    Rule(
        id="R08",
        version="1",
        valid_from=SINCE,
        text="An open-air feature is scheduled only once authorised for its organiser, commune, place, date and film.",
        texte="Un long métrage en plein air n’est programmé qu’autorisé : organisateur, commune, lieu, date, film.",
        source="Code du cinéma, L214-6 and D214-8",
        parameters={"minutes": 60},
        ask=open_air.authorised,
        corrected=True,
    ),
    Rule(
        id="R08",
        version="2",
        valid_from=SINCE,
        text="An open-air feature is scheduled only once authorised for its organiser and for itself: "
        "this film at this place on this day.",
        texte="Un long métrage en plein air n’est programmé qu’autorisé pour son organisateur et pour lui-même : "
        "ce film, en ce lieu, ce jour.",
        source="Code du cinéma, L214-6 and D214-8; authorisations are valid for the planned screenings only",
        parameters={"minutes": 60},
        ask=open_air.allowed,
    ),
    Rule(
        id="R09",
        version="1",
        valid_from=SINCE,
        text="The authorised person is the organiser, not a technical provider.",
        texte="La personne autorisée est l’organisateur, pas un prestataire technique.",
        source="DRAC instructions on D214-8",
        ask=open_air.authorised_person,
    ),
    Rule(
        id="R10",
        version="1",
        valid_from=SINCE,
        text="Open-air sessions in two regions need two authorisations.",
        texte="Des séances en plein air dans deux régions demandent deux autorisations.",
        source="The CNC's instructions on open-air requests",
        ask=open_air.one_region,
    ),
    Rule(
        id="R11",
        version="1",
        valid_from=SINCE,
        text="An authorisation requested after the DRAC's last day for the season is flagged as late.",
        texte="Une autorisation demandée après la date limite de la DRAC est signalée en retard.",
        source="Each DRAC publishes its own last day; it is in the campaign's rule set",
        parameters={"minutes": 60},
        regional=("authorisation_deadlines",),
        ask=open_air.in_time,
    ),
    Rule(
        id="R12",
        version="1",
        valid_from=SINCE,
        text="A day that the authorisation does not list reopens it; a fallback date that it lists keeps it granted.",
        texte="Une date absente de l’autorisation la rouvre ; une date de repli prévue la garde accordée.",
        source="Authorisations are valid for the planned screenings only",
        parameters={"minutes": 60},
        ask=open_air.date_listed,
        corrected=True,
    ),
    Rule(
        id="R12",
        version="2",
        valid_from=SINCE,
        text="A day that the authorisation does not list for this film at this place reopens it; "
        "a fallback date that it lists keeps it granted.",
        texte="Une date que l’autorisation ne prévoit pas pour ce film en ce lieu la rouvre ; "
        "une date de repli prévue la garde accordée.",
        source="Authorisations are valid for the planned screenings only",
        parameters={"minutes": 60},
        ask=open_air.day_allowed,
    ),
)

"""How long before a session something must be settled: law where there is one, else good practice, as dated records."""

from common.contracts.rules import SINCE, Rule


def _delay(number: int, days: int, text: str, texte: str, source: str, regional: tuple[str, ...] = ()) -> Rule:
    return Rule(
        id=f"O{number:02}",
        version="1",
        valid_from=SINCE,
        text=text,
        texte=texte,
        source=source,
        parameters={"days": days},
        regional=regional,
    )


DELAYS: tuple[Rule, ...] = (
    _delay(
        1,
        60,
        "The CNC's authorisation is requested by the DRAC's last day, else two months before the session.",
        "L’autorisation du CNC se demande avant la date limite de la DRAC, sinon deux mois avant la séance.",
        "Each DRAC's last day is in the campaign's rule set; two months is ours",
        ("authorisation_deadlines",),
    ),
    _delay(
        2,
        14,
        "A cinema's moved screening is declared to the CNC two weeks before.",
        "La séance déplacée d’un cinéma se déclare au CNC deux semaines avant.",
        "Code du cinéma, D212-14",
    ),
    _delay(
        3,
        30,
        "The mayor is asked for the public place a month before.",
        "Le maire est saisi un mois avant pour l’espace public.",
        "Good practice of the coordinations",
    ),
    _delay(
        4,
        30,
        "The authority of a closed site is asked a month before.",
        "L’autorité d’un lieu fermé est saisie un mois avant.",
        "Good practice of the Culture-Justice agreements",
    ),
    _delay(
        5,
        21,
        "The rights are confirmed three weeks before.",
        "Les droits sont confirmés trois semaines avant.",
        "Good practice of the distributors",
    ),
    _delay(
        6,
        7,
        "Copy and key are there a week before.",
        "La copie et la clé sont là une semaine avant.",
        "Good practice of the projectionists",
    ),
    _delay(
        7,
        30,
        "The cinemas around are told of an open-air screening a month before.",
        "Les cinémas voisins sont prévenus un mois avant une séance en plein air.",
        "Regional good practice, within 15 km",
    ),
    _delay(
        8,
        15,
        "A screening is declared to the SACEM two weeks before.",
        "Une séance se déclare à la SACEM deux semaines avant.",
        "Early declaration is rebated by the SACEM",
    ),
    _delay(
        9,
        0,
        "Whoever is filmed in a workshop has agreed in writing by its first session.",
        "Qui est filmé dans un atelier a consenti par écrit dès la première séance.",
        "Code civil, 372-1; the scheme keeps counts only",
    ),
)

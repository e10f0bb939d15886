"""Film law on one screening: the delay after the visa (R01, R02, R04, R05), features outdoors (R03), ages (R16).

The delay is counted from the film's first visa; where the visa's date is not known, the French release bounds it.
A film made in a workshop has no visa, unless it got one; what nobody knows of any other film is to be cleared.
"""

from datetime import date, timedelta

from actions.domain.days import months_after
from actions.domain.labels import CLASSES, REGIMES
from common.contracts.actions import Regime, Under12Outdoors
from common.contracts.catalogue import Classification
from common.contracts.rules import Answer, Rule
from common.errors import Outcome

COMMERCIAL = frozenset({Regime.COMMERCIAL_CINEMA, Regime.COMMERCIAL_MOVED})
SIX_MONTHS_INDOORS = frozenset({Regime.NC_CINECLUB, Regime.NC_HERITAGE})


def is_feature(rule: Rule, duration_minutes: int | None) -> bool:
    """Tell whether a film is a feature by a rule's own number; one whose length nobody knows is taken for one."""
    return duration_minutes is None or duration_minutes > rule.parameters["minutes"]


def operator(_: Rule, *, regime: Regime, licensed_operator: bool) -> Answer | None:
    """R05: only a licensed operator's screening is commercial."""
    if regime not in COMMERCIAL:
        return None
    if licensed_operator:
        return Answer(
            Outcome.ALLOWED, "The organiser is a licensed operator.", "L’organisateur est exploitant autorisé."
        )
    return Answer(
        Outcome.REFUSED,
        f"The regime {regime} needs an organiser with an operating licence.",
        f"Le régime « {REGIMES[regime]} » demande un organisateur titulaire d’une autorisation d’exercice.",
    )


def visa_delay(
    rule: Rule,
    *,
    on: date,
    regime: Regime,
    outdoors: bool,
    film_title: str,
    duration_minutes: int | None,
    workshop_film: bool,
    has_visa: bool,
    counts_from: date | None,
) -> Answer | None:
    """R01, R02, R04: the screening comes strictly after the delay, which is a ciné-club's own one indoors."""
    shorter = regime in SIX_MONTHS_INDOORS and not outdoors
    if regime in COMMERCIAL or shorter is not bool(rule.parameters.get("clubs_indoors", 0)):
        return None
    if not is_feature(rule, duration_minutes) or (workshop_film and not has_visa):
        return None
    return _delay(rule, on, film_title, counts_from, has_visa=has_visa)


def club_delay(
    rule: Rule,
    *,
    on: date,
    regime: Regime,
    outdoors: bool,
    habilitated: bool,
    film_title: str,
    duration_minutes: int | None,
    workshop_film: bool,
    has_visa: bool,
    counts_from: date | None,
) -> Answer | None:
    """R04: whoever is habilitated waits six months indoors; nobody else's is a ciné-club's, or a cinémathèque's."""
    if regime not in SIX_MONTHS_INDOORS or outdoors:
        return None
    if not habilitated:
        return Answer(
            Outcome.REFUSED,
            f"The regime {regime} needs an organiser that is habilitated on {on}.",
            f"Le régime « {REGIMES[regime]} » demande un organisateur habilité le {on}.",
        )
    return visa_delay(
        rule,
        on=on,
        regime=regime,
        outdoors=outdoors,
        film_title=film_title,
        duration_minutes=duration_minutes,
        workshop_film=workshop_film,
        has_visa=has_visa,
        counts_from=counts_from,
    )


def _delay(rule: Rule, on: date, title: str, counts_from: date | None, *, has_visa: bool) -> Answer:
    if not has_visa:
        return Answer(
            Outcome.TO_CLEAR,
            f"No visa of {title} is known: if it has one, the delay counts from it.",
            f"Aucun visa de {title} n’est connu : s’il en a un, le délai en court.",
        )
    if counts_from is None:
        return Answer(
            Outcome.TO_CLEAR,
            f"The visa of {title} has no date, and no release date bounds it.",
            f"Le visa de {title} n’a pas de date, et aucune date de sortie ne la borne.",
        )
    first = months_after(counts_from, rule.parameters["months"]) + timedelta(days=1)
    if on >= first:
        return Answer(
            Outcome.ALLOWED,
            f"The visa of {title} counts from {counts_from}: lawful since {first}.",
            f"Le visa de {title} compte du {counts_from} : permis depuis le {first}.",
            first,
        )
    return Answer(
        Outcome.REFUSED,
        f"The visa of {title} counts from {counts_from}: {first} is the first lawful day, {on} is too early.",
        f"Le visa de {title} compte du {counts_from} : le premier jour permis est le {first}, pas le {on}.",
        first,
    )


def length_outdoors(
    rule: Rule,
    *,
    regime: Regime,
    outdoors: bool,
    film_title: str,
    duration_minutes: int | None,
    workshop_film: bool,
) -> Answer | None:
    """R03: at exactly sixty minutes outdoors the texts diverge, and the coordination is asked to look.

    One whose length nobody knows is taken for a feature, which the CNC must authorise (R08): so is a workshop's film,
    of which the first version said nothing.
    """
    minutes = rule.parameters["minutes"]
    if not outdoors or regime in COMMERCIAL or (duration_minutes is not None and duration_minutes != minutes):
        return None
    if duration_minutes is None and workshop_film and "workshops" not in rule.parameters:
        return None
    lasts, dure = ("for how long nobody knows", "on ne sait combien")
    if duration_minutes is not None:
        lasts, dure = (f"exactly {minutes} minutes", f"exactement {minutes} minutes")
    return Answer(
        Outcome.TO_CLEAR,
        f"{film_title} lasts {lasts}: the coordination settles what it is.",
        f"{film_title} dure {dure} : la coordination tranche.",
    )


def age_outdoors(
    _: Rule,
    *,
    outdoors: bool,
    film_title: str,
    workshop_film: bool,
    classification: Classification | None,
    under_12_outdoors: Under12Outdoors,
    access_note: bool,
) -> Answer | None:
    """R16: under 16 or 18 never; under 12 never, or with a note on controlled access, as the campaign says."""
    if not outdoors or (workshop_film and classification is None):
        return None
    if classification is None:
        return Answer(
            Outcome.TO_CLEAR,
            f"The classification of {film_title} is not known.",
            f"La classification de {film_title} n’est pas connue.",
        )
    controlled = under_12_outdoors is Under12Outdoors.WITH_ACCESS_NOTE and access_note
    lawful = classification is Classification.ALL or (classification is Classification.U12 and controlled)
    what, quoi = f"{film_title} is classified {classification}", f"{film_title} est {CLASSES[classification]}"
    if classification is Classification.U12 and not lawful and under_12_outdoors is Under12Outdoors.WITH_ACCESS_NOTE:
        what, quoi = (
            f"{what}: a note on controlled access lacks",
            f"{quoi} : il manque une note sur le contrôle d’accès",
        )
    return Answer(Outcome.ALLOWED if lawful else Outcome.REFUSED, f"{what}.", f"{quoi}.")

"""Film law on one screening: the delay after the visa (R01, R02, R04, R05), features outdoors (R03), ages (R16).

The delay is counted from the film's first visa; where the visa's date is not known, the French release bounds it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from actions.domain.days import months_after
from actions.domain.known import Film
from actions.domain.rules.registry import in_force
from common.contracts.actions import Regime, Under12Outdoors
from common.contracts.catalogue import Classification
from common.errors import Verdict

COMMERCIAL = frozenset({Regime.COMMERCIAL_CINEMA, Regime.COMMERCIAL_MOVED})
SIX_MONTHS_INDOORS = frozenset({Regime.NC_CINECLUB, Regime.NC_HERITAGE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """One film, one day, one regime: what film law looks at."""

    film: Film
    on: date
    regime: Regime
    outdoors: bool
    licensed_operator: bool


def is_feature(duration_minutes: int | None, on: date) -> bool:
    """Tell whether the law of features holds; a film whose length nobody knows is taken for one."""
    rule = in_force("R03", on)
    return rule is not None and (duration_minutes is None or duration_minutes > rule.parameters["minutes"])


def operator(screening: Screening) -> Verdict | None:
    """R05: only a licensed operator's screening is commercial."""
    rule = in_force("R05", screening.on)
    if rule is None or screening.regime not in COMMERCIAL or screening.licensed_operator:
        return None
    return rule.verdict(
        f"The regime {screening.regime} needs an organiser with an operating licence.",
        f"Le régime {screening.regime} demande un organisateur titulaire d’une autorisation d’exercice.",
        inputs={"regime": screening.regime, "licensed_operator": False},
    )


def visa_delay(screening: Screening) -> Verdict | None:
    """R01, R02, R04: the screening comes strictly after the delay; without a visa there is none to wait for."""
    film = screening.film
    rule = in_force(_delay_rule(screening), screening.on)
    if (
        rule is None
        or screening.regime in COMMERCIAL
        or not film.visas
        or not is_feature(film.duration_minutes, screening.on)
    ):
        return None
    since = counted_from(film)
    if since is None:
        return rule.verdict(
            f"The visa of {film.title} has no date, and no release date bounds it.",
            f"Le visa de {film.title} n’a pas de date, et aucune date de sortie ne la borne.",
            inputs={"film_id": str(film.id), "visa_date": None, "on": screening.on.isoformat()},
        )
    first = months_after(since, rule.parameters["months"]) + timedelta(days=1)
    if screening.on >= first:
        return None
    return rule.verdict(
        f"The visa of {film.title} counts from {since}: {first} is the first lawful day, {screening.on} is too early.",
        f"Le visa de {film.title} compte du {since} : le premier jour permis est le {first}, pas le {screening.on}.",
        inputs={
            "film_id": str(film.id),
            "visa_date": since.isoformat(),
            "on": screening.on.isoformat(),
            "months": rule.parameters["months"],
            "regime": screening.regime,
            "outdoors": screening.outdoors,
        },
        first_lawful_on=first,
    )


def counted_from(film: Film) -> date | None:
    """Find the day from which the delay runs: the first dated visa, else the release, which came after it."""
    dated = [visa.issued_on for visa in film.visas if visa.issued_on is not None]
    return min(dated) if dated else film.released_on


def length_to_look_at(screening: Screening) -> Verdict | None:
    """R03: at exactly sixty minutes outdoors the texts diverge, and the coordination is asked to look."""
    rule = in_force("R03", screening.on)
    exactly = rule is not None and screening.film.duration_minutes == rule.parameters["minutes"]
    if rule is None or not exactly or not screening.outdoors or screening.regime in COMMERCIAL:
        return None
    title, minutes = screening.film.title, rule.parameters["minutes"]
    return rule.verdict(
        f"{title} lasts exactly {minutes} minutes: the coordination settles what it is.",
        f"{title} dure exactement {minutes} minutes : la coordination tranche.",
        inputs={"film_id": str(screening.film.id), "duration_minutes": minutes, "on": screening.on.isoformat()},
    )


def age_outdoors(screening: Screening, under_12: Under12Outdoors, access_note: str) -> Verdict | None:
    """R16: under 16 or 18 never; under 12 never, or with a note on controlled access, as the campaign says."""
    rule = in_force("R16", screening.on)
    classification = screening.film.classification
    if rule is None or not screening.outdoors or classification in {None, Classification.ALL}:
        return None
    if classification is Classification.U12 and under_12 is Under12Outdoors.WITH_ACCESS_NOTE and access_note:
        return None
    return rule.verdict(
        f"{screening.film.title} is classified {classification}.",
        f"{screening.film.title} est classé {classification}.",
        inputs={
            "film_id": str(screening.film.id),
            "classification": classification,
            "under_12_outdoors": under_12,
            "access_note": bool(access_note),
        },
    )


def _delay_rule(screening: Screening) -> str:
    return "R04" if screening.regime in SIX_MONTHS_INDOORS and not screening.outdoors else "R01"

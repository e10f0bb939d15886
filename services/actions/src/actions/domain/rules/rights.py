"""Rights of one film for one session: day, territory, use, version, support, audience (R52)."""

from collections.abc import Mapping
from datetime import date

from actions.domain.labels import TERRITORIES, USES
from actions.domain.rules.film_law import COMMERCIAL
from common.contracts.actions import ClearanceStatus, Regime, Support
from common.contracts.catalogue import FilmVersion, RightsTerritory, RightsUse
from common.contracts.rules import Answer, Rule
from common.errors import Input, Outcome

CLEARED = frozenset({ClearanceStatus.CONFIRMED, ClearanceStatus.MATERIAL_RECEIVED, ClearanceStatus.SETTLED})


ASKED = frozenset({ClearanceStatus.REQUESTED, ClearanceStatus.QUOTED})
"""What stands on an offer before it is agreed."""

Doubt = tuple[str, str]
"""What somebody must look at of rights that cover all that is known, in English and in French."""


def use_of(regime: Regime, *, outdoors: bool) -> RightsUse:
    if regime in COMMERCIAL:
        return RightsUse.COMMERCIAL
    return RightsUse.OPEN_AIR if outdoors else RightsUse.NON_COMMERCIAL_INDOOR


def territory_of(department: str) -> RightsTerritory:
    """Rights overseas are sold apart, département by département."""
    overseas = {territory.value for territory in RightsTerritory}
    return RightsTerritory(department) if department in overseas else RightsTerritory.METROPOLITAN


def covered(
    rule: Rule,
    *,
    on: date,
    film_title: str,
    workshop_film: bool,
    use: RightsUse,
    territory: RightsTerritory,
    film_version: FilmVersion | None,
    support: Support,
    rights_confirmed: bool,
    rights_from: date | None,
    rights_until: date | None,
    rights_uses: tuple[RightsUse, ...],
    rights_territories: tuple[RightsTerritory, ...],
    rights_versions: tuple[FilmVersion, ...],
    offer_withdrawn: bool,
    expected_audience: int | None = None,  # verdicts of the first two versions were kept without these
    audience_max: int | None = None,
) -> Answer | None:
    """R52: confirmed rights cover the day, the territory, the use, the version and the audience, from a lawful support.

    What was agreed stands when the offer is withdrawn afterwards, but somebody must look at it; what was not agreed can
    no longer be on that offer.  Where rights are for some versions only, nobody knows whether they cover one that is
    not named; where they have a ceiling, nobody knows whether they cover an audience that nobody has told.
    """
    if support is Support.PRIVATE_DISC:
        what, quoi = (
            "a disc for private use is no lawful support",
            "un disque d’usage privé n’est pas un support permis",
        )
        return Answer(Outcome.REFUSED, f"{film_title}: {what}.", f"{film_title} : {quoi}.")
    if workshop_film:
        return None
    if not rights_confirmed or rights_from is None or rights_until is None:
        what, quoi = "the rights are not confirmed", "les droits ne sont pas confirmés"
        if offer_withdrawn:
            what = f"{what}, and the rights-holder has withdrawn its offer"
            quoi = f"{quoi}, et l’ayant droit a retiré son offre"
        return Answer(Outcome.TO_CLEAR, f"{film_title}: {what}.", f"{film_title} : {quoi}.")
    any_version = film_version is None or not rights_versions
    span = f"{rights_from}/{rights_until}"
    checks = (
        (rights_from <= on <= rights_until, f"day {on}, rights {span}", f"jour {on}, droits {span}"),
        (
            territory in rights_territories,
            f"territory {territory} not covered",
            f"territoire non couvert ({TERRITORIES[territory]})",
        ),
        (use in rights_uses, f"use {use} not covered", f"usage {USES[use]} non couvert"),
        (
            any_version or film_version in rights_versions,
            f"version {film_version} not covered",
            f"version {film_version} non couverte",
        ),
        (
            not _is_above(rule, expected_audience, audience_max),
            f"{expected_audience} people expected, {audience_max} covered",
            f"{expected_audience} personnes attendues, {audience_max} couvertes",
        ),
    )
    lacking = next(((what, quoi) for holds, what, quoi in checks if not holds), None)
    if lacking is not None:
        begins_later = rights_from if on < rights_from else None
        return Answer(Outcome.REFUSED, f"{film_title}: {lacking[0]}.", f"{film_title} : {lacking[1]}.", begins_later)
    doubt = _unnamed(rule, film_version, rights_versions) or _untold(rule, expected_audience, audience_max)
    if doubt := doubt or _withdrawn(offer_withdrawn=offer_withdrawn):
        return Answer(Outcome.TO_CLEAR, f"{film_title}: {doubt[0]}.", f"{film_title} : {doubt[1]}.")
    return Answer(Outcome.ALLOWED, f"{film_title}: the rights cover it.", f"{film_title} : les droits le couvrent.")


def stand_withdrawn(inputs: Mapping[str, Input]) -> bool:
    """Tell whether all that is to be looked at is that the offer was withdrawn after it was agreed on."""
    named = inputs.get("film_version") is not None or not inputs.get("rights_versions")
    told = inputs.get("expected_audience") is not None or inputs.get("audience_max") is None
    return bool(inputs.get("offer_withdrawn") and inputs.get("rights_confirmed") and named and told)


def _is_above(rule: Rule, expected: int | None, most: int | None) -> bool:
    """Tell whether more are expected than the rights are for, where the rule looks at it."""
    return "audience" in rule.parameters and most is not None and expected is not None and expected > most


def _unnamed(rule: Rule, shown: FilmVersion | None, versions: tuple[FilmVersion, ...]) -> Doubt | None:
    """Say that nobody has named the version that is shown, of those for which the rights are."""
    if shown is not None or not versions or "version_named" not in rule.parameters:
        return None
    listed = ", ".join(versions)
    return (
        f"the rights are for {listed}, and the version that is shown is not named",
        f"les droits sont pour {listed}, et la version montrée n’est pas nommée",
    )


def _untold(rule: Rule, expected: int | None, most: int | None) -> Doubt | None:
    """Say that the rights are for so many, and that nobody has told how many are expected."""
    if expected is not None or most is None or "audience" not in rule.parameters:
        return None
    return (
        f"the rights are for {most} people at most, and nobody has said how many are expected",
        f"les droits sont pour {most} personnes au plus, et nul n’a dit combien sont attendues",
    )


def _withdrawn(*, offer_withdrawn: bool) -> Doubt | None:
    if not offer_withdrawn:
        return None
    return (
        "agreed, but the rights-holder has withdrawn its offer since",
        "convenu, mais l’ayant droit a retiré son offre depuis",
    )

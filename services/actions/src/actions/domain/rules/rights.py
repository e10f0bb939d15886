"""Rights of one film for one session: day, territory, use, version, support (R52)."""

from datetime import date
from uuid import UUID

from actions.domain.known import RightsOffer
from actions.domain.rules.film_law import COMMERCIAL
from actions.domain.rules.registry import in_force
from common.contracts.actions import ClearanceStatus, ProgrammeItem, Regime, RightsTerms, Support
from common.contracts.catalogue import RightsTerritory, RightsUse
from common.errors import Verdict

CLEARED = frozenset({ClearanceStatus.CONFIRMED, ClearanceStatus.MATERIAL_RECEIVED, ClearanceStatus.SETTLED})


def use_of(regime: Regime, *, outdoors: bool) -> RightsUse:
    if regime in COMMERCIAL:
        return RightsUse.COMMERCIAL
    return RightsUse.OPEN_AIR if outdoors else RightsUse.NON_COMMERCIAL_INDOOR


def territory_of(department: str) -> RightsTerritory:
    """Rights overseas are sold apart, département by département."""
    overseas = {territory.value for territory in RightsTerritory}
    return RightsTerritory(department) if department in overseas else RightsTerritory.METROPOLITAN


def covered(
    item: ProgrammeItem, terms: RightsTerms | None, *, on: date, use: RightsUse, territory: RightsTerritory
) -> Verdict | None:
    """R52: confirmed rights cover the day, the territory, the use and the version, from a lawful support."""
    rule = in_force("R52", on)
    lacking = _lacking(item, terms, on=on, use=use, territory=territory)
    if rule is None or lacking is None:
        return None
    what, quoi = lacking
    return rule.verdict(
        f"{item.title}: {what}.",
        f"{item.title} : {quoi}.",
        inputs={
            "film_id": str(item.film_id),
            "on": on.isoformat(),
            "use": use,
            "territory": territory,
            "version": item.version,
            "support": item.support,
        },
    )


def _lacking(
    item: ProgrammeItem, terms: RightsTerms | None, *, on: date, use: RightsUse, territory: RightsTerritory
) -> tuple[str, str] | None:
    if item.support is Support.PRIVATE_DISC:
        return "a disc for private use is no lawful support", "un disque d’usage privé n’est pas un support permis"
    if item.workshop_film:
        return None
    if terms is None:
        return "the rights are not confirmed", "les droits ne sont pas confirmés"
    any_version = item.version is None or not terms.versions
    span = f"{terms.starts_on}/{terms.ends_on}"
    checks = (
        (terms.starts_on <= on <= terms.ends_on, f"day {on}, rights {span}", f"jour {on}, droits {span}"),
        (territory in terms.territories, f"territory {territory} not covered", f"territoire {territory} non couvert"),
        (use in terms.uses, f"use {use} not covered", f"usage {use} non couvert"),
        (
            any_version or item.version in terms.versions,
            f"version {item.version} not covered",
            f"version {item.version} non couverte",
        ),
    )
    return next(((what, quoi) for holds, what, quoi in checks if not holds), None)


def inside_offer(film_id: UUID, terms: RightsTerms, offer: RightsOffer, on: date) -> Verdict | None:
    """R52: what is confirmed on an offer is no wider than the offer, which is the film's and still stands."""
    rule = in_force("R52", on)
    versions = not offer.versions or (bool(terms.versions) and set(terms.versions) <= set(offer.versions))
    inside = (
        offer.film_id == film_id
        and not offer.withdrawn
        and offer.starts_on <= terms.starts_on <= terms.ends_on <= offer.ends_on
        and set(terms.uses) <= set(offer.uses)
        and set(terms.territories) <= set(offer.territories)
        and versions
    )
    if rule is None or inside:
        return None
    return rule.verdict(
        "The terms are wider than the rights-holder's offer.",
        "Les termes sont plus larges que l’offre de l’ayant droit.",
        inputs={
            "film_id": str(film_id),
            "offer_id": str(offer.id),
            "withdrawn": offer.withdrawn,
            "offered": f"{offer.starts_on}/{offer.ends_on}",
            "terms": f"{terms.starts_on}/{terms.ends_on}",
        },
    )

"""What may be confirmed on a rights-holder's offer (R52)."""

from datetime import date
from uuid import UUID

from actions.domain.known import RightsOffer
from actions.domain.rules.registry import in_force
from common.contracts.actions import RightsTerms
from common.errors import Verdict


def inside_offer(film_id: UUID, terms: RightsTerms, offer: RightsOffer, on: date) -> Verdict | None:
    """R52: what is confirmed on an offer is no wider than the offer, which is the film's and still stands."""
    rule = in_force("R52", on)
    versions = not offer.versions or (bool(terms.versions) and set(terms.versions) <= set(offer.versions))
    narrow = offer.audience_max is None or (terms.audience_max is not None and terms.audience_max <= offer.audience_max)
    inside = (
        offer.film_id == film_id
        and not offer.withdrawn
        and offer.starts_on <= terms.starts_on <= terms.ends_on <= offer.ends_on
        and set(terms.uses) <= set(offer.uses)
        and set(terms.territories) <= set(offer.territories)
        and versions
        and narrow
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
            "audience_offered": offer.audience_max,
            "audience_max": terms.audience_max,
        },
    )

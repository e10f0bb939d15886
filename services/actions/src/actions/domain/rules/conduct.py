"""How a screening is paid for and announced: free outdoors (R14), promoting nothing (R50), by no trade poster (R51)."""

from actions.domain.rules.film_law import COMMERCIAL
from common.contracts.actions import Regime
from common.contracts.rules import Answer, Rule
from common.errors import Outcome

THREE_REGIMES = frozenset({Regime.NC_FREE, Regime.NC_OPEN_AIR, Regime.NC_PUBLIC_SERVICE})


def free_outdoors(_: Rule, *, price_cents: int) -> Answer:
    """R14: an open-air screening of the scheme has no price."""
    if price_cents == 0:
        return Answer(Outcome.ALLOWED, "The screening is free.", "La séance est gratuite.")
    return Answer(
        Outcome.REFUSED,
        f"{price_cents} cents are asked for an open-air screening.",
        f"{price_cents} centimes sont demandés pour une séance en plein air.",
    )


def promotes(_: Rule, *, free_of_charge: bool, promotes_a_sale: bool) -> Answer | None:
    """R50: a free screening whose sponsor promotes a product or a service."""
    if not free_of_charge:
        return None
    if promotes_a_sale:
        return Answer(
            Outcome.REFUSED,
            "The sponsor promotes a product or a service.",
            "Le parrain fait la promotion d’un produit ou d’un service.",
        )
    return Answer(Outcome.ALLOWED, "Nothing is promoted.", "Rien n’est promu.")


def promotes_in_three_regimes(
    rule: Rule, *, regime: Regime, free_of_charge: bool, promotes_a_sale: bool
) -> Answer | None:
    """R50 as its first version misread it: of three regimes, whatever else is free."""
    if regime not in THREE_REGIMES:
        return None
    return promotes(rule, free_of_charge=free_of_charge, promotes_a_sale=promotes_a_sale)


def poster(_: Rule, *, regime: Regime, outdoors: bool, commercial_poster: bool) -> Answer | None:
    """R51: the distributor's commercial poster announces no open-air screening but a cinema's."""
    if not outdoors or regime in COMMERCIAL:
        return None
    if commercial_poster:
        return Answer(
            Outcome.REFUSED,
            "The announcement shows the distributor's commercial poster.",
            "L’annonce montre l’affiche commerciale du distributeur.",
        )
    return Answer(Outcome.ALLOWED, "No commercial poster is used.", "Aucune affiche commerciale n’est utilisée.")

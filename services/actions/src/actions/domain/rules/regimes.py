"""Which legal regime the law has for a screening (L01), by where it is held, what it costs and who organises it."""

from actions.domain.labels import REGIMES
from common.contracts.actions import Regime
from common.contracts.rules import Answer, Rule
from common.errors import Outcome


def fits(
    rule: Rule,
    *,
    regime: Regime,
    outdoors: bool,
    closed_site: bool,
    price_cents: int,
    association: bool,
    public_body: bool,
) -> Answer:
    """L01: outdoors the open air's or a moved one; seats are sold by associations, public bodies and cinemas."""
    sets = rule.sets
    checks = (
        (
            regime in sets["outdoors" if outdoors else "indoors"],
            f"is none of a screening {'outdoors' if outdoors else 'indoors'}",
            f"n’est pas celui d’une séance {'en plein air' if outdoors else 'en salle'}",
        ),
        (price_cents == 0 or regime not in sets["never_paid"], "is free of charge", "est gratuit"),
        (price_cents > 0 or regime not in sets["always_paid"], "is paid for", "est payant"),
        (
            association or regime not in sets["of_associations"],
            "is an association's",
            "est celui d’une association",
        ),
        (
            public_body or closed_site or regime not in sets["of_public_bodies"],
            "is a public body's, or held on a closed site",
            "est celui d’un organisme public, ou d’un site fermé",
        ),
    )
    against = next(((what, quoi) for holds, what, quoi in checks if not holds), None)
    nom = f"Le régime « {REGIMES[regime]} »"
    if against is None:
        return Answer(Outcome.ALLOWED, f"{regime} fits the screening.", f"{nom} convient à la séance.")
    return Answer(Outcome.REFUSED, f"{regime} {against[0]}.", f"{nom} {against[1]}.")

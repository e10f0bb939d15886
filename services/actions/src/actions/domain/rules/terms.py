"""On which terms a screening is held, as records: what it may promote (R50, R51)."""

from actions.domain.rules import conduct
from common.contracts.rules import SINCE, Rule

CONDUCT: tuple[Rule, ...] = (
    Rule(
        id="R50",
        version="1",
        valid_from=SINCE,
        text="A free screening promotes neither directly nor indirectly the sale of a product or a service.",
        texte="Une séance gratuite ne promeut, même indirectement, la vente d’aucun produit ni service.",
        source="Code du cinéma, L214-5",
        ask=conduct.promotes_in_three_regimes,
        corrected=True,
    ),
    Rule(
        id="R50",
        version="2",
        valid_from=SINCE,
        text="A free screening, under whichever regime, promotes neither directly nor indirectly the sale of a product "
        "or a service.",
        texte="Une séance gratuite, sous quelque régime que ce soit, ne promeut, même indirectement, la vente d’aucun "
        "produit ni service.",
        source="Code du cinéma, L214-5, of every free screening of the scheme; version 1 let by those of ciné-clubs, "
        "cinémathèques and cinemas",
        ask=conduct.promotes,
    ),
    Rule(
        id="R51",
        version="1",
        valid_from=SINCE,
        text="An open-air screening is not announced with the distributor's commercial material.",
        texte="Une séance en plein air ne s’annonce pas avec le matériel commercial du distributeur.",
        source="The CNC's instructions on open-air requests",
        ask=conduct.poster,
    ),
)

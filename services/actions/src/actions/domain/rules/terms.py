"""On which terms a screening is held, as records: what it may promote (R50, R51), and its legal regime (L01)."""

from actions.domain.rules import conduct, regimes
from common.contracts.actions import Regime
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

REGIMES: tuple[Rule, ...] = (
    Rule(
        id="L01",
        version="1",
        valid_from=SINCE,
        text="The regime of a screening is one that the law has for its place, its price and its organiser; whoever "
        "sells seats and has none is a cinema.",
        texte="Le régime d’une séance est un de ceux que la loi a pour son lieu, son prix et son organisateur ; qui "
        "vend des places sans en avoir aucun est un cinéma.",
        source="Code du cinéma, L212-2, L212-18 and L214-1 to L214-6; what is presumed where nobody says it, the "
        "likeliest first, is ours",
        sets={
            "outdoors": (Regime.NC_OPEN_AIR, Regime.COMMERCIAL_MOVED),
            "indoors": tuple(one for one in Regime if one is not Regime.NC_OPEN_AIR),
            "never_paid": (Regime.NC_FREE,),
            "always_paid": (Regime.NC_ASSOCIATION_PAID,),
            "of_associations": (Regime.NC_ASSOCIATION_PAID,),
            "of_public_bodies": (Regime.NC_PUBLIC_SERVICE,),
            "presumed_outdoors": (Regime.NC_OPEN_AIR,),
            "presumed_outdoors_of_cinemas": (Regime.COMMERCIAL_MOVED,),
            "presumed_on_closed_sites": (Regime.NC_PUBLIC_SERVICE,),
            "presumed_of_cinemas": (Regime.COMMERCIAL_CINEMA,),
            "presumed": (
                Regime.NC_FREE,
                Regime.NC_ASSOCIATION_PAID,
                Regime.NC_PUBLIC_SERVICE,
                Regime.COMMERCIAL_CINEMA,
            ),
        },
        ask=regimes.fits,
    ),
)

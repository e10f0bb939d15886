"""What others must have agreed to, as records: who can be recognised in a film (R39, R40), who has its rights (R52)."""

from collections.abc import Mapping

from actions.domain.rules import consents, rights
from common.contracts.actions import ActionType
from common.contracts.catalogue import Dissemination
from common.contracts.rules import SINCE, Rule

REACH: Mapping[str, tuple[str, ...]] = {
    "at_festivals": (ActionType.FESTIVAL_JOURNEY, ActionType.JURY_WORKSHOP),
    "to_the_public": (ActionType.OPEN_AIR_SCREENING, ActionType.SPECIAL_SCREENING),
}
"""Which types of action carry a workshop film further than to those who made it (R39, R40)."""

CONSENTS: tuple[Rule, ...] = (
    Rule(
        id="R39",
        version="1",
        valid_from=SINCE,
        text="A workshop film is shown no further than everybody who can be recognised agreed; to its makers always.",
        texte="Un film d’atelier ne va que là où toute personne reconnaissable l’accepte ; ses auteurs le voient.",
        source="Code civil, 372-1, for minors; how far a session carries a film is our reading",
        sets={"without_consents": (Dissemination.NONE, Dissemination.RESTITUTION_ONLY), **REACH},
        ask=consents.agreed,
    ),
    Rule(
        id="R40",
        version="1",
        valid_from=SINCE,
        text="A film made in a prison is shown at no session before all agreed in writing and the administration too.",
        texte="Un film fait en prison ne passe à aucune séance sans tous les accords écrits, administration comprise.",
        source="Loi du 24 novembre 2009, article 41; how far a session carries a film is our reading",
        sets={"without_consents": (Dissemination.NONE,), **REACH},
        ask=consents.agreed_in_prison,
    ),
)

RIGHTS: tuple[Rule, ...] = (
    Rule(
        id="R52",
        version="1",
        valid_from=SINCE,
        text="Rights cover the day, the territory, the use and the version; a disc for private use is never shown.",
        texte="Les droits couvrent le jour, le territoire, l’usage et la version ; jamais un disque d’usage privé.",
        source="Code de la propriété intellectuelle; distributors' contracts",
        ask=rights.covered,
        corrected=True,
    ),
    Rule(
        id="R52",
        version="2",
        valid_from=SINCE,
        text="Rights cover the day, the territory, the use and the version, which is named where they name any; "
        "a disc for private use is never shown.",
        texte="Les droits couvrent le jour, le territoire, l’usage et la version, nommée s’ils en nomment ; "
        "jamais un disque d’usage privé.",
        source="Code de la propriété intellectuelle; distributors' contracts",
        parameters={"version_named": 1},
        ask=rights.covered,
        corrected=True,
    ),
    Rule(
        id="R52",
        version="3",
        valid_from=SINCE,
        text="Rights cover the day, the territory, the use, the version, which is named where they name any, "
        "and the audience, which is told where they have a ceiling; a disc for private use is never shown.",
        texte="Les droits couvrent le jour, le territoire, l’usage, la version, nommée s’ils en nomment, "
        "et le public attendu, dit s’ils ont une jauge ; jamais un disque d’usage privé.",
        source="Code de la propriété intellectuelle; distributors' contracts",
        parameters={"version_named": 1, "audience": 1},
        ask=rights.covered,
    ),
)

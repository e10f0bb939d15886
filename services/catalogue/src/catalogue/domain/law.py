"""The rules that this service judges by, as records: what is a feature, and how far a workshop film travels.

What films are shown where, and on which rights, is judged by whoever programmes them.
"""

from collections.abc import Sequence
from datetime import date

from common.contracts import rules
from common.contracts.catalogue import Dissemination
from common.contracts.rules import SINCE, Rule

RULES: tuple[Rule, ...] = (
    Rule(
        id="R03",
        version="1",
        valid_from=SINCE,
        text="A film of more than sixty minutes is a feature; one of sixty minutes or less is a short one.",
        texte="Un film de plus de soixante minutes est un long métrage ; de soixante minutes ou moins, un court.",
        source="Code du cinéma, L214-6; texts diverge at exactly 60 minutes",
        parameters={"minutes": 60},
    ),
    Rule(
        id="R39",
        version="1",
        valid_from=SINCE,
        text="A workshop film travels as far as everybody who can be recognised agreed; who made it may see it.",
        texte="Un film d’atelier va aussi loin que toute personne reconnaissable l’accepte ; ses auteurs le voient.",
        source="Code civil, 372-1, for minors; rule of the scheme (règle du dispositif)",
        sets={"without_consents": (Dissemination.NONE, Dissemination.RESTITUTION_ONLY)},
        corrected=True,
    ),
    Rule(
        id="R39",
        version="2",
        valid_from=SINCE,
        text="A workshop film travels as far as everybody who can be recognised agreed, there or further; who made it "
        "may see it.",
        texte="Un film d’atelier va où toute personne reconnaissable l’accepte, là ou plus loin ; ses auteurs le "
        "voient.",
        source="Code civil, 372-1, for minors; rule of the scheme (règle du dispositif); version 1 took who agreed to "
        "be seen far away for one who did not agree to be seen nearer",
        parameters={"further_counts": 1},
        sets={"without_consents": (Dissemination.NONE, Dissemination.RESTITUTION_ONLY)},
    ),
    Rule(
        id="R40",
        version="1",
        valid_from=SINCE,
        text="A film made in a prison is shown to nobody before all agreed in writing and the administration too.",
        texte="Un film fait en prison n’est montré à personne sans tous les accords écrits, administration comprise.",
        source="Loi du 24 novembre 2009, article 41",
        sets={"without_consents": (Dissemination.NONE,)},
        corrected=True,
    ),
    Rule(
        id="R40",
        version="2",
        valid_from=SINCE,
        text="A film made in a prison is shown to nobody before all agreed in writing, to that or to further, and the "
        "administration too.",
        texte="Un film fait en prison n’est montré à personne sans tous les accords écrits, pour cela ou plus loin, "
        "administration comprise.",
        source="Loi du 24 novembre 2009, article 41; version 1 took who agreed to be seen far away for one who did not "
        "agree to be seen nearer",
        parameters={"further_counts": 1},
        sets={"without_consents": (Dissemination.NONE,)},
    ),
)


def versions(rule_id: str) -> Sequence[Rule]:
    return rules.versions(RULES, rule_id)


def newest(rule_id: str) -> Rule:
    """Give the version by which what is described now is described."""
    return versions(rule_id)[-1]


def in_force(rule_id: str, day: date) -> Rule | None:
    """Find the version of a rule that judges this day."""
    return rules.in_force(RULES, rule_id, day)

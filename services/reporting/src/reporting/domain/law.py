"""The rules that this service counts and publishes by, as records; what each figure is, is said in `indicators`."""

from common.contracts import rules
from common.contracts.rules import SINCE, Rule

RULES: tuple[Rule, ...] = (
    Rule(
        id="R37",
        version="1",
        valid_from=SINCE,
        text="The public sees no cell of 1 to 4 persons, nor what would give one away; totals stay.",
        texte="Le public ne voit aucune case de 1 à 4 personnes, ni ce qui la trahirait ; les totaux restent.",
        source="Rule of the scheme (règle du dispositif), after the practice of statistical secrecy",
        parameters={"smallest": 1, "largest": 4, "actions_changed": 2},
    ),
    Rule(
        id="R48",
        version="1",
        valid_from=SINCE,
        text="The co-funding rate is 1 less Passeurs credits by cash total, in kind left out; empty if that is 0.",
        texte="Le taux de cofinancement est 1 moins crédits Passeurs sur numéraire, hors nature ; vide s’il est nul.",
        source="Rule of the scheme (règle du dispositif)",
    ),
)


def newest(rule_id: str) -> Rule:
    """Give the version by which what is published now is published; what was published is not published again."""
    return rules.versions(RULES, rule_id)[-1]

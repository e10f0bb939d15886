"""The rules: dated records (`law`), and pure functions that judge by them and answer a verdict, or nothing."""

from actions.domain.rules.law import RULES
from actions.domain.rules.registry import in_force, judged, said
from actions.domain.rules.rule import say
from common.contracts.rules import Rule

__all__ = ["RULES", "Rule", "in_force", "judged", "said", "say"]

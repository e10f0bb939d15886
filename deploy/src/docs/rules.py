"""The page of rules: what the law and the scheme say, in which version, from which day, by which numbers."""

from pathlib import Path

from actions.domain.rules import RULES, Rule

PATH = Path("docs/reference/rules.md")

BEGINS = """# Rules

*Written by `make docs` from the records that the code judges by (`actions.domain.rules`).*

A rule is a dated record; the version in force on the day of the thing judged decides.  A refusal names rule, version,
what went in, why, and the first day on which it would pass.  What differs by region (deadlines, companions of an
open-air screening, films for over-twelves) is in the campaign's own rule set, not here.

| rule | version | holds | says | dit | numbers | source |
|---|---|---|---|---|---|---|
"""


def page() -> str:
    """Write the table, by rule and date."""
    ordered = sorted(RULES, key=lambda rule: (rule.id, rule.valid_from))
    return BEGINS + "\n".join(_line(rule) for rule in ordered) + "\n"


def _line(rule: Rule) -> str:
    numbers = ", ".join(f"`{name}` {value}" for name, value in rule.parameters.items())
    until = f" to {rule.valid_until}" if rule.valid_until else ""
    since = f"from {rule.valid_from}{until}"
    return f"| {rule.id} | {rule.version} | {since} | {rule.text} | {rule.texte} | {numbers} | {rule.source} |"

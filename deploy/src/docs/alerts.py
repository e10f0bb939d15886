"""The page of alerts: when somebody is called, how soon, and what they read first."""

from pathlib import Path
from typing import Any

import yaml

SOURCE = Path("deploy/prometheus/alerts.yaml")
PATH = Path("docs/reference/alerts.md")

BEGINS = """# Alerts

*Written by `make docs` from `deploy/prometheus/alerts.yaml`.*

| alert | calls | says | holds for | condition |
|---|---|---|---|---|
"""


def alerts(document: str) -> list[dict[str, Any]]:
    """List the alerting rules of a file, without its recording ones."""
    groups = yaml.safe_load(document)["groups"]
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


def page(document: str) -> str:
    """Write the table, in the order of the file."""
    return BEGINS + "\n".join(_line(rule) for rule in alerts(document)) + "\n"


def _line(rule: dict[str, Any]) -> str:
    name, said = rule["alert"], rule["annotations"]["summary"].replace("|", "\\|")
    condition = " ".join(rule["expr"].split()).replace("|", "\\|")
    runbook = f"[{name}](../{rule['annotations']['runbook'].removeprefix('docs/')})"
    return f"| {runbook} | {rule['labels']['severity']} | {said} | {rule.get('for', 'at once')} | `{condition}` |"

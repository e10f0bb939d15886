"""The alerts: twelve, judged on made-up series, each with a page to read; what they ask is what processes say."""

import os
import re
import shutil
import subprocess

import pytest

from docs.alerts import SOURCE, alerts
from tests.architecture import source

PROMTOOL = shutil.which("promtool")
ALERTS = alerts(source.text(SOURCE))
SEVERITIES = {"page", "ticket"}

needs_promtool = pytest.mark.skipif(
    PROMTOOL is None and os.environ.get("CI") != "true", reason="promtool is not installed (Debian: prometheus)"
)


@needs_promtool
@pytest.mark.parametrize("words", [("check", "rules", SOURCE.name), ("test", "rules", "alerts.test.yaml")])
def test_prometheus_itself_reads_and_judges_them(words: tuple[str, ...]) -> None:
    assert PROMTOOL is not None
    ended = subprocess.run(
        [PROMTOOL, *words], cwd=source.ROOT / SOURCE.parent, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_there_are_twelve_and_no_more() -> None:
    assert len({rule["alert"] for rule in ALERTS}) == len(ALERTS) == 12


def test_each_is_tried_above_and_below_its_limit() -> None:
    tried = source.text(SOURCE.with_name("alerts.test.yaml"))
    by_alert = re.findall(r"alertname: (\w+)\n\s+exp_alerts:( \[\])?", tried)
    assert {name for name, silent in by_alert if silent} == {rule["alert"] for rule in ALERTS}
    assert {name for name, silent in by_alert if not silent} == {rule["alert"] for rule in ALERTS}


@pytest.mark.parametrize("rule", ALERTS, ids=[rule["alert"] for rule in ALERTS])
def test_each_says_how_soon_and_where_to_read_on(rule: dict) -> None:
    assert rule["labels"]["severity"] in SEVERITIES
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^## (\w+)$", (source.ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert anchor in {heading.lower() for heading in headings}

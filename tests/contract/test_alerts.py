"""The alerts: fifteen, judged on made-up series, each with a page to read; what they ask is what processes say."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from docs.alerts import SOURCE, alerts
from tests.architecture import source
from tests.faults.prometheus import EXPORTER_NAME, hastened

PROMTOOL = shutil.which("promtool")
ALERTS = alerts(source.text(SOURCE))
SEVERITIES = {"page", "ticket"}

needs_promtool = pytest.mark.skipif(
    PROMTOOL is None and os.environ.get("CI") != "true", reason="promtool is not installed (Debian: prometheus)"
)


@needs_promtool
@pytest.mark.parametrize(
    "words",
    [
        ("check", "config", "prometheus.yaml"),
        ("check", "rules", SOURCE.name),
        ("test", "rules", "alerts.test.yaml"),
    ],
)
def test_prometheus_itself_reads_and_judges_them(words: tuple[str, ...]) -> None:
    assert PROMTOOL is not None
    ended = subprocess.run(
        [PROMTOOL, *words], cwd=source.ROOT / SOURCE.parent, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_there_are_fifteen_and_no_more() -> None:
    assert len({rule["alert"] for rule in ALERTS}) == len(ALERTS) == 15
    assert "Fifteen, no more" in source.text(SOURCE)
    assert "[fifteen alerts]" in source.text(Path("docs/slo.md"))


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


def test_each_is_fired_by_what_it_is_for() -> None:
    """On demand, by a real Prometheus beside a house that is broken."""
    tried = source.text(Path("tests/faults/test_alerts.py"))
    assert {rule["alert"] for rule in ALERTS if f'"{rule["alert"]}"' in tried} == {rule["alert"] for rule in ALERTS}


@pytest.mark.parametrize(
    ("tool", "package"), [("promtool", "prometheus"), (EXPORTER_NAME, EXPORTER_NAME)], ids=["judge", "exporter"]
)
def test_ci_installs_what_judges_and_fires_them(tool: str, package: str) -> None:
    """Debian's prometheus only recommends its exporter, without which nobody tells of a disk that fills."""
    assert f"command -v {tool} >/dev/null || packages+=({package})\n" in source.text(Path(".ci/run"))


def test_hastened_rules_wait_a_part_of_the_time_and_for_the_same_limits() -> None:
    rules = "expr: ratio1h > 0.0144 and rate(x[5m] offset 2h) > 26 * 3600\nfor: 1h\n"
    hasty = "expr: ratio1h > 0.0144 and rate(x[5000ms] offset 120000ms) > 26 * 3600\nfor: 60000ms\n"
    assert hastened(rules, times=60) == hasty


def test_no_duration_of_ours_is_left_as_it_was() -> None:
    hasty = hastened(source.text(SOURCE), times=60)
    left = set(re.findall(r"(?:\[|for: |offset )(\w+)", hasty))
    assert left == {"5000ms", "15000ms", "30000ms", "60000ms", "120000ms", "360000ms"}

"""The page of transitions names every number that code and documents cite, and operations that exist."""

import re

from docs import house
from tests.contract.test_how_to import ROOT

PAGE = (ROOT / "docs/transitions.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| (T\d+) \|[^|]+\|([^|]+)\|", PAGE, re.MULTILINE))


def test_every_number_that_is_cited_is_on_the_page():
    sources = sorted(ROOT.glob("services/actions/src/**/*.py"))
    cited = {number for path in sources for number in re.findall(r"\bT\d+\b", path.read_text(encoding="utf-8"))}
    assert cited <= set(ROWS)
    assert list(ROWS) == [f"T{number}" for number in range(1, 26)]


def test_every_operation_on_the_page_exists():
    paths = house.openapi("actions")["paths"].values()
    known = {one["operationId"] for methods in paths for one in methods.values()}
    named = {name for row in ROWS.values() for name in re.findall(r"`(\w+\.\w+)`", row)}
    assert named <= known

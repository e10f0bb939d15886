"""The map says what is there: services, topics, copies; and what is there is on the map."""

import re
from pathlib import Path

import pytest

from common import contracts, migrations
from tests.architecture import source
from tests.architecture.source import SERVICES

MAP = Path("docs/architecture.md")


def test_every_topic_is_on_the_map_and_no_other():
    assert set(re.findall(r"`(passeurs\.[a-z_.]+v\d+)`", source.text(MAP))) == set(contracts.topics())


def test_every_service_is_on_the_map_and_no_other():
    drawn = set(re.findall(r"^\| \[`(\w+)`\]\(\.\./services/", source.text(MAP), re.MULTILINE))
    there = {path.parts[1] for path in source.files() if path.match("services/*/pyproject.toml")}
    assert drawn == there == set(SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_service_owns_is_on_the_map(service: str):
    owned = [aggregate for aggregate, publisher in contracts.PUBLISHERS.items() if publisher == service]
    assert [name for name in owned if name.replace("_", " ") not in _row(service)] == []


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_service_keeps_of_others_is_on_the_map(service: str):
    """Its tables `known_…` are copies of what others announce."""
    made = (re.findall(r"\bTABLE (?:IF NOT EXISTS )?known_(\w+)", one.sql) for one in migrations.found(service))
    kept = {name for names in made for name in names if name in contracts.PUBLISHERS}
    assert [name for name in kept if name.replace("_", " ") not in _row(service)] == []


def _row(service: str) -> str:
    [row] = [line for line in source.text(MAP).splitlines() if line.startswith(f"| [`{service}`]")]
    return row

"""Every HTTP route has a verb or says that it is public, and the gateway knows where each one is (ADR 0005)."""

from typing import Any

import pytest
import yaml

from common.contracts.access import SCOPES_OF
from docs import access, house
from tests.architecture.source import ROOT

TABLE = yaml.safe_load((ROOT / "deploy/gateway/routes.yaml").read_text(encoding="utf-8"))
LINES = [*TABLE["routes"], *TABLE["sandbox"]]
GIVEN_AHEAD = {
    "committee:opine": "opinions of the committee's members on a file",
}
"""Scopes that portals ask for today, for verbs that are still to come."""
KEYLESS = {
    "token.issue": "each token is a new one, and none takes anything away",
    "territory.check": "a question too long for a query: nothing is written",
    "action.check": "a question too long for a query: nothing is written",
    "sandbox.run_actions_timers": "what was due and done is due no more",
    "sandbox.run_reporting_timers": "a day closed twice is closed once; what was published waits no more",
    "reconciliation.check": "one comparison answers all who have asked",
}
"""Writes that need no Idempotency-Key, and why repeating them does nothing twice."""
DOORS = [service for service in house.SERVICES if house.has_door(service)]


def operations(service: str) -> list[tuple[str, str, dict[str, Any]]]:
    """List path, method and description of what a service answers, the sandbox's routes included."""
    document = house.openapi(service, sandbox=True)
    return [(path, method, one) for path, methods in document["paths"].items() for method, one in methods.items()]


def line_for(path: str) -> dict[str, Any]:
    """Find the line of the gateway's table that a path falls under, by whole segments."""
    found = [line for line in LINES if path == line["prefix"] or path.startswith(f"{line['prefix']}/")]
    return max(found, key=lambda line: len(line["prefix"]), default={})


@pytest.mark.parametrize("service", DOORS)
def test_every_route_is_a_verb_or_public(service: str):
    verbs = access.verbs(service)
    undecided = [
        one["operationId"] for _, _, one in operations(service) if one["security"] and one["operationId"] not in verbs
    ]
    assert undecided == []


@pytest.mark.parametrize("service", DOORS)
def test_every_verb_has_a_route(service: str):
    """A right that nothing asks for is a right that nobody looks after."""
    asked = {one["operationId"] for _, _, one in operations(service)}
    assert [verb for verb in access.verbs(service) if verb not in asked] == []


def test_every_scope_that_is_given_out_opens_something():
    taken = {scope for service in house.SERVICES for verb in access.verbs(service).values() for scope in verb.scopes}
    given = {scope for scopes in SCOPES_OF.values() for scope in scopes}
    assert taken - given == set()
    assert given - taken == GIVEN_AHEAD.keys()


def test_every_write_takes_a_key_but_for_those_that_do_nothing_twice():
    keyless = {
        one["operationId"]
        for service in DOORS
        for _, method, one in operations(service)
        if method != "get" and "Idempotency-Key" not in {taken["name"] for taken in one.get("parameters", ())}
    }
    assert keyless == KEYLESS.keys()


@pytest.mark.parametrize("service", DOORS)
def test_operations_are_named_once_and_after_their_resource(service: str):
    names = [one["operationId"] for _, _, one in operations(service)]
    assert len(names) == len(set(names))
    assert [name for name in names if name.count(".") != 1] == []


@pytest.mark.parametrize("service", DOORS)
def test_the_gateway_leads_every_route_to_its_service(service: str):
    astray = [path for path, _, _ in operations(service) if line_for(path).get("service") != service]
    assert astray == []


@pytest.mark.parametrize("service", DOORS)
def test_gateway_and_service_agree_on_what_is_public(service: str):
    unequal = [
        path
        for path, _, one in operations(service)
        if line_for(path).get("public", False) is not (one["security"] == [])
    ]
    assert unequal == []


def test_the_gateway_knows_no_path_that_nobody_answers():
    answered = [path for service in DOORS for path, _, _ in operations(service)]
    idle = {line["prefix"] for line in LINES} - {line_for(path).get("prefix") for path in answered}
    assert idle == set()


def test_every_route_says_what_it_does():
    silent = [path for service in DOORS for path, _, one in operations(service) if not one.get("description")]
    assert silent == []

"""Whoever reads a verb's document knows by which rules it may be refused."""

import ast

import pytest

from stack.services import SERVICES
from tests.architecture import source
from tests.contract import refusing

UNIDENTIFIED = frozenset({"holder-unidentified"})
NOT_THEIRS = ("api_client.change", "coordination.change", "endpoint.change")
BY_NAME_ALONE = {"partners": dict.fromkeys(NOT_THEIRS, UNIDENTIFIED)}
"""What the reader takes for theirs: an organisation's `change` has the same name, and refuses who has no number."""

EVERY = pytest.mark.parametrize("service", SERVICES)


@EVERY
def test_each_refusal_by_a_rule_is_in_its_verb_s_document(service: str):
    said = refusing.documented(service)
    found = refusing.code(service).by_verb()
    lacking = {verb: codes - said[verb] for verb, codes in found.items() if not codes <= said.get(verb, frozenset())}
    assert lacking == BY_NAME_ALONE.get(service, {})


@EVERY
def test_no_refusal_by_a_rule_is_out_of_the_reader_s_sight(service: str):
    by_verb = refusing.code(service).by_verb()
    unread = refusing.documented(service).keys() - by_verb.keys()
    assert {verb for verb in unread if not verb.startswith("sandbox.")} == set()
    assert refusing.code(service).refusals() - frozenset[str]().union(*by_verb.values()) == set()


def test_the_reader_tells_verbs_apart_by_the_rules_that_they_ask():
    by_verb = refusing.code("actions").by_verb()
    copies = {"copy-cannot-be-there", "key-does-not-open", "copy-no-longer-lent"}
    assert by_verb["action.choose_copy"] == copies
    assert by_verb["action.cancel_session"] == by_verb["action.read"] == set()
    assert by_verb["action.check"] == {"withheld-from-you"}
    assert "date-not-authorised" in by_verb["action.reschedule"] - by_verb["action.schedule"]
    assert by_verb["action.schedule"] >= copies | {"on-school-time", "visa-date-unknown", "permit-missing"}
    assert by_verb["project.submit"] == {"deadline-passed", "prior-contact-missing", "budget-not-balanced"}


def test_no_refusal_of_actions_names_a_rule_but_by_a_verdict():
    """So that whoever reads the rule reads its version, what went in and why."""
    found = []
    for path in source.python("services/actions/src/"):
        for node in ast.walk(source.tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "FieldError":
                named = (*node.args[3:4], *(word.value for word in node.keywords if word.arg == "rule"))
                found += [f"{path}:{node.lineno}" for one in named if isinstance(one, ast.Constant) and one.value]
    assert found == []

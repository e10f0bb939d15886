"""Every published type: described, shown by examples, and readable for as long as it is promised."""

import json
from functools import cache
from typing import Any, get_type_hints

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import contracts
from docs import events, examples
from docs.events import Published
from tests.contract.messages import committed, messages

PUBLISHED = events.published()
NAMES = [one.ce_type for one in PUBLISHED]


@pytest.mark.parametrize("one", PUBLISHED, ids=NAMES)
def test_it_says_what_it_means(one: Published):
    assert one.says.endswith("."), one.contract.__doc__
    assert one.aggregate in (contracts.PLATFORM if one.kind == "platform" else contracts.PUBLISHERS)


@pytest.mark.parametrize("one", PUBLISHED, ids=NAMES)
def test_facts_and_states_carry_business_time_and_states_their_version(one: Published):
    """What a service says about itself carries the real time, whatever a sandbox's clock says."""
    hints = get_type_hints(one.contract)
    assert ("at" if one.kind == "platform" else "occurred_at") in hints
    if one.kind == "state" and one.aggregate != "figure":
        assert {"id", "version", "deleted"} <= hints.keys()


@pytest.mark.parametrize("one", PUBLISHED, ids=NAMES)
def test_its_examples_are_valid_and_are_read_as_they_were_written(one: Published):
    for message in (examples.full(one.contract), examples.least(one.contract)):
        wire = msgspec.json.encode(message)
        validator(one).validate(json.loads(wire))
        assert msgspec.json.decode(wire, type=one.contract) == message


@pytest.mark.parametrize("one", PUBLISHED, ids=NAMES)
def test_what_was_promised_is_still_read(one: Published):
    """Golden messages: examples once committed are decoded by today's code for ever."""
    for example in committed(one):
        read: object = msgspec.json.decode(json.dumps(example), type=one.contract)
        assert _contains(json.loads(msgspec.json.encode(read)), example)


@pytest.mark.parametrize("one", PUBLISHED, ids=NAMES)
def test_readers_are_open(one: Published):
    """A reader leaves aside what a newer writer adds."""
    message = examples.full(one.contract)
    newer = json.loads(msgspec.json.encode(message)) | {"a_field_of_tomorrow": {"not": ["known", 1]}}
    assert msgspec.json.decode(json.dumps(newer), type=one.contract) == message


@cache
def validator(one: Published) -> Any:
    return jsonschema_rs.validator_for(dict(events.schema(one)), validate_formats=True)


@settings(deadline=None)  # the first message of a type waits for its strategy to be made
@given(data=st.data())
def test_whatever_is_written_is_valid_and_read_again(data: st.DataObject):
    one = data.draw(st.sampled_from(PUBLISHED))
    message = data.draw(messages(one.contract))
    wire = msgspec.json.encode(message)
    validator(one).validate(json.loads(wire))
    assert msgspec.json.decode(wire, type=one.contract) == message


def _contains(now: Any, then: Any) -> bool:
    """Say whether all that was written then is there now, unchanged."""
    if isinstance(then, dict):
        return isinstance(now, dict) and all(name in now and _contains(now[name], then[name]) for name in then)
    if isinstance(then, list):
        return isinstance(now, list) and len(now) == len(then) and all(map(_contains, now, then))
    return bool(now == then)

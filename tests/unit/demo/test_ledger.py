"""The ledger holds the topics to their promises: one fact a version, in order, under its key, on its topic."""

import json
from dataclasses import dataclass

from common import contracts
from demo.ledger import Ledger

PROJECT = "0191e3a0-0000-7000-8000-000000000001"


@dataclass
class Record:
    """What the reader of a topic gets."""

    topic: str
    key: bytes
    headers: list[tuple[str, bytes]]
    value: bytes


def record(version: int, *, name: str = "project.submitted", key: str = PROJECT, **headers: str) -> Record:
    said = {
        "ce_id": f"{name}-{version}",
        "ce_type": contracts.ce_type(name),
        "ce_subject": PROJECT,
        "ce_aggversion": str(version),
        "ce_aggepoch": "1",
        "traceparent": f"00-{'a' * 32}-{'b' * 16}-01",
    }
    return Record(
        topic=contracts.topic(name.partition(".")[0], "events"),
        key=key.encode(),
        headers=[(header, value.encode()) for header, value in {**said, **headers}.items()],
        value=json.dumps({"about": {"campaign_id": "c-1"}}).encode(),
    )


def heard(*records: Record) -> Ledger:
    ledger = Ledger()
    for one in records:
        ledger.take(one)  # type: ignore[arg-type]
    return ledger


def test_facts_are_read_with_their_attributes():
    [fact] = heard(record(3)).facts
    assert (fact.name, fact.subject, fact.version, fact.campaign) == ("project.submitted", PROJECT, 3, "c-1")
    assert fact.trace == "a" * 32


def test_what_is_sent_twice_counts_once():
    ledger = heard(record(1), record(2), record(1), record(2))
    assert [fact.version for fact in ledger.facts] == [1, 2]
    assert ledger.broken == []


def test_a_hole_in_the_versions_is_told():
    assert heard(record(1), record(3)).broken == [f"{PROJECT}: project.submitted v3 came after v1."]


def test_two_facts_of_one_version_are_told():
    assert heard(record(1), record(1, ce_id="other")).broken == [f"{PROJECT}: version 1 is two facts."]


def test_another_key_and_another_topic_are_told():
    astray = record(1, key="other")
    astray.topic = contracts.topic("action", "events")
    assert len(heard(astray).broken) == 2


def test_a_beginning_that_was_missed_is_told():
    assert list(heard(record(2)).begins_at_one({PROJECT})) == [f"{PROJECT}: its first fact was v2."]
    assert list(heard(record(1)).begins_at_one({PROJECT, "unheard"})) == []

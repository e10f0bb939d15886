"""What the webhooks listen to: a fact that never comes is noticed."""

import asyncio

from common import checkpoints, contracts
from partners import consumers


def test_every_topic_of_facts_is_watched_for_gaps():
    group = consumers.webhook_fanout(asyncio.Event())
    facts = {name for name, kind in contracts.topics().items() if kind == "events"}
    assert group.watched == (group.listeners.keys() & facts) - checkpoints.listeners("partners").keys()
    assert group.watched, "and there are some"

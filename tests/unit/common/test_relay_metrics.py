"""How long facts wait, as a relay tells it: for as long as they are its own to send."""

import time
from uuid import uuid4

from prometheus_client import REGISTRY

from common.relay import metrics
from common.relay.ports import Row


def oldest_s(service: str) -> float | None:
    return REGISTRY.get_sample_value("outbox_oldest_unpublished_seconds", {"service": service})


def a_row(age_s: float) -> Row:
    return (1, int((time.time() - age_s) * 1e6), uuid4(), "topic", "key", 1, "type", None, b"")


def test_the_age_of_what_is_in_hand_is_told_until_it_is_published() -> None:
    metrics.watch("told")
    metrics.in_hand("told", [a_row(90)])
    assert (oldest_s("told") or 0) >= 90
    metrics.stepped_down("other")
    assert (oldest_s("told") or 0) >= 90


def test_who_leads_no_more_has_nothing_in_hand() -> None:
    """Else the age would grow for ever where another process has taken over and published the row."""
    metrics.watch("gone")
    metrics.in_hand("gone", [a_row(90)])
    metrics.stepped_down("gone")
    assert oldest_s("gone") == 0

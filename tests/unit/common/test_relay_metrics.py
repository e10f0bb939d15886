"""How long facts wait, as a relay tells it: for as long as they are its own to send."""

import time
from datetime import UTC, datetime, timedelta
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


def test_nothing_is_in_hand_once_nothing_waits() -> None:
    """A row that was parked, or that another has published, while there was no broker."""
    metrics.watch("waited")
    metrics.waits("waited", a_row(90)[1])
    assert (oldest_s("waited") or 0) >= 90
    metrics.waits("waited", None)
    assert oldest_s("waited") == 0


def test_who_cannot_read_the_outbox_does_not_say_that_nothing_waits() -> None:
    """It is told since when, however often somebody tries in vain, until a look, or another leader, knows better."""
    for ended in (lambda: metrics.waits("blind", None), lambda: metrics.stands_by("blind")):
        metrics.watch("blind")
        for ago_s in (90, 1):
            metrics.stepped_down("blind")
            metrics.unread("blind", datetime.now(UTC) - timedelta(seconds=ago_s))
        assert (oldest_s("blind") or 0) >= 90
        ended()
        assert oldest_s("blind") == 0


def test_who_stands_by_tells_of_no_fault_and_no_row() -> None:
    told = [metrics.LEADING, metrics.FAULTS, metrics.UNPUBLISHED]
    for gauge in told:
        gauge.labels("by").set(2)
    metrics.stands_by("by")
    samples = ("relay_leading", "relay_faults", "outbox_unpublished_rows")
    assert [REGISTRY.get_sample_value(name, {"service": "by"}) for name in samples] == [0, 0, 0]

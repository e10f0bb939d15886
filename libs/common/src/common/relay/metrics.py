"""What a relay says of itself: docs/reliability.md, "What to watch"."""

import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from prometheus_client import Counter, Gauge, Histogram

from common.relay.ports import Row

PUBLISHED = Counter("outbox_published_total", "Records acknowledged by the broker", ["service"])
ROW_TO_ACK = Histogram(
    "outbox_row_to_ack_seconds",
    "From the writing of a batch's first row to the acknowledgement of the whole batch",
    ["service"],
    buckets=(0.001, 0.0015, 0.002, 0.003, 0.004, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.5, 1, 5, 30),
)
BATCH_ROWS = Histogram(
    "outbox_batch_rows", "Rows sent at once", ["service"], buckets=(1, 3, 10, 30, 100, 300, 1_000, 2_000, 5_000)
)
UNPUBLISHED = Gauge("outbox_unpublished_rows", "Rows not yet acknowledged, estimated", ["service"])
OLDEST = Gauge("outbox_oldest_unpublished_seconds", "Age of what is in hand, or of the last look at it", ["service"])
OPEN = Gauge("outbox_open_transactions", "Transactions that were open in the last snapshot", ["service"])
PARKED = Gauge("outbox_parked_rows", "Rows that an operator has parked", ["service"])

LEADING = Gauge("relay_leading", "1 while this process leads", ["service"])
EPOCH = Gauge("relay_epoch", "The cursor's epoch: one more at each take-over, also with a new producer", ["service"])
INTERRUPTED = Counter("relay_interrupted_total", "Leads that ended in trouble", ["service", "error"])
FAULTS = Gauge("relay_faults", "Why this relay refuses to lead: above zero, it does not", ["service"])
RESTORES = Counter("relay_restores_total", "Databases found restored", ["service"])
TAIL_LOSSES = Counter("relay_tail_losses_total", "Brokers found without what they had acknowledged", ["service"])
AUDITS = Counter(
    "relay_audits_total", "Audits of the state topics after a leader, or a producer, that did not sign off", ["service"]
)
SENT_AGAIN = Counter("relay_sent_again_total", "States sent again because an older one came last", ["service"])
OVERLOOKED = Counter("relay_overlooked_total", "States that could not be looked for in time to do that", ["service"])


_oldest_us: dict[str, int] = {}
_unread_us: dict[str, int] = {}


def watch(service: str) -> None:
    """Let the age of what is in hand grow also while nothing moves; and say that nothing has been lost yet."""
    OLDEST.labels(service).set_function(partial(_oldest_age_s, service))
    RESTORES.labels(service)
    TAIL_LOSSES.labels(service)


def looked(service: str, snapshot: str) -> None:
    still_open = snapshot.rpartition(":")[2]
    OPEN.labels(service).set(still_open.count(",") + 1 if still_open else 0)


def in_hand(service: str, rows: Sequence[Row]) -> None:
    _oldest_us[service] = rows[0][1]


def waits(service: str, oldest_us: int | None) -> None:
    """Keep the age of what waits true while nothing can be sent; None: nothing waits.  Somebody has looked, anyway."""
    _unread_us.pop(service, None)
    if oldest_us is None:
        _oldest_us.pop(service, None)
    else:
        _oldest_us[service] = oldest_us


def unread(service: str, now: datetime) -> None:
    """Have waited since the first time that the outbox could not be read: nobody knows what stands in it."""
    _unread_us.setdefault(service, int(now.timestamp() * 1e6))


def published(service: str, rows: Sequence[Row], now: datetime) -> None:
    _oldest_us.pop(service, None)
    PUBLISHED.labels(service).inc(len(rows))
    BATCH_ROWS.labels(service).observe(len(rows))
    ROW_TO_ACK.labels(service).observe(max(0.0, now.timestamp() - rows[0][1] / 1e6))


def stepped_down(service: str) -> None:
    """Have nothing in hand any more: what waits is the next leader's to tell of."""
    LEADING.labels(service).set(0)
    UNPUBLISHED.labels(service).set(0)
    _oldest_us.pop(service, None)


def stands_by(service: str) -> None:
    """Tell nothing while another leads, nor of what kept us from it: it is asked again when we may."""
    stepped_down(service)
    _unread_us.pop(service, None)
    FAULTS.labels(service).set(0)


def _oldest_age_s(service: str) -> float:
    since_us = [told[service] for told in (_oldest_us, _unread_us) if service in told]
    return max(0.0, time.time() - min(since_us) / 1e6) if since_us else 0.0

"""Standard Webhooks signatures, by its own library, behind the two checks that the library leaves to its caller.

`standardwebhooks` 1.1.0 replaces the zone of an aware time instead of converting it: a Paris time would be signed an
hour or two off.  So the time is converted first, and the header and the signature are made from the same seconds.
"""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"  # noqa: S105 - what a secret begins with


def secret(random: bytes) -> str:
    """Write 256 random bits the way Standard Webhooks writes a secret."""
    if len(random) != SECRET_BYTES:
        message = f"A secret is made of {SECRET_BYTES} random bytes."
        raise ValueError(message)
    return SECRET_PREFIX + base64.b64encode(random).decode()


def headers(webhook_id: str, body: str, *, secrets: Sequence[str], at: datetime) -> dict[str, str]:
    """Sign one attempt with every live secret, the newest first."""
    moment = at.astimezone(UTC).replace(microsecond=0)
    signatures = (Webhook(one).sign(webhook_id, moment, body) for one in secrets)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }

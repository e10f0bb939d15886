"""Who was let in, who was not, who did what to whose things.  Added to, never changed, never with a secret in it."""

from collections.abc import Mapping

import msgspec

from common.database import Transaction
from common.tokens import SYSTEM

OURSELVES = SYSTEM.client_id


async def note(
    tx: Transaction, what: str, about: str, *, by: str | None, detail: Mapping[str, object] | None = None
) -> None:
    """Write one line; it is there if and only if the transaction is.

    `about` is the client that it is about, or whose endpoint it is; `by` is who did it, None if nobody proved who.
    """
    await tx.execute(
        "INSERT INTO audit (what, client_id, by_client, detail) VALUES ($1, $2, $3, $4::jsonb)",
        what,
        about[:200],
        by,
        msgspec.json.encode(detail or {}).decode(),
    )

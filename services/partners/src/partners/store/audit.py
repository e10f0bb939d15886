"""Who was let in, who was not, who did what to whose things.  Added to, never changed, never with a secret in it."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from common.database import Transaction
from common.tokens import SYSTEM

OURSELVES = SYSTEM.client_id
UNKNOWN = "unknown"


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


async def note_refused(tx: Transaction, about: str, error: str, *, named: str, at: datetime) -> None:
    """Write that a client was refused: once for each error in a minute, or whoever likes would fill our disk.

    `about` is a client that there is, or UNKNOWN, all of whom share a line; `named` is how the first called itself.
    """
    await tx.execute(
        """
        INSERT INTO audit (what, client_id, detail, said_once)
        VALUES ('token.refused', $1, $2::jsonb, $3) ON CONFLICT DO NOTHING
        """,
        about[:200],
        msgspec.json.encode({"error": error, "named": named[:200]}).decode(),
        f"{at:%FT%H:%M}Z {error} {about}",
    )

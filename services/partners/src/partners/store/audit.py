"""Who was let in, who was not, and who gave whom what.  Added to, never changed, never with a secret in it."""

from collections.abc import Mapping

import msgspec

from common.database import Transaction


async def note(
    tx: Transaction, what: str, client_id: str, *, by: str | None = None, detail: Mapping[str, object] | None = None
) -> None:
    """Write one line; it is there if and only if the transaction is."""
    await tx.execute(
        "INSERT INTO audit (what, client_id, by_client, detail) VALUES ($1, $2, $3, $4::jsonb)",
        what,
        client_id[:200],
        by,
        msgspec.json.encode(detail or {}).decode(),
    )

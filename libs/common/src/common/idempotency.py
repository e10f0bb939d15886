"""The same key, the same answer; and the version a caller saw before changing something.

(1) An answer is kept by the statement that makes the change (`common.outbox.write`): both are there, or neither.
(2) A kept answer is replayed before If-Match is judged: a change whose answer was lost on the way gets that answer
    again, not a stale version's refusal.
(3) Only successes are kept, for 48 hours; a key belongs to one client.
"""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.errors import Conflict, Invalid

if TYPE_CHECKING:
    from common.database import Transaction


class KeyReused(Invalid):
    """A key stands for one request; another method, path or body needs another key."""

    title = "This Idempotency-Key was already used for another request."
    titre = "Cette clé Idempotency-Key a déjà servi pour une autre demande."


class PreconditionRequired(Conflict):
    """A change says which version it was decided on, so that nobody overwrites what they have not seen."""

    title = "A change needs the header If-Match with the version you saw."
    titre = "Une modification exige l’en-tête If-Match avec la version que vous avez lue."


class PreconditionFailed(Conflict):
    """Somebody changed the thing since the caller read it."""

    title = "The resource has changed since the version you saw."
    titre = "La ressource a changé depuis la version que vous avez lue."

    def __init__(self, current: int) -> None:
        super().__init__(f"Its version is now {current}.", precision=f"Sa version est maintenant {current}.")
        self.current = current


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write answers, and answers again to the same key: a status, a version, the exact bytes."""

    status: int
    version: int
    body: bytes
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Once:
    """What makes one write happen once: the caller's key, what it stands for, and the version it was decided on."""

    client_id: str
    key: str | None
    fingerprint: bytes
    if_match: int | None

    async def stored(self, tx: "Transaction") -> Answer | None:
        """Find the answer already given to this key."""
        if self.key is None:
            return None
        row = await tx.fetchrow(
            "SELECT fingerprint, status, version, location, body FROM idempotency WHERE client_id = $1 AND key = $2",
            self.client_id,
            self.key,
        )
        if row is None:
            return None
        if row["fingerprint"] != self.fingerprint:
            raise KeyReused
        return Answer(status=row["status"], version=row["version"], body=row["body"], location=row["location"])

    async def answered(self, tx: "Transaction", version: int) -> Answer | None:
        """Find the answer already given, or make sure that the caller saw `version`, the one just locked."""
        if answer := await self.stored(tx):
            return answer
        if self.if_match is None:
            raise PreconditionRequired
        if self.if_match != version:
            raise PreconditionFailed(version)
        return None


def fingerprint(client_id: str, method: str, path: str, body: bytes) -> bytes:
    """Tell one request from another: SHA-256 over its parts, none of which can run into the next."""
    digest = hashlib.sha256()
    for part in (client_id.encode(), method.encode(), path.encode(), body):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()

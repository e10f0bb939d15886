"""Access grants: what an API client may do, and since when it may not.  Of its secrets and its keys nothing is said.

The services hear them; no webhook does.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from common.contracts.access import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessGrantGiven:
    """A client was let in, in one role of one organisation; `codes` bound a territory that the role does not."""

    TYPE: ClassVar[str] = "access_grant.given"

    occurred_at: datetime
    client_id: UUID
    role: Role
    organisation_id: UUID
    coordination_id: UUID | None
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessGrantChanged:
    """A client's territory has other bounds."""

    TYPE: ClassVar[str] = "access_grant.changed"

    occurred_at: datetime
    client_id: UUID
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessGrantRevoked:
    """A client is let in no more; what goes on in its name ends."""

    TYPE: ClassVar[str] = "access_grant.revoked"

    occurred_at: datetime
    client_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessGrantState:
    """What a client may do, whole; its `id` is the client's.

    A coordination's clients have no codes of their own: they answer for what their coordination holds.
    """

    AGGREGATE: ClassVar[str] = "access_grant"

    id: UUID
    version: int
    occurred_at: datetime
    role: Role
    organisation_id: UUID
    coordination_id: UUID | None
    codes: tuple[str, ...]
    revoked_at: datetime | None
    deleted: bool = False

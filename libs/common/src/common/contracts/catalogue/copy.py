"""Copies: what a film is lent as, how long it travels, and when its keys open it.

A key (KDM) is known here by its window alone: the key itself never passes through this house.  Instants are UTC.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from common.contracts.catalogue.vocabulary import CopyFormat, CopyStatus, FilmVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyKey:
    """When a key opens an encrypted DCP, and for which screen.

    It opens for one session if it names one, in one commune if it names one, else wherever that screen's server is.
    """

    id: UUID
    screen: str
    opens_at: datetime
    closes_at: datetime
    municipality: str | None = None
    session_id: UUID | None = None
    revoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRegistered:
    """A film can be had as a copy; it takes `transit_days` whole days to travel to another commune."""

    TYPE: ClassVar[str] = "copy.registered"

    occurred_at: datetime
    copy_id: UUID
    film_id: UUID
    holder_id: UUID
    format: CopyFormat
    film_version: FilmVersion | None
    encrypted: bool
    transit_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyChanged:
    """A copy is described otherwise than before; `changed` names what, the copy's state says what it is now."""

    TYPE: ClassVar[str] = "copy.changed"

    occurred_at: datetime
    copy_id: UUID
    film_id: UUID
    holder_id: UUID
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyWithdrawn:
    """A copy is lent no more; whoever counts on it must find another."""

    TYPE: ClassVar[str] = "copy.withdrawn"

    occurred_at: datetime
    copy_id: UUID
    film_id: UUID
    holder_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyKeyIssued:
    """A key opens an encrypted DCP for a time."""

    TYPE: ClassVar[str] = "copy.key_issued"

    occurred_at: datetime
    copy_id: UUID
    film_id: UUID
    holder_id: UUID
    key: CopyKey


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyKeyRevoked:
    """A key opens nothing any more."""

    TYPE: ClassVar[str] = "copy.key_revoked"

    occurred_at: datetime
    copy_id: UUID
    film_id: UUID
    holder_id: UUID
    key_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyState:
    """A copy, whole: of which film, as what, whose, how long it travels, and every key that was issued for it."""

    AGGREGATE: ClassVar[str] = "copy"

    id: UUID
    version: int
    occurred_at: datetime
    status: CopyStatus
    film_id: UUID
    holder_id: UUID
    format: CopyFormat
    film_version: FilmVersion | None
    encrypted: bool
    transit_days: int
    label: str
    keys: tuple[CopyKey, ...]
    deleted: bool = False

"""Copies of films and the windows of their keys, and what may happen to a copy.

    available ──change, issue_key, revoke_key──► available ──withdraw──► withdrawn ──revoke_key──► withdrawn

Where a copy is when, and whether it can be where a session wants it, is judged by whoever programmes it (`actions`), on
what it has heard of it; here a copy only has to make sense.  A key is its window and its screen, never the key itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from catalogue.domain.film import NothingToChange
from common.contracts import catalogue as contracts
from common.contracts.catalogue import CopyFormat, CopyKey, CopyStatus, FilmVersion
from common.errors import Conflict, DomainError, FieldError, Invalid, NotFound

KEYS_MAX = 200
"""Of one copy, the revoked and the expired ones too: its record stays small enough to be read whole."""


class NoSuchCopy(NotFound):
    """No copy has this id."""

    title = "There is no such copy."
    titre = "Cette copie n’existe pas."


class NoSuchKey(NotFound):
    """The copy has no key of this id."""

    title = "The copy has no such key."
    titre = "La copie n’a pas cette clé."


class InvalidCopy(Invalid):
    """What is said of the copy contradicts itself; each mistake is named."""

    title = "What is said of the copy does not hold."
    titre = "La description de la copie n’est pas recevable."


class InvalidKey(Invalid):
    """A window that never opens."""

    title = "A key closes after it has opened."
    titre = "Une clé se ferme après s’être ouverte."


class CopyHolderClosed(Conflict):
    """An organisation that has been closed lends nothing any more."""

    title = "The organisation that holds the copy no longer exists."
    titre = "L’organisme qui détient la copie n’existe plus."


class CopyWithdrawn(Conflict):
    """What was withdrawn is neither changed, nor opened, nor withdrawn again."""

    title = "The copy has been withdrawn; register another."
    titre = "La copie a été retirée ; enregistrez-en une autre."


class NoKeyNeeded(Conflict):
    """Only an encrypted DCP opens by a key."""

    title = "Only an encrypted DCP has keys."
    titre = "Seul un DCP chiffré a des clés."


class TooManyKeys(Conflict):
    """The copy's record would no longer be read whole."""

    title = "The copy has as many keys as one may have; register it anew."
    titre = "La copie a autant de clés qu’une copie peut en avoir ; enregistrez-la de nouveau."


class KeyRevoked(Conflict):
    """What opens nothing any more is not revoked again."""

    title = "The key has been revoked already."
    titre = "La clé a déjà été révoquée."


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What may be said otherwise of a copy: its screen version, its whole days on the way, the words on its case.

    No version: not known.  No day on the way: it is sent by network, or is where it is shown.
    """

    film_version: FilmVersion | None = None
    transit_days: int
    label: str = ""

    def differences(self, other: "Description") -> tuple[str, ...]:
        names = (field.name for field in fields(self))
        return tuple(name for name in names if getattr(self, name) != getattr(other, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCopy:
    """A copy as it is registered; what a film was made into stays."""

    film_id: UUID
    holder_id: UUID
    format: CopyFormat
    encrypted: bool
    description: Description

    def checked(self) -> Self:
        """Refuse what contradicts itself."""
        if mistakes := tuple(_mistakes(self)):
            raise InvalidCopy(errors=mistakes)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    id: UUID
    version: int
    status: CopyStatus
    film_id: UUID
    holder_id: UUID
    format: CopyFormat
    encrypted: bool
    description: Description
    keys: tuple[CopyKey, ...] = ()

    @classmethod
    def register(cls, copy_id: UUID, new: NewCopy, *, at: datetime) -> "tuple[Copy, contracts.CopyRegistered]":
        new = new.checked()
        said: dict[str, Any] = {
            "film_id": new.film_id,
            "holder_id": new.holder_id,
            "format": new.format,
            "encrypted": new.encrypted,
        }
        copy = cls(id=copy_id, version=1, status=CopyStatus.AVAILABLE, description=new.description, **said)
        return copy, contracts.CopyRegistered(
            occurred_at=at,
            copy_id=copy_id,
            film_version=new.description.film_version,
            transit_days=new.description.transit_days,
            **said,
        )

    def change(self, changes: Mapping[str, Any], *, at: datetime) -> "tuple[Copy, contracts.CopyChanged]":
        """Describe the copy otherwise: what `changes` names is replaced, the rest stays."""
        self._still_available()
        description = replace(self.description, **changes)
        changed = self.description.differences(description)
        if not changed:
            raise NothingToChange
        return replace(self, version=self.version + 1, description=description), contracts.CopyChanged(
            **self._about(at), changed=changed
        )

    def follow(self, film_id: UUID, *, at: datetime) -> "tuple[Copy, contracts.CopyChanged]":
        """Be a copy of the film that its own film turned out to be."""
        about = {**self._about(at), "film_id": film_id}
        copy = replace(self, version=self.version + 1, film_id=film_id)
        return copy, contracts.CopyChanged(**about, changed=("film_id",))

    def withdraw(self, *, at: datetime) -> "tuple[Copy, contracts.CopyWithdrawn]":
        """Lend the copy no more; whoever counts on it is told by those who planned it."""
        self._still_available()
        withdrawn = replace(self, version=self.version + 1, status=CopyStatus.WITHDRAWN)
        return withdrawn, contracts.CopyWithdrawn(**self._about(at))

    def issue_key(self, key: CopyKey, *, at: datetime) -> "tuple[Copy, contracts.CopyKeyIssued]":
        """Say when a key opens the copy; a window has two ends, the later one after the earlier."""
        self._still_available()
        if not self.encrypted:
            raise NoKeyNeeded
        if len(self.keys) >= KEYS_MAX:
            raise TooManyKeys
        if key.closes_at <= key.opens_at:
            raise InvalidKey(pointer="/closes_at")
        issued = replace(self, version=self.version + 1, keys=(*self.keys, key))
        return issued, contracts.CopyKeyIssued(**self._about(at), key=key)

    def revoke_key(self, key_id: UUID, *, at: datetime) -> "tuple[Copy, contracts.CopyKeyRevoked]":
        """Say that a key opens nothing any more; of a withdrawn copy too."""
        key = next((key for key in self.keys if key.id == key_id), None)
        if key is None:
            raise NoSuchKey
        if key.revoked:
            raise KeyRevoked
        keys = tuple(replace(one, revoked=True) if one.id == key_id else one for one in self.keys)
        return replace(self, version=self.version + 1, keys=keys), contracts.CopyKeyRevoked(
            **self._about(at), key_id=key_id
        )

    def state(self, *, at: datetime) -> contracts.CopyState:
        return contracts.CopyState(
            id=self.id,
            version=self.version,
            occurred_at=at,
            status=self.status,
            film_id=self.film_id,
            holder_id=self.holder_id,
            format=self.format,
            film_version=self.description.film_version,
            encrypted=self.encrypted,
            transit_days=self.description.transit_days,
            label=self.description.label,
            keys=self.keys,
        )

    def _about(self, at: datetime) -> dict[str, Any]:
        return {"occurred_at": at, "copy_id": self.id, "film_id": self.film_id, "holder_id": self.holder_id}

    def _still_available(self) -> None:
        if self.status is CopyStatus.WITHDRAWN:
            raise CopyWithdrawn


def refusals(
    status: CopyStatus, *, encrypted: bool, keys: tuple[CopyKey, ...]
) -> Mapping[str, type[DomainError] | None]:
    """List what may be done to a copy, with what its state says against it."""
    gone = CopyWithdrawn if status is CopyStatus.WITHDRAWN else None
    full = TooManyKeys if len(keys) >= KEYS_MAX else None
    live = any(not key.revoked for key in keys)
    return {
        "copy.change": gone,
        "copy.withdraw": gone,
        "copy.issue_key": gone or (full if encrypted else NoKeyNeeded),
        "copy.revoke_key": None if live else NoSuchKey,
    }


def _mistakes(new: NewCopy) -> Iterator[FieldError]:
    if new.encrypted and new.format is not CopyFormat.DCP:
        title, titre = "Only a DCP is encrypted.", "Seul un DCP est chiffré."
        yield FieldError("/encrypted", "not-a-dcp", title, libelle=titre)

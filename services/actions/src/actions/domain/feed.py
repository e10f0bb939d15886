"""Feeds of calendars: what a calendar program reads without a token, at an address that holds a secret.  Pure.

(1) A feed is read in the name of whoever made it, with what its token carried then and its client may still do: what
    its maker may not see, it does not show.
(2) Of the key only a fingerprint is kept.  A feed that is unknown, revoked or asked for with a wrong key is not there;
    nor is one whose maker's access has ended.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from actions.domain.access import Caller
from actions.domain.known import Municipality
from common.contracts.access import SCOPES_OF, Level, Role
from common.errors import AllowedAction, Conflict, Invalid, NotFound, NotKnownHere, NotYours

KEY_BYTES = 32


class FeedOf(StrEnum):
    """What a feed shows."""

    SESSIONS = "sessions"
    OBLIGATIONS = "obligations"


class NoSuchFeed(NotFound):
    """There is no such feed, it was revoked, its maker may no longer read it, or the key is another one."""

    title = "There is no such calendar feed."
    titre = "Ce flux d’agenda n’existe pas."


class OneSubject(Invalid):
    """A feed is of one thing."""

    title = "Name one of coordination_id, organisation_id and municipality."
    titre = "Nommez l’un de coordination_id, organisation_id et municipality."


class UnknownCommune(Invalid):
    """Of no year that is known here."""

    title = "No commune has this code in any year known here."
    titre = "Aucune commune n’a ce code, quelle que soit l’année connue ici."


class PartOfCommune(Invalid):
    """An arrondissement, a delegated commune: its sessions stand under its commune's code."""

    title = "This is a part of a commune; name the commune."
    titre = "C’est une partie de commune ; nommez la commune."


class AccessNotKnownYet(NotKnownHere):
    """Whoever is let in has a token before everybody has heard of it."""

    code = NotKnownHere.code
    title = "What your client may do has not been heard of here yet."
    titre = "Les droits de votre client ne sont pas encore connus ici."


class TooManyFeeds(Conflict):
    """An organisation has a bounded number of feeds; one that is revoked makes room."""

    title = "The organisation has as many calendar feeds as it may have."
    titre = "L’organisme a autant de flux d’agenda qu’il peut en avoir."


class FeedRevoked(Conflict):
    """What has ended does not end again."""

    title = "This calendar feed is revoked."
    titre = "Ce flux d’agenda est révoqué."


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many feeds an organisation may have, and how much one of them shows."""

    feeds_max: int
    events_max: int
    actions_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose sessions or obligations a feed shows: those of a coordination, of an organisation, or of a commune."""

    coordination_id: UUID | None = None
    organisation_id: UUID | None = None
    municipality: str | None = None

    def require_one(self) -> None:
        """Refuse a feed of nothing in particular, or of several things."""
        if sum(one is not None for one in (self.coordination_id, self.organisation_id, self.municipality)) != 1:
            raise OneSubject


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """In whose name a feed is read: what the token carried with which it was made."""

    client_id: str
    role: Role
    scopes: frozenset[str]
    org: UUID
    coordination_id: UUID | None
    level: Level
    codes: frozenset[str]

    def today(self, grant: "Grant | None") -> "Maker | None":
        """Give what is left of what the token carried; None: the access has ended, or was never heard of.

        A coordination's clients have no codes of their own: what they see follows from who holds a file.
        """
        if grant is None or grant.revoked_at is not None:
            return None
        codes = self.codes if self.coordination_id is not None else self.codes & grant.codes
        if self.codes and not codes:
            return None
        return replace(self, scopes=self.scopes & SCOPES_OF[self.role], codes=codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What the client of a feed's maker may do now, as `partners` has announced it."""

    codes: frozenset[str]
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """A feed as its owners see it; its address is shown once, in the answer that made it.

    `client_id` is the client that made it: when its access ends, so does the feed, without being revoked itself.
    """

    id: UUID
    version: int
    client_id: str
    of: FeedOf
    coordination_id: UUID | None
    organisation_id: UUID | None
    municipality: str | None
    name: str
    created_at: datetime
    revoked_at: datetime | None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed, with what is kept of its key."""

    id: UUID
    version: int = 1
    of: FeedOf
    subject: Subject
    name: str
    maker: Maker
    fingerprint: bytes
    created_at: datetime
    revoked_at: datetime | None = None

    def opens(self, key: str) -> bool:
        """Tell whether it is there for whoever has this key."""
        return hmac.compare_digest(fingerprint(key), self.fingerprint) and self.revoked_at is None

    def revoke(self, *, at: datetime) -> "Feed":
        """End it: from now on it is not there."""
        if self.revoked_at is not None:
            raise FeedRevoked
        return replace(self, version=self.version + 1, revoked_at=at)

    def allowed_actions(self) -> tuple[AllowedAction, ...]:
        """List what may be done to it now by those who see it."""
        return (AllowedAction.of("calendar_feed.revoke", None if self.revoked_at is None else FeedRevoked),)

    def seen(self) -> FeedState:
        return FeedState(
            id=self.id,
            version=self.version,
            client_id=self.maker.client_id,
            of=self.of,
            coordination_id=self.subject.coordination_id,
            organisation_id=self.subject.organisation_id,
            municipality=self.subject.municipality,
            name=self.name,
            created_at=self.created_at,
            revoked_at=self.revoked_at,
        )


def key_of(luck: bytes) -> str:
    """Write a key so that it stands in an address as it is."""
    return base64.urlsafe_b64encode(luck).rstrip(b"=").decode()


def require_whole(commune: Municipality) -> None:
    """Refuse a part of a commune: what takes place there is counted under its commune (R31, R32), whose calendar it is.

    Not one that has become a part: sessions of the years before are its own.

    Raises:
        PartOfCommune: it is one; the commune is named.
    """
    if commune.parent is not None and not commune.successors:
        raise PartOfCommune(
            f"{commune.code} is a part of {commune.parent}, under which its sessions are counted.",
            precision=f"{commune.code} fait partie de {commune.parent}, où ses séances sont comptées.",
            pointer="/municipality",
        )


def fingerprint(key: str) -> bytes:
    """Give what is kept of a key: of 256 random bits a plain digest tells nothing."""
    return hashlib.sha256(key.encode()).digest()


def require_reach(caller: Caller, subject: Subject, department: str | None) -> None:
    """Refuse a feed of what the caller may not read; `department` is the commune's."""
    if not reaches(caller, subject, department):
        raise NotYours


def reaches(caller: Caller, subject: Subject, department: str | None) -> bool:
    """Tell whether a caller may name a subject: within it, a feed shows what row security lets its maker see."""
    if caller.coordination_id is not None:
        return subject.coordination_id in {None, caller.coordination_id}
    codes = caller.territory.codes
    match caller.territory.level:
        case "national":
            return caller.role is not Role.DASHBOARD
        case "departments":
            return department is None or department in codes
        case "municipalities":
            return subject.organisation_id == caller.org or subject.municipality in codes
        case "organisation":
            return subject.coordination_id is None and subject.organisation_id in {None, caller.org}
    return False

"""The keys that sign access tokens: the next, the current, the previous.  Pure; the file is `clients.keyfile`'s.

    next ──rotate──► current ──rotate──► previous ──rotate──► gone

A key is published before it signs, for at least twice the longest time that anybody keeps a key set, and stays
published until the last token it signed has expired.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from joserfc.jwk import ECKey

from common.errors import Conflict

PUBLISHED_BEFORE_USE = timedelta(minutes=20)  # services ask every 5 minutes, caches keep 10
TOKENS_OUTLIVED = timedelta(seconds=600 + 30)  # life of a token, and the skew of a clock


class TooEarlyToRotate(Conflict):
    """Not everybody has seen the next key yet, or tokens of the previous one still live."""

    title = "The next key has not been published long enough; wait, or rotate as an emergency."
    titre = "La clé suivante n’est pas publiée depuis assez longtemps ; attendez, ou forcez la rotation."


class Place(StrEnum):
    """Where a key stands in its life."""

    NEXT = "next"
    CURRENT = "current"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its name, its place, and since when it stands there."""

    kid: str
    place: Place
    since: datetime
    private: ECKey

    def moved(self, place: Place, at: datetime) -> "SigningKey":
        return replace(self, place=place, since=at)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All the keys there are: next and current always, previous after a first rotation."""

    keys: tuple[SigningKey, ...]

    @property
    def current(self) -> SigningKey:
        return self._at(Place.CURRENT)

    def rotated(self, fresh: ECKey, *, at: datetime, emergency: bool = False) -> "KeyRing":
        """Let the next key sign, and publish a fresh one; an emergency drops the current key at once."""
        upcoming, current = self._at(Place.NEXT), self.current
        if not emergency and at < max(upcoming.since + PUBLISHED_BEFORE_USE, current.since + TOKENS_OUTLIVED):
            raise TooEarlyToRotate
        kept = () if emergency else (current.moved(Place.PREVIOUS, at),)
        return KeyRing((made(fresh, Place.NEXT, at), upcoming.moved(Place.CURRENT, at), *kept))

    def public(self) -> Mapping[str, Any]:
        """Publish what verifies, and nothing that signs."""
        return {"keys": [_public(key) for key in self.keys]}

    def dumped(self) -> str:
        """Write the ring as a JSON Web Key Set, with two members of our own: `place` and `since`."""
        return json.dumps({"keys": [_private(key) for key in self.keys]}, indent=1)

    @classmethod
    def loaded(cls, text: str) -> "KeyRing":
        """Read what `dumped` wrote."""
        return cls(tuple(_read(member) for member in json.loads(text)["keys"]))

    @classmethod
    def first(cls, current: ECKey, upcoming: ECKey, *, at: datetime) -> "KeyRing":
        """Begin: one key signs, one is published for later."""
        return cls((made(upcoming, Place.NEXT, at), made(current, Place.CURRENT, at)))

    def _at(self, place: Place) -> SigningKey:
        return next(key for key in self.keys if key.place is place)


def made(key: ECKey, place: Place, at: datetime) -> SigningKey:
    """Name a key by the day it was made and by its own thumbprint (RFC 7638)."""
    return SigningKey(kid=f"{at:%Y-%m-%d}-{key.thumbprint()[:8]}", place=place, since=at, private=key)


def _public(key: SigningKey) -> dict[str, Any]:
    return {**key.private.as_dict(private=False), "kid": key.kid, "use": "sig", "alg": "ES256"}


def _private(key: SigningKey) -> dict[str, Any]:
    own = {"kid": key.kid, "use": "sig", "alg": "ES256", "place": key.place, "since": key.since.isoformat()}
    return {**key.private.as_dict(private=True), **own}


def _read(member: Mapping[str, Any]) -> SigningKey:
    parts = {name: member[name] for name in ("kty", "crv", "x", "y", "d")}
    return SigningKey(
        kid=member["kid"],
        place=Place(member["place"]),
        since=datetime.fromisoformat(member["since"]),
        private=ECKey.import_key(parts),
    )

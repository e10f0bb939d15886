"""Who may do what in the catalogue: one table, from which the check, the API's documents and its tests are derived.

The catalogue is national and open to all roles that read; writing it is the national coordination's.  Every row is
visible to every reader, so there is no relation between a caller and a film to look at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from common.contracts.access import Level
from common.errors import AllowedAction, DomainError, ScopeMissing


class _HasLevel(Protocol):
    @property
    def level(self) -> Level: ...


class Asker(Protocol):
    """What is asked of a caller here; `common.tokens.Principal` has it."""

    @property
    def scopes(self) -> frozenset[str]: ...
    @property
    def territory(self) -> _HasLevel: ...


@dataclass(frozen=True, slots=True)
class Verb:
    """What it takes to do something: one of these scopes."""

    scopes: frozenset[str]


_READ = Verb(frozenset({"read"}))
_WRITE = Verb(frozenset({"catalogue:write"}))
_IMPORT = Verb(frozenset({"catalogue:write", "operations"}))  # what an import does, an operator may do

VERBS: Mapping[str, Verb] = {
    "film.list": _READ,
    "film.read": _READ,
    "film.register": _IMPORT,
    "film.change": _IMPORT,
    "film.record_visa": _IMPORT,
    "film.remove_visa": _WRITE,
    "film.count_consents": _WRITE,
    "film.clear": _WRITE,
    "film.restrict": _WRITE,
    "rights_offer.list": _READ,
    "rights_offer.read": _READ,
    "rights_offer.offer": _WRITE,
    "rights_offer.change": _WRITE,
    "rights_offer.withdraw": _WRITE,
    "copy.list": _READ,
    "copy.read": _READ,
    "copy.register": _WRITE,
    "copy.change": _WRITE,
    "copy.withdraw": _WRITE,
    "copy.issue_key": _WRITE,
    "copy.revoke_key": _WRITE,
}


def may(asker: Asker, verb: str) -> bool:
    """Tell whether the caller may do this; imports and consumers work in the house's own name and may."""
    return asker.territory.level == "system" or not asker.scopes.isdisjoint(VERBS[verb].scopes)


def require(asker: Asker, verb: str) -> None:
    """Let the caller do this, or refuse."""
    if not may(asker, verb):
        raise ScopeMissing


def allowed_actions(asker: Asker, refusals: Mapping[str, type[DomainError] | None]) -> list[AllowedAction]:
    """List verbs with the reason why not: the one that the state gives (`refusals`), or the missing scope."""
    return [
        AllowedAction.of(verb, refusal or (None if may(asker, verb) else ScopeMissing))
        for verb, refusal in refusals.items()
    ]

"""Who may do what in the catalogue: one table, from which the check, the API's documents and its tests are derived.

The catalogue is national and open to all roles that read; writing it is the national coordination's, and what an import
does, an operator may do as well.  Every row is visible to every reader.  Only a list may be somebody's: its own
coordination writes a regional one, and so does the nation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from common.contracts.access import Level
from common.errors import AllowedAction, DomainError, Forbidden, NotYours, ScopeMissing


class _HasLevel(Protocol):
    @property
    def level(self) -> Level: ...


class Asker(Protocol):
    """What is asked of a caller here; `common.tokens.Principal` has it."""

    @property
    def scopes(self) -> frozenset[str]: ...
    @property
    def coordination_id(self) -> UUID | None: ...
    @property
    def territory(self) -> _HasLevel: ...


def anything(_asker: Asker, _coordination_id: UUID | None) -> bool:
    return True


def own_or_national(asker: Asker, coordination_id: UUID | None) -> bool:
    own = coordination_id is not None and coordination_id == asker.coordination_id
    return own or asker.territory.level == "national"


@dataclass(frozen=True, slots=True)
class Verb:
    """What it takes to do something: one of these scopes, and a relation to the coordination whose it is, if any's."""

    scopes: frozenset[str]
    relation: Callable[[Asker, UUID | None], bool] = anything


_READ = Verb(frozenset({"read"}))
_WRITE = Verb(frozenset({"catalogue:write"}))
_IMPORT = Verb(frozenset({"catalogue:write", "operations"}))
_LIST = Verb(frozenset({"lists:write"}), own_or_national)

VERBS: Mapping[str, Verb] = {
    "film.list": _READ,
    "film.read": _READ,
    "film.changes": _READ,
    "film.themes": _READ,
    "film.facets": _READ,
    "film.provenance": _READ,
    "film.register": _IMPORT,
    "film.change": _IMPORT,
    "film.record_visa": _IMPORT,
    "film.remove_visa": _WRITE,
    "film.merge": _WRITE,
    "film.settle_conflict": _WRITE,
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
    "film_list.list": _READ,
    "film_list.read": _READ,
    "film_list.films": _READ,
    "film_list.publish": _LIST,
    "film_list.add_film": _LIST,
    "film_list.remove_film": _LIST,
    "film_list.close": _LIST,
}


def refusal(asker: Asker, verb: str, coordination_id: UUID | None = None) -> type[Forbidden] | None:
    """Say why the caller may not do this, if so; imports and consumers work in the house's own name and may.

    `coordination_id` is whose it is, if somebody's.
    """
    if asker.territory.level == "system":
        return None
    needed = VERBS[verb]
    if asker.scopes.isdisjoint(needed.scopes):
        return ScopeMissing
    return None if needed.relation(asker, coordination_id) else NotYours


def require(asker: Asker, verb: str, coordination_id: UUID | None = None) -> None:
    """Let the caller do this, or refuse."""
    if refused := refusal(asker, verb, coordination_id):
        raise refused


def allowed_actions(
    asker: Asker, against: Mapping[str, type[DomainError] | None], coordination_id: UUID | None = None
) -> list[AllowedAction]:
    """List verbs with the reason why not: what the state says `against` them, or what the caller lacks."""
    return [AllowedAction.of(verb, said or refusal(asker, verb, coordination_id)) for verb, said in against.items()]

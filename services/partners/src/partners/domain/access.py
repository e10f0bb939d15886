"""Who may do what in partners: one table, from which the check, the API's documents and its tests are derived.

Territories, organisations and coordinations are public reference data: whoever reads, reads all of them.  Writing is
bounded: by the départements a caller answers for, or by being the organisation concerned.  Clients and webhook
endpoints are hidden by row-level security from whom they do not concern.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol
from uuid import UUID

from common.contracts.access import Level
from common.errors import AllowedAction, DomainError, Forbidden, NotYours, ScopeMissing


class _Territory(Protocol):
    @property
    def level(self) -> Level: ...
    @property
    def codes(self) -> frozenset[str]: ...


class Asker(Protocol):
    """What is asked of a caller here; `common.tokens.Principal` has it."""

    @property
    def scopes(self) -> frozenset[str]: ...
    @property
    def org(self) -> UUID: ...
    @property
    def territory(self) -> _Territory: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """What a thing is to whoever asks: in which départements it lies, and which organisation answers for it."""

    departments: frozenset[str] = frozenset()
    organisation: UUID | None = None


def anything(_asker: Asker, _concern: Concern) -> bool:
    return True


def in_territory(asker: Asker, concern: Concern) -> bool:
    """Hold whoever answers for départements to them; what lies nowhere in France is nobody's in particular."""
    return asker.territory.level != "departments" or concern.departments <= asker.territory.codes


def own(asker: Asker, concern: Concern) -> bool:
    return concern.organisation == asker.org


def own_in_territory(asker: Asker, concern: Concern) -> bool:
    return own(asker, concern) and in_territory(asker, concern)


@dataclass(frozen=True, slots=True)
class Verb:
    """What it takes to do something: one of these scopes, and a relation to the thing."""

    scopes: frozenset[str]
    relation: Callable[[Asker, Concern], bool] = anything


_READ = Verb(frozenset({"read", "operations"}))
_DESCRIBE = Verb(frozenset({"territories:write"}))
_CLIENTS = Verb(frozenset({"clients:manage"}))
_WEBHOOKS = Verb(frozenset({"webhooks:manage"}))
_EVENTS = Verb(frozenset({"events:read"}))
_KEEP = Verb(frozenset({"partners:write", "operations"}), in_territory)

VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        "territory.list": _READ,
        "territory.read": _READ,
        "territory.check": _READ,
        "region.list": _READ,
        "department.list": _READ,
        "intermunicipality.list": _READ,
        "intermunicipality.read": _READ,
        "municipality.list": _READ,
        "municipality.read": _READ,
        "district.list": _READ,
        "district.read": _READ,
        "district.register": _DESCRIBE,
        "density.record": _DESCRIBE,
        "organisation.list": _READ,
        "organisation.read": _READ,
        "organisation.register": _KEEP,
        "organisation.change": _KEEP,
        "organisation.close": _KEEP,
        "coordination.list": _READ,
        "coordination.read": _READ,
        "coordination.appoint": Verb(frozenset({"coordinations:appoint"}), in_territory),
        "coordination.change": Verb(frozenset({"coordinations:appoint"}), own_in_territory),
        "coordination.end": Verb(frozenset({"coordinations:appoint"}), own),
        "api_client.list": _CLIENTS,
        "api_client.read": _CLIENTS,
        "api_client.register": _CLIENTS,
        "api_client.change": _CLIENTS,
        "api_client.rotate_secret": _CLIENTS,
        "api_client.revoke": _CLIENTS,
        "endpoint.list": _WEBHOOKS,
        "endpoint.read": _WEBHOOKS,
        "endpoint.register": _WEBHOOKS,
        "endpoint.change": _WEBHOOKS,
        "endpoint.remove": _WEBHOOKS,
        "endpoint.verify": _WEBHOOKS,
        "endpoint.pause": _WEBHOOKS,
        "endpoint.resume": _WEBHOOKS,
        "endpoint.rotate_secret": _WEBHOOKS,
        "endpoint.test": _WEBHOOKS,
        "endpoint.recover": _WEBHOOKS,
        "endpoint.statistics": _WEBHOOKS,
        "delivery.list": _WEBHOOKS,
        "delivery.read": _WEBHOOKS,
        "delivery.redeliver": _WEBHOOKS,
        "event.list": _EVENTS,
        "event_type.list": _EVENTS,
    }
)


def refusal(asker: Asker, verb: str, concern: Concern | None = None) -> type[Forbidden] | None:
    """Say why the caller may not do this, if so; imports and consumers work in the house's own name and may."""
    if asker.territory.level == "system":
        return None
    needed = VERBS[verb]
    if asker.scopes.isdisjoint(needed.scopes):
        return ScopeMissing
    return None if needed.relation(asker, concern or Concern()) else NotYours


def require(asker: Asker, verb: str, concern: Concern | None = None) -> None:
    """Let the caller do this, or refuse."""
    if refused := refusal(asker, verb, concern):
        raise refused


def allowed_actions(
    asker: Asker, against: Mapping[str, type[DomainError] | None], concern: Concern
) -> list[AllowedAction]:
    """List verbs with the reason why not: what the state says `against` them, or what the caller lacks."""
    return [AllowedAction.of(verb, state_says or refusal(asker, verb, concern)) for verb, state_says in against.items()]

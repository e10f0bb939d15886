"""What is announced of a client: what it may do, and that it may no more.  Pure.

A grant has versions of its own: a new name, secret or key of its client is nobody else's business.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from common.contracts.partners import AccessGrantChanged, AccessGrantGiven, AccessGrantRevoked, AccessGrantState
from partners.domain.client import ApiClient

Fact = AccessGrantGiven | AccessGrantChanged | AccessGrantRevoked


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A grant as it is from now on, and what is announced of it."""

    state: AccessGrantState
    facts: tuple[Fact, ...]


def first_told(client: ApiClient, *, at: datetime) -> Told:
    """Announce for the first time what a client may do, also of one that has been revoked since."""
    id_ = UUID(client.id)
    facts: list[Fact] = [
        AccessGrantGiven(
            occurred_at=at,
            client_id=id_,
            role=client.role,
            organisation_id=client.organisation_id,
            coordination_id=client.coordination_id,
            codes=client.codes,
        )
    ]
    if client.revoked_at is not None:
        facts.append(AccessGrantRevoked(occurred_at=at, client_id=id_))
    state = AccessGrantState(
        id=id_,
        version=len(facts),
        occurred_at=at,
        role=client.role,
        organisation_id=client.organisation_id,
        coordination_id=client.coordination_id,
        codes=client.codes,
        revoked_at=client.revoked_at,
    )
    return Told(state=state, facts=tuple(facts))


def told(before: AccessGrantState, client: ApiClient, *, at: datetime) -> Told | None:
    """Announce what a client may do otherwise than before; None: nothing."""
    facts: list[Fact] = []
    if client.codes != before.codes:
        facts.append(AccessGrantChanged(occurred_at=at, client_id=before.id, codes=client.codes))
    if client.revoked_at is not None and before.revoked_at is None:
        facts.append(AccessGrantRevoked(occurred_at=at, client_id=before.id))
    if not facts:
        return None
    version = before.version + len(facts)
    now = replace(before, version=version, occurred_at=at, codes=client.codes, revoked_at=client.revoked_at)
    return Told(state=now, facts=tuple(facts))

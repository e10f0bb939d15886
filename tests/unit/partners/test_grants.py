"""What others are told of a client: what it may do, each change of that, its end, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from common.contracts.access import Role
from common.contracts.partners import AccessGrantChanged, AccessGrantGiven, AccessGrantRevoked
from partners.domain.client import ApiClient
from partners.domain.grant import first_told, told

AT, LATER = datetime(2025, 1, 21, tzinfo=UTC), datetime(2025, 2, 3, tzinfo=UTC)
CLIENT = ApiClient(
    id=str(UUID(int=1)),
    name="Ville de Poitiers",
    role=Role.COLLECTIVITY_SYSTEM,
    organisation_id=UUID(int=2),
    coordination_id=None,
    codes=("86194",),
    public_keys=({"kty": "EC", "crv": "P-256", "kid": "k1", "x": "x", "y": "y"},),
    created_at=AT,
)
FIRST = first_told(CLIENT, at=AT)


def test_who_is_let_in_is_told_of_with_its_role_and_its_bounds_and_with_no_key():
    assert FIRST.facts == (
        AccessGrantGiven(
            occurred_at=AT,
            client_id=UUID(int=1),
            role=Role.COLLECTIVITY_SYSTEM,
            organisation_id=UUID(int=2),
            coordination_id=None,
            codes=("86194",),
        ),
    )
    assert (FIRST.state.id, FIRST.state.version, FIRST.state.revoked_at) == (UUID(int=1), 1, None)
    said = msgspec.json.encode((FIRST.state, FIRST.facts)).decode()
    assert not any(secret in said for secret in ("k1", "P-256", CLIENT.name))


def test_a_new_name_key_or_secret_is_nobody_elses_business():
    renamed = CLIENT.change(name="Poitiers", codes=None, public_keys=())
    assert told(FIRST.state, renamed, at=LATER) is None
    assert told(FIRST.state, CLIENT.rotated(), at=LATER) is None


def test_other_bounds_and_the_end_are_told_each_with_a_version():
    moved = told(FIRST.state, CLIENT.change(name=None, codes=("86041",), public_keys=None), at=LATER)
    assert moved is not None
    assert (moved.state.version, moved.state.codes, moved.state.occurred_at) == (2, ("86041",), LATER)
    assert moved.facts == (AccessGrantChanged(occurred_at=LATER, client_id=UUID(int=1), codes=("86041",)),)
    ended = told(moved.state, replace(CLIENT, codes=("86041",)).revoke(at=LATER), at=LATER)
    assert ended is not None
    assert (ended.state.version, ended.state.revoked_at) == (3, LATER)
    assert ended.facts == (AccessGrantRevoked(occurred_at=LATER, client_id=UUID(int=1)),)
    assert told(ended.state, replace(CLIENT, codes=("86041",)).revoke(at=LATER), at=LATER) is None


def test_one_that_was_revoked_before_anybody_was_told_is_told_with_its_end():
    late = first_told(CLIENT.revoke(at=AT), at=LATER)
    assert [type(fact) for fact in late.facts] == [AccessGrantGiven, AccessGrantRevoked]
    assert (late.state.version, late.state.revoked_at) == (2, AT)

"""API clients: what fits a role, which secrets work, which keys are let in."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from common.contracts.access import LEVEL_OF, Role
from partners.domain.client import (
    COORDINATION_ROLES,
    ApiClient,
    Asked,
    ClientRevoked,
    CoordinationMismatch,
    NotAProjectHolder,
    RoleNotRegistrable,
    Secret,
    TerritoryMismatch,
    fingerprint,
    recognises,
    require_appointed,
    require_fit,
    require_holder,
    require_known,
    rotated,
    secret,
)
from partners.domain.publickey import UnusableKey, require_usable

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
COORDINATION = UUID(int=7)
HOUR = timedelta(hours=1)
EC_KEY = {
    "kty": "EC",
    "crv": "P-256",
    "kid": "a",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
ED_KEY = {"kty": "OKP", "crv": "Ed25519", "kid": "b", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


def a_client(**changes):
    given: dict[str, Any] = {
        "id": "c",
        "name": "Portal",
        "role": Role.REGIONAL_COORDINATOR,
        "organisation_id": UUID(int=1),
        "coordination_id": COORDINATION,
        "codes": (),
        "created_at": NOON,
    }
    return ApiClient(**(given | changes))


def kept(name, *, at=NOON, expires_at=None):
    return Secret(id=name, fingerprint=fingerprint(name), created_at=at, expires_at=expires_at)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OPERATOR])
def test_a_coordination_is_named_by_its_own_clients_only(role):
    codes = ("86",) if LEVEL_OF[role] in ("departments", "municipalities") and role not in COORDINATION_ROLES else ()
    fitting = COORDINATION if role in COORDINATION_ROLES else None
    require_fit(Asked(role=role, coordination_id=fitting, codes=codes))
    with pytest.raises(CoordinationMismatch):
        require_fit(Asked(role=role, coordination_id=None if fitting else COORDINATION, codes=codes))


@pytest.mark.parametrize("role", [Role.DRAC_ADVISER, Role.COLLECTIVITY_SYSTEM, Role.LOCAL_RELAY])
def test_who_is_bounded_by_codes_has_some(role):
    with pytest.raises(TerritoryMismatch):
        require_fit(Asked(role=role, coordination_id=None, codes=()))


@pytest.mark.parametrize("role", [Role.FUNDER, Role.DASHBOARD, Role.PROJECT_HOLDER])
def test_who_is_bounded_otherwise_has_none(role):
    with pytest.raises(TerritoryMismatch):
        require_fit(Asked(role=role, coordination_id=None, codes=("86",)))


def test_no_operator_is_made_through_the_api():
    with pytest.raises(RoleNotRegistrable):
        require_fit(Asked(role=Role.OPERATOR, coordination_id=None, codes=()))


def test_only_a_holder_by_its_roles_lets_a_holder_in():
    require_holder(Role.PROJECT_HOLDER, ["host_of_public", "project_holder"])
    require_holder(Role.FUNDER, ["host_of_public"])
    for held in ([], ["host_of_public"]):
        with pytest.raises(NotAProjectHolder):
            require_holder(Role.PROJECT_HOLDER, held)


@pytest.mark.parametrize("role", COORDINATION_ROLES)
def test_a_coordinator_is_of_the_organisation_that_is_the_coordination(role):
    own, other = UUID(int=1), UUID(int=2)
    require_appointed(role, own, own)
    with pytest.raises(CoordinationMismatch):
        require_appointed(role, own, None)
    if role is Role.REGIONAL_COORDINATOR:
        with pytest.raises(CoordinationMismatch):
            require_appointed(role, own, other)
    else:
        require_appointed(role, own, other)


def test_an_unknown_code_is_named_by_its_place():
    with pytest.raises(TerritoryMismatch) as refused:
        require_known(["86194", "99999"], frozenset({"86194"}))
    assert [one.pointer for one in refused.value.errors] == ["/codes/1"]


def test_a_secret_carries_its_name_and_256_bits():
    plain = secret("ab12", bytes(32))
    assert plain.startswith("pis_ab12_")
    assert len(plain.rpartition("_")[2]) == 43
    with pytest.raises(ValueError, match="32"):
        secret("ab12", bytes(16))


def test_only_live_secrets_are_recognised():
    secrets = (kept("new"), kept("old", expires_at=NOON + HOUR))
    assert recognises(secrets, "new", NOON)
    assert recognises(secrets, "old", NOON)
    assert not recognises(secrets, "old", NOON + HOUR)
    assert not recognises(secrets, "other", NOON)
    assert not recognises((), "new", NOON)
    assert not recognises((), "", NOON)


def test_two_secrets_live_at_most_and_the_old_one_ends_with_the_overlap():
    first = rotated((), kept("1"), overlap=HOUR)
    second = rotated(first, kept("2", at=NOON + HOUR), overlap=HOUR)
    third = rotated(second, kept("3", at=NOON + 1.5 * HOUR), overlap=HOUR)
    assert [one.id for one in second] == ["2", "1"]
    assert second[1].expires_at == NOON + 2 * HOUR
    assert [one.id for one in third] == ["3", "2"]


def test_an_emergency_has_no_overlap():
    assert [one.id for one in rotated((kept("1"),), kept("2", at=NOON + HOUR), overlap=timedelta())] == ["2"]


def test_a_revoked_client_stays_revoked():
    revoked = a_client().revoke(at=NOON)
    for verb in (
        lambda: revoked.revoke(at=NOON),
        revoked.rotated,
        lambda: revoked.change(name="x", codes=None, public_keys=None),
    ):
        with pytest.raises(ClientRevoked):
            verb()


def test_public_keys_of_two_kinds_are_let_in():
    require_usable([EC_KEY, ED_KEY])


@pytest.mark.parametrize(
    "keys",
    [
        [EC_KEY | {"d": "secret"}],
        [EC_KEY | {"kid": ""}],
        [{name: value for name, value in EC_KEY.items() if name != "kid"}],
        [EC_KEY | {"crv": "P-384"}],
        [EC_KEY | {"x": EC_KEY["y"]}],
        [EC_KEY | {"x": "!"}],
        [{name: value for name, value in EC_KEY.items() if name != "y"}],
        [{"kty": "oct", "k": "AAAA", "kid": "c"}],
        [{"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "c"}],
        [ED_KEY | {"x": "AA"}],
        [EC_KEY, ED_KEY | {"kid": "a"}],
        [EC_KEY | {"kid": str(n)} for n in range(5)],
    ],
)
def test_other_keys_are_not(keys):
    with pytest.raises(UnusableKey):
        require_usable(keys)

"""What may happen to a copy of a film and to its keys."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from catalogue.domain.copies import (
    KEYS_MAX,
    Copy,
    CopyWithdrawn,
    Description,
    InvalidCopy,
    InvalidKey,
    KeyRevoked,
    NewCopy,
    NoKeyNeeded,
    NoSuchKey,
    TooManyKeys,
    refusals,
)
from catalogue.domain.film import NothingToChange
from common.contracts.catalogue import CopyFormat, CopyKey, CopyStatus, FilmVersion
from tests.unit.catalogue.films import NOON

NEW = NewCopy(
    film_id=UUID(int=1),
    holder_id=UUID(int=2),
    format=CopyFormat.DCP,
    encrypted=True,
    description=Description(film_version=FilmVersion.VF, transit_days=2, label="DCP 3"),
)
COPY, REGISTERED = Copy.register(UUID(int=3), NEW, at=NOON)
KEY = CopyKey(
    id=UUID(int=4),
    screen="Salle 1",
    opens_at=datetime(2025, 7, 17, tzinfo=UTC),
    closes_at=datetime(2025, 7, 20, tzinfo=UTC),
)


def test_a_copy_tells_what_it_is():
    assert (COPY.version, COPY.status, COPY.keys) == (1, CopyStatus.AVAILABLE, ())
    assert (REGISTERED.format, REGISTERED.film_version, REGISTERED.transit_days) == ("dcp", "vf", 2)
    said = COPY.state(at=NOON)
    assert (said.film_version, said.transit_days, said.label, said.encrypted) == ("vf", 2, "DCP 3", True)


@pytest.mark.parametrize("one", [one for one in CopyFormat if one is not CopyFormat.DCP])
def test_only_a_dcp_is_encrypted(one: CopyFormat):
    with pytest.raises(InvalidCopy) as refused:
        Copy.register(UUID(int=3), replace(NEW, format=one), at=NOON)
    assert [error.pointer for error in refused.value.errors] == ["/encrypted"]
    plain, _ = Copy.register(UUID(int=3), replace(NEW, format=one, encrypted=False), at=NOON)
    with pytest.raises(NoKeyNeeded):
        plain.issue_key(KEY, at=NOON)


def test_what_changes_is_named_and_nothing_is_no_change():
    changed, fact = COPY.change({"transit_days": 0, "label": "DCP 3"}, at=NOON)
    assert (changed.description.transit_days, fact.changed) == (0, ("transit_days",))
    with pytest.raises(NothingToChange):
        COPY.change({"label": "DCP 3"}, at=NOON)


def test_a_key_is_issued_and_revoked_and_stays_told():
    issued, fact = COPY.issue_key(KEY, at=NOON)
    assert (issued.keys, fact.key) == ((KEY,), KEY)
    revoked, gone = issued.revoke_key(KEY.id, at=NOON)
    assert (revoked.keys, gone.key_id, revoked.version) == ((replace(KEY, revoked=True),), KEY.id, 3)
    with pytest.raises(KeyRevoked):
        revoked.revoke_key(KEY.id, at=NOON)
    with pytest.raises(NoSuchKey):
        revoked.revoke_key(UUID(int=9), at=NOON)


@pytest.mark.parametrize("closes_at", [KEY.opens_at, datetime(2025, 7, 16, tzinfo=UTC)])
def test_a_key_closes_after_it_has_opened(closes_at: datetime):
    with pytest.raises(InvalidKey) as refused:
        COPY.issue_key(replace(KEY, closes_at=closes_at), at=NOON)
    assert [error.pointer for error in refused.value.errors] == ["/closes_at"]


def test_a_copy_has_as_many_keys_as_its_record_can_be_read_whole_with():
    full = replace(COPY, keys=tuple(replace(KEY, id=UUID(int=n)) for n in range(KEYS_MAX)))
    with pytest.raises(TooManyKeys):
        full.issue_key(KEY, at=NOON)


def test_of_a_copy_that_is_withdrawn_only_a_key_can_still_be_revoked():
    withdrawn, fact = COPY.issue_key(KEY, at=NOON)[0].withdraw(at=NOON)
    assert (withdrawn.status, fact.copy_id) == (CopyStatus.WITHDRAWN, COPY.id)
    for verb in (
        lambda: withdrawn.change({"transit_days": 1}, at=NOON),
        lambda: withdrawn.withdraw(at=NOON),
        lambda: withdrawn.issue_key(replace(KEY, id=UUID(int=5)), at=NOON),
    ):
        with pytest.raises(CopyWithdrawn):
            verb()
    assert withdrawn.revoke_key(KEY.id, at=NOON)[0].keys[0].revoked


@pytest.mark.parametrize(
    ("status", "encrypted", "keys", "against"),
    [
        (CopyStatus.AVAILABLE, True, (), (None, None, NoSuchKey)),
        (CopyStatus.AVAILABLE, True, (KEY,), (None, None, None)),
        (CopyStatus.AVAILABLE, True, (KEY,) * KEYS_MAX, (None, TooManyKeys, None)),
        (CopyStatus.AVAILABLE, False, (), (None, NoKeyNeeded, NoSuchKey)),
        (CopyStatus.WITHDRAWN, True, (KEY,), (CopyWithdrawn, CopyWithdrawn, None)),
    ],
)
def test_what_may_be_done_is_what_the_verbs_let_be_done(status, encrypted, keys, against):
    said = refusals(status, encrypted=encrypted, keys=keys)
    assert (said["copy.change"], said["copy.issue_key"], said["copy.revoke_key"]) == against
    assert said["copy.withdraw"] is against[0]

"""The life of an endpoint."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from common.contracts.access import Role
from partners.domain.webhook import (
    AlreadyVerified,
    Disabled,
    Endpoint,
    NotActive,
    NotPaused,
    OutsideYourTerritory,
    RecoverTooMuch,
    State,
    require_recoverable,
    require_within,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)


def pending():
    return Endpoint(
        id=UUID(int=1),
        role=Role.COLLECTIVITY_SYSTEM,
        org=UUID(int=2),
        url="https://receiver.example.org/hook",
        description="",
        event_types=("*",),
        created_at=NOON,
        updated_at=NOON,
    )


def active():
    return pending().ask_verification(at=NOON).verified(at=NOON)


def test_it_is_silent_until_it_has_answered_a_challenge():
    asked = pending().ask_verification(at=NOON)
    assert (asked.state, asked.verification.asked_at) == (State.PENDING, NOON)
    failed = asked.not_verified("timeout", at=LATER)
    assert (failed.state, failed.verification.error, failed.verified_at) == (State.PENDING, "timeout", None)
    verified = failed.ask_verification(at=LATER).verified(at=LATER)
    assert (verified.state, verified.verification, verified.verified_at) == (State.ACTIVE, None, LATER)


def test_every_change_moves_the_version():
    assert [one.version for one in (pending(), active(), active().pause(at=LATER))] == [1, 3, 4]


def test_a_new_url_proves_itself_anew_and_keeps_its_numbers():
    moved = active().change(url="https://other.example.org/", description=None, event_types=None, codes=None, at=LATER)
    assert (moved.state, moved.verified_at) == (State.PENDING, NOON)
    same = active().change(url=active().url, description="x", event_types=("film.*",), codes=("86194",), at=LATER)
    assert (same.state, same.description, same.event_types, same.codes) == (
        State.ACTIVE,
        "x",
        ("film.*",),
        ("86194",),
    )


def test_pause_and_resume():
    paused = active().pause(at=LATER)
    assert paused.state is State.PAUSED
    assert paused.resume(at=LATER).state is State.ACTIVE
    for verb in (paused.pause, pending().pause):
        with pytest.raises(NotActive):
            verb(at=LATER)
    for verb in (active().resume, pending().resume):
        with pytest.raises(NotPaused):
            verb(at=LATER)


def test_disabled_it_comes_back_by_verification_only():
    disabled = active().disable(Disabled.GONE, at=LATER)
    with pytest.raises(NotPaused):
        disabled.resume(at=LATER)
    again = disabled.ask_verification(at=LATER).verified(at=LATER)
    assert (again.state, again.disabled_because) == (State.ACTIVE, None)


def test_what_is_verified_needs_no_verification():
    for endpoint in (active(), active().pause(at=LATER)):
        with pytest.raises(AlreadyVerified):
            endpoint.ask_verification(at=LATER)


def test_a_subscription_stays_within_its_owners_territory():
    require_within(("86194",), frozenset({"86194", "86041"}))
    with pytest.raises(OutsideYourTerritory) as refused:
        require_within(("86194", "75056"), frozenset({"86194"}))
    assert [one.pointer for one in refused.value.errors] == ["/codes/1"]


DAY = timedelta(days=1)
FIRST, LAST = (text.replace("Z", "+14:00") for text in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"))


@pytest.mark.parametrize(("since", "until"), [(-14, 0), (-30, -16), (-1, 0), (0, 1)])
def test_a_recovery_covers_two_weeks_of_what_is_kept(since, until):
    require_recoverable(NOON + since * DAY, NOON + until * DAY, at=NOON)


@pytest.mark.parametrize(("since", "until"), [(0, 0), (0, -1), (-14.1, 0), (-31, -30), (10, 20)])
def test_and_nothing_else(since, until):
    with pytest.raises(RecoverTooMuch):
        require_recoverable(NOON + since * DAY, NOON + until * DAY, at=NOON)


@pytest.mark.parametrize(("since", "until"), [(FIRST, LAST), (FIRST, FIRST), (LAST, LAST)])
def test_not_even_at_the_ends_of_the_calendar(since, until):
    with pytest.raises(RecoverTooMuch):
        require_recoverable(datetime.fromisoformat(since), datetime.fromisoformat(until), at=NOON)

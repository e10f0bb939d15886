"""Feeds of calendars: who may make one of what, what opens it, and its end."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from actions.domain.feed import (
    Feed,
    FeedOf,
    FeedRevoked,
    Grant,
    Maker,
    OneSubject,
    Subject,
    fingerprint,
    key_of,
    require_reach,
)
from actions.domain.known import is_closed
from common.contracts.access import SCOPES_OF, Role
from common.errors import NotYours
from tests.unit.actions import pieces as p
from tests.unit.actions.test_access import Client, a_client

LUCK = bytes(range(32))
AT = datetime(2025, 3, 20, 9, tzinfo=UTC)
FEED = Feed(
    id=p.an_id("feed"),
    of=FeedOf.SESSIONS,
    subject=Subject(coordination_id=p.COORDINATION.id),
    name="Passeurs d’images, séances : coordination",
    maker=Maker(
        client_id="client",
        role=Role.REGIONAL_COORDINATOR,
        scopes=SCOPES_OF[Role.REGIONAL_COORDINATOR],
        org=p.an_id("frmjc"),
        coordination_id=p.COORDINATION.id,
        level="departments",
        codes=frozenset({"86"}),
    ),
    fingerprint=fingerprint(key_of(LUCK)),
    created_at=AT,
)
OURS = Subject(coordination_id=p.COORDINATION.id)
THEIRS = Subject(coordination_id=p.an_id("another coordination"))
HERE, THERE = Subject(municipality="86194"), Subject(municipality="31555")
COORDINATING = {Role.REGIONAL_COORDINATOR, Role.COMMITTEE_SECRETARY, Role.COMMITTEE_MEMBER}
NATIONAL = {Role.NATIONAL_COORDINATION, Role.CNC_OPEN_AIR_OFFICER}
TERRITORIAL = {Role.LOCAL_RELAY, Role.COLLECTIVITY_SYSTEM}
ORGANISED = {Role.PROJECT_HOLDER, Role.CINEMA_OPERATOR, Role.FUNDER, Role.CLOSED_SITE_AUTHORITY}
WIDE = COORDINATING | NATIONAL | {Role.DRAC_ADVISER}


def may(caller: Client, subject: Subject) -> bool:
    department = subject.municipality and subject.municipality[:2]
    try:
        require_reach(caller, subject, department)
    except NotYours:
        return False
    return True


def who_may(subject: Subject) -> set[Role]:
    return {role for role in Role if may(a_client(role), subject)}


def test_whose_feeds_each_role_may_make():
    assert who_may(OURS) == WIDE
    assert who_may(THEIRS) == WIDE - COORDINATING
    assert who_may(HERE) == WIDE | TERRITORIAL | ORGANISED
    assert who_may(THERE) == COORDINATING | NATIONAL | ORGANISED
    assert who_may(Subject(organisation_id=p.an_id("anybody"))) == WIDE


@pytest.mark.parametrize("role", sorted(TERRITORIAL | ORGANISED))
def test_an_organisation_makes_feeds_of_itself(role: Role):
    client = a_client(role)
    assert may(client, Subject(organisation_id=client.org))


@pytest.mark.parametrize("role", [Role.DASHBOARD, Role.OPERATOR])
def test_who_sees_no_action_makes_no_feed(role: Role):
    client = a_client(role)
    assert not any(may(client, subject) for subject in (OURS, HERE, Subject(organisation_id=client.org)))


@pytest.mark.parametrize(
    "subject",
    [
        Subject(),
        Subject(coordination_id=p.COORDINATION.id, municipality="86194"),
        Subject(organisation_id=p.HOLDER.id, municipality="86194"),
        Subject(coordination_id=p.COORDINATION.id, organisation_id=p.HOLDER.id, municipality="86194"),
    ],
)
def test_a_feed_is_of_one_thing(subject: Subject):
    with pytest.raises(OneSubject):
        subject.require_one()
    OURS.require_one()


def test_a_key_opens_its_feed_and_nothing_else_does():
    key = key_of(LUCK)
    assert FEED.opens(key)
    assert len(key) == 43
    others = ("", key[:-1], f"{key}=", key.swapcase(), key_of(bytes(32)), FEED.fingerprint.hex(), "é" * 43)
    assert not any(FEED.opens(other) for other in others)
    assert key.encode() not in FEED.fingerprint


def test_a_feed_that_is_revoked_is_opened_by_nothing():
    revoked = FEED.revoke(at=AT)
    assert (revoked.version, revoked.revoked_at, revoked.opens(key_of(LUCK))) == (2, AT, False)
    with pytest.raises(FeedRevoked):
        revoked.revoke(at=AT)
    assert [(one.verb, one.allowed) for one in FEED.allowed_actions()] == [("calendar_feed.revoke", True)]
    assert [(one.allowed, one.code) for one in revoked.allowed_actions()] == [(False, "feed-revoked")]


def test_of_what_a_token_carried_that_is_left_which_its_client_is_granted_today():
    town = replace(FEED.maker, role=Role.COLLECTIVITY_SYSTEM, coordination_id=None, codes=frozenset({"86194", "86041"}))
    granted = Grant(codes=frozenset({"86041", "86195"}), revoked_at=None)
    assert town.today(granted) == replace(
        town, scopes=frozenset({"read", "events:read", "webhooks:manage"}), codes=frozenset({"86041"})
    )
    assert town.today(replace(granted, codes=frozenset({"86195"}))) is None
    holder = replace(FEED.maker, role=Role.PROJECT_HOLDER, coordination_id=None, codes=frozenset[str]())
    assert holder.today(Grant(codes=frozenset(), revoked_at=None)) is not None


def test_a_coordinations_client_sees_by_who_holds_a_file_and_not_by_codes():
    assert FEED.maker.today(Grant(codes=frozenset(), revoked_at=None)) == FEED.maker


def test_without_access_nothing_is_left():
    assert FEED.maker.today(None) is None
    assert FEED.maker.today(Grant(codes=FEED.maker.codes, revoked_at=AT)) is None


def test_what_is_seen_of_a_feed_has_neither_key_nor_fingerprint():
    seen = str(FEED.seen())
    assert key_of(LUCK) not in seen
    assert str(FEED.fingerprint) not in seen
    assert FEED.seen().address is None


@pytest.mark.parametrize(
    ("closed_on", "closed"), [(None, False), ("2025-03-19", True), ("2025-03-20", False), ("2025-03-21", False)]
)
def test_an_organisation_s_last_day_is_its_own(closed_on: str | None, closed: bool):
    day = None if closed_on is None else date.fromisoformat(closed_on)
    assert is_closed(day, date(2025, 3, 20)) is closed

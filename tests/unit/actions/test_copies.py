"""Copies as a schedule: no accepted plan has a copy where it cannot be, by a second reader who counts minutes (C01).

The naive reader knows no spans and no days of the calendar: it lists the minutes in which a copy is shown, and follows
it from one session to the next, counting the midnights that strike where it goes.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.domain.rules import RULES
from common.errors import Outcome
from tests.unit.actions import lendings as q
from tests.unit.actions import pieces as p
from tests.unit.actions.lendings import Wish
from tests.unit.actions.test_verdicts import again, kept

BY_ID = {rule.id: rule for rule in RULES}
ASKED = date(2025, 3, 28)
MINUTE, STEP = timedelta(minutes=1), timedelta(hours=6)


# ------------------------------------------------------------------------------------------- the naive reader


def minutes_of(wish: Wish) -> list[datetime]:
    """List every minute in which a session is on, by the clock of Greenwich."""
    local = datetime(
        wish.held_on.year,
        wish.held_on.month,
        wish.held_on.day,
        wish.starts_at.hour,
        wish.starts_at.minute,
        tzinfo=ZoneInfo(wish.zone),
    )
    begins = local.astimezone(UTC)
    return [begins + n * MINUTE for n in range(wish.minutes)]


def midnights(since: datetime, until: datetime, zone: str) -> int:
    """Walk from one instant to another and count how often the calendar there turns a leaf."""
    days, struck = [], 0
    while since < until:
        days.append(since.astimezone(ZoneInfo(zone)).day)
        since += STEP
    days.append(until.astimezone(ZoneInfo(zone)).day)
    for before, after in pairwise(days):
        struck += before != after
    return struck


def arrives(before: Wish, after: Wish, days: int) -> bool:
    """Follow a copy from one session to a later one: are there days enough, by the calendar that is further on?"""
    left, needed = minutes_of(before)[-1] + MINUTE, minutes_of(after)[0]
    if before.commune == after.commune:
        return True
    here, there = (left.astimezone(ZoneInfo(zone)).date() for zone in (before.zone, after.zone))
    already = 1 if here > there else 0
    return midnights(left, needed, after.zone) - already >= days


def possible(wishes: Sequence[Wish], days: int) -> bool:
    """Look at one copy's sessions minute by minute, then at its way from each to every later one."""
    busy: set[datetime] = set()
    for wish in wishes:
        for minute in minutes_of(wish):
            if minute in busy:
                return False
            busy.add(minute)
    ordered = sorted(wishes, key=lambda wish: minutes_of(wish)[0])
    return all(arrives(one, other, days) for n, one in enumerate(ordered) for other in ordered[n + 1 :])


def booked(wishes: Sequence[Wish], asked_on: date | None = None) -> list[Wish]:
    """Book one after the other what is not refused."""
    accepted: list[Wish] = []
    for wish in wishes:
        if not q.refused(wish, q.copy_of(wish), accepted, asked_on=asked_on):
            accepted.append(wish)
    return accepted


def each_copy(wishes: Sequence[Wish]) -> list[tuple[int, list[Wish]]]:
    return [(days, [one for one in wishes if one.copy_id == copy.id]) for days, copy in q.COPIES.items()]


@settings(max_examples=300, deadline=None)
@given(wishes=q.PLANS)
def test_c01_no_accepted_plan_has_an_impossible_journey_and_what_is_refused_would_be_one(wishes: list[Wish]):
    accepted: list[Wish] = []
    for wish in wishes:
        copy = q.copy_of(wish)
        with_it = [*(one for one in accepted if one.copy_id == copy.id), wish]
        refused = q.refused(wish, copy, accepted)
        assert refused is not possible(with_it, copy.transit_days)
        if not refused:
            accepted.append(wish)
    assert all(possible(some, days) for days, some in each_copy(accepted))


@settings(max_examples=150, deadline=None)
@given(wishes=q.PLANS, chance=st.randoms(use_true_random=False))
def test_c01_what_can_be_booked_in_one_order_can_be_booked_in_any(wishes: list[Wish], chance):
    accepted = booked(wishes, ASKED)
    shuffled = chance.sample(accepted, len(accepted))
    assert booked(shuffled, ASKED) == shuffled


@settings(max_examples=150, deadline=None)
@given(wishes=q.PLANS, day=q.DAYS)
def test_c01_a_session_that_moves_and_comes_back_finds_what_it_left(wishes: list[Wish], day: date):
    accepted = booked(wishes)
    first, others = accepted[0], accepted[1:]
    before = q.judged(first, q.copy_of(first), others)
    moved = replace(first, held_on=day)
    if not q.refused(moved, q.copy_of(moved), others):
        assert booked([moved, *others]) == [moved, *others]
    assert q.judged(first, q.copy_of(first), others) == before
    assert not q.refused(first, q.copy_of(first), others)


@settings(max_examples=150, deadline=None)
@given(wishes=q.PLANS, where=st.integers(0, 9))
def test_c01_the_sessions_of_one_action_are_judged_as_those_of_several(wishes: list[Wish], where: int):
    wish, *others = (one for one in wishes if one.copy_id == wishes[0].copy_id)
    own, elsewhere = others[:where], others[where:]
    assert q.judged(wish, q.copy_of(wish), elsewhere, own=own) == q.judged(wish, q.copy_of(wish), others)


def in_time(wish: Wish, others: Sequence[Wish], asked_on: date, days: int) -> bool:
    """Count the days from the one on which the copy is asked for; where it lies already, it need not come."""
    before = [one for one in others if minutes_of(one)[0] < minutes_of(wish)[0]]
    last = max(before, key=lambda one: minutes_of(one)[0], default=None)
    return (last is not None and last.commune == wish.commune) or (wish.held_on - asked_on).days >= days


@settings(max_examples=150, deadline=None)
@given(wishes=q.PLANS, ahead=st.integers(-2, 9))
def test_c01_the_first_day_that_is_named_is_possible_and_none_before_it_is(wishes: list[Wish], ahead: int):
    wish, copy = wishes[-1], q.copy_of(wishes[-1])
    others = [one for one in booked(wishes[:-1]) if one.copy_id == copy.id]
    asked_on = wish.held_on - timedelta(days=ahead)
    said = q.judged(wish, copy, others, asked_on=asked_on)["C01"].verdict
    first = wish.held_on if said.outcome is Outcome.ALLOWED else p.there(said.first_lawful_on)
    days = [replace(wish, held_on=wish.held_on + timedelta(days=n)) for n in range((first - wish.held_on).days + 1)]
    fits = [
        possible([*others, one], copy.transit_days) and in_time(one, others, asked_on, copy.transit_days)
        for one in days
    ]
    assert fits == [*[False] * (len(days) - 1), True]


@settings(max_examples=150, deadline=None)
@given(wishes=q.PLANS, asked_on=st.none() | q.DAYS)
def test_a_verdict_on_a_copy_says_the_same_again_by_what_it_keeps(wishes: list[Wish], asked_on: date | None):
    for finding in q.judged(wishes[0], q.copy_of(wishes[0]), wishes[1:], asked_on=asked_on).values():
        assert again(BY_ID[finding.verdict.rule], kept(finding.verdict)) == finding.verdict


# --------------------------------------------------------------------------------------------------- boundaries


@pytest.mark.parametrize(
    ("on", "at", "refused"),
    [
        ("2025-07-18", "23:30", True),  # the other one ends at 23:31
        ("2025-07-18", "23:31", True),  # at once, but two days away
        ("2025-07-19", "22:15", True),
        ("2025-07-20", "00:00", False),
        ("2025-07-16", "23:59", True),  # it ends on the 17th
        ("2025-07-16", "20:00", False),
        ("2025-07-17", "20:00", True),
    ],
)
def test_c01_days_on_the_way_are_days_of_the_calendar(on: str, at: str, refused: bool):
    other = q.a_wish("2025-07-18", "22:15", q.BUXEROLLES, n=2)
    assert q.refused(q.a_wish(on, at), q.a_copy(), [other]) is refused


@pytest.mark.parametrize(("at", "refused"), [("23:30", True), ("23:31", False)])
def test_c01_in_the_same_commune_a_copy_goes_from_hand_to_hand(at: str, refused: bool):
    other = q.a_wish("2025-07-18", "22:15", n=2)
    assert q.refused(q.a_wish("2025-07-18", at), q.a_copy(), [other]) is refused


def test_c01_a_show_that_ends_after_midnight_leaves_a_day_later():
    late = q.a_wish("2025-07-18", "22:45", q.BUXEROLLES, n=2)
    found = q.judged(q.a_wish("2025-07-20"), q.a_copy(), [late])["C01"].verdict
    assert (found.outcome, found.first_lawful_on) == (Outcome.REFUSED, p.day("2025-07-21"))


def test_c01_nobody_gains_a_day_by_crossing_a_time_zone():
    cayenne = q.a_wish("2025-07-18", "20:00", q.CAYENNE, n=2)  # ends at 21:16 there, at 02:16 of the 19th in Paris
    copy = q.a_copy(transit_days=1)
    assert q.refused(q.a_wish("2025-07-19", "09:00"), copy, [cayenne])
    assert not q.refused(q.a_wish("2025-07-20", "09:00"), copy, [cayenne])
    reunion = q.a_wish("2025-07-19", "00:30", q.SAINT_DENIS, n=2)  # still the 18th in Paris
    assert q.refused(q.a_wish("2025-07-19", "20:00"), copy, [reunion])
    assert not q.refused(q.a_wish("2025-07-20", "00:00"), copy, [reunion])


def test_c01_a_file_sent_by_network_is_still_shown_at_one_session_at_a_time():
    copy, other = q.a_copy(transit_days=0), q.a_wish("2025-07-18", "22:15", q.BUXEROLLES, n=2)
    assert q.refused(q.a_wish("2025-07-18", "23:30"), copy, [other])
    assert not q.refused(q.a_wish("2025-07-18", "23:31"), copy, [other])


@pytest.mark.parametrize(("asked_on", "refused"), [("2025-07-16", False), ("2025-07-17", True), ("2025-07-18", True)])
def test_c01_a_copy_that_is_asked_for_too_late_arrives_after_the_show(asked_on: str, refused: bool):
    found = q.judged(q.a_wish(), q.a_copy(), asked_on=p.day(asked_on))["C01"]
    assert (found.refusal is not None) is refused
    assert found.verdict.first_lawful_on == (p.day(asked_on) + timedelta(days=2) if refused else None)


def test_c01_a_copy_that_is_there_already_need_not_travel():
    before = q.a_wish("2025-07-17", n=2)
    assert not q.refused(q.a_wish(), q.a_copy(), [before], asked_on=p.day("2025-07-18"))
    away = q.a_wish("2025-07-15", commune=q.BUXEROLLES, n=3)
    assert q.refused(q.a_wish(), q.a_copy(), [away], asked_on=p.day("2025-07-18"))


def test_c01_says_when_the_copy_is_lent_and_neither_where_nor_whose():
    other = q.a_wish("2025-07-18", "22:15", q.BUXEROLLES, n=2)
    verdict = q.judged(q.a_wish(), q.a_copy(), [other])["C01"].verdict
    assert verdict.inputs["lent"] == ["2025-07-18T20:15:00+00:00/2025-07-18T21:31:00+00:00 Europe/Paris elsewhere"]
    assert q.BUXEROLLES not in str(verdict)

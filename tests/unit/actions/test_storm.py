"""What happens if the storm comes (R12, R13): told when a screening is planned and announced, and refusing neither."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from actions.domain import agenda, checking, choosing, lifecycle, risk, storm
from actions.domain.action import Action
from actions.domain.agenda import ProgrammePlan, SessionPlan
from actions.domain.checking import Check
from actions.domain.choosing import CopyChoice
from actions.domain.lifecycle import NewDay
from actions.domain.obligations import obligations
from actions.domain.screening import (
    Finding,
    judge_days_authorised,
    judge_overlaps,
    judge_placed,
    judge_plan,
    of_papers,
)
from actions.domain.unlawful import CopyCannotBeThere, FallbackNotLater
from common.contracts.actions import (
    ActionStatus,
    Fallback,
    Notice,
    ObligationKind,
    Regime,
    RightsTerms,
    Setting,
)
from common.contracts.catalogue import RightsUse
from common.contracts.partners import Entitlement, EntitlementKind
from common.errors import Outcome
from tests.unit.actions import dossiers as a
from tests.unit.actions import lendings as q
from tests.unit.actions import pieces as p
from tests.unit.actions.dossiers import Dossier
from tests.unit.actions.test_checking import CASES, a_negotiated
from tests.unit.actions.test_leave import PARK
from tests.unit.actions.test_school import CALENDAR

K = ObligationKind
DAY, ROOM = Fallback.DAY, Fallback.ROOM
AT = p.at("2025-04-28 10:00")
SESSION = p.an_id("A2-1")
PLACES = (p.SQUARE, p.ROOM)
BOTH_WAYS = replace(p.SCREENING, place_id=p.SQUARE.id, fallback_place_id=p.ROOM.id)
"""On the square on 18 July, or on the 25th, or in the room."""

FUNDED = a.a_funded()
FUNDED = FUNDED.having(screening=replace(FUNDED.screening, places=PLACES))
FOR_BOTH = replace(p.OPEN_AIR_TERMS, uses=(RightsUse.OPEN_AIR, RightsUse.NON_COMMERCIAL_INDOOR))


def asked(wish: SessionPlan = BOTH_WAYS, action: Action = FUNDED.screening, **given: Any) -> Check:
    return checking.check_session(action, wish, replace(FUNDED.given, **given), session_id=SESSION)


def planned(wish: SessionPlan = BOTH_WAYS, action: Action = FUNDED.screening, **given: Any) -> Action:
    said = replace(FUNDED.given, **given)
    return a.plan_session(action, wish, said, session_id=SESSION, new_id=p.new_ids("clearance"), at=AT)[0]


def ready(terms: RightsTerms = FOR_BOTH, *permitted: str) -> Dossier:
    """Settle everything for the day, and as much for the fallbacks as is said."""
    dossier = a.rights_confirmed(a.screening_planned(FUNDED, BOTH_WAYS), terms)
    return a.permitted(a.authorised(dossier), *permitted)


def lawful(said: Check) -> dict[Fallback, bool]:
    return {way.fallback: way.lawful for way in said.storm}


def refusing(said: Check) -> set[tuple[str, str | None, Fallback | None]]:
    """Name what is refused: here it is always only where the session would fall back to."""
    assert not [one for one in said.verdicts if one.outcome is Outcome.REFUSED or one.fallback is not None]
    assert {one.blocks for one in said.fallback_verdicts} == {None}
    return {(one.rule, one.code, one.fallback) for one in said.fallback_verdicts if one.outcome is Outcome.REFUSED}


def lacking(said: Check) -> set[tuple[str, Fallback | None]]:
    """Name what moving there would be refused by."""
    return {(one.rule, one.fallback) for one in said.fallback_verdicts if one.code is not None}


def noticed(action: Action) -> set[tuple[str, Fallback | None]]:
    return {(one.rule, one.fallback) for one in action.notices}


# ------------------------------------------------------------------------------------------------------ the plan


def a_class(on: str, fallback_on: str) -> SessionPlan:
    """Bring a class on one day, or on another, at ten in the morning."""
    return replace(BOTH_WAYS, held_on=p.day(on), starts_at=time(10), fallback_on=p.day(fallback_on), school_group=True)


def test_r20_a_fallback_day_in_school_time_is_told_and_the_plan_stands():
    """Saturday 20 September, and the Monday after it."""
    wish = a_class("2025-09-20", "2025-09-22")
    said = asked(wish, school=CALENDAR)
    assert said.lawful
    assert lawful(said) == {DAY: False, ROOM: True}
    assert refusing(said) == {("R20", "on-school-time", DAY)}
    (told,) = (one for one in said.fallback_verdicts if (one.rule, one.fallback) == ("R20", DAY))
    assert (told.blocks, told.inputs["on"], told.first_lawful_on) == (None, "2025-09-22", p.day("2025-09-27"))
    assert noticed(planned(wish, school=CALENDAR)) == {("R20", DAY)}


def test_p01_an_organiser_that_closes_between_the_day_and_the_fallback():
    said = asked(organiser=replace(p.HOLDER, closed_on=p.day("2025-07-24")))
    assert (said.lawful, lawful(said), refusing(said)) == (
        True,
        {DAY: False, ROOM: True},
        {("P01", "organiser-closed", DAY)},
    )


def test_r05_a_licence_that_ends_between_the_day_and_the_fallback():
    licence = Entitlement(
        kind=EntitlementKind.OPERATING_LICENCE,
        reference="EX-86-1",
        valid_from=date(2024, 1, 1),
        valid_until=p.day("2025-07-24"),
    )
    moved = replace(FUNDED.screening, organiser_id=p.CINEMA.id, regime=Regime.COMMERCIAL_MOVED)
    said = asked(action=moved, organiser=replace(p.CINEMA, entitlements=(licence,)))
    assert (said.lawful, lawful(said)) == (True, {DAY: False, ROOM: True})
    assert refusing(said) == {("R05", "not-a-licensed-operator", DAY)}


def with_copy() -> SessionPlan:
    feature, *_ = BOTH_WAYS.programme
    return replace(BOTH_WAYS, programme=(replace(feature, copy_id=p.DCP.id),))


def test_c01_a_copy_that_is_lent_elsewhere_on_the_fallback_day():
    booked = {p.DCP.id: (q.a_wish("2025-07-25", commune=q.BUXEROLLES).booking(),)}
    said = asked(with_copy(), copies={p.DCP.id: p.DCP}, bookings=booked)
    assert (said.lawful, lawful(said)) == (True, {DAY: False, ROOM: True})
    assert refusing(said) == {("C01", "copy-cannot-be-there", DAY)}


def test_c02_a_key_that_is_closed_on_the_fallback_day():
    copy = q.a_copy(encrypted=True, keys=(q.a_key("2025-07-17 08:00", "2025-07-20 08:00"),))
    wish = replace(with_copy(), programme=(ProgrammePlan(film_id=p.LINDA.id, copy_id=copy.id),))
    said = asked(wish, copies={copy.id: copy})
    assert (said.lawful, lawful(said)) == (True, {DAY: False, ROOM: True})
    assert refusing(said) == {("C02", "key-does-not-open", DAY)}


def test_c01_a_copy_that_is_chosen_later_is_looked_for_on_the_fallback_day_too():
    dossier, choice = ready(), CopyChoice(session_id=SESSION, film_id=p.LINDA.id, copy_id=p.DCP.id)

    def choose(on: str) -> Action:
        booked = {p.DCP.id: (q.a_wish(on, commune=q.BUXEROLLES).booking(),)}
        given = replace(dossier.given, copies={p.DCP.id: p.DCP}, bookings=booked)
        return choosing.choose_copy(choosing.judge_choice(dossier.screening, choice, given), choice, at=AT)[0]

    assert noticed(choose("2025-07-25")) == {("C01", DAY)}
    assert noticed(choose("2025-08-25")) == set()
    with pytest.raises(CopyCannotBeThere):
        choose("2025-07-18")


def test_r52_the_papers_of_both_fallbacks_are_asked_for_with_those_of_the_day():
    said = asked()
    every = (*said.verdicts, *said.fallback_verdicts)
    asked_for = {(one.rule, one.fallback) for one in every if one.code is not None}
    assert asked_for == {
        *(("R52", way) for way in (None, DAY, ROOM)),
        *(("R08", way) for way in (None, DAY)),
        *(("T12", way) for way in (None, DAY)),
    }
    assert lawful(said) == {DAY: True, ROOM: True}


def test_what_is_said_of_the_session_in_the_same_words_is_said_once():
    unknown = p.FILMS | {p.LINDA.id: replace(p.LINDA, visas=(), released_on=None, classification=None)}
    notices = planned(films=unknown).notices
    assert sorted((one.rule, one.fallback) for one in notices if one.film_id == p.LINDA.id) == [
        ("R01", None),
        ("R16", None),
    ]


@pytest.mark.parametrize(("on", "later"), [("2025-07-17", False), ("2025-07-18", False), ("2025-07-19", True)])
def test_a_day_to_fall_back_to_comes_after_the_session_s_own(on: str, *, later: bool):
    wish = replace(BOTH_WAYS, fallback_on=p.day(on))
    if later:
        assert planned(wish).sessions[0].fallback_on == p.day(on)
        return
    for verb in (asked, planned):
        with pytest.raises(FallbackNotLater) as refused:
            verb(wish)
        assert (refused.value.code, refused.value.errors[0].pointer) == ("fallback-not-later", "/fallback_on")


# ----------------------------------------------------------------------------------------------- the announcement


UNTIL_THE_20TH = replace(p.OPEN_AIR_TERMS, ends_on=p.day("2025-07-20"))


@pytest.mark.parametrize(
    ("dossier", "found", "ways"),
    [
        (ready(), set(), {DAY: True, ROOM: True}),
        (ready(FOR_BOTH, "2025-07-18"), {("T12", DAY)}, {DAY: False, ROOM: True}),
        (ready(p.OPEN_AIR_TERMS), {("R52", ROOM)}, {DAY: True, ROOM: False}),
        (ready(UNTIL_THE_20TH), {("R52", DAY), ("R52", ROOM)}, {DAY: False, ROOM: False}),
    ],
    ids=["all is there", "no permit", "no rights indoors", "rights end before"],
)
def test_r52_t12_what_the_fallbacks_lack_a_check_tells_and_the_announcement_stands(
    dossier: Dossier, found: set[tuple[str, Fallback]], ways: dict[Fallback, bool]
):
    """It is papers, which may still come: no notice is made of them, as it would outlive what it tells."""
    said = checking.check_schedule(dossier.screening, dossier.given)
    assert (said.lawful, lawful(said), lacking(said)) == (True, ways, found)
    scheduled = a.screening_scheduled(dossier).screening
    assert (scheduled.state, noticed(scheduled)) == (ActionStatus.SCHEDULED, set())


def test_o05_a_permit_that_comes_after_the_announcement_leaves_nothing_that_says_otherwise():
    announced = a.screening_scheduled(ready(FOR_BOTH, "2025-07-18"))
    granted = a.permitted(announced)
    for dossier, there in ((announced, False), (granted, True)):
        found = storm.fallback_obligations(dossier.screening, dossier.given, dossier.screening.sessions)
        assert [(one.fallback, one.settled) for one in found if one.kind is K.PERMIT] == [(DAY, there)]
        assert noticed(dossier.screening) == set()


def test_what_a_plan_does_not_keep_to_is_still_told_with_its_announcement():
    dossier, closing = ready(FOR_BOTH, "2025-07-18"), replace(p.HOLDER, closed_on=p.day("2025-07-24"))
    announced, _ = a.schedule(dossier.screening, replace(dossier.given, organiser=closing), at=AT)
    assert noticed(announced) == {("P01", DAY)}


def test_what_is_of_papers_is_all_that_is_asked_beside_the_plan():
    of_plans = papers = 0
    for number in CASES[:1_000]:
        action, wish, given = a_negotiated(number)
        judged = agenda.judge_session(action, wish, given, session_id=SESSION)
        about = (judged.action, judged.sessions, given)
        plan = [*judge_plan(*about), *judge_overlaps(*about)]
        every = [*judge_days_authorised(*about), *judge_placed(*about)]
        assert [one for one in every if not of_papers(one)] == plan, number
        of_plans, papers = of_plans + len(plan), papers + len(every) - len(plan)
    assert min(of_plans, papers) > 1_000


def test_r12_a_day_that_the_authorisation_does_not_list_is_found_before_the_storm():
    dossier = ready()
    only = tuple(
        one for one in p.there(dossier.screening.authorisation.granted_screenings) if one.held_on == p.day("2025-07-18")
    )
    leave = replace(dossier.screening.authorisation, granted_screenings=only)
    dossier = dossier.having(screening=replace(dossier.screening, authorisation=leave))
    assert lacking(checking.check_schedule(dossier.screening, dossier.given)) == {("R12", DAY), ("R08", DAY)}
    assert noticed(a.screening_scheduled(dossier).screening) == set()


def test_what_a_new_announcement_says_takes_the_place_of_what_the_plan_said():
    closing = replace(p.HOLDER, closed_on=p.day("2025-07-24"))
    dossier = ready().having(screening=replace(ready().screening, notices=planned(organiser=closing).notices))
    assert noticed(dossier.screening) == {("P01", DAY)}
    assert noticed(a.screening_scheduled(dossier).screening) == set()


# ------------------------------------------------------------------------------------------------ the storm comes


def words(found: Iterable[Finding]) -> list[tuple[str, str, str, str]]:
    return sorted((one.verdict.rule, one.verdict.reason, str(one.verdict.inputs), str(one.refusal)) for one in found)


@pytest.mark.parametrize("way", Fallback)
@pytest.mark.parametrize(
    "dossier",
    [ready(), ready(FOR_BOTH, "2025-07-18"), ready(p.OPEN_AIR_TERMS), ready(UNTIL_THE_20TH)],
    ids=["all is there", "no permit", "no rights indoors", "rights end before"],
)
def test_t15_what_was_foreseen_is_what_the_new_day_is_told(dossier: Dossier, way: Fallback):
    foreseen = lifecycle.judge_schedule(dossier.screening, dossier.given).fallbacks
    put_off = a.screening_postponed(a.screening_scheduled(dossier)).screening
    on = p.day("2025-07-25") if way is DAY else p.day("2025-07-18")
    moved = lifecycle.judge_reschedule(
        put_off, [NewDay(session_id=SESSION, held_on=on, indoors=way is ROOM)], dossier.given
    )
    assert words(moved.findings) == words(one for one in foreseen if one.fallback is way)


def test_t15_where_it_fell_back_to_is_no_way_out_any_more():
    put_off = a.screening_postponed(a.screening_scheduled(ready())).screening

    def left(on: str, *, indoors: bool) -> list[tuple[Fallback, date]]:
        days = [NewDay(session_id=SESSION, held_on=p.day(on), indoors=indoors)]
        said = checking.check_reschedule(put_off, days, ready().given)
        return [(way.fallback, way.held_on) for way in said.storm]

    assert left("2025-07-25", indoors=False) == [(ROOM, p.day("2025-07-25"))]
    assert left("2025-07-18", indoors=True) == [(DAY, p.day("2025-07-25"))]
    assert left("2025-07-25", indoors=True) == left("2025-07-26", indoors=True) == []


def test_r13_the_room_is_judged_by_its_own_clock_and_its_own_school_year():
    """A room next door in another time zone, were there one: its hour is that of its clock."""
    abroad = replace(p.ROOM, department="974")
    action = replace(FUNDED.screening, places=(p.SQUARE, abroad))
    (session,) = planned(action=action).sessions
    ways = dict(storm.ways_out(action, session))
    assert (ways[ROOM].zone, ways[ROOM].setting, ways[DAY].zone) == ("Indian/Reunion", Setting.INDOORS, p.PARIS)


# ---------------------------------------------------------------------------------------- what it asks for, and risk


def asked_of(dossier: Dossier) -> list[tuple[str, Fallback, date, bool]]:
    """List what the fallbacks of its sessions ask for again."""
    found = storm.fallback_obligations(dossier.screening, dossier.given, dossier.screening.sessions)
    assert not any(one.blocking for one in found)
    assert [one.due_on for one in found] == sorted(one.due_on for one in found)
    return sorted(
        (one.kind.value, p.there(one.fallback), one.due_on, one.settled)
        for one in found
        if one.film_id in {None, p.LINDA.id}
    )


def due(kind: ObligationKind, dossier: Dossier) -> date:
    return next(one.due_on for one in obligations(dossier.screening, dossier.given) if one.kind is kind)


def test_o03_o05_a_fallback_asks_for_its_own_permit_leave_and_rights():
    dossier = ready(UNTIL_THE_20TH, "2025-07-18")
    week = p.day("2025-07-25") - p.day("2025-07-18")
    assert asked_of(dossier) == [
        ("cnc_authorisation", DAY, due(K.CNC_AUTHORISATION, dossier) + week, True),
        ("material", DAY, due(K.MATERIAL, dossier) + week, False),
        ("material", ROOM, due(K.MATERIAL, dossier), False),
        ("permit", DAY, due(K.PERMIT, dossier) + week, False),
        ("rights", DAY, due(K.RIGHTS, dossier) + week, False),
        ("rights", ROOM, due(K.RIGHTS, dossier), False),
    ]


def test_a_risk_of_the_session_is_not_hidden_by_what_was_said_of_its_fallback():
    dossier = a.screening_planned(FUNDED, BOTH_WAYS)
    before = Notice(rule="R01", version="1", reason="", raison="", session_id=SESSION, film_id=p.LINDA.id)
    unknown = replace(dossier.given, films=p.FILMS | {p.LINDA.id: replace(p.LINDA, visas=(), released_on=None)})

    def risks(*notices: Notice) -> list[str]:
        action = replace(dossier.screening, notices=notices)
        return [one.verdict.rule for one in risk.judge_risks(action, unknown).findings]

    assert risks(before) == []
    assert risks(replace(before, fallback=DAY)) == ["R01"]


def test_one_session_of_several_is_moved_at_a_time():
    """The park's film of the 25th has the copy that the square's would fall back to that day."""
    given = replace(FUNDED.given, copies={p.DCP.id: p.DCP})
    action = replace(FUNDED.screening, places=(p.SQUARE, replace(PARK, municipality=q.BUXEROLLES)))
    square = replace(with_copy(), fallback_place_id=None)
    park = replace(square, place_id=PARK.id, held_on=p.day("2025-07-25"), fallback_on=None)
    first, _ = a.plan_session(action, park, given, session_id=p.an_id("park"), new_id=p.new_ids("p"), at=AT)
    said = checking.check_session(first, square, given, session_id=SESSION)
    assert (said.lawful, lawful(said), refusing(said)) == (
        True,
        {DAY: False},
        {("C01", "copy-cannot-be-there", DAY)},
    )

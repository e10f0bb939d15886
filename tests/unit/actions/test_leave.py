"""Leave of the CNC is for the screenings it was asked for: never for a film of one at the place or day of another."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from actions.domain import authorising, leave, lifecycle
from actions.domain.action import Action
from actions.domain.authorising import Amendment, AuthorisationDecision
from actions.domain.lifecycle import NewDay
from actions.domain.obligations import obligations
from actions.domain.refusals import NothingAsked, NotPossibleInThisState
from actions.domain.screening import judge
from actions.domain.unlawful import DaysNotAsked, TooManyScreenings
from common.contracts.actions import (
    ActionStatus,
    AuthorisationDeadline,
    AuthorisationStatus,
    Cause,
    NamedScreening,
    ObligationKind,
    Opinion,
    SessionStatus,
)
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p
from tests.unit.actions.dossiers import Dossier

S = AuthorisationStatus
OTHER = replace(p.LINDA, id=p.an_id("other"), title="Un autre")
PARK = replace(p.SQUARE, id=p.an_id("park"), label="Parc de Blossac")
FIRST, SECOND = p.day("2025-07-18"), p.day("2025-07-25")
AT = p.at("2025-05-12 10:00")
ONE, TWO, THREE = (p.an_id(f"session {n}") for n in (1, 2, 3))


def with_session(
    dossier: Dossier, session_id: UUID, film: UUID, place: UUID, on: date, fallback: date | None = None
) -> Dossier:
    shown = replace(p.SCREENING.programme[0], film_id=film)
    wish = replace(p.SCREENING, held_on=on, place_id=place, programme=(shown,), fallback_on=fallback)
    action, _ = a.plan_session(
        dossier.screening, wish, dossier.given, session_id=session_id, new_id=p.new_ids(f"c {session_id}"), at=AT
    )
    return dossier.having(screening=action)


def in_two_places(fallback: date | None = None) -> Dossier:
    """Plan one film on the square on the 18th, and another one in the park on the 25th."""
    dossier = a.a_funded().having(films=p.FILMS | {OTHER.id: OTHER})
    dossier = dossier.having(screening=replace(dossier.screening, places=(p.SQUARE, PARK)))
    dossier = with_session(dossier, ONE, p.LINDA.id, p.SQUARE.id, FIRST, fallback)
    return with_session(dossier, TWO, OTHER.id, PARK.id, SECOND)


def decided(dossier: Dossier, *days: str, granted: bool = True) -> Dossier:
    decision = AuthorisationDecision(
        granted=granted, decided_on=p.day("2025-06-17"), reference="CNC", dates=tuple(map(p.day, days))
    )
    action, _ = authorising.decide_authorisation(dossier.screening, decision, at=p.at("2025-06-17 10:00"))
    return dossier.having(screening=action)


def asked(dossier: Dossier, *fallbacks: str) -> Dossier:
    action, _ = authorising.request_authorisation(
        dossier.screening, p.HOLDER.id, [p.day(one) for one in fallbacks], dossier.given, at=AT
    )
    action, _ = authorising.record_opinion(action, Opinion.FAVOURABLE, p.day("2025-06-10"), at=p.at("2025-06-10 10:00"))
    return dossier.having(screening=action)


def amended(dossier: Dossier, wish: Amendment = Amendment()) -> Dossier:  # noqa: B008 - frozen, and it says nothing
    action, _ = authorising.amend_authorisation(dossier.screening, wish, dossier.given, at=p.at("2025-06-20 10:00"))
    return dossier.having(screening=action)


def against(dossier: Dossier) -> Mapping[UUID | None, tuple[str, date | None]]:
    """Tell of which sessions the rule on the CNC's leave says no, and from which day on it would not."""
    found = judge(dossier.screening, dossier.screening.live_sessions, dossier.given)
    return {
        one.session_id: (one.verdict.outcome, one.verdict.first_lawful_on)
        for one in found
        if one.verdict.rule == "R08" and one.refusal is not None
    }


def settled(dossier: Dossier) -> Mapping[UUID, bool]:
    found = obligations(dossier.screening, dossier.given)
    return {one.session_id: one.settled for one in found if one.kind is ObligationKind.CNC_AUTHORISATION}


def granted(action: Action) -> set[tuple[date, UUID, UUID]]:
    return {(one.held_on, one.place_id, one.film_id) for one in p.there(action.authorisation.granted_screenings)}


def by_lists(dossier: Dossier) -> Dossier:
    """Keep the authorisation as it was kept before: days, places and films."""
    kept = replace(dossier.screening.authorisation, asked_screenings=None, granted_screenings=None)
    return dossier.having(screening=replace(dossier.screening, authorisation=kept))


def test_r08_each_film_is_granted_at_its_own_place_on_its_own_day():
    dossier = decided(asked(in_two_places()))
    assert granted(dossier.screening) == {
        (FIRST, p.SQUARE.id, p.LINDA.id),
        (SECOND, PARK.id, OTHER.id),
    }
    assert against(dossier) == {}
    assert settled(dossier) == {ONE: True, TWO: True}


@pytest.mark.parametrize(
    ("film", "place", "on", "first"),
    [
        (p.LINDA.id, p.SQUARE.id, SECOND, None),
        (OTHER.id, PARK.id, FIRST, SECOND),
        (p.LINDA.id, PARK.id, FIRST, None),
        (OTHER.id, p.SQUARE.id, FIRST, None),
        (p.LINDA.id, p.SQUARE.id, p.day("2025-07-17"), FIRST),
        (p.LINDA.id, p.SQUARE.id, p.day("2025-07-19"), None),
    ],
    ids=["its place, another's day", "the other's day", "another place", "another film", "day before", "day after"],
)
def test_r08_no_third_screening_is_made_of_two(film: UUID, place: UUID, on: date, first: date | None):
    dossier = with_session(decided(asked(in_two_places())), THREE, film, place, on)
    assert against(dossier) == {THREE: ("refused", first)}
    assert settled(dossier) == {ONE: True, TWO: True, THREE: False}


def test_r12_the_storm_does_not_move_a_film_to_the_day_of_another():
    dossier = decided(asked(in_two_places()))
    action = dossier.screening.with_sessions(
        *(replace(one, state=SessionStatus.POSTPONED) for one in dossier.screening.sessions if one.id == ONE)
    )
    days = [NewDay(session_id=ONE, held_on=SECOND)]
    put_off = replace(action, state=ActionStatus.POSTPONED, postponed_from=ActionStatus.SCHEDULED)
    found = lifecycle.judge_reschedule(put_off, days, dossier.given).findings
    said = [one.verdict for one in found if one.refusal is not None and one.verdict.rule in {"R08", "R12"}]
    assert [(one.rule, one.version, one.outcome) for one in said] == [("R12", "2", "refused"), ("R08", "2", "refused")]
    assert said[0].reason == (
        "Linda veut du poulet ! at Place de Provence is not authorised on 2025-07-25 (authorised: 2025-07-18)."
    )


def test_r08_a_fallback_is_that_of_its_own_session():
    fallback = p.day("2025-07-20")
    dossier = decided(asked(in_two_places(fallback)))
    assert granted(dossier.screening) == {
        (FIRST, p.SQUARE.id, p.LINDA.id),
        (fallback, p.SQUARE.id, p.LINDA.id),
        (SECOND, PARK.id, OTHER.id),
    }
    assert dossier.screening.authorisation.granted_dates == (FIRST, fallback, SECOND)


def test_r08_a_day_that_is_named_for_all_is_asked_for_each():
    named = p.day("2025-08-01")
    dossier = decided(asked(in_two_places(), "2025-08-01"))
    assert granted(dossier.screening) >= {(named, p.SQUARE.id, p.LINDA.id), (named, PARK.id, OTHER.id)}


def test_r08_what_an_amendment_adds_is_added_and_no_more():
    dossier = decided(asked(in_two_places()))
    third = replace(p.LINDA, id=p.an_id("third"), title="Un troisième")
    dossier = dossier.having(films={**dossier.films, third.id: third})
    new_day = p.day("2025-08-01")
    dossier = with_session(dossier, THREE, third.id, PARK.id, new_day)
    before = granted(dossier.screening)
    dossier = amended(dossier)
    assert against(dossier) == {THREE: ("to_clear", None)}
    assert settled(dossier) == {ONE: True, TWO: True, THREE: True}
    dossier = decided(dossier)
    assert granted(dossier.screening) == {*before, (new_day, PARK.id, third.id)}
    assert against(with_session(dossier, p.an_id("4"), third.id, PARK.id, SECOND)) == {
        p.an_id("4"): ("refused", new_day)
    }
    assert against(with_session(dossier, p.an_id("4"), third.id, p.SQUARE.id, new_day)) != {}


def test_r12_days_are_asked_for_the_sessions_that_are_named():
    dossier = decided(asked(in_two_places()))
    later = p.day("2025-08-01")
    dossier = decided(amended(dossier, Amendment(dates=(later,), session_ids=(TWO,))))
    assert granted(dossier.screening) == {
        (FIRST, p.SQUARE.id, p.LINDA.id),
        (SECOND, PARK.id, OTHER.id),
        (later, PARK.id, OTHER.id),
    }


def test_r12_what_is_granted_already_is_not_asked_for_again():
    dossier = decided(asked(in_two_places()))
    with pytest.raises(NothingAsked):
        amended(dossier, Amendment(dates=(FIRST,), session_ids=(ONE,)))
    held = dossier.screening.with_sessions(replace(dossier.screening.sessions[0], state=SessionStatus.HELD))
    with pytest.raises(NotPossibleInThisState):
        amended(dossier.having(screening=held), Amendment(dates=(SECOND,), session_ids=(ONE,)))


def test_r08_the_cnc_grants_some_of_the_days_that_were_asked():
    dossier = decided(asked(in_two_places()), "2025-07-25")
    assert granted(dossier.screening) == {(SECOND, PARK.id, OTHER.id)}
    assert dossier.screening.authorisation.granted_dates == (SECOND,)
    assert against(dossier) == {ONE: ("refused", None)}


@pytest.mark.parametrize("days", [("2026-07-18",), ("2025-07-18", "2025-07-24")], ids=["another year", "a day before"])
@pytest.mark.parametrize("granted", [True, False])
def test_r08_the_cnc_decides_on_days_that_were_asked(days: tuple[str, ...], *, granted: bool):
    with pytest.raises(DaysNotAsked) as refused:
        decided(asked(in_two_places()), *days, granted=granted)
    assert refused.value.errors[0].pointer == "/dates"
    assert "2025-07-18, 2025-07-25" in str(refused.value.detail)


def test_r08_a_refusal_grants_nothing():
    dossier = decided(asked(in_two_places()), granted=False)
    assert granted(dossier.screening) == set()
    assert {outcome for outcome, _ in against(dossier).values()} == {"refused"}
    assert settled(dossier) == {ONE: False, TWO: False}


# ---------------------------------------------------------------------------------------------- in time, or late


def with_deadline(dossier: Dossier, request_by: str, first: str = "2025-07-01", last: str = "2025-08-31") -> Dossier:
    days = AuthorisationDeadline(first_on=p.day(first), last_on=p.day(last), request_by=p.day(request_by))
    rules = replace(dossier.campaign.rules, authorisation_deadlines=(days,))
    return dossier.having(campaign=replace(dossier.campaign, rules=rules))


def in_time(dossier: Dossier) -> Mapping[UUID | None, tuple[str, str]]:
    found = judge(dossier.screening, dossier.screening.live_sessions, dossier.given)
    return {one.session_id: (one.verdict.outcome, one.verdict.reason) for one in found if one.verdict.rule == "R11"}


ON_TIME = "allowed", "Requested on 2025-05-12, the last day was 2025-05-22."


def test_r11_what_an_amendment_adds_is_judged_by_its_own_day():
    """The first request came on 12 May; the third session was planned after it, and was asked for on 20 June."""
    dossier = decided(asked(with_deadline(in_two_places(), "2025-05-22")))
    assert not dossier.screening.authorisation.late
    dossier = with_session(dossier, THREE, p.LINDA.id, p.SQUARE.id, p.day("2025-08-01"))
    to_ask = "to_clear", "The authorisation is to be requested by 2025-05-22."
    assert in_time(dossier) == {ONE: ON_TIME, TWO: ON_TIME, THREE: to_ask}
    dossier = amended(dossier)
    late = "to_clear", "Requested on 2025-06-20, LATE: the last day was 2025-05-22."
    assert in_time(dossier) == {ONE: ON_TIME, TWO: ON_TIME, THREE: late}
    assert dossier.screening.authorisation.late
    assert in_time(decided(dossier)) == {ONE: ON_TIME, TWO: ON_TIME, THREE: late}


@pytest.mark.parametrize(("request_by", "late"), [("2025-06-19", True), ("2025-06-20", False), ("2025-06-21", False)])
def test_r11_an_amendment_is_late_after_the_last_day(request_by: str, *, late: bool):
    dossier = with_deadline(decided(asked(in_two_places())), request_by, first="2025-08-01")
    dossier = amended(with_session(dossier, THREE, p.LINDA.id, p.SQUARE.id, p.day("2025-08-01")))
    assert dossier.screening.authorisation.late is late


@pytest.mark.parametrize(
    ("first", "named"), [("2025-08-20", ()), ("2025-08-25", ("2025-08-25",))], ids=["its fallback", "named"]
)
def test_r11_the_days_to_fall_back_to_have_their_last_day_too(first: str, named: tuple[str, ...]):
    dossier = with_deadline(in_two_places(p.day("2025-08-20")), "2025-05-11", first=first)
    assert asked(dossier, *named).screening.authorisation.late


def test_r11_what_was_asked_for_by_lists_was_asked_for_on_the_day_of_the_request():
    dossier = by_lists(decided(asked(with_deadline(in_two_places(), "2025-05-22"))))
    assert in_time(dossier) == {ONE: ON_TIME, TWO: ON_TIME}


# -------------------------------------------------------------------------------------- as it was kept before


@pytest.mark.parametrize("when", ["asked", "granted"])
def test_what_was_kept_by_days_places_and_films_means_what_it_meant(when: str):
    dossier = (
        decided(by_lists(asked(in_two_places()))) if when == "asked" else by_lists(decided(asked(in_two_places())))
    )
    assert dossier.screening.authorisation.granted_screenings is None
    assert against(with_session(dossier, THREE, p.LINDA.id, p.SQUARE.id, SECOND)) == {}
    assert against(with_session(dossier, THREE, p.LINDA.id, p.SQUARE.id, p.day("2025-07-26"))) == {
        THREE: ("refused", None)
    }


def test_an_amendment_that_was_asked_for_by_lists_is_granted_by_lists():
    dossier = by_lists(decided(asked(in_two_places())))
    third = replace(p.LINDA, id=p.an_id("third"))
    dossier = dossier.having(films={**dossier.films, third.id: third})
    dossier = by_lists(amended(with_session(dossier, THREE, third.id, PARK.id, p.day("2025-08-01"))))
    assert settled(dossier) == {ONE: True, TWO: True, THREE: True}
    dossier = decided(dossier)
    assert against(dossier) == {}
    assert dossier.screening.authorisation.film_ids == (p.LINDA.id, OTHER.id, third.id)


def test_what_is_added_to_lists_is_added_screening_by_screening():
    dossier = by_lists(decided(asked(in_two_places())))
    later = p.day("2025-08-01")
    dossier = decided(amended(dossier, Amendment(dates=(later,), session_ids=(ONE,))))
    pairs = [(p.SQUARE.id, p.LINDA.id), (p.SQUARE.id, OTHER.id), (PARK.id, p.LINDA.id), (PARK.id, OTHER.id)]
    assert granted(dossier.screening) == {
        *((day, place, film) for day in (FIRST, SECOND) for place, film in pairs),
        (later, p.SQUARE.id, p.LINDA.id),
    }


def test_a_film_that_was_merged_is_granted_under_both_its_ids():
    said = decided(asked(in_two_places())).screening.authorisation
    survivor = p.an_id("survivor")
    assert leave.days_granted(said, p.SQUARE.id, survivor, lambda one: survivor if one == p.LINDA.id else one) == (
        FIRST,
    )


def test_an_authorisation_holds_so_many_screenings_and_no_more():
    dossier = in_two_places()
    days = [date.fromordinal(FIRST.toordinal() + n) for n in range(leave.SCREENINGS_MAX // 2 + 1)]
    with pytest.raises(TooManyScreenings):
        authorising.request_authorisation(dossier.screening, p.HOLDER.id, days, dossier.given, at=AT)


def test_put_off_sessions_are_the_ones_that_may_go_to_other_days():
    dossier = decided(asked(in_two_places()))
    action = replace(dossier.screening, state=ActionStatus.SCHEDULED)
    action, _ = lifecycle.postpone(action, Cause.WEATHER, [ONE], at=p.at("2025-07-18 17:00"))
    later = p.day("2025-08-01")
    after = amended(dossier.having(screening=action), Amendment(dates=(later,))).screening
    assert after.authorisation.asked_screenings == (
        NamedScreening(held_on=later, place_id=p.SQUARE.id, film_id=p.LINDA.id, told_on=p.day("2025-06-20")),
    )

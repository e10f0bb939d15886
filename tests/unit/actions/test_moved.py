"""A cinema's moved screenings are declared one by one (R06): what is declared for one is so for no other."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from actions.domain import agenda, formalities, lifecycle
from actions.domain.formalities import MoveDeclared
from actions.domain.known import Organisation
from actions.domain.obligations import obligations
from actions.domain.refusals import NothingAsked, NotPossibleInThisState
from actions.domain.rules import judged
from actions.domain.screening import judge
from common.contracts.actions import ActionStatus, Cause, Declaration, ObligationKind, Regime, SessionStatus
from common.errors import Outcome
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p
from tests.unit.actions.cases import a_case
from tests.unit.actions.dossiers import Dossier
from tests.unit.actions.test_leave import FIRST, ONE, OTHER, PARK, SECOND, THREE, TWO, in_two_places, with_session

JULY = p.at("2025-07-05 10:00")


def moving(fallback: date | None = None) -> Dossier:
    """Let a cinema move two screenings: one film to the square on the 18th, another one to the park on the 25th."""
    dossier = in_two_places(fallback)
    return dossier.having(screening=replace(dossier.screening, regime=Regime.COMMERCIAL_MOVED))


def planned(dossier: Dossier, session_id: UUID, film: UUID, place: UUID, on: date) -> Dossier:
    """Plan one more: who is licensed is asked elsewhere."""
    anybody = dossier.having(screening=replace(dossier.screening, regime=Regime.NC_OPEN_AIR))
    more = with_session(anybody, session_id, film, place, on)
    return more.having(screening=replace(more.screening, regime=Regime.COMMERCIAL_MOVED))


def declared(dossier: Dossier, on: str = "2025-06-01", **said: Any) -> Dossier:
    told = replace(MoveDeclared(screen_licence="86-1", declared_on=p.day(on)), **said)
    action, _ = formalities.declare_move(dossier.screening, told, at=JULY)
    return dossier.having(screening=action)


def undeclared(dossier: Dossier) -> dict[UUID | None, str]:
    found = judge(dossier.screening, dossier.screening.live_sessions, dossier.given)
    return {one.session_id: one.verdict.outcome for one in found if one.verdict.rule == "R06" and one.refusal}


def settled(dossier: Dossier) -> dict[UUID, bool]:
    found = obligations(dossier.screening, dossier.given)
    return {one.session_id: one.settled for one in found if one.kind is ObligationKind.CNC_DECLARATION}


def test_r06_what_is_planned_is_declared_and_what_is_planned_later_is_not():
    dossier = declared(moving())
    assert undeclared(dossier) == {}
    for film, place, on in (
        (p.LINDA.id, p.SQUARE.id, SECOND),
        (p.LINDA.id, PARK.id, FIRST),
        (OTHER.id, p.SQUARE.id, FIRST),
        (p.LINDA.id, p.SQUARE.id, p.day("2025-08-15")),
    ):
        more = planned(dossier, THREE, film, place, on)
        assert undeclared(more) == {THREE: "to_clear"}
        assert settled(more) == {ONE: True, TWO: True, THREE: False}
        assert undeclared(declared(more, "2025-07-01")) == {}


def test_r06_a_later_declaration_leaves_the_day_of_the_earlier_one():
    dossier = planned(declared(moving()), THREE, p.LINDA.id, p.SQUARE.id, p.day("2025-08-15"))
    dossier = declared(dossier, "2025-07-05")
    told = {one.held_on: one.told_on for one in p.there(p.there(dossier.screening.declaration).screenings)}
    assert told == {
        FIRST: p.day("2025-06-01"),
        SECOND: p.day("2025-06-01"),
        p.day("2025-08-15"): p.day("2025-07-05"),
    }
    assert undeclared(dossier) == {}


def test_r06_a_session_that_is_named_is_declared_anew_and_alone():
    dossier = declared(declared(moving()), "2025-07-05", session_ids=(ONE,))
    assert undeclared(dossier) == {ONE: "refused"}
    with pytest.raises(NothingAsked):
        declared(dossier)


@pytest.mark.parametrize(("on", "refused"), [("2025-07-03", {}), ("2025-07-04", {}), ("2025-07-05", {ONE: "refused"})])
def test_r06_the_fallback_is_declared_with_its_session(on: str, refused: dict[UUID, str]):
    dossier = declared(moving(p.day("2025-07-20")), on)
    action = dossier.screening.with_sessions(replace(dossier.screening.sessions[0], held_on=p.day("2025-07-20")))
    assert undeclared(dossier) == refused
    assert undeclared(dossier.having(screening=action)) == {}


def test_r06_another_day_is_declared_for_what_was_put_off():
    dossier = declared(moving())
    scheduled = replace(dossier.screening, state=ActionStatus.SCHEDULED)
    action, _ = lifecycle.postpone(scheduled, Cause.WEATHER, [ONE], at=JULY)
    dossier = declared(dossier.having(screening=action), "2025-07-05", dates=(p.day("2025-07-30"),))
    there = replace(dossier.screening.sessions[0], state=SessionStatus.PLANNED, held_on=p.day("2025-07-30"))
    assert undeclared(dossier.having(screening=dossier.screening.with_sessions(there))) == {}
    held = dossier.screening.with_sessions(replace(there, state=SessionStatus.HELD))
    with pytest.raises(NotPossibleInThisState):
        declared(dossier.having(screening=held), session_ids=(ONE,))


@pytest.mark.parametrize(("organiser", "kept"), [(p.HOLDER, True), (p.CINEMA, False)])
def test_r06_what_one_cinema_declared_is_not_declared_by_another(organiser: Organisation, kept: bool):
    dossier = declared(moving())
    renamed = replace(p.OPEN_AIR, title="Autrement", places=(p.SQUARE, PARK), regime=Regime.COMMERCIAL_MOVED)
    dossier = dossier.having(screening=agenda.described(dossier.screening, renamed, organiser))
    assert undeclared(dossier) == ({} if kept else {ONE: "to_clear", TWO: "to_clear"})
    assert settled(dossier) == {ONE: kept, TWO: kept}


def test_r06_no_day_is_named_that_would_have_to_be_declared_too():
    late = a_case(
        on="2025-07-18",
        regime=Regime.COMMERCIAL_MOVED,
        licensed_operator=True,
        declared_on=p.day("2025-07-05"),
        screen_licence="86-1",
    )
    said = [p.there(judged("R06", late.on, replace(late, declared_for_all=for_all))) for for_all in (False, True)]
    assert [(one.outcome, one.first_lawful_on) for one in said] == [
        (Outcome.REFUSED, None),
        (Outcome.REFUSED, p.day("2025-07-19")),
    ]


def test_what_was_declared_for_all_there_would_be_is_so_still():
    dossier = moving()
    told = Declaration(screen_licence="86-1", declared_on=p.day("2025-06-01"))
    dossier = dossier.having(screening=replace(dossier.screening, declaration=told))
    dossier = planned(dossier, THREE, p.LINDA.id, p.SQUARE.id, p.day("2025-08-15"))
    assert undeclared(dossier) == {}
    assert settled(dossier) == {ONE: True, TWO: True, THREE: True}
    dossier = declared(dossier, "2025-07-05", session_ids=(THREE,))
    assert undeclared(dossier) == {}
    more = planned(dossier, p.an_id("4"), p.LINDA.id, PARK.id, p.day("2025-08-15"))
    assert undeclared(more) == {p.an_id("4"): "to_clear"}


def test_o02_is_settled_where_the_rule_allows():
    dossier = a.screening_planned(a.a_funded())
    nothing_shown = dossier.screening.with_sessions(replace(dossier.screening.sessions[0], programme=()))
    moved = replace(nothing_shown, regime=Regime.COMMERCIAL_MOVED)
    assert set(settled(dossier.having(screening=moved)).values()) == {False}

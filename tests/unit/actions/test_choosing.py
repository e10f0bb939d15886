"""Choosing the copy that a film is shown from: when, what it changes, and what is said of it afterwards."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from actions.domain import choosing
from actions.domain.action import Action
from actions.domain.choosing import CopyChoice
from actions.domain.refusals import NotPossibleInThisState
from actions.domain.unlawful import CopyCannotBeThere, FilmNotShown
from common.contracts.actions import ActionCopyChosen, Notice, ProgrammeItem, SessionStatus, Support
from common.contracts.catalogue import CopyFormat
from tests.unit.actions import dossiers as a
from tests.unit.actions import lendings as q
from tests.unit.actions import pieces as p

AT = p.at("2025-06-30 10:00")
CHOICE = CopyChoice(session_id=p.an_id("A2-1"), film_id=p.LINDA.id, copy_id=p.DCP.id)
READY = a.a_ready()


def chosen(action: Action, choice: CopyChoice = CHOICE, bookings: Any = (), **said: Any) -> tuple[Action, Any]:
    """Choose as the command does: judge, then decide by the judgement."""
    copies = {p.DCP.id: replace(p.DCP, **said)}
    given = replace(READY.given, copies=copies, bookings={p.DCP.id: tuple(bookings)})
    return choosing.choose_copy(choosing.judge_choice(action, choice, given), choice, at=AT)


def shown(action: Action) -> ProgrammeItem:
    return next(item for item in action.sessions[0].programme if item.film_id == p.LINDA.id)


def a_notice(rule: str, film_id: UUID = p.LINDA.id) -> Notice:
    return Notice(rule=rule, version="1", reason="", raison="", session_id=CHOICE.session_id, film_id=film_id)


def put_off(action: Action, state: SessionStatus) -> Action:
    return action.with_sessions(replace(action.sessions[0], state=state))


def test_a_copy_says_from_what_its_film_is_shown_and_the_other_film_stays():
    action, facts = chosen(READY.screening, format=CopyFormat.FILM_35MM)
    fact = p.only(facts, ActionCopyChosen)
    assert (fact.session_id, fact.film_id, fact.copy_id) == (CHOICE.session_id, CHOICE.film_id, CHOICE.copy_id)
    assert (shown(action).copy_id, shown(action).support) == (p.DCP.id, Support.FILM_REEL)
    assert action.sessions[0].programme[1] == READY.screening.sessions[0].programme[1]
    assert action.version == READY.screening.version + 1


def test_a_copy_that_is_given_back_leaves_the_support_that_was_planned():
    action, _ = chosen(READY.screening, format=CopyFormat.BLU_RAY)
    back, facts = chosen(action, replace(CHOICE, copy_id=None))
    assert (shown(back).copy_id, shown(back).support) == (None, Support.BLU_RAY)
    assert p.only(facts, ActionCopyChosen).copy_id is None


def test_what_is_said_of_a_copy_takes_the_place_of_what_was_said_of_the_one_before():
    kept = a_notice("R03"), a_notice("C02", p.SHORT.id)
    before = (*kept, a_notice("C03"))
    action, _ = chosen(replace(READY.screening, notices=before), encrypted=True)
    assert [(one.rule, one.film_id) for one in action.notices] == [
        ("R03", p.LINDA.id),
        ("C02", p.SHORT.id),
        ("C02", p.LINDA.id),
    ]
    plain, _ = chosen(action)
    assert plain.notices == kept


def test_c01_a_copy_that_is_lent_elsewhere_is_not_chosen_and_one_put_off_asks_with_its_new_day():
    other = q.a_wish("2025-07-18", commune=q.BUXEROLLES).booking()
    with pytest.raises(CopyCannotBeThere) as refused:
        chosen(READY.screening, bookings=[other])
    assert p.verdict_of(refused).rule == "C01"
    action, _ = chosen(put_off(READY.screening, SessionStatus.POSTPONED), bookings=[other])
    assert shown(action).copy_id == p.DCP.id


@pytest.mark.parametrize("state", [SessionStatus.HELD, SessionStatus.CANCELLED])
def test_of_a_session_that_is_over_no_copy_is_chosen(state: SessionStatus):
    with pytest.raises(NotPossibleInThisState):
        chosen(put_off(READY.screening, state))


def test_a_copy_is_chosen_for_a_film_that_the_session_shows():
    with pytest.raises(FilmNotShown):
        chosen(READY.screening, replace(CHOICE, film_id=p.an_id("another film")))

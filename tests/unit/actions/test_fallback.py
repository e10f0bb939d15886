"""A room to fall back to when the storm comes (R13): another regime, other papers, the same year from the visa."""

from dataclasses import replace
from typing import Any

import pytest

from actions.domain.action import NO_AUTHORISATION, Action
from actions.domain.lifecycle import NewDay
from actions.domain.obligations import obligations
from actions.domain.refusals import NoFallbackPlace
from actions.domain.unlawful import RightsDoNotCover, VisaDelayNotElapsed
from common.contracts.actions import ActionStatus, ObligationKind, Regime, RightsTerms, Setting
from common.contracts.catalogue import RightsUse, Visa
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p
from tests.unit.actions.dossiers import Dossier

K = ObligationKind


def moved_indoors(dossier: Dossier, on: str = "2025-07-18", **changed: Any) -> Action:
    """Move the postponed session into the room that was foreseen for it."""
    action = replace(dossier.screening, **changed)
    days = [NewDay(session_id=p.an_id("A2-1"), held_on=p.day(on), indoors=True)]
    return a.reschedule(action, days, dossier.given, at=p.at("2025-07-18 17:20"))[0]


def with_a_room(terms: RightsTerms) -> Dossier:
    """Postpone a screening that has a room to fall back to, with rights for both."""
    dossier = a.a_funded()
    dossier = dossier.having(screening=replace(dossier.screening, places=(p.SQUARE, p.ROOM)))
    plan = replace(p.SCREENING, place_id=p.SQUARE.id, fallback_place_id=p.ROOM.id)
    dossier = a.rights_confirmed(a.screening_planned(dossier, plan), terms)
    return a.screening_postponed(a.screening_scheduled(a.permitted(a.authorised(dossier))))


BOTH = replace(p.OPEN_AIR_TERMS, uses=(RightsUse.OPEN_AIR, RightsUse.NON_COMMERCIAL_INDOOR))


def test_r13_a_room_needs_neither_authorisation_nor_permit():
    dossier = with_a_room(BOTH)
    action = moved_indoors(dossier, "2025-07-30", authorisation=NO_AUTHORISATION, permits=())
    (session,) = action.sessions
    assert (session.place_id, session.setting, action.state) == (p.ROOM.id, Setting.INDOORS, ActionStatus.SCHEDULED)
    assert action.regime_of(session) is Regime.NC_FREE
    assert not {K.CNC_AUTHORISATION, K.PERMIT, K.NEIGHBOURS} & {one.kind for one in obligations(action, dossier.given)}


def test_r13_the_rights_must_cover_the_room_too():
    with pytest.raises(RightsDoNotCover):
        moved_indoors(with_a_room(p.OPEN_AIR_TERMS))


def test_r13_the_year_from_the_visa_stays():
    dossier = with_a_room(BOTH)
    late = replace(p.LINDA, visas=(Visa(number="128083", issued_on=p.day("2024-07-18")),))
    dossier = replace(dossier, films=p.FILMS | {p.LINDA.id: late})
    with pytest.raises(VisaDelayNotElapsed):
        moved_indoors(dossier)
    assert moved_indoors(dossier, "2025-07-19").state is ActionStatus.SCHEDULED


def test_r13_no_room_was_foreseen():
    dossier = a.screening_postponed(a.screening_scheduled(a.a_ready()))
    with pytest.raises(NoFallbackPlace):
        moved_indoors(dossier)

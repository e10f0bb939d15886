"""An action is one record, and a record has its limit: how many sessions there is room for, with all that is said."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from actions.domain import risk
from actions.domain.action import SHOWN_MAX, Action
from actions.domain.leave import SCREENINGS_MAX
from actions.domain.refusals import TooManySessions
from common.contracts.actions import (
    Declaration,
    Evidence,
    Fallback,
    NamedScreening,
    ObligationKind,
    Regime,
    SessionStatus,
)
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p

RECORD_BYTES_MAX = 900_000
"""What the outbox takes (`0001_expand_backbone.sql`)."""

TITLE = "Fantômes enchaînés à l’orée d’une forêt, premier épisode : l’été où tout recommença"
OFFER = p.an_id("offer")
ANNOUNCED = a.screening_scheduled(a.a_ready_screening())
DAYS = [p.day("2025-03-01") + timedelta(days=n) for n in range(SHOWN_MAX)]


def with_sessions(sessions: int, films: int, state: SessionStatus = SessionStatus.PLANNED) -> Action:
    """Have so many sessions, each of so many films."""
    action = a.screening_planned(a.a_funded()).screening
    (one,) = action.sessions
    programme = one.programme[:1] * films
    made = (replace(one, id=p.an_id(f"{n}"), state=state, programme=programme) for n in range(sessions))
    return replace(action, sessions=tuple(made))


@pytest.mark.parametrize(
    ("action", "more"),
    [
        (with_sessions(SHOWN_MAX - 2, 1), False),
        (with_sessions(SHOWN_MAX - 1, 1), True),
        (with_sessions(SHOWN_MAX - 1, 1, SessionStatus.CANCELLED), True),
        (with_sessions(SHOWN_MAX - 2, 0), False),
        (with_sessions(SHOWN_MAX - 1, 0), True),
        (with_sessions(1, SHOWN_MAX - 2), False),
        (with_sessions(1, SHOWN_MAX - 1), True),
    ],
)
def test_a_session_of_two_films_is_planned_while_there_is_room_for_both(action: Action, *, more: bool):
    given = a.a_funded().given
    with pytest.raises(TooManySessions) if more else nullcontext():
        a.plan_session(
            action,
            replace(p.SCREENING, held_on=p.day("2025-07-25"), fallback_on=None),
            given,
            session_id=p.an_id("more"),
            new_id=p.new_ids("more"),
            at=p.at("2025-04-28 10:00"),
        )


def the_largest(regime: Regime) -> Action:
    """Have all the sessions there can be, announced with all that is settled of them."""
    action = ANNOUNCED.screening
    (one, *_), (clearance, *_), (item, *_) = action.sessions, action.clearances, action.sessions[0].programme
    shown = replace(item, title=TITLE, copy_id=p.DCP.id)
    sessions = tuple(
        replace(
            one,
            id=p.an_id(f"{n}"),
            held_on=day,
            fallback_on=day + timedelta(days=1),
            fallback_place_id=p.ROOM.id,
            responsible="responsable de la vie associative du quartier",
            programme=(shown,),
            expected_audience=500,
        )
        for n, day in enumerate(DAYS)
    )
    terms = replace(p.OPEN_AIR_TERMS, audience_max=300)
    told = [NamedScreening(held_on=day, place_id=p.SQUARE.id, film_id=p.LINDA.id, told_on=day) for day in DAYS * 10]
    moved = regime is Regime.COMMERCIAL_MOVED
    leave = replace(action.authorisation, granted_screenings=tuple(told[: SCREENINGS_MAX // 2]))
    return replace(
        action,
        regime=regime,
        sessions=sessions,
        clearances=tuple(
            replace(clearance, id=p.an_id(f"rights {n}"), session_id=one.id, offer_id=OFFER, terms=terms)
            for n, one in enumerate(sessions)
        ),
        declaration=Declaration(screen_licence="86-1", declared_on=DAYS[0], screenings=tuple(told)) if moved else None,
        authorisation=action.authorisation if moved else replace(leave, asked_screenings=leave.granted_screenings),
        permits=(replace(action.permits[0], dates=tuple(DAYS)),),
        evidence=tuple(
            Evidence(kind=kind, session_id=one.id, reference="SACEM 2025-86-0001", settled_on=DAYS[0])
            for one in sessions
            for kind in (ObligationKind.MUSIC, ObligationKind.RIGHTS)
        ),
        promotes_a_sale=True,
        commercial_poster=True,
        price_cents=500,
        description="é" * 5000,
        access_note="é" * 5000,
    )


@pytest.mark.parametrize("regime", list(Regime))
def test_the_largest_record_is_one_that_the_outbox_takes_whatever_turns_against_it(regime: Regime):
    film = replace(p.LINDA, title=TITLE, visas=(), classification=None)
    given = replace(
        ANNOUNCED.given,
        films={film.id: film},
        withdrawn_offers=frozenset({OFFER}),
        copies={p.DCP.id: replace(p.DCP, withdrawn=True)},
        organiser=replace(p.HOLDER, closed_on=p.day("2024-01-01")),
    )
    flagged, facts = p.there(risk.tell(risk.judge_risks(the_largest(regime), given), at=p.at("2025-02-28 10:00")))
    assert len(flagged.risks) > 4 * SHOWN_MAX
    of_storms = tuple(replace(one, fallback=Fallback.DAY) for one in flagged.risks)
    whole = replace(flagged, notices=of_storms)
    assert max(len(msgspec.json.encode(one)) for one in (whole.published(), *facts)) < RECORD_BYTES_MAX

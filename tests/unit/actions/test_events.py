"""What a calendar shows of sessions and obligations: moved, given up, put off, settled, and as far as one may know."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from actions.api import ics
from actions.domain import events
from actions.domain.events import Event, EventStatus, Occasion
from actions.domain.labels import BODIES, CIRCUITS, OBLIGATIONS, TYPES
from actions.domain.obligations import obligations
from common.contracts.actions import (
    ActionStatus,
    ActionType,
    AuthorisationDeadline,
    ClosedCircuit,
    ObligationKind,
    ResponsibleBody,
    SessionStatus,
)
from tests import calendars
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p

A, S = ActionStatus, SessionStatus
SESSION = Occasion(
    id=p.an_id("A2-1"),
    action_id=p.an_id("A2"),
    version=7,
    changed_at=datetime(2025, 3, 20, 9, tzinfo=UTC),
    action_type=ActionType.OPEN_AIR_SCREENING,
    action_state=A.SCHEDULED,
    title="Dehors",
    state=S.PLANNED,
    held_on=date(2025, 7, 18),
    starts_at=time(22, 15),
    zone="Europe/Paris",
    minutes=85,
    commune="Poitiers",
    label="Place de Provence",
    films=("Linda veut du poulet !", "Un court"),
    closed_circuit=None,
    withheld=False,
)
KIND = TYPES[SESSION.action_type]


def test_a_session_that_is_announced_is_confirmed_and_says_all_of_it():
    event = events.session_event(SESSION)
    assert (event.status, event.summary) == (EventStatus.CONFIRMED, f"{KIND} : Dehors")
    assert (event.location, event.categories) == ("Place de Provence, Poitiers", ("Séance", KIND))
    assert event.description == "Au programme : Linda veut du poulet !, Un court"
    assert (event.ends - event.starts, event.zone, event.busy) == (timedelta(minutes=85), "Europe/Paris", True)
    assert (event.sequence, event.changed_at, event.action_id) == (7, SESSION.changed_at, SESSION.action_id)


@pytest.mark.parametrize(
    ("action_state", "state", "status", "said"),
    [
        (A.PLANNED, S.PLANNED, EventStatus.TENTATIVE, "[À confirmer] "),
        (A.SCHEDULED, S.PLANNED, EventStatus.CONFIRMED, ""),
        (A.IN_PROGRESS, S.PLANNED, EventStatus.CONFIRMED, ""),
        (A.POSTPONED, S.PLANNED, EventStatus.CONFIRMED, ""),
        (A.POSTPONED, S.POSTPONED, EventStatus.TENTATIVE, "[Reporté, nouvelle date à venir] "),
        (A.IN_PROGRESS, S.HELD, EventStatus.CONFIRMED, ""),
        (A.HELD, S.HELD, EventStatus.CONFIRMED, ""),
        (A.SCHEDULED, S.CANCELLED, EventStatus.CANCELLED, "[Annulé] "),
        (A.CANCELLED, S.CANCELLED, EventStatus.CANCELLED, "[Annulé] "),
    ],
)
def test_how_a_session_stands_is_seen(action_state: ActionStatus, state: SessionStatus, status: EventStatus, said: str):
    event = events.session_event(replace(SESSION, action_state=action_state, state=state))
    assert (event.status, event.summary) == (status, f"{said}{KIND} : Dehors")
    assert event.busy is (status is EventStatus.CONFIRMED)


def test_a_session_that_moves_is_the_same_event_later():
    moved = replace(SESSION, version=9, held_on=date(2025, 7, 25), starts_at=time(22))
    before, after = events.session_event(SESSION), events.session_event(moved)
    assert (after.uid, after.starts) == (before.uid, datetime(2025, 7, 25, 22))  # noqa: DTZ001 - a clock's on the wall
    assert after.sequence > before.sequence


def test_what_lasts_no_minute_ends_after_it_begins_and_on_the_night_the_clocks_go_back_too():
    for moment in ({"minutes": 0}, {"held_on": date(2025, 10, 26), "starts_at": time(2, 30), "minutes": 45}):
        event = events.session_event(replace(SESSION, **moment))
        calendars.read(ics.written(events.calendar("x", [event]), "https://x.example.org"))


@pytest.mark.parametrize("kind", [None, *ClosedCircuit])
def test_r41_from_outside_a_kind_of_establishment_and_a_commune(kind: ClosedCircuit | None):
    secret = replace(SESSION, title="Ciné à Vivonne", label="Maison d’arrêt de Vivonne", films=("Vivonne",))
    event = events.session_event(replace(secret, closed_circuit=kind, withheld=True, state=S.HELD))
    assert (event.summary, event.location, event.description) == (KIND, f"{CIRCUITS[kind]}, Poitiers", "")
    assert "Vivonne" not in str(event)
    assert "Vivonne" in str(events.session_event(replace(secret, closed_circuit=kind, state=S.HELD)))


@settings(max_examples=40, deadline=None)
@given(text=some.text(max_size=300), place=some.text(min_size=1, max_size=120))
@example(text=r"C:\Nord", place=r"\\N")
def test_whatever_somebody_has_written_arrives_in_one_piece(text: str, place: str):
    event = events.session_event(replace(SESSION, title=text, label=place, films=(text,)))
    content = ics.written(events.calendar(text, [event]), "https://passeurs.example.org")
    (said,) = calendars.read(content).values()
    assert said.summary.value == f"{KIND} : {without_breaks(text)}"
    assert said.location.value == f"{without_breaks(place)}, Poitiers"
    assert said.description.value == f"Au programme : {without_breaks(text)}"
    assert calendars.name(content) == without_breaks(text)


def without_breaks(text: str) -> str:
    return re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text)


# ---------------------------------------------------------------------------------------------------- obligations


def due(dossier: a.Dossier) -> dict[str, Event]:
    found = events.obligation_events(dossier.screening, dossier.campaign, obligations(dossier.screening, dossier.given))
    return {event.uid: event for event in events.calendar("x", found).events}


def test_an_obligation_is_all_of_the_day_by_which_it_is_due():
    dossier = a.screening_planned(a.a_funded())
    shown = due(dossier)
    asked = obligations(dossier.screening, dossier.given)
    assert sorted(one.due_on for one in asked) == [event.starts.date() for event in shown.values()]
    for event in shown.values():
        assert (event.zone, event.ends - event.starts, event.busy) == (None, timedelta(days=1), False)
        assert event.location == "Place de Provence, Poitiers"
    permit = next(event for uid, event in shown.items() if "-permit-" in uid)
    assert permit.summary.startswith("[À faire] Obtenir l’accord du maire (mairie) : ")
    assert permit.categories == ("Obligation", "À faire", "Bloquant")
    assert permit.description.splitlines() == [
        "Séance du 18/07/2025 à 22 h 15, Place de Provence, Poitiers",
        "Auprès de : mairie",
        "Bloquant : oui, rien n’est annoncé sans cela",
        "État : à faire",
        "Règle : O03",
    ]
    rights = next(event for uid, event in shown.items() if uid.endswith(f"-{p.LINDA.id}@{events.DOMAIN}"))
    assert f"Film : {p.LINDA.title}" in rights.description.splitlines()


def test_what_is_settled_is_shown_as_done():
    shown = due(a.screening_scheduled(a.a_ready()))
    done = {uid.split("-")[1] for uid, event in shown.items() if "Fait" in event.categories}
    assert {"cnc_authorisation", "permit", "neighbours", "rights"} == done
    assert all(event.summary.startswith("[Fait] ") for event in shown.values() if "Fait" in event.categories)


def test_moving_a_session_moves_its_obligations_under_the_same_names_with_a_higher_sequence():
    dossier = a.screening_postponed(a.screening_scheduled(a.a_ready()))
    before = due(a.screening_scheduled(a.a_ready()))
    after = due(a.screening_rescheduled(dossier))
    assert set(after) == set(before)
    assert all(after[uid].sequence > before[uid].sequence for uid in before)
    days = {after[uid].starts - before[uid].starts for uid in before}
    assert timedelta() not in days


def test_a_deadline_that_the_drac_moves_moves_the_event_and_its_sequence_too():
    dossier = a.screening_planned(a.a_funded())
    first, last = date(2025, 7, 1), date(2025, 8, 31)
    deadline = AuthorisationDeadline(first_on=first, last_on=last, request_by=date(2025, 5, 22))
    rules = replace(dossier.campaign.rules, authorisation_deadlines=(deadline,))
    campaign = replace(dossier.campaign, rules=rules, version=dossier.campaign.version + 1)
    before, after = due(dossier), due(dossier.having(campaign=campaign))
    (uid,) = [uid for uid in before if "-cnc_authorisation-" in uid]
    assert after[uid].starts.date() == date(2025, 5, 22) != before[uid].starts.date()
    assert after[uid].sequence == before[uid].sequence + 1


def test_a_film_shown_twice_asks_for_its_rights_once():
    dossier = a.screening_planned(a.a_funded())
    (session,) = dossier.screening.sessions
    twice = replace(session, programme=(*session.programme, *session.programme))
    again = due(dossier.having(screening=dossier.screening.with_sessions(twice)))
    assert set(again) == set(due(dossier))


def test_every_word_of_the_contracts_has_its_french():
    assert set(TYPES) == set(ActionType)
    assert set(OBLIGATIONS) == set(ObligationKind)
    assert set(BODIES) == set(ResponsibleBody)
    assert set(CIRCUITS) == {None, *ClosedCircuit}
    for said in (TYPES, OBLIGATIONS, BODIES, CIRCUITS):
        assert len(set(said.values())) == len(said)


def test_the_sign_that_there_is_more_stands_among_the_events():
    event = events.session_event(SESSION)
    sign = events.incomplete(p.an_id("feed"), "1 séance au plus", events.day_of(event), at=SESSION.changed_at)
    shown = events.calendar("x", [event], cut=sign).events
    assert [one.summary for one in shown] == ["Agenda incomplet : 1 séance au plus", event.summary]
    calendars.read(ics.written(events.calendar("x", [event], cut=sign), "https://x.example.org"))

"""What must be asked of whom by when: derived from the action, moved with its days, restored with them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.domain import campaign, formalities
from actions.domain.campaign import DeadlinesMoved
from actions.domain.lifecycle import NewDay
from actions.domain.obligations import Obligation, obligations, redated
from actions.domain.unlawful import SettledElsewhere
from common.contracts.actions import (
    ActionObligationsMoved,
    ActionStatus,
    ActionType,
    AuthorisationDeadline,
    AuthorisationStatus,
    Declaration,
    Evidence,
    ObligationKind,
    Regime,
    ResponsibleBody,
    Setting,
)
from common.contracts.catalogue import FilmVersion, RightsTerritory, RightsUse
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p

K, B = ObligationKind, ResponsibleBody
SESSION = p.an_id("A2-1")
SHOWN_ON = p.day("2025-07-18")


BY_LISTS: dict[str, Any] = {"asked_screenings": None, "granted_screenings": None}
"""An authorisation as it was kept before."""


def listed(dossier: a.Dossier) -> dict[tuple[ObligationKind, object], Obligation]:
    found = obligations(dossier.screening, dossier.given)
    assert [one.due_on for one in found] == sorted(one.due_on for one in found)
    return {(one.kind, one.film_id): one for one in found}


def test_o01_o03_o05_o06_o07_o08_an_open_air_feature_asks_for_all_of_this():
    found = listed(a.screening_planned(a.a_funded()))
    before = {key: ((SHOWN_ON - one.due_on).days, one.body, one.blocking) for key, one in found.items()}
    assert before == {
        (K.CNC_AUTHORISATION, None): (60, B.DRAC, True),
        (K.PERMIT, None): (30, B.MUNICIPALITY, True),
        (K.NEIGHBOURS, None): (30, B.CINEMAS, False),
        (K.RIGHTS, p.LINDA.id): (21, B.RIGHTS_HOLDER, True),
        (K.RIGHTS, p.SHORT.id): (21, B.RIGHTS_HOLDER, True),
        (K.MUSIC, None): (15, B.SACEM, False),
        (K.MATERIAL, p.LINDA.id): (7, B.RIGHTS_HOLDER, False),
        (K.MATERIAL, p.SHORT.id): (7, B.RIGHTS_HOLDER, False),
    }
    assert not any(one.settled for one in found.values())


def test_o01_the_drac_s_own_last_day_comes_before_ours():
    dossier = a.screening_planned(a.a_funded())
    deadline = AuthorisationDeadline(
        first_on=p.day("2025-07-01"), last_on=p.day("2025-08-31"), request_by=p.day("2025-05-22")
    )
    rules = replace(dossier.campaign.rules, authorisation_deadlines=(deadline,))
    dossier = dossier.having(campaign=replace(dossier.campaign, rules=rules))
    assert listed(dossier)[K.CNC_AUTHORISATION, None].due_on == p.day("2025-05-22")


def test_what_the_action_tells_of_is_settled_and_the_rest_by_evidence():
    dossier = a.screening_scheduled(a.a_ready())
    settled = {kind for (kind, _), one in listed(dossier).items() if one.settled}
    assert settled == {K.CNC_AUTHORISATION, K.PERMIT, K.NEIGHBOURS, K.RIGHTS}
    told = Evidence(kind=K.MUSIC, session_id=SESSION, reference="SACEM 2025-1", settled_on=p.day("2025-06-30"))
    action, _ = formalities.settle_obligation(dossier.screening, told, at=p.at("2025-06-30 10:00"))
    again, _ = formalities.settle_obligation(action, replace(told, reference="2"), at=p.at("2025-06-30 11:00"))
    assert listed(dossier.having(screening=again))[K.MUSIC, None].settled
    assert [one.reference for one in again.evidence] == ["2"]
    with pytest.raises(SettledElsewhere):
        formalities.settle_obligation(action, replace(told, kind=K.PERMIT), at=p.at("2025-06-30 10:00"))


def test_o02_a_licensed_operator_declares_and_asks_no_authorisation():
    dossier = a.screening_planned(a.a_funded())
    dossier = dossier.having(screening=replace(dossier.screening, regime=Regime.COMMERCIAL_MOVED))
    kinds = {kind for kind, _ in listed(dossier)}
    assert K.CNC_AUTHORISATION not in kinds
    assert (SHOWN_ON - listed(dossier)[K.CNC_DECLARATION, None].due_on) == timedelta(days=14)


@pytest.mark.parametrize(
    ("changed", "settled"),
    [
        ({}, True),
        ({"state": AuthorisationStatus.REFUSED}, False),
        ({"organiser_id": p.PROVIDER.id}, False),
        ({"state": AuthorisationStatus.REQUESTED, "granted_screenings": ()}, True),
        ({"state": AuthorisationStatus.REQUESTED, "granted_screenings": (), "organiser_id": p.PROVIDER.id}, False),
        ({"granted_screenings": ()}, False),
        ({**BY_LISTS}, True),
        ({**BY_LISTS, "state": AuthorisationStatus.OPINION_GIVEN, "granted_dates": ()}, True),
        ({**BY_LISTS, "place_ids": (p.an_id("elsewhere"),)}, False),
        ({**BY_LISTS, "asked_dates": (), "granted_dates": ()}, False),
        ({**BY_LISTS, "film_ids": ()}, False),
    ],
    ids=[
        "granted",
        "refused",
        "another organiser",
        "asked",
        "asked by another organiser",
        "not granted",
        "granted by lists",
        "asked by lists",
        "another place",
        "another day",
        "another film",
    ],
)
def test_o01_r08_the_cnc_allows_this_screening_or_was_asked_for_it(changed, settled):
    dossier = a.screening_scheduled(a.a_ready())
    otherwise = replace(dossier.screening.authorisation, **changed)
    dossier = dossier.having(screening=replace(dossier.screening, authorisation=otherwise))
    assert listed(dossier)[K.CNC_AUTHORISATION, None].settled is settled


@pytest.mark.parametrize(("declared_on", "settled"), [("2025-07-04", True), ("2025-07-05", False)])
def test_o02_a_declaration_that_comes_late_settles_nothing(declared_on, settled):
    dossier = a.screening_planned(a.a_funded())
    told = Declaration(screen_licence="86-1", declared_on=p.day(declared_on))
    moved = replace(dossier.screening, regime=Regime.COMMERCIAL_MOVED, declaration=told)
    assert listed(dossier.having(screening=moved))[K.CNC_DECLARATION, None].settled is settled


@pytest.mark.parametrize(
    ("terms", "settled"),
    [
        ({}, True),
        ({"starts_on": p.day("2025-07-19")}, False),
        ({"ends_on": p.day("2025-07-17")}, False),
        ({"uses": (RightsUse.NON_COMMERCIAL_INDOOR,)}, False),
        ({"territories": (RightsTerritory.GUYANE,)}, False),
        ({"versions": (FilmVersion.VF,)}, False),
    ],
    ids=["covered", "later", "before", "another use", "elsewhere", "a version, and none is named"],
)
def test_o05_r52_rights_are_settled_where_they_cover_the_session(terms, settled):
    dossier = a.rights_confirmed(a.screening_planned(a.a_funded()), replace(p.OPEN_AIR_TERMS, **terms))
    assert listed(dossier)[K.RIGHTS, p.LINDA.id].settled is settled


def test_o05_what_was_agreed_stays_settled_when_its_offer_is_withdrawn():
    dossier = a.screening_scheduled(a.a_ready())
    agreed = tuple(replace(one, offer_id=p.an_id("offer")) for one in dossier.screening.clearances)
    action = replace(dossier.screening, clearances=agreed)
    withdrawn = replace(dossier.given, withdrawn_offers=frozenset({p.an_id("offer")}))
    found = [one for one in obligations(action, withdrawn) if one.kind is K.RIGHTS]
    assert [one.settled for one in found] == [True, True]


def test_o04_a_closed_site_asks_its_authority_and_no_mayor():
    dossier = a.screening_planned(a.a_funded())
    dossier = dossier.having(screening=replace(dossier.screening, setting=Setting.CLOSED_SITE))
    kinds = {kind for kind, _ in listed(dossier)}
    assert K.SITE_APPROVAL in kinds
    assert not kinds & {K.PERMIT, K.NEIGHBOURS}


def test_o09_a_filmmaking_workshop_has_its_consents_by_its_first_session():
    dossier = a.workshop_scheduled(a.a_funded())
    workshop = replace(dossier.workshop, action_type=ActionType.FILMMAKING_WORKSHOP)
    found = obligations(workshop, dossier.given)
    assert [(one.kind, one.body, one.due_on) for one in found] == [
        (K.IMAGE_CONSENTS, B.PARTICIPANTS, p.day("2025-04-22"))
    ]


def test_moving_a_session_moves_every_due_day_and_moving_it_back_restores_them():
    dossier = a.screening_postponed(a.screening_scheduled(a.a_ready()))
    before = listed(a.screening_scheduled(a.a_ready()))
    moved, (_, fact) = _to(dossier, "2025-07-25")
    assert isinstance(fact, ActionObligationsMoved)
    after = listed(dossier.having(screening=moved))
    assert after.keys() == before.keys()
    for key, one in after.items():
        assert one.due_on - before[key].due_on == timedelta(days=7)
    back, _ = _to(a.screening_postponed(dossier.having(screening=moved)), "2025-07-18")
    assert listed(dossier.having(screening=back)) == before


LISTED = st.lists(st.dates(SHOWN_ON + timedelta(days=1), p.day("2025-12-31")), min_size=1, max_size=5, unique=True)
PLANNED = a.screening_planned(a.a_funded())


@st.composite
def deadlines(draw):
    """Publish a last day of the DRAC for a season, or none: what is due then no longer follows from the day alone."""
    if draw(st.booleans()):
        return ()
    first, last = sorted(draw(st.tuples(*[st.dates(p.day("2025-06-01"), p.day("2025-12-31"))] * 2)))
    request_by = draw(st.dates(p.day("2025-03-01"), p.day("2025-06-30")))
    return (AuthorisationDeadline(first_on=first, last_on=last, request_by=request_by),)


@settings(max_examples=200, deadline=None)
@given(LISTED, st.lists(st.integers(0, 5), max_size=12), st.booleans(), deadlines())
def test_a_session_that_goes_back_and_forth_between_listed_days_has_each_time_the_obligations_of_its_day(
    listed_days, walk, music_is_told, dates
):
    dossier = on_any_of(listed_days, dates)
    if music_is_told:
        evidence = Evidence(kind=K.MUSIC, session_id=SESSION, reference="1", settled_on=p.day("2025-06-30"))
        action, _ = formalities.settle_obligation(dossier.screening, evidence, at=p.at("2025-06-30 10:00"))
        dossier = dossier.having(screening=action)
    days, start = [SHOWN_ON, *listed_days], dossier.screening
    for n in [*walk, 0]:
        day = days[n % len(days)]
        wanted = on(dossier.having(screening=start), day)
        dossier = dossier.having(screening=moved_to(dossier, day))
        assert dossier.screening.state is ActionStatus.SCHEDULED
        assert listed(dossier) == wanted
    assert obligations(dossier.screening, dossier.given) == obligations(start, dossier.given)


def on(dossier: a.Dossier, day):
    """List the obligations of an action whose session was on that day from the first."""
    session = replace(dossier.screening.session(SESSION), held_on=day)
    return listed(dossier.having(screening=dossier.screening.with_sessions(session)))


def on_any_of(listed_days, dates) -> a.Dossier:
    """Announce the screening; the CNC, the town and the rights-holders have said yes to each of these days."""
    rules = replace(PLANNED.campaign.rules, authorisation_deadlines=dates)
    dossier = PLANNED.having(campaign=replace(PLANNED.campaign, rules=rules))
    dossier = a.rights_confirmed(dossier, replace(p.OPEN_AIR_TERMS, ends_on=max(listed_days)))
    dossier = a.authorised(dossier, fallbacks=listed_days)
    return a.screening_scheduled(a.permitted(dossier, *(one.isoformat() for one in (SHOWN_ON, *listed_days))))


def moved_to(dossier: a.Dossier, day):
    days = [NewDay(session_id=SESSION, held_on=day)]
    put_off = a.screening_postponed(dossier)
    action, _ = a.reschedule(put_off.screening, days, dossier.given, at=p.at("2025-07-18 17:20"))
    return action


def test_each_due_day_that_moves_is_announced():
    dossier = a.screening_postponed(a.screening_scheduled(a.a_ready()))
    _, (_, fact) = _to(dossier, "2025-07-25")
    assert {(day.kind, day.film_id) for day in fact.days} == listed(a.screening_scheduled(a.a_ready())).keys()
    assert all(day.after - day.before == timedelta(days=7) for day in fact.days)
    _, facts = _to(dossier, "2025-07-18")
    assert len(facts) == 1


def test_o01_a_campaign_s_new_deadlines_move_the_day_of_the_request_and_no_other():
    dossier = a.screening_planned(a.a_funded())
    sooner = AuthorisationDeadline(
        first_on=p.day("2025-07-01"), last_on=p.day("2025-08-31"), request_by=p.day("2025-05-01")
    )
    changed, _ = campaign.change_rules(
        dossier.campaign,
        replace(dossier.campaign.rules, authorisation_deadlines=(sooner,)),
        at=p.at("2025-03-20 10:00"),
    )
    moved = p.there(campaign.deadlines_moved(dossier.campaign, changed))
    days = redated(dossier.screening, dossier.given, moved)
    assert [(one.kind, one.before, one.after) for one in days] == [
        (K.CNC_AUTHORISATION, p.day("2025-05-19"), p.day("2025-05-01"))
    ]
    assert campaign.deadlines_moved(changed, replace(changed, rules=replace(changed.rules, extension_days=9))) is None


@pytest.mark.parametrize(("first_on", "last_on"), [("2025-07-19", "2025-08-31"), ("2025-06-01", "2025-07-17")])
def test_o01_another_season_s_deadline_moves_nothing(first_on: str, last_on: str):
    dossier = a.screening_planned(a.a_funded())
    elsewhere = AuthorisationDeadline(first_on=p.day(first_on), last_on=p.day(last_on), request_by=p.day("2025-05-01"))
    moved = DeadlinesMoved(before=(), after=(elsewhere,))
    assert redated(dossier.screening, dossier.given, moved) == ()


def _to(dossier: a.Dossier, on: str):
    days = [NewDay(session_id=SESSION, held_on=p.day(on))]
    return a.reschedule(dossier.screening, days, dossier.given, at=p.at("2025-07-18 17:20"))

"""How far workshop films are carried (R39), and those that were made in a prison (R40)."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.domain import checking, risk
from actions.domain.action import Action
from actions.domain.agenda import ProgrammePlan
from actions.domain.circumstances import Circumstances
from actions.domain.known import Film
from actions.domain.rules import RULES, judged
from actions.domain.rules.rule import judge, looked_at
from actions.domain.screening import AGREED_BY, judge_consents
from actions.domain.showing import Showing
from actions.domain.unlawful import ShownTooFar
from common.contracts.actions import ActionAtRisk, ActionType, ClosedCircuit, Regime, Setting
from common.contracts.catalogue import Consents, Dissemination
from common.contracts.rules import SINCE
from common.errors import Outcome
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p
from tests.unit.actions import showings as s
from tests.unit.actions.test_verdicts import again, kept

D, T = Dissemination, ActionType
ALLOWED, REFUSED, TO_CLEAR = Outcome.ALLOWED, Outcome.REFUSED, Outcome.TO_CLEAR
AT = p.at("2025-06-30 10:00")
RECORDS = [rule for rule in RULES if rule.id in AGREED_BY]
ROOM = {"outdoors": False, "action_type": T.CLOSED_ROOM_SCREENING}
OWN_ROOM = {**ROOM, "own_project": True}


# -------------------------------------------------------------------------------------------------------- the rules


@pytest.mark.parametrize(
    ("said", "settled"),
    [
        ({}, D.NETWORK),
        ({"own_project": True}, D.NETWORK),  # outdoors whoever passes sees it
        (ROOM, D.NETWORK),
        (OWN_ROOM, D.RESTITUTION_ONLY),
        ({**OWN_ROOM, "action_type": T.DISSEMINATION}, D.RESTITUTION_ONLY),
        ({**OWN_ROOM, "action_type": T.FILMMAKING_WORKSHOP}, D.RESTITUTION_ONLY),
        ({**OWN_ROOM, "outdoors": True}, D.NETWORK),
        ({**OWN_ROOM, "action_type": T.SPECIAL_SCREENING}, D.NETWORK),  # in a cinema, for its public
        ({**OWN_ROOM, "action_type": T.JURY_WORKSHOP}, D.FESTIVALS),
        ({**OWN_ROOM, "action_type": T.FESTIVAL_JOURNEY}, D.FESTIVALS),
    ],
)
def test_r39_a_session_carries_a_film_to_its_makers_to_the_public_or_to_festivals(said, settled):
    everywhere = list(D)
    for one in everywhere:
        showing = s.a_showing(**{**said, "dissemination": one, "festivals": 10, "internet": 10})
        far_enough = everywhere.index(one) >= everywhere.index(settled)
        assert s.outcome("R39", showing) is (ALLOWED if far_enough else REFUSED), one


@pytest.mark.parametrize(("network", "said"), [(9, REFUSED), (10, ALLOWED)])
def test_r39_nine_consents_of_ten_reach_no_square(network, said):
    assert s.outcome("R39", s.a_showing(network=network)) is said


def test_r39_who_agreed_to_be_seen_far_away_agreed_to_be_seen_nearer():
    farther = s.a_showing(dissemination=D.INTERNET, network=0, internet=10)
    assert s.outcome("R39", farther) is ALLOWED
    assert s.outcome("R39", replace(farther, internet=9)) is REFUSED
    nearer = s.a_showing(action_type=T.FESTIVAL_JOURNEY, dissemination=D.FESTIVALS, network=10, festivals=9)
    assert s.outcome("R39", nearer) is REFUSED


def test_r39_a_film_in_which_nobody_can_be_recognised_goes_where_its_makers_let_it():
    assert s.outcome("R39", s.a_showing(identifiable=0, restitution_only=0, network=0)) is ALLOWED
    assert s.outcome("R39", s.a_showing(identifiable=0, dissemination=D.RESTITUTION_ONLY)) is REFUSED


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"dissemination": None}, TO_CLEAR),
        ({"identifiable": None, "network": 0}, TO_CLEAR),
        ({**OWN_ROOM, "dissemination": None, "identifiable": None, "restitution_only": 0}, ALLOWED),
        ({**OWN_ROOM, "dissemination": D.NONE}, REFUSED),
    ],
    ids=["not settled", "not counted", "its makers may see it whatever was agreed", "kept from everybody"],
)
def test_r39_what_nobody_has_settled_or_counted_is_to_be_cleared(said, outcome):
    assert s.outcome("R39", s.a_showing(**said)) is outcome


PRISON = {"in_prison": True, "administration_agreed": True}


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({}, ALLOWED),
        ({"network": 9}, REFUSED),
        ({"administration_agreed": False}, REFUSED),
        ({"dissemination": D.RESTITUTION_ONLY}, REFUSED),
        ({"dissemination": None}, TO_CLEAR),
        ({"identifiable": None}, TO_CLEAR),
        ({**OWN_ROOM, "dissemination": D.RESTITUTION_ONLY}, ALLOWED),
        ({**OWN_ROOM, "dissemination": D.RESTITUTION_ONLY, "restitution_only": 9, "network": 9}, REFUSED),
        ({**OWN_ROOM, "dissemination": D.RESTITUTION_ONLY, "administration_agreed": False}, REFUSED),
        ({**OWN_ROOM, "dissemination": None}, TO_CLEAR),
        ({**OWN_ROOM, "identifiable": None}, TO_CLEAR),
    ],
)
def test_r40_a_film_made_in_a_prison_is_shown_to_nobody_before_all_and_the_administration_agreed(said, outcome):
    assert s.outcome("R40", s.a_showing(**{**PRISON, **said})) is outcome


def test_r39_r40_a_film_is_judged_by_one_of_them():
    assert (s.outcome("R39", s.a_showing(in_prison=True)), s.outcome("R40", s.a_showing())) == (None, None)


@pytest.mark.parametrize("rule", AGREED_BY)
def test_r39_r40_before_the_first_day_nobody_says_yes(rule):
    for day, said in ((SINCE - timedelta(days=1), TO_CLEAR), (SINCE, ALLOWED), (SINCE + timedelta(days=1), ALLOWED)):
        showing = s.a_showing(in_prison=rule == "R40", administration_agreed=True)
        assert p.there(judged(rule, day, showing)).outcome is said, day


COUNTS = st.integers(0, 12)
SHOWINGS = st.builds(
    Showing,
    **{name: st.from_type(kind) for name, kind in get_type_hints(Showing).items() if kind not in {int, int | None}},
    **dict.fromkeys(("restitution_only", "network", "festivals", "internet"), COUNTS),
    identifiable=st.none() | COUNTS,
)


@given(one=SHOWINGS)
def test_a_verdict_on_a_workshop_film_says_the_same_again_by_what_it_keeps(one: Showing):
    said = [(rule, judge(rule, one)) for rule in RECORDS]
    assert sum(verdict is not None for _, verdict in said) == 1
    for rule, verdict in said:
        assert verdict is None or again(rule, kept(verdict)) == verdict


def test_rules_on_consents_look_at_nothing_but_the_showing():
    known = {field.name: get_type_hints(Showing)[field.name] for field in fields(Showing)}
    for rule in RECORDS:
        wanted = {name: kind for name, kind in get_type_hints(rule.ask).items() if name in looked_at(rule.ask)}
        assert wanted.items() <= known.items()


@given(one=SHOWINGS)
def test_by_how_many_consents_are_too_few_is_told_in_no_reason(one: Showing):
    for verdict in (judge(rule, replace(one, film_title="Titre")) for rule in RECORDS):
        assert verdict is None or not any(letter.isdigit() for letter in verdict.reason + verdict.raison)


# ------------------------------------------------------------------------------------------------------- the engine


def shown(film: Film, dossier: a.Dossier | None = None, **said: Any) -> tuple[Action, Circumstances]:
    """Have the screening of dossier A show a workshop film, and nothing else; what is said is said of the action."""
    dossier = dossier or a.screening_planned(a.a_funded())
    action, films = replace(dossier.screening, **said), {**p.FILMS, film.id: film}
    (session,) = action.sessions
    (item, *_) = session.programme
    session = replace(session, programme=(replace(item, film_id=film.id, title=film.title, workshop_film=True),))
    return replace(action, sessions=(session,)), replace(dossier.given, films=films)


IN_A_ROOM: Mapping[str, Any] = {
    "action_type": T.CLOSED_ROOM_SCREENING,
    "setting": Setting.INDOORS,
    "regime": Regime.NC_FREE,
}


def said_of(action: Action, given_: Circumstances) -> list[tuple[str, Outcome, bool]]:
    found = judge_consents(action, action.sessions, given_)
    return [(one.verdict.rule, one.verdict.outcome, one.refusal is ShownTooFar) for one in found]


def test_r39_a_film_kept_by_those_who_made_it_is_planned_on_no_square():
    film = s.a_film(D.RESTITUTION_ONLY)
    dossier = a.a_funded()
    wish = replace(p.SCREENING, programme=(ProgrammePlan(film_id=film.id),))
    given_ = replace(dossier.given, films={**p.FILMS, film.id: film})
    said = checking.check_session(dossier.screening, wish, given_, session_id=p.an_id("asked"))
    against = [(one.rule, one.blocks, one.code, one.film_id) for one in said.verdicts if one.rule in AGREED_BY]
    assert against == [("R39", "action.plan_session", "shown-too-far", film.id)]
    assert (said.lawful, said.first_lawful_on) == (False, None)
    with pytest.raises(ShownTooFar) as refused:
        a.plan_session(dossier.screening, wish, given_, session_id=p.an_id("x"), new_id=p.new_ids("c"), at=AT)
    assert p.verdict_of(refused).rule == "R39"


def test_r39_a_film_whose_makers_have_settled_nothing_may_be_planned_and_not_announced():
    film, dossier = s.a_film(None), a.a_funded()
    wish = replace(p.SCREENING, programme=(ProgrammePlan(film_id=film.id),))
    given_ = replace(dossier.given, films={**p.FILMS, film.id: film})
    said = checking.check_session(dossier.screening, wish, given_, session_id=p.an_id("asked"))
    blocks = [(one.outcome, one.blocks) for one in said.verdicts if one.rule == "R39"]
    assert (said.lawful, blocks) == (True, [(TO_CLEAR, "action.schedule")])
    planned, _ = a.plan_session(
        dossier.screening, wish, given_, session_id=p.an_id("A2-1"), new_id=p.new_ids("c"), at=AT
    )
    ready = a.permitted(dossier.having(screening=planned))
    with pytest.raises(ShownTooFar):
        a.schedule(ready.screening, given_, at=AT)
    cleared = replace(given_, films={**p.FILMS, film.id: s.a_film(D.NETWORK)})
    assert a.schedule(ready.screening, cleared, at=AT)[0].state == "scheduled"


def test_r39_the_film_of_an_action_or_of_a_project_is_shown_to_those_who_made_it_there():
    dossier = a.screening_planned(a.a_funded())
    for made_in in ({"project_id": dossier.project.id}, {"project_id": None, "action_id": dossier.screening.id}):
        film = s.a_film(D.RESTITUTION_ONLY, Consents(identifiable=10), **made_in)
        assert said_of(*shown(film, **IN_A_ROOM)) == [("R39", ALLOWED, False)]
        assert said_of(*shown(film)) == [("R39", REFUSED, True)]
    assert said_of(*shown(s.a_film(D.RESTITUTION_ONLY, project_id=None), **IN_A_ROOM)) == [("R39", REFUSED, True)]


def test_r39_a_session_moved_into_a_room_shows_a_film_to_those_who_made_it():
    dossier = a.screening_planned(a.a_funded())
    film = s.a_film(D.RESTITUTION_ONLY, project_id=dossier.project.id)
    action, given_ = shown(film, action_type=T.DISSEMINATION)
    assert said_of(action, given_) == [("R39", REFUSED, True)]
    (session,) = action.sessions
    inside = action.with_sessions(replace(session, setting=Setting.INDOORS))
    assert said_of(inside, given_) == [("R39", ALLOWED, False)]


def test_r39_a_workshop_shows_no_film_that_is_kept_from_everybody():
    workshop: Mapping[str, Any] = {
        "action_type": T.DISCOVERY_WORKSHOP,
        "setting": Setting.INDOORS,
        "regime": None,
    }
    assert said_of(*shown(s.a_film(D.NONE), **workshop)) == [("R39", REFUSED, True)]
    action, given_ = shown(s.a_film(D.NONE), **workshop)
    assert {one.rule for one in checking.check_schedule(action, given_).verdicts if one.blocks} == {"R39"}


def test_r40_a_film_is_known_to_be_a_prison_s_by_its_workshop_before_anybody_counts():
    dossier = a.screening_planned(a.a_funded())
    film = s.a_film(None, None, project_id=dossier.project.id)
    action, given_ = shown(film, **IN_A_ROOM, closed_circuit=ClosedCircuit.PRISON)
    assert said_of(action, given_) == [("R39", ALLOWED, False)]
    made_there = replace(given_, made_in_prison=frozenset({film.id}))
    assert said_of(action, made_there) == [("R40", TO_CLEAR, True)]
    settled = s.a_film(D.RESTITUTION_ONLY, s.IN_PRISON, project_id=dossier.project.id)
    assert said_of(action, replace(made_there, films={film.id: settled})) == [("R40", ALLOWED, False)]


def test_a_film_that_was_made_in_no_workshop_is_asked_nothing_of():
    dossier = a.screening_scheduled(a.a_ready())
    assert said_of(dossier.screening, dossier.given) == []


# --------------------------------------------------------------------------------------------- change after the fact


@pytest.mark.parametrize(
    ("film", "rule"),
    [
        (s.a_film(D.RESTITUTION_ONLY), "R39"),
        (s.a_film(D.NETWORK, replace(s.TEN, network=9, festivals=9, internet=9)), "R39"),
        (s.a_film(D.NETWORK, replace(s.IN_PRISON, administration_reference="")), "R40"),
        (s.a_film(D.NETWORK, replace(s.IN_PRISON, network=9, festivals=9, internet=9)), "R40"),
    ],
    ids=["restricted", "a consent withdrawn", "a leave withdrawn", "a consent withdrawn in a prison"],
)
@pytest.mark.parametrize("announced", [False, True])
def test_r39_r40_a_scope_narrowed_or_a_consent_withdrawn_stands_against_the_session_until_it_is_mended(
    film: Film, rule: str, announced: bool
):
    dossier = a.screening_scheduled(a.a_ready()) if announced else a.screening_planned(a.a_funded())
    action, given_ = shown(s.a_film(D.NETWORK), dossier)
    assert rule not in {one.verdict.rule for one in risk.judge_risks(action, given_).findings}
    narrowed = replace(given_, films={**given_.films, film.id: film})
    flagged, facts = p.there(risk.tell(risk.judge_risks(action, narrowed), at=AT))
    assert rule in {one.rule for one in p.only(facts, ActionAtRisk).risks}
    mended = risk.tell(risk.judge_risks(flagged, given_), at=AT)
    assert rule not in {one.rule for one in p.there(mended)[0].risks}

"""What turns against sessions after they were planned, and what only is not there yet."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from actions.domain import agenda, lifecycle, risk
from actions.domain.known import Film
from actions.domain.lifecycle import CancellationPlan
from common.contracts.actions import (
    ActionAtRisk,
    ActionObligationsMoved,
    ActionStatus,
    AuthorisationStatus,
    Cause,
    ClearanceStatus,
    DueDay,
    ObligationKind,
    Regime,
    Setting,
)
from common.contracts.catalogue import Classification, Visa
from common.contracts.partners import Entitlement, EntitlementKind
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p

AT = p.at("2025-06-30 10:00")
SESSION = p.an_id("A2-1")
LICENCE = Entitlement(
    kind=EntitlementKind.OPERATING_LICENCE,
    reference="EX-86-1",
    valid_from=date(2024, 1, 1),
    valid_until=date(2025, 7, 18),
)
LATER = (Visa(number="128083", issued_on=p.day("2024-10-10")),)


def risks(dossier: a.Dossier, **changed: Any) -> list[tuple[str, UUID | None]]:
    found = risk.judge_risks(dossier.screening, replace(dossier.given, **changed))
    assert {one.session_id for one in found.findings} <= {SESSION}
    return [(one.verdict.rule, one.film_id) for one in found.findings]


def corrected(**changed: Any) -> dict[UUID, Film]:
    return p.FILMS | {p.LINDA.id: replace(p.LINDA, **changed)}


def test_a_plan_that_still_lacks_things_is_at_no_risk():
    assert risks(a.screening_planned(a.a_funded())) == []


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"visas": LATER}, "R01"),
        ({"visas": (), "released_on": None}, "R01"),
        ({"visas": (Visa(number="128083"),), "released_on": None}, "R01"),
        ({"classification": Classification.U16}, "R16"),
        ({"classification": None}, "R16"),
        ({"duration_minutes": 60}, "R03"),
        ({"duration_minutes": None}, "R03"),
    ],
    ids=[
        "a visa corrected",
        "a visa taken back",
        "a visa without its date",
        "a classification corrected",
        "a classification unknown",
        "a length at the border",
        "a length unknown",
    ],
)
@pytest.mark.parametrize("announced", [False, True])
def test_what_is_corrected_of_a_film_stands_against_its_session(changed, rule, announced):
    dossier = a.screening_scheduled(a.a_ready()) if announced else a.screening_planned(a.a_funded())
    assert risks(dossier, films=corrected(**changed)) == [(rule, p.LINDA.id)]


def test_what_was_unknown_when_it_was_planned_is_no_risk_until_no_plan_may_lack_it():
    unknown = corrected(visas=(), classification=None, released_on=None)
    dossier = a.screening_planned(a.a_funded().having(films=unknown))
    assert {notice.rule for notice in dossier.screening.notices} == {"R01", "R16"}
    assert risks(dossier) == []
    dateless = corrected(visas=(Visa(number="128083"),), classification=None, released_on=None)
    assert risks(dossier, films=dateless) == [("R01", p.LINDA.id)]


def test_a_cineclub_s_visa_that_is_taken_back_is_a_risk_too():
    dossier = a.screening_planned(a.a_funded())
    screening = replace(dossier.screening, setting=Setting.INDOORS, regime=Regime.NC_CINECLUB)
    club = replace(LICENCE, kind=EntitlementKind.CINECLUB)
    said = {"organiser": replace(p.HOLDER, entitlements=(club,))}
    assert risks(dossier.having(screening=screening), **said) == []
    assert risks(dossier.having(screening=screening), films=corrected(visas=(), released_on=None), **said) == [
        ("R04", p.LINDA.id)
    ]


def test_an_authorisation_that_is_refused_is_a_risk_of_the_plan():
    dossier = a.screening_planned(a.a_funded())
    refused = replace(dossier.screening.authorisation, state=AuthorisationStatus.REFUSED)
    dossier = dossier.having(screening=replace(dossier.screening, authorisation=refused))
    assert risks(dossier) == [("R08", p.LINDA.id)]


def test_rights_agreed_on_an_offer_that_is_withdrawn_stand_and_are_looked_at():
    dossier, offer = a.screening_scheduled(a.a_ready()), p.an_id("offer")
    clearances = tuple(replace(one, offer_id=offer) for one in dossier.screening.clearances)
    dossier = dossier.having(screening=replace(dossier.screening, clearances=clearances))
    withdrawn = frozenset({offer})
    assert risks(dossier, withdrawn_offers=withdrawn) == [("R52", p.LINDA.id), ("R52", p.SHORT.id)]
    planned = replace(dossier.screening, state=ActionStatus.PLANNED)
    announced, _ = a.schedule(planned, replace(dossier.given, withdrawn_offers=withdrawn), at=AT)
    assert {notice.rule for notice in announced.notices} == {"R52"}


def test_a_cinema_that_closes_before_the_day_organises_no_screening():
    cinema = replace(p.CINEMA, closed_on=p.day("2025-07-17"))
    dossier = a.screening_planned(a.a_funded())
    moved = replace(dossier.screening, organiser_id=p.CINEMA.id, regime=Regime.COMMERCIAL_MOVED)
    dossier = dossier.having(screening=moved)
    assert risks(dossier, organiser=p.CINEMA) == []
    assert {rule for rule, _ in risks(dossier, organiser=cinema)} == {"P01", "R05"}
    assert risks(dossier, organiser=replace(cinema, closed_on=p.day("2025-07-18"))) == []


def test_whoever_closes_before_the_day_organises_nothing_at_all():
    dossier = a.screening_planned(a.a_funded())
    for closed_on, found in (("2025-07-17", [("P01", None)]), ("2025-07-18", [])):
        assert risks(dossier, organiser=replace(p.HOLDER, closed_on=p.day(closed_on))) == found


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, set()),
        ({"entitlements": (LICENCE,)}, set()),
        ({"entitlements": (replace(LICENCE, valid_until=None),)}, set()),
        ({"entitlements": (replace(LICENCE, valid_until=p.day("2025-07-17")),)}, {"R05"}),
        ({"entitlements": (replace(LICENCE, valid_from=p.day("2025-07-19"), valid_until=None),)}, {"R05"}),
        ({"entitlements": (replace(LICENCE, kind=EntitlementKind.CINECLUB),)}, set()),
        ({"is_licensed_operator": False, "entitlements": (LICENCE,)}, set()),
        ({"is_licensed_operator": False}, {"R05"}),
    ],
    ids=["of none", "last day", "no end", "ended", "not yet", "another", "no cinema, licensed", "no cinema"],
)
def test_r05_a_cinema_s_licences_say_whether_it_operates_and_else_its_kind(said, found):
    dossier = a.screening_planned(a.a_funded())
    moved = replace(dossier.screening, organiser_id=p.CINEMA.id, regime=Regime.COMMERCIAL_MOVED)
    assert {rule for rule, _ in risks(dossier.having(screening=moved), organiser=replace(p.CINEMA, **said))} == found


def test_a_risk_is_told_once_and_taken_back():
    dossier = a.screening_scheduled(a.a_ready())
    given = replace(dossier.given, films=corrected(visas=LATER))
    flagged, facts = p.there(risk.tell(risk.judge_risks(dossier.screening, given), at=AT))
    fact = p.only(facts, ActionAtRisk)
    assert (fact.session_ids, [one.rule for one in fact.risks]) == ((SESSION,), ["R01"])
    assert flagged.published().risks == fact.risks
    assert risk.tell(risk.judge_risks(flagged, given), at=AT) is None
    cleared, facts = p.there(risk.tell(risk.judge_risks(flagged, dossier.given), at=AT))
    assert (cleared.risks, p.only(facts, ActionAtRisk).risks) == ((), ())


def test_due_days_that_moved_are_told_without_a_risk_and_beside_one():
    dossier = a.screening_scheduled(a.a_ready())
    due = (
        DueDay(
            kind=ObligationKind.PERMIT,
            session_id=SESSION,
            film_id=None,
            before=p.day("2025-06-18"),
            after=p.day("2025-06-01"),
        ),
    )
    told, facts = p.there(risk.tell(risk.judge_risks(dossier.screening, dossier.given), due, at=AT))
    assert p.only(facts, ActionObligationsMoved).days == due
    assert told == replace(dossier.screening, version=dossier.screening.version + 1, changed_at=AT)
    given = replace(dossier.given, films=corrected(visas=LATER))
    flagged, facts = p.there(risk.tell(risk.judge_risks(dossier.screening, given), due, at=AT))
    assert [type(fact) for fact in facts] == [ActionAtRisk, ActionObligationsMoved]
    assert flagged.version == dossier.screening.version + 2


def test_a_session_given_up_is_at_no_risk_and_that_is_told():
    dossier = a.screening_planned(a.a_funded())
    given = replace(dossier.given, films=corrected(visas=LATER))
    flagged, _ = p.there(risk.tell(risk.judge_risks(dossier.screening, given), at=AT))
    without, _ = agenda.cancel_session(flagged, SESSION, Cause.WEATHER, p.FILMS, at=AT)
    cleared, facts = p.there(risk.tell(risk.judge_risks(without, given), at=AT))
    assert (cleared.risks, p.only(facts, ActionAtRisk).risks) == ((), ())


def test_what_lapses_after_the_announcement_is_a_risk_also_while_another_session_is_put_off():
    dossier = a.screening_scheduled(a.a_ready())
    lapsed = tuple(replace(one, state=ClearanceStatus.LAPSED) for one in dossier.screening.clearances)
    for state in (ActionStatus.SCHEDULED, ActionStatus.POSTPONED):
        changed = dossier.having(screening=replace(dossier.screening, clearances=lapsed, state=state))
        assert risks(changed) == [("R52", p.LINDA.id), ("R52", p.SHORT.id)]


def test_what_is_over_is_at_no_risk():
    dossier = a.screening_scheduled(a.a_ready())
    given = replace(dossier.given, films=corrected(visas=LATER))
    flagged, _ = p.there(risk.tell(risk.judge_risks(dossier.screening, given), at=AT))
    cancelled, _ = lifecycle.cancel(flagged, CancellationPlan(cause=Cause.PUBLIC, reason=""), at=AT)
    assert cancelled.risks == ()

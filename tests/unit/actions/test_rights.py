"""Rights of films (R52): what they cover, what an offer bounds, and the steps of a clearance."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from actions.domain import agenda, risk
from actions.domain.clearance import ClearanceStep
from actions.domain.known import RightsOffer
from actions.domain.refusals import NothingAsked, NotPossibleInThisState
from actions.domain.rules import RULES, rights
from actions.domain.rules.rule import judge
from actions.domain.screening import judge_papers
from actions.domain.unlawful import RightsDoNotCover
from common.contracts.actions import (
    ActionChanged,
    Cause,
    ClearanceStatus,
    Regime,
    Support,
)
from common.contracts.catalogue import FilmVersion, RightsTerritory, RightsUse
from common.errors import Outcome
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p
from tests.unit.actions.cases import a_case, against
from tests.unit.actions.test_verdicts import again, kept

SCHEDULED_AT = p.at("2025-06-24 11:00")


@pytest.mark.parametrize(
    ("changed", "terms", "covered"),
    [
        ({}, {}, True),
        ({"on": "2025-07-17"}, {}, False),
        ({"on": "2025-07-31"}, {}, True),
        ({"on": "2025-08-01"}, {}, False),
        ({"territory": RightsTerritory.REUNION}, {}, False),
        ({"territory": RightsTerritory.REUNION}, {"territories": (RightsTerritory.REUNION,)}, True),
        ({}, {"territories": (RightsTerritory.REUNION,)}, False),
        ({"use": RightsUse.NON_COMMERCIAL_INDOOR}, {}, False),
        ({}, {"versions": (FilmVersion.VOSTFR,)}, False),
        ({}, {"versions": (FilmVersion.VF, FilmVersion.AD)}, True),
    ],
)
def test_r52_rights_cover_day_territory_use_and_version(changed, terms, covered):
    terms = replace(p.OPEN_AIR_TERMS, **terms)
    verdict = against("R52", a_case(terms=terms, film_version=FilmVersion.VF, **changed))
    assert (verdict and (verdict.rule, verdict.outcome)) == (None if covered else ("R52", Outcome.REFUSED))


def test_r52_a_version_that_is_not_named_is_to_be_cleared_where_the_rights_name_some():
    for_vf = replace(p.OPEN_AIR_TERMS, versions=(FilmVersion.VF,))
    verdict = p.there(against("R52", a_case(terms=for_vf)))
    assert (verdict.outcome, verdict.version) == (Outcome.TO_CLEAR, "3")
    assert "version" in verdict.reason
    assert against("R52", a_case()) is None
    assert p.there(against("R52", a_case(on="2025-08-01", terms=for_vf))).outcome is Outcome.REFUSED


def test_r52_what_the_first_version_said_of_an_unnamed_version_it_says_again():
    (first,) = (rule for rule in RULES if (rule.id, rule.version) == ("R52", "1"))
    verdict = judge(first, a_case(terms=replace(p.OPEN_AIR_TERMS, versions=(FilmVersion.VF,))))
    assert p.there(verdict).outcome is Outcome.ALLOWED


@pytest.mark.parametrize(
    ("expected", "ceiling", "outcome"),
    [
        (299, 300, None),
        (300, 300, None),
        (301, 300, Outcome.REFUSED),
        (None, 300, Outcome.TO_CLEAR),
        (0, 300, None),
        (100_000, None, None),
        (None, None, None),
    ],
)
def test_r52_rights_cover_as_many_as_they_say_and_an_audience_that_is_told(expected, ceiling, outcome):
    terms = replace(p.OPEN_AIR_TERMS, audience_max=ceiling)
    verdict = against("R52", a_case(terms=terms, expected_audience=expected))
    assert (verdict and verdict.outcome) == outcome
    assert verdict is None or (verdict.version, verdict.first_lawful_on) == ("3", None)


@pytest.mark.parametrize("version", ["1", "2"])
def test_r52_what_earlier_versions_said_of_an_audience_they_say_again(version):
    (rule,) = (rule for rule in RULES if (rule.id, rule.version) == ("R52", version))
    crowded = a_case(terms=replace(p.OPEN_AIR_TERMS, audience_max=300), expected_audience=301)
    verdict = p.there(judge(rule, crowded))
    assert verdict.outcome is Outcome.ALLOWED
    before = {name: value for name, value in kept(verdict).items() if name not in {"expected_audience", "audience_max"}}
    assert p.there(again(rule, before)).reason == verdict.reason


def test_r52_a_withdrawn_offer_leaves_an_audience_that_nobody_told_to_be_told():
    terms = replace(p.OPEN_AIR_TERMS, audience_max=300)
    untold = p.there(against("R52", a_case(terms=terms, offer_withdrawn=True)))
    told = p.there(against("R52", a_case(terms=terms, offer_withdrawn=True, expected_audience=300)))
    assert [rights.stand_withdrawn(one.inputs) for one in (untold, told)] == [False, True]


def test_r52_rights_that_begin_later_say_when():
    verdict = p.there(against("R52", a_case(on="2025-07-17")))
    assert verdict.first_lawful_on == p.OPEN_AIR_TERMS.starts_on
    assert p.there(against("R52", a_case(on="2025-08-01"))).first_lawful_on is None


def test_r52_rights_not_confirmed_and_private_discs_and_workshop_films_which_need_none():
    private = a_case(support=Support.PRIVATE_DISC)
    assert p.there(against("R52", a_case(terms=None))).outcome is Outcome.TO_CLEAR
    assert p.there(against("R52", private)).outcome is Outcome.REFUSED
    assert against("R52", a_case(terms=None, workshop_film=True)) is None
    assert p.there(against("R52", replace(private, workshop_film=True))).outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("department", "territory"),
    [("86", "metropolitan"), ("2A", "metropolitan"), ("974", "974"), ("971", "971"), ("976", "976")],
)
def test_r52_overseas_is_apart(department, territory):
    assert rights.territory_of(department) == territory


@pytest.mark.parametrize(
    ("regime", "outdoors", "use"),
    [
        (Regime.NC_OPEN_AIR, True, RightsUse.OPEN_AIR),
        (Regime.NC_CINECLUB, True, RightsUse.OPEN_AIR),
        (Regime.NC_FREE, False, RightsUse.NON_COMMERCIAL_INDOOR),
        (Regime.COMMERCIAL_MOVED, True, RightsUse.COMMERCIAL),
        (Regime.COMMERCIAL_CINEMA, False, RightsUse.COMMERCIAL),
    ],
)
def test_r52_the_use_follows_from_the_regime(regime, outdoors, use):
    assert rights.use_of(regime, outdoors=outdoors) is use


def test_r52_scheduling_and_rescheduling_look_at_the_rights():
    only_18 = replace(p.OPEN_AIR_TERMS, ends_on=p.day("2025-07-18"))
    dossier = a.screening_planned(a.a_funded())
    with pytest.raises(RightsDoNotCover):
        a.schedule(a.permitted(a.authorised(dossier)).screening, dossier.given, at=SCHEDULED_AT)
    dossier = a.permitted(a.authorised(a.rights_confirmed(dossier, only_18)))
    dossier = a.screening_postponed(a.screening_scheduled(dossier))
    with pytest.raises(RightsDoNotCover) as refused:
        a.screening_rescheduled(dossier)
    assert p.verdict_of(refused).rule == "R52"


OFFER = RightsOffer(
    id=p.an_id("offer"),
    film_id=p.LINDA.id,
    starts_on=p.day("2025-06-01"),
    ends_on=p.day("2025-08-31"),
    uses=(RightsUse.OPEN_AIR,),
    territories=(RightsTerritory.METROPOLITAN,),
)


@pytest.mark.parametrize(
    ("offer", "terms"),
    [
        ({"film_id": p.SHORT.id}, {}),
        ({"withdrawn": True}, {}),
        ({}, {"starts_on": date(2025, 5, 31)}),
        ({}, {"ends_on": date(2025, 9, 1)}),
        ({}, {"uses": (RightsUse.OPEN_AIR, RightsUse.COMMERCIAL)}),
        ({}, {"territories": (RightsTerritory.GUYANE,)}),
        ({"versions": (FilmVersion.VF,)}, {}),
        ({"audience_max": 300}, {"audience_max": 301}),
    ],
)
def test_r52_what_is_confirmed_on_an_offer_is_no_wider_than_it(offer, terms):
    dossier = a.screening_planned(a.a_funded())
    clearance = replace(dossier.screening.clearances[0], state=ClearanceStatus.QUOTED)
    step = ClearanceStep(
        to=ClearanceStatus.CONFIRMED, terms=replace(p.OPEN_AIR_TERMS, **terms), offer=replace(OFFER, **offer)
    )
    with pytest.raises(RightsDoNotCover):
        clearance.step(step, p.day("2025-05-06"))


def test_r52_an_offer_gives_its_own_terms():
    dossier = a.screening_planned(a.a_funded())
    quoted = replace(dossier.screening.clearances[0], state=ClearanceStatus.QUOTED)
    confirmed = quoted.step(ClearanceStep(to=ClearanceStatus.CONFIRMED, offer=OFFER), p.day("2025-05-06"))
    terms = p.there(confirmed.terms)
    assert (terms.starts_on, terms.ends_on) == (OFFER.starts_on, OFFER.ends_on)
    assert confirmed.offer_id == OFFER.id
    with pytest.raises(NothingAsked):
        quoted.step(ClearanceStep(to=ClearanceStatus.CONFIRMED), p.day("2025-05-06"))


@pytest.mark.parametrize(("said", "agreed"), [(None, 300), (299, 299), (300, 300)])
def test_r52_a_ceiling_of_an_offer_is_agreed_unless_a_lower_one_is_said(said, agreed):
    quoted = replace(a.screening_planned(a.a_funded()).screening.clearances[0], state=ClearanceStatus.QUOTED)
    terms = replace(p.OPEN_AIR_TERMS, audience_max=said)
    step = ClearanceStep(to=ClearanceStatus.CONFIRMED, terms=terms, offer=replace(OFFER, audience_max=300))
    assert p.there(quoted.step(step, p.day("2025-05-06")).terms).audience_max == agreed


def test_r52_what_was_agreed_before_terms_had_a_ceiling_stands_as_it_was():
    clearance = replace(
        a.screening_planned(a.a_funded()).screening.clearances[0],
        state=ClearanceStatus.CONFIRMED,
        offer_id=OFFER.id,
        terms=p.OPEN_AIR_TERMS,
    )
    withdrawn = replace(OFFER, audience_max=300, withdrawn=True)
    for terms in (None, p.OPEN_AIR_TERMS):
        step = ClearanceStep(to=ClearanceStatus.MATERIAL_RECEIVED, terms=terms, stands_on=withdrawn)
        assert clearance.step(step, p.day("2025-05-06")).terms == p.OPEN_AIR_TERMS


def test_r52_what_was_agreed_before_terms_had_a_ceiling_has_that_of_its_offer():
    dossier = a.rights_confirmed(a.screening_planned(a.a_funded()))
    clearances = tuple(replace(one, offer_id=OFFER.id) for one in dossier.screening.clearances)
    action, _ = agenda.expect_audience(
        replace(dossier.screening, clearances=clearances), p.an_id("A2-1"), 301, at=SCHEDULED_AT
    )
    for ceiling, outcome in ((300, Outcome.REFUSED), (301, Outcome.ALLOWED)):
        given = replace(dossier.given, ceilings={OFFER.id: ceiling})
        found = judge_papers(action, action.sessions, given)
        said = {one.verdict.outcome for one in found if one.verdict.rule == "R52"}
        assert said == {outcome}, ceiling


def test_r52_an_announced_session_that_expects_too_many_or_no_longer_says_is_at_risk():
    terms = replace(p.OPEN_AIR_TERMS, audience_max=300)
    dossier = a.permitted(a.authorised(a.rights_confirmed(a.screening_planned(a.a_funded()), terms)))
    with pytest.raises(RightsDoNotCover):
        a.screening_scheduled(dossier)
    session = p.an_id("A2-1")
    for people, risks in ((299, set()), (300, set()), (301, {"R52"}), (None, {"R52"})):
        told, _ = agenda.expect_audience(dossier.screening, session, 300, at=SCHEDULED_AT)
        announced = a.screening_scheduled(dossier.having(screening=told))
        expecting, facts = agenda.expect_audience(announced.screening, session, people, at=SCHEDULED_AT)
        assert p.only(facts, ActionChanged).changed == ("expected_audience",)
        found = risk.judge_risks(expecting, announced.given).findings
        assert {one.verdict.rule for one in found} == risks, people


def test_an_audience_is_expected_of_a_session_that_is_still_to_come():
    dossier = a.screening_planned(a.a_funded())
    without, _ = agenda.cancel_session(dossier.screening, p.an_id("A2-1"), Cause.WEATHER, p.FILMS, at=SCHEDULED_AT)
    with pytest.raises(NotPossibleInThisState):
        agenda.expect_audience(without, p.an_id("A2-1"), 300, at=SCHEDULED_AT)


CHAIN = ["to_request", "requested", "quoted", "confirmed", "material_received", "settled"]
STEPS = {
    *pairwise(CHAIN),
    *((one, end) for one in ("requested", "quoted", "confirmed") for end in ("refused", "lapsed")),
    ("refused", "requested"),
    ("lapsed", "requested"),
}


@pytest.mark.parametrize("start", list(ClearanceStatus), ids=str)
def test_a_clearance_goes_by_its_own_steps_only(start):
    clearance = replace(a.screening_planned(a.a_funded()).screening.clearances[0], state=start)
    for to in ClearanceStatus:
        step = ClearanceStep(to=to, terms=p.OPEN_AIR_TERMS)
        if (start, to) in STEPS:
            assert clearance.step(step, p.day("2025-05-06")).state is to
        else:
            with pytest.raises(NotPossibleInThisState):
                clearance.step(step, p.day("2025-05-06"))


@pytest.mark.parametrize("end", [ClearanceStatus.LAPSED, ClearanceStatus.REFUSED])
@pytest.mark.parametrize("asked", [None, 20_000])
def test_rights_asked_again_are_no_longer_agreed_nor_priced(end: ClearanceStatus, asked: int | None):
    dossier = a.rights_confirmed(a.screening_planned(a.a_funded()))
    ended = dossier.screening.clearances[0].step(ClearanceStep(to=end), p.day("2025-06-01"))
    assert (ended.terms is not None, ended.price_cents) == (True, 24_000)
    again = ended.step(ClearanceStep(to=ClearanceStatus.REQUESTED, price_cents=asked), p.day("2025-06-01"))
    assert (again.terms, again.price_cents) == (None, asked)
    quoted = again.step(ClearanceStep(to=ClearanceStatus.QUOTED), p.day("2025-06-02"))
    assert quoted.price_cents == asked

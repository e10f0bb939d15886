"""An action's papers: authorisation (R08, R09, R12), rights (R52), permits, approvals; all of them before T12."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from actions.domain import agenda, formalities, lifecycle
from actions.domain.clearance import ClearanceStep
from actions.domain.formalities import AuthorisationDecision
from actions.domain.known import RightsOffer
from actions.domain.lifecycle import NewDay
from actions.domain.refusals import (
    AuthorisationNotRequired,
    AuthorisedPersonNotOrganiser,
    DateNotAuthorised,
    NoClosedSite,
    NoSuchPlace,
    NotAuthorised,
    NothingAsked,
    NotPossibleInThisState,
    OutsideCampaign,
    PermitMissing,
    RightsDoNotCover,
    SessionsIncomplete,
    SessionsStillPostponed,
    SiteNotApproved,
)
from actions.domain.rules import rights
from common.contracts.actions import (
    ActionAuthorisationDecided,
    ActionStatus,
    ActionType,
    AuthorisationStatus,
    ClearanceStatus,
    Opinion,
    Permit,
    ProgrammeItem,
    Regime,
    Setting,
    SiteApproval,
    Support,
)
from common.contracts.catalogue import FilmVersion, RightsTerritory, RightsUse
from common.errors import NotKnownHere
from tests.unit.actions import dossiers as a

S = AuthorisationStatus
SCHEDULED_AT = a.at("2025-06-24 11:00")


def schedule(dossier, **authorisation):
    """Schedule with an authorisation that is otherwise than the granted one."""
    action = dossier.screening
    action = replace(action, authorisation=replace(action.authorisation, **authorisation))
    return lifecycle.schedule(action, dossier.given, at=SCHEDULED_AT)


def test_r08_an_authorised_open_air_feature_is_scheduled():
    action, facts = schedule(a.a_ready())
    assert action.state is ActionStatus.SCHEDULED
    assert facts[0].dates == (a.day("2025-07-18"),)


@pytest.mark.parametrize(
    "otherwise",
    [
        *({"state": state} for state in AuthorisationStatus if state is not S.GRANTED),
        {"organiser_id": a.PROVIDER.id},
        {"municipalities": ("86041",)},
        {"place_ids": (a.an_id("elsewhere"),)},
        {"film_ids": (a.an_id("another"),)},
        {"granted_dates": (a.day("2025-07-25"),)},
    ],
    ids=str,
)
def test_r08_the_authorisation_is_granted_for_that_organiser_commune_place_date_and_film(otherwise):
    with pytest.raises(NotAuthorised) as refused:
        schedule(a.a_ready(), **otherwise)
    assert a.verdict_of(refused).rule == "R08"


def test_r08_a_screening_of_shorts_needs_no_authorisation():
    plan = replace(a.SCREENING, programme=a.SCREENING.programme[1:])
    dossier = a.permitted(a.rights_confirmed(a.screening_planned(a.a_funded(), plan)))
    assert dossier.screening.authorisation.state is S.NOT_REQUIRED
    assert a.screening_scheduled(dossier).screening.state is ActionStatus.SCHEDULED
    with pytest.raises(AuthorisationNotRequired):
        formalities.request_authorisation(dossier.screening, a.HOLDER.id, (), at=SCHEDULED_AT)


def test_r09_the_authorised_person_is_the_organiser():
    dossier = a.screening_planned(a.a_funded())
    with pytest.raises(AuthorisedPersonNotOrganiser) as refused:
        formalities.request_authorisation(dossier.screening, a.PROVIDER.id, (), at=a.at("2025-05-12 10:00"))
    assert a.verdict_of(refused).rule == "R09"
    assert refused.value.errors[0].pointer == "/organiser_id"


def test_a_request_covers_the_sessions_their_fallbacks_and_those_named():
    dossier = a.screening_planned(a.a_funded())
    action, _ = formalities.request_authorisation(
        dossier.screening, a.HOLDER.id, [a.day("2025-08-01")], at=a.at("2025-05-12 10:00")
    )
    asked = action.authorisation
    assert asked.asked_dates == (a.day("2025-07-18"), a.day("2025-07-25"), a.day("2025-08-01"))
    assert (asked.municipalities, asked.place_ids, asked.film_ids) == (("86194",), (a.SQUARE.id,), (a.LINDA.id,))


def test_r12_a_declared_fallback_date_keeps_the_authorisation():
    dossier = a.screening_rescheduled(a.screening_postponed(a.screening_scheduled(a.a_ready())))
    assert dossier.screening.state is ActionStatus.SCHEDULED
    assert dossier.screening.authorisation.state is S.GRANTED
    assert dossier.screening.effective_on == a.day("2025-07-25")


def test_r12_another_date_must_be_authorised_first_and_then_is_possible():
    dossier = a.permitted(a.screening_postponed(a.screening_scheduled(a.a_ready())), "2025-07-26")
    to_26 = [NewDay(session_id=a.an_id("A2-1"), held_on=a.day("2025-07-26"))]
    with pytest.raises(DateNotAuthorised) as refused:
        lifecycle.reschedule(dossier.screening, to_26, dossier.given, at=a.at("2025-07-18 17:20"))
    assert a.verdict_of(refused).rule == "R12"
    amended, _ = formalities.amend_authorisation(dossier.screening, [a.day("2025-07-26")], at=a.at("2025-07-18 17:30"))
    assert amended.authorisation.state is S.AMENDMENT_REQUESTED
    with pytest.raises(NotAuthorised):
        lifecycle.reschedule(amended, to_26, dossier.given, at=a.at("2025-07-18 17:40"))
    decision = AuthorisationDecision(granted=True, decided_on=a.day("2025-07-21"), reference="CNC-2025-2")
    granted, _ = formalities.decide_authorisation(amended, decision, at=a.at("2025-07-21 10:00"))
    rescheduled, _ = lifecycle.reschedule(granted, to_26, dossier.given, at=a.at("2025-07-21 11:00"))
    assert rescheduled.state is ActionStatus.SCHEDULED


def test_r12_an_amendment_refused_leaves_what_was_granted():
    dossier = a.screening_postponed(a.screening_scheduled(a.a_ready()))
    amended, _ = formalities.amend_authorisation(dossier.screening, [a.day("2025-08-01")], at=a.at("2025-07-19 10:00"))
    no = AuthorisationDecision(granted=False, decided_on=a.day("2025-07-21"), reference="CNC-2025-3")
    kept, facts = formalities.decide_authorisation(amended, no, at=a.at("2025-07-21 10:00"))
    assert kept.authorisation.state is S.GRANTED
    assert kept.authorisation.granted_dates == (a.day("2025-07-18"), a.day("2025-07-25"))
    assert a.only(facts, ActionAuthorisationDecided).outcome is S.REFUSED
    assert kept.authorisation.reference == "CNC-2025-1"


def test_the_authorisation_goes_through_its_own_states():
    dossier = a.screening_planned(a.a_funded())
    action = dossier.screening
    decision = AuthorisationDecision(granted=False, decided_on=a.day("2025-06-17"), reference="CNC-0")
    with pytest.raises(NotPossibleInThisState):
        formalities.record_opinion(action, Opinion.RESERVED, a.day("2025-06-10"), at=a.at("2025-06-10 10:00"))
    action, _ = formalities.request_authorisation(action, a.HOLDER.id, (), at=a.at("2025-05-12 10:00"))
    for verb in (
        lambda: formalities.request_authorisation(action, a.HOLDER.id, (), at=a.at("2025-05-12 10:00")),
        lambda: formalities.decide_authorisation(action, decision, at=a.at("2025-06-17 10:00")),
        lambda: formalities.amend_authorisation(action, [a.day("2025-08-01")], at=a.at("2025-06-17 10:00")),
    ):
        with pytest.raises(NotPossibleInThisState):
            verb()
    advised, _ = formalities.record_opinion(
        action, Opinion.UNFAVOURABLE, a.day("2025-06-10"), at=a.at("2025-06-10 10:00")
    )
    refused, _ = formalities.decide_authorisation(advised, decision, at=a.at("2025-06-17 10:00"))
    assert refused.authorisation.state is S.REFUSED
    again, _ = formalities.request_authorisation(refused, a.HOLDER.id, (), at=a.at("2025-06-18 10:00"))
    assert again.authorisation.state is S.REQUESTED


ITEM = ProgrammeItem(
    film_id=a.LINDA.id,
    title="Linda",
    duration_minutes=76,
    workshop_film=False,
    version=FilmVersion.VF,
    support=Support.DCP,
)


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
    asked = {"on": "2025-07-18", "use": RightsUse.OPEN_AIR, "territory": RightsTerritory.METROPOLITAN, **changed}
    asked["on"] = a.day(asked["on"])
    verdict = rights.covered(ITEM, replace(a.OPEN_AIR_TERMS, **terms), **asked)
    assert (verdict and verdict.rule) == (None if covered else "R52")


def test_r52_rights_not_confirmed_and_private_discs_are_refused_and_workshop_films_need_none():
    def verdict(item, terms):
        day, here = a.day("2025-07-18"), RightsTerritory.METROPOLITAN
        found = rights.covered(item, terms, on=day, use=RightsUse.OPEN_AIR, territory=here)
        return found and found.rule

    private = replace(ITEM, support=Support.PRIVATE_DISC)
    assert verdict(ITEM, None) == "R52"
    assert verdict(private, a.OPEN_AIR_TERMS) == "R52"
    assert verdict(replace(ITEM, workshop_film=True), None) is None
    assert verdict(replace(private, workshop_film=True), None) == "R52"


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
    only_18 = replace(a.OPEN_AIR_TERMS, ends_on=a.day("2025-07-18"))
    dossier = a.screening_planned(a.a_funded())
    with pytest.raises(RightsDoNotCover):
        lifecycle.schedule(a.permitted(a.authorised(dossier)).screening, dossier.given, at=SCHEDULED_AT)
    dossier = a.permitted(a.authorised(a.rights_confirmed(dossier, only_18)))
    dossier = a.screening_postponed(a.screening_scheduled(dossier))
    with pytest.raises(RightsDoNotCover) as refused:
        a.screening_rescheduled(dossier)
    assert a.verdict_of(refused).rule == "R52"


OFFER = RightsOffer(
    id=a.an_id("offer"),
    film_id=a.LINDA.id,
    starts_on=a.day("2025-06-01"),
    ends_on=a.day("2025-08-31"),
    uses=(RightsUse.OPEN_AIR,),
    territories=(RightsTerritory.METROPOLITAN,),
)


@pytest.mark.parametrize(
    ("offer", "terms"),
    [
        ({"film_id": a.SHORT.id}, {}),
        ({"withdrawn": True}, {}),
        ({}, {"starts_on": date(2025, 5, 31)}),
        ({}, {"ends_on": date(2025, 9, 1)}),
        ({}, {"uses": (RightsUse.OPEN_AIR, RightsUse.COMMERCIAL)}),
        ({}, {"territories": (RightsTerritory.GUYANE,)}),
        ({"versions": (FilmVersion.VF,)}, {}),
    ],
)
def test_r52_what_is_confirmed_on_an_offer_is_no_wider_than_it(offer, terms):
    dossier = a.screening_planned(a.a_funded())
    clearance = replace(dossier.screening.clearances[0], state=ClearanceStatus.QUOTED)
    step = ClearanceStep(
        to=ClearanceStatus.CONFIRMED, terms=replace(a.OPEN_AIR_TERMS, **terms), offer=replace(OFFER, **offer)
    )
    with pytest.raises(RightsDoNotCover):
        clearance.step(step, a.day("2025-05-06"))


def test_r52_an_offer_gives_its_own_terms():
    dossier = a.screening_planned(a.a_funded())
    quoted = replace(dossier.screening.clearances[0], state=ClearanceStatus.QUOTED)
    confirmed = quoted.step(ClearanceStep(to=ClearanceStatus.CONFIRMED, offer=OFFER), a.day("2025-05-06"))
    terms = a.there(confirmed.terms)
    assert (terms.starts_on, terms.ends_on) == (OFFER.starts_on, OFFER.ends_on)
    assert confirmed.offer_id == OFFER.id
    with pytest.raises(NothingAsked):
        quoted.step(ClearanceStep(to=ClearanceStatus.CONFIRMED), a.day("2025-05-06"))


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
        step = ClearanceStep(to=to, terms=a.OPEN_AIR_TERMS)
        if (start, to) in STEPS:
            assert clearance.step(step, a.day("2025-05-06")).state is to
        else:
            with pytest.raises(NotPossibleInThisState):
                clearance.step(step, a.day("2025-05-06"))


def test_rights_asked_again_are_no_longer_agreed():
    dossier = a.rights_confirmed(a.screening_planned(a.a_funded()))
    lapsed = dossier.screening.clearances[0].step(ClearanceStep(to=ClearanceStatus.LAPSED), a.day("2025-06-01"))
    assert lapsed.terms is not None
    assert lapsed.step(ClearanceStep(to=ClearanceStatus.REQUESTED), a.day("2025-06-01")).terms is None


def test_t12_a_public_place_needs_a_permit_on_that_day():
    dossier = a.authorised(a.rights_confirmed(a.screening_planned(a.a_funded())))
    with pytest.raises(PermitMissing):
        lifecycle.schedule(dossier.screening, dossier.given, at=SCHEDULED_AT)
    with pytest.raises(PermitMissing):
        lifecycle.schedule(a.permitted(dossier, "2025-07-25").screening, dossier.given, at=SCHEDULED_AT)
    dossier = a.screening_postponed(a.screening_scheduled(a.permitted(dossier, "2025-07-18")))
    with pytest.raises(PermitMissing):
        a.screening_rescheduled(dossier)


def test_a_permit_names_a_place_of_the_action_and_its_days():
    dossier = a.screening_planned(a.a_funded())
    permit = Permit(
        id=a.an_id("p"),
        authority_id=a.VILLE,
        place_id=a.an_id("elsewhere"),
        dates=(a.day("2025-07-18"),),
        reference="",
        granted_on=a.day("2025-06-24"),
    )
    with pytest.raises(NoSuchPlace):
        formalities.record_permit(dossier.screening, permit, at=SCHEDULED_AT)
    with pytest.raises(NothingAsked):
        formalities.record_permit(dossier.screening, replace(permit, place_id=a.SQUARE.id, dates=()), at=SCHEDULED_AT)


def test_t12_every_session_has_someone_in_charge_and_a_screening_its_films():
    dossier = a.a_funded()
    with pytest.raises(SessionsIncomplete):
        lifecycle.schedule(dossier.workshop, dossier.given, at=SCHEDULED_AT)
    for lacking in ({"responsible": ""}, {"programme": ()}):
        planned = a.screening_planned(dossier, replace(a.SCREENING, **lacking))
        with pytest.raises(SessionsIncomplete):
            lifecycle.schedule(planned.screening, planned.given, at=SCHEDULED_AT)


def test_t12_a_closed_site_must_approve_and_asks_for_no_permit():
    dossier = a.a_draft()
    plan = replace(
        a.OPEN_AIR,
        action_type=ActionType.CLOSED_ROOM_SCREENING,
        setting=Setting.CLOSED_SITE,
        site_authority_id=a.an_id("spip"),
    )
    action, _ = agenda.plan(plan, dossier.project, a.HOLDER, action_id=a.an_id("A3"), at=a.at("2024-12-03 10:00"))
    assert action.regime is Regime.NC_PUBLIC_SERVICE
    assert a.an_id("spip") in action.parties
    indoors = replace(a.OPEN_AIR_TERMS, uses=(RightsUse.NON_COMMERCIAL_INDOOR,))
    dossier = a.rights_confirmed(a.screening_planned(a.a_funded().having(screening=action)), indoors)
    for approved in (None, False):
        site = dossier.screening
        if approved is not None:
            no = SiteApproval(
                authority_id=a.an_id("spip"), approved=False, decided_on=a.day("2025-06-01"), restrictions=""
            )
            site, _ = formalities.approve_site(site, no, at=SCHEDULED_AT)
        with pytest.raises(SiteNotApproved):
            lifecycle.schedule(site, dossier.given, at=SCHEDULED_AT)
    yes = SiteApproval(
        authority_id=a.an_id("spip"), approved=True, decided_on=a.day("2025-06-01"), restrictions="sans photo"
    )
    site, _ = formalities.approve_site(dossier.screening, yes, at=SCHEDULED_AT)
    assert lifecycle.schedule(site, dossier.given, at=SCHEDULED_AT)[0].state is ActionStatus.SCHEDULED
    with pytest.raises(NoClosedSite):
        formalities.approve_site(a.a_ready().screening, yes, at=SCHEDULED_AT)


def test_t15_every_session_put_off_gets_a_day_inside_the_campaign():
    dossier = a.screening_postponed(a.screening_scheduled(a.a_ready()))
    with pytest.raises(SessionsStillPostponed):
        lifecycle.reschedule(dossier.screening, [], dossier.given, at=a.at("2025-07-18 17:20"))
    late = [NewDay(session_id=a.an_id("A2-1"), held_on=a.day("2026-01-01"))]
    with pytest.raises(OutsideCampaign):
        lifecycle.reschedule(dossier.screening, late, dossier.given, at=a.at("2025-07-18 17:20"))
    extended = replace(dossier.campaign, rules=replace(a.RULES, extension_days=1))
    with pytest.raises(DateNotAuthorised):
        lifecycle.reschedule(
            dossier.screening, late, replace(dossier.given, campaign=extended), at=a.at("2025-07-18 17:20")
        )


def test_a_film_that_has_not_been_heard_of_is_not_known_here_yet():
    dossier = a.a_funded()
    with pytest.raises(NotKnownHere):
        agenda.plan_session(
            dossier.screening,
            a.SCREENING,
            replace(dossier.given, films={}),
            session_id=a.an_id("s"),
            new_id=a.new_ids("c"),
            at=a.at("2025-04-28 10:00"),
        )

"""An action's papers: authorisation (R08, R09, R12), permits, approvals; all of them before T12."""

from dataclasses import replace

import pytest

from actions.domain import agenda, authorising, formalities, lifecycle
from actions.domain.action import Action
from actions.domain.authorising import Amendment, AuthorisationDecision
from actions.domain.lifecycle import NewDay
from actions.domain.refusals import (
    CampaignStillRuns,
    NoClosedSite,
    NoSuchPlace,
    NothingAsked,
    NotPossibleInThisState,
    OutsideCampaign,
    SessionsStillPostponed,
)
from actions.domain.screening import judge
from actions.domain.unlawful import (
    AuthorisationNotRequired,
    AuthorisedPersonNotOrganiser,
    DateNotAuthorised,
    NotAuthorised,
    PermitMissing,
    SessionsIncomplete,
    SiteNotApproved,
)
from common.contracts.actions import (
    ActionAuthorisationDecided,
    ActionCancelled,
    ActionRescheduled,
    ActionSessionCancelled,
    ActionStatus,
    ActionType,
    AuthorisationStatus,
    Cause,
    CountMethod,
    NamedScreening,
    Opinion,
    Permit,
    Regime,
    SessionStatus,
    Setting,
    SiteApproval,
)
from common.contracts.catalogue import RightsUse
from common.errors import NotKnownHere
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p

S = AuthorisationStatus
SCHEDULED_AT = p.at("2025-06-24 11:00")


GRANTED = NamedScreening(held_on=p.day("2025-07-18"), place_id=p.SQUARE.id, film_id=p.LINDA.id)
BY_LISTS = {"asked_screenings": None, "granted_screenings": None}
UNCOVERED = (
    {"granted_screenings": ()},
    {"granted_screenings": (replace(GRANTED, place_id=p.an_id("elsewhere")),)},
    {"granted_screenings": (replace(GRANTED, film_id=p.an_id("another")),)},
    {"granted_screenings": (replace(GRANTED, held_on=p.day("2025-07-17")),)},
    {"granted_screenings": (replace(GRANTED, held_on=p.day("2025-07-19")),)},
    {**BY_LISTS, "place_ids": (p.an_id("elsewhere"),)},
    {**BY_LISTS, "film_ids": (p.an_id("another"),)},
    {**BY_LISTS, "granted_dates": (p.day("2025-07-25"),)},
)


def schedule(dossier, **authorisation):
    """Schedule with an authorisation that is otherwise than the granted one."""
    action = dossier.screening
    action = replace(action, authorisation=replace(action.authorisation, **authorisation))
    return a.schedule(action, dossier.given, at=SCHEDULED_AT)


def test_r08_an_authorised_open_air_feature_is_scheduled():
    action, facts = schedule(a.a_ready())
    assert action.state is ActionStatus.SCHEDULED
    assert facts[0].dates == (p.day("2025-07-18"),)


@pytest.mark.parametrize(
    "otherwise",
    [
        *({"state": state} for state in AuthorisationStatus if state not in {S.GRANTED, S.AMENDMENT_REQUESTED}),
        *({"state": S.AMENDMENT_REQUESTED, **lacking} for lacking in UNCOVERED),
        {"organiser_id": p.PROVIDER.id},
        *UNCOVERED,
    ],
    ids=str,
)
def test_r08_the_authorisation_is_granted_for_that_organiser_commune_place_date_and_film(otherwise):
    with pytest.raises(NotAuthorised) as refused:
        schedule(a.a_ready(), **otherwise)
    assert p.verdict_of(refused).rule == "R08"


def test_r12_what_was_granted_stays_granted_while_more_is_asked():
    action, _ = schedule(a.a_ready(), state=S.AMENDMENT_REQUESTED, asked_dates=(p.day("2025-08-02"),))
    assert action.state is ActionStatus.SCHEDULED


def test_all_that_a_screening_lacks_is_found_at_once():
    dossier = a.screening_planned(a.a_funded(), replace(p.SCREENING, responsible=""))
    session = dossier.screening.sessions[0]
    found = judge(dossier.screening, dossier.screening.live_sessions, dossier.given)
    assert [(one.verdict.rule, one.film_id) for one in found if one.refusal is not None] == [
        ("T12", None),
        ("R52", p.LINDA.id),
        ("R52", p.SHORT.id),
        ("R08", p.LINDA.id),
        ("T12", None),
    ]
    assert {one.session_id for one in found} == {session.id}
    assert judge(dossier.screening, (), dossier.given)[0].refusal is SessionsIncomplete


def test_r08_a_screening_of_shorts_needs_no_authorisation():
    plan = replace(p.SCREENING, programme=p.SCREENING.programme[1:])
    dossier = a.permitted(a.rights_confirmed(a.screening_planned(a.a_funded(), plan)))
    assert dossier.screening.authorisation.state is S.NOT_REQUIRED
    assert a.screening_scheduled(dossier).screening.state is ActionStatus.SCHEDULED
    with pytest.raises(AuthorisationNotRequired):
        authorising.request_authorisation(dossier.screening, p.HOLDER.id, (), dossier.given, at=SCHEDULED_AT)


def test_r03_r08_a_film_found_longer_than_it_was_planned_for_must_be_authorised_before_it_is_scheduled():
    plan = replace(p.SCREENING, programme=p.SCREENING.programme[:1])
    short = a.screening_planned(a.a_funded().having(films=p.lasting(p.LINDA, 58)), plan)
    assert short.screening.authorisation.state is S.NOT_REQUIRED
    longer = a.permitted(a.rights_confirmed(short.having(films=p.lasting(p.LINDA, 62))))
    with pytest.raises(NotAuthorised) as refused:
        a.screening_scheduled(longer)
    assert p.verdict_of(refused).rule == "R08"
    assert a.screening_scheduled(a.authorised(longer)).screening.state is ActionStatus.SCHEDULED


def test_r09_the_authorised_person_is_the_organiser():
    dossier = a.screening_planned(a.a_funded())
    with pytest.raises(AuthorisedPersonNotOrganiser) as refused:
        authorising.request_authorisation(
            dossier.screening, p.PROVIDER.id, (), dossier.given, at=p.at("2025-05-12 10:00")
        )
    assert p.verdict_of(refused).rule == "R09"
    assert refused.value.errors[0].pointer == "/organiser_id"


def test_a_request_covers_the_sessions_their_fallbacks_and_those_named():
    dossier = a.screening_planned(a.a_funded())
    action, _ = authorising.request_authorisation(
        dossier.screening, p.HOLDER.id, [p.day("2025-08-01")], dossier.given, at=p.at("2025-05-12 10:00")
    )
    asked = action.authorisation
    assert asked.asked_dates == (p.day("2025-07-18"), p.day("2025-07-25"), p.day("2025-08-01"))
    assert (asked.municipalities, asked.place_ids, asked.film_ids) == (("86194",), (p.SQUARE.id,), (p.LINDA.id,))


def test_r12_a_declared_fallback_date_keeps_the_authorisation():
    dossier = a.screening_rescheduled(a.screening_postponed(a.screening_scheduled(a.a_ready())))
    assert dossier.screening.state is ActionStatus.SCHEDULED
    assert dossier.screening.authorisation.state is S.GRANTED
    assert dossier.screening.effective_on == p.day("2025-07-25")


def test_r12_another_date_must_be_authorised_first_and_then_is_possible():
    dossier = a.permitted(a.screening_postponed(a.screening_scheduled(a.a_ready())), "2025-07-26")
    to_26 = [NewDay(session_id=p.an_id("A2-1"), held_on=p.day("2025-07-26"))]
    with pytest.raises(DateNotAuthorised) as refused:
        a.reschedule(dossier.screening, to_26, dossier.given, at=p.at("2025-07-18 17:20"))
    assert p.verdict_of(refused).rule == "R12"
    amended, _ = authorising.amend_authorisation(
        dossier.screening, Amendment(dates=(p.day("2025-07-26"),)), dossier.given, at=p.at("2025-07-18 17:30")
    )
    assert amended.authorisation.state is S.AMENDMENT_REQUESTED
    with pytest.raises(NotAuthorised):
        a.reschedule(amended, to_26, dossier.given, at=p.at("2025-07-18 17:40"))
    decision = AuthorisationDecision(granted=True, decided_on=p.day("2025-07-21"), reference="CNC-2025-2")
    granted, _ = authorising.decide_authorisation(amended, decision, at=p.at("2025-07-21 10:00"))
    rescheduled, _ = a.reschedule(granted, to_26, dossier.given, at=p.at("2025-07-21 11:00"))
    assert rescheduled.state is ActionStatus.SCHEDULED


def test_r12_an_amendment_refused_leaves_what_was_granted():
    dossier = a.screening_postponed(a.screening_scheduled(a.a_ready()))
    amended, _ = authorising.amend_authorisation(
        dossier.screening, Amendment(dates=(p.day("2025-08-01"),)), dossier.given, at=p.at("2025-07-19 10:00")
    )
    no = AuthorisationDecision(granted=False, decided_on=p.day("2025-07-21"), reference="CNC-2025-3")
    kept, facts = authorising.decide_authorisation(amended, no, at=p.at("2025-07-21 10:00"))
    assert kept.authorisation.state is S.GRANTED
    assert kept.authorisation.granted_dates == (p.day("2025-07-18"), p.day("2025-07-25"))
    assert p.only(facts, ActionAuthorisationDecided).outcome is S.REFUSED
    assert kept.authorisation.reference == "CNC-2025-1"


def test_the_authorisation_goes_through_its_own_states():
    dossier = a.screening_planned(a.a_funded())
    action = dossier.screening
    decision = AuthorisationDecision(granted=False, decided_on=p.day("2025-06-17"), reference="CNC-0")
    with pytest.raises(NotPossibleInThisState):
        authorising.record_opinion(action, Opinion.RESERVED, p.day("2025-06-10"), at=p.at("2025-06-10 10:00"))
    action, _ = authorising.request_authorisation(action, p.HOLDER.id, (), dossier.given, at=p.at("2025-05-12 10:00"))
    for verb in (
        lambda: authorising.request_authorisation(action, p.HOLDER.id, (), dossier.given, at=p.at("2025-05-12 10:00")),
        lambda: authorising.decide_authorisation(action, decision, at=p.at("2025-06-17 10:00")),
        lambda: authorising.amend_authorisation(
            action, Amendment(dates=(p.day("2025-08-01"),)), dossier.given, at=p.at("2025-06-17 10:00")
        ),
    ):
        with pytest.raises(NotPossibleInThisState):
            verb()
    advised, _ = authorising.record_opinion(
        action, Opinion.UNFAVOURABLE, p.day("2025-06-10"), at=p.at("2025-06-10 10:00")
    )
    refused, _ = authorising.decide_authorisation(advised, decision, at=p.at("2025-06-17 10:00"))
    assert refused.authorisation.state is S.REFUSED
    again, _ = authorising.request_authorisation(refused, p.HOLDER.id, (), dossier.given, at=p.at("2025-06-18 10:00"))
    assert again.authorisation.state is S.REQUESTED


def test_t12_a_public_place_needs_a_permit_on_that_day():
    dossier = a.authorised(a.rights_confirmed(a.screening_planned(a.a_funded())))
    with pytest.raises(PermitMissing):
        a.schedule(dossier.screening, dossier.given, at=SCHEDULED_AT)
    with pytest.raises(PermitMissing):
        a.schedule(a.permitted(dossier, "2025-07-25").screening, dossier.given, at=SCHEDULED_AT)
    dossier = a.screening_postponed(a.screening_scheduled(a.permitted(dossier, "2025-07-18")))
    with pytest.raises(PermitMissing):
        a.screening_rescheduled(dossier)


def test_a_permit_names_a_place_of_the_action_and_its_days():
    dossier = a.screening_planned(a.a_funded())
    permit = Permit(
        id=p.an_id("p"),
        authority_id=p.VILLE,
        place_id=p.an_id("elsewhere"),
        dates=(p.day("2025-07-18"),),
        reference="",
        granted_on=p.day("2025-06-24"),
    )
    with pytest.raises(NoSuchPlace):
        formalities.record_permit(dossier.screening, permit, at=SCHEDULED_AT)
    with pytest.raises(NothingAsked):
        formalities.record_permit(dossier.screening, replace(permit, place_id=p.SQUARE.id, dates=()), at=SCHEDULED_AT)


def test_t12_every_session_has_someone_in_charge_and_a_screening_its_films():
    dossier = a.a_funded()
    with pytest.raises(SessionsIncomplete):
        a.schedule(dossier.workshop, dossier.given, at=SCHEDULED_AT)
    for lacking in ({"responsible": ""}, {"programme": ()}):
        planned = a.screening_planned(dossier, replace(p.SCREENING, **lacking))
        with pytest.raises(SessionsIncomplete):
            a.schedule(planned.screening, planned.given, at=SCHEDULED_AT)


def test_t12_a_closed_site_must_approve_and_asks_for_no_permit():
    dossier = a.a_draft()
    plan = replace(
        p.OPEN_AIR,
        action_type=ActionType.CLOSED_ROOM_SCREENING,
        setting=Setting.CLOSED_SITE,
        site_authority_id=p.an_id("spip"),
    )
    action, _ = agenda.plan(plan, dossier.project, p.HOLDER, action_id=p.an_id("A3"), at=p.at("2024-12-03 10:00"))
    assert action.regime is Regime.NC_PUBLIC_SERVICE
    assert p.an_id("spip") in action.parties
    indoors = replace(p.OPEN_AIR_TERMS, uses=(RightsUse.NON_COMMERCIAL_INDOOR,))
    dossier = a.rights_confirmed(a.screening_planned(a.a_funded().having(screening=action)), indoors)
    for approved in (None, False):
        site = dossier.screening
        if approved is not None:
            no = SiteApproval(
                authority_id=p.an_id("spip"), approved=False, decided_on=p.day("2025-06-01"), restrictions=""
            )
            site, _ = formalities.approve_site(site, no, at=SCHEDULED_AT)
        with pytest.raises(SiteNotApproved):
            a.schedule(site, dossier.given, at=SCHEDULED_AT)
    yes = SiteApproval(
        authority_id=p.an_id("spip"), approved=True, decided_on=p.day("2025-06-01"), restrictions="sans photo"
    )
    site, _ = formalities.approve_site(dossier.screening, yes, at=SCHEDULED_AT)
    assert a.schedule(site, dossier.given, at=SCHEDULED_AT)[0].state is ActionStatus.SCHEDULED
    with pytest.raises(NoClosedSite):
        formalities.approve_site(a.a_ready().screening, yes, at=SCHEDULED_AT)


def test_t15_every_session_put_off_gets_a_day_inside_the_campaign():
    dossier = a.screening_postponed(a.screening_scheduled(a.a_ready()))
    with pytest.raises(SessionsStillPostponed):
        a.reschedule(dossier.screening, [], dossier.given, at=p.at("2025-07-18 17:20"))
    late = [NewDay(session_id=p.an_id("A2-1"), held_on=p.day("2026-01-01"))]
    with pytest.raises(OutsideCampaign):
        a.reschedule(dossier.screening, late, dossier.given, at=p.at("2025-07-18 17:20"))
    extended = replace(dossier.campaign, rules=replace(p.RULES, extension_days=1))
    with pytest.raises(DateNotAuthorised):
        a.reschedule(dossier.screening, late, replace(dossier.given, campaign=extended), at=p.at("2025-07-18 17:20"))


def test_t15_an_action_left_postponed_without_anything_put_off_goes_on_without_a_day():
    """Rows were written so: a session that was put off could be given up, and the action stayed where it was."""
    dossier = a.screening_scheduled(a.a_ready())
    stuck = replace(dossier.screening, state=ActionStatus.POSTPONED, postponed_from=ActionStatus.SCHEDULED)
    action, facts = a.reschedule(stuck, [], dossier.given, at=p.at("2025-07-18 17:20"))
    assert (action.state, action.postponed_from) == (ActionStatus.SCHEDULED, None)
    assert p.only(facts, ActionRescheduled).dates == ()


def test_t17_the_timer_waits_for_the_end_of_the_extension():
    postponed = a.screening_postponed(a.screening_scheduled(a.a_ready())).screening
    extended = replace(a.an_open_campaign(), rules=replace(p.RULES, extension_days=1))
    with pytest.raises(CampaignStillRuns) as refused:
        lifecycle.lapse(postponed, extended, p.FILMS, at=p.at("2026-01-01 23:59"))
    assert refused.value.detail == "The campaign ends on 2026-01-01."
    lapsed, _ = lifecycle.lapse(postponed, extended, p.FILMS, at=p.at("2026-01-02 00:00"))
    assert lapsed.state is ActionStatus.CANCELLED


ENDED = p.at("2026-01-01 00:00")


def three_days(*states: SessionStatus, came_from: ActionStatus = ActionStatus.SCHEDULED) -> Action:
    """Put off an action of three days, of which some may have been held."""
    scheduled = a.screening_scheduled(a.a_ready()).screening
    (one,) = scheduled.sessions
    sessions = tuple(
        replace(one, id=p.an_id(f"day {n}"), state=state, attendance=214 if state is SessionStatus.HELD else None)
        for n, state in enumerate(states)
    )
    return replace(scheduled, sessions=sessions, state=ActionStatus.POSTPONED, postponed_from=came_from)


@pytest.mark.parametrize("came_from", [ActionStatus.SCHEDULED, ActionStatus.IN_PROGRESS])
@pytest.mark.parametrize("second", [SessionStatus.POSTPONED, SessionStatus.PLANNED])
def test_t17_what_was_held_stays_held_when_the_campaign_ends_on_the_rest(
    second: SessionStatus, came_from: ActionStatus
):
    """One whose day is over and that nobody has counted yet may be counted still."""
    before = three_days(SessionStatus.HELD, second, SessionStatus.POSTPONED, came_from=came_from)
    lapsed, facts = lifecycle.lapse(before, a.an_open_campaign(), p.FILMS, at=ENDED)
    given_up = [one for one in lapsed.sessions if one.state is SessionStatus.CANCELLED]
    assert {one.cause for one in given_up} == {Cause.CAMPAIGN_ENDED}
    assert len(given_up) == (2 if second is SessionStatus.POSTPONED else 1)
    assert (lapsed.state, lapsed.postponed_from) == (came_from, None)
    assert [type(one) for one in facts] == [*[ActionSessionCancelled] * len(given_up), ActionRescheduled]
    assert lapsed.version == before.version + len(facts)
    if second is SessionStatus.PLANNED:
        lapsed, _ = agenda.record_attendance(lapsed, p.an_id("day 1"), 60, CountMethod.COUNTED, at=ENDED)
    held, _ = lifecycle.hold(lapsed, None, at=ENDED)
    assert (held.state, held.attendance) == (ActionStatus.HELD, 274 if second is SessionStatus.PLANNED else 214)


def test_t17_an_action_of_which_nothing_else_is_left_is_cancelled():
    before = three_days(SessionStatus.CANCELLED, SessionStatus.POSTPONED, SessionStatus.POSTPONED)
    lapsed, facts = lifecycle.lapse(before, a.an_open_campaign(), p.FILMS, at=ENDED)
    assert (lapsed.state, p.only(facts, ActionCancelled).cause) == (ActionStatus.CANCELLED, Cause.CAMPAIGN_ENDED)


def test_t17_an_action_left_postponed_without_anything_put_off_goes_on():
    lapsed, facts = lifecycle.lapse(three_days(SessionStatus.HELD), a.an_open_campaign(), p.FILMS, at=ENDED)
    assert (lapsed.state, p.only(facts, ActionRescheduled).dates) == (ActionStatus.SCHEDULED, ())


def test_a_film_that_has_not_been_heard_of_is_not_known_here_yet():
    dossier = a.a_funded()
    with pytest.raises(NotKnownHere):
        a.plan_session(
            dossier.screening,
            p.SCREENING,
            replace(dossier.given, films={}),
            session_id=p.an_id("s"),
            new_id=p.new_ids("c"),
            at=p.at("2025-04-28 10:00"),
        )

"""The first lawful day, beside a reader who tries one day after the other until the campaign is over."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from random import Random

import pytest

from actions.domain import agenda, checking
from actions.domain.action import Action
from actions.domain.agenda import SessionPlan
from actions.domain.circumstances import Circumstances
from actions.domain.copies import Booking
from actions.domain.known import Film
from actions.domain.lifecycle import NewDay
from actions.domain.screening import Finding
from actions.domain.unlawful import FallbackNotLater
from common.contracts.actions import ActionType, Regime, Setting, SiteApproval
from common.contracts.catalogue import RightsUse, Visa
from common.contracts.partners import Derogation, Entitlement, EntitlementKind
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p
from tests.unit.actions.test_checking import ASKED, CAMPAIGN, a_refuge, a_situation
from tests.unit.actions.test_school import CALENDAR

CASES, MORE = range(400), range(400, 1300)
"""Of more, only those are tried day by day in which several rules are in the way: there are few."""
HELD = tuple(
    Entitlement(kind=kind, reference="E", valid_from=date(2020, 1, 1), valid_until=date(2030, 12, 31))
    for kind in EntitlementKind
)


def situation(number: int) -> tuple[Action, SessionPlan, Circumstances]:
    """Make up a session that may want a copy that others have, to which a class may come, and that may fall back.

    Its organiser may show films as it does on each day: what it is not, no day mends.
    """
    action, wish, given = a_situation(number)
    chance = Random(number)  # noqa: S311 - cases, not keys
    shown, *others = wish.programme
    copy = replace(p.DCP, film_id=shown.film_id, transit_days=chance.choice([0, 1, 3]))
    bookings = tuple(
        Booking(
            held_on=wish.held_on + timedelta(days=chance.randrange(-5, 20)),
            starts_at=time(20, 0),
            zone=p.PARIS,
            minutes=chance.choice([70, 300]),
            municipality=chance.choice(["86194", "86041"]),
        )
        for _ in range(chance.randrange(8))
    )
    wanted = chance.choice([None, copy.id])
    wish = replace(
        wish,
        starts_at=chance.choice([time(10, 0), time(20, 30)]),
        school_group=chance.random() < 0.5,
        programme=(replace(shown, copy_id=wanted), *others),
        fallback_on=a_refuge(number, wish.held_on)["fallback_on"],
    )
    organiser = replace(given.organiser, entitlements=HELD)
    copies, booked = {copy.id: copy}, {copy.id: bookings}
    return action, wish, replace(given, organiser=organiser, school=CALENDAR, copies=copies, bookings=booked)


def refusing(action: Action, wish: SessionPlan, given: Circumstances) -> Sequence[Finding]:
    judged = agenda.judge_session(action, wish, given, session_id=ASKED)
    return [one for one in judged.findings if one.refusal is not None]


def walk(action: Action, wish: SessionPlan, given: Circumstances) -> tuple[date | None, bool]:
    """Try each later day; tell the first lawful one, and whether something else than a day was in the way before.

    One that is not before the day to fall back to is no plan.
    """
    against, other = refusing(action, wish, given), False
    while against:
        other = other or any(one.verdict.first_lawful_on is None for one in against)
        next_day = wish.held_on + timedelta(days=1)
        if wish.held_on == CAMPAIGN.ends_on or next_day == wish.fallback_on:
            return None, other
        wish = replace(wish, held_on=next_day)
        against = refusing(action, wish, given)
    return wish.held_on, other


def test_the_first_lawful_day_is_the_one_that_trying_each_day_finds():
    found = several = 0
    for number in (*CASES, *MORE):
        action, wish, given = situation(number)
        against = refusing(action, wish, given)
        rules = {one.verdict.rule for one in against}
        if len(rules) < (1 if number in CASES else 2):
            continue
        said = checking.check_session(action, wish, given, session_id=ASKED).first_lawful_on
        first, other = walk(action, wish, given)
        assert said == first or (said is None and other), number
        found += said is not None
        several += len(rules) > 1 and said is not None
    assert found > len(CASES) / 20
    assert several > 3


def test_r01_r20_a_day_that_one_rule_allows_is_not_named_when_the_other_refuses_it():
    """The visa's year is over on a Tuesday, on which there is class at ten; so there is until Saturday."""
    action, wish, given = school_day("2025-09-08", "10:00")
    assert {one.verdict.rule for one in refusing(action, wish, given)} == {"R01", "R20"}
    said = checking.check_session(action, wish, given, session_id=ASKED)
    assert said.first_lawful_on == p.day("2025-09-20")
    assert not refusing(action, replace(wish, held_on=p.day("2025-09-20")), given)


@pytest.mark.parametrize(
    ("in_next_year", "derogation", "first"),
    [(5, None, "2026-01-01"), (6, None, None), (6, "2025-11-01", "2025-11-01"), (6, "2026-02-01", "2026-02-01")],
    ids=["room next year", "none next year", "a derogation this year", "a derogation next year"],
)
def test_r07_the_first_day_on_which_there_is_room_again(in_next_year: int, derogation: str | None, first: str | None):
    action, wish, given = school_day("2025-10-01", "20:30", visa=date(2020, 1, 1))
    action = replace(action, regime=Regime.NC_ASSOCIATION_PAID, price_cents=300)
    days = [*(date(2025, 9, n + 1) for n in range(6)), *(date(2026, 3, n + 1) for n in range(in_next_year))]
    decided = (
        () if derogation is None else (Derogation(reference="D", valid_from=p.day(derogation), valid_until=LATEST),)
    )
    given = replace(
        given,
        paid_elsewhere=tuple(p.a_paid_screening(day, n) for n, day in enumerate(days)),
        organiser=replace(given.organiser, derogations=decided),
        booking=True,
    )
    (against,) = refusing(action, replace(wish, school_group=False), given)
    assert (against.verdict.rule, against.verdict.first_lawful_on) == ("R07", first and p.day(first))


LATEST = date(2027, 12, 31)


def test_r01_no_day_is_named_that_lies_after_the_campaign():
    action, wish, given = school_day("2025-12-20", "20:30", visa=date(2024, 12, 31))
    assert checking.check_session(action, wish, given, session_id=ASKED).first_lawful_on is None
    sooner = replace(given, films={one.id: with_visa(one, date(2024, 12, 30)) for one in given.films.values()})
    assert checking.check_session(action, wish, sooner, session_id=ASKED).first_lawful_on == p.day("2025-12-31")


@pytest.mark.parametrize(
    ("fallback_on", "first"), [("2025-08-01", None), ("2025-08-02", "2025-08-01"), (None, "2025-08-01")]
)
def test_r01_r12_no_day_is_named_that_is_not_before_the_one_to_fall_back_to(fallback_on: str | None, first: str | None):
    """The visa's year is over on 1 August, and the rule says so in any case."""
    action, wish, given = school_day("2025-07-18", "20:30", visa=date(2024, 7, 31))
    wish = replace(wish, school_group=False, fallback_on=p.day(fallback_on) if fallback_on else None)
    said = checking.check_session(action, wish, given, session_id=ASKED)
    assert [one.first_lawful_on for one in said.verdicts if one.blocks == said.verb] == [p.day("2025-08-01")]
    assert said.first_lawful_on == (first and p.day(first))
    first_day = replace(wish, held_on=p.day("2025-08-01"))
    if first is None:
        with pytest.raises(FallbackNotLater):
            refusing(action, first_day, given)
    else:
        assert not refusing(action, first_day, given)


def school_day(on: str, at: str, visa: date = date(2024, 9, 15)) -> tuple[Action, SessionPlan, Circumstances]:
    """Let a class see a film with this visa, in a room."""
    ready = a.a_ready()
    action = replace(
        ready.screening,
        action_type=ActionType.CLOSED_ROOM_SCREENING,
        setting=Setting.INDOORS,
        regime=Regime.NC_FREE,
        sessions=(),
        clearances=(),
    )
    wish = replace(
        p.SCREENING,
        held_on=p.day(on),
        starts_at=time.fromisoformat(at),
        school_group=True,
        programme=p.SCREENING.programme[:1],
        fallback_on=None,
    )
    film = with_visa(p.LINDA, visa)
    return action, wish, replace(ready.given, films={film.id: film}, school=CALENDAR)


def with_visa(film: Film, visa: date) -> Film:
    return replace(film, visas=(Visa(number="150000", issued_on=visa),))


def test_r52_a_day_on_which_rights_begin_is_not_named_when_they_are_for_another_use():
    indoor = replace(
        p.OPEN_AIR_TERMS,
        starts_on=p.day("2025-07-20"),
        ends_on=p.day("2025-07-31"),
        uses=(RightsUse.NON_COMMERCIAL_INDOOR,),
    )
    dossier = a.rights_confirmed(a.screening_planned(a.a_funded()), indoor)
    dossier = a.permitted(a.authorised(dossier))
    assert checking.check_schedule(dossier.screening, dossier.given).first_lawful_on is None


def test_r12_new_days_are_looked_for_until_the_extension_ends():
    dossier = a.screening_postponed(a.screening_scheduled(a.a_ready()))
    days = [NewDay(session_id=p.an_id("A2-1"), held_on=p.day("2025-07-26"))]
    said = checking.check_reschedule(dossier.screening, days, dossier.given)
    assert (said.lawful, said.first_lawful_on) == (False, None)


def test_t12_the_next_day_that_has_a_permit_is_named():
    """The square is lent on the 25th, which is granted as the fallback of the 18th, and on the 26th, which is not."""
    dossier = a.permitted(
        a.authorised(a.rights_confirmed(a.screening_planned(a.a_funded()))), "2025-07-25", "2025-07-26"
    )
    said = checking.check_schedule(dossier.screening, dossier.given)
    (against,) = (one for one in said.verdicts if one.blocks)
    assert (against.rule, against.version, against.code) == ("T12", "2", "permit-missing")
    assert against.reason == (
        "2025-07-18: a permit for Place de Provence is missing (there on: 2025-07-25, 2025-07-26)."
    )
    assert (against.first_lawful_on, said.first_lawful_on) == (p.day("2025-07-25"), p.day("2025-07-25"))


def test_t12_where_no_day_has_a_permit_none_is_named():
    dossier = a.authorised(a.rights_confirmed(a.screening_planned(a.a_funded())))
    said = checking.check_schedule(dossier.screening, dossier.given)
    assert [(one.rule, one.first_lawful_on) for one in said.verdicts if one.blocks] == [("T12", None)]
    assert said.first_lawful_on is None


@pytest.mark.parametrize(("authority", "first"), [("spip", "2025-07-20"), ("another", None)])
def test_t12_the_next_day_that_a_closed_site_has_said_yes_to_is_named(authority: str, first: str | None):
    action, wish, given = school_day("2025-07-18", "20:30", visa=date(2020, 1, 1))
    said_yes = SiteApproval(
        authority_id=p.an_id(authority),
        approved=True,
        decided_on=p.day("2025-06-01"),
        restrictions="",
        dates=(p.day("2025-07-20"),),
    )
    action = replace(action, setting=Setting.CLOSED_SITE, site_authority_id=p.an_id("spip"), site_approval=said_yes)
    action, _ = a.plan_session(
        action,
        replace(wish, school_group=False),
        given,
        session_id=ASKED,
        new_id=p.new_ids("c"),
        at=p.at("2025-04-28 10:00"),
    )
    found = checking.check_schedule(action, given).verdicts
    assert [one.first_lawful_on for one in found if one.rule == "T12"] == [first and p.day(first)]


def test_sessions_of_several_wait_for_the_latest_of_their_days():
    action, wish, given = school_day("2025-09-08", "20:30", visa=date(2023, 1, 1))
    later = replace(p.LINDA, id=p.an_id("later"))
    given = replace(given, films={one.id: with_visa(one, date(2023, 1, 1)) for one in (p.LINDA, later)})
    for film, on in ((p.LINDA, "2025-09-08"), (later, "2025-09-20")):
        shown = replace(wish, held_on=p.day(on), programme=(replace(wish.programme[0], film_id=film.id),))
        action, _ = a.plan_session(
            action, shown, given, session_id=p.an_id(on), new_id=p.new_ids(on), at=p.at("2025-04-28 10:00")
        )
    indoors = replace(
        p.OPEN_AIR_TERMS,
        starts_on=p.day("2025-01-01"),
        ends_on=p.day("2025-12-31"),
        uses=(RightsUse.NON_COMMERCIAL_INDOOR,),
    )
    dossier = a.rights_confirmed(a.a_funded().having(screening=action), indoors)
    visas = {p.LINDA.id: date(2024, 9, 15), later.id: date(2024, 9, 24)}
    corrected = {one.id: with_visa(one, visas[one.id]) for one in given.films.values()}
    said = checking.check_schedule(dossier.screening, replace(given, films=corrected))
    assert {one.rule for one in said.verdicts if one.blocks} == {"R01"}
    assert said.first_lawful_on == p.day("2025-09-25")

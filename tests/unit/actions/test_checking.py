"""A check and its verb say the same, and what is accepted breaks no rule of a naive second reader of the law."""

import calendar
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from functools import partial
from random import Random
from typing import Any

from actions.domain import checking
from actions.domain.action import Action
from actions.domain.agenda import ProgrammePlan, SessionPlan
from actions.domain.checking import Check
from actions.domain.circumstances import Circumstances
from actions.domain.clearance import Clearance
from actions.domain.known import Film, Organisation
from common.contracts.actions import (
    ActionType,
    ClearanceStatus,
    Declaration,
    Regime,
    RightsTerms,
    Setting,
    Under12Outdoors,
)
from common.contracts.catalogue import (
    Classification,
    Consents,
    Dissemination,
    RightsTerritory,
    RightsUse,
    Visa,
    WorkshopFilm,
)
from common.contracts.catalogue import Clearance as Settled
from common.contracts.partners import Derogation, Entitlement, EntitlementKind
from common.errors import DomainError
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p

ASKED = p.an_id("asked")
AT = p.at("2025-04-28 10:00")
CASES = range(10_000)
"""Each case is made by its own number, so that the one that fails can be made again."""
READY, CAMPAIGN = a.a_ready(), a.an_open_campaign()

DEROGATION = Derogation(reference="D", valid_from=date(2024, 1, 1), valid_until=date(2025, 6, 30))
INDOORS = (Regime.COMMERCIAL_CINEMA, Regime.NC_ASSOCIATION_PAID, Regime.NC_CINECLUB, Regime.NC_HERITAGE, Regime.NC_FREE)
OUTDOORS = (Regime.NC_OPEN_AIR, Regime.COMMERCIAL_MOVED)


def a_day(chance: Random, first: date = date(2025, 1, 1)) -> date:
    return first + timedelta(days=chance.randrange((date(2026, 1, 1) - first).days))


def an_entitlement(chance: Random, kind: EntitlementKind) -> Entitlement:
    first = a_day(chance, date(2024, 1, 1))
    until = chance.choice([None, None, first + timedelta(days=chance.randrange(500))])
    return Entitlement(kind=kind, reference="E", valid_from=first, valid_until=until)


def a_film(chance: Random, number: int) -> Film:
    dates = (None, a_day(chance, date(2023, 6, 1)))
    visa = Visa(number="150000", issued_on=chance.choice(dates))
    return Film(
        id=p.an_id(f"film {number}"),
        title="Un film",
        duration_minutes=chance.choice([None, 1, 59, 60, 61, 90]),
        visas=chance.choice([(), (visa,), (visa,)]),
        classification=chance.choice([None, Classification.ALL, *Classification]),
        released_on=chance.choice([None, a_day(chance, date(2023, 6, 1))]),
    )


def made_in_a_workshop(chance: Random) -> WorkshopFilm:
    """Make up where a film was made, how far it is settled to travel, and by how many of ten."""
    counted = Consents(
        **{use: chance.choice([9, 10, 10, 10]) for use in ("restitution_only", "network", "festivals", "internet")},
        identifiable=10,
        in_prison=chance.random() < 0.3,
        administration_reference=chance.choice(["", "DISP-1", "DISP-1"]),
    )
    settled = chance.choice([None, *Dissemination])
    clearance = Settled.PENDING
    if settled is not None:
        clearance = Settled.RESTRICTED if settled in ("none", "restitution_only") else Settled.CLEARED
    return WorkshopFilm(
        project_id=chance.choice([READY.project.id, p.an_id("another project")]),
        action_id=None,
        clearance=clearance,
        dissemination=settled,
        consents=chance.choice([None, counted, counted, counted]),
    )


def agreed_on(chance: Random, film: Film) -> Clearance:
    """Make up what was agreed on a film for the session that is asked for: for how many, if for so many."""
    terms = RightsTerms(
        starts_on=date(2025, 1, 1),
        ends_on=chance.choice([date(2025, 6, 30), date(2025, 12, 31)]),
        uses=chance.choice([(RightsUse.OPEN_AIR,), tuple(RightsUse), tuple(RightsUse)]),
        territories=(RightsTerritory.METROPOLITAN,),
        audience_max=chance.choice([None, 300]),
    )
    state = chance.choice([ClearanceStatus.QUOTED, ClearanceStatus.CONFIRMED, ClearanceStatus.CONFIRMED])
    return Clearance(id=p.an_id(f"clearance {film.id}"), session_id=ASKED, film_id=film.id, state=state, terms=terms)


def an_action(chance: Random, regime: Regime) -> Action:
    outdoors = regime in OUTDOORS
    declaration = Declaration(screen_licence=chance.choice(["", "86-1"]), declared_on=a_day(chance))
    return replace(
        READY.screening,
        action_type=ActionType.OPEN_AIR_SCREENING if outdoors else ActionType.CLOSED_ROOM_SCREENING,
        setting=Setting.OUTDOORS if outdoors else Setting.INDOORS,
        regime=regime,
        price_cents=0 if outdoors else chance.choice([0, 300]),
        access_note=chance.choice(["", "Accès contrôlé"]),
        promotes_a_sale=chance.random() < 0.2,
        commercial_poster=chance.random() < 0.2,
        declaration=chance.choice([None, declaration]),
        sessions=(),
        clearances=(),
    )


def a_situation(number: int) -> tuple[Action, SessionPlan, Circumstances]:
    """Make up an action, a session for it, and what it is judged by."""
    chance = Random(number)  # noqa: S311 - cases, not keys
    films = [a_film(chance, one) for one in range(chance.choice([1, 1, 2]))]
    organiser = replace(
        chance.choice([p.HOLDER, p.CINEMA]),
        closed_on=chance.choice([None, None, a_day(chance)]),
        derogations=chance.choice([(), (DEROGATION,)]),
        entitlements=tuple(an_entitlement(chance, kind) for kind in EntitlementKind if chance.random() < 0.9),
    )
    rules = replace(p.RULES, under_12_outdoors=chance.choice(list(Under12Outdoors)))
    wish = SessionPlan(
        held_on=a_day(chance),
        starts_at=time(20, 30),
        responsible="direction",
        programme=tuple(ProgrammePlan(film_id=film.id) for film in films),
    )
    circumstances = Circumstances(
        campaign=replace(CAMPAIGN, rules=rules),
        films={film.id: film for film in films},
        organiser=organiser,
        paid_elsewhere=tuple(p.a_paid_screening(a_day(chance), n) for n in range(chance.randint(4, 13))),
        booking=True,
    )
    return an_action(chance, chance.choice([*INDOORS, *OUTDOORS, *OUTDOORS])), wish, circumstances


def a_negotiated(number: int) -> tuple[Action, SessionPlan, Circumstances]:
    """Make up besides what others have agreed to: who can be recognised in its films, and who has their rights.

    Some have a day, or a room, to fall back to.
    """
    action, wish, given = a_situation(number)
    chance = Random(f"agreed {number}")  # noqa: S311 - cases, not keys
    films = [
        replace(film, workshop=chance.choice([None, None, made_in_a_workshop(chance)])) for film in given.films.values()
    ]
    return (
        replace(
            action,
            clearances=tuple(agreed_on(chance, film) for film in films if chance.random() < 0.7),
            places=(p.SQUARE, p.ROOM),
        ),
        replace(wish, expected_audience=chance.choice([None, 299, 300, 301]), **a_refuge(number, wish.held_on)),
        replace(given, films={film.id: film for film in films}),
    )


def a_refuge(number: int, held_on: date) -> dict[str, Any]:
    """Make up where a session may go when the storm comes."""
    chance = Random(f"storm {number}")  # noqa: S311 - cases, not keys
    later = held_on + timedelta(days=chance.randint(1, 90))
    return {
        "place_id": p.SQUARE.id,
        "fallback_on": chance.choice([None, None, later if later.year == held_on.year else None]),
        "fallback_place_id": chance.choice([None, None, p.ROOM.id]),
    }


def refused(verb: Callable[[], object]) -> str | None:
    """Name the rule that refuses."""
    try:
        verb()
    except DomainError as error:
        return p.there(error.verdict).rule
    return None


def test_what_a_check_calls_lawful_no_rule_refuses_and_the_other_way_round():
    lawful = 0
    for number in CASES:
        action, wish, given = a_negotiated(number)
        said = checking.check_session(action, wish, given, session_id=ASKED)
        rule = refused(partial(planned, number))
        assert said.lawful is (rule is None), number
        assert rule in {None, *(one.rule for one in said.verdicts if one.blocks == "action.plan_session")}, number
        if rule is None:
            lawful += 1
            require_same_when_announced(planned(number), said, given, number)
    assert len(CASES) / 10 < lawful < len(CASES) * 9 / 10


def planned(number: int) -> Action:
    action, wish, given = a_negotiated(number)
    return a.plan_session(action, wish, given, session_id=ASKED, new_id=p.new_ids("c"), at=AT)[0]


def require_same_when_announced(action: Action, before: Check, given: Circumstances, number: int) -> None:
    """Ask and announce the planned action: what stands in the way is what was foreseen."""
    said = checking.check_schedule(action, given)
    assert said.lawful is (refused(lambda: a.schedule(action, given, at=AT)) is None), number
    foreseen = {(one.rule, one.code) for one in before.verdicts if one.blocks == checking.LATER}
    assert foreseen == {(one.rule, one.code) for one in said.verdicts if one.blocks}, number


# ------------------------------------------------------------------------------------------- the naive reader


def anniversary(day: date, months: int) -> date:
    """Count months on one's fingers: one after the other, and no day that the month lacks."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def against_organiser(regime: str, on: date, organiser: Organisation) -> Sequence[str]:
    """Read who may organise what, by papers that hold on the day; whoever is closed organises nothing anyway (P01)."""
    days = ((one.kind, one.valid_from, one.valid_until or on) for one in organiser.entitlements)
    held = {kind for kind, first, last in days if first <= on <= last}
    recorded = any(one.kind == "operating_licence" for one in organiser.entitlements)
    by_kind = organiser.is_licensed_operator and not recorded
    asked = {"nc_cineclub": "cineclub", "nc_heritage": "heritage"}.get(regime, "operating_licence")
    free = not regime.startswith("commercial") and asked == "operating_licence"
    return [] if free or asked in held or (asked == "operating_licence" and by_kind) else ["R04/R05"]


def against_showing(made: WorkshopFilm, *, own: bool) -> Sequence[str]:
    """Read on one's fingers who may see it: its makers in their own room, else the public."""
    counted, settled = made.consents, made.dissemination
    if settled is None:
        return []
    prison = counted is not None and counted.in_prison
    rule = "R40" if prison else "R39"
    if settled == "none" or (settled == "restitution_only" and not own):
        return [rule]
    if counted is None or (own and not prison):
        return []
    some = [counted.network, counted.festivals, counted.internet, *([counted.restitution_only] if own else [])]
    leave = not prison or counted.administration_reference
    return [] if any(one == 10 for one in some) and leave else [rule]


def r01_r04(action: Action, wish: SessionPlan, given: Circumstances) -> bool:
    """A feature waits a year from its visa, its release where none is dated; a ciné-club's six months indoors.

    A licensed operator's screening is not subject to the delay.
    """
    if action.regime in ("commercial_cinema", "commercial_moved"):
        return False
    club_indoors = action.regime in ("nc_cineclub", "nc_heritage") and action.setting != "outdoors"
    for film in given.films.values():
        dated = [visa.issued_on for visa in film.visas if visa.issued_on is not None]
        first = min(dated) if dated else film.released_on
        has_visa = film.visas or (film.released_on and film.workshop is None)
        waits = has_visa and (film.duration_minutes is None or film.duration_minutes > 60)
        if waits and (first is None or wish.held_on <= anniversary(first, 6 if club_indoors else 12)):
            return True
    return False


def r04_r05(action: Action, wish: SessionPlan, given: Circumstances) -> bool:
    """A commercial screening is a licensed operator's, a ciné-club's or a cinémathèque's of whoever is habilitated."""
    return against_organiser(action.regime or "", wish.held_on, given.organiser) != []


def r07(action: Action, wish: SessionPlan, given: Circumstances) -> bool:
    """An association's seventh paid feature of the year is refused, with a valid derogation the thirteenth."""
    derogates = any(one.valid_from <= wish.held_on <= one.valid_until for one in given.organiser.derogations)
    longest = [film.duration_minutes for film in given.films.values()]
    feature = any(minutes is None or minutes > 60 for minutes in longest)
    number = len(given.paid_elsewhere) + 1
    return action.regime == "nc_association_paid" and feature and number >= (13 if derogates else 7)


def r16(action: Action, _wish: SessionPlan, given: Circumstances) -> bool:
    """No film outdoors that is forbidden under 16 or 18; under 12 where the campaign lets it and access is watched."""
    lets = given.campaign.rules.under_12_outdoors == "with_access_note"
    watched = lets and action.access_note != ""
    classes = {film.classification for film in given.films.values()} - {None, "all"}
    return action.setting == "outdoors" and not classes <= ({"u12"} if watched else set())


def r39_r40(action: Action, _wish: SessionPlan, given: Circumstances) -> bool:
    """A workshop film goes no further than those who can be recognised, and a prison's administration, agreed."""
    made = [film.workshop for film in given.films.values() if film.workshop is not None]
    at_home = action.action_type == "closed_room_screening"  # what was announced for the square has its public inside
    return any(against_showing(one, own=at_home and one.project_id == READY.project.id) for one in made)


def r50(action: Action, _wish: SessionPlan, _given: Circumstances) -> bool:
    """A free screening whose sponsor promotes a product or service is refused."""
    return action.promotes_a_sale and not action.price_cents


def r51(action: Action, _wish: SessionPlan, _given: Circumstances) -> bool:
    """The open air, which is no cinema's, is not announced by the distributor's commercial poster."""
    return action.commercial_poster and action.regime == "nc_open_air"


def p01(_action: Action, wish: SessionPlan, given: Circumstances) -> bool:
    """Whoever organises a session is still there on its day."""
    return given.organiser.closed_on is not None and given.organiser.closed_on < wish.held_on


READER = (p01, r01_r04, r04_r05, r07, r16, r39_r40, r50, r51)


def against(action: Action, wish: SessionPlan, given: Circumstances) -> Sequence[str]:
    """Read the law again as it is worded, without a table, a record or a case: what forbids this for certain."""
    return [rule.__name__ for rule in READER if rule(action, wish, given)]


def test_the_naive_reader_forbids_by_each_rule_and_by_r50_under_every_free_regime():
    """Else it would agree with whoever forgets one: the cases must bring up what it reads."""
    found = [(against(*(one := a_negotiated(number))), one[0]) for number in CASES[:2_000]]
    assert {rule for rules, _ in found for rule in rules} == {rule.__name__ for rule in READER}
    free = {action.regime for rules, action in found if "r50" in rules}
    assert free == {*INDOORS, *OUTDOORS}


def test_no_accepted_plan_breaks_a_rule_of_the_naive_reader():
    for number in CASES:
        action, wish, given = a_negotiated(number)
        said = checking.check_session(action, wish, given, session_id=ASKED)
        assert said.lawful is (against(action, wish, given) == []), (number, against(action, wish, given))


def uncovered(action: Action, wish: SessionPlan, given: Circumstances) -> int:
    """Count the films whose rights nobody can say to cover the session."""
    use = "open_air" if action.setting == "outdoors" else "non_commercial_indoor"
    use = "commercial" if action.regime in ("commercial_cinema", "commercial_moved") else use
    found = 0
    for film in given.films.values():
        mine = [one.terms for one in action.clearances if one.film_id == film.id and one.state == "confirmed"]
        agreed = [one for one in mine if one is not None and wish.held_on <= one.ends_on and use in one.uses]
        seats = [one.audience_max for one in agreed]
        fits = seats in ([None], [300]) and (seats == [None] or wish.expected_audience in (299, 300))
        found += film.workshop is None and not fits
    return found


def test_what_a_check_says_of_rights_the_naive_reader_says_too():
    covered = 0
    for number in CASES:
        action, wish, given = a_negotiated(number)
        said = checking.check_session(action, wish, given, session_id=ASKED)
        blocking = sum(one.rule == "R52" and one.blocks == checking.LATER for one in said.verdicts)
        assert blocking == uncovered(action, wish, given), number
        covered += not blocking
    assert len(CASES) / 10 < covered < len(CASES) * 9 / 10


def test_the_first_lawful_day_of_a_check_is_not_too_early():
    told = 0
    for number in CASES[:4_000]:
        action, wish, given = a_situation(number)
        first = checking.check_session(action, wish, given, session_id=ASKED).first_lawful_on
        if first is None or first > date(2025, 12, 31):
            continue
        told += 1
        assert first > wish.held_on
        before = replace(wish, held_on=first - timedelta(days=1))
        assert not checking.check_session(action, before, given, session_id=ASKED).lawful, number
    assert told > 50

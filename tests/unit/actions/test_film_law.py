"""Film law on one screening: R01 to R05, R14, R16, R50, at their boundaries."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.domain import agenda
from actions.domain.days import months_after
from actions.domain.known import Film
from actions.domain.rules import RULES
from actions.domain.rules.rule import judge
from actions.domain.unlawful import (
    AgeRestrictedOutdoors,
    NotALicensedOperator,
    OpenAirIndoors,
    OpenAirNotFree,
    VisaDateUnknown,
    VisaDelayNotElapsed,
)
from common.contracts.actions import AuthorisationStatus, Cause, Regime, Setting, Under12Outdoors
from common.contracts.catalogue import Classification, FilmVersion, ScreenVersion, Visa, VisaKind
from common.errors import Outcome
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p
from tests.unit.actions import showings
from tests.unit.actions.cases import a_case, against, delay


def a_film(minutes: int | None = 71, visa: str | None = "2024-07-18", **changed) -> Film:
    visas = (Visa(number="150000", issued_on=p.day(visa) if visa else None),)
    film = Film(id=p.an_id("film"), title="Un film", duration_minutes=minutes, visas=visas)
    return replace(film, classification=Classification.ALL, **changed)


def planned(action, plan, given):
    return a.plan_session(
        action, plan, given, session_id=p.an_id("s"), new_id=p.new_ids("c"), at=p.at("2025-04-28 10:00")
    )


@pytest.mark.parametrize(
    ("visa", "on", "first"),
    [
        ("2024-07-18", "2025-07-18", "2025-07-19"),
        ("2024-07-18", "2025-07-19", None),
        ("2024-02-29", "2025-02-28", "2025-03-01"),
        ("2024-02-29", "2025-03-01", None),
        ("2023-12-31", "2024-12-31", "2025-01-01"),
    ],
)
def test_r01_r02_one_year_from_the_visa_then_the_next_day(visa, on, first):
    verdict = delay(a_case(a_film(visa=visa), on))
    assert (verdict and verdict.first_lawful_on) == (first and p.day(first))
    if verdict:
        assert (verdict.rule, verdict.version) == ("R01", "1")
        assert verdict.inputs["counts_from"] == visa


@given(visa=st.dates(date(2010, 1, 1), date(2040, 1, 1)), wait=st.integers(0, 800))
def test_r01_the_first_lawful_day_is_lawful_and_the_one_before_is_not(visa, wait):
    on = date.fromordinal(visa.toordinal() + wait)
    verdict = delay(a_case(a_film(visa=visa.isoformat()), on.isoformat()))
    assert (verdict is None) == (on > months_after(visa, 12))


def test_r01_is_refused_when_the_session_is_planned_with_its_first_lawful_day():
    dossier = a.a_funded()
    young = replace(p.LINDA, visas=(Visa(number="128083", issued_on=p.day("2024-07-18")),))
    given_films = replace(dossier.given, films={**p.FILMS, young.id: young})
    with pytest.raises(VisaDelayNotElapsed) as refused:
        planned(dossier.screening, p.SCREENING, given_films)
    assert refused.value.code == "visa-delay-not-elapsed"
    assert p.verdict_of(refused).first_lawful_on == p.day("2025-07-19")
    later = replace(p.SCREENING, held_on=p.day("2025-07-19"))
    planned(dossier.screening, later, given_films)


@pytest.mark.parametrize(
    ("visas", "released_on", "counts_from"),
    [
        ((Visa(number="1", year=2023),), None, "2023-12-31"),
        ((Visa(number="1", year=2023),), "2023-05-03", "2023-05-03"),
        ((Visa(number="1", year=2023),), "2024-05-03", "2023-12-31"),
        ((Visa(number="1", year=1964), Visa(number="2", issued_on=date(2024, 7, 18))), None, "1964-12-31"),
        ((Visa(number="1", year=2024), Visa(number="2", issued_on=date(2024, 7, 18))), "2024-01-01", "2024-07-18"),
        ((Visa(number="1", year=2023, kind=VisaKind.TEMPORARY),), None, None),
    ],
)
def test_r01_of_a_visa_known_by_its_year_the_delay_counts_from_the_last_day_it_may_be_of(
    visas: tuple[Visa, ...], released_on: str | None, counts_from: str | None
):
    film = a_film(visas=visas, released_on=released_on and p.day(released_on))
    assert film.counts_from == (counts_from and p.day(counts_from))


def test_r01_a_visa_known_by_its_year_is_surely_a_year_old_after_the_next_last_of_december():
    film = a_film(visas=(Visa(number="1", year=2023),))
    assert p.there(delay(a_case(film, "2024-12-31"))).first_lawful_on == p.day("2025-01-01")
    assert delay(a_case(film, "2025-01-01")) is None


def test_r01_counts_from_the_first_of_several_visas():
    film = replace(
        a_film(),
        visas=(Visa(number="2", issued_on=p.day("2025-06-01")), Visa(number="1", issued_on=p.day("2020-01-01"))),
    )
    assert delay(a_case(film, "2025-07-18")) is None


def a_cut(version: FilmVersion, minutes: int | None, cut: str = "") -> ScreenVersion:
    return ScreenVersion(code=version, cut=cut, duration_minutes=minutes)


@pytest.mark.parametrize(
    ("own", "cuts", "version", "minutes"),
    [
        (58, (), None, 58),
        (58, (a_cut(FilmVersion.VO, 61),), FilmVersion.VO, 61),
        (58, (a_cut(FilmVersion.VO, 61),), FilmVersion.VF, 58),
        (58, (a_cut(FilmVersion.VO, 61),), None, 61),
        (58, (a_cut(FilmVersion.VO, None), a_cut(FilmVersion.VO, 61, "longue")), FilmVersion.VO, 61),
        (71, (a_cut(FilmVersion.VO, 52),), FilmVersion.VO, 52),
        (None, (a_cut(FilmVersion.VO, 52),), FilmVersion.VO, 52),
        (None, (a_cut(FilmVersion.VO, 52),), None, None),
    ],
)
def test_a_film_lasts_as_long_as_the_longest_cut_that_may_be_meant(own, cuts, version, minutes):
    assert a_film(own, screen_versions=cuts).minutes_in(version) == minutes


def test_r01_r03_the_length_of_the_version_shown_decides():
    dossier = a.a_funded()
    young = replace(p.LINDA, visas=(Visa(number="128083", issued_on=p.day("2024-07-18")),))
    short = replace(young, screen_versions=(a_cut(FilmVersion.VF, 52),))
    shown, *_ = p.SCREENING.programme
    assert shown.film_id == short.id
    films = replace(dossier.given, films={**p.FILMS, short.id: short})
    dubbed = replace(p.SCREENING, programme=(replace(shown, version=FilmVersion.VF),))
    planned(dossier.screening, dubbed, films)
    with pytest.raises(VisaDelayNotElapsed):
        planned(dossier.screening, replace(dubbed, programme=(replace(shown, version=FilmVersion.VO),)), films)


@pytest.mark.parametrize("kind", [VisaKind.TEMPORARY, VisaKind.EXCEPTIONAL])
def test_r01_a_visa_for_a_while_begins_no_delay(kind):
    early = Visa(number="1", issued_on=p.day("2020-01-01"), kind=kind)
    both = replace(a_film(), visas=(early, *a_film().visas))
    assert p.there(delay(a_case(both, "2025-07-18"))).first_lawful_on == p.day("2025-07-19")
    assert p.there(delay(a_case(replace(a_film(), visas=(early,)), "2025-07-18"))).outcome is Outcome.TO_CLEAR


@pytest.mark.parametrize("kind", [VisaKind.TEMPORARY, VisaKind.EXCEPTIONAL])
def test_r01_a_film_with_nothing_but_a_visa_for_a_while_is_looked_at_unless_it_was_released(kind):
    dossier, early = a.a_funded(), Visa(number="1", issued_on=p.day("2020-01-01"), kind=kind)
    festival = replace(p.LINDA, visas=(early,), released_on=None)
    given_films = replace(dossier.given, films=p.FILMS | {festival.id: festival})
    action, _ = planned(dossier.screening, p.SCREENING, given_films)
    assert ("R01", p.LINDA.id) in {(notice.rule, notice.film_id) for notice in action.notices}
    released = replace(festival, released_on=p.day("2024-07-18"))
    with pytest.raises(VisaDelayNotElapsed):
        planned(dossier.screening, p.SCREENING, replace(dossier.given, films=p.FILMS | {released.id: released}))


def test_r01_takes_the_release_for_a_visa_without_date_and_refuses_when_nothing_is_known():
    film = a_film(visa=None, released_on=p.day("2024-07-18"))
    assert p.there(delay(a_case(film, "2025-07-18"))).first_lawful_on == p.day("2025-07-19")
    assert delay(a_case(film, "2025-07-19")) is None
    unknown = p.there(delay(a_case(a_film(visa=None), "2025-07-19")))
    assert unknown.first_lawful_on is None
    assert VisaDateUnknown.code == "visa-date-unknown"


def test_r01_a_released_film_of_which_no_visa_is_known_waits_from_its_release():
    """As lists of releases bring films in: no film is released without a visa, and its delay ends later at most."""
    released = a_film(visas=(), released_on=p.day("2025-06-01"))
    verdict = p.there(delay(a_case(released, "2025-07-01", Regime.NC_FREE)))
    assert (verdict.rule, verdict.outcome, verdict.first_lawful_on) == ("R01", Outcome.REFUSED, p.day("2026-06-02"))
    assert delay(a_case(released, "2026-06-02", Regime.NC_FREE)) is None
    shown = replace(showings.a_film(None), released_on=p.day("2025-06-01"))
    assert not shown.has_visa, "what a workshop has shown needed none"
    dossier, film = a.a_funded(), replace(p.LINDA, visas=(), released_on=p.day("2025-06-01"))
    with pytest.raises(VisaDelayNotElapsed):
        planned(dossier.screening, p.SCREENING, replace(dossier.given, films=p.FILMS | {film.id: film}))


def test_r01_a_film_whose_visa_nobody_knows_is_to_be_cleared_and_a_workshop_film_has_none():
    unknown = p.there(delay(a_case(replace(a_film(), visas=()), "2025-07-18")))
    assert (unknown.rule, unknown.outcome, unknown.first_lawful_on) == ("R01", Outcome.TO_CLEAR, None)
    assert delay(a_case(replace(a_film(), visas=()), "2025-07-18", workshop_film=True)) is None


def test_a_workshop_film_that_got_a_visa_or_a_classification_is_judged_by_it():
    young = a_case(a_film(), "2025-07-18", workshop_film=True)
    assert p.there(delay(young)).outcome is Outcome.REFUSED
    assert against("R16", replace(young, classification=None)) is None
    assert p.there(against("R16", replace(young, classification=Classification.U16))).outcome is Outcome.REFUSED


def test_r01_nobody_derogates_indoors_either():
    for one in (Regime.NC_FREE, Regime.NC_PUBLIC_SERVICE, Regime.NC_ASSOCIATION_PAID):
        assert p.there(delay(a_case(a_film(), "2025-07-18", one))).rule == "R01"


@pytest.mark.parametrize(
    ("minutes", "delayed", "to_look_at"),
    [(59, False, False), (60, False, True), (61, True, False), (None, True, True)],
)
def test_r03_fifty_nine_sixty_and_sixty_one_minutes_outdoors(minutes, delayed, to_look_at):
    one = a_case(a_film(minutes), "2025-07-18")
    assert (delay(one) is not None) == delayed
    assert (against("R03", one) is not None) == to_look_at


def test_r03_a_workshop_film_of_unknown_length_is_taken_for_a_feature_and_that_is_said():
    """R08 asks for the CNC's leave for it: whoever plans it is told that the length is what is missing."""
    one = a_case(replace(a_film(None), visas=()), workshop_film=True, authorisation=AuthorisationStatus.TO_REQUEST)
    said = p.there(against("R03", one))
    assert (said.version, said.outcome) == ("2", Outcome.TO_CLEAR)
    assert said.reason == "Un film lasts for how long nobody knows: the coordination settles what it is."
    assert p.there(against("R08", one)).outcome is Outcome.TO_CLEAR
    for known in (replace(one, duration_minutes=40), replace(one, outdoors=False)):
        assert against("R03", known) is None
        assert against("R08", known) is None
    (first,) = (rule for rule in RULES if (rule.id, rule.version) == ("R03", "1"))
    assert judge(first, one) is None


def test_r03_what_is_to_be_looked_at_goes_with_its_session_and_with_its_film():
    sixty = a.a_funded().having(films=p.lasting(p.LINDA, 60))
    dossier = a.screening_planned(sixty, replace(p.SCREENING, programme=p.SCREENING.programme[:1]))
    notice = p.there(next(iter(dossier.screening.notices), None))
    session_id = dossier.screening.sessions[0].id
    assert (notice.rule, notice.film_id, notice.session_id) == ("R03", p.LINDA.id, session_id)
    longer = a.permitted(a.authorised(a.rights_confirmed(dossier.having(films=p.lasting(p.LINDA, 62)))))
    assert a.screening_scheduled(longer).screening.notices == ()
    cancelled, _ = agenda.cancel_session(
        dossier.screening, session_id, Cause.WEATHER, dossier.films, at=p.at("2025-07-18 10:00")
    )
    assert cancelled.notices == ()


@pytest.mark.parametrize(
    ("minutes", "state", "notices"),
    [
        (59, AuthorisationStatus.NOT_REQUIRED, []),
        (60, AuthorisationStatus.NOT_REQUIRED, ["R03"]),
        (61, AuthorisationStatus.TO_REQUEST, []),
    ],
)
def test_r03_says_whether_the_cnc_must_be_asked(minutes, state, notices):
    dossier = a.a_funded()
    films = {**p.FILMS, p.LINDA.id: replace(p.LINDA, duration_minutes=minutes)}
    action, _ = planned(dossier.screening, p.SCREENING, replace(dossier.given, films=films))
    assert action.authorisation.state is state
    assert [notice.rule for notice in action.notices] == notices


@pytest.mark.parametrize(
    ("visa", "on", "one", "first"),
    [
        ("2025-01-18", "2025-07-18", Regime.NC_CINECLUB, "2025-07-19"),
        ("2025-01-18", "2025-07-19", Regime.NC_CINECLUB, None),
        ("2024-08-31", "2025-02-28", Regime.NC_HERITAGE, "2025-03-01"),
        ("2024-08-31", "2025-03-01", Regime.NC_HERITAGE, None),
    ],
)
def test_r04_a_cineclub_waits_six_months_indoors(visa, on, one, first):
    verdict = delay(a_case(a_film(visa=visa), on, one))
    assert (verdict and (verdict.rule, verdict.first_lawful_on)) == (first and ("R04", p.day(first)))


def test_r04_the_same_cineclub_waits_one_year_outdoors():
    one = a_case(a_film(visa="2025-01-18"), "2025-07-19", Regime.NC_CINECLUB, outdoors=True)
    verdict = p.there(delay(one))
    assert (verdict.rule, verdict.first_lawful_on) == ("R01", p.day("2026-01-19"))


@pytest.mark.parametrize("one", [Regime.COMMERCIAL_CINEMA, Regime.COMMERCIAL_MOVED])
def test_r05_a_licensed_operator_does_not_wait_and_nobody_else_is_commercial(one):
    licensed = a_case(a_film(), "2024-07-19", one, licensed_operator=True)
    assert delay(licensed) is None
    assert against("R05", licensed) is None
    assert p.there(against("R05", replace(licensed, licensed_operator=False))).rule == "R05"


def test_r05_a_moved_screening_needs_no_authorisation_and_an_unlicensed_one_is_refused():
    dossier = a.a_draft()
    plan = replace(p.OPEN_AIR, regime=Regime.COMMERCIAL_MOVED)
    moved, _ = agenda.plan(plan, dossier.project, p.CINEMA, action_id=p.an_id("A3"), at=p.at("2024-12-03 10:00"))
    with_operator = replace(dossier.given, organiser=p.CINEMA)
    action, _ = planned(moved, p.SCREENING, with_operator)
    assert action.authorisation.state is AuthorisationStatus.NOT_REQUIRED
    with pytest.raises(NotALicensedOperator):
        planned(moved, p.SCREENING, dossier.given)


@pytest.mark.parametrize(("price", "refused"), [(0, False), (1, True), (500, True)])
def test_r14_an_open_air_screening_is_free(price, refused):
    dossier = a.a_draft()
    plan = replace(p.OPEN_AIR, price_cents=price)
    if not refused:
        agenda.plan(plan, dossier.project, p.HOLDER, action_id=p.an_id("x"), at=p.at("2025-01-06 10:00"))
        return
    with pytest.raises(OpenAirNotFree) as error:
        agenda.plan(plan, dossier.project, p.HOLDER, action_id=p.an_id("x"), at=p.at("2025-01-06 10:00"))
    assert [(one.pointer, one.rule) for one in error.value.errors] == [("/price", "R14")]
    assert p.verdict_of(error).inputs == {"price_cents": price}


@pytest.mark.parametrize("one", Regime)
@pytest.mark.parametrize("free", [True, False])
def test_r50_a_free_screening_promotes_nothing_under_whichever_regime(one, free):
    case = a_case(regime=one, free_of_charge=free, promotes_a_sale=True)
    assert (against("R50", case) is not None) is free
    assert against("R50", replace(case, promotes_a_sale=False)) is None


def test_r50_what_the_first_version_said_of_three_regimes_it_says_again():
    (first,) = (rule for rule in RULES if (rule.id, rule.version) == ("R50", "1"))
    cases = [a_case(regime=one, promotes_a_sale=True) for one in Regime]
    said = {case.regime for case in cases if (verdict := judge(first, case)) and verdict.outcome is Outcome.REFUSED}
    assert said == {Regime.NC_FREE, Regime.NC_OPEN_AIR, Regime.NC_PUBLIC_SERVICE}


def test_an_open_air_screening_is_not_indoors():
    with pytest.raises(OpenAirIndoors):
        agenda.plan(
            replace(p.OPEN_AIR, setting=Setting.INDOORS),
            a.a_draft().project,
            p.HOLDER,
            action_id=p.an_id("x"),
            at=p.at("2025-01-06 10:00"),
        )


@pytest.mark.parametrize(
    ("classification", "under_12", "note", "refused"),
    [
        (Classification.ALL, Under12Outdoors.REFUSED, "", None),
        (Classification.U12, Under12Outdoors.REFUSED, "accès filtré", Outcome.REFUSED),
        (Classification.U12, Under12Outdoors.WITH_ACCESS_NOTE, "", Outcome.REFUSED),
        (Classification.U12, Under12Outdoors.WITH_ACCESS_NOTE, "accès filtré", None),
        (Classification.U16, Under12Outdoors.WITH_ACCESS_NOTE, "accès filtré", Outcome.REFUSED),
        (Classification.U18, Under12Outdoors.WITH_ACCESS_NOTE, "accès filtré", Outcome.REFUSED),
        (Classification.U18_X, Under12Outdoors.WITH_ACCESS_NOTE, "accès filtré", Outcome.REFUSED),
        (None, Under12Outdoors.REFUSED, "", Outcome.TO_CLEAR),
    ],
)
def test_r16_ages_in_the_open_air(classification, under_12, note, refused):
    film = replace(a_film(), classification=classification)
    one = a_case(film, "2025-07-19", under_12_outdoors=under_12, access_note=bool(note))
    verdict = against("R16", one)
    assert (verdict and verdict.outcome) == refused
    assert against("R16", replace(one, outdoors=False)) is None


def test_r16_is_refused_when_the_session_is_planned():
    dossier = a.a_funded()
    films = {**p.FILMS, p.LINDA.id: replace(p.LINDA, classification=Classification.U12)}
    with pytest.raises(AgeRestrictedOutdoors):
        planned(dossier.screening, p.SCREENING, replace(dossier.given, films=films))

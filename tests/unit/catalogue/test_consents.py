"""How far a workshop film may travel by what its makers agreed to (R39), and what a prison asks besides (R40)."""

from dataclasses import replace
from datetime import date

import pytest

from catalogue.domain import consents, law
from catalogue.domain.consents import ConsentsDoNotAdd, ConsentsMissing
from catalogue.domain.film import Film, NotAWorkshopFilm, NothingToChange
from common.contracts.catalogue import Clearance, Consents, Dissemination, RestrictionCause
from common.errors import Outcome
from tests.unit.catalogue.films import NOON, UNSETTLED, a_film

TEN = Consents(identifiable=10, network=10, festivals=10, internet=9)
PRISON = Consents(identifiable=4, restitution_only=4, network=4, in_prison=True, administration_reference="DISP-1")


def counted(agreed: Consents) -> Film:
    return a_film(workshop=UNSETTLED).count_consents(agreed, at=NOON)[0]


def shown(film: Film, wanted: Dissemination) -> object:
    """Have the film shown this far, by the verb that does."""
    if wanted in {Dissemination.NONE, Dissemination.RESTITUTION_ONLY}:
        return film.restrict(wanted, RestrictionCause.CONSENT_MISSING, at=NOON)
    return film.clear(wanted, at=NOON)


def refusal(film: Film, wanted: Dissemination) -> str:
    with pytest.raises(ConsentsMissing) as refused:
        shown(film, wanted)
    verdict = refused.value.verdict
    assert verdict is not None
    assert verdict.inputs["dissemination"] == wanted
    return verdict.rule


def test_r39_nine_consents_of_ten_do_not_reach_the_internet():
    assert refusal(counted(TEN), Dissemination.INTERNET) == "R39"
    film, _ = counted(replace(TEN, internet=10)).clear(Dissemination.INTERNET, at=NOON)
    assert film.workshop is not None
    assert film.workshop.clearance is Clearance.CLEARED


def test_r39_what_nobody_has_counted_travels_nowhere():
    assert refusal(a_film(workshop=UNSETTLED), Dissemination.NETWORK) == "R39"


def test_r39_those_who_made_it_may_always_see_it():
    film, _ = counted(TEN).restrict(Dissemination.RESTITUTION_ONLY, RestrictionCause.CONSENT_MISSING, at=NOON)
    assert film.workshop is not None
    assert film.workshop.dissemination is Dissemination.RESTITUTION_ONLY


def test_r39_changed_in_may_is_not_what_april_is_judged_by(monkeypatch: pytest.MonkeyPatch):
    """A change of the law is a new record: the old one gets its last day, and judges as it did."""
    now = law.newest("R39")
    until_april = replace(now, valid_until=date(2025, 4, 30))
    milder = replace(
        now,
        version="3",
        valid_from=date(2025, 5, 1),
        sets={"without_consents": ("none", "restitution_only", "network")},
    )
    monkeypatch.setattr(law, "RULES", (until_april, milder))
    asked = Dissemination.NETWORK
    april, may, missing = date(2025, 4, 30), date(2025, 5, 1), replace(TEN, network=9, festivals=9)
    verdict = consents.against(missing, asked, april)
    assert verdict is not None
    assert (verdict.rule, verdict.version) == ("R39", "2")
    assert consents.against(missing, asked, may) is None
    internet = consents.against(missing, Dissemination.INTERNET, may)
    assert internet is not None
    assert internet.version == "3"


def test_r40_where_no_version_is_in_force_nobody_says_yes():
    verdict = consents.against(PRISON, Dissemination.NETWORK, date(2001, 1, 1))
    assert verdict is not None
    assert (verdict.rule, verdict.version, verdict.outcome) == ("R40", "", Outcome.TO_CLEAR)


def test_r39_a_film_in_which_nobody_can_be_recognised_travels():
    assert counted(Consents(identifiable=0)).clear(Dissemination.INTERNET, at=NOON)


@pytest.mark.parametrize(
    "missing", [{"restitution_only": 3, "network": 3}, {"administration_reference": ""}], ids=["a consent", "the leave"]
)
def test_r40_a_film_made_in_prison_is_shown_to_nobody_before_all_is_there(missing):
    assert refusal(counted(replace(PRISON, **missing)), Dissemination.RESTITUTION_ONLY) == "R40"
    assert counted(replace(PRISON, **missing)).restrict(Dissemination.NONE, RestrictionCause.ADMINISTRATION, at=NOON)


def test_r40_with_every_consent_and_the_leave_it_travels_as_far_as_they_agreed():
    assert counted(PRISON).clear(Dissemination.NETWORK, at=NOON)
    assert refusal(counted(PRISON), Dissemination.FESTIVALS) == "R40"


NINE = Consents(identifiable=9, internet=9)
"""Who shows it agreed to the furthest, and the nearer uses were not asked for on paper."""


@pytest.mark.parametrize("wanted", [Dissemination.NETWORK, Dissemination.FESTIVALS, Dissemination.INTERNET])
def test_r39_who_agreed_to_be_seen_far_away_agreed_to_be_seen_nearer(wanted):
    """As `actions` judges the sessions of the film."""
    assert counted(NINE).clear(wanted, at=NOON)


def test_r39_who_agreed_to_be_seen_nearby_did_not_agree_to_further():
    assert refusal(counted(Consents(identifiable=9, network=9)), Dissemination.FESTIVALS) == "R39"


def test_r40_who_agreed_to_be_seen_far_away_agreed_to_be_seen_nearer():
    agreed = replace(NINE, in_prison=True, administration_reference="DISP-1")
    assert counted(agreed).restrict(Dissemination.RESTITUTION_ONLY, RestrictionCause.ADMINISTRATION, at=NOON)


@pytest.mark.parametrize(("rule_id", "in_prison"), [("R39", False), ("R40", True)])
def test_a_verdict_of_the_version_before_says_what_it_said(rule_id, in_prison):
    before, now = law.versions(rule_id)
    agreed = replace(NINE, in_prison=in_prison, administration_reference="DISP-1")
    verdict = consents.by(before, agreed, Dissemination.NETWORK)
    assert verdict is not None
    assert (verdict.version, verdict.reason[:6]) == ("1", "0 of 9")
    assert consents.by(now, agreed, Dissemination.NETWORK) is None


def test_counts_that_cannot_be_are_refused_each_by_name():
    with pytest.raises(ConsentsDoNotAdd) as refused:
        counted(Consents(identifiable=3, network=4, internet=5))
    assert [one.pointer for one in refused.value.errors] == ["/network", "/internet"]


def test_counting_alike_is_no_fact_and_other_films_have_no_consents():
    with pytest.raises(NothingToChange):
        counted(TEN).count_consents(TEN, at=NOON)
    with pytest.raises(NotAWorkshopFilm):
        a_film().count_consents(TEN, at=NOON)

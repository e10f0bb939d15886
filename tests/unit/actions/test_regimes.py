"""The legal regime of a screening (L01): named where nobody says it, refused where the law has no such."""

from dataclasses import replace

import pytest

from actions.domain.known import Organisation
from actions.domain.regimes import regime
from actions.domain.rules import in_force
from actions.domain.unlawful import RegimeContradicts
from common.contracts.actions import ActionType, Regime, Setting
from tests.unit.actions import pieces as p
from tests.unit.actions.test_verdicts import again, kept


@pytest.mark.parametrize(
    ("kind", "setting", "licensed", "price", "found"),
    [
        (ActionType.OPEN_AIR_SCREENING, Setting.OUTDOORS, False, 0, Regime.NC_OPEN_AIR),
        (ActionType.OPEN_AIR_SCREENING, Setting.CLOSED_SITE, False, 0, Regime.NC_OPEN_AIR),
        (ActionType.SPECIAL_SCREENING, Setting.OUTDOORS, True, 0, Regime.COMMERCIAL_MOVED),
        (ActionType.SPECIAL_SCREENING, Setting.INDOORS, True, 400, Regime.COMMERCIAL_CINEMA),
        (ActionType.SPECIAL_SCREENING, Setting.INDOORS, False, 400, Regime.NC_ASSOCIATION_PAID),
        (ActionType.SPECIAL_SCREENING, Setting.INDOORS, False, 0, Regime.NC_FREE),
        (ActionType.CLOSED_ROOM_SCREENING, Setting.CLOSED_SITE, False, 0, Regime.NC_PUBLIC_SERVICE),
        (ActionType.PROGRAMMING_WORKSHOP, Setting.OUTDOORS, False, 0, None),
    ],
)
def test_l01_the_regime_follows_from_what_the_holder_says(kind, setting, licensed, price, found):
    """An association says it: who else sells seats in a room is asked in `test_paid_years`."""
    wish = replace(p.OPEN_AIR, action_type=kind, setting=setting, price_cents=price, regime=None)
    organiser = replace(p.HOLDER, is_licensed_operator=licensed, is_public=False, is_association=True)
    assert regime(wish, organiser, p.day("2024-10-15")) is found


def test_l01_what_is_presumed_is_lawful_for_somebody_and_said_before_the_first_version_too():
    rule = p.there(in_force("L01", p.day("2024-10-15")))
    presumed = {name: values for name, values in rule.sets.items() if name.startswith("presumed")}
    assert all(
        set(values) <= set(rule.sets["outdoors" if "outdoors" in name else "indoors"])
        for name, values in presumed.items()
    )
    wish = replace(p.OPEN_AIR, regime=None)
    assert in_force("L01", p.day("2009-01-01")) is None
    assert regime(wish, p.HOLDER, p.day("2009-01-01")) is Regime.NC_OPEN_AIR


@pytest.mark.parametrize("said", Regime)
@pytest.mark.parametrize("setting", Setting)
@pytest.mark.parametrize("price", [0, 300])
@pytest.mark.parametrize("organiser", [p.HOLDER, p.CINEMA, replace(p.HOLDER, is_public=True, is_association=False)])
def test_l01_a_regime_that_the_law_has_is_taken_and_no_other_and_its_verdict_replays(said, setting, price, organiser):
    wish = replace(
        p.OPEN_AIR, action_type=ActionType.SPECIAL_SCREENING, setting=setting, price_cents=price, regime=said
    )
    lawful = lawful_regimes(setting == Setting.OUTDOORS, setting == Setting.CLOSED_SITE, price > 0, organiser)
    if said in lawful:
        assert regime(wish, organiser, p.day("2024-10-15")) is said
        return
    with pytest.raises(RegimeContradicts) as refused:
        regime(wish, organiser, p.day("2024-10-15"))
    verdict = p.verdict_of(refused)
    assert (verdict.rule, refused.value.errors[0].pointer) == ("L01", "/regime")
    assert again(p.there(in_force("L01", p.day("2024-10-15"))), kept(verdict)) == verdict


def lawful_regimes(outside: bool, closed_site: bool, paid: bool, organiser: Organisation) -> set[str]:
    """List by hand what the articles have for such a screening."""
    if outside:
        return {"nc_open_air", "commercial_moved"}
    lawful = {"commercial_cinema", "commercial_moved", "nc_cineclub", "nc_heritage"}
    lawful |= set() if paid else {"nc_free"}
    lawful |= {"nc_association_paid"} if paid and organiser.is_association else set()
    return lawful | ({"nc_public_service"} if organiser.is_public or closed_site else set())

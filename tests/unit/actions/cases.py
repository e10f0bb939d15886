"""Cases of film law: one film, one day, one regime, everything else in order; and what rules say of them."""

from dataclasses import replace
from typing import Any

from actions.domain.known import Film
from actions.domain.rules import judged, rights
from actions.domain.rules.case import Case
from common.contracts.actions import AuthorisationStatus, Regime, RightsTerms, Support, Under12Outdoors
from common.contracts.catalogue import RightsTerritory
from common.errors import Outcome, Verdict
from tests.unit.actions import pieces as p

OUTDOORS = {Regime.NC_OPEN_AIR, Regime.COMMERCIAL_MOVED}


def a_case(
    film: Film = p.LINDA,
    on: str = "2025-07-18",
    regime: Regime = Regime.NC_OPEN_AIR,
    terms: RightsTerms | None = p.OPEN_AIR_TERMS,
    **changed: Any,
) -> Case:
    outdoors = changed.get("outdoors", regime in OUTDOORS)
    one = Case(
        on=p.day(on),
        regime=regime,
        outdoors=outdoors,
        organiser_id=p.HOLDER.id,
        licensed_operator=False,
        habilitated=True,
        municipality=p.SQUARE.municipality,
        place_id=p.SQUARE.id,
        place_label=p.SQUARE.label,
        under_12_outdoors=Under12Outdoors.REFUSED,
        access_note=False,
        free_of_charge=True,
        promotes_a_sale=False,
        commercial_poster=False,
        paid_sessions_besides=0,
        derogation=False,
        room_from=None,
        declared_on=None,
        declared_for_all=False,
        screen_licence=None,
        film_id=film.id,
        film_title=film.title,
        duration_minutes=film.duration_minutes,
        workshop_film=film.workshop is not None,
        has_visa=film.has_visa,
        counts_from=film.counts_from,
        classification=film.classification_on(p.day(on)),
        request_by=None,
        requested_on=None,
        authorisation=AuthorisationStatus.GRANTED,
        authorised_organiser_id=p.HOLDER.id,
        authorised_municipalities=(p.SQUARE.municipality,),
        authorised_place_ids=(p.SQUARE.id,),
        authorised_film_ids=(film.id,),
        authorised_on=(p.day(on),),
        authorised_days=(p.day(on),),
        use=rights.use_of(regime, outdoors=outdoors),
        territory=RightsTerritory.METROPOLITAN,
        film_version=None,
        support=Support.DCP,
        rights_confirmed=terms is not None,
        rights_from=terms.starts_on if terms else None,
        rights_until=terms.ends_on if terms else None,
        rights_uses=terms.uses if terms else (),
        rights_territories=terms.territories if terms else (),
        rights_versions=terms.versions if terms else (),
        offer_withdrawn=False,
        expected_audience=None,
        audience_max=terms.audience_max if terms else None,
    )
    return replace(one, **changed)


def against(rule: str, case: Case) -> Verdict | None:
    """Ask a rule what it has against a case; nothing where it allows it, or where it does not concern it."""
    verdict = judged(rule, case.on, case)
    return None if verdict is None or verdict.outcome is Outcome.ALLOWED else verdict


def delay(case: Case) -> Verdict | None:
    """Ask the rule on delays that concerns the case."""
    said = [verdict for rule in ("R01", "R04") if (verdict := judged(rule, case.on, case)) is not None]
    assert len(said) <= 1, said
    return next((verdict for verdict in said if verdict.outcome is not Outcome.ALLOWED), None)

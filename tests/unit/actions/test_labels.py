"""French sentences are French: no word of the contracts' own stands in one, and every word has its label."""

import re
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from itertools import product

import pytest
from hypothesis import given

from actions.domain import labels, states
from actions.domain.refusals import NotPossibleInThisState
from actions.domain.rules import counting
from actions.domain.rules import filing as rules
from actions.domain.rules.registry import judged
from actions.domain.rules.rule import judge
from common.contracts.actions import (
    ActionType,
    Companion,
    CountMethod,
    Dimension,
    LineStatus,
    PaymentStage,
    ProjectStatus,
    Regime,
    Under12Outdoors,
)
from common.contracts.catalogue import Classification, RightsUse
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p
from tests.unit.actions.cases import a_case
from tests.unit.actions.test_verdicts import CASES, ON_CASES

CODE = re.compile(r"\b[a-z0-9]+[_.][a-z]\w*|\bu1[268]\b")
"""A word that only a program says: `pay_line`, `action.schedule`, `u12`."""

TABLES = {name: table for name, table in vars(labels).items() if isinstance(table, Mapping) and name.isupper()}


@pytest.mark.parametrize("name", [name for name in TABLES if name not in {"CIRCUITS", "STATES", "VERBS"}])
def test_every_word_of_a_vocabulary_has_its_label(name):
    vocabulary = {type(word) for word in TABLES[name] if word is not None}
    (kind,) = vocabulary
    assert issubclass(kind, StrEnum)
    assert {word for word in TABLES[name] if word is not None} == set(kind)


def test_what_a_state_does_not_allow_is_said_without_a_program_s_word():
    nouns = {"campaign": states.C, "project": states.P, "action": states.A, "report": states.R}
    said = [
        because[1]
        for verb in states.POSSIBLE
        for state, project in product(nouns[verb.partition(".")[0]], (*ProjectStatus, None))
        if (because := states.possible(verb, state, project)) is not None
    ]
    assert [one for one in said if CODE.search(one)] == []
    assert "L’action est « en cours » ; programmer l’action demande « prévue »." in said


@given(case=CASES)
def test_a_rule_says_why_without_a_program_s_word(case):
    named = replace(case, film_title="Linda", place_label="Place de Provence", municipality="86194")
    found = [verdict.raison for rule in ON_CASES if (verdict := judge(rule, named)) is not None]
    assert [one for one in found if CODE.search(one)] == []


def test_r16_a_note_on_access_is_asked_for_where_it_would_make_the_screening_lawful():
    case = a_case(classification=Classification.U12, under_12_outdoors=Under12Outdoors.WITH_ACCESS_NOTE)
    refused, strict = (
        p.there(judged("R16", case.on, one))
        for one in (case, a_case(classification=Classification.U12, under_12_outdoors=Under12Outdoors.REFUSED))
    )
    wanted = "est interdit aux moins de 12 ans : il manque une note sur le contrôle d’accès."
    assert refused.raison.endswith(wanted)
    assert refused.reason.endswith("is classified u12: a note on controlled access lacks.")
    assert strict.raison.endswith("est interdit aux moins de 12 ans.")


def test_rules_on_a_file_and_its_report_name_what_lacks_in_french():
    today = p.day("2025-02-05")
    triad = p.there(rules.triad(p.TRIAD[:1], today))
    assert triad.raison == "Il manque : acteur culturel, collectivité."
    alone = p.there(rules.open_air_company([(ActionType.OPEN_AIR_SCREENING, today)], Companion.ANY, today))
    assert alone.raison == (
        "La séance en plein air n’est accompagnée de rien (demandé : atelier, rencontre ou restitution)."
    )
    one = p.breakdown(Dimension.AGE_BAND, CountMethod.COUNTED, under_12=1)
    assert p.there(counting.breakdown(one, 2, today)).raison == "Par tranche d’âge, le bilan compte 1 sur 2."


def test_r52_the_use_and_the_regime_are_named_in_french():
    case = a_case(rights_uses=(RightsUse.NON_COMMERCIAL_INDOOR,))
    assert p.there(judged("R52", case.on, case)).raison.endswith("usage en plein air non couvert.")
    cinema = a_case(regime=Regime.COMMERCIAL_MOVED, licensed_operator=False)
    assert "« séance commerciale déplacée »" in p.there(judged("R05", cinema.on, cinema)).raison


def test_a_line_says_in_french_what_is_not_possible():
    dossier = a.a_validated()
    with pytest.raises(NotPossibleInThisState) as refused:
        a.paid(dossier, p.DRAC, 1, "2025-03-26", PaymentStage.BALANCE)
    said = f"La ligne de financement est « {labels.LINES[LineStatus.REQUESTED]} » ; payer le solde n’est pas possible."
    assert refused.value.precision == said

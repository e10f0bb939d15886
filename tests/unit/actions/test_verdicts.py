"""Verdicts as values: a rule says the same again by what its verdict keeps, and nothing by anything else (ADR 0034)."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.domain import screening
from actions.domain.rules import RULES, Rule, in_force, judged
from actions.domain.rules.case import Case
from actions.domain.rules.rule import judge, looked_at, say
from common.contracts.actions import ClosedCircuit
from common.contracts.rules import SINCE
from common.errors import Outcome, Verdict
from tests.unit.actions import dossiers as a
from tests.unit.actions import pieces as p
from tests.unit.actions.cases import a_case
from tests.unit.actions.test_rules import ALONE

ON_CASES = [rule for rule in RULES if rule.ask is not None and rule.id not in ALONE]
DAYS = ("counts_from", "rights_from", "rights_until", "declared_on", "request_by", "requested_on", "room_from")
CASES = st.builds(
    Case,
    **{
        name: st.from_type(kind)
        for name, kind in get_type_hints(Case).items()
        if name not in {*DAYS, "on", "duration_minutes", "paid_sessions_besides"}
    },
    on=st.dates(date(2009, 10, 26), date(2040, 1, 1)),
    **dict.fromkeys(DAYS, st.none() | st.dates(date(2005, 1, 1), date(2040, 1, 1))),
    paid_sessions_besides=st.integers(0, 15),
    duration_minutes=st.none() | st.integers(1, 240),
)


def kept(verdict: Verdict) -> Mapping[str, Any]:
    """Give what a store gives back: the inputs as JSON has them."""
    return msgspec.json.decode(msgspec.json.encode(verdict.inputs), type=dict[str, Any])


def again(rule: Rule, inputs: Mapping[str, Any]) -> Verdict | None:
    """Ask the same version of a rule again, with what was kept."""
    kinds = get_type_hints(rule.ask)
    return say(rule, {name: msgspec.convert(value, kinds[name]) for name, value in inputs.items()})


@pytest.mark.parametrize("rule", ON_CASES, ids=lambda rule: f"{rule.id} {rule.version}")
def test_a_rule_looks_at_nothing_but_the_case(rule: Rule):
    case = {field.name: get_type_hints(Case)[field.name] for field in fields(Case)}
    wanted = {name: kind for name, kind in get_type_hints(rule.ask).items() if name in looked_at(rule.ask)}
    assert wanted.items() <= case.items()


@given(case=CASES)
def test_a_verdict_says_the_same_again_by_what_it_keeps(case: Case):
    for rule in ON_CASES:
        verdict = judge(rule, case)
        if verdict is not None:
            assert again(rule, kept(verdict)) == verdict


@given(case=CASES)
def test_a_first_lawful_day_is_lawful_for_the_rule_that_names_it(case: Case):
    for rule in ON_CASES:
        verdict = judge(rule, case)
        if verdict is None or verdict.outcome is not Outcome.REFUSED or verdict.first_lawful_on is None:
            continue
        then = judge(rule, replace(case, on=verdict.first_lawful_on))
        assert then is not None
        assert then.outcome is Outcome.ALLOWED or rule.id == "R52"  # whose day may be right and its use be wrong
        before = judge(rule, replace(case, on=verdict.first_lawful_on - timedelta(days=1)))
        assert before is not None
        assert before.outcome is Outcome.REFUSED


def test_t12_whatever_a_session_lacks_is_said_again_by_what_the_verdict_keeps():
    dossier = a.screening_planned(a.a_funded(), replace(p.SCREENING, responsible="", programme=()))
    bare = replace(dossier.screening, closed_circuit=ClosedCircuit.PRISON)
    found = (*screening.judge(bare, bare.sessions, dossier.given), *screening.judge(bare, (), dossier.given))
    verdicts = [one.verdict for one in found if one.verdict.rule == "T12"]
    assert {one.inputs["lacks"]: one.raison for one in verdicts} == {
        "somebody responsible": "2025-07-18 : il manque un responsable.",
        "a film": "2025-07-18 : il manque un film.",
        f"a permit for {p.SQUARE.label}": f"2025-07-18 : il manque un permis pour {p.SQUARE.label}.",
        "the closed site's approval": "2025-07-18 : il manque l’accord du lieu fermé.",
        "a session": "2025-07-18 : il manque une séance.",
    }
    for verdict in verdicts:
        assert again(p.there(in_force("T12", SINCE)), kept(verdict)) == verdict


def test_where_no_version_is_in_force_nobody_says_yes():
    early = a_case(on="2001-07-17")
    verdict = judged("R01", early.on, early)
    assert verdict is not None
    assert (verdict.outcome, verdict.version, verdict.inputs) == (Outcome.TO_CLEAR, "", {"on": "2001-07-17"})
    assert judged("R01", SINCE, replace(early, on=SINCE)) is not None

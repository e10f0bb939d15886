"""Refusals, and the table of roles."""

import pytest

from common.contracts.access import LEVEL_OF, SCOPES_OF, Role
from common.errors import Conflict, FieldError, NotKnownHere, Verdict


class NotADraft(Conflict):
    title = "Only a draft can be submitted."
    titre = "Seul un brouillon peut être soumis."


class SIRETTaken(Conflict):
    title = "Taken."
    titre = "Pris."


def test_a_code_is_the_classs_name():
    assert NotADraft.code == "not-a-draft"
    assert SIRETTaken.code == "siret-taken"
    assert NotKnownHere.code == "not-known-here-yet"


def test_a_refusal_has_a_sentence_in_both_languages():
    with pytest.raises(TypeError, match="titre"):
        type("Monolingual", (Conflict,), {"title": "Only English."})


def test_a_pointer_makes_a_field_error_that_names_the_rule():
    verdict = Verdict("R27", "2026-1", {"days": 12}, "Too late.", "Trop tard.")
    refusal = NotADraft("It is funded.", pointer="/state", verdict=verdict)
    assert str(refusal) == "It is funded."
    assert refusal.errors == (
        FieldError(
            "/state", "not-a-draft", "Only a draft can be submitted.", "R27", "Seul un brouillon peut être soumis."
        ),
    )


def test_what_is_wrong_in_a_part_is_found_in_the_whole():
    refusal = NotADraft(pointer="/period", errors=[FieldError("", "x", "X.", parameter="limit")])
    refusal.move_into("/actions/0")
    assert [(one.pointer, one.parameter) for one in refusal.errors] == [("/actions/0/period", None), ("", "limit")]


def test_every_role_has_a_level_and_scopes():
    assert set(LEVEL_OF) == set(SCOPES_OF) == set(Role)
    assert [role for role in Role if "read" not in SCOPES_OF[role]] == [Role.OPERATOR]
    assert "system" not in LEVEL_OF.values()


def test_no_national_role_writes_projects_or_actions():
    national = [SCOPES_OF[role] for role, level in LEVEL_OF.items() if level == "national"]
    assert not any(scopes & {"projects:write", "actions:write", "projects:review"} for scopes in national)

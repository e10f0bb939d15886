"""The table of verbs is the API's own: each verb is an operation of that name, and no write of a dossier is missing."""

import json
import re
from pathlib import Path

import pytest

from demo.verbs import KEYS, VERBS, resource

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = json.loads((ROOT / "docs/reference/openapi.json").read_text(encoding="utf-8"))
WRITES = {
    one["operationId"]: path
    for path, methods in DOCUMENT["paths"].items()
    for way, one in methods.items()
    if way == "post"
}
ONE_OF_A_DOSSIER = ("campaign.", "project.", "action.", "report.", "film.", "rights_offer.")
NOT_IN_A_DOSSIER = {"film.remove_visa", "film.merge", "film.settle_conflict", "action.check"}


@pytest.mark.parametrize("name", [name for name in VERBS if not name.startswith("sandbox.")])
def test_a_verb_is_an_operation_of_the_api(name: str):
    assert re.sub(r"{\w+}", "{}", VERBS[name].path) == re.sub(r"{\w+}", "{}", WRITES[name])


def test_no_write_of_a_dossier_is_missing():
    wanted = {name for name in WRITES if name.startswith(ONE_OF_A_DOSSIER)} - NOT_IN_A_DOSSIER
    assert wanted - set(VERBS) == set()


def test_a_path_asks_for_nothing_that_a_step_cannot_say():
    assert {key for verb in VERBS.values() for key in verb.needs} <= set(KEYS)


def test_what_is_changed_can_be_read():
    changed = {verb.changes for verb in VERBS.values() if verb.changes}
    assert {resource(kind) for kind in changed} <= {path.rpartition("/")[0] for path in DOCUMENT["paths"]}

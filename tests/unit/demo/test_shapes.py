"""Bodies are held against the API's document before anything is played."""

import json
from pathlib import Path

import pytest

from demo import shapes
from demo.checking import checked

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = json.loads((ROOT / "docs/reference/openapi.json").read_text(encoding="utf-8"))
POITIERS = ROOT / "deploy/dossiers/poitiers.yaml"


@pytest.mark.parametrize("path", sorted((ROOT / "deploy/dossiers").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_api_knows_every_key_of_a_shipped_dossier(path: Path):
    assert list(shapes.unknown(DOCUMENT, checked(path)[0])) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("legal_form: state", "form: state", "`organisation.register` knows no `form`."),
        ("main_municipality:", "municipality:", "`project.draft` knows no `municipality`."),
        ("located_in_district: true", "in_district: true", "`project.draft` knows no `in_district`."),
        ("film_id: $films.linda, version: vf", "film_id: $films.linda, versions: vf", "knows no `versions`."),
        ("released_on:", "released:", "`film.register` knows no `released`."),
        ("source_date: 2025-05-01", "sourced: 2025-05-01", "`density.record` knows no `sourced`."),
    ],
)
def test_a_key_that_the_api_does_not_know_is_shown(tmp_path: Path, old: str, new: str, said: str):
    text = POITIERS.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "wrong.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    dossier, file = checked(tmp_path / "wrong.yaml")
    [(part, message)] = shapes.unknown(DOCUMENT, dossier)
    assert said in message
    assert file.line(part) == text[: text.index(old)].count("\n") + 1

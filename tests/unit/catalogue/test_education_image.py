"""A list of films for education in images, taken in as a file of our own, its columns renamed as the README says."""

import csv
from collections import Counter
from collections.abc import Callable, Mapping

import pytest

from catalogue.domain.imports import Result
from catalogue.domain.lines import Kind
from tests.unit.catalogue.test_imports import SHARED, Catalogue

FILE = SHARED / "films_education_image.csv"
GENRES = {"fiction": "fiction", "documentaire": "documentary", "animation": "animation"}

MAPPING: Mapping[str, Callable[[Mapping[str, str]], str]] = {
    "title": lambda row: row["titre"],
    "original_title": lambda row: row["titre_original"],
    "directors": lambda row: row["realisateurs"].replace("; ", "|"),
    "year": lambda row: row["annee"],
    "countries": lambda row: row["pays"],
    "genre": lambda row: GENRES[row["genre"]] if row["genre"] else "",
    "duration_minutes": lambda row: row["duree_minutes"],
    "visas": lambda row: row["visa"],
}


@pytest.mark.skipif(not FILE.exists(), reason="the shared reference data is not beside this checkout")
def test_the_whole_list_is_accounted_for_and_twice_makes_no_difference(tmp_path):
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    mapped = tmp_path / "films.csv"
    with mapped.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(MAPPING)
        writer.writerows([read(row) for read in MAPPING.values()] for row in rows)
    lines, catalogue = mapped.read_text(encoding="utf-8").splitlines(), Catalogue()
    first, again = catalogue.take(Kind.OURS, lines), catalogue.take(Kind.OURS, lines)
    assert (len(first), Counter(outcome.result for outcome in first)) == (474, {Result.REGISTERED: 474})
    assert Counter(outcome.result for outcome in again) == {Result.UNCHANGED: 474}
    bare = [film for film in catalogue.films.values() if not film.description.directors]
    assert len(bare) == sum(not row["realisateurs"] for row in rows)

"""Each experiment has its sheet, no two tests are the same experiment, and the long form is never the smaller one."""

import json
import re
from pathlib import Path

import pytest

from docs.experiments import sheets
from tests.architecture import source
from tests.faults import checker
from tests.faults.checker import PLACES, Crash, Findings, Record
from tests.faults.experiment import Experiment

MARK = re.compile(r'^@pytest\.mark\.experiment\("(\w+)"\)$', re.MULTILINE)
ALONE = re.compile(r'^@pytest\.mark\.on_demand\n@pytest\.mark\.experiment\("(\w+)"\)$', re.MULTILINE)
NAMES = [*(f"F{n}" for n in range(1, 16)), *(f"P{n}" for n in range(1, 5)), "P4R", *(f"P{n}" for n in range(5, 23))]


def with_a_test(mark: re.Pattern[str] = MARK) -> list[str]:
    return [name for path in source.python("tests/faults/") for name in mark.findall(source.text(path))]


def page() -> str:
    """Read what people wrote of them; the table behind it names each of them by itself."""
    return source.text(Path("docs/reliability.md")).partition("## Experiments")[2].partition("## All experiments")[0]


def test_every_experiment_has_its_sheet():
    assert list(sheets(source.ROOT)) == NAMES


def test_every_test_has_its_sheet_and_no_sheet_two_tests():
    assert sorted(with_a_test()) == sorted(set(with_a_test()) & set(NAMES))


def test_every_sheet_has_its_test():
    assert set(NAMES) - set(with_a_test()) == set()


def test_the_table_of_all_of_them_stands_where_it_is_told_what_they_found():
    table = source.text(Path("docs/reliability.md")).partition("## All experiments")[2]
    assert re.findall(r"^\| \*\*(\w+)\*\*", table, re.MULTILINE) == NAMES


def test_of_every_experiment_it_is_said_what_its_long_form_found_or_that_it_has_not_run():
    found = page().partition("Long forms that have run so far")[2]
    assert set(NAMES) - set(re.findall(r"\b[FP]\d+R?\b", found)) == set()


def test_the_page_names_the_short_forms_that_the_suite_leaves_out():
    said = re.search(r"only `make faults FORM=short` runs ([^:]*): .*runs the other (\d+)", page())
    assert said is not None
    assert said[1].split(", ") == [name for name in NAMES if name in with_a_test(ALONE)]
    assert int(said[2]) == len(NAMES) - len(with_a_test(ALONE))


def test_both_forms_have_the_same_numbers_and_the_long_one_never_less():
    for sheet in sheets(source.ROOT).values():
        assert sheet.short.keys() == sheet.long.keys(), sheet.id
        assert all(sheet.long[name] >= small for name, small in sheet.short.items()), sheet.id


def test_an_experiment_fails_when_an_invariant_is_broken_or_not_judged():
    record = Experiment.of(sheets(source.ROOT)["F9"], {})
    with pytest.raises(AssertionError, match="does not judge"):
        record.conclude()
    record.judge("INV4", holds=False)
    record.judge("INV4", holds=True)
    with pytest.raises(AssertionError, match="breaks"):
        record.conclude()


def test_what_needs_a_machine_of_its_own_is_judged_by_the_long_form_and_named_by_the_short_one():
    sheet = sheets(source.ROOT)["P18"]
    short, long = (Experiment.of(sheet, {"FORM": form}) for form in ("short", "long"))
    for record in (short, long):
        record.judge_alone("at once", holds=False, p99_ms=80.0)
    short.conclude()
    assert json.loads(short.line(holds=True)).items() >= {"told_only": ["at once"], "p99_ms": 80.0}.items()
    with pytest.raises(AssertionError, match="breaks"):
        long.conclude()


def a_record(n: int, *, offset: int) -> Record:
    place, headers = PLACES[0], (("ce_id", str(n).encode()),)
    return Record(place.topic, place.partition, offset, 0, 0, b"a key", b"", None, 5, 0, headers)


def test_repeats_belong_to_the_crash_behind_which_they_stand():
    """The topic is 1 2 3 | 2 3 4 | 4: twice a relay died, and left three rows on it, then six."""
    crashes = [Crash(2, {**dict.fromkeys(PLACES, 0), PLACES[0]: end}) for end in (3, 6)]
    read = [a_record(n, offset=offset) for offset, n in enumerate((1, 2, 3, 2, 3, 4, 4))]
    assert checker.repeats_after(crashes, read) == [2, 1]
    assert checker.repeats_after([], read) == []


@pytest.mark.parametrize(("unbounded", "holds"), [(0, True), (1, False)], ids=["none", "one"])
def test_one_crash_that_repeats_too_much_is_not_made_up_for_by_the_others(unbounded: int, holds: bool):
    record = Experiment.of(sheets(source.ROOT)["F1"], {})
    found = Findings(**{**dict.fromkeys(Findings.__slots__, 0), "repeats": 3, "unbounded": unbounded})
    checker.judge(record, found, [Crash(2, {}), Crash(2000, {})])
    assert record.verdicts["INV5"] is holds
    assert (record.figures["repeats"], record.figures["in_flight"]) == (3, 2002)


def test_a_seed_plays_the_same_schedule_again_and_the_line_says_what_ran():
    sheet = sheets(source.ROOT)["F6"]
    first = Experiment.of(sheet, {"FORM": "long"})
    again = Experiment.of(sheet, {"SEED": str(first.seed)})
    assert first.rng.random() == again.rng.random()
    assert (first.number("delay_ms"), first.form, again.form) == (200, "long", "short")
    again.nearest("a proxy")
    line = json.loads(again.line(holds=True))
    assert (line["experiment"], line["seed"], line["holds"]) == ("F6", first.seed, True)
    assert line["form"] == "short, nearest: a proxy"

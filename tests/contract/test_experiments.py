"""Each experiment has its sheet, no two tests are the same experiment, and the long form is never the smaller one."""

import re

from docs.experiments import sheets
from tests.architecture import source

MARK = re.compile(r'^@pytest\.mark\.experiment\("(\w+)"\)$', re.MULTILINE)
NAMES = [*(f"F{n}" for n in range(1, 16)), *(f"P{n}" for n in range(1, 23))]


def with_a_test() -> list[str]:
    return [name for path in source.python("tests/faults/") for name in MARK.findall(source.text(path))]


def test_every_experiment_has_its_sheet():
    assert list(sheets(source.ROOT)) == NAMES


def test_every_test_has_its_sheet_and_no_sheet_two_tests():
    assert sorted(with_a_test()) == sorted(set(with_a_test()) & set(NAMES))


def test_both_forms_have_the_same_numbers_and_the_long_one_never_less():
    for sheet in sheets(source.ROOT).values():
        assert sheet.short.keys() == sheet.long.keys(), sheet.id
        assert all(sheet.long[name] >= small for name, small in sheet.short.items()), sheet.id

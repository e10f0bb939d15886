"""A dossier's file is read with the line of each of its parts, and more strictly than YAML is elsewhere."""

from pathlib import Path

import pytest

from demo import numbered
from demo.numbered import NotReadable


def read(tmp_path: Path, text: str) -> numbered.Numbered:
    file = tmp_path / "file.yaml"
    file.write_text(text, encoding="utf-8")
    return numbered.read(file)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2025-07-18", "2025-07-18"),
        ("22:15", "22:15"),
        ("1600.00 €", "1600.00 €"),
        ("+3600.00", "+3600.00"),
        ("yes", "yes"),
        ("0123", "0123"),
        ('"86194"', "86194"),
        ("'true'", "true"),
        ("214", 214),
        ("-1", -1),
        ("true", True),
        ("null", None),
        ("", None),
    ],
)
def test_what_is_written_is_what_is_meant(tmp_path: Path, written: str, meant: object):
    assert read(tmp_path, f"value: {written}").content == {"value": meant}


def test_every_part_has_its_line(tmp_path: Path):
    file = read(tmp_path, "a:\n  - b: 1\n  - b: 2\n    c:\n      - d\n")
    assert [file.line(part) for part in (("a",), ("a", 1), ("a", 1, "b"), ("a", 1, "c", 0))] == [1, 3, 3, 5]


def test_what_has_no_line_has_that_of_what_is_around_it(tmp_path: Path):
    assert read(tmp_path, "a:\n  b:\n    c: 1\n").line(("a", "b", "nowhere", 3)) == 2


def test_what_is_said_once_may_be_meant_twice(tmp_path: Path):
    assert read(tmp_path, "a: &x {b: 1}\nc: *x\n").content == {"a": {"b": 1}, "c": {"b": 1}}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "`a` stands here twice."),
        ("a: [1, 2\nb: 3\n", 2, "expected ',' or ']'"),
        ("a: &x\n  - *x\n", 1, "nested too deeply"),
        ("a: *nowhere\n", 1, "undefined alias"),
    ],
)
def test_what_cannot_be_read_is_shown_with_its_line(tmp_path: Path, text: str, line: int, said: str):
    with pytest.raises(NotReadable) as refused:
        read(tmp_path, text)
    assert f"file.yaml:{line}: " in str(refused.value)
    assert said in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(NotReadable, match=r"nothing\.yaml"):
        numbered.read(tmp_path / "nothing.yaml")

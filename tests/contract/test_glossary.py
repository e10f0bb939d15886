"""Each identifier of the glossary stands in the code as it is written there."""

import re

from tests.architecture import source

WORD = re.compile(r"[a-z][a-z_]*[a-z]")


def identifiers(page: str) -> set[str]:
    """Take the words in code type from the tables of the field; what the house says for itself comes after them."""
    tables = page.partition("## The house")[0]
    return set(re.findall(r"`([^`]+)`", tables))


def test_the_identifiers_of_the_field_are_in_the_code():
    named = identifiers((source.ROOT / "docs/glossary.md").read_text(encoding="utf-8"))
    code = {word for path in source.product() for word in WORD.findall(source.text(path))}
    assert len(named) > 50
    assert named - code == set()


def test_a_word_that_nobody_uses_is_found():
    assert identifiers("| visa | `visa`, `exhibition_visa` |\n## The house\n| `doc` |") == {"visa", "exhibition_visa"}

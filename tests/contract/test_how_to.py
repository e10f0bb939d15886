"""The code that how-to pages show is code of this house, line by line."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["add-an-endpoint.md", "add-an-event.md"]
HOUSE = ("services/*/src", "libs/common/src")


def lines(code: str) -> list[str]:
    """Give what stands in each line, without its place and its remark."""
    return [re.sub(r"\s+# .*$", "", line).strip() for line in code.splitlines()]


def shown(page: str) -> Iterator[list[str]]:
    text = (ROOT / "docs/how-to" / page).read_text(encoding="utf-8")
    for code in re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield lines(code)


def stands(wanted: list[str], source: list[str]) -> bool:
    return any(source[at : at + len(wanted)] == wanted for at in range(len(source)))


@pytest.mark.parametrize("page", PAGES)
def test_the_code_shown_is_code_that_runs(page: str):
    paths = sorted(path for part in HOUSE for path in ROOT.glob(f"{part}/**/*.py"))
    sources = [lines(path.read_text(encoding="utf-8")) for path in paths]
    blocks = list(shown(page))
    assert blocks
    assert [block for block in blocks if not any(stands(block, source) for source in sources)] == []

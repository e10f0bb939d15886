"""What a migration may do while the previous release still answers (ADR 0008)."""

import re
import subprocess
import sys
from pathlib import Path

from tests.architecture import source

NAME = re.compile(r"\d{4}_(expand|contract)_[a-z0-9_]+\.sql")
BREAKING = re.compile(
    r"\b(DROP\s+(TABLE|COLUMN)|RENAME|ALTER\s+COLUMN\s+\w+\s+(SET\s+DATA\s+)?TYPE|TRUNCATE)\b", re.IGNORECASE
)
ALREADY_IN_ONE = re.compile(r"^\s*(BEGIN|COMMIT|ROLLBACK)\s*;", re.MULTILINE | re.IGNORECASE)

LEFT_OUT = {
    "require-timeout-settings": "the runner sets them",
    "prefer-robust-stmts": "the runner has the transaction and knows what has run",
    "prefer-bigint-over-int": "cents, counts and versions are limited at the door; ids are UUIDs",
}


def migrations() -> list[Path]:
    return [path for path in source.files() if path.suffix == ".sql" and path.parent.name == "migrations"]


def test_their_names_say_when_they_may_run():
    assert [str(path) for path in migrations() if not NAME.fullmatch(path.name)] == []


def test_their_numbers_are_used_once():
    numbered = [(path.parent, path.name[:4]) for path in migrations()]
    assert len(numbered) == len(set(numbered))


def test_an_expansion_breaks_nothing_that_runs():
    expansions = [path for path in migrations() if "_expand_" in path.name]
    assert [str(path) for path in expansions if BREAKING.search(_statements(path))] == []


def test_the_runner_has_the_transaction():
    assert [str(path) for path in migrations() if ALREADY_IN_ONE.search(_statements(path))] == []


def test_squawk_finds_nothing():
    """What would hold a lock for longer than it needs."""
    squawk = Path(sys.executable).with_name("squawk")
    command = [
        str(squawk),
        "--assume-in-transaction",
        "--no-error-on-unmatched-pattern",
        f"--exclude={','.join(LEFT_OUT)}",
    ]
    found = subprocess.run(
        [*command, *map(str, migrations())], cwd=source.ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr


def _statements(path: Path) -> str:
    """Give what a file does: without its comments, and without what its functions would do when they are called."""
    said = re.sub(r"--[^\n]*", "", source.text(path))
    return re.sub(r"(CREATE FUNCTION[^;]*?\$\$).*?(\$\$)", r"\1\2", said, flags=re.DOTALL)

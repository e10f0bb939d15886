"""The repository as the house rules see it: files, syntax trees, SQL literals.  Reads; never imports or runs."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVICES = tuple(sorted(path.parent.name for path in ROOT.glob("services/*/pyproject.toml")))
COMMON = Path("libs/common/src/common")

SQL = re.compile(
    r"""\s*(
        WITH\s+(RECURSIVE\s+)?\w+(\s*\([^)]*\))?\s+AS\b
      | SELECT\s
      | INSERT\s+INTO\s
      | UPDATE\s+[\w.]+(\s+(AS\s+)?\w+)?\s+SET\s
      | DELETE\s+FROM\s
      | (CREATE|ALTER|DROP)\s+(TABLE|INDEX|UNIQUE|ROLE|USER|SCHEMA|DATABASE|FUNCTION|POLICY|EXTENSION|TYPE|VIEW)\b
      | (GRANT|REVOKE|TRUNCATE)\s+[A-Z]
      | SET\s+(LOCAL\s+)?[a-z_.]+\s*(=|TO)\s
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Literal:
    """A text of a Python file that is SQL; an f-string's gaps stand as `{source}`."""

    path: Path
    line: int
    text: str
    gaps: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@cache
def files() -> tuple[Path, ...]:
    """List what belongs to the repository, new files included, ignored ones left out; relative to its root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    return tuple(sorted({Path(name) for name in listed if name and (ROOT / name).is_file()}))


def python(*folders: str) -> Iterator[Path]:
    """List the Python files under these folders."""
    return (path for path in files() if path.suffix == ".py" and path.as_posix().startswith(folders))


def product() -> Iterator[Path]:
    """List the Python files that are shipped or run by people: not the tests."""
    return python("libs/", "services/", "deploy/")


@cache
def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path), filename=str(path))


def room(path: Path) -> str | None:
    """Say which room of a service a file stands in: `store` for `…/actions/store.py` and `…/actions/store/films.py`."""
    parts = path.parts
    if len(parts) < 5 or parts[0] != "services" or parts[2] != "src":
        return None
    return Path(parts[4]).stem


def code_lines(path: Path) -> int:
    """Count the lines that do something: not blank ones, comments or docstrings, which are there to be read."""
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    tokens = tokenize.generate_tokens(io.StringIO(text(path)).readline)
    spoken = {n for token in tokens if token.type not in silent for n in range(token.start[0], token.end[0] + 1)}
    said = {n for node in _docstrings(tree(path)) for n in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    return len(spoken - said)


def imports(module: ast.Module) -> Iterator[tuple[int, str]]:
    """List what a module imports, with the line: `from a import b` counts as `a.b`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def statements(path: Path) -> list[Literal]:
    """Find the SQL literals of a Python file."""
    return list(literals(path, tree(path)))


def literals(path: Path, module: ast.Module) -> Iterator[Literal]:
    """Find the SQL literals of a syntax tree."""
    return (found for found in texts(path, module) if SQL.match(found.text))


def texts(path: Path, module: ast.Module) -> Iterator[Literal]:
    """Find the texts of a syntax tree, f-strings as a whole, docstrings left out."""
    skipped = {id(node) for node in _docstrings(module)} | {id(part) for part in _parts(module)}
    for node in ast.walk(module):
        if id(node) in skipped:
            continue
        found = _literal(path, node)
        if found:
            yield found


def _literal(path: Path, node: ast.AST) -> Literal | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return Literal(path, node.lineno, node.value)
    if isinstance(node, ast.JoinedStr):
        gaps = tuple(ast.unparse(part.value) for part in node.values if isinstance(part, ast.FormattedValue))
        return Literal(path, node.lineno, "".join(_piece(part) for part in node.values), gaps)
    return None


def _piece(part: ast.expr) -> str:
    if isinstance(part, ast.FormattedValue):
        return "{" + ast.unparse(part.value) + "}"
    return str(part.value) if isinstance(part, ast.Constant) else ""


def _parts(module: ast.Module) -> Iterator[ast.AST]:
    """List the constants inside f-strings: they are judged with the whole."""
    for node in ast.walk(module):
        if isinstance(node, ast.JoinedStr):
            yield from node.values


def _docstrings(module: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(module):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value

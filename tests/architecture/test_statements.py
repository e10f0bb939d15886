"""What SQL may look like, and where it may stand (ADR 0002, ADR 0003, ADR 0005)."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.architecture import source
from tests.architecture.source import COMMON, Literal

OUTBOX = COMMON / "outbox.py"
CONSTANT = re.compile(r"[A-Z_][A-Z0-9_]*(\.[A-Z_][A-Z0-9_]*)?")

# f-strings of SQL with gaps that are no constants: names cannot be parameters, and these files make or compose names.
COMPOSED = {
    OUTBOX: "completes the statements of `store`, once, at import",
    COMMON / "migrations": "makes schemas and roles, whose names cannot be parameters",
    COMMON / "checkpoints.py": "composes one statement a service, at import, of tables called as their aggregates are",
    COMMON / "housekeeping.py": "makes and drops partitions, whose names cannot be parameters",
    Path("deploy/src/stack"): "makes the local cluster's databases and roles",
    Path("deploy/src/bench"): "makes databases of its own, whose names cannot be parameters",
}


def all_statements() -> list[Literal]:
    return [found for path in source.product() for found in source.statements(path)]


def sample(code: str) -> list[Literal]:
    return list(source.literals(Path("sample.py"), ast.parse(f"sql = {code}")))


def _is_in(path: Path, places: Iterable[Path]) -> bool:
    return any(path == place or place in path.parents for place in places)


# ------------------------------------------------------------------------------------------------- the rules


def writes_outbox(found: Literal) -> bool:
    return re.search(r"INSERT\s+INTO\s+outbox\b", found.text) is not None


def feeds_outbox_from_returning(found: Literal) -> bool:
    """Hold (2) of `common.outbox`: the rows are selected FROM the CTE that holds the aggregate's RETURNING."""
    insert = re.search(r"INSERT\s+INTO\s+outbox\s*\([^)]*\)\s*SELECT\s.*?\sFROM\s+(\w+)\b", found.text, re.DOTALL)
    return insert is not None and re.search(rf"\b{insert[1]}\s+AS\s*\(", found.text) is not None


def returns_its_row(found: Literal) -> bool:
    return re.search(r"\bRETURNING\b", found.text) is not None


STAR = re.compile(r"(?:SELECT|RETURNING|,)\s+(?:DISTINCT\s+)?(?:(\w+)\.)?\*(?:\s+FROM\s+(\w+))?")


def selects_everything(found: Literal) -> bool:
    """Find `SELECT *`, `p.*`, `RETURNING *` of a table: a column added by an `expand` would change what old code reads.

    What the statement itself writes, `(VALUES …) AS answer` or `fresh AS (SELECT seq, …)`, is named already.
    """
    return any(not _is_written_here(alias or name, found.text) for alias, name in STAR.findall(found.text))


def _is_written_here(name: str, text: str) -> bool:
    return bool(name) and re.search(rf"\)\s*AS\s+{name}\b|\b{name}\s+AS\s+(MATERIALIZED\s+)?\(", text) is not None


def formats_values(found: Literal) -> bool:
    return any(not CONSTANT.fullmatch(gap) for gap in found.gaps)


# ------------------------------------------------------------------------------------------------- the house


def test_only_the_outbox_writes_the_outbox():
    assert {str(found.path) for found in all_statements() if writes_outbox(found)} <= {str(OUTBOX)}
    scripts = [path for path in source.files() if path.suffix == ".sql"]
    assert [path for path in scripts if re.search(r"INSERT\s+INTO\s+outbox\b", source.text(path))] == []


def test_the_outbox_is_fed_from_the_returning_of_the_aggregate():
    """Sibling CTEs are not ordered: a free-standing insert draws its number while the row lock is still awaited."""
    assert OUTBOX in set(source.files())
    fragments = [found for found in _fragments() if writes_outbox(found)]
    assert fragments, "common.outbox no longer shows its INSERT: teach this rule its new form"
    assert [str(found) for found in fragments if not feeds_outbox_from_returning(found)] == []


def test_what_is_given_to_the_outbox_returns_its_row():
    """`outbox.creating`, `changing` and `writing_all` select FROM the RETURNING of the statement they are given."""
    makers = ("outbox.creating", "outbox.changing", "outbox.writing_all")
    without = [
        f"{path}:{call.lineno}"
        for path in source.product()
        for call in ast.walk(source.tree(path))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in makers
        if not (call.args and "RETURNING" in ast.unparse(call.args[0]))
    ]
    assert without == []


def test_sql_stands_in_stores_and_common_only():
    tools = (Path("deploy/src/stack"), Path("deploy/src/bench"))  # they make databases, and measure statements
    stores = (COMMON, *tools, Path("deploy/src/passeurs/store.py"))
    elsewhere = [
        str(found)
        for found in all_statements()
        if source.room(found.path) != "store" and not _is_in(found.path, stores)
    ]
    assert elsewhere == []


def test_values_are_parameters_never_formatted():
    formatted = [str(found) for found in all_statements() if formats_values(found) and not _is_in(found.path, COMPOSED)]
    assert formatted == []


def test_columns_are_named():
    assert [str(found) for found in all_statements() if selects_everything(found)] == []


def _fragments() -> list[Literal]:
    """List all texts of common.outbox: a statement may be composed of several."""
    return list(source.texts(OUTBOX, source.tree(OUTBOX)))


# ------------------------------------------------------------------------------- the rules see what they forbid


@pytest.mark.parametrize(
    "code",
    [
        '"SELECT id FROM project"',
        '"UPDATE project SET state = $2 WHERE id = $1"',
        'f"WITH new AS ({sql}) SELECT 1 FROM new"',
    ],
)
def test_sql_is_recognised(code: str):
    assert len(sample(code)) == 1


@pytest.mark.parametrize("code", ['"Select a territory"', '"update the project"', '"WITH all due respect"'])
def test_prose_is_not(code: str):
    assert sample(code) == []


def test_a_docstring_is_not():
    assert list(source.literals(Path("sample.py"), ast.parse('"""SELECT stands for reading."""'))) == []


def test_a_free_standing_outbox_insert_is_refused():
    [bad] = sample('"WITH done AS (UPDATE a SET b = 1 RETURNING id) INSERT INTO outbox (t) VALUES ($1)"')
    [worse] = sample('"WITH done AS (UPDATE a SET b = 1 RETURNING id) INSERT INTO outbox (t) SELECT t FROM x"')
    [good] = sample('"WITH done AS (UPDATE a SET b = 1 RETURNING id) INSERT INTO outbox (t) SELECT $1 FROM done"')
    assert [feeds_outbox_from_returning(one) for one in (bad, worse, good)] == [False, False, True]


def test_a_formatted_value_is_refused_and_a_constant_is_not():
    [bad] = sample('f"SELECT id FROM project WHERE name = {name}"')
    [good] = sample('f"SELECT {COLUMNS} FROM project"')
    assert (formats_values(bad), formats_values(good)) == (True, False)


def test_a_star_is_refused_and_a_count_is_not():
    [bad] = sample('"SELECT p.* FROM project p"')
    [good] = sample('"SELECT count(*) FROM project"')
    [said] = sample('"SELECT said.* FROM project CROSS JOIN (VALUES ($1)) AS said"')
    [some] = sample('"WITH some AS (SELECT id FROM project) SELECT * FROM some"')
    assert [selects_everything(one) for one in (bad, good, said, some)] == [True, False, False, False]

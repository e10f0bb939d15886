"""Names, sizes, imports, and what a domain may not touch (ADR 0005, ADR 0010)."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture import source
from tests.architecture.source import COMMON, SERVICES

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
COMMON_LINES_MAX = 2_000
BACKBONE_LINES_MAX = 3_350
BACKBONE = {"relay", "consumer", "kafka", "outbox", "housekeeping", "operations", "checkpoints", "heartbeats"}
"""The rooms of `common` that carry facts; they are counted apart (ADR 0024, ADR 0026, ADR 0048, ADR 0054)."""

NAMELESS = {"utils", "util", "helpers", "helper", "misc", "base", "manager", "managers", "types", "constants"}
WORLD = {"time", "random", "secrets", "os", "socket", "uuid.uuid1", "uuid.uuid4", "asyncio"}
CLOCKS = {"now", "today", "utcnow", "uuid1", "uuid4", "uuid7", "urandom", "monotonic", "perf_counter"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(module: ast.Module) -> list[Function]:
    return [node for node in ast.walk(module) if isinstance(node, Function)]


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def impurities(module: ast.Module) -> list[int]:
    """Find the lines that ask the world for the time, for luck or for anything else."""
    lines = [line for line, name in source.imports(module) if name.split(".")[0] in WORLD or name in WORLD]
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
    return sorted(lines + [call.lineno for call in calls if _last_name(call.func) in CLOCKS])


def opened_transactions(module: ast.Module) -> list[int]:
    """Find the lines that begin a transaction."""
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if _last_name(call.func) == "transaction"]


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


# ------------------------------------------------------------------------------------------------- the house


def test_every_module_is_a_noun():
    """`utils` is a place not to think: import cycles begin there."""
    assert [str(path) for path in source.product() if NAMELESS & {Path(part).stem for part in path.parts}] == []


def test_every_module_says_what_it_is():
    assert [str(path) for path in source.product() if not ast.get_docstring(source.tree(path))] == []


def test_files_stay_readable():
    every = source.python("libs/", "services/", "deploy/", "tests/")
    long = {str(path): len(source.text(path).splitlines()) for path in every}
    assert {path: lines for path, lines in long.items() if lines > FILE_LINES_MAX} == {}


def test_rooms_re_export_nothing():
    """What is called says in which module it is, and a new verb is written in one place."""
    rooms = [path for path in source.python("services/") if path.name == "__init__.py" and len(path.parts) == 6]
    assert rooms
    assert [str(path) for path in rooms if "__all__" in source.text(path)] == []


def test_functions_stay_readable():
    long = [
        f"{path}:{function.lineno} {function.name} has {length(function)} lines"
        for path in source.product()
        for function in functions(source.tree(path))
        if length(function) > FUNCTION_LINES_MAX
    ]
    assert long == []


def test_common_stays_small():
    """It is read by everybody.  Contracts are data and do not count, nor does what explains the code."""
    lines = {True: 0, False: 0}
    for path in source.python(str(COMMON)):
        room = path.relative_to(COMMON).parts[0].removesuffix(".py")
        if room != "contracts":
            lines[room in BACKBONE] += source.code_lines(path)
    assert lines[True] <= BACKBONE_LINES_MAX
    assert lines[False] <= COMMON_LINES_MAX


def test_common_names_no_service():
    """Contracts may: they say who publishes what."""
    named = re.compile(rf"^\s*(from|import)\s+({'|'.join(SERVICES)})\b", re.MULTILINE)
    assert [str(path) for path in source.python(str(COMMON)) if named.search(source.text(path))] == []


@pytest.mark.parametrize("service", SERVICES)
def test_only_main_reads_settings(service: str):
    """What depends on the environment cannot be tested without it."""
    readers = [
        f"{path}:{line}"
        for path in source.python(f"services/{service}/")
        for line, name in source.imports(source.tree(path))
        if name.startswith(f"{service}.settings") and source.room(path) not in ("main", "settings")
    ]
    assert readers == []


def test_only_main_reads_the_environment():
    readers = [
        str(path)
        for path in source.python("services/", "libs/")
        if source.room(path) != "main" and re.search(r"\bos\.(environ|getenv)\b", source.text(path))
    ]
    assert set(readers) <= {str(COMMON / "migrations" / "__main__.py"), str(COMMON / "service.py")}


def test_domains_ask_nobody_for_time_or_luck():
    """Time, ids and randomness come in as arguments: then there is nothing to mock."""
    pure = [path for path in source.product() if source.room(path) == "domain" or COMMON / "contracts" in path.parents]
    assert [f"{path}:{line}" for path in pure for line in impurities(source.tree(path))] == []


def test_only_doors_open_transactions():
    """Below a door a verb works in its caller's transaction: then verbs combine, and all of them happens or nothing."""
    below = [path for path in source.product() if source.room(path) in {"commands", "store", "clients", "domain"}]
    assert [str(path) for path in below if opened_transactions(source.tree(path))] == []


def test_domain_objects_are_frozen():
    loose = [
        f"{path}:{node.lineno} {node.name}"
        for path in source.product()
        if source.room(path) == "domain" or COMMON / "contracts" in path.parents
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.ClassDef) and not _is_frozen(node)
    ]
    assert loose == []


def _is_frozen(node: ast.ClassDef) -> bool:
    decorated = [ast.unparse(one) for one in node.decorator_list if "dataclass" in ast.unparse(one)]
    return all("frozen=True" in one and "slots=True" in one for one in decorated)


# ------------------------------------------------------------------------------- the rules see what they forbid


@pytest.mark.parametrize(
    "code",
    [
        "import time",
        "from uuid import uuid4",
        "now = datetime.now(UTC)",
        "day = date.today()",
        "import random",
        "x = uuid7()",
    ],
)
def test_impurity_is_recognised(code: str):
    assert impurities(ast.parse(code)) == [1]


@pytest.mark.parametrize(
    "code", ["from uuid import UUID", "from datetime import datetime", "late = at > due", "UUID(text)"]
)
def test_purity_is_left_alone(code: str):
    assert impurities(ast.parse(code)) == []


def test_an_opened_transaction_is_recognised():
    opened = "async def run(database):\n    async with database.transaction(SYSTEM) as tx:\n        await move(tx)"
    assert opened_transactions(ast.parse(opened)) == [2]
    assert opened_transactions(ast.parse("async def run(tx: Transaction):\n    await move(tx)")) == []


def test_rooms_are_recognised():
    assert source.room(Path("services/actions/src/actions/store.py")) == "store"
    assert source.room(Path("services/actions/src/actions/domain/projects.py")) == "domain"
    assert source.room(Path("libs/common/src/common/outbox.py")) is None

"""Habits of this house that a reader would otherwise have to be told (ADR 0001, ADR 0009)."""

import ast
import re
from pathlib import Path

from tests.architecture import source

SLEEPS = ("asyncio.sleep", "time.sleep", "sleep")
DEADLINE = re.compile(r"monotonic\(|\.time\(\)|asyncio\.timeout\(|deadline")


def test_every_make_target_explains_itself():
    """`make` prints what one can do; a target without text is a secret."""
    lines = source.text(Path("Makefile")).splitlines()
    targets = [line for line in lines if re.match(r"[a-z][a-z0-9-]*( [a-z][a-z0-9-]*)*:(?!=)", line)]
    assert targets
    assert [line for line in targets if " ## " not in line] == []


def test_every_make_target_that_is_no_file_is_declared_phony():
    text = source.text(Path("Makefile"))
    phony = {name for names in re.findall(r"^\.PHONY:(.*)$", text, re.MULTILINE) for name in names.split()}
    explained = set(re.findall(r"^([a-z][a-z0-9-]*):.*## ", text, re.MULTILINE))
    assert explained == phony


def idle_sleeps(module: ast.Module) -> list[int]:
    """Find the pauses that are not between two looks at a condition, in a loop that has a deadline."""
    looking = {
        id(call)
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and DEADLINE.search(ast.unparse(function))
        for loop in ast.walk(function)
        if isinstance(loop, ast.While)
        for call in ast.walk(loop)
    }
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if ast.unparse(call.func) in SLEEPS and id(call) not in looking]


def test_tests_wait_for_conditions_and_never_sleep():
    assert [f"{path}:{line}" for path in source.python("tests/") for line in idle_sleeps(source.tree(path))] == []


def test_a_sleep_is_recognised_and_a_look_with_a_deadline_is_not():
    asleep = "async def test():\n    await asyncio.sleep(1)"
    looking = (
        "def until():\n    while not done():\n        assert time.monotonic() < deadline\n        time.sleep(0.05)"
    )
    for_ever = "def until():\n    while not done():\n        time.sleep(0.05)"
    assert [idle_sleeps(ast.parse(code)) for code in (asleep, looking, for_ever)] == [[2], [], [3]]


def handed_to_threads(module: ast.Module) -> list[int]:
    """Find what the framework would call in another thread: routes and dependencies that are no coroutines."""
    plain = {node.name for node in module.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    depended = [
        node.lineno
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "Depends"
        and (not node.args or ast.unparse(node.args[0]) in plain)
    ]
    routed = [
        node.lineno
        for node in module.body
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(decorator).startswith("router.") for decorator in node.decorator_list)
    ]
    return depended + routed


def test_no_request_is_handed_to_a_thread():
    """A thread there and back costs a figure's question more than its answer does; see `common.http.from_query`."""
    code = [*source.python("libs/"), *source.python("services/")]
    assert [f"{path}:{line}" for path in code for line in handed_to_threads(source.tree(path))] == []


def test_what_a_thread_would_be_handed_is_recognised():
    codes = (
        "class Query: ...\nAsked = Annotated[Query, Depends()]",
        "def _now(): ...\nNow = Annotated[datetime, Depends(_now)]",
        "@router.get('/')\ndef read(): ...",
        "async def _now(): ...\nNow = Annotated[datetime, Depends(_now)]\n@router.get('/')\nasync def read(): ...",
    )
    assert [handed_to_threads(ast.parse(code)) for code in codes] == [[2], [2], [2], []]


def test_we_mock_no_code_of_our_own():
    mocks = [
        f"{path}:{line} {name}"
        for path in source.python("tests/")
        for line, name in source.imports(source.tree(path))
        if name.startswith(("unittest.mock", "pytest_mock", "mock."))
    ]
    assert mocks == []


def test_every_decision_is_in_the_list():
    folder = source.ROOT / "docs/decisions"
    pages = sorted(path.name for path in folder.glob("[0-9]*.md"))
    listed = re.findall(r"^\| \[(\d{4})\]\((\S+)\)", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for _, name in listed] == pages
    assert [number for number, _ in listed] == [f"{n:04}" for n in range(1, len(pages) + 1)]


def test_every_decision_has_its_four_parts():
    for path in source.files():
        if path.match("docs/decisions/[0-9]*.md"):
            headings = re.findall(r"^## (.+)$", source.text(path), re.MULTILINE)
            assert headings[0] == "Context", path
            assert [one for one in ("Decision", "Consequences", "Alternatives") if one not in headings] == [], path
            assert "*Status: " in source.text(path), path


def test_every_link_between_pages_leads_somewhere():
    dead = [
        f"{path}: {target}"
        for path in source.files()
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)\s]+)\)", source.text(path))
        if not re.match(r"[a-z]+:|#|/", target) and not (source.ROOT / path.parent / target.split("#")[0]).exists()
    ]
    assert dead == []


def test_every_how_to_begins_with_the_files_it_touches():
    for path in source.files():
        if path.match("docs/how-to/*.md"):
            assert re.search(r"\A# [^\n]+\n\n(## )?\*{0,2}Files impacted", source.text(path)), path

"""Which refusals by a rule a verb can answer with: read from the code that its endpoint reaches, which is never run.

A name is followed to its function; what is called on a value, to every method of that name in the service.  So more may
be found than can happen, and never less.  A kind of refusal counts where it is made with a verdict or handed to
`refuse`; and, where what was found of a session is required to be clean, if something that is found carries it, or a
rule is asked that it stands for (`screening.REFUSALS`).  What is only handed on to be asked of where sessions may fall
back to refuses nothing (ADR 0060).
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from actions.domain import screening
from common.errors import DomainError
from docs import house
from tests.architecture import source

Kind: TypeAlias = type[DomainError]
Body: TypeAlias = tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]
"""A function, and the module whose names it uses."""

REFUSALS = "actions.domain.screening.REFUSALS"
REQUIRED = "actions.domain.screening.require"
"""Who does not come here answers what was found, and refuses nothing by it: a check, a campaign's list."""

OF_FALLBACKS = "actions.domain.storm.judge_fallbacks"
"""What is handed to it is asked of ways out, by which no verb is refused."""

_CODE = re.compile(r"^- `([a-z0-9-]+)`:", re.MULTILINE)


def documented(service: str) -> Mapping[str, frozenset[str]]:
    """List the codes that each verb's document names."""
    paths = house.openapi(service, sandbox=True)["paths"].values()
    return {
        verb["operationId"]: frozenset(
            code for answer in verb["responses"].values() for code in _CODE.findall(answer["description"])
        )
        for methods in paths
        for verb in methods.values()
    }


class Code:
    """A service's modules as syntax: what each name in them means, and which functions a function leads to."""

    def __init__(self, service: str) -> None:
        modules = {_dotted(path): source.tree(path) for path in source.python(f"services/{service}/src/")}
        self._names = {module: dict(_names(module, tree)) for module, tree in modules.items()}
        self._functions = {name: body for module, tree in modules.items() for name, body in _defined(module, tree)}
        self._methods: dict[str, set[str]] = {}
        for name, (module, _) in self._functions.items():
            if name.rpartition(".")[0] != module:
                self._methods.setdefault(name.rpartition(".")[2], set()).add(name)
        self._next = {name: frozenset(self._leads_to(*body)) for name, body in self._functions.items()}
        self._refused = {name: _codes(self._refusing(*body)) for name, body in self._functions.items()}
        self._found = {name: _codes(self._finding(*body)) for name, body in self._functions.items()}

    def refusals(self) -> frozenset[str]:
        """List the codes by which any rule of the service refuses, whoever gets to it."""
        return frozenset[str]().union(*self._refused.values(), *self._found.values())

    def by_verb(self) -> Mapping[str, frozenset[str]]:
        """List the codes by which rules refuse each verb."""
        return {verb: self._reached(name) for verb, name in self._endpoints()}

    def _endpoints(self) -> Iterator[tuple[str, str]]:
        for name, (_, function) in self._functions.items():
            calls = (one for one in function.decorator_list if isinstance(one, ast.Call))
            named = (word.value for call in calls for word in call.keywords if word.arg == "operation_id")
            yield from ((str(one.value), name) for one in named if isinstance(one, ast.Constant))

    def _reached(self, start: str) -> frozenset[str]:
        seen, waiting = {start}, [start]
        while waiting:
            new = self._next[waiting.pop()] - seen
            seen |= new
            waiting += new
        told = (self._refused, self._found) if REQUIRED in seen else (self._refused,)
        return frozenset(code for codes in told for name in seen for code in codes[name])

    def _leads_to(self, module: str, function: ast.AST) -> Iterator[str]:
        foreseen = [call for call in _calls(function) if self._meaning(module, call.func) == OF_FALLBACKS]
        handed = [one for call in foreseen for one in call.args]
        for node in _inside(function):
            meant = self._meaning(module, node)
            if node in handed:
                continue
            if meant in self._functions:
                yield meant
            elif isinstance(node, ast.Attribute):
                yield from self._methods.get(node.attr, ())

    def _refusing(self, module: str, function: ast.AST) -> Iterator[Kind]:
        """List what is made with a verdict, or handed to `refuse`."""
        for call in _calls(function):
            made = self._kind(module, call.func)
            if made is not None and any(word.arg == "verdict" for word in call.keywords):
                yield made
            if _last_name(call.func) == "refuse":
                yield from self._kinds(module, call.args)

    def _finding(self, module: str, function: ast.AST) -> Iterator[Kind]:
        """List what a finding carries, and what the rules stand for that are asked here."""
        for call in _calls(function):
            for given in (*call.args, *(word.value for word in call.keywords)):
                yield from _standing_for(*self._rules(module, given))
            if module == REFUSALS.rpartition(".")[0]:
                yield from _standing_for(*(str(one.value) for one in call.args if isinstance(one, ast.Constant)))
                yield from self._kinds(module, (*call.args, *(word.value for word in call.keywords)))
        for node in _inside(function):
            if isinstance(node, ast.Subscript) and self._meaning(module, node.value) == REFUSALS:
                yield from _standing_for(*(str(one.value) for one in [node.slice] if isinstance(one, ast.Constant)))

    def _rules(self, module: str, node: ast.expr) -> tuple[str, ...]:
        """Take the rules that are named here, written out or by the name that they have together."""
        written = isinstance(node, ast.Tuple) and all(isinstance(one, ast.Constant) for one in node.elts)
        found: object = ast.literal_eval(node) if written else _value(self._meaning(module, node) or "")
        return tuple(one for one in found if isinstance(one, str)) if isinstance(found, tuple) else ()

    def _kinds(self, module: str, given: Iterable[ast.expr]) -> Iterator[Kind]:
        return (kind for one in given if (kind := self._kind(module, one)) is not None)

    def _kind(self, module: str, node: ast.expr) -> Kind | None:
        found = _value(self._meaning(module, node) or "")
        return found if isinstance(found, type) and issubclass(found, DomainError) else None

    def _meaning(self, module: str, node: ast.AST) -> str | None:
        """Say what a name stands for, by where it is defined; nothing for what is only known when it runs."""
        if isinstance(node, ast.Name):
            return self._origin(self._names[module].get(node.id))
        within = self._meaning(module, node.value) if isinstance(node, ast.Attribute) else None
        return self._origin(f"{within}.{node.attr}") if within and isinstance(node, ast.Attribute) else None

    def _origin(self, dotted: str | None) -> str | None:
        """Follow a name to the module that defines it, past those that only hand it on."""
        module, _, name = (dotted or "").rpartition(".")
        found = self._names.get(module, {}).get(name)
        return dotted if found in {None, dotted} else self._origin(found)


@cache
def code(service: str) -> Code:
    return Code(service)


def _codes(kinds: Iterable[Kind]) -> frozenset[str]:
    return frozenset(kind.code for kind in kinds)


def _standing_for(*rules: str) -> Iterator[Kind]:
    """List what a verb is refused by, where it asks these rules of a session."""
    tables = (screening.REFUSALS, screening.DATELESS, screening.UNHABILITATED)
    yield from (kinds[rule] for rule in rules for kinds in tables if rule in kinds)


@cache
def _value(dotted: str) -> object:
    """Take what stands under a name of a module; a method is nothing that anybody hands on."""
    module, _, name = dotted.rpartition(".")
    try:
        return getattr(import_module(module), name, None) if module else None
    except ModuleNotFoundError:
        return None


def _dotted(path: Path) -> str:
    inside = path.with_suffix("").parts[path.parts.index("src") + 1 :]
    return ".".join(inside[:-1] if inside[-1] == "__init__" else inside)


def _names(module: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, f"{module}.{node.name}"
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        yield from ((one.id, f"{module}.{one.id}") for one in targets if isinstance(one, ast.Name))


def _defined(module: str, tree: ast.Module) -> Iterator[tuple[str, Body]]:
    for node in tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{module}.{node.name}" if isinstance(node, ast.ClassDef) else module
        for one in inside:
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{prefix}.{one.name}", (module, one)


def _inside(function: ast.AST) -> Iterator[ast.AST]:
    """Walk through what a function does, not through what is written above it."""
    return (node for statement in getattr(function, "body", ()) for node in ast.walk(statement))


def _calls(function: ast.AST) -> Iterator[ast.Call]:
    return (node for node in _inside(function) if isinstance(node, ast.Call))


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")

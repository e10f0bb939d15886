"""What refusals say of one case, and whether they say it in French too: read from the code, which is never run.

Three things are made with words: a kind of refusal, whose `detail` stands before its `precision`; one of its
`FieldError`s, whose `libelle` is its message in French; and a validator's `PydanticCustomError`, in whose context the
`libelle` is.  Where one is left out, whoever reads French, which is the default, reads English.  A verdict brings its
reason in both.
"""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final, get_args

from pydantic_core.core_schema import ErrorType

from common.errors import DomainError
from tests.architecture import source

SHIPPED: Final = ("libs/common/src/", *(f"services/{service}/src/" for service in source.SERVICES))
FIELD_ERROR: Final = ("pointer", "code", "message", "rule", "libelle")
RETOLD: Final = frozenset(get_args(ErrorType)) - {"value_error", "assertion_error"}
"""What `common.problems` says itself, by the name of the error alone."""


def only_in_english(path: Path, *, unless: frozenset[type[DomainError]] = frozenset()) -> Iterator[str]:
    """List where a file says something in English only, but by some kinds."""
    for call, called in _saying(path):
        if called not in unless and not _is_in_french(call, called):
            yield f"{path}:{call.lineno}: {ast.unparse(call)}"


def kinds_that_speak(path: Path) -> Iterator[type[DomainError]]:
    """List the kinds that a file says something by."""
    return (called for _, called in _saying(path) if isinstance(called, type))


def _saying(path: Path) -> Iterator[tuple[ast.Call, object]]:
    """List the calls that say something in words, with what they call."""
    module = _module(path)
    for node in source.tree(path).body:
        within = vars(module).get(node.name) if isinstance(node, ast.ClassDef) else None
        for call in (one for one in ast.walk(node) if isinstance(one, ast.Call)):
            called = _called(call, module, within)
            if _says(call, called):
                yield call, called


def _says(call: ast.Call, called: object) -> bool:
    if called == "PydanticCustomError":
        return not (isinstance(call.args[0], ast.Constant) and call.args[0].value in RETOLD)
    return called == "FieldError" or (isinstance(called, type) and "detail" in _given(call, ("detail",)))


def _is_in_french(call: ast.Call, called: object) -> bool:
    if called == "PydanticCustomError":
        return len(call.args) > 2 and "'libelle'" in ast.unparse(call.args[2])
    if called == "FieldError":
        return "libelle" in _given(call, FIELD_ERROR)
    return not {"precision", "verdict"}.isdisjoint(_given(call, ("detail",)))


def _given(call: ast.Call, names: tuple[str, ...]) -> set[str | None]:
    """Name the arguments of a call; an empty text says nothing."""
    placed = [*zip(names, call.args, strict=False), *((word.arg, word.value) for word in call.keywords)]
    return {name for name, value in placed if not (isinstance(value, ast.Constant) and not value.value)}


def _called(call: ast.Call, module: ModuleType, within: object) -> object:
    """Say what is called: one of two names, a kind whose first argument is its detail, or nothing that says a word."""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "__init__":
        return within if _is_kind(within) and within is not DomainError else None
    found = _value(call.func, module)
    if name := getattr(found, "__name__", None):
        return name if name in {"FieldError", "PydanticCustomError"} else _kind(found)
    return None


def _kind(found: object) -> object:
    """Give a kind of refusal; one that has its own way of being made says nothing by being made."""
    return found if _is_kind(found) and vars(found).get("__init__") in {None, DomainError.__init__} else None


def _is_kind(found: object) -> bool:
    return isinstance(found, type) and issubclass(found, DomainError)


def _value(node: ast.expr, module: ModuleType) -> object:
    if isinstance(node, ast.Name):
        return vars(module).get(node.id)
    return getattr(_value(node.value, module), node.attr, None) if isinstance(node, ast.Attribute) else None


def _module(path: Path) -> ModuleType:
    inside = path.with_suffix("").parts[path.parts.index("src") + 1 :]
    return import_module(".".join(inside[:-1] if inside[-1] == "__init__" else inside))

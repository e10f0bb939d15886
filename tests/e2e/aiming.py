"""Made-up requests, aimed at what exists: a random id finds nothing, and nothing behind the first refusal is tried."""

from collections.abc import Callable, Mapping
from typing import Any
from zlib import crc32

from schemathesis import Case

from common.contracts.access import SCOPES_OF, Role
from tests.e2e.doors import EVERYTHING, Operation

COMMUNES = frozenset({"municipality", "main_municipality", "municipalities"})
OPERATIONS: Mapping[str, Operation] = {one.name: one for one in EVERYTHING}

Seen = Callable[[Operation], str | None]
"""Which version of the thing behind an operation's path there is now, as an ETag."""


def operation(case: Case) -> Operation:
    return OPERATIONS[case.operation.definition.raw["operationId"]]


def number(case: Case) -> int:
    """Give a number that is the same for the same case: what is chosen by it can be repeated."""
    return crc32(repr((case.method, case.path, case.path_parameters, case.query, case.body)).encode())


def asker(case: Case, nth: int) -> Role | None:
    """Choose in whose role to ask: those who have the scope in turn, and now and then one who has not."""
    wanted = operation(case)
    if wanted.public:
        return None
    able = [role for role in Role if SCOPES_OF[role] & wanted.scopes]
    others = [role for role in Role if role not in able and not wanted.name.startswith("sandbox.")]
    roles = [*able, others[nth % len(others)]] if others else able
    return roles[nth % len(roles)]


def aimed(case: Case, things: Mapping[str, str], commune: str, seen: Seen) -> Case:
    """Put what exists into a well-formed case: ids in its path and body, the communes, the version there is."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return case
    known = operation(case)
    if not known.public:
        case.path_parameters = {**case.path_parameters, **known.placed(things)}
    if isinstance(case.body, dict | list):
        case.body = _with(case.body, things, commune)
    if "If-Match" in known.parameters("header") and (etag := seen(known)) is not None:
        case.headers["If-Match"] = etag
    return case


def _with(value: Any, things: Mapping[str, str], commune: str) -> Any:
    """Name what exists, wherever a body names something of its kind."""
    if isinstance(value, list):
        return [_with(one, things, commune) for one in value]
    if not isinstance(value, dict):
        return value
    return {key: _named(key, one, things, commune) for key, one in value.items()}


def _named(key: str, value: Any, things: Mapping[str, str], commune: str) -> Any:
    if key in COMMUNES and isinstance(value, str):
        return commune
    if key in COMMUNES and isinstance(value, list):
        return [commune for _ in value]
    if key in things and isinstance(value, str):
        return things[key]
    if key.endswith("_ids") and isinstance(value, list) and f"{key[:-1]}" in things:
        return [things[key[:-1]] for _ in value]
    return _with(value, things, commune)

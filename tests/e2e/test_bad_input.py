"""Bad input is refused with its code and its place, in French or in English, and nothing is written.

Whatever every route must refuse is tried on every route; what is refused by the sense of it, by cases.
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from functools import partial
from typing import Any

import httpx
import pytest

from common.contracts.access import Role
from tests.conftest import House
from tests.e2e.doors import DOORS, SECURED, Doors, Operation, all_right
from tests.e2e.people import Person
from tests.e2e.refusals import WORDS, nothing_written, trouble
from tests.e2e.scene import Scene

SIZE_MAX = 256 * 1024
UNSEEN = '"v99999"'
BODIES = [one for one in SECURED if one.body_schema() is not None]
WRITES = [one for one in SECURED if "Idempotency-Key" in {p["name"] for p in one.document.get("parameters", ())}]
CHANGES = [one for one in WRITES if "If-Match" in one.parameters("header")]
CREATIONS = [one for one in WRITES if "Idempotency-Key" in one.parameters("header")]
READS = [one for one in SECURED if one.reads]
LANGUAGES = {"fr": {}, "en": {"accept-language": "en-GB, fr;q=0.5"}}


@pytest.fixture(autouse=True)
async def untouched(house: House, scene: Scene) -> AsyncIterator[None]:  # noqa: ARG001 - made before it is counted
    """Hold every test here to leave every row as it was."""
    async with nothing_written(house):
        yield


def doer(scene: Scene, operation: Operation) -> Person:
    """Choose somebody who may do it."""
    insiders = scene.insiders()
    if operation.name == "film_list.publish":  # whose smallest body makes a list of the nation's
        return insiders[Role.NATIONAL_COORDINATION]
    roles = (Role.REGIONAL_COORDINATOR, Role.PROJECT_HOLDER, *Role)
    return next(insiders[role] for role in roles if insiders[role].scopes & operation.scopes)


async def sent(
    doors: Doors, scene: Scene, door: str, operation: Operation, content: bytes, **headers: str
) -> httpx.Response:
    """Send bytes to where a body is expected."""
    token = await scene.token(doer(scene, operation))
    json_ = {"content-type": "application/json", "if-match": UNSEEN}
    return await doors.ask(door, operation, scene.things, token, headers={**json_, **headers}, content=content)


# ------------------------------------------------------------------------------------------- every body there is

NO_JSON = {
    "cut short": b'{"title": "Cin',
    "no JSON": b"title=Cinema",
    "bytes that are no text": b'{"title": "\xff\xfe"}',
    "half a character": b'{"title": "\\ud800"}',
    "too deep": b"[" * 100_000,
    "too deep and whole": b'{"title":' * 20_000 + b"1" + b"}" * 20_000,
    "a number beyond all numbers": b'{"title": ' + b"9" * 10_000 + b"}",
    "nothing at all": b"",
    "a list": b"[]",
    "a text": b'"title"',
    "no value": b"null",
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", NO_JSON)
async def test_what_is_no_body_of_ours_is_refused(scene: Scene, doors: Doors, kind: str, door: str):
    async def asked(operation: Operation) -> str | None:
        answer = await sent(doors, scene, door, operation, NO_JSON[kind])
        found = trouble(answer, answer.status_code, {"malformed", "invalid"})
        good = answer.status_code in (400, 422) and found is None
        return None if good else f"{operation.name}: {answer.status_code} {found}"

    await all_right(asked(operation) for operation in BODIES)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_field_that_does_not_exist_is_refused(scene: Scene, doors: Doors, language: str):
    async def asked(operation: Operation) -> str | None:
        content = json.dumps({**operation.smallest_body(), "nonsense/~": 1}).encode()
        answer = await sent(doors, scene, "gateway", operation, content, **LANGUAGES[language])
        found = trouble(answer, 422, {"invalid"}, language=language, place="/nonsense~1~0")
        return f"{operation.name}: {found}" if found else None

    await all_right(asked(operation) for operation in BODIES)


def texts(body: Any, pointer: str = "") -> Iterator[tuple[str, list[str | int]]]:
    """List the places of a body that hold a text."""
    for key, value in body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ():
        here = f"{pointer}/{key}"
        if isinstance(value, str):
            yield here, [key]
        else:
            yield from ((found, [key, *path]) for found, path in texts(value, here))


def instead(body: Any, path: list[str | int], value: object) -> Any:
    """Put something else in one place of a body."""
    key, *rest = path
    copy: Any = dict(body) if isinstance(body, dict) else list(body)
    copy[key] = instead(body[key], rest, value) if rest else value
    return copy


TEXTS = [(one, *place) for one in BODIES for place in texts(one.smallest_body())]


@pytest.mark.parametrize("value", [7, None, {"a": 1}, "x" * 200_000], ids=["number", "null", "object", "long"])
async def test_what_is_no_text_for_that_place_is_refused(scene: Scene, doors: Doors, value: object):
    async def asked(operation: Operation, pointer: str, path: list[str | int]) -> str | None:
        content = json.dumps(instead(operation.smallest_body(), path, value)).encode()
        answer = await sent(doors, scene, "gateway", operation, content)
        found = trouble(answer, 422, {"invalid"}, place=pointer)
        return f"{operation.name} {pointer}: {found}" if found else None

    assert len(TEXTS) > 80
    await all_right(asked(*one) for one in TEXTS)


async def test_a_text_with_a_nul_is_never_kept(scene: Scene, doors: Doors):
    """It is refused for itself, or for what was looked at before: there is no such thing, or no such version."""

    async def asked(operation: Operation, pointer: str, path: list[str | int]) -> str | None:
        content = json.dumps(instead(operation.smallest_body(), path, "a\0b")).encode()
        answer = await sent(doors, scene, "gateway", operation, content)
        found = trouble(answer, answer.status_code, WORDS)
        good = answer.status_code in {404, 412, 422} and found is None
        return None if good else f"{operation.name} {pointer}: {answer.status_code} {found}"

    await all_right(asked(*one) for one in TEXTS)


@pytest.mark.parametrize("door", DOORS)
async def test_a_body_has_a_size(scene: Scene, doors: Doors, door: str):
    async def asked(operation: Operation) -> str | None:
        large = json.dumps({"title": "x" * 300_000}).encode()
        found = trouble(await sent(doors, scene, door, operation, large), 413, {"body-too-large"})
        return f"{operation.name}: {found}" if found else None

    await all_right(asked(operation) for operation in BODIES)


# ------------------------------------------------------------------------------------ every write, every version


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_creation_needs_its_key(scene: Scene, doors: Doors, language: str):
    async def asked(operation: Operation) -> str | None:
        token, words = await scene.token(doer(scene, operation)), LANGUAGES[language]
        ask = partial(doors.ask, "gateway", operation, scene.things, token)
        answer = await ask(headers=words, without=("idempotency-key",))
        found = trouble(answer, 400, {"idempotency-key-required"}, language=language)
        for key in ("", "x" * 256, "a b"):
            answer = await ask(headers=words | {"idempotency-key": key})
            found = found or trouble(answer, 400, {"malformed"}, language=language, place="Idempotency-Key")
        return f"{operation.name}: {found}" if found else None

    await all_right(asked(operation) for operation in CREATIONS)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_change_says_which_version_it_was_decided_on(scene: Scene, doors: Doors, language: str):
    there = {"departments": [scene.home.place.department]}

    async def asked(operation: Operation) -> str | None:
        token, words = await scene.token(doer(scene, operation)), LANGUAGES[language]
        body = operation.smallest_body()
        said = body | there if operation.name == "coordination.change" else body
        ask = partial(doors.ask, "gateway", operation, scene.things, token, json=said)
        nothing = await ask(headers=words, without=("if-match",))
        stale = await ask(headers={**words, "if-match": UNSEEN})
        found = trouble(nothing, 428, {"precondition-required"}, language=language)
        found = found or trouble(stale, 412, {"precondition-failed"}, language=language)
        return None if found is None and stale.headers["etag"].startswith('"v') else f"{operation.name}: {found}"

    await all_right(asked(operation) for operation in CHANGES)


# ------------------------------------------------------------------------------------------------ every question


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_filter_that_does_not_exist_is_refused(scene: Scene, doors: Doors, language: str):
    async def asked(operation: Operation) -> str | None:
        token, query = await scene.token(doer(scene, operation)), {"nonsense": "1"}
        answer = await doors.ask("gateway", operation, scene.things, token, headers=LANGUAGES[language], query=query)
        found = trouble(answer, 400, {"unknown-filter"}, language=language, place="nonsense")
        return f"{operation.name}: {found}" if found else None

    await all_right(asked(operation) for operation in READS)


PAGES: Mapping[str, tuple[str, ...]] = {
    "limit": ("0", "-1", "101", "1000000000", "x", "", "1e2"),
    "after": ("x", "%%%", "W10", "WzIsIngiXQ", "\0", "x" * 1000),
}


@pytest.mark.parametrize("parameter", PAGES)
async def test_a_page_that_cannot_be_is_refused(scene: Scene, doors: Doors, parameter: str):
    paged = [one for one in READS if {"limit", "after"} <= {p["name"] for p in one.document.get("parameters", ())}]

    async def asked(operation: Operation, value: str) -> str | None:
        token, query = await scene.token(doer(scene, operation)), {parameter: value}
        answer = await doors.ask("gateway", operation, scene.things, token, query=query)
        found = trouble(answer, 400, {"malformed", "cursor-refused"}, place=parameter)
        return f"{operation.name} {parameter}={value[:20]!r}: {found}" if found else None

    assert len(paged) > 10
    await all_right(asked(one, value) for one in paged for value in PAGES[parameter])


@pytest.mark.parametrize("value", ["not-an-id", "%00", "%C3%A9", "0" * 300], ids=["text", "NUL", "é", "long"])
async def test_a_path_that_names_nothing_leads_nowhere(scene: Scene, doors: Doors, value: str):
    """What is no id of ours cannot be understood (400) or is not there (404); what hides a NUL the gateway refuses."""
    named = [one for one in SECURED if one.by_id and one.parameters("path")]

    async def asked(operation: Operation) -> str | None:
        things = dict.fromkeys((*scene.things, *operation.parameters("path")), value)
        token = await scene.token(doer(scene, operation))
        answer = await doors.ask("gateway", operation, things, token, headers={"if-match": UNSEEN})
        found = trouble(answer, answer.status_code, {"malformed", answer.json()["code"]})
        good = answer.status_code in (400, 404) and found is None
        return None if good else f"{operation.name}: {answer.status_code} {found}"

    await all_right(asked(operation) for operation in named)

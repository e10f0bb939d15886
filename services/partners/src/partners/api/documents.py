"""What describes the whole API, as files that `make docs` writes: for machines as they are, for people as plain pages.

The pages carry no script and ask nobody else for anything.
"""

import html
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Response

from common.errors import NotFound
from common.problems import problems

FOLDER = files("partners") / "data" / "documents"
KEPT = {"Cache-Control": "public, max-age=300"}
PAGE = {
    **KEPT,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "code{background:#eee;padding:0 .2em}dt{margin-top:1em}td{padding:.2em .8em .2em 0;vertical-align:top}"
)

router = APIRouter(tags=["documents"])

_PUBLIC: dict[str, Any] = {"security": []}
_JSON: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}
_HTML: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}


class NoSuchDocument(NotFound):
    """This document is not part of this release."""

    title = "There is no such document."
    titre = "Ce document n’existe pas."


@router.get(
    "/openapi.json",
    operation_id="document.openapi",
    openapi_extra=_PUBLIC,
    response_class=Response,
    responses={**_JSON, **problems(NoSuchDocument)},
)
async def openapi() -> Response:
    """Describe every operation of every service (OpenAPI 3.1)."""
    return Response(_file("openapi.json"), headers=KEPT, media_type="application/json")


@router.get(
    "/asyncapi.json",
    operation_id="document.asyncapi",
    openapi_extra=_PUBLIC,
    response_class=Response,
    responses={**_JSON, **problems(NoSuchDocument)},
)
async def asyncapi() -> Response:
    """Describe every topic and every kind of event (AsyncAPI 3)."""
    return Response(_file("asyncapi.json"), headers=KEPT, media_type="application/json")


@router.get(
    "/docs",
    operation_id="document.pages",
    openapi_extra=_PUBLIC,
    response_class=Response,
    responses={**_HTML, **problems(NoSuchDocument)},
)
async def pages() -> Response:
    """Show every operation to a reader."""
    return Response(_operations_page(), headers=PAGE, media_type="text/html")


@router.get(
    "/problems",
    operation_id="problem.list",
    openapi_extra=_PUBLIC,
    response_class=Response,
    responses={**_HTML, **problems(NoSuchDocument)},
)
async def list_problems() -> Response:
    """List every code that a refusal may carry."""
    return Response(_problems_page(), headers=PAGE, media_type="text/html")


@router.get(
    "/problems/{code}",
    operation_id="problem.read",
    openapi_extra=_PUBLIC,
    response_class=Response,
    responses={**_HTML, **problems(NoSuchDocument)},
)
async def read_problem(code: Annotated[str, Path(max_length=100)]) -> Response:
    """Explain one code, in French and in English."""
    problem = _problems().get(code)
    if problem is None:
        raise NoSuchDocument
    return Response(_problem_page(problem), headers=PAGE, media_type="text/html")


class _Problem(msgspec.Struct, frozen=True):
    code: str
    status: int
    title: str
    titre: str
    says: str = ""


@cache
def _file(name: str) -> bytes:
    try:
        return (FOLDER / name).read_bytes()
    except FileNotFoundError:
        raise NoSuchDocument from None


@cache
def _problems() -> Mapping[str, _Problem]:
    return {one.code: one for one in msgspec.json.decode(_file("problems.json"), type=list[_Problem])}


@cache
def _operations_page() -> str:
    document = msgspec.json.decode(_file("openapi.json"))
    intro = f"<p>{_text(document['info'].get('description', ''))}</p>"
    links = '<p><a href="/openapi.json">OpenAPI</a> · <a href="/asyncapi.json">AsyncAPI</a> · <a href="/problems">'
    parts = [intro, links, "Refus · Refusals</a></p>", *_sections(document["paths"])]
    return _page(document["info"].get("title", "API"), "".join(parts))


def _sections(paths: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    by_tag: dict[str, list[str]] = {}
    for path, methods in paths.items():
        for method, operation in methods.items():
            by_tag.setdefault(operation.get("tags", ["other"])[0], []).append(_operation(path, method, operation))
    for tag, operations in sorted(by_tag.items()):
        yield f"<h2>{_text(tag)}</h2><dl>{''.join(operations)}</dl>"


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> str:
    scopes = sorted({scope for one in operation.get("security", []) for scope in one.get("token", [])})
    needs = ", ".join(scopes) or ("un jeton · a token" if operation.get("security") else "public")
    answers = " ".join(f"<code>{_text(status)}</code>" for status in operation.get("responses", {}))
    said = operation.get("description") or operation.get("summary", "")
    return (
        f"<dt><code>{_text(method.upper())} {_text(path)}</code></dt>"
        f"<dd>{_text(said)}<br><small>{_text(needs)} — {answers}</small></dd>"
    )


@cache
def _problems_page() -> str:
    rows = (
        f'<tr><td>{one.status}</td><td><a href="/problems/{_text(code)}"><code>{_text(code)}</code></a></td>'
        f"<td>{_text(one.titre)}</td><td>{_text(one.title)}</td></tr>"
        for code, one in sorted(_problems().items())
    )
    return _page("Refus · Refusals", f"<table>{''.join(rows)}</table>")


def _problem_page(problem: _Problem) -> str:
    said = (("fr", problem.titre), ("en", problem.title), ("en", problem.says))
    lines = (f"<p lang={language}>{_text(words)}</p>" for language, words in said)
    return _page(problem.code, f"<p>HTTP {problem.status}</p>{''.join(lines)}")


def _page(title: str, body: str) -> str:
    head = '<!doctype html><html lang=fr><meta charset=utf-8><meta name=viewport content="width=device-width">'
    return f"{head}<title>{_text(title)}</title><style>{STYLE}</style><h1>{_text(title)}</h1>{body}</html>"


def _text(value: object) -> str:
    return html.escape(str(value))

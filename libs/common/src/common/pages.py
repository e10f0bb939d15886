"""Lists by pages: at most a hundred items, and a cursor that says after which item to go on.

A cursor holds the sort values of the last item shown (a keyset), so that a page costs the same wherever it is and
nothing is shown twice when something is added meanwhile.  Opaque to clients, and versioned, so that it may change.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import GenericAlias
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

import msgspec
from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel

from common.errors import FieldError, Malformed

LIMIT_DEFAULT = 50
LIMIT_MAX = 100
CURSOR_LENGTH_MAX = 500
_VERSION = 1
_OF_THIS_VERSION = Annotated[int, msgspec.Meta(ge=_VERSION, le=_VERSION)]
_INTEGER = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""What a database can be asked for as a `bigint`."""

Item = TypeVar("Item")
Row = TypeVar("Row")


class CursorRefused(Malformed):
    """A cursor is taken from an answer of the same list, unchanged."""

    title = "This cursor does not come from this list."
    titre = "Ce curseur ne provient pas de cette liste."

    def __init__(self) -> None:
        super().__init__(errors=[FieldError("", "cursor-refused", self.title, None, self.titre, "after")])


class Listed(BaseModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next: str | None


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for, and of which list: its path and filters go into the link to the next one."""

    limit: int
    after: str | None
    path: str
    filters: Sequence[tuple[str, str]] = ()

    def position(self, *types: type) -> tuple[Any, ...] | None:
        """Read where to go on, as values of these types; None at the beginning."""
        if self.after is None:
            return None
        wanted = (_OF_THIS_VERSION, *(_INTEGER if one is int else one for one in types))
        try:
            raw = base64.b64decode(self.after + "=" * (-len(self.after) % 4), altchars=b"-_", validate=True)
            _, *values = msgspec.json.decode(raw, type=GenericAlias(tuple, wanted))
        except (ValueError, RecursionError) as error:
            raise CursorRefused from error
        return tuple(values)


async def _page(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="Items on a page.")] = LIMIT_DEFAULT,
    after: Annotated[
        str | None, Query(max_length=CURSOR_LENGTH_MAX, description="The `next` of the page before.")
    ] = None,
) -> PageRequest:
    filters = [pair for pair in request.query_params.multi_items() if pair[0] not in ("limit", "after")]
    return PageRequest(limit, after, request.url.path, filters)


Page = Annotated[PageRequest, Depends(_page)]


def cursor(*values: object) -> str:
    """Write the sort values of an item as the place after it."""
    return base64.urlsafe_b64encode(msgspec.json.encode((_VERSION, *values))).rstrip(b"=").decode()


def listed(
    page: PageRequest, rows: Sequence[Row], *, key: Callable[[Row], tuple[object, ...]], doc: Callable[[Row], str]
) -> Response:
    """Answer a page from rows asked for with `limit + 1`: the one too many says that there is a next page."""
    shown = rows[: page.limit]
    following = cursor(*key(shown[-1])) if len(rows) > page.limit else None
    body = f'{{"items":[{",".join(map(doc, shown))}],"next":{msgspec.json.encode(following).decode()}}}'
    headers = {"Cache-Control": "private, no-cache"}
    if following is not None:
        query = urlencode([*page.filters, ("limit", page.limit), ("after", following)])
        headers["Link"] = f'<{page.path}?{query}>; rel="next"'
    return Response(body, headers=headers, media_type="application/json")

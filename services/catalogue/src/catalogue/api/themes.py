"""The vocabulary of themes, over HTTP."""

from dataclasses import dataclass

import msgspec
from fastapi import APIRouter, Response

from catalogue.domain import access
from catalogue.domain.themes import VOCABULARY, Theme
from common.http import Caller

router = APIRouter(tags=["films"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Themes:
    """All the themes that a film can have, in the order in which they are written."""

    items: tuple[Theme, ...]


_ANSWER = msgspec.json.encode(Themes(items=VOCABULARY))


@router.get("/v1/films/themes", operation_id="film.themes", response_model=Themes)
async def themes(caller: Caller) -> Response:
    """List the vocabulary of themes: it grows, and no code is taken out."""
    access.require(caller, "film.themes")
    return Response(_ANSWER, headers={"Cache-Control": "private, no-cache"}, media_type="application/json")

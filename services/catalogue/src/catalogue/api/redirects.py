"""Where a film is found that was merged into another one."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Response

ELSEWHERE: Final[Mapping[int | str, dict[str, Any]]] = {
    308: {
        "description": "The film was the same as another one, and is found there.",
        "headers": {"Location": {"schema": {"type": "string", "format": "uri-reference"}}},
    }
}


def elsewhere(path: str) -> Response:
    """Lead the reader on, for good."""
    return Response(status_code=308, headers={"Location": path, "Cache-Control": "private, no-cache"})

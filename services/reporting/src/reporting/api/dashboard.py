"""The dashboard: one page of ours, without anything from elsewhere, that follows the public figures as they change."""

import base64
import hashlib
import re
from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

router = APIRouter(tags=["dashboard"])

_PAGE = (files("reporting.api") / "dashboard.html").read_text("utf-8")


def _hashes(tag: str) -> str:
    """Name what may run or style the page by its content, so that nothing else does."""
    texts = re.findall(rf"<{tag}>(.*?)</{tag}>", _PAGE, re.DOTALL)
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts)


_HEADERS = {
    "Cache-Control": "public, max-age=60",
    "Content-Security-Policy": (
        f"default-src 'none'; script-src {_hashes('script')}; style-src {_hashes('style')}; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@router.get(
    "/dashboard",
    operation_id="dashboard.show",
    response_class=HTMLResponse,
    openapi_extra={"security": []},
)
async def show() -> HTMLResponse:
    """Show the national figures, live."""
    return HTMLResponse(_PAGE, headers=_HEADERS)

"""The token endpoint (RFC 6749 §4.4, RFC 7523, RFC 9068) and what clients need to know of it (RFC 8414, RFC 7517)."""

import base64
import binascii
from typing import Any, cast
from urllib.parse import parse_qsl, unquote_plus

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from common.contracts.access import SCOPES_OF
from common.database import uuid7
from common.http import Db
from common.settings import Settings
from common.tokens import SYSTEM
from partners.api.clients import KeysOut
from partners.api.means import Keys, RealTime
from partners.commands import tokens as commands
from partners.commands.tokens import Credentials, Issuing
from partners.domain.token import OAuthRefusal, invalid_client

FORM_BYTES_MAX = 16_384
FIELDS_MAX = 20
JWKS_KEPT_S = 300
ASSERTION_KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM = "application/x-www-form-urlencoded"

router = APIRouter(tags=["oauth"])

_PUBLIC: dict[str, Any] = {"security": []}
_FORM: dict[str, Any] = {
    "security": [],
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["client_credentials"]},
                        "scope": {"type": "string", "description": "Space-separated; all that is held, if left out."},
                        "client_id": {"type": "string"},
                        "client_secret": {"type": "string"},
                        "client_assertion_type": {"type": "string", "enum": [ASSERTION_KIND]},
                        "client_assertion": {"type": "string"},
                    },
                }
            }
        },
    },
}


class TokenOut(BaseModel):
    """An access token."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str


class TokenRefusal(BaseModel):
    """Why there is none (RFC 6749 §5.2), with the members of a problem beside it."""

    error: str
    error_description: str
    title: str
    status: int
    code: str


_REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"model": TokenRefusal, "description": "The request is not one we can grant."},
    401: {"model": TokenRefusal, "description": "The client could not be authenticated."},
}


@router.post(
    "/oauth/token", operation_id="token.issue", response_model=TokenOut, responses=_REFUSED, openapi_extra=_FORM
)
async def issue(request: Request, db: Db, keys: Keys, at: RealTime) -> Response:
    """Give an access token of ten minutes to a client that proves who it is.

    By HTTP Basic, by `client_id` and `client_secret` in the form, or by an assertion signed with its own key.
    """
    basic = request.headers.get("authorization")
    try:
        form = await _form(request)
        credentials = _credentials(form, basic)
    except OAuthRefusal as refusal:
        return _refused(request, refusal, by_basic=basic is not None)
    settings = cast("Settings", request.app.state.settings)
    issuing = Issuing(
        issuer=settings.token_issuer, audience=settings.token_audience, key=keys.ring().current, jti=uuid7(), at=at
    )
    async with db.transaction(SYSTEM) as tx:
        issued = await commands.let_in(tx, credentials, form.get("scope"), issuing)
    if isinstance(issued, OAuthRefusal):
        return _refused(request, issued, by_basic=basic is not None)
    said = {
        "access_token": issued.token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in_s,
        "scope": " ".join(sorted(issued.scopes)),
    }
    return JSONResponse(said, headers=_UNKEPT)


@router.get("/.well-known/jwks.json", operation_id="key_set.read", response_model=KeysOut, openapi_extra=_PUBLIC)
async def key_set(keys: Keys) -> Response:
    """Publish the keys that verify our tokens: the next, the current, the previous."""
    return JSONResponse(keys.ring().public(), headers={"Cache-Control": f"public, max-age={JWKS_KEPT_S}"})


@router.get("/.well-known/oauth-authorization-server", operation_id="issuer.read", openapi_extra=_PUBLIC)
async def metadata(request: Request) -> dict[str, Any]:
    """Describe the issuer (RFC 8414)."""
    issuer = cast("Settings", request.app.state.settings).token_issuer
    root = issuer.rstrip("/")
    return {
        "issuer": issuer,
        "token_endpoint": f"{root}/oauth/token",
        "jwks_uri": f"{root}/.well-known/jwks.json",
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256", "Ed25519"],
        "scopes_supported": sorted(frozenset().union(*SCOPES_OF.values())),
        "service_documentation": f"{root}/docs",
    }


async def _form(request: Request) -> dict[str, str]:
    """Read the form: each field once, none that we could misread."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise OAuthRefusal("invalid_request", f"The body must be {FORM}.")
    body = await request.body()
    fields = _fields(body) if len(body) <= FORM_BYTES_MAX else None
    form = dict(fields or ())
    if fields is None or len(form) != len(fields) or "\x00" in "".join(form.values()):
        raise OAuthRefusal("invalid_request", "The form cannot be read, or a field is given twice.")
    if form.get("grant_type") != "client_credentials":
        kind = "unsupported_grant_type" if form.get("grant_type") else "invalid_request"
        raise OAuthRefusal(kind, "The grant_type must be client_credentials.")
    return form


def _fields(body: bytes) -> list[tuple[str, str]] | None:
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=FIELDS_MAX, errors="strict")
    except ValueError:
        return None


def _credentials(form: dict[str, str], basic: str | None) -> Credentials:
    """Take the one proof that is given; two at once are refused."""
    given = [basic is not None, "client_secret" in form, "client_assertion" in form]
    if sum(given) > 1:
        raise OAuthRefusal("invalid_request", "A client proves who it is in one way only.")
    if basic is not None:
        client_id, secret = _from_basic(basic)
        return Credentials(client_id=client_id, secret=secret)
    if "client_assertion" in form:
        if form.get("client_assertion_type") != ASSERTION_KIND:
            raise OAuthRefusal("invalid_request", f"The client_assertion_type must be {ASSERTION_KIND}.")
        return Credentials(client_id=form.get("client_id"), assertion=form["client_assertion"])
    if "client_secret" not in form or "client_id" not in form:
        raise invalid_client()
    return Credentials(client_id=form["client_id"], secret=form["client_secret"])


def _from_basic(header: str) -> tuple[str, str]:
    """Read an id and a secret, both form-encoded before they were joined (RFC 6749 §2.3.1)."""
    scheme, _, encoded = header.partition(" ")
    try:
        client_id, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
        read = unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict")
    except (ValueError, binascii.Error):
        raise invalid_client() from None
    if scheme.lower() != "basic" or not colon or "\x00" in "".join(read):
        raise invalid_client()
    return read


_UNKEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def _refused(request: Request, refusal: OAuthRefusal, *, by_basic: bool) -> Response:
    code = refusal.error.replace("_", "-")
    request.scope["problem"] = code
    said = {
        "error": refusal.error,
        "error_description": refusal.description,
        "title": refusal.description,
        "status": refusal.status,
        "code": code,
    }
    challenge = {"WWW-Authenticate": 'Basic realm="passeurs", charset="UTF-8"'}
    headers = _UNKEPT | (challenge if by_basic and refusal.status == 401 else {})
    return JSONResponse(said, refusal.status, headers)

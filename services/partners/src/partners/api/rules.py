"""The law behind a verdict, over HTTP: public, as laws are, and the same for everybody."""

from functools import cache
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Response

from common.problems import problems
from partners.api.documents import FOLDER, KEPT
from partners.domain import lawbook
from partners.domain.lawbook import NoSuchRule, RuleRecord, RuleRecords

router = APIRouter(tags=["rules"])

_PUBLIC: dict[str, Any] = {"security": []}

RuleName = Annotated[str, Path(max_length=10, description="As a verdict names it: `R01`.")]
RuleVersion = Annotated[str, Path(max_length=10, description="As the verdict names it: `1`.")]


@router.get("/v1/rules", operation_id="rule.list", openapi_extra=_PUBLIC, response_model=RuleRecords)
async def list_rules() -> Response:
    """List every rule that any service judges by, in each of its versions, with its text and its source."""
    return Response(_everything(), headers=KEPT, media_type="application/json")


@router.get(
    "/v1/rules/{rule}",
    operation_id="rule.list_versions",
    openapi_extra=_PUBLIC,
    response_model=RuleRecords,
    responses=problems(NoSuchRule),
)
async def list_versions(rule: RuleName) -> Response:
    """Read a rule in all of its versions; a verdict that names none found none in force on its day."""
    return _answer(lawbook.of_rule(_records(), rule))


@router.get(
    "/v1/rules/{rule}/{version}",
    operation_id="rule.read",
    openapi_extra=_PUBLIC,
    response_model=RuleRecords,
    responses=problems(NoSuchRule),
)
async def read(rule: RuleName, version: RuleVersion) -> Response:
    """Read what a verdict was given by: the rule in that version, of each service that judges by it."""
    return _answer(lawbook.of_version(_records(), rule, version))


@cache
def _records() -> tuple[RuleRecord, ...]:
    return msgspec.json.decode((FOLDER / "rules.json").read_bytes(), type=tuple[RuleRecord, ...])


@cache
def _everything() -> bytes:
    """Write the whole list once: the process also issues tokens."""
    return msgspec.json.encode(RuleRecords(items=_records()))


def _answer(found: RuleRecords) -> Response:
    return Response(msgspec.json.encode(found), headers=KEPT, media_type="application/json")

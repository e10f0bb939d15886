"""What the endpoints of clients, tokens and webhooks ask for beside the database: real time, luck, seals, keys, limits.

Business time plays no part here: secrets, tokens and deliveries live by the real clock, in a sandbox too.
"""

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, cast

import msgspec
from fastapi import Depends, Request
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from common.database import uuid7
from common.idempotency import Answer
from partners.clients.keyfile import KeyFile, Seal
from partners.commands.clients import Fresh
from partners.domain.client import OVERLAP, OVERLAP_MAX, SECRET_BYTES
from partners.domain.destination import Destinations


def _written(said: object) -> object:
    """Take a duration as ISO 8601 writes it: a bare number does not say of what."""
    if isinstance(said, str) and said.startswith("P"):
        return said
    raise PydanticCustomError("time_delta_type", "Must be a duration, such as PT24H.")


Overlap = Annotated[
    timedelta,
    Field(ge=timedelta(), le=OVERLAP_MAX, description="ISO 8601, such as PT24H."),
    BeforeValidator(_written),
]
OVERLAP_DEFAULT = OVERLAP


async def _real_time() -> datetime:
    return datetime.now(UTC)


async def _fresh() -> Fresh:
    return Fresh(id=uuid7(), luck=secrets.token_bytes(SECRET_BYTES), at=datetime.now(UTC))


async def _seal(request: Request) -> Seal:
    return cast("Seal", request.app.state.seal)


async def _key_file(request: Request) -> KeyFile:
    return cast("KeyFile", request.app.state.key_file)


async def _destinations(request: Request) -> Destinations:
    return cast("Destinations", request.app.state.destinations)


RealTime = Annotated[datetime, Depends(_real_time)]
FreshOne = Annotated[Fresh, Depends(_fresh)]
Sealing = Annotated[Seal, Depends(_seal)]
Keys = Annotated[KeyFile, Depends(_key_file)]
Allowed = Annotated[Destinations, Depends(_destinations)]


def revealed(answer: Answer, member: str, seal: Seal) -> Answer:
    """Open the secret in an answer, which is kept with the secret sealed."""
    body = msgspec.json.decode(answer.body)
    if member not in body:
        return answer
    body[member] = seal.open(body[member].encode())
    return replace(answer, body=msgspec.json.encode(body))

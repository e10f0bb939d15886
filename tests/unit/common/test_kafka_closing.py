"""Closing a client of the library ends nobody but the client, whatever the library says or does not say."""

import asyncio

import pytest
from aiokafka.errors import KafkaError

from common.kafka import aio


async def _is_cancelled_itself() -> None:
    raise asyncio.CancelledError


async def _fails() -> None:
    raise KafkaError


async def _never_ends() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("step", [_is_cancelled_itself, _fails, _never_ends])
async def test_whatever_becomes_of_a_step_the_next_one_is_taken(step, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(aio, "CLOSE_STEP_TIMEOUT_S", 0.01)
    taken = []

    async def next_one() -> None:
        taken.append(1)

    await aio._closed(step, next_one)
    assert taken == [1]

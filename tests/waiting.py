"""Wait for a condition, with a deadline: the only place where a test pauses between two looks."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable

LOOK_EVERY_S = 0.01


async def until(condition: Callable[[], object | Awaitable[object]], *, within_s: float = 30) -> object:
    """Look again and again until `condition` gives something true, and return it.

    Raises:
        TimeoutError: it did not within `within_s`.
    """
    async with asyncio.timeout(within_s):
        while True:
            seen = condition()
            seen = await seen if inspect.isawaitable(seen) else seen
            if seen:
                return seen
            await asyncio.sleep(LOOK_EVERY_S)


def wait_until(condition: Callable[[], object], *, within_s: float = 30) -> object:
    """Do as `until` does, where there is no event loop.

    Raises:
        TimeoutError: it did not within `within_s`.
    """
    deadline = time.monotonic() + within_s
    while not (seen := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(LOOK_EVERY_S)
    return seen

"""Who reads the topics together: one share here, each of the others in a process of its own (`filling`)."""

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence

import msgspec

from common.consumer import Poison
from common.kafka.port import Place, Trouble
from reporting.consumers import filling
from reporting.consumers.filling import End, NotReadable, Share, Told

_FAILURES: Mapping[str, type[Exception]] = {one.__name__: one for one in (NotReadable, Poison, Trouble)}


class Ended(RuntimeError):
    """A process that reads its share has ended before it was done; what it said of that is on standard error."""


def shares(whole: Share, ends: Mapping[Place, int], readers: int) -> list[Share]:
    """Divide partitions so that each reader has about as many records; a limit of their rate is divided too."""
    parts: list[list[End]] = [[] for _ in range(readers)]
    for place, offset in sorted(ends.items(), key=lambda one: -one[1]):
        min(parts, key=lambda part: sum(end.offset for end in part)).append(End(*place, offset))
    rate = -(-whole.records_per_s // readers)
    return [
        msgspec.structs.replace(whole, ends=tuple(end for end in part if end.offset), records_per_s=rate)
        for part in parts
        if any(end.offset for end in part)
    ]


async def fill(given: Sequence[Share], done: Callable[[int], None]) -> None:
    """Have every share read and copied in; the first failure ends the others.

    Raises:
        NotReadable, Poison: a record stopped it.
        Trouble: the broker did not answer.
        Ended: a process did not come to its end.
    """
    tasks = [asyncio.create_task(_elsewhere(share, done)) for share in given[1:]]
    tasks += [asyncio.create_task(filling.fill(share, done)) for share in given[:1]]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION) if tasks else (set(), set())
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        task.result()


async def _elsewhere(share: Share, done: Callable[[int], None]) -> None:
    """Have a share read by another process, which ends when we do."""
    command, pipe = (sys.executable, "-m", filling.__name__), asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert process.stdin is not None  # noqa: S101 - asked for
    assert process.stdout is not None  # noqa: S101 - asked for
    try:
        process.stdin.write(msgspec.json.encode(share) + b"\n")
        async for line in process.stdout:
            told = msgspec.json.decode(line, type=Told)
            if told.failed:
                raise _FAILURES[told.failed](told.reason)
            done(told.done)
        if code := await process.wait():
            raise Ended(f"a process that read a share ended with {code}")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()

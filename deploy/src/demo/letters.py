"""Our side of the receiver: its process, kept alive; the secrets it is told; the webhooks it has written down."""

import asyncio
import fcntl
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.receiver import DELIVERIES, PID, SECRETS, deliveries
from demo.settings import Settings

READY_WITHIN_S = 20
LOOK_EVERY_S = 0.02
PAUSE_BEFORE_RESTART_S = 0.2


class NoReceiver(Exception):
    """The receiver cannot be started."""


def short(kind: str) -> str:
    """Name a kind of event as dossiers do: `project.submitted`."""
    return kind.removeprefix("fr.passeursdimages.").rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Letter:
    """A webhook that arrived and was verified; `again` if its id had arrived before."""

    path: str
    id: str
    again: bool
    type: str
    subject: str
    sequence: int | None
    trace: str
    received_at: float

    @property
    def name(self) -> str:
        """Name its kind the short way, as dossiers do."""
        return short(self.type)


@dataclass(slots=True)
class Letterbox:
    """What has arrived so far, in the order in which it was written down."""

    folder: Path
    letters: list[Letter] = field(default_factory=list)
    _read_to: int = 0

    def tell(self, path: str, secret: str) -> None:
        """Let the receiver verify what is sent to a path."""
        file = self.folder / SECRETS
        known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        draft = file.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps({**known, path: secret}), encoding="utf-8")
        draft.replace(file)

    def pid(self) -> int:
        """Say which process receives."""
        return int((self.folder / PID).read_text(encoding="ascii"))

    def arrived(self, path: str) -> list[Letter]:
        """List what has arrived under a path until now."""
        self.look()
        return [letter for letter in self.letters if letter.path == path]

    def look(self) -> None:
        """Read what has been written down since the last look."""
        try:
            with (self.folder / DELIVERIES).open("rb") as file:
                file.seek(self._read_to)
                written = file.read()
        except FileNotFoundError:
            return
        whole = written[: written.rfind(b"\n") + 1]
        self._read_to += len(whole)
        self.letters.extend(_letter(line) for line in deliveries(whole))


@asynccontextmanager
async def receiving(settings: Settings) -> AsyncIterator[Letterbox]:
    """Run the receiver, starting it again whenever it ends, and give what arrives there.

    Raises:
        NoReceiver: another one is there already.
    """
    folder = settings.receiver_folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder):
        for left_over in (SECRETS, DELIVERIES, PID):
            (folder / left_over).unlink(missing_ok=True)
        keeper = asyncio.create_task(_keep(settings))
        try:
            await _until_started(folder, keeper)
            yield Letterbox(folder)
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError, NoReceiver):
                await keeper


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder: what two demonstrations were sent could not be told apart."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NoReceiver("Another demonstration is playing; wait until it has ended.") from None
        yield


async def _keep(settings: Settings) -> None:
    process = await _started(settings)
    try:
        while True:
            code = await process.wait()
            if not (settings.receiver_folder / PID).exists():
                raise NoReceiver(f"The receiver ended with {code}; port {settings.receiver_port} may be taken.")
            await asyncio.sleep(PAUSE_BEFORE_RESTART_S)
            process = await _started(settings)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def _started(settings: Settings) -> asyncio.subprocess.Process:
    words = [settings.receiver_folder, settings.receiver_port, settings.receiver_certificate, settings.receiver_key]
    return await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "demo.receiver", *map(str, words)],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        env={"PATH": os.environ.get("PATH", "")},
    )


async def _until_started(folder: Path, keeper: asyncio.Task[None]) -> None:
    async with asyncio.timeout(READY_WITHIN_S):
        while not (folder / PID).exists():
            if keeper.done():
                await keeper
            await asyncio.sleep(LOOK_EVERY_S)


def _letter(line: dict[str, Any]) -> Letter:
    event = line["event"]
    return Letter(
        path=line["path"],
        id=line["webhook_id"],
        again=line["again"],
        type=event["type"],
        subject=event["subject"],
        sequence=event.get("sequence"),
        trace=line["traceparent"][3:35],
        received_at=line["received_at"],
    )

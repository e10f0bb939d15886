"""Free ports: found, never assumed, and the same again at the next start where possible."""

import json
import random
import socket
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from stack.folder import write_whole

# Below the range from which the system lends ports to outgoing connections: a service that restarts finds its own free.
RANGE = range(20_000, 32_000)
TRIES = 200


class NoFreePort(Exception):
    """The machine has none left in our range."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of one state folder, by name."""

    file: Path
    _given: dict[str, int] = field(default_factory=dict)

    def named(self, name: str, *, wished: int | None = None) -> int:
        """Give a free loopback port to a name: the one it had before, or the one wished for, if nobody took it.

        Asked twice by the same launcher, it gives the same port, taken by then or not.
        """
        if name not in self._given:
            known = self.known()
            wishes = [port for port in (known.get(name), wished) if port is not None and is_free(port)]
            self._given[name] = wishes[0] if wishes else find(taken=set(known.values()))
            write_whole(self.file, json.dumps({**known, name: self._given[name]}, indent=1))
        return self._given[name]

    def known(self) -> dict[str, int]:
        """Say which port each name was given last."""
        try:
            return {str(name): int(port) for name, port in json.loads(self.file.read_text(encoding="utf-8")).items()}
        except (FileNotFoundError, ValueError, AttributeError):
            return {}


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def find(*, taken: Collection[int] = ()) -> int:
    """Find a free loopback port, for as long as nobody else takes it."""
    for _ in range(TRIES):
        port = random.choice(RANGE)  # noqa: S311  not a secret: only to keep two launchers out of each other's way
        if port not in taken and is_free(port):
            return port
    raise NoFreePort(f"No free port between {RANGE.start} and {RANGE.stop}.")

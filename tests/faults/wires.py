"""Faults that only root can make: a network namespace behind a cable that can be pulled, a small disk, a false clock.

Each is undone with its block, whatever becomes of it.
"""

import os
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

FAKETIME = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/faketime/libfaketime.so.1",
)


class NotHere(Exception):
    """This fault cannot be had on this machine."""


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@dataclass(frozen=True, slots=True)
class Cable:
    """A pair of virtual network cards: ours, and the one inside the namespace."""

    namespace: str
    ours: str
    here: str
    there: str

    @property
    def inside(self) -> tuple[str, ...]:
        """Lead a command into the namespace."""
        return ("ip", "netns", "exec", self.namespace)

    def pull(self) -> None:
        _ip("link", "set", self.ours, "down")

    def plug(self) -> None:
        _ip("link", "set", self.ours, "up")

    def deafen(self) -> None:
        """Lose what comes from inside; what goes in arrives."""
        _ip("-n", self.namespace, "route", "replace", "blackhole", f"{self.here}/32")

    def undeafen(self) -> None:
        _ip("-n", self.namespace, "route", "del", "blackhole", f"{self.here}/32")


@contextmanager
def cable() -> Iterator[Cable]:
    """Make a namespace at the other end of a cable.

    Raises:
        NotHere: this is not root's, or the kernel has no namespaces.
    """
    name, net = f"pi{secrets.token_hex(3)}", f"10.{secrets.randbelow(100) + 100}.{secrets.randbelow(250)}"
    laid = Cable(f"{name}n", f"{name}a", f"{net}.1", f"{net}.2")
    try:
        _lay(laid, f"{name}b")
        yield laid
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotHere(repr(error)) from error
    finally:
        with suppress(OSError):
            subprocess.run(["ip", "link", "del", laid.ours], check=False, capture_output=True)
            subprocess.run(["ip", "netns", "del", laid.namespace], check=False, capture_output=True)


def _lay(laid: Cable, theirs: str) -> None:
    _ip("netns", "add", laid.namespace)
    _ip("link", "add", laid.ours, "type", "veth", "peer", "name", theirs, "netns", laid.namespace)
    _ip("addr", "add", f"{laid.here}/30", "dev", laid.ours)
    _ip("-n", laid.namespace, "addr", "add", f"{laid.there}/30", "dev", theirs)
    _ip("-n", laid.namespace, "link", "set", theirs, "up")
    _ip("-n", laid.namespace, "link", "set", "lo", "up")
    laid.plug()


@dataclass(frozen=True, slots=True)
class Disk:
    """A small file system in memory."""

    path: Path

    def fill(self) -> None:
        """Leave no byte free."""
        with (self.path / "filling").open("wb", buffering=0) as file, suppress(OSError):
            while file.write(b"\0" * 65_536):
                pass

    def free(self) -> None:
        (self.path / "filling").unlink()


@contextmanager
def small_disk(megabytes: int) -> Iterator[Disk]:
    """Mount one.

    Raises:
        NotHere: only root may mount.
    """
    with TemporaryDirectory(prefix="passeurs-disk-") as place:
        size = f"size={megabytes}m,mode=0755"
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", size, "passeurs", place], check=False, capture_output=True, text=True
        )
        if mounted.returncode:
            raise NotHere(mounted.stderr)
        try:
            yield Disk(Path(place))
        finally:
            subprocess.run(["umount", "--lazy", place], check=True, capture_output=True)


def false_clock(skew: str, file: Path | None = None) -> Mapping[str, str]:
    """Give the environment of a process whose wall clock is wrong by so much; `file` can change it while it runs.

    Raises:
        NotHere: libfaketime is not installed.
    """
    library = next((path for path in FAKETIME if Path(path).exists()), None)
    if library is None:
        raise NotHere("libfaketime")
    said = {"FAKETIME": skew} if file is None else {"FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1"}
    if file is not None:
        file.write_text(skew, encoding="ascii")
    return {"LD_PRELOAD": library, "FAKETIME_DONT_FAKE_MONOTONIC": "1", **said, "PATH": os.environ["PATH"]}

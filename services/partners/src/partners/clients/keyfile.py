"""The files that hold our secrets: keys that sign tokens, keys that seal webhook secrets, the operator's secret.

In production they are mounted; in development they are made on first use.  Read whole, written whole, for us alone.
"""

import contextlib
import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet
from joserfc.jwk import ECKey

from partners.domain.keys import KeyRing


class KeyFile:
    """The ring of signing keys; read again when somebody has replaced the file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: tuple[int, int] | None = None
        self._ring: KeyRing | None = None

    def ring(self) -> KeyRing:
        """Read the ring, or remember it."""
        status = self._file.stat()
        seen = (status.st_mtime_ns, status.st_ino)
        if self._ring is None or seen != self._seen:
            self._ring, self._seen = KeyRing.loaded(self._file.read_text("utf-8")), seen
        return self._ring

    def create_if_absent(self) -> None:
        """Make a first ring; of two who try at once, one wins and both read its ring."""
        now = datetime.now(UTC)
        create_if_absent(self._file, lambda: KeyRing.first(_fresh(), _fresh(), at=now).dumped())

    def rotate(self, *, emergency: bool = False) -> KeyRing:
        """Let the next key sign from now on."""
        rotated = self.ring().rotated(_fresh(), at=datetime.now(UTC), emergency=emergency)
        _replace(self._file, rotated.dumped())
        return rotated


class Seal:
    """Seals what must be read again: webhook secrets, and kept answers that contain a secret.

    The file has one key a line, the newest first: the first seals, all of them open.
    """

    def __init__(self, file: Path) -> None:
        keys = [line.strip() for line in file.read_text("ascii").splitlines() if line.strip()]
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, plain: str) -> bytes:
        return self._fernet.encrypt(plain.encode())

    def open(self, sealed: bytes) -> str:
        return self._fernet.decrypt(sealed).decode()


def create_sealing_key_if_absent(file: Path) -> None:
    create_if_absent(file, lambda: Fernet.generate_key().decode() + "\n")


def create_if_absent(file: Path, content: Callable[[], str]) -> None:
    """Make a file of our own, whole or not at all, unless there is one."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = _written_beside(file, content())
    with contextlib.suppress(FileExistsError):
        file.hardlink_to(fresh)
    fresh.unlink()


def _replace(file: Path, content: str) -> None:
    _written_beside(file, content).replace(file)


def _written_beside(file: Path, content: str) -> Path:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # readable by us alone
    with os.fdopen(handle, "w", encoding="utf-8") as fresh:
        fresh.write(content)
        fresh.flush()
        os.fsync(fresh.fileno())
    return Path(name)


def _fresh() -> ECKey:
    return ECKey.generate_key("P-256", private=True)

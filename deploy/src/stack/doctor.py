"""What the local stack needs of the machine, what is missing, and the line that installs it."""

import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from stack import kafka, postgres

OLDEST_JAVA = 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing the machine must have."""

    name: str
    met: bool
    found: str
    remedy: str


def needs(environ: Mapping[str, str]) -> Iterator[Need]:
    """Look at everything, so that one reading is enough."""
    yield _python()
    yield _command("make", environ)
    if not environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        yield _java(environ)
        yield _command("mvn", environ, package="maven")
    if not environ.get("DATABASE_URL"):
        yield _postgres(environ)


def install(package: str) -> str:
    """Write the line that installs a package here, as well as one can tell."""
    if shutil.which("apt-get"):
        return f"sudo apt-get install -y {package}"
    if shutil.which("brew"):
        return f"brew install {'openjdk@17' if 'jdk' in package else package}"
    return f"install {package} with the machine's package manager"


def _python() -> Need:
    version = ".".join(map(str, sys.version_info[:3]))
    return Need(name="Python ≥ 3.11", met=sys.version_info >= (3, 11), found=version, remedy=install("python3"))


def _command(name: str, environ: Mapping[str, str], *, package: str | None = None) -> Need:
    path = shutil.which(name, path=environ.get("PATH"))
    return Need(name=name, met=path is not None, found=path or "not found", remedy=install(package or name))


def _java(environ: Mapping[str, str]) -> Need:
    version = kafka.java_version(kafka.find_java(environ))
    return Need(
        name=f"JDK ≥ {OLDEST_JAVA}",
        met=version is not None and version >= OLDEST_JAVA,
        found="not found" if version is None else f"version {version}",
        remedy=install("openjdk-17-jdk-headless"),
    )


def _postgres(environ: Mapping[str, str]) -> Need:
    try:
        binaries = str(postgres.find_binaries(environ))
    except postgres.NoPostgres as absent:
        binaries, found = "", str(absent)
    else:
        found = binaries
    return Need(
        name="PostgreSQL",
        met=bool(binaries) and (Path(binaries) / "initdb").exists(),
        found=found,
        remedy="make setup  (or " + install("postgresql") + ")",
    )

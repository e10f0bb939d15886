"""A private Apache Kafka in the state folder: one KRaft node, its artefacts resolved by Maven and verified by hash.

One node is all that a local house needs; several, each on a folder of its own, hold copies of each other's records.
"""

import asyncio
import base64
import fcntl
import hashlib
import os
import shutil
import subprocess
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from stack.folder import DEPLOY, ROOT, Folder, write_whole
from stack.ports import Ports
from stack.processes import Program, listens, run_to_end

RECIPE = DEPLOY / "kafka"
HEAP = ("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError")
COMPILER = ("-XX:TieredStopAtLevel=1",)
"""A local broker lives for minutes: the optimising compiler would take a core for most of them."""
FORMATTED = "formatted"
LOOK_EVERY_S = 0.2


class BadArtefact(Exception):
    """A jar is not the one that was chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where the broker lives."""

    java: str
    jars: Path
    home: Path
    port: int

    @property
    def servers(self) -> str:
        return f"127.0.0.1:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """Which node of which cluster a broker is, and the ports of all their controllers, by node."""

    node: int
    cluster: str
    controllers: Mapping[int, int]


def new_cluster() -> str:
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()


async def prepare(folder: Folder, ports: Ports, environ: Mapping[str, str], quorum: Quorum | None = None) -> Broker:
    """Write the configuration, format the storage on first use; the artefacts are there."""
    broker = Broker(
        java=find_java(environ),
        jars=place(environ),
        home=folder.path / "kafka",
        port=ports.named("kafka"),
    )
    controller = ports.named("kafka-controller")
    quorum = quorum or Quorum(node=1, cluster=new_cluster(), controllers={1: controller})
    _configure(broker, controller, quorum)
    if not (broker.home / FORMATTED).exists():
        await _format(broker, folder, quorum.cluster)
    return broker


def program(broker: Broker) -> Program:
    return Program(
        name="kafka",
        command=_java(broker, "kafka.Kafka", str(broker.home / "server.properties")),
        environment=_environment(broker),
        ready=lambda: _answers(broker),
        ready_within_s=90,
        grace_s=20,
    )


def forget(folder: Folder) -> None:
    """Delete the broker of a folder, with all its records."""
    if (folder.path / "kafka").exists():
        shutil.rmtree(folder.path / "kafka")


def find_java(environ: Mapping[str, str]) -> str:
    home = environ.get("JAVA_HOME")
    return str(Path(home) / "bin" / "java") if home else shutil.which("java", path=environ.get("PATH")) or ""


def _configure(broker: Broker, controller: int, quorum: Quorum) -> None:
    broker.home.mkdir(exist_ok=True, mode=0o700)
    copies = len(quorum.controllers)
    here = {
        "node.id": quorum.node,
        "listeners": f"PLAINTEXT://{broker.servers},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"PLAINTEXT://{broker.servers}",
        "controller.quorum.voters": ",".join(f"{n}@127.0.0.1:{port}" for n, port in quorum.controllers.items()),
        "log.dirs": broker.home / "data",
        **{f"{name}.replication.factor": copies for name in _TOPICS_OF_ITS_OWN},
        **{f"{name}.min.isr": copies // 2 + 1 for name in _TOPICS_OF_ITS_OWN[1:]},
    }
    lines = [f"{name}={value}" for name, value in here.items()]
    fixed = (RECIPE / "server.properties").read_text(encoding="utf-8")
    write_whole(broker.home / "server.properties", "\n".join([fixed, *lines, ""]))


_TOPICS_OF_ITS_OWN = ("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")


async def _format(broker: Broker, folder: Folder, cluster: str) -> None:
    """Format from nothing: without the mark of a finished one, what lies there is half a format and holds no data."""
    shutil.rmtree(broker.home / "data", ignore_errors=True)
    settings = str(broker.home / "server.properties")
    command = _java(broker, "kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", settings)
    await run_to_end(command, _environment(broker), log=folder.logs / "kafka-format.log")
    write_whole(broker.home / FORMATTED, cluster)


async def fetch(folder: Folder, environ: Mapping[str, str], recipe: Path = RECIPE) -> None:
    """Resolve jars by Maven, once for all state folders of this checkout; compare each with its recorded hash.

    Of two launchers the second one waits and finds them: Maven's own store is not made for two at once.  Not in a
    thread: who is told to stop while waiting, stops.
    """
    jars = place(environ, recipe)
    jars.parent.mkdir(parents=True, exist_ok=True)
    with jars.with_name(f".{jars.name}.lock").open("w") as turn:
        while not _is_ours(turn):  # noqa: ASYNC110 - the lock is another process's, which rings no bell
            await asyncio.sleep(LOOK_EVERY_S)
        if not is_fetched(environ, recipe):
            await _resolve(jars, folder, environ, recipe)


def _is_ours(turn: IO[str]) -> bool:
    try:
        fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def _resolve(jars: Path, folder: Folder, environ: Mapping[str, str], recipe: Path) -> None:
    draft = jars.with_name(f".{jars.name}.draft")  # whoever is here is alone: what lies there was cut short
    shutil.rmtree(draft, ignore_errors=True)
    command = ["mvn", "-B", "-C", "-f", str(recipe / "pom.xml"), "dependency:copy-dependencies"]
    command += [f"-DoutputDirectory={draft}", "-DincludeScope=runtime"]
    await run_to_end(command, environ, log=folder.logs / "maven.log")
    verify(draft, _wanted(recipe))
    draft.rename(jars)


def is_fetched(environ: Mapping[str, str], recipe: Path = RECIPE) -> bool:
    return place(environ, recipe).exists()


def place(environ: Mapping[str, str], recipe: Path = RECIPE) -> Path:
    """Name the folder of exactly a recipe's jars."""
    version = hashlib.sha256(repr(sorted(_wanted(recipe).items())).encode()).hexdigest()[:12]
    return Path(environ.get("PASSEURS_CACHE") or ROOT / ".state" / "cache") / f"kafka-{version}"


def _wanted(recipe: Path) -> dict[str, str]:
    lines = (recipe / "artefacts.sha256").read_text(encoding="ascii").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def verify(jars: Path, wanted: Mapping[str, str]) -> None:
    """Refuse jars that are not, one by one, those whose hashes were recorded."""
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in jars.glob("*.jar")}
    if wrong := {name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)}:
        raise BadArtefact(f"Not as recorded (artefacts.sha256): {', '.join(sorted(wrong))}")


def _java(broker: Broker, *words: str) -> list[str]:
    log = f"-Dlog4j2.configurationFile={RECIPE / 'log4j2.properties'}"
    return [broker.java, *HEAP, *COMPILER, "-Djava.awt.headless=true", log, "-cp", f"{broker.jars}/*", *words]


def _environment(broker: Broker) -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(broker.home)}


async def _answers(broker: Broker) -> bool:
    """Whether the broker serves clients: its port is open before it does."""
    if not await listens(broker.port):
        return False
    client = AIOKafkaAdminClient(bootstrap_servers=broker.servers, request_timeout_ms=2000)
    try:
        await client.start()
        return bool((await client.describe_cluster())["brokers"])
    except (KafkaError, OSError, TimeoutError):
        return False
    finally:
        await client.close()


def java_version(java: str) -> int | None:
    """Say the major version of a JDK; None when it does not run."""
    try:
        words = subprocess.run(
            [java, "-XshowSettings:properties", "-version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    for line in words.stderr.splitlines():
        name, _, value = line.partition("=")
        if name.strip() == "java.specification.version":
            return int(value.strip().rpartition(".")[2])
    return None

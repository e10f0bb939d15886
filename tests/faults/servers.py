"""Parts that an experiment may break: a broker and a PostgreSQL of its own, started, killed and started again by it.

(1) Nothing starts them again by itself; what runs dies with the process that runs the tests.
(2) They leave nothing behind: no process, no folder.
"""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from signal import Signals
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from common import contracts
from stack import kafka, ports, postgres
from stack.folder import Folder
from stack.ports import Ports
from stack.processes import Program, bound_to
from tests.waiting import until

UP_WITHIN_S = 150


@dataclass(slots=True)
class Server:
    """One program, up or down as the experiment wants it; `inside` are words that lead it into a namespace."""

    program: Program
    log: Path
    inside: Sequence[str] = ()
    options: Sequence[str] = ()
    process: "subprocess.Popen[bytes] | None" = field(default=None)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def spawn(self) -> None:
        """Start it, in a process group of its own that dies with us; do not wait for it."""
        user = self.program.user
        with self.log.open("ab") as words:
            self.process = subprocess.Popen(
                [*self.inside, *self.program.command, *self.options],
                env=dict(self.program.environment),
                stdout=words,
                stderr=words,
                cwd="/",
                start_new_session=True,
                preexec_fn=bound_to(os.getpid(), signal.SIGKILL),  # noqa: PLW1509 - it only asks for a signal
                user=None if user is None else user.uid,
                group=None if user is None else user.gid,
                extra_groups=None if user is None else [],
            )

    async def start(self, *, within_s: float = UP_WITHIN_S) -> None:
        """Start it and wait until it serves."""
        self.spawn()
        await until(self._serves, within_s=within_s)

    async def stop(self, how: Signals, *, within_s: float = 60) -> None:
        """Send its signal and wait for its end."""
        if self.process is not None and self.process.poll() is None:
            os.kill(self.pid, how)
            await until(lambda: self.ended, within_s=within_s)

    async def kill(self) -> None:
        """End it and its children at once: no goodbye, nothing flushed."""
        if self.process is not None:
            self._kill_group()
            await until(lambda: self.ended)

    @property
    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def end(self) -> None:
        """Leave no process behind, frozen ones included."""
        if self.process is not None:
            self._kill_group()
            self.process.wait()

    def freeze(self) -> None:
        os.killpg(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.killpg(self.pid, signal.SIGCONT)

    def _kill_group(self) -> None:
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            assert self.ended

    async def _serves(self) -> bool:
        if self.ended:
            raise RuntimeError(self.log.read_text(encoding="utf-8", errors="replace")[-3000:])
        return await self.program.ready()


@dataclass(slots=True)
class Broker:
    """A Kafka of the experiment's own."""

    where: kafka.Broker
    host: str
    server: Server
    proxied_port: int
    proxy_port: int

    @property
    def servers(self) -> str:
        return f"{self.host}:{self.where.port}"

    def segments(self, topic: str, partition: int) -> list[Path]:
        """List the files that hold a partition's records, oldest first."""
        return sorted((self.where.home / "data" / f"{topic}-{partition}").glob("*.log"))


@dataclass(slots=True)
class Cluster:
    """A PostgreSQL of the experiment's own; `url` is the administrator's."""

    where: postgres.Cluster
    server: Server

    @property
    def url(self) -> str:
        return self.where.url

    async def ask(self, question: str) -> Any:
        """Ask one thing as the administrator."""
        connection = await asyncpg.connect(self.url)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    def tool(self, name: str, *words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        """Run one of PostgreSQL's own programs as the cluster's user; its failure is an error."""
        user = self.where.user
        return subprocess.run(
            [str(self.where.bin / name), *words],
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PGPASSWORD": self.where.password, **environ},
            user=None if user is None else user.uid,
            group=None if user is None else user.gid,
            extra_groups=None if user is None else [],
            cwd="/",
            capture_output=True,
            text=True,
            check=True,
        )


@asynccontextmanager
async def broker(
    *, place: Path | None = None, inside: Sequence[str] = (), host: str = "127.0.0.1"
) -> AsyncIterator[Broker]:
    """Run a broker while the block lasts.

    `place` is where its log lies, a folder of its own by default; `inside` are words that lead it into a namespace, and
    `host` is its address there.
    """
    with _folder(place) as folder:
        if not kafka.is_fetched(os.environ):
            await kafka.fetch(folder, os.environ)
        ports = Ports(folder.path / "ports.json")
        where = await kafka.prepare(folder, ports, os.environ)
        proxied, proxy = ports.named("kafka-proxied"), ports.named("kafka-proxy")
        _listen_twice(where, host, proxied, proxy)
        program = replace(kafka.program(where), ready=partial(answers, f"{host}:{where.port}"))
        server = Server(program, folder.logs / "kafka.log", inside)
        try:
            await server.start()
            yield Broker(where, host, server, proxied, proxy)
        finally:
            server.end()


@asynccontextmanager
async def quorum(nodes: int) -> AsyncIterator[list[Broker]]:
    """Run brokers that hold copies of each other's records while the block lasts; each may be killed by itself."""
    async with AsyncExitStack() as stack:
        folders = {n: stack.enter_context(_folder(None)) for n in range(1, nodes + 1)}
        ports = {n: Ports(folder.path / "ports.json") for n, folder in folders.items()}
        controllers = {n: one.named("kafka-controller") for n, one in ports.items()}
        if not kafka.is_fetched(os.environ):
            await kafka.fetch(folders[1], os.environ)
        cluster, made = kafka.new_cluster(), list[Broker]()
        for n, folder in folders.items():
            among = kafka.Quorum(node=n, cluster=cluster, controllers=controllers)
            where = await kafka.prepare(folder, ports[n], os.environ, among)
            server = Server(kafka.program(where), folder.logs / "kafka.log")
            stack.callback(server.end)
            made.append(Broker(where, "127.0.0.1", server, 0, 0))
        for one in made:
            one.server.spawn()
        for one in made:
            await until(one.server.program.ready, within_s=UP_WITHIN_S)
        yield made


def _listen_twice(where: kafka.Broker, host: str, proxied: int, proxy: int) -> None:
    """Let the broker listen on its host, and a second time where it announces a proxy's address."""
    settings = where.home / "server.properties"
    known = dict(line.split("=", 1) for line in settings.read_text(encoding="utf-8").splitlines() if "=" in line)
    listeners = known["listeners"].replace(f"PLAINTEXT://{where.servers}", f"PLAINTEXT://{host}:{where.port}")
    added = {
        "listeners": f"{listeners},PROXIED://{host}:{proxied}",
        "advertised.listeners": f"PLAINTEXT://{host}:{where.port},PROXIED://127.0.0.1:{proxy}",
        "listener.security.protocol.map": f"{known['listener.security.protocol.map']},PROXIED:PLAINTEXT",
    }
    with settings.open("a", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in added.items())


async def in_sync(servers: str) -> bool:
    """Whether every copy of every partition has what its leader has."""
    client = AIOKafkaAdminClient(bootstrap_servers=servers, request_timeout_ms=2000)
    try:
        await client.start()
        topics = await client.describe_topics(list(contracts.topics()))
        return all(len(one["isr"]) == len(one["replicas"]) for topic in topics for one in topic["partitions"])
    except (KafkaError, OSError, TimeoutError):
        return False
    finally:
        await client.close()


async def answers(servers: str) -> bool:
    """Whether a broker says who is in its cluster."""
    client = AIOKafkaAdminClient(bootstrap_servers=servers, request_timeout_ms=2000)
    try:
        await client.start()
        return bool((await client.describe_cluster())["brokers"])
    except (KafkaError, OSError, TimeoutError):
        return False
    finally:
        await client.close()


@asynccontextmanager
async def cluster(
    *, place: Path | None = None, durable: bool = False, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Cluster]:
    """Run a PostgreSQL while the block lasts; `settings` are its own, over those of the local stack."""
    with _folder(place) as folder:
        where = await postgres.prepare(folder, Ports(folder.path / "ports.json"), os.environ)
        options = [word for name, value in (settings or {}).items() for word in ("-c", f"{name}={value}")]
        server = Server(postgres.program(where, durable=durable), folder.logs / "postgres.log", options=options)
        try:
            await server.start()
            yield Cluster(where, server)
        finally:
            server.end()
            await asyncio.to_thread(postgres.forget, folder)


@asynccontextmanager
async def standby(of: Cluster) -> AsyncIterator[Cluster]:
    """Run a PostgreSQL that follows another one, while the block lasts."""
    where = replace(of.where, home=postgres.own(of.where, of.where.home / "standby"), port=ports.find())
    of.tool("pg_basebackup", "-D", str(where.data), "-d", of.url, "-X", "stream", "-c", "fast", "-R")
    program = postgres.program(where, durable=False)
    server = Server(program, of.server.log.with_name("standby.log"), options=of.server.options)
    try:
        await server.start()
        yield Cluster(where, server)
    finally:
        server.end()


@contextmanager
def _folder(place: Path | None) -> Iterator[Folder]:
    """Prepare a state folder that is gone with the block; inside `place`, or in a place of its own."""
    with TemporaryDirectory(prefix="passeurs-faults-", dir=place) as made:
        folder = Folder(Path(made))
        folder.prepare()
        yield folder

"""Where the house is: the environment says it, or the local stack's own file does."""

import getpass
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

import asyncpg

from common import migrations
from passeurs import store
from stack import house, parts
from stack.folder import Folder, read_exports
from stack.parts import Parts
from stack.services import SERVICES

COMMAND_TIMEOUT_S = 60


class NoHouse(Exception):
    """Nothing says where the house is."""


class NoSuchService(Exception):
    """A service is named that does not exist."""


@dataclass(frozen=True, slots=True)
class House:
    """The parts that an operator asks, and who asks."""

    parts: Parts
    who: str

    @classmethod
    def find(cls, environ: Mapping[str, str]) -> Self:
        """Take DATABASE_URL (an administrator's) and KAFKA_BOOTSTRAP_SERVERS, or what the local stack wrote down.

        Raises:
            NoHouse: there is neither.
        """
        folder = Folder.find(environ)
        files = (house.environment_file(folder), parts.environment_file(folder))
        written = next((read_exports(file) for file in files if file.exists()), {})
        found = {name: environ.get(name) or written.get(name, "") for name in Parts.NAMES}
        if not all(found.values()):
            raise NoHouse("Set DATABASE_URL and KAFKA_BOOTSTRAP_SERVERS, or start the local stack (`make run`).")
        database_url, kafka_servers = found.values()
        return cls(Parts(database_url=database_url, kafka_servers=kafka_servers), environ.get("SUDO_USER") or _me())

    @asynccontextmanager
    async def schema(self, service: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        """Connect as the owner of a service's schema, who sees every row of it.

        Raises:
            NoSuchService: no service has that name.
        """
        if service not in SERVICES:
            raise NoSuchService(f"There is no service `{service}`; there are {', '.join(SERVICES)}.")
        dsn = migrations.dsn(self.parts.database_url, service, "owner")
        connection = await asyncpg.connect(dsn, command_timeout=COMMAND_TIMEOUT_S)
        try:
            await store.see_all(connection)
            yield connection
        finally:
            await connection.close()


def _me() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a number without a name
        return "unknown"

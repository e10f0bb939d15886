"""What runs once before a service in a container: its topics, its schema and roles, and where its roles are.

Takes the administrator's address from ADMIN_DATABASE_URL, which the service itself is never given; leaves the addresses
of the service's own roles in ADDRESSES, a file that only this service can read.
"""

import asyncio
import os
from pathlib import Path

from common import kafka, migrations

ROLES = {"DATABASE_URL": "app", "RELAY_DATABASE_URL": "relay", "HOUSEKEEPER_DATABASE_URL": "housekeeper"}


async def prepare(service: str, administrator: str, servers: str, replication_factor: int) -> None:
    await kafka.create_topics(servers, replication_factor=replication_factor)
    await migrations.prepare(administrator, service)
    await migrations.migrate(administrator, service)


def addresses(service: str, administrator: str) -> str:
    return "".join(f"export {name}='{migrations.dsn(administrator, service, role)}'\n" for name, role in ROLES.items())


if __name__ == "__main__":
    service, administrator = os.environ["SERVICE"], os.environ["ADMIN_DATABASE_URL"]
    factor = int(os.environ.get("REPLICATION_FACTOR", "3"))
    asyncio.run(prepare(service, administrator, os.environ["KAFKA_BOOTSTRAP_SERVERS"], factor))
    file = Path(os.environ["ADDRESSES"])
    file.touch(mode=0o600)
    file.write_text(addresses(service, administrator), encoding="ascii")

"""`python -m common.migrations SERVICE…`: prepare and migrate the schemas of the named services.

Takes the administrator's address from ADMIN_DATABASE_URL; it needs a password, from which those of the roles follow.
"""

import asyncio
import os
import sys

from common import migrations


async def main(admin_dsn: str, services: list[str]) -> None:
    for service in services:
        await migrations.prepare(admin_dsn, service)
        for name in await migrations.migrate(admin_dsn, service):
            sys.stdout.write(f"{service}: {name}\n")


if __name__ == "__main__":
    asyncio.run(main(os.environ["ADMIN_DATABASE_URL"], sys.argv[1:]))

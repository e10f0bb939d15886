"""Bring a service's schema to its last migration: plain SQL files, forward only, by a role of its own.

(1) A file runs once, in one transaction, and its checksum is kept: an edited file is refused.
(2) One runner at a time (advisory lock).
(3) A migration gives up after a twentieth of a second of waiting for a lock and tries again, ten times in one to three
    minutes; only the last tries wait longer, half a second at most.  The service's own statements queue behind it.
(4) Each service has four roles, and none of them can read another service's schema:
    `<svc>_owner` (migrations, operators), `<svc>_app`, `<svc>_relay` (reads the outbox, moves its cursor),
    `<svc>_housekeeper` (owns the outbox and its partitions).
(5) What has not run is run, also where a file with a higher number has run before: numbers are drawn when work begins,
    and files arrive when it is done.  Of two that arrive so, neither may need the other.

Files are `NNNN_expand_….sql` (may run before the new code) or `NNNN_contract_….sql` (only after the old code is gone).
Those of this folder come first, in every schema.
"""

import asyncio
import hashlib
import hmac
import random
import secrets
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

ROLES = ("owner", "app", "relay", "housekeeper")
LOCK_TIMEOUT_MS, LOCK_TIMEOUT_MS_MAX = 50, 500
"""Of most tries, and of the last one.  Whoever comes after a statement that waits for a table waits behind it: while a
reader holds the table for a minute, less than one request in a hundred."""
TRIES = 10
CONNECTIONS_MAX = {"owner": 10, "app": 60, "relay": 10, "housekeeper": 10}
"""What a service may take of the server: one that opens more than its share takes from nobody else's."""
SCRAM_ROUNDS = 4096  # as PostgreSQL's own
_ROLES_LOCK = 0x50617373  # one preparation of cluster-wide roles at a time


class EditedMigration(Exception):
    """A migration that has already run was changed afterwards; write a new one instead."""


class NoPassword(Exception):
    """The administrator's address has no password: those of the roles would follow from their names alone."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: where it comes from, its SQL, and the checksum that tells it from an edited one."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def found(service: str) -> list[Migration]:
    """List what a service's schema is made of, in order: what every service has, then its own."""
    return [*_files("common"), *_files(service)]


def password(admin_dsn: str, role: str) -> str:
    """Derive a role's password from the administrator's: nothing more has to be kept.

    Raises:
        NoPassword: there is nothing to derive it from.
    """
    secret = urlsplit(admin_dsn).password
    if not secret:
        raise NoPassword("the administrator's address needs a password: postgresql://user:password@host/database")
    return hmac.new(secret.encode(), role.encode(), hashlib.sha256).hexdigest()


def dsn(admin_dsn: str, service: str, role: str) -> str:
    """Address the administrator's database as one of a service's roles."""
    parts = urlsplit(admin_dsn)
    name = f"{service}_{role}"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{name}:{quote(password(admin_dsn, name))}@{host}"))


async def prepare(admin_dsn: str, service: str) -> None:
    """Make the service's schema and roles, or mend them; needs the rights of an administrator.

    Raises:
        NoPassword: the administrator's address has none; nothing was touched.
    """
    password(admin_dsn, f"{service}_owner")
    connection = await asyncpg.connect(admin_dsn)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", _ROLES_LOCK)
            for statement in _preparation(admin_dsn, service, await connection.fetchval("SELECT current_database()")):
                await connection.execute(statement)
    finally:
        await connection.close()


async def migrate(admin_dsn: str, service: str, wanted: Sequence[Migration] | None = None) -> list[str]:
    """Run what has not run yet, of a service's own files or of those `wanted`; return the names of what ran."""
    for attempt in range(TRIES):
        try:
            patience_ms = max(LOCK_TIMEOUT_MS, LOCK_TIMEOUT_MS_MAX // 4 ** (TRIES - 1 - attempt))
            return await _migrate(dsn(admin_dsn, service, "owner"), service, wanted or found(service), patience_ms)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            await asyncio.sleep(0.2 * 2**attempt * random.uniform(0.5, 1))  # noqa: S311 - jitter, not a secret
    raise TimeoutError(f"{service}: the tables stayed locked through {TRIES} tries; nothing was changed.")


async def pending(connection: "asyncpg.Connection[asyncpg.Record]", service: str) -> list[str]:
    """Name the migrations that this code needs and this schema lacks: not ready until there are none."""
    done = {row["name"] for row in await connection.fetch("SELECT name FROM migration")}
    return [migration.name for migration in found(service) if migration.name not in done]


async def _migrate(owner_dsn: str, service: str, wanted: Sequence[Migration], patience_ms: int) -> list[str]:
    connection = await asyncpg.connect(owner_dsn)
    try:
        await connection.execute("SELECT pg_advisory_lock(hashtext($1))", f"migrations:{service}")
        await connection.execute(f"SET lock_timeout = {patience_ms}")
        await connection.execute("""SET app.principal = '{"level": "system"}'""")
        await connection.execute(_LEDGER)
        done = {row["name"]: row["checksum"] for row in await connection.fetch("SELECT name, checksum FROM migration")}
        ran = [m.name for m in _not_done(wanted, done) if await _run(connection, m)]
        async with connection.transaction():  # nobody is without a right between its withdrawal and its return
            for grant in _grants(service):
                await connection.execute(grant)
    finally:
        await connection.close()
    return ran


async def _run(connection: "asyncpg.Connection[asyncpg.Record]", migration: Migration) -> bool:
    async with connection.transaction():
        await connection.execute(migration.sql)
        await connection.execute(
            "INSERT INTO migration (name, checksum) VALUES ($1, $2)", migration.name, migration.checksum
        )
    return True


def _not_done(all_of_them: Sequence[Migration], done: dict[str, str]) -> list[Migration]:
    for migration in all_of_them:
        if done.get(migration.name, migration.checksum) != migration.checksum:
            raise EditedMigration(f"{migration.name} has run and was edited since; write a new migration instead.")
    return [migration for migration in all_of_them if migration.name not in done]


def _files(package: str) -> list[Migration]:
    folder = files(package) / "migrations"
    entries = folder.iterdir() if folder.is_dir() else ()
    names = sorted(entry.name for entry in entries if entry.name.endswith(".sql"))
    return [Migration(f"{package}/{name}", (folder / name).read_text("utf-8")) for name in names]


_LEDGER = """
CREATE TABLE IF NOT EXISTS migration (
  name     text        PRIMARY KEY,
  checksum text        NOT NULL,
  ran_at   timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""


def _preparation(admin_dsn: str, service: str, database: str) -> Iterator[str]:
    for role in ROLES:
        yield from _role(admin_dsn, service, role, database)
    yield f"GRANT {service}_housekeeper TO {service}_owner"
    for colour in ("", "_green", "_blue"):  # what serves; what is made beside it; what it replaced (ADR 0031)
        yield f"CREATE SCHEMA IF NOT EXISTS {service}{colour} AUTHORIZATION {service}_owner"
    yield f"GRANT USAGE ON SCHEMA {service} TO {service}_app, {service}_relay, {service}_housekeeper"
    yield f"GRANT CREATE ON SCHEMA {service} TO {service}_housekeeper"
    by_owner = f"ALTER DEFAULT PRIVILEGES FOR ROLE {service}_owner IN SCHEMA {service}"
    yield f"{by_owner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {service}_app"
    yield f"{by_owner} GRANT USAGE ON SEQUENCES TO {service}_app"
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f'REVOKE CONNECT ON DATABASE "{database}" FROM PUBLIC'
    yield from (
        f"CREATE EXTENSION IF NOT EXISTS {name} SCHEMA public" for name in ("pg_trgm", "unaccent", "btree_gist")
    )


def _role(admin_dsn: str, service: str, role: str, database: str) -> Iterator[str]:
    name = f"{service}_{role}"
    yield f"""
    DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN CREATE ROLE {name} LOGIN; END IF;
    END $$
    """
    rights = f"LOGIN NOSUPERUSER NOBYPASSRLS CONNECTION LIMIT {CONNECTIONS_MAX[role]}"
    yield f"ALTER ROLE {name} {rights} PASSWORD '{_verifier(password(admin_dsn, name))}'"
    yield f'GRANT CONNECT ON DATABASE "{database}" TO {name}'
    for setting, value in (("search_path", f"{service}, public"), *_limits(role)):
        yield f'ALTER ROLE {name} IN DATABASE "{database}" SET {setting} = {value}'


def _verifier(secret: str) -> str:
    """Write what PostgreSQL keeps of a password (RFC 5803): a statement may come into its log, and others read that."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", secret.encode(), salt, SCRAM_ROUNDS)
    client, server = (hmac.digest(salted, name, "sha256") for name in (b"Client Key", b"Server Key"))
    kept = (b64encode(one).decode() for one in (salt, hashlib.sha256(client).digest(), server))
    return "SCRAM-SHA-256${}:{}${}:{}".format(SCRAM_ROUNDS, *kept)


def _limits(role: str) -> tuple[tuple[str, str], ...]:
    """Say how long a role may wait: the owner's migrations and the relay's drain are not requests.

    A client that has gone, or that can be reached no more, holds its locks no longer than it takes to notice.
    """
    common = (
        ("idle_in_transaction_session_timeout", "'10s'"),
        ("client_connection_check_interval", "'500ms'"),
        ("tcp_user_timeout", "'5s'"),
        ("tcp_keepalives_idle", "10"),
        ("tcp_keepalives_interval", "2"),
        ("tcp_keepalives_count", "3"),
    )
    if role == "app":
        return (*common, ("statement_timeout", "'3500ms'"), ("lock_timeout", "'1s'"))
    return (*common, ("lock_timeout", "'2s'"))


def _grants(service: str) -> Iterator[str]:
    """Take back, for the backbone's tables, what the default privileges gave to the application's role."""
    app, relay, housekeeper = (f"{service}_{role}" for role in ROLES[1:])
    yield f"REVOKE ALL ON outbox, outbox_default, outbox_cursor, outbox_parked, operation, migration FROM {app}"
    yield f"GRANT SELECT ON migration, outbox_cursor TO {app}"
    yield f"GRANT INSERT ON outbox TO {app}"
    yield f"GRANT SELECT ON outbox, outbox_parked TO {relay}"
    yield f"GRANT SELECT, INSERT, UPDATE ON outbox_cursor TO {relay}"
    yield f"REVOKE ALL ON operation FROM {relay}"  # which had rights there once
    yield f"GRANT SELECT, INSERT, UPDATE (outcome, ended_at) ON operation TO {app}"
    yield f"GRANT SELECT ON outbox_cursor, operation TO {housekeeper}"
    yield f"GRANT SELECT, DELETE ON idempotency TO {housekeeper}"
    yield f"ALTER TABLE outbox OWNER TO {housekeeper}"
    yield f"ALTER TABLE outbox_default OWNER TO {housekeeper}"

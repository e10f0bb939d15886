"""The pool and the transaction.  One request or one message is one transaction, opened in plain sight at the edge.

A transaction knows for whom it runs: `app.principal` is set in the message that begins it, and row-level security
reads it.  Unset, it shows no row.  Connections are handed back without asyncpg's reset (a round trip per request):
nothing here uses session-level SET, LISTEN or advisory locks on pooled connections, and a transaction left open is
rolled back.  One that was cut short (a time-out, a deadline) ends with its connection; the pool opens another.
"""

import asyncio
import math
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

import asyncpg
from prometheus_client import Gauge, Histogram

from common.errors import NotKnownHere, Unavailable
from common.tokens import Principal

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Transaction: TypeAlias = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
else:
    Transaction: TypeAlias = asyncpg.Connection

ACQUIRE_TIMEOUT_S = 1.0
COMMAND_TIMEOUT_S = 4.0
ROLLBACK_TIMEOUT_S = 0.5
IDLE_LIFETIME_S = 300.0
PRINCIPALS_MAX = 1_000

WAITED = Histogram(
    "database_pool_wait_seconds",
    "From asking for a connection to having it, or giving up",
    buckets=(0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1),
)
CONNECTIONS = Gauge("database_pool_connections", "Open, idle among them, and the most there may be", ["state"])

TROUBLE = (Unavailable, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""Whatever a database and the way to it may raise: what a loop that goes on for ever tells of, and tries again."""

_PASSING = (
    NotKnownHere,
    Unavailable,
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # of a connection whose server died while it was saying so
    asyncpg.PostgresConnectionError,
    asyncpg.LockNotAvailableError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidCachedStatementError,  # a migration changed what a prepared statement gives; it is prepared anew
)


class NoConnectionFree(Unavailable):
    """The pool is exhausted, or the database is away."""

    title = "The service is busy; try again in a moment."
    titre = "Le service est occupé ; réessayez dans un instant."


class RolledBack(RuntimeError):
    """What was taken for committed was not: an error of PostgreSQL was swallowed inside a transaction."""


class Database:
    """A service's own schema, through its own role."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self.pool = pool
        self._heard_at = -math.inf

    def silent_s(self) -> float:
        """Tell for how long the database has not answered anybody here."""
        return time.monotonic() - self._heard_at

    @asynccontextmanager
    async def transaction(self, principal: Principal) -> AsyncIterator[Transaction]:
        """Open one transaction in the name of `principal`; leaving the block commits, an exception rolls back.

        Raises:
            RolledBack: a statement had failed, its error was swallowed, and PostgreSQL has refused the commit.
        """
        connection = await self._acquire()
        try:
            try:
                await connection.execute(_begin(principal))
                self._heard_at = time.monotonic()
                yield connection
                ended = await connection.execute("COMMIT")
            except BaseException as error:
                await _undo(connection, error)
                raise
            if ended != "COMMIT":
                raise RolledBack
        finally:
            await self.pool.release(connection)

    async def close(self) -> None:
        """Wait for the transactions under way, then let go of every connection."""
        await self.pool.close()

    async def _acquire(self) -> "PoolConnectionProxy[asyncpg.Record]":
        began = time.perf_counter()
        try:
            return await self.pool.acquire(timeout=ACQUIRE_TIMEOUT_S)
        except (TimeoutError, OSError, asyncpg.PostgresConnectionError) as error:
            raise NoConnectionFree from error
        finally:
            WAITED.observe(time.perf_counter() - began)


def passes(error: BaseException) -> bool:
    """Tell what may succeed in a moment as it is (a lock, a lost connection, a fail-over) from what never will.

    What is wrong with a value stays wrong, also where asyncpg finds it before PostgreSQL does: an InterfaceError
    that is a ValueError (a wrong address, for one) is no lost connection.
    """
    return isinstance(error, _PASSING) and not isinstance(error, ValueError)


async def connect(dsn: str, *, size_min: int = 1, size_max: int = 8) -> Database:
    """Open a pool on `dsn` (a role whose search_path, time-outs and limits were set by `common.migrations.prepare`)."""
    pool = await asyncpg.create_pool(
        dsn,
        min_size=size_min,
        max_size=size_max,
        command_timeout=COMMAND_TIMEOUT_S,
        max_inactive_connection_lifetime=IDLE_LIFETIME_S,
        reset=_leave_as_is,
    )
    for state, count in (("open", pool.get_size), ("idle", pool.get_idle_size), ("most", pool.get_max_size)):
        CONNECTIONS.labels(state).set_function(count)
    return Database(pool)


_LOW_62 = (1 << 62) - 1


def uuid7(at_ms: int | None = None) -> UUID:
    """Make an identifier that sorts by the time it was made (RFC 9562, version 7)."""
    stamp = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    luck = secrets.randbits(74)
    return UUID(int=stamp << 80 | 0x7 << 76 | luck >> 62 << 64 | 0b10 << 62 | luck & _LOW_62)


@lru_cache(maxsize=PRINCIPALS_MAX)
def _begin(principal: Principal) -> str:
    """Begin, and say for whom, in one message: one round trip less in every transaction."""
    said = principal.as_setting().replace("'", "''")  # a literal: `SET` takes no parameter
    return f"BEGIN; SET LOCAL app.principal = '{said}'"


async def _undo(connection: "PoolConnectionProxy[asyncpg.Record]", error: BaseException) -> None:
    """Undo what a failed block did; a connection that is lost has undone it already.

    Who was cut short does not ask a database for a ROLLBACK that has just not answered in time: nobody waits that long.
    """
    if isinstance(error, TimeoutError | asyncio.CancelledError):
        _drop(connection)
        return
    try:
        await connection.execute("ROLLBACK", timeout=ROLLBACK_TIMEOUT_S)
    except TROUBLE:  # a time-out is an OSError
        _drop(connection)
    except asyncio.CancelledError:
        _drop(connection)
        raise


def _drop(connection: "PoolConnectionProxy[asyncpg.Record]") -> None:
    """End a connection at once, without a word; one that was lost has gone back to the pool already."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


async def _leave_as_is(_: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Take the place of asyncpg's reset."""

"""What PostgreSQL's time went into, statement by statement, as it counts that itself (`pg_stat_statements`)."""

from collections.abc import Mapping

import asyncpg

OTHERS = "others"


async def reset(dsn: str) -> None:
    """Begin to count; the administrator's address of a database of one's own."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    await connection.execute("SELECT pg_stat_statements_reset()")
    await connection.close()


async def spent_s(dsn: str, names: Mapping[str, str]) -> dict[str, float]:
    """Say how long statements took, by name: the first whose words are in the statement, or others."""
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch(_SPENT)
    await connection.close()
    spent = dict.fromkeys([*names, OTHERS], 0.0)
    for row in rows:
        name = next((name for name, part in names.items() if part in row["query"]), OTHERS)
        spent[name] += row["seconds"]
    return spent


_SPENT = """
SELECT query, (total_exec_time + total_plan_time) / 1000 AS seconds
  FROM pg_stat_statements
 WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

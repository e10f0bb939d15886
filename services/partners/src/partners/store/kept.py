"""Rows that are written once for each Idempotency-Key and never announced: API clients and webhook endpoints.

What is announced goes through `common.outbox`, which keeps the answer in the same way.  A statement here begins with
the seven values of the kept answer ($1 to $7); its own values follow from $8 on.
"""

import asyncpg

from common.database import Transaction
from common.errors import Unavailable
from common.idempotency import Answer, KeyReused, Once


class OnceMore(Unavailable):
    """Two requests with one key met; the other one was first."""

    title = "The same request is being handled; try again in a moment."
    titre = "La même demande est en cours de traitement ; réessayez dans un instant."


def creating(sql: str) -> str:
    """Complete an `INSERT INTO … SELECT … FROM key RETURNING …`: a key already taken writes nothing at all."""
    return _CREATING.replace("$statement", sql)


def changing(sql: str) -> str:
    """Complete an `UPDATE … RETURNING …` of a row that the transaction has already locked."""
    return _CHANGING.replace("$statement", sql)


async def write(tx: Transaction, statement: str, once: Once, answer: Answer, *values: object) -> bool:
    """Write a row and its kept answer; False: the key of this creation was taken meanwhile, nothing was written."""
    kept = (once.client_id, once.key, once.fingerprint, answer.status, answer.version, answer.location, answer.body)
    try:
        return bool(await tx.fetchval(statement, *kept, *values))
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != "idempotency_pkey":
            raise
        raise KeyReused from error


async def keep(tx: Transaction, once: Once, answer: Answer) -> Answer:
    """Keep an answer to a creation whose rows are written by other statements of the same transaction."""
    if not await write(tx, _KEEPING, once, answer):
        raise OnceMore
    return answer


async def given_before(tx: Transaction, once: Once) -> Answer:
    """Read the answer that this key was given by somebody faster."""
    answer = await once.stored(tx)
    if answer is None:
        message = "A creation was neither written nor answered before."
        raise RuntimeError(message)
    return answer


_KEEPING = """
    WITH key AS (
      INSERT INTO idempotency (client_id, key, fingerprint, status, version, location, body)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
          ON CONFLICT DO NOTHING
      RETURNING key)
    SELECT count(*) FROM key
"""
_CREATING = """
    WITH key AS (
      INSERT INTO idempotency (client_id, key, fingerprint, status, version, location, body)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
          ON CONFLICT DO NOTHING
      RETURNING key),
    changed AS ($statement)
    SELECT count(*) FROM changed
"""
_CHANGING = """
    WITH changed AS ($statement),
    kept AS (
      INSERT INTO idempotency (client_id, key, fingerprint, status, version, location, body)
      SELECT $1::text, $2::text, $3::bytea, $4::integer, $5::integer, $6::text, $7::bytea
        FROM changed
       WHERE $2::text IS NOT NULL)
    SELECT count(*) FROM changed
"""

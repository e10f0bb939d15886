"""Verdicts by which an action was planned, announced or flagged: written once, and never changed (ADR 0034)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec

from actions.domain.action import Action
from actions.domain.screening import Judgement
from common.contracts.actions import Fallback
from common.database import Transaction
from common.errors import Input, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A verdict that was given: for which verb and when, on which session and film, and all that it says.

    `action_version` is the version that the action took by the verb.  `fallback`: it was given on the day or the room
    that the session may fall back to.
    """

    id: int
    action_version: int
    verb: str
    given_at: datetime
    session_id: UUID | None
    film_id: UUID | None
    rule: str
    version: str
    outcome: Outcome
    inputs: dict[str, Input]
    reason: str
    raison: str
    first_lawful_on: date | None
    fallback: Fallback | None = None


async def keep(tx: Transaction, action: Action, judged: Judgement, *, at: datetime) -> None:
    """Keep what was found, beside the change that was made by it."""
    await tx.executemany(
        """
        INSERT INTO verdict (action_id, action_version, verb, given_at, session_id, film_id, rule, version, outcome,
                             inputs, reason, raison, first_lawful_on, fallback)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        """,
        [
            (
                action.id,
                action.version,
                judged.verb,
                at,
                finding.session_id,
                finding.film_id,
                finding.verdict.rule,
                finding.verdict.version,
                finding.verdict.outcome,
                msgspec.json.encode(finding.verdict.inputs).decode(),
                finding.verdict.reason,
                finding.verdict.raison,
                finding.verdict.first_lawful_on,
                finding.fallback,
            )
            for finding in (*judged.findings, *judged.fallbacks)
        ],
    )


async def list_verdicts(tx: Transaction, action_id: UUID, *, after: int | None, limit: int) -> Sequence[Kept]:
    """Read the verdicts of an action that the caller sees, in the order in which they were given."""
    found = await tx.fetch(
        """
        SELECT id, action_version, verb, given_at, session_id, film_id, rule, version, outcome, inputs, reason, raison,
               first_lawful_on, fallback
          FROM verdict
         WHERE action_id = $1 AND ($2::bigint IS NULL OR id > $2)
         ORDER BY id
         LIMIT $3
        """,
        action_id,
        after,
        limit,
    )
    return [msgspec.convert({**row, "inputs": msgspec.json.decode(row["inputs"])}, Kept) for row in found]

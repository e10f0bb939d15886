"""A new table is behind row security, forced, or somebody has said here why it is not."""

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from stack.services import SERVICES

BACKBONE = {
    "consumer_freshness": "what a group has heard: no tenant's data",
    "consumer_offset": "how far a group has read",
    "gap_seen": "versions that were missed",
    "heartbeat_heard": "times of heartbeats",
    "idempotency": "kept answers: found by their caller's own key, in the statement that writes",
    "migration": "the ledger of migrations",
    "operation": "what operators did",
    "outbox": "the service inserts and never reads",
    "outbox_cursor": "the relay's place",
    "outbox_parked": "rows that an operator set aside: the relay's and the owner's",
    "parked_event": "records that could not be applied: no route reads their bodies",
    "parked_key": "which keys wait",
    "seen_version": "versions that were heard",
}
OWN = {
    "catalogue": {
        "film_word": "trigrams and LIKE could not use their index; a word gives nothing away",
        "vocabulary": "the same",
    },
    "partners": {"audit": "the service adds to it and has no right to read"},
    "reporting": {"closed_day": "which days were closed"}
    | dict.fromkeys(
        ("known_campaign", "known_coordination", "known_organisation", "known_project", "known_territory"),
        "what figures are made of, and named by; no caller writes a figure",
    ),
}
OPEN = """
SELECT relname FROM pg_class
 WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = $1::regnamespace
   AND NOT (relrowsecurity AND relforcerowsecurity)
"""


@pytest.mark.parametrize("service", SERVICES)
async def test_every_table_is_behind_row_security_or_said_not_to_be(
    database: Callable[[str], Awaitable[str]], service: str
) -> None:
    connection = await asyncpg.connect(await database(service))
    found = {row["relname"] for row in await connection.fetch(OPEN, service)}
    await connection.close()
    assert found == BACKBONE.keys() | OWN.get(service, {}).keys()

"""What is looked for across a whole table has an index: whoever asks does not read all rows."""

import pytest

from common.database import Database
from common.tokens import SYSTEM
from tests.unit.actions.pieces import an_id

LOOKED_FOR = {
    "the sessions that an organisation organises": (
        "SELECT DISTINCT action_id FROM session WHERE organiser_id = $1 AND state = 'planned'"
    ),
    "the actions of a campaign": "SELECT id FROM action WHERE campaign_id = $1 ORDER BY id LIMIT 50",
}


@pytest.mark.parametrize("statement", LOOKED_FOR.values(), ids=LOOKED_FOR)
async def test_a_look_has_its_index(db: Database, statement: str) -> None:
    """Without a sequential scan at hand the plan shows whether there is another way."""
    async with db.transaction(SYSTEM) as tx:
        await tx.execute("SET LOCAL enable_seqscan = off")
        plan = [row[0] for row in await tx.fetch(f"EXPLAIN {statement}", an_id("somebody"))]
    assert not [line for line in plan if "Seq Scan" in line], plan

"""What is mended may take as long as what is compared: longer than a request may, and longer than a pool waits."""

from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import asyncpg

from common import database, migrations
from common.database import uuid7
from reporting import jobs
from tests.integration.reporting.records import hear
from tests.states import action

PACE = jobs.Pace(every_s=1, poll_s=0.1, passed_over_max=3, kept_days=90)
POOL_WAITS_S = 1.5
SLOW = """
CREATE FUNCTION reporting.slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(2); RETURN NEW; END';
CREATE TRIGGER slow BEFORE UPDATE ON reporting.cell FOR EACH ROW EXECUTE FUNCTION reporting.slow();
"""
DAMAGED = """
UPDATE reporting.cell SET amount = amount + 7 WHERE ctid = (SELECT min(ctid) FROM reporting.cell WHERE amount > 0)
"""


async def test_a_cell_is_mended_however_long_it_takes(address, db, monkeypatch):
    await hear(db, action(uuid4()))
    administrator = await asyncpg.connect(address)
    await administrator.execute(DAMAGED)
    await administrator.execute(SLOW)
    monkeypatch.setattr(database, "COMMAND_TIMEOUT_S", POOL_WAITS_S)
    impatient = await database.connect(migrations.dsn(address, "reporting", "app"))
    try:
        outcome = await jobs.check(impatient, pace=PACE, clock=partial(datetime.now, UTC), new_id=uuid7)
    finally:
        await impatient.close()
        await administrator.execute("DROP TRIGGER slow ON reporting.cell; DROP FUNCTION reporting.slow")
        await administrator.close()
    assert outcome is not None
    assert ([one.kind for one in outcome.differences], outcome.repaired) == (["cell"], 1)

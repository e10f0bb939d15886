"""How old live records are while a bench or an experiment looks on: also those that nobody has counted by its end."""

import time

from bench.telling import Trickle
from common import contracts, migrations
from common.database import connect
from common.kafka.port import Place

HERE = Place(contracts.topic("project", "state"), 0)


async def test_what_still_waits_at_the_end_is_as_old_as_it_is_by_then(database, kafka_servers):
    db = await connect(migrations.dsn(await database("reporting"), "reporting", "app"), size_max=1)
    now = time.monotonic()
    trickle = Trickle(db, "nobody", waiting={HERE: [(5, now - 100), (6, now - 90)]})
    await trickle.run(kafka_servers, iter(()), per_s=50)
    await db.close()
    assert [round(age_s, -1) for age_s in trickle.ages_s] == [100, 90]

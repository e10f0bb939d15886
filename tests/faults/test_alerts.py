"""Each of the fifteen alerts fires once on what it is for, and falls silent when that is over.

A real Prometheus judges.  It scrapes every process of a house of its own, as deployed; an hour of the rules lasts a
minute here, and their limits are what they are.
"""

import asyncio
import json
import os
import secrets
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import asyncpg
import pytest

from common import migrations
from common.contracts.access import Role
from stack import certificates, ports
from stack.ports import Ports
from stack.processes import run_to_end
from stack.services import SERVICES
from tests.conftest import WHOLE_HOUSE, House, launched
from tests.e2e.people import Person
from tests.e2e.subscription import PATH, Subscription
from tests.faults import prometheus as prometheuses
from tests.faults.breaking import frozen, gone
from tests.faults.load import Mix, meanwhile
from tests.faults.prometheus import BINARY, EXPORTER, Prometheus
from tests.faults.town import Town, settled
from tests.faults.wires import Disk, NotHere, small_disk
from tests.integration.partners.outside.receiver import Answer, Call, Receiver, listening, ok, status
from tests.waiting import until

IMPATIENT = {
    "CHECKPOINT_EVERY_S": "5",
    "HOUSEKEEPING_EVERY_S": "5",
    "POOL_MAX": "4",
    "RECONCILIATION_EVERY_S": "30",
    "WEBHOOK_RETRY_DELAYS_S": ",".join(["1"] * 11),
}
DISK_MB = 16
PER_S = 40
CALMLY_PER_S = 5
ENDPOINTS = 4
BUG = """
CREATE FUNCTION bug() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a release was wrong'; END $$;
CREATE TRIGGER bug BEFORE INSERT ON record FOR EACH ROW WHEN (NEW.kind = 'project') EXECUTE FUNCTION bug();
"""

UNWRITTEN = """
CREATE FUNCTION unwritten() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'a release was wrong'; END $$;
CREATE TRIGGER unwritten BEFORE INSERT ON reconciliation FOR EACH ROW EXECUTE FUNCTION unwritten();
"""

UNKEPT = """
REVOKE CREATE ON SCHEMA actions FROM actions_housekeeper;
DO $$ DECLARE part regclass; BEGIN
  FOR part IN SELECT inhrelid FROM pg_inherits
               WHERE inhparent = 'outbox'::regclass AND inhrelid <> 'outbox_default'::regclass LOOP
    EXECUTE format('ALTER TABLE outbox DETACH PARTITION %s', part);
    EXECUTE format('INSERT INTO outbox_default (seq, xid, at, event_id, topic, key, version, type, traceparent, value)
                    OVERRIDING SYSTEM VALUE
                    SELECT seq, xid, at, event_id, topic, key, version, type, traceparent, value FROM %s', part);
    EXECUTE format('DROP TABLE %s', part);
  END LOOP;
END $$;
"""
KEPT = "GRANT CREATE ON SCHEMA actions TO actions_housekeeper"

HEARD = "SELECT EXISTS (SELECT FROM seen_version WHERE topic LIKE '%.project.events.%')"
REMEMBERED = """
INSERT INTO seen_version (grp, topic, key, epoch, version)
SELECT DISTINCT grp, topic, $1, epoch, -1 FROM seen_version WHERE topic LIKE '%.project.events.%'
"""

pytestmark = [
    pytest.mark.on_demand,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        BINARY is None and os.environ.get("CI") != "true", reason="Prometheus is not installed (Debian: prometheus)"
    ),
]


@pytest.fixture(scope="module")
def there() -> Iterator[House]:
    """A house that compares often, keeps house often, and has few connections."""
    with launched(*WHOLE_HOUSE, environment=IMPATIENT) as folder:
        yield House(folder)


@pytest.fixture(scope="module")
async def town(there: House) -> AsyncIterator[Town]:
    async with settled(there) as town:
        yield town


@pytest.fixture(scope="module")
def disk() -> Iterator[Disk | None]:
    """A file system of our own to fill; to mount one takes root."""
    try:
        with small_disk(DISK_MB) as made:
            yield made
    except NotHere:
        yield None


@pytest.fixture(scope="module")
async def prometheus(
    there: House, disk: Disk | None, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Prometheus]:
    known, folder = Ports(there.folder.run / "ports.json").known(), tmp_path_factory.mktemp("prometheus")
    place = disk.path if disk else folder
    exporter, port = ports.find(), ports.find()
    if disk is None or EXPORTER is None:
        async with prometheuses.beside(known, port=port, disk=place, folder=folder) as judge:
            yield judge
        return
    known["node-exporter"] = exporter
    async with (
        prometheuses.exporting(exporter, log=folder / "exporter.log"),
        prometheuses.beside(known, port=port, disk=place, folder=folder) as judge,
    ):
        yield judge


async def test_every_process_is_scraped(prometheus: Prometheus) -> None:
    async def all_up() -> bool:
        return await prometheus.down() == []

    await until(all_up, within_s=60)


async def test_a_database_that_hangs(there: House, town: Town, prometheus: Prometheus) -> None:
    """Portals read and write all day; PostgreSQL stops answering, and they are told so."""
    names = ("WritesFailFast", "WritesFailSlowly", "ReadsFailFast", "ReadsFailSlowly", "ConnectionsShort")
    mix = Mix(town, await town.client())
    async with meanwhile(mix.ask, per_s=PER_S):
        await until(lambda: len(mix.made) > PER_S)
        await prometheus.falls_silent(*names)
        with frozen(there, "postgres"):
            await prometheus.fires(*names)
        await prometheus.falls_silent(*names)
    await mix.client.close()


async def test_a_broker_that_hangs(there: House, town: Town, prometheus: Prometheus) -> None:
    """Facts wait to be published, and readers know less and less; what is written is taken all the same."""
    names = ("FactsWait", "ReadersLag")
    mix = Mix(town, await town.client())
    async with meanwhile(mix.write, per_s=CALMLY_PER_S) as replies:
        await prometheus.falls_silent(*names)
        with frozen(there, "kafka"):
            await prometheus.fires(*names)
        await prometheus.falls_silent(*names)
    await mix.client.close()
    assert all(reply.good for reply in replies), "the broker is in no writer's way"


async def test_a_record_that_cannot_be_applied(there: House, town: Town, prometheus: Prometheus) -> None:
    """A bug refuses the records of projects; mended, the keys are redriven, and nothing is set aside any more.

    Among them may be what was written just before the bug and is read after it.
    """
    mix = Mix(town, await town.client())
    async with _owner(there, "reporting") as owner:
        await owner.execute(BUG)
        try:
            reply = await mix.write(0, 0.0)
            assert reply.good, reply.body
            await prometheus.fires("RecordsParked")
        finally:
            await owner.execute("DROP TRIGGER bug ON record; DROP FUNCTION bug()")
        aside = await owner.fetch("SELECT DISTINCT grp, topic, key FROM parked_event")
    await mix.client.close()
    assert json.loads(reply.body)["id"] in {one["key"] for one in aside}
    for one in aside:
        await passeurs(there, "redrive", "reporting", *one)
    await prometheus.falls_silent("RecordsParked")


async def test_a_fact_without_its_predecessor(there: House, town: Town, prometheus: Prometheus) -> None:
    """What is remembered of a project is of before its beginning, so that its first fact is not the next one.

    The worker is killed and hears that fact in its first batch: before Prometheus has seen it count anything.
    """
    mix = Mix(town, await town.client())
    await mix.write(0, 0.0)
    async with _owner(there, "partners") as owner:
        await until(lambda: owner.fetchval(HEARD), within_s=60)
    with gone(there, "partners-worker"):
        reply = await mix.write(0, 0.0)
        async with _owner(there, "partners") as owner:
            await owner.execute(REMEMBERED, json.loads(reply.body)["id"])
    await mix.client.close()
    await prometheus.fires("FactsMissing")
    await prometheus.falls_silent("FactsMissing")


async def test_a_database_that_is_not_what_it_was(there: House, prometheus: Prometheus) -> None:
    """The worker that finds it counts it before Prometheus has ever seen that worker; an operator announces all."""
    await prometheus.falls_silent("FactsMissing")
    with gone(there, "catalogue-worker"):
        async with _owner(there, "catalogue") as owner:
            await owner.execute("UPDATE outbox_cursor SET timeline = 0")
    await prometheus.fires("FactsMissing")
    await passeurs(there, "announce", "catalogue")
    await prometheus.falls_silent("FactsMissing")


async def test_an_outbox_that_nobody_keeps(there: House, town: Town, prometheus: Prometheus) -> None:
    """As after two days without a housekeeper: what is retained and what is written lies outside of all partitions."""
    mix = Mix(town, await town.client())
    async with _owner(there, "actions") as owner:
        await owner.execute(UNKEPT)
        try:
            reply = await mix.write(0, 0.0)
            assert reply.good, reply.body
            await prometheus.fires("PartitionsMissing")
        finally:
            await owner.execute(KEPT)
        await prometheus.falls_silent("PartitionsMissing")
        assert not await owner.fetchval("SELECT count(*) FROM outbox_default")
    await mix.client.close()


async def test_figures_that_differ_and_are_not_mended(there: House, town: Town, prometheus: Prometheus) -> None:
    """A record is lost behind everybody's back; its owner, who is told, does not answer."""
    mix = Mix(town, await town.client())
    reply = await mix.write(0, 0.0)
    await mix.client.close()
    key = json.loads(reply.body)["id"]
    async with _owner(there, "reporting") as owner:

        async def lost() -> bool:
            return await owner.fetchval("DELETE FROM record WHERE id::text = $1 RETURNING true", key) is not None

        await until(lost)

    async def seen() -> bool:
        return bool(await prometheus.value("reconciliation_differences > 0"))

    await until(seen, within_s=60)
    with frozen(there, "actions-worker"):
        await prometheus.fires("FiguresDiffer")
    await prometheus.falls_silent("FiguresDiffer")


async def test_figures_that_nobody_compares_any_more(there: House, prometheus: Prometheus) -> None:
    """A bug refuses what comparisons come to: no difference is known, for there is nobody who would know."""
    await prometheus.falls_silent("FiguresUnchecked")
    async with _owner(there, "reporting") as owner:
        await owner.execute(UNWRITTEN)
        try:
            await prometheus.fires("FiguresUnchecked")
            assert "FiguresDiffer" not in await prometheus.firing()
        finally:
            await owner.execute("DROP TRIGGER unwritten ON reconciliation; DROP FUNCTION unwritten()")
    await prometheus.falls_silent("FiguresUnchecked")


async def test_webhooks_that_fail(there: House, town: Town, prometheus: Prometheus) -> None:
    """Every third attempt fails, at all endpoints: no breaker opens, and yet it is more than a fifth."""
    made = certificates.prepare(there.folder, now=datetime.now(UTC))
    async with listening(made, port=int(there.environment["RECEIVER_PORT"])) as receiver:
        owner = town.ground[Role.REGIONAL_COORDINATOR]
        endpoints = [await subscribed(town, owner, receiver) for _ in range(ENDPOINTS)]
        mix = Mix(town, await town.client())
        async with meanwhile(mix.write, per_s=PER_S / ENDPOINTS):
            await prometheus.fires("WebhooksFail")
            for one in endpoints:
                receiver.always[one.path] = ok
            await prometheus.falls_silent("WebhooksFail")
        await mix.client.close()
        for one in endpoints:
            await one.remove()


async def test_a_disk_that_fills(prometheus: Prometheus, disk: Disk | None) -> None:
    if disk is None or EXPORTER is None:
        pytest.skip("Needs root, and Debian's prometheus-node-exporter: nothing else tells of this machine's disks.")
    disk.fill()
    await prometheus.fires("DiskFills")
    disk.free()
    await prometheus.falls_silent("DiskFills")


async def test_no_backup_is_missed_until_one_is_there_and_then_nothing_is_wrong(
    there: House, prometheus: Prometheus, tmp_path: Path
) -> None:
    await prometheus.fires("BackupMissing")
    await passeurs(there, "backup", str(tmp_path / "backups"))
    for service in SERVICES:
        async with _owner(there, service) as owner:
            assert await owner.fetchval("SELECT count(*) FROM operation WHERE command = 'backup'") == 1
    await prometheus.falls_silent()


@asynccontextmanager
async def _owner(house: House, service: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Reach behind a service's back."""
    connection = await asyncpg.connect(migrations.dsn(house.environment["DATABASE_URL"], service, "owner"))
    try:
        await connection.execute("""SET app.principal = '{"level": "system"}'""")
        yield connection
    finally:
        await connection.close()


async def subscribed(town: Town, owner: Person, receiver: Receiver) -> Subscription:
    """Register an endpoint at the receiver, whose every third answer is a failure, and have it verified."""
    path = f"/{secrets.token_hex(8)}"
    receiver.always[path] = thirds()
    made = await town.office.write(owner, PATH, {"url": receiver.url(path), "event_types": ["*"]})
    subscription = Subscription(office=town.office, owner=owner, id=made["id"], path=path)
    await subscription.do("verify")

    async def active() -> bool:
        return bool((await town.office.read(owner, subscription.here))["state"] == "active")

    await until(active)
    return subscription


def thirds() -> Answer:
    numbers = count(1)

    async def answer(receiver: Receiver, writer: asyncio.StreamWriter, call: Call) -> None:
        await (status(500) if next(numbers) % 3 == 0 else ok)(receiver, writer, call)

    return answer


async def passeurs(house: House, *words: str) -> None:
    """Run one command of the operator's."""
    place = {"PASSEURS_STATE": str(house.folder.path)}
    log = house.folder.logs / "passeurs.log"
    await run_to_end([sys.executable, "-m", "passeurs", *words], {**os.environ, **house.environment, **place}, log=log)

"""What every service's worker runs: it hears what others announce, publishes what was written, and keeps house."""

from collections.abc import Mapping
from functools import partial

from common import consumer, housekeeping, relay
from common.database import Database
from common.relay import Count
from common.service import Run
from common.settings import Settings


def tasks(
    settings: Settings,
    service: str,
    database: Database,
    groups: Mapping[str, consumer.Group],
    *,
    digest: Count | None = None,
) -> dict[str, Run]:
    """Give the tasks by name: one for each group, housekeeping, and the relay, which goes last.

    `digest` counts what the service holds, for its checkpoints; a service that owns nothing others copy has none.
    """
    hearing = consumer.Settings(
        servers=settings.kafka_bootstrap_servers,
        client=settings.kafka_client,
        member=settings.consumer_member,
        batch_records_max=settings.consumer_batch_records_max,
    )
    relaying = relay.Settings(
        service=service,
        dsn=settings.relay_database_url.get_secret_value(),
        servers=settings.kafka_bootstrap_servers,
        checkpoint_every_s=settings.checkpoint_every_s,
        client=settings.kafka_client,
    )
    housekeeper = settings.housekeeper_database_url.get_secret_value()
    return {
        **{name: partial(consumer.run, group, database=database, settings=hearing) for name, group in groups.items()},
        "housekeeping": partial(housekeeping.run, service, housekeeper, every_s=settings.housekeeping_every_s),
        "relay": partial(relay.run, relaying, digest),
    }

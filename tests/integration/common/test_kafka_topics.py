"""The declared topics are there, as they are declared; what is missing or different is named."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from common import contracts, kafka
from tests.waiting import until

TOPIC = contracts.topic("checkpoint", "platform")

Set = Callable[[Mapping[str, str]], Awaitable[None]]


@pytest.fixture
async def configure(kafka_servers: str) -> AsyncIterator[Set]:
    """Set one topic up otherwise; what is declared comes back at the end."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_servers)
    await admin.start()

    async def put(settings: Mapping[str, str]) -> None:
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, TOPIC, configs=dict(settings))])

    try:
        yield put
        await put(kafka.configuration(TOPIC))
    finally:
        await admin.close()


async def test_what_was_created_is_what_is_declared(kafka_servers: str):
    assert await kafka.missing_topics(kafka_servers) == []
    assert await kafka.differing_topics(kafka_servers) == {}
    assert await kafka.create_topics(kafka_servers) == list(contracts.topics())


async def test_what_would_break_a_promise_is_named_and_what_is_the_operators_is_not(kafka_servers: str, configure: Set):
    wrong = {"cleanup.policy": "compact", "max.message.bytes": "1000", "min.insync.replicas": "2"}
    await configure({**wrong, "retention.ms": "1234567"})

    async def named() -> bool:
        return await kafka.differing_topics(kafka_servers) == {
            TOPIC: [
                "cleanup.policy is compact, not delete",
                "max.message.bytes is 1000, not 1048576",
                "min.insync.replicas is 2, not 1",
            ]
        }

    await until(named)


@pytest.mark.parametrize(("replication_factor", "acknowledged_by"), [(1, "1"), (3, "2"), (5, "3")])
def test_what_is_acknowledged_is_on_a_majority_of_the_brokers_that_have_a_topic(replication_factor, acknowledged_by):
    declared = [kafka.configuration(name, replication_factor=replication_factor) for name in contracts.topics()]
    assert {settings["min.insync.replicas"] for settings in declared} == {acknowledged_by}

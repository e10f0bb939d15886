"""The topics as they are declared: created, found missing, found different; and the partition of a key.

What is `HELD` must be as it is declared; retention and replication are the operator's to change.  How many replicas
must have a record before it counts as acknowledged follows from how many there are.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from struct import unpack
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from common import contracts

DAY_MS = 86_400_000
EVENTS_KEPT_MS = 90 * DAY_MS
COMPACTION_LAG_MS = 3_600_000
TOMBSTONES_KEPT_MS = 7 * DAY_MS
PLATFORM_KEPT_MS: Mapping[str, int] = {"heartbeat": DAY_MS, "checkpoint": 7 * DAY_MS}
MESSAGE_BYTES_MAX = 1_048_576
ADMIN_TIMEOUT_S = 60

HELD = ("cleanup.policy", "max.message.bytes", "min.insync.replicas")
"""The settings without which a promise breaks: a compacted topic of facts forgets, a small limit refuses records, and
what one broker of three has acknowledged alone is lost with it."""

_CONFIGS: Mapping[contracts.Kind, Mapping[str, str]] = {
    "events": {"cleanup.policy": "delete", "retention.ms": str(EVENTS_KEPT_MS)},
    "state": {
        "cleanup.policy": "compact",
        "min.compaction.lag.ms": str(COMPACTION_LAG_MS),
        "delete.retention.ms": str(TOMBSTONES_KEPT_MS),
    },
    "platform": {"cleanup.policy": "delete"},
}
_KEPT_MS = {contracts.topic(name, "platform"): kept for name, kept in PLATFORM_KEPT_MS.items()}
_SEED, _FACTOR, _BITS, _POSITIVE = 0x9747B28C, 0x5BD1E995, 0xFFFFFFFF, 0x7FFFFFFF


def partition(key: str) -> int:
    """Place a key as the Java client does (murmur2), so that any producer sends it to the same partition."""
    raw = key.encode()
    whole = len(raw) & ~3
    hashed = _SEED ^ len(raw)
    for word in unpack(f"<{whole >> 2}I", raw[:whole]):
        mixed = word * _FACTOR & _BITS
        hashed = hashed * _FACTOR & _BITS ^ ((mixed ^ mixed >> 24) * _FACTOR & _BITS)
    if len(raw) > whole:
        hashed = (hashed ^ int.from_bytes(raw[whole:], "little")) * _FACTOR & _BITS
    hashed = (hashed ^ hashed >> 13) * _FACTOR & _BITS
    return ((hashed ^ hashed >> 15) & _POSITIVE) % contracts.PARTITIONS


def configuration(name: str, *, replication_factor: int = 1) -> Mapping[str, str]:
    """Say what a declared topic is set to: a majority of its replicas has what is acknowledged."""
    return {
        **_CONFIGS[contracts.topics()[name]],
        **({"retention.ms": str(_KEPT_MS[name])} if name in _KEPT_MS else {}),
        "max.message.bytes": str(MESSAGE_BYTES_MAX),
        "min.insync.replicas": str(replication_factor // 2 + 1),
    }


async def create_topics(servers: str, *, replication_factor: int = 1) -> list[str]:
    """Create the topics that are not there yet; return all their names.  Nothing else creates one."""
    async with _admin(servers) as admin:
        there = set(await admin.list_topics())
        missing = [_topic(name, replication_factor) for name in contracts.topics() if name not in there]
        answer: Any = await admin.create_topics(missing)
        _raise_for(answer.topic_errors)
    return list(contracts.topics())


async def missing_topics(servers: str) -> list[str]:
    """Name the declared topics that the broker lacks: no relay leads until there are none."""
    async with _admin(servers) as admin:
        return sorted(set(contracts.topics()) - set(await admin.list_topics()))


async def differing_topics(servers: str) -> dict[str, list[str]]:
    """Say how topics that are there differ from what is declared: in their partitions, or in what is `HELD`."""
    async with _admin(servers) as admin:
        names = sorted(set(contracts.topics()) & set(await admin.list_topics()))
        described: list[dict[str, Any]] = await admin.describe_topics(names)
        partitions = {one["topic"]: one["partitions"] for one in described}
        configs = await _configs(admin, names)
    differences = {name: _differences(name, partitions[name], configs[name]) for name in names}
    return {name: found for name, found in differences.items() if found}


@asynccontextmanager
async def _admin(servers: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """Speak to the broker about its topics, for `ADMIN_TIMEOUT_S` at most."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    try:
        async with asyncio.timeout(ADMIN_TIMEOUT_S):
            await admin.start()
            yield admin
    finally:
        await admin.close()


async def _configs(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, name, configs=dict.fromkeys(HELD)) for name in names]
    answers: list[Any] = await admin.describe_configs(asked)
    return {
        name: {setting: value for setting, value, *_ in entries}
        for answer in answers
        for _code, _message, _kind, name, entries in answer.resources
    }


def _differences(name: str, partitions: Sequence[Mapping[str, Any]], configs: Mapping[str, str]) -> list[str]:
    replicas = min(len(one["replicas"]) for one in partitions)
    declared = {"partitions": str(contracts.PARTITIONS), **configuration(name, replication_factor=replicas)}
    found = {"partitions": str(len(partitions)), **configs}
    return [
        f"{setting} is {found.get(setting)}, not {declared[setting]}"
        for setting in ("partitions", *HELD)
        if found.get(setting) != declared[setting]
    ]


def _topic(name: str, replication_factor: int) -> NewTopic:
    return NewTopic(
        name=name,
        num_partitions=contracts.PARTITIONS,
        replication_factor=replication_factor,
        topic_configs=dict(configuration(name, replication_factor=replication_factor)),
    )


def _raise_for(errors: Sequence[tuple[str, int, str]]) -> None:
    for name, code, *_ in errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            message = f"topic {name}"
            raise error(message)

"""Records that no service of ours would send, made from what one would: cut, bent, mislabelled, or no text at all."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from random import Random
from uuid import UUID

import asyncpg
import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from common import contracts, kafka
from common.consumer import Group
from common.kafka.port import Headers
from docs import events, examples

VALUES: Sequence[object] = (
    None,
    True,
    -1,
    10**30,
    1.5,
    "",
    "\0",
    "x" * 20_000,
    "2025-99-99",
    [],
    {},
    [[[]]],
    {"a": "b"},
)
"""What stands where something else should."""
SPOILED = 0.8
Bytes = bytes | None
Crafted = tuple[Bytes, Bytes, dict[str, bytes]]
"""A record: its key, its value, its headers."""


def whole(rng: Random, topic: str) -> Crafted:
    """Write a record as its service would."""
    one = rng.choice([one for one in events.published() if one.topic == topic])
    key = str(UUID(int=rng.getrandbits(128), version=4))
    headers = kafka.headers(
        service=one.publishers[0],
        event_id=UUID(int=rng.getrandbits(128), version=4),
        ce_type=one.ce_type,
        key=key,
        at=datetime.now(UTC),
        version=rng.randint(1, 9),
        epoch=1,
        traceparent=None,
    )
    return key.encode(), msgspec.json.encode(examples.full(one.contract)), dict(headers)


def spoiled(rng: Random, topic: str) -> Crafted:
    """Spoil one, in any of these ways."""
    return rng.choice(_WAYS)(rng, *whole(rng, topic))


def _bytes(rng: Random, key: Bytes, _: Bytes, headers: dict[str, bytes]) -> Crafted:
    return key, rng.randbytes(rng.randint(0, 200)), headers


def _cut(rng: Random, key: Bytes, value: Bytes, headers: dict[str, bytes]) -> Crafted:
    return key, (value or b"")[: rng.randrange(len(value or b"") + 1)], headers


def _bent(rng: Random, key: Bytes, value: Bytes, headers: dict[str, bytes]) -> Crafted:
    fields = json.loads(value or b"{}")
    fields[rng.choice([*fields])] = rng.choice(VALUES)
    return key, json.dumps(fields).encode(), headers


def _poor(rng: Random, key: Bytes, value: Bytes, headers: dict[str, bytes]) -> Crafted:
    fields = json.loads(value or b"{}")
    del fields[rng.choice([*fields])]
    return key, json.dumps(fields).encode(), headers


def _other_json(rng: Random, key: Bytes, _: Bytes, headers: dict[str, bytes]) -> Crafted:
    return key, json.dumps(rng.choice(VALUES)).encode(), headers


def _deep(_: Random, key: Bytes, __: Bytes, headers: dict[str, bytes]) -> Crafted:
    return key, b"[" * 50_000, headers


def _keyless(rng: Random, _: Bytes, value: Bytes, headers: dict[str, bytes]) -> Crafted:
    spoiled = rng.choice((None, b"", b"\xff\xfe", b"no-id", b"\0"))
    return spoiled, value if spoiled is None else rng.choice((value, None)), headers  # a client sends one of both


def _mislabelled(rng: Random, key: Bytes, value: Bytes, headers: dict[str, bytes]) -> Crafted:
    wrong = rng.choice((b"", b"\xff\xfe", b"-1", b"9" * 40, b"passeurs.nobody.nothing.v1", b"\0"))
    return key, value, {**headers, rng.choice([*headers]): wrong}


def _unlabelled(rng: Random, key: Bytes, value: Bytes, headers: dict[str, bytes]) -> Crafted:
    gone = rng.choice([*headers])
    return key, value, {name: said for name, said in headers.items() if name != gone}


def _dead(_: Random, key: Bytes, __: Bytes, headers: dict[str, bytes]) -> Crafted:
    return key, None, headers


_WAYS: Sequence[Callable[[Random, Bytes, Bytes, dict[str, bytes]], Crafted]] = (
    _bytes,
    _cut,
    _bent,
    _poor,
    _other_json,
    _deep,
    _keyless,
    _mislabelled,
    _unlabelled,
    _dead,
)


async def begin_at_the_ends(address: str, service: str, group: Group, servers: str) -> None:
    """Let a group begin where its topics end now."""
    connection = await asyncpg.connect(address)
    try:
        await connection.executemany(
            f"INSERT INTO {service}.consumer_offset (grp, topic, part, next_offset) VALUES ($1, $2, $3, $4)",
            [(group.name, at.topic, at.partition, end) for at, end in (await ends(group, servers)).items()],
        )
    finally:
        await connection.close()


async def ends(group: Group, servers: str) -> Mapping[TopicPartition, int]:
    client = AIOKafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False)
    await client.start()
    try:
        places = [TopicPartition(topic, part) for topic in group.listeners for part in range(contracts.PARTITIONS)]
        found: Mapping[TopicPartition, int] = await client.end_offsets(places)
    finally:
        await client.stop()
    return found


async def thrown(rng: Random, group: Group, servers: str, *, records: int) -> int:
    """Append so many to the topics of a group, most of them spoiled; say how many are."""
    topics, bad = [*group.listeners], 0
    async with AIOKafkaProducer(bootstrap_servers=servers) as producer:
        for n in range(records):
            spoil = rng.random() < SPOILED
            key, value, headers = (spoiled if spoil else whole)(rng, topics[n % len(topics)])
            bad += spoil
            said: Headers = [*headers.items()]
            await producer.send(topics[n % len(topics)], value, key, rng.randrange(contracts.PARTITIONS), headers=said)
        await producer.flush()
    return bad

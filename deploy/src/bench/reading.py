"""A process that reads a topic from its beginning with the library alone.

`python -m bench.reading <servers> <topic> <records>`.  It says how many seconds that took, from the first record.
"""

import sys
import time

import uvloop
from aiokafka import AIOKafkaConsumer, TopicPartition

from common import collector, contracts

RECORDS_MAX = 5_000


async def main(servers: str, topic: str, records: int) -> None:
    reader = AIOKafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False, auto_offset_reset="earliest")
    await reader.start()
    try:
        reader.assign([TopicPartition(topic, n) for n in range(contracts.PARTITIONS)])
        collector.settle()
        read, began = 0, 0.0
        while read < records:
            polled = await reader.getmany(timeout_ms=1_000, max_records=RECORDS_MAX)
            began = began or time.monotonic()
            read += sum(map(len, polled.values()))
        sys.stdout.write(f"{time.monotonic() - began}\n")
    finally:
        await reader.stop()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))

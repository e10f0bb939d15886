"""Every setting of the catalogue: those that all services share, and its own."""

from pydantic import Field

from common.settings import Positive, Seconds
from common.settings import Settings as Shared


class Settings(Shared):
    """What the catalogue takes from its environment."""

    consumer_member: str = Field("1", description="This worker's name in its consumer group; another for each worker.")
    consumer_batch_records_max: Positive = Field(10_000, description="Records applied in one transaction, at most.")
    housekeeping_every_s: Seconds = Field(600, description="Between two looks at the outbox's partitions.")

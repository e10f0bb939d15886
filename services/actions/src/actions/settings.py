"""The settings of `actions`: those that every service has, and how its consumer works."""

from typing import Annotated

from pydantic import Field

from common.settings import Positive, Seconds
from common.settings import Settings as CommonSettings


class Settings(CommonSettings):
    """Read once, by `main`."""

    consumer_member: str = Field("1", description="This worker's name in its consumer group; each worker has its own.")
    consumer_batch_records_max: Positive = Field(10_000, description="Records applied in one transaction, at most.")
    timers_every_s: Seconds = Field(60.0, description="Between two looks at what time alone decides (T6, T13, T17).")
    timers_page_max: Annotated[int, Field(ge=1, le=1000)] = Field(
        100, description="Files or actions listed at once in such a look; it goes through all pages."
    )
    housekeeping_every_s: Seconds = Field(3600.0, description="Between two tidyings of outbox and kept answers.")

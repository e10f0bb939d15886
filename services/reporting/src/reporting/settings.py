"""Every setting of reporting: those that all services share, and its own."""

from typing import Annotated

from pydantic import Field

from common.settings import Positive, Seconds
from common.settings import Settings as Shared


class Settings(Shared):
    """What reporting takes from its environment."""

    consumer_group: str = Field(
        "reporting.figures", description="The figures' group; another name, on an empty schema, counts everything anew."
    )
    announce_every_ms: Annotated[int, Field(ge=200)] = Field(
        200, description="Between two announcements; a cell is in each at most once."
    )
    announced_cells_max: Positive = Field(500, description="Cells of one announcement; the others are in the next.")
    day_close_every_s: Seconds = Field(
        60.0, description="Between two looks at whether a day is over (not in a sandbox)."
    )
    reconciliation_every_s: Seconds = Field(
        3600.0, description="Between two comparisons of cells with contributions, records and announcements."
    )
    reconciliation_poll_s: Seconds = Field(
        0.5, description="Between two looks for a checkpoint whose ends have been reached."
    )
    reconciliation_passed_over_max: Positive = Field(
        10, description="Checkpoints at which a bucket may have moved before it is announced again unseen."
    )
    reconciliation_kept_days: Positive = Field(90, description="How long outcomes of comparisons are kept.")
    waiting_max: Positive = Field(
        16, description="Questions that wait for their records at once in one process; one more is answered at once."
    )
    streams_max: Positive = Field(200, description="Live streams with a token open at once in one process.")
    public_streams_max: Positive = Field(100, description="Live streams without a token open at once in one process.")
    stream_poll_ms: Positive = Field(50, description="Between two looks for announcements, while somebody listens.")
    stream_heartbeat_s: Seconds = Field(10.0, description="Between two signs of life on a quiet stream.")
    stream_public_s: Seconds = Field(
        600.0, description="Until a stream without token ends; browsers come back at once."
    )

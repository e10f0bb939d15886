"""Every setting of `actions`: those that all services share, and its own."""

from typing import Annotated

from pydantic import Field

from common.settings import Seconds
from common.settings import Settings as Shared


class Settings(Shared):
    """What `actions` takes from its environment."""

    timers_every_s: Seconds = Field(60.0, description="Between two looks at what time alone decides (T6, T13, T17).")
    judging_every_s: Seconds = Field(0.5, description="Between two looks at what is to be judged again.")
    judging_page_max: Annotated[int, Field(ge=1, le=1000)] = Field(
        200, description="Actions judged again in one look; more follow at once."
    )
    judging_at_once_max: Annotated[int, Field(ge=1, le=16)] = Field(
        4, description="Actions judged again at the same time, each on a connection."
    )
    timers_page_max: Annotated[int, Field(ge=1, le=1000)] = Field(
        100, description="Files or actions listed at once in such a look; it goes through all pages."
    )
    calendar_feeds_max: Annotated[int, Field(ge=1, le=1000)] = Field(
        50, description="Calendar feeds that an organisation may have, the revoked ones not counted."
    )
    calendar_events_max: Annotated[int, Field(ge=1, le=5000)] = Field(
        1000, description="Events in one calendar; a sign says that there are more.  Programs take about a megabyte."
    )
    calendar_actions_max: Annotated[int, Field(ge=1, le=1000)] = Field(
        300, description="Actions whose obligations one calendar lists, those that take place first."
    )

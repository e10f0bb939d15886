"""Every setting of `actions`: those that all services share, and its own."""

from typing import Annotated

from pydantic import Field

from common.settings import Seconds
from common.settings import Settings as Shared


class Settings(Shared):
    """What `actions` takes from its environment."""

    timers_every_s: Seconds = Field(60.0, description="Between two looks at what time alone decides (T6, T13, T17).")
    timers_page_max: Annotated[int, Field(ge=1, le=1000)] = Field(
        100, description="Files or actions listed at once in such a look; it goes through all pages."
    )

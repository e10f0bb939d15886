"""What of a verdict is told, whoever asks: all but when a copy is lent elsewhere (R41).

That may be a closed circuit's day.  What is kept of a verdict is whole, so that it replays.
"""

from collections.abc import Mapping

from common.errors import Input

WITHHELD = frozenset({"lent"})


def told(inputs: Mapping[str, Input]) -> dict[str, Input]:
    """Leave of a verdict's inputs what may be told."""
    return {name: value for name, value in inputs.items() if name not in WITHHELD}

"""How answers are put together: the document as it was published, and what the caller may do about it."""

from collections.abc import Sequence

import msgspec

from catalogue.domain.access import AllowedAction


def with_actions(doc: str, actions: Sequence[AllowedAction]) -> str:
    """Add `allowed_actions` to a stored JSON object without taking it apart."""
    return f'{doc[:-1]},"allowed_actions":{msgspec.json.encode(actions).decode()}}}'

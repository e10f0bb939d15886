"""Up to where figures have heard: the next offset of each partition, written as one opaque word."""

import base64
import json
import zlib
from collections.abc import Mapping

from common.errors import Malformed

Offsets = Mapping[str, int]
"""`topic/partition` → the offset of the first record that is not included."""

_VERSION = "1."


class PositionRefused(Malformed):
    title = "This is no position of these figures."
    titre = "Ceci n’est pas une position de ces chiffres."


def position(offsets: Offsets) -> str:
    """Write offsets as a word; the same offsets give the same word."""
    heard = {where: offset for where, offset in sorted(offsets.items()) if offset}
    return _VERSION + base64.urlsafe_b64encode(zlib.compress(json.dumps(heard).encode())).rstrip(b"=").decode()


def offsets(word: str) -> dict[str, int]:
    """Read a word of `position`."""
    try:
        raw = base64.b64decode(word.removeprefix(_VERSION) + "==", altchars=b"-_")
        heard = json.loads(zlib.decompress(raw))
        return {str(where): int(offset) for where, offset in heard.items()}
    except (ValueError, zlib.error, AttributeError, TypeError) as error:
        raise PositionRefused from error

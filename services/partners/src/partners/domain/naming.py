"""How names are found again: by their letters, whatever their accents, case, hyphens and apostrophes.

A name and a question about it go through the same `findable`, so that they meet: `Saint-Éloi`, `ST ELOI` and
`saint eloi` are one.
"""

import re
import unicodedata

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae"})
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_SHORT = {"st": "saint", "ste": "sainte"}


def findable(name: str) -> str:
    """Reduce a name to what it is found by."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(_SHORT.get(word, word) for word in _NOT_A_WORD.sub(" ", plain).split())


def line(text: str) -> str:
    """Write a name on one line, with single spaces; no-break spaces are spaces."""
    return " ".join(text.split())

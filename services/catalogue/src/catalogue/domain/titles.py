"""How a title is shown, filed and found again.

Shown: `Tableau (Le)` is `Le Tableau`.  Filed: without its article.  Found: by its words, whatever their accents, case,
elisions and initials (`E.T.` is `et`).  A text and a question about it go through the same `words`, so that they meet.
"""

import re
import unicodedata
from functools import lru_cache

REMEMBERED = 4_000
"""Texts whose words were worked out a moment ago: a line of a file asks for its own several times."""

_ARTICLE_BEHIND = re.compile(r"^(?P<title>.*?\S)\s*\((?P<article>l[ea]s?|l['’]|une?|des|the)\s*\)", re.IGNORECASE)
_FORMER = re.compile(r"\s*\((?:ex(?:\s*:\s*|\s+)|titre\s+rca\s*:\s*)(?P<title>[^()]+)\)", re.IGNORECASE)
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’](?=\w)")
_INITIALS = re.compile(r"\b[^\W\d](?:[.\s-]+[^\W\d]\b)+\.?")
_ACCENT = re.compile("[\u0300-\u036f]")
"""Those of the Latin script; others are looked for letter by letter."""
_WORD = re.compile(r"\w+")
_COMPOUND = re.compile(r"\w+(?:-\w+)+")
_LEADING_ZEROS = re.compile(r"^0+(?=\d)")

_LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i", "_": " "}
)
_ARTICLES = frozenset({"le", "la", "les", "l", "un", "une", "des", "the"})


def shown(title: str) -> str:
    """Put the article in front: `NUIT DU 12 (LA) ?` becomes `LA NUIT DU 12 ?`."""
    title = " ".join(title.split())
    behind = _ARTICLE_BEHIND.match(title)
    if behind is None:
        return title
    article = behind["article"]
    space = "" if article[-1] in "'’" else " "
    return f"{article[0].upper()}{article[1:]}{space}{behind['title']}{title[behind.end() :]}"


def line(text: str | None) -> str | None:
    """Write a text on one line, without the spaces that say nothing; None if nothing is left."""
    return " ".join(text.split()) or None if text is not None else None


def former(title: str) -> tuple[str, tuple[str, ...]]:
    """Take the former titles out of a title: `Brigade (La) (ex : French dream)`."""
    return _FORMER.sub("", title), tuple(found["title"].strip() for found in _FORMER.finditer(title))


@lru_cache(maxsize=REMEMBERED)
def words(text: str) -> tuple[str, ...]:
    """Reduce a text to the words it is found by."""
    plain = text.casefold()
    if not plain.isascii():
        plain = _ACCENT.sub("", unicodedata.normalize("NFKD", text).casefold())
    if not plain.isascii():
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = plain.translate(_LETTERS)
    plain = _INITIALS.sub(_glued, _ELISION.sub("", plain))
    return tuple(_LEADING_ZEROS.sub("", word) for word in _WORD.findall(plain))


def compounds(text: str) -> list[str]:
    """Write the words joined by hyphens as one: `extra-terrestre` is also looked for as `extraterrestre`."""
    return ["".join(words(found[0])) for found in _COMPOUND.finditer(text)]


@lru_cache(maxsize=REMEMBERED)
def filed(title: str) -> str:
    """Give the key under which a title is filed: its words, without the article in front."""
    found = words(shown(title))
    return " ".join(found[1:] if len(found) > 1 and found[0] in _ARTICLES else found)


def with_initials(name: str) -> tuple[str, ...]:
    """Give the words of a person's name, then its initials as one word: `Jean-Luc Godard` is also `jl` `godard`."""
    found = words(name)
    first_names = found[:-1]
    return found if len(first_names) < 2 else (*found, "".join(word[0] for word in first_names), found[-1])


def _glued(initials: re.Match[str]) -> str:
    """Write `e.t.` or `j.-l.` as one word."""
    return "".join(_WORD.findall(initials[0])) + " "

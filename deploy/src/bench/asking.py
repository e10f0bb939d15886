"""What people type who look for a film: its title as it is, or as they remember it."""

import random
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bench.films import HEADER, Row

WORD_TO_MISSPELL = 5
"""Letters at least; one of them is then wrong, missing, or swapped with the next."""

_ARTICLES = ("Le ", "La ", "Les ", "L’", "Un ", "Une ")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, how it differs from the title, and the visa of the film that is meant; `kind` narrows it."""

    how: str
    text: str
    visa: str
    kind: str | None = None


def questions(rows: Sequence[Row], count: int, *, seed: int) -> list[Asked]:
    """Ask for films drawn from all there are, in every way for each."""
    rng = random.Random(seed)  # noqa: S311 - to be the same again
    return [asked for row in rng.sample(rows, count) for asked in _ways(rng, dict(zip(HEADER, row, strict=True)))]


def _ways(rng: random.Random, film: dict[str, str]) -> list[Asked]:
    title, visa = film["title"], film["visas"].partition("@")[0]
    kind = "feature" if int(film["duration_minutes"]) > 60 else "short"
    said = {
        "exact": title,
        "plain": _plain(title),
        "no_article": _without_article(title),
        "misspelt": _misspelt(rng, title),
        "unfinished": title[:-2],
        "director": film["directors"].partition("|")[0],
    }
    ways = [Asked(how=how, text=text, visa=visa) for how, text in said.items() if text]
    return [*ways, Asked(how="filtered", text=title, visa=visa, kind=kind)]


def _plain(title: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", title) if not unicodedata.combining(letter))


def _without_article(title: str) -> str:
    article = next((one for one in _ARTICLES if title.startswith(one)), "")
    return title.removeprefix(article)


def _misspelt(rng: random.Random, title: str) -> str:
    """Mistype a letter inside of the longest word; nothing, if all words are short."""
    word = max(title.replace("’", " ").split(), key=len)
    if len(word) < WORD_TO_MISSPELL:
        return ""
    at = rng.randrange(1, len(word) - 2)
    wrong = rng.choice((rng.choice(_LETTERS) + word[at + 1], word[at + 1], word[at + 1] + word[at]))
    return title.replace(word, word[:at] + wrong + word[at + 2 :], 1)

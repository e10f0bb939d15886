"""Which films answer a question, and which of them best.

The question's words are compared with the catalogue's; small typing errors are forgiven (one letter wrong, missing, too
many, or two swapped, in a word of four; more in longer ones), and a word may be left unfinished.  A film answers when
enough of the question, weighed by length, is found in its words; a title that is the question comes first.  Which film
answers how well is added up where the films are (`store.search`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from rapidfuzz.distance import OSA

from catalogue.domain import titles

WORDS_MAX = 8
"""Of a question; the rest is not looked at."""

SMALL = frozenset(
    {
        *("a", "au", "aux", "avec", "ce", "ces", "d", "dans", "de", "des", "du", "en", "est", "et"),
        *("il", "je", "l", "la", "le", "les", "ne", "on", "ou", "par", "pas", "pour", "qu", "que"),
        *("qui", "se", "sur", "the", "un", "une", "y"),
    }
)
"""Words of so many films that they tell none from another."""

FULL = 1000
UNFINISHED = 900
ENOUGH = 600
"""Thousandths of the question's letters that a film has to answer."""
TITLE_IS_IT, TITLE_BEGINS_SO, ALL_EXACT = 1000, 300, 100
"""What a film gets on top, for the first of these that is so."""

Rank: TypeAlias = tuple[int, str, UUID]
"""Less the score, then the title as filed, then the id: in this order films are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is looked for: words, without the article in front."""

    filed: str

    @classmethod
    def read(cls, text: str) -> "Question":
        return cls(filed=" ".join(titles.filed(text).split()[:WORDS_MAX]))

    @property
    def words(self) -> tuple[str, ...]:
        """Leave out the small words, which too many films have, unless there are no others."""
        asked = tuple(dict.fromkeys(self.filed.split()))
        return tuple(word for word in asked if word not in SMALL) or asked

    @property
    def letters(self) -> int:
        return sum(map(len, self.words))


def resembling(question: Question, vocabulary: Iterable[str]) -> Mapping[str, Mapping[str, int]]:
    """Tell, for each word asked, which known words may be meant, and how surely."""
    known = tuple(vocabulary)
    return {asked: {word: near for word in known if (near := closeness(asked, word))} for asked in question.words}


def closeness(asked: str, word: str) -> int:
    """Say how surely `word` is meant by `asked`, in thousandths; 0 if not at all."""
    if asked == word:
        return FULL
    if len(asked) > 2 and word.startswith(asked):
        return UNFINISHED
    allowed = _errors_allowed(asked)
    if abs(len(asked) - len(word)) > allowed or asked.isdigit():
        return 0
    errors = OSA.distance(asked, word, score_cutoff=allowed)
    return FULL - FULL * errors // len(asked) if errors <= allowed else 0


def _errors_allowed(word: str) -> int:
    return 0 if len(word) < 4 else 1 if len(word) < 7 else 2

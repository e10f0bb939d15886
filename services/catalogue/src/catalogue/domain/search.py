"""Which films answer a question, and which of them best.

The question's words are compared with the catalogue's; small typing errors are forgiven (one letter wrong, missing, too
many, or two swapped, in a word of four; more in longer ones), and a word may be left unfinished.  A film answers when
enough of the question, weighed by length, is found in its words; a title that is the question comes first.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from catalogue.domain import titles

WORDS_MAX = 8
"""Of a question; the rest is not looked at."""

FULL = 1000
UNFINISHED = 900
ENOUGH = 600
TITLE_IS_IT, TITLE_BEGINS_SO, ALL_EXACT = 1000, 300, 100

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
        return tuple(dict.fromkeys(self.filed.split()))

    @property
    def telling(self) -> tuple[str, ...]:
        """Leave out the short words, which too many films have, unless there are no others."""
        return tuple(word for word in self.words if len(word) > 2) or self.words


def resembling(question: Question, vocabulary: Iterable[str]) -> Mapping[str, Mapping[str, int]]:
    """Tell, for each word asked, which known words may be meant, and how surely."""
    known = tuple(vocabulary)
    return {asked: {word: near for word in known if (near := closeness(asked, word))} for asked in question.words}


def score(question: Question, meant: Mapping[str, Mapping[str, int]], filed: str, found_by: Collection[str]) -> int:
    """Weigh how much of a question a film answers; 0 if not enough."""
    weights = {asked: len(asked) for asked in question.words}
    found = {
        asked: max((near for word, near in meant[asked].items() if word in found_by), default=0) for asked in weights
    }
    share = sum(found[asked] * weight for asked, weight in weights.items()) // max(sum(weights.values()), 1)
    if share < ENOUGH:
        return 0
    return share + _bonus(question, share, filed)


def ranked(
    question: Question,
    meant: Mapping[str, Mapping[str, int]],
    films: Iterable[tuple[UUID, str, Sequence[str]]],
) -> list[Rank]:
    """Put the films (id, title as filed, words) that answer into the order in which they are shown."""
    scored = ((score(question, meant, filed, frozenset(found_by)), filed, id_) for id_, filed, found_by in films)
    return sorted((-points, filed, id_) for points, filed, id_ in scored if points)


def closeness(asked: str, word: str) -> int:
    """Say how surely `word` is meant by `asked`, in thousandths; 0 if not at all."""
    if asked == word:
        return FULL
    if len(asked) > 2 and word.startswith(asked):
        return UNFINISHED
    allowed = _errors_allowed(asked)
    if abs(len(asked) - len(word)) > allowed or asked.isdigit():
        return 0
    errors = distance(asked, word)
    return FULL - FULL * errors // len(asked) if errors <= allowed else 0


def distance(one: str, other: str) -> int:
    """Count the letters to change, add, leave out or swap with their neighbour to get from one word to the other."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for n, letter in enumerate(one, 1):
        row = [n]
        for m, opposite in enumerate(other, 1):
            cost = min(above[m] + 1, row[m - 1] + 1, above[m - 1] + (letter != opposite))
            if n > 1 and m > 1 and letter == other[m - 2] and one[n - 2] == opposite:
                cost = min(cost, before[m - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]


def _errors_allowed(word: str) -> int:
    return 0 if len(word) < 4 else 1 if len(word) < 7 else 2


def _bonus(question: Question, share: int, filed: str) -> int:
    if filed == question.filed:
        return TITLE_IS_IT
    if filed.startswith(question.filed):
        return TITLE_BEGINS_SO
    return ALL_EXACT if share == FULL else 0

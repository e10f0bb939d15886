"""A search as one would write it without a database: every film compared with the question, word by word."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

from catalogue.domain import titles
from catalogue.domain.search import Question

Rank: TypeAlias = tuple[int, str, str]


def rank(q: str, film: Mapping[str, Any]) -> Rank | None:
    """Say where a published film stands among the answers; None: it is none."""
    question, words, filed = Question.read(q), set(_words(film)), titles.filed(film["title"])
    near = [max((_near(asked, word) for word in words), default=0) * len(asked) for asked in question.words]
    share = sum(near) // max(len("".join(question.words)), 1)
    if share < 600:
        return None
    bonus = 1000 if filed == question.filed else 300 if filed.startswith(question.filed) else 100
    return -share - (bonus if bonus > 100 or share == 1000 else 0), filed, film["id"]


def _words(film: Mapping[str, Any]) -> Iterator[str]:
    for title in (film["title"], film["original_title"] or "", *film["other_titles"]):
        yield from (*titles.words(title), *titles.compounds(title))
    for name in film["directors"]:
        yield from titles.with_initials(name)
    yield from (visa["number"] for visa in film["visas"])


def _near(asked: str, word: str) -> int:
    if asked == word:
        return 1000
    if len(asked) > 2 and word.startswith(asked):
        return 900
    errors, allowed = _errors(asked, word), 0 if len(asked) < 4 or asked.isdigit() else 1 if len(asked) < 7 else 2
    return 1000 - 1000 * errors // len(asked) if errors <= allowed else 0


@cache
def _errors(one: str, other: str) -> int:
    """Count the letters to change, add, leave out or swap with their neighbour to get from one word to the other."""
    if not one or not other:
        return len(one) + len(other)
    errors = min(
        _errors(one[:-1], other) + 1,
        _errors(one, other[:-1]) + 1,
        _errors(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    )
    if one[-2:] == other[-1] + other[-2:-1] and len(one) > 1 and len(other) > 1:
        return min(errors, _errors(one[:-2], other[:-2]) + 1)
    return errors

"""What must hold in the end: the figures of the dossier, and every receiver with all that is its, once, and no more."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from common.contracts.access import Role
from demo import figures
from demo.comparing import Difference, Trouble
from demo.dossier import Hears, Question
from demo.endpoints import Endpoint, sent
from demo.gateway import PATIENCE_S
from demo.letters import short
from demo.numbered import Part
from demo.player import Player

LOOK_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class Answered:
    """One question of the outcome, and its answer."""

    question: Question
    value: figures.Value
    hidden: bool
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class Post:
    """What one receiver has had in all."""

    name: str
    events: int
    repeated: int
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it all ended; `crossed` is how many facts crossed Kafka."""

    answers: Sequence[Answered]
    posts: Sequence[Post]
    crossed: int
    differences: Sequence[Difference]


async def looked_at(player: Player) -> Outcome:
    """Ask every question, within the dossier's campaign; look at each endpoint: sent, arrived, due."""
    questions = enumerate(player.cast.dossier.outcome)
    answers = [await _answered(player, question, ("outcome", n)) for n, question in questions]
    posts = [await _post(player, endpoint) for endpoint in player.observer.endpoints.values()]
    begun = {thing.id for thing in player.observer.things.values()}
    late = [Difference(("steps",), said) for said in player.observer.ledger.begins_at_one(begun)]
    differences = [*(one.differences for one in answers), *(one.differences for one in posts), late]
    return Outcome(answers, posts, len(player.observer.ledger.facts), list(chain.from_iterable(differences)))


async def _answered(player: Player, question: Question, part: Part) -> Answered:
    cast = player.cast
    path = "/v1/public/figures" if question.public else "/v1/figures"
    who = None if question.public else cast.clients[cast.dossier.client_of(Role.NATIONAL_COORDINATION)]
    where = {axis: cast.names.resolved(value) for axis, value in question.where.items()}
    asked = {"indicator": question.figure.partition(".")[0], "campaign": player.observer.campaign, **where}
    answer = await cast.gateway.read(path, who, **asked)
    cast.require(part, answer)
    found = _Found(figures.values(answer.body), figures.hidden(answer.body), question)
    wrong = [Difference((*part, *at), said) for at, said in found.troubles()]
    return Answered(question, found.value, found.hidden, wrong)


@dataclass(frozen=True, slots=True)
class _Found:
    values: figures.Values
    hidden_ones: set[str]
    question: Question

    @property
    def value(self) -> figures.Value:
        return self.values.get(self.question.figure)

    @property
    def hidden(self) -> bool:
        return self.question.figure in self.hidden_ones

    def troubles(self) -> Iterator[Trouble]:
        question = self.question
        if question.figure not in self.values:
            yield ("figure",), f"There is no {question.figure}; there are {', '.join(sorted(self.values))}."
        elif self.hidden != question.hidden:
            yield ("hidden",), f"{question.figure} is {'hidden' if self.hidden else figures.written(self.value)}."
        elif self.value != question.value:
            said = f"{figures.written(self.value)}, not {figures.written(question.value)}"
            yield ("value",), f"{question.figure} is {said}."


async def _post(player: Player, endpoint: Endpoint) -> Post:
    events = await sent(player.cast, endpoint)
    await _all_arrived(player, endpoint, len(events))
    letters = player.observer.letterbox.arrived(endpoint.path)
    first = {letter.id: letter.sequence for letter in letters if not letter.again}
    said = _judged(player, endpoint, events, first)
    part: Part = ("receivers", endpoint.name)
    repeated = sum(letter.again for letter in letters)
    return Post(endpoint.name, len(first), repeated, [Difference(part, one) for one in said])


async def _all_arrived(player: Player, endpoint: Endpoint, events: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while len({letter.id for letter in player.observer.letterbox.arrived(endpoint.path)}) < events:
        if time.monotonic() > deadline:
            return  # which is told by the comparison
        await asyncio.sleep(LOOK_EVERY_S)


def _judged(
    player: Player, endpoint: Endpoint, events: Sequence[Mapping[str, Any]], first: Mapping[str, int | None]
) -> Iterator[str]:
    """Compare three lists that must be one: what should have come, what was addressed, what has arrived."""
    pulled = {event["id"]: event["sequence"] for event in events}
    names = {event["id"]: short(event["type"]) for event in events}
    wanted = player.expected.get(endpoint.name, [])
    if sorted(pulled.values()) != list(range(1, len(pulled) + 1)):
        yield f"The numbers of {endpoint.name} have holes: {sorted(pulled.values())}."
    if first != pulled:
        yield f"{endpoint.name} was pushed {len(first)} events and could fetch {len(pulled)}: they are not the same."
    if more := [names[one] for one in pulled if one not in wanted]:
        yield f"{endpoint.name} was addressed what it may not hear: {', '.join(more)}."
    if missing := set(wanted) - set(pulled):
        yield f"{endpoint.name} was not addressed {len(missing)} event(s) that are its."
    if endpoint.receiver.hears is Hears.NOTHING and first:
        yield f"{endpoint.name} must hear nothing, and has heard {len(first)} event(s)."

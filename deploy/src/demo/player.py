"""Plays a dossier step by step: does what it says, waits for everything that comes of it, and has it compared."""

import asyncio
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from demo.cast import Cast
from demo.comparing import Difference, Played, addressed, compared, judged
from demo.dossier import Step
from demo.figures import NOTHING, Numbers
from demo.gateway import Answer, Write
from demo.ledger import Fact
from demo.letters import Letter
from demo.names import AS
from demo.numbered import Part
from demo.observing import Observer, Seen, Thing
from demo.verbs import resource

WHOLE = ("campaign", "project", "action", "report", "film", "rights_offer")
"""What is watched once it is made."""
ABROAD = ("film.", "rights_offer.", "organisation.", "coordination.")
"""Verbs of other services than most: the next step may come before their fact has been heard there."""
HEARD_WITHIN_S = 10
HEARD_AGAIN_AFTER_S = 0.2
CONFLICT = 409
QUIET_FOR_S = 0.3
QUIET_WITHIN_S = 10


class Broken(Exception):
    """The dossier cannot go on: a step that the others build upon was refused."""

    def __init__(self, played: Played) -> None:
        super().__init__(played.step.name)
        self.played = played


@dataclass(slots=True)
class Player:
    """Where a run stands."""

    cast: Cast
    observer: Observer
    states: Mapping[str, str] = field(default_factory=dict)
    numbers: Numbers = NOTHING
    steps: dict[str, str] = field(default_factory=dict)
    """Which step a trace belongs to."""
    abroad: bool = False
    """Whether the last step was done in another service than most are."""
    heard: int = 0
    """How many facts have been looked at."""
    opened: dict[str, int] = field(default_factory=dict)
    """How many letters of each receiver have been looked at."""
    expected: dict[str, list[str]] = field(default_factory=dict)
    """The ids of the facts that each receiver must have had."""

    async def begin(self) -> None:
        """See how things stand before the first step, once what others have done before has been counted."""
        deadline = time.monotonic() + QUIET_WITHIN_S
        before = None
        while before != self.numbers and time.monotonic() < deadline:
            before = self.numbers
            await asyncio.sleep(QUIET_FOR_S)
            self.numbers = await self.observer.numbers(())
        self.heard = len(self.observer.ledger.facts)

    async def play(self, n: int, step: Step) -> Played:
        """Do one step, wait for everything that comes of it, and compare.

        Raises:
            Broken: it was refused, and the file does not say so.
        """
        here: Part = ("steps", n)
        played = await self._done(n, step)
        wrong = [Difference((*here, *part), said) for part, said in judged(step, played.answer)]
        if wrong and step.then.refused is None:
            raise Broken(replace(played, differences=wrong))
        thing = await self._learn(step, played.answer)
        included, seen = await asyncio.gather(self.observer.included(played.answer, thing), self.observer.read_all())
        played = await self._observed(replace(played, figures_after_s=included), seen)
        found = [Difference((*here, "then", *part), said) for part, said in self._compared(played)]
        return replace(played, differences=[*wrong, *found])

    async def _done(self, n: int, step: Step) -> Played:
        names, verb, trace = self.cast.names, step.verb, secrets.token_hex(16)
        self.steps[trace] = step.name
        targets = {key: names[step.reference(key)] for key in verb.needs}
        write = Write(
            path=verb.path.format(**targets),
            body=names.resolved(step.with_),
            key=self.cast.key(f"{n:03}"),
            at=step.on,
            seen=f"{resource(verb.changes)}/{targets[verb.changes]}" if verb.changes else None,
            trace=trace,
        )
        answer = await self.cast.gateway.write(self.cast.clients[step.by], write)
        deadline = time.monotonic() + (HEARD_WITHIN_S if self.abroad else 0)
        while answer.status == CONFLICT and step.then.refused is None and time.monotonic() < deadline:
            await asyncio.sleep(HEARD_AGAIN_AFTER_S)
            answer = await self.cast.gateway.write(self.cast.clients[step.by], write)
        self.abroad = verb.name.startswith(ABROAD)
        return Played(step=step, trace=trace, answer=answer)

    async def _learn(self, step: Step, answer: Answer) -> Thing | None:
        """Give names to what the step has made; say what it is that was answered."""
        if not answer.good or "id" not in answer.body:
            return None
        names, verb, body = self.cast.names, step.verb, answer.body
        if step.made is not None and verb.makes == verb.answers:
            self._watch(step.made, verb.answers, body["id"])
        elif step.made is not None:
            names.give(step.made, body[verb.makes][-1]["id"])
        names.learn(step.with_, body)
        if verb.name == "campaign.draft":
            self.observer.reader = step.by
        if verb.name == "project.draft":
            await self._learn_actions(step, body["id"])
        if verb.name == "action.plan_session" and step.as_ is not None:
            names.learn_clearances(step.as_, body)
        return Thing(names.of(body["id"]) or body["id"], verb.answers, body["id"])

    async def _learn_actions(self, step: Step, project: str) -> None:
        """Name a draft's actions: they are things of their own, found under their project."""
        who = self.cast.clients[step.by]
        made = await self.cast.found(("steps",), "/v1/actions", who, project_id=project, limit="100")
        for body in step.with_.get("actions", ()):
            if AS in body:
                [action] = [one for one in made if _same(body, one)]
                self._watch(f"actions.{body[AS]}", "action", action["id"])
                self.cast.names.learn(body, action)

    def _watch(self, name: str, kind: str, identifier: str) -> None:
        self.cast.names.give(name, identifier)
        if kind in WHOLE:
            self.observer.things[name] = Thing(name, kind, identifier)

    async def _observed(self, played: Played, seen: Sequence[Seen]) -> Played:
        """Wait for facts, figures and webhooks, and see what has changed since the step before."""
        facts, heard = await self.observer.facts(seen, self.heard)
        numbers = await self.observer.numbers(seen)
        letters = {name: await self._letters(name, played.step, facts) for name in self.observer.endpoints}
        states, before = self.observer.states(seen), self.states
        observed = replace(
            played,
            facts=facts,
            letters=letters,
            before=self.numbers,
            after=numbers,
            states=states,
            moved={name: (before.get(name), now) for name, now in states.items() if before.get(name) != now},
        )
        self.heard, self.numbers, self.states = heard, numbers, states
        return observed

    async def _letters(self, name: str, step: Step, facts: Sequence[Fact]) -> list[Letter]:
        endpoint = self.observer.endpoints[name]
        wanted = addressed(endpoint.receiver, name, step, facts)
        self.expected.setdefault(name, []).extend(fact.id for fact in wanted)
        letters = await self.observer.letters(endpoint, wanted, facts, self.opened.get(name, 0))
        self.opened[name] = self.opened.get(name, 0) + len(letters)
        return letters

    def _compared(self, played: Played) -> Iterator[tuple[Part, str]]:
        yield from compared(played, self.cast.dossier.receivers, self.steps)
        yield from ((("events",), said) for said in self.observer.ledger.broken)
        self.observer.ledger.broken.clear()


def _same(body: Mapping[str, Any], action: Mapping[str, Any]) -> bool:
    return (body.get("action_type"), body.get("title")) == (action["action_type"], action["title"])

"""What can be seen of the house from outside after a step: states, facts on Kafka, figures, webhooks."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.contracts.access import Role
from demo import figures
from demo.cast import Cast
from demo.dossier import Hears
from demo.endpoints import Endpoint, sent
from demo.figures import Numbers
from demo.gateway import PATIENCE_S, Answer, Credentials, Unanswered
from demo.ledger import Fact, Ledger
from demo.letters import Letter, Letterbox
from demo.verbs import resource

LOOK_EVERY_S = 0.005
COUNTED_KINDS = ("campaign", "project", "action", "report")
"""What the figures can be asked to include."""
PARTS = ("lines", "sessions", "clearances")


@dataclass(frozen=True, slots=True)
class Thing:
    """Something of this run that has versions."""

    name: str
    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A thing as it is read now."""

    thing: Thing
    version: int
    doc: Mapping[str, Any]

    @property
    def awaited(self) -> str:
        return f"{self.thing.kind}:{self.thing.id}@{self.version}"


@dataclass(slots=True)
class Observer:
    """Looks, and waits for what must come."""

    cast: Cast
    ledger: Ledger
    letterbox: Letterbox
    endpoints: Mapping[str, Endpoint]
    things: dict[str, Thing] = field(default_factory=dict)
    reader: str = ""
    """The client that reads the dossier's own things: the coordination that drafted the campaign."""

    @property
    def nation(self) -> Credentials:
        return self.cast.clients[self.cast.dossier.client_of(Role.NATIONAL_COORDINATION)]

    @property
    def campaign(self) -> str | None:
        return next((thing.id for thing in self.things.values() if thing.kind == "campaign"), None)

    async def read_all(self) -> list[Seen]:
        """Read every thing of this run, with its version."""
        who = self.cast.clients[self.reader] if self.reader else self.nation
        return list(await asyncio.gather(*(self._read(thing, who) for thing in self.things.values())))

    async def facts(self, seen: Sequence[Seen], since: int) -> tuple[list[Fact], int]:
        """Wait until every version that is read has crossed Kafka; give what is ours of it, and how much was heard."""
        wanted = {(one.thing.id, one.version) for one in seen}
        await _until(
            lambda: wanted <= {(fact.subject, fact.version) for fact in self.ledger.facts},
            lambda: f"these have not crossed Kafka: {_listed(wanted, self.ledger.facts)}",
        )
        heard = len(self.ledger.facts)
        return [fact for fact in self.ledger.facts[since:heard] if self._ours(fact)], heard

    async def included(self, answer: Answer, thing: Thing | None) -> float | None:
        """Ask for the figures until they include an answer; give how long after it that was, in seconds."""
        if thing is None or thing.kind not in COUNTED_KINDS or answer.version is None:
            return None
        awaited = f"{thing.kind}:{thing.id}@{answer.version}"
        said = await self._ask(indicator=["I01"], including=[awaited])
        return said.at - answer.at

    async def numbers(self, seen: Sequence[Seen]) -> Numbers:
        """Read all figures, including every version that is read."""
        including = [one.awaited for one in seen if one.thing.kind in COUNTED_KINDS]
        nation = await self._ask(indicator=list(figures.COUNTED), including=including)
        counted = figures.counted(figures.values(nation.body))
        if self.campaign is None:
            return Numbers(counted, {})
        asked = [*figures.RATIOS, *figures.SHARES]
        campaign = await self._ask(indicator=asked, including=including, campaign=[self.campaign])
        return Numbers(counted, figures.ratios(figures.values(campaign.body)))

    async def letters(
        self, endpoint: Endpoint, wanted: Sequence[Fact], facts: Sequence[Fact], since: int
    ) -> list[Letter]:
        """Wait until an endpoint has what was addressed to it; give all that came since.

        Facts are addressed to all endpoints in one transaction: once somebody who hears everything has one, it is
        settled who else gets it, and what an endpoint is not to get need not be waited for.
        """
        ids = {fact.id for fact in wanted}
        if endpoint.receiver.hears is not Hears.EVERYTHING and self._somebody_hears(facts):
            arrived = self.letterbox.arrived(endpoint.path)
            after = max((letter.sequence or 0 for letter in arrived), default=0)
            ids = {event["id"] for event in await sent(self.cast, endpoint, after=after)}
        await _until(
            lambda: ids <= {letter.id for letter in self.letterbox.arrived(endpoint.path)},
            lambda: f"not everything has arrived at {endpoint.name}",
        )
        return self.letterbox.arrived(endpoint.path)[since:]

    def _somebody_hears(self, facts: Sequence[Fact]) -> bool:
        """Tell whether one endpoint, which is waited for first, gets all of these."""
        all_ears = (one.receiver for one in self.endpoints.values() if one.receiver.hears is Hears.EVERYTHING)
        return any(all(receiver.wants(fact.name) for fact in facts) for receiver in all_ears)

    def states(self, seen: Sequence[Seen]) -> dict[str, str]:
        """Give the state of each thing, and of each of its parts that has a name."""
        return dict(self._states(seen))

    def _states(self, seen: Sequence[Seen]) -> Iterator[tuple[str, str]]:
        for one in seen:
            if "state" in one.doc:
                yield one.thing.name, one.doc["state"]
            for part in (part for kind in PARTS for part in one.doc.get(kind, ())):
                name = self.cast.names.of(part["id"])
                if name is not None:
                    yield name, part["state"]

    async def _read(self, thing: Thing, who: Credentials) -> Seen:
        path = f"{resource(thing.kind)}/{thing.id}"
        answer = await self.cast.gateway.read(path, who)
        self.cast.require(("steps",), answer)
        return Seen(thing, answer.version or 0, answer.body)

    async def _ask(self, **query: Any) -> Answer:
        answer = await self.cast.gateway.read("/v1/figures", self.nation, **query)
        self.cast.require(("steps",), answer)
        return answer

    def _ours(self, fact: Fact) -> bool:
        return fact.campaign == self.campaign or fact.subject in {thing.id for thing in self.things.values()}


def _listed(wanted: set[tuple[str, int]], facts: Sequence[Fact]) -> str:
    missing = wanted - {(fact.subject, fact.version) for fact in facts}
    return ", ".join(f"{subject} v{version}" for subject, version in sorted(missing))


async def _until(there: Callable[[], bool], lacking: Callable[[], str]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not there():
        if time.monotonic() > deadline:
            raise Unanswered(f"not within {PATIENCE_S} s: {lacking()}")
        await asyncio.sleep(LOOK_EVERY_S)

"""A model of the consumer's ledger: what is committed, who holds which row, and what is refused.

Every await is a place where the schedule may turn to somebody else, or end the member.  A transaction holds the rows
of its partitions until its end; what it did is seen when it has ended, or never.
"""

from collections.abc import Awaitable, Callable, Collection, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import coroutine

from common.consumer.ports import Asked, Away, Behind, Fenced, Held, Look, Passed, Portion, Run
from common.kafka.port import Place, Record

Waits = Callable[[], bool]


@coroutine
def until(condition: Waits) -> Generator[Waits, None, None]:
    """Hand control to the schedule; it gives it back some time after the condition holds."""
    yield condition


async def a_moment() -> None:
    await until(lambda: True)


STATEMENT_S_MAX = 3.5
"""For how long the database lets a statement wait, whoever asks."""


class Poisoned(Exception):
    """What a handler says of a record that never will pass."""


@dataclass
class Store:
    """The database: what is committed, and who holds which row."""

    guards: bool = True
    compares: bool = True
    offsets: dict[Place, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    effects: list[tuple[str, int]] = field(default_factory=list)
    applied: list[Record] = field(default_factory=list)
    parked: dict[str, dict[int, Record]] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    holders: dict[Place, object] = field(default_factory=dict)
    poisonous: set[tuple[str, int]] = field(default_factory=set)
    held: set[tuple[str, int]] = field(default_factory=set)
    blocked: bool = False
    slow: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)

    def take_effect(self, records: Sequence[Record]) -> None:
        """Do what a handler does: guarded by the version, and as a fold that shows what came twice."""
        for record in records:
            key, version = named(record)
            self.applied.append(record)
            if version > self.versions.get(key, 0) or not self.guards:
                self.versions[key] = version
                self.effects.append((key, version))


class ModelLedger:
    """One member's way to the store; `loses` has the next commit happen and its answer be lost."""

    def __init__(self, store: Store, sleep: Callable[[float], Awaitable[None]]) -> None:
        self.store, self.sleep = store, sleep
        self.loses = False
        self.fenced = 0
        self.placed: list[Place] = []

    async def place(self, places: Sequence[Place]) -> Mapping[Place, int]:
        await a_moment()
        self.placed += places
        found = {}
        for place in places:
            await until(lambda place=place: place not in self.store.holders)  # type: ignore[misc]
            found[place] = self.store.offsets.setdefault(place, 0)
        await a_moment()
        return found

    async def apply(self, runs: Sequence[Run]) -> None:
        aside = {(run.place, offset) for run in runs for offset in run.aside}
        records = [one for run in runs for one in run.records]
        async with self._holding([run.place for run in runs]):
            fenced = [run.place for run in runs if self.store.offsets[run.place] != run.stored and self.store.compares]
            if fenced:
                self.fenced += 1
                raise Fenced(fenced)
            await a_moment()
            keys = {named(one)[0] for one in records if (_place(one), one.offset) in aside} | self.store.parked.keys()
            flowing = [one for one in records if named(one)[0] not in keys]
            self._judge(flowing)
            self._doubt(runs, flowing)
            await a_moment()
            self._commit(runs, keys, flowing)
        await self._answer()

    async def look(self, offsets: Mapping[Place, int]) -> Look:
        await a_moment()
        moved = [place for place, offset in offsets.items() if self.store.offsets[place] != offset]
        await a_moment()  # the answer is under way
        asked = [
            Asked(_place(next(iter(self.store.parked[key].values()))), key, n) for key, n in self.store.asked.items()
        ]
        return Look(moved, [one for one in asked if one.place in offsets])

    async def redrive(self, portion: Portion) -> tuple[int, bool]:
        key = portion.asked.key
        async with self._holding([portion.asked.place]):
            if self.store.offsets[portion.asked.place] != portion.stored:
                raise Fenced([portion.asked.place])
            if self.store.asked.get(key) != portion.asked.operation:
                return 0, True
            if key in self.store.slow:
                await self.sleep(min(portion.within_s, STATEMENT_S_MAX))
                raise Held(key)
            parked = self.store.parked[key]
            records = [record for _, record in sorted(parked.items())][: portion.records_max]
            self._judge(records)
            await a_moment()
            for record in records:
                del parked[record.offset]
            self.store.take_effect(records)
            if is_all := not parked:
                del self.store.parked[key], self.store.asked[key]
        await self._answer()
        return len(records), is_all

    async def refuse(self, asked: Asked, reason: str) -> None:
        await a_moment()
        if self.store.asked.get(asked.key) == asked.operation:
            self.store.refused[asked.key] = reason
            del self.store.asked[asked.key]

    async def tell(self) -> None:
        await a_moment()

    def _doubt(self, runs: Sequence[Run], flowing: Sequence[Record]) -> None:
        for doubted in [one for run in runs for one in run.records if one.offset == run.doubted]:
            if not flowing:
                raise Behind
            with suppress(Poisoned, Held):
                self._judge([doubted])
                raise Passed

    def _judge(self, records: Sequence[Record]) -> None:
        for record in records:
            if self.store.blocked:
                raise Held("everything")
            if named(record) in self.store.poisonous:
                raise Poisoned(named(record))
            if named(record) in self.store.held:
                raise Held(named(record))

    def _commit(self, runs: Sequence[Run], keys: Collection[str], flowing: Sequence[Record]) -> None:
        for run in runs:
            self.store.offsets[run.place] = run.next_offset
            for record in run.records:
                if named(record)[0] in keys:
                    self.store.parked.setdefault(named(record)[0], {})[record.offset] = record
        self.store.take_effect(flowing)

    async def _answer(self) -> None:
        loses, self.loses = self.loses, False
        await a_moment()
        if loses:
            raise Away("the answer to the commit")

    def _holding(self, places: Sequence[Place]) -> "_Holding":
        return _Holding(self.store, sorted(places))


class _Holding:
    """A transaction's rows: waited for in order, let go at its end, however it ends."""

    def __init__(self, store: Store, places: Sequence[Place]) -> None:
        self.store, self.places = store, places

    async def __aenter__(self) -> None:
        try:
            for place in self.places:
                await until(lambda place=place: place not in self.store.holders)  # type: ignore[misc]
                self.store.holders[place] = self
        except BaseException:
            self._let_go()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._let_go()

    def _let_go(self) -> None:
        for place in self.places:
            if self.store.holders.get(place) is self:
                del self.store.holders[place]


def named(record: Record) -> tuple[str, int]:
    """Say of what a record tells, and which version."""
    return (record.key or b"").decode(), int(record.value or 0)


def _place(record: Record) -> Place:
    return Place(record.topic, record.partition)

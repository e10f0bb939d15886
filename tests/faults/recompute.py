"""Every published total, recomputed from the topics of states by other means than the product's.

Deliberately naive: a bare client reads every record of `actions`, keeps all of them, and for a figure's position folds
those before it anew, in plain loops over plain JSON.  It shares no line with what it checks.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Self

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.positions import offsets

KINDS = ("campaign", "project", "action", "report")
TOPICS = {f"passeurs.actions.{kind}.state.v1": kind for kind in KINDS}
PARTITIONS = 12
COUNTS = ("I01", "I03", "I05", "I12", "I13")
MONEY = ("I17", "I18", "I19", "I20")
PLACES = ("region", "department")
CUTS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    (): (*COUNTS, *MONEY, "I21"),
    ("campaign",): (*COUNTS, *MONEY, "I21"),
    ("month",): COUNTS,
    ("type",): COUNTS,
    ("funder",): ("I17",),
    **{(place,): (*COUNTS, *MONEY) for place in PLACES},
}
"""By which axes the figures are cut, and which indicators have them.

A cost by place is left out: it divides money at a project's main commune by people wherever they were.
"""
FUNDED = ("funded", "closed")

State = dict[str, Any]
Said = tuple[str, str, tuple[tuple[str, str], ...]]
"""Which row: the indicator, its part, its dimensions."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One record as it stands on its topic; no state is a tombstone."""

    offset: int
    key: str
    age: tuple[int, int]
    state: State | None


class Record:
    """All that was ever said on the topics of states."""

    def __init__(self, client: AIOKafkaConsumer) -> None:
        self._client = client
        self._heard: dict[str, list[Heard]] = defaultdict(list)
        self._settled: dict[str, int] = {}

    @classmethod
    async def opened(cls, servers: str) -> Self:
        client = AIOKafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False, auto_offset_reset="earliest")
        await client.start()
        client.assign([TopicPartition(topic, part) for topic in TOPICS for part in range(PARTITIONS)])
        await client.seek_to_beginning()
        return cls(client)

    async def close(self) -> None:
        await self._client.stop()

    async def read_to(self, position: str) -> None:
        """Read on until everything before a position is there."""
        wanted = {place: end for place, end in offsets(position).items() if place.rpartition("/")[0] in TOPICS}
        while [place for place, end in wanted.items() if await self._at(place) < end]:
            for where, records in (await self._client.getmany(timeout_ms=200)).items():
                self._heard[f"{where.topic}/{where.partition}"] += [_heard(one) for one in records]

    def before(self, position: str) -> dict[str, list[State]]:
        """Fold the records before a position: the newest state of each aggregate, by kind."""
        found: dict[str, list[State]] = {kind: [] for kind in KINDS}
        for place, end in offsets(position).items():
            kind = TOPICS.get(place.rpartition("/")[0])
            newest: dict[str, Heard] = {}
            for one in self._heard[place] if kind else ():
                if one.offset < end and (one.key not in newest or newest[one.key].age < one.age):
                    newest[one.key] = one
            found[kind or "campaign"] += [one.state for one in newest.values() if one.state is not None]
        return {kind: [state for state in states if not state.get("deleted")] for kind, states in found.items()}

    def settle(self, position: str) -> None:
        """Keep of what lies before a position only what is newest: positions go on, and no later one asks for more."""
        for place, end in offsets(position).items():
            assert end >= self._settled.get(place, 0), f"{place} went back from {self._settled[place]} to {end}"
            self._settled[place] = end
            newest: dict[str, Heard] = {}
            for one in self._heard[place]:
                if one.offset < end and (one.key not in newest or newest[one.key].age < one.age):
                    newest[one.key] = one
            self._heard[place] = [*newest.values(), *(one for one in self._heard[place] if one.offset >= end)]

    async def _at(self, place: str) -> int:
        topic, _, part = place.rpartition("/")
        position: int = await self._client.position(TopicPartition(topic, int(part)))
        return position


def wrong(answer: Mapping[str, Any], states: Mapping[str, list[State]], by: Collection[str] = ()) -> list[str]:
    """Compare an answer with what the states before its position come to; along one axis, or in all."""
    said = dict(_said(answer))
    expected = {
        (indicator, part, (*place, *own)): value
        for place, some in _cut(states, *by)
        for (indicator, part, own), value in totals(some).items()
    }
    missing = [key for key in expected if key not in said and expected[key] not in NOTHING and key[0] in _asked(answer)]
    differing = [key for key in said.keys() & expected.keys() if said[key] != expected[key]]
    return [f"{key}: {said.get(key)} instead of {expected[key]}" for key in (*missing, *differing)]


def totals(states: Mapping[str, list[State]]) -> dict[Said, Any]:
    """Compute every total of some states."""
    held = [action for action in states["action"] if action["state"] == "held" and action["held_on"]]
    counted = [action for action in held if action.get("counts", True)]
    people = {measure: sum(_people(action) for action in held if action["measure"] == measure) for measure in PUBLIC}
    levels = Counter(str((_first(action) or {}).get("density") or "unknown") for action in counted)
    located = sum(1 for action in counted if (_first(action) or {}).get("located_in_district"))
    counts: dict[Said, Any] = {
        ("I01", "value", ()): len(counted),
        ("I03", "value", ()): people["participants"],
        ("I05", "value", ()): people["spectators"],
        ("I12", "actions", ()): located,
        **{("I13", "density", (("density", level),)): levels[level] for level in (*"1234567", "unknown")},
    }
    return counts | _money(states["project"], sum(people.values()))


PUBLIC = ("participants", "spectators")
NOTHING = (0, None, {"amount": "0.00", "currency": "EUR"})


def _money(projects: list[State], people: int) -> dict[Said, Any]:
    lines = [line for one in projects if one["state"] != "withdrawn" for line in one["lines"]]
    asked = sum(_cents(line["asked"]) for line in lines if line["state"] != "planned")
    granted = sum(_cents(line["granted"]) for line in lines if line["granted"] is not None)
    paid = sum(_cents(line["paid"]) for line in lines if line["payments"])
    budgets = [budget for one in projects if (budget := _budget(one)) is not None]
    cash, own, kind = (sum(_cents(budget[name]) for budget in budgets) for name in CASH)
    return {
        ("I17", "asked", ()): _euros(asked),
        ("I17", "granted", ()): _euros(granted),
        ("I17", "paid", ()): _euros(paid),
        ("I18", "value", ()): _percent(own, cash),
        ("I19", "value", ()): _percent(cash - own, cash),
        ("I20", "value", ()): _euros(kind),
        ("I21", "value", ()): _euros(_half_up(Decimal(cash) / people, "1")) if budgets and people else None,
    }


CASH = ("cash_resources", "passeurs", "in_kind_total")


def _heard(record: Any) -> Heard:
    headers = dict(record.headers)
    age = int(headers["ce_aggepoch"]), int(headers["ce_aggversion"])
    state = None if record.value is None else msgspec.json.decode(record.value)
    return Heard(record.offset, record.key.decode(), age, state)


def _asked(answer: Mapping[str, Any]) -> set[str]:
    return {figure["indicator"] for figure in answer["figures"]}


def _said(answer: Mapping[str, Any]) -> Iterator[tuple[Said, Any]]:
    for figure in answer["figures"]:
        for row in figure["rows"]:
            yield (figure["indicator"], row["part"], tuple(row["dimensions"].items())), row["value"]


def _cut(
    states: Mapping[str, list[State]], axis: str | None = None
) -> Iterator[tuple[tuple[tuple[str, str], ...], dict[str, list[State]]]]:
    """Part the states along an axis; of what belongs to more than one value of it, leave what counts there."""
    if axis is None:
        yield (), dict(states)
        return
    of = AXES[axis]
    values = {value for kind in ("project", "action") for one in states[kind] for value in of.values(one)}
    for value in sorted(values):
        parted = {kind: [of.part(one, value) for one in states[kind]] for kind in ("project", "action")}
        yield ((axis, value),), {kind: [one for one in some if one is not None] for kind, some in parted.items()}


@dataclass(frozen=True, slots=True)
class Along:
    """One axis: which values of it a state has, and what of the state belongs to one of them."""

    values: Callable[[State], Collection[str]]
    part: Callable[[State, str], State | None]


def _by_month(action: State, month: str) -> State:
    return _kept(
        action,
        [one for one in action["sessions"] if one["held_on"].startswith(month)],
        is_there=(action["held_on"] or "").startswith(month),
    )


def _by_place(name: str) -> Along:
    """Money stands at its main commune, an action and its participants at the first place, spectators at their own."""

    def values(one: State) -> set[str]:
        return {one["main"][name]} if "main" in one else {place[name] for place in one["places"]}

    def part(one: State, value: str) -> State | None:
        if "main" in one:
            return one if one["main"][name] == value else None
        here = {place["id"] for place in one["places"] if place[name] == value}
        sessions = [session for session in one["sessions"] if session["place_id"] in here]
        return _kept(one, sessions, is_there=(_first(one) or {}).get("id") in here)

    return Along(values, part)


def _kept(action: State, sessions: list[State], *, is_there: bool) -> State:
    """Leave of an action some of its sessions, and itself with its participants only where it counts."""
    distinct = action["participants_distinct"] if is_there else None
    return {**action, "sessions": sessions, "participants_distinct": distinct, "counts": is_there}


def _by_funder(project: State, funder: str) -> State:
    return {**project, "lines": [line for line in project["lines"] if line["funder_id"] == funder]}


AXES = {
    "campaign": Along(
        lambda one: {one["campaign_id"]}, lambda one, value: one if one["campaign_id"] == value else None
    ),
    "type": Along(
        lambda one: {one["action_type"]} if "sessions" in one else (),
        lambda one, value: one if one.get("action_type") == value else None,
    ),
    "month": Along(
        lambda one: {session["held_on"][:7] for session in one.get("sessions", ())},
        lambda one, value: _by_month(one, value) if "sessions" in one else None,
    ),
    "funder": Along(
        lambda one: {line["funder_id"] for line in one.get("lines", ())},
        lambda one, value: _by_funder(one, value) if "lines" in one else None,
    ),
    **{place: _by_place(place) for place in PLACES},
}


def _people(action: State) -> int:
    if action["measure"] == "participants":
        return action["participants_distinct"] or 0
    return sum(one["attendance"] or 0 for one in action["sessions"] if one["state"] == "held")


def _first(action: State) -> State | None:
    return action["places"][0] if action["places"] else None


def _budget(project: State) -> State | None:
    budgets = project["budgets"]
    if budgets.get("actual") is not None:
        actual: State = budgets["actual"]
        return actual
    revised: State | None = budgets.get("revised")
    return revised if project["state"] in FUNDED else None


def _cents(money: Mapping[str, str]) -> int:
    return int(Decimal(money["amount"]) * 100)


def _euros(cents: int) -> dict[str, str]:
    return {"amount": f"{Decimal(cents) / 100:.2f}", "currency": "EUR"}


def _percent(some: int, of: int) -> str | None:
    return None if of == 0 else str((Decimal(100 * some) / of).quantize(Decimal("0.1"), ROUND_HALF_UP))


def _half_up(number: Decimal, step: str) -> int:
    return int(number.quantize(Decimal(step), ROUND_HALF_UP))

"""What came of a step, against what its file says: every difference, with the place in the file that says otherwise."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from demo import figures
from demo.cast import pointed
from demo.dossier import Hears, Receiver, Step
from demo.figures import NOTHING, Numbers, Value
from demo.gateway import Answer, problem
from demo.ledger import Fact
from demo.letters import Letter
from demo.numbered import Part

Trouble = tuple[Part, str]
"""What is wrong, and where under the step's `then` the file says otherwise."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that came otherwise than the file says, and where the file says it."""

    part: Part
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of one step."""

    step: Step
    trace: str
    answer: Answer
    states: Mapping[str, str] = field(default_factory=dict)
    moved: Mapping[str, tuple[str | None, str]] = field(default_factory=dict)
    """What has another state than before: from which, to which."""
    facts: Sequence[Fact] = ()
    figures_after_s: float | None = None
    before: Numbers = NOTHING
    after: Numbers = NOTHING
    letters: Mapping[str, Sequence[Letter]] = field(default_factory=dict)
    differences: Sequence[Difference] = ()

    @property
    def counted(self) -> Mapping[str, Value]:
        """Say by how much the nation's counts and amounts have moved."""
        return figures.changes(self.before.nation, self.after.nation)

    @property
    def ratios(self) -> Mapping[str, Value]:
        """Say which of the campaign's ratios have a new value."""
        return figures.new_values(self.before.campaign, self.after.campaign)


def judged(step: Step, answer: Answer) -> Iterator[Trouble]:
    """Compare an answer with what the step wants: success, or one certain refusal."""
    wanted = step.then.refused
    if wanted is None:
        if not answer.good:
            yield ("with", *pointed(answer)), problem(answer)
        return
    if answer.good:
        yield ("then", "refused"), f"This was to be refused ({wanted.code}) and was not."
        return
    said = (answer.status, answer.code, answer.rule if wanted.rule else None)
    if said != (wanted.status, wanted.code, wanted.rule):
        yield ("then", "refused"), f"Another refusal: {problem(answer)} (rule {answer.rule})."


def compared(played: Played, receivers: Mapping[str, Receiver], steps: Mapping[str, str]) -> Iterator[Trouble]:
    """Compare all that came of a step; `steps` says to which step a trace belongs."""
    then = played.step.then
    yield from _states(then.states, played)
    yield from _listed(("events",), then.events, [fact.name for fact in played.facts], "crossed Kafka")
    yield from _numbers(("figures",), then.figures, played.counted, "+")
    yield from _numbers(("campaign",), then.campaign, played.ratios, "")
    for fact in played.facts:
        if fact.trace != played.trace:
            yield ("events",), f"{fact.name} carries another trace than the request that made it."
    for name, letters in played.letters.items():
        first = [letter for letter in letters if not letter.again]
        yield from (((("webhooks", name)), said) for said in _letters(name, first, receivers[name], played, steps))


def addressed(receiver: Receiver, name: str, step: Step, facts: Sequence[Fact]) -> list[Fact]:
    """Choose the facts of a step that a receiver must have, as far as they are there."""
    if receiver.hears is Hears.EVERYTHING:
        return [fact for fact in facts if receiver.wants(fact.name)]
    listed = Counter(step.then.webhooks.get(name, ()))
    wanted = []
    for fact in facts:
        if listed[fact.name] > 0:
            listed[fact.name] -= 1
            wanted.append(fact)
    return wanted


def _states(wanted: Mapping[str, str], played: Played) -> Iterator[Trouble]:
    for name, state in wanted.items():
        if played.states.get(name) != state:
            yield ("states", name), f"{name} is {played.states.get(name)}, not {state}."
    for name, (_, state) in played.moved.items():
        whole = "." not in name or name.startswith("actions.")
        if whole and name not in wanted:
            yield ("states",), f"{name} became {state}, which the file does not say."


def _letters(
    name: str, letters: Sequence[Letter], receiver: Receiver, played: Played, steps: Mapping[str, str]
) -> Iterator[str]:
    facts = {fact.id: fact for fact in played.facts}
    listed: Sequence[str] = played.step.then.webhooks.get(name, ())
    if receiver.hears is Hears.EVERYTHING:
        listed = [fact.name for fact in addressed(receiver, name, played.step, played.facts)]
    arrived = [letter for letter in letters if letter.id in facts]
    yield from (said for _, said in _listed((), listed, [letter.name for letter in arrived], f"arrived at {name}"))
    for letter in letters:
        if letter.id not in facts:
            yield f"{letter.name} arrived, which belongs to: {steps.get(letter.trace, 'no step of this run')}."
        elif letter.trace != played.trace:
            yield f"{letter.name} carries another trace than the request that made it."


def _listed(part: Part, wanted: Sequence[str], seen: Sequence[str], how: str) -> Iterator[Trouble]:
    missing, more = Counter(wanted) - Counter(seen), Counter(seen) - Counter(wanted)
    yield from ((part, f"{name} has not {how}.") for name in missing.elements())
    yield from ((part, f"{name} has {how}, which the file does not say.") for name in more.elements())


def _numbers(part: Part, wanted: Mapping[str, Value], seen: Mapping[str, Value], sign: str) -> Iterator[Trouble]:
    for name in sorted({*wanted, *seen}):
        if name not in seen:
            yield (*part, name), f"{name} has not changed."
        elif name not in wanted:
            yield part, f"{name}: {figures.written(seen[name], sign)}, which the file does not say."
        elif wanted[name] != seen[name]:
            yield (
                (*part, name),
                f"{name}: {figures.written(seen[name], sign)}, not {figures.written(wanted[name], sign)}.",
            )

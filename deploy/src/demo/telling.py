"""What one sees: each step in a few lines, differences in red with the file's line, and the dossier's figures."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from demo import figures
from demo.comparing import Difference, Played
from demo.dossier import Dossier, Step
from demo.figures import Value
from demo.letters import Letter
from demo.numbered import Numbered
from demo.outcome import Answered, Outcome

FIGURES_TOLD_MAX = 8


class Teller:
    """Tells a run as it goes, to people who watch it or read it later."""

    def __init__(self, console: Console, file: Numbered, dossier: Dossier) -> None:
        self._console = console
        self._file = file
        self._dossier = dossier
        self._progress = Progress(
            TextColumn("[dim]{task.description}[/]"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task: TaskID | None = None
        self.differences: list[Difference] = []

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def title(self) -> None:
        self._line(Text(self._dossier.title, "bold"))
        self._line(Text(f"{self._file.path} · {len(self._dossier.steps)} steps", "dim"))

    def beforehand(self, what: str) -> None:
        self._line(Text.assemble(("✓ ", "green"), what))

    def before(self, n: int, step: Step) -> None:
        if self._task is None:
            self._task = self._progress.add_task("", total=len(self._dossier.steps))
        self._progress.update(self._task, completed=n, description=step.name)

    def after(self, n: int, played: Played) -> None:
        """Tell one step: who did what, what it became, what crossed Kafka, what was counted, who was told."""
        step = played.step
        day = step.on.strftime("%Y-%m-%d %H:%M")
        self._line(Text.assemble("\n", (f"{n + 1:>3} ", "bold"), (f"{day}  ", "cyan"), (step.name, "bold")))
        self._line(Text.assemble("      ", f"{step.by}: {step.do}", *_fate(played)))
        for text in (_states(played), _facts(played), _figures(played), _letters(played.letters, played.answer.at)):
            if text is not None:
                self._line(Text.assemble("      ", text))
        self.differ(played.differences)

    def differ(self, differences: Sequence[Difference]) -> None:
        """Tell what came otherwise, each with the line of the file that says how it should have come."""
        self.differences.extend(differences)
        for one in differences:
            where = f"{self._file.at(one.part)}: "
            self._line(
                Text.assemble("    ", ("✗ ", "bold red"), (f"{where}{self._step(one)}", "red"), (one.said, "red"))
            )

    def outcome(self, outcome: Outcome) -> None:
        """Tell the dossier's figures and what each receiver has had in all."""
        self._line(Text("\nIn the end, of this campaign", "bold"))
        for one in outcome.answers:
            self._line(Text.assemble("    ", *_answer(one)))
        self._line(Text(f"    {outcome.crossed} facts crossed Kafka, each aggregate's in the order of its versions"))
        for post in outcome.posts:
            self._line(
                Text(f"    {post.name} had {post.events} webhooks, each once in effect; {post.repeated} came again")
            )
        self.differ(outcome.differences)

    def verdict(self) -> None:
        if self.differences:
            self._line(Text(f"\n{len(self.differences)} difference(s).", "bold red"))
        else:
            self._line(Text(f"\n✓ {len(self._dossier.steps)} steps, nothing differs.", "bold green"))

    def _step(self, difference: Difference) -> str:
        match difference.part:
            case ("steps", int(n), *_):
                return f"step {n + 1} “{self._dossier.steps[n].name}”: "
            case _:
                return ""

    def _line(self, text: Text) -> None:
        self._console.print(text, soft_wrap=True)


def _answer(one: Answered) -> Iterator[str | tuple[str, str]]:
    where = "".join(f", {axis} {value}" for axis, value in one.question.where.items())
    value = "hidden" if one.hidden else figures.written(one.value)
    yield f"{one.question.figure}{where}{', as everybody sees it' if one.question.public else ''}: "
    yield value, "red" if one.differences else "green"


def _fate(played: Played) -> Iterator[tuple[str, str]]:
    if played.answer.good:
        yield f" → {played.answer.status}", "green"
        return
    rule = f" ({played.answer.rule})" if played.answer.rule else ""
    yield f" → refused: {played.answer.status} {played.answer.code}{rule}", "yellow"


def _states(played: Played) -> Text | None:
    moved = [f"{name} {before or 'nothing'} → {after}" for name, (before, after) in played.moved.items()]
    return Text(f"states    {', '.join(moved)}") if moved else None


def _facts(played: Played) -> Text | None:
    crossed = [f"{fact.name} v{fact.version}" for fact in played.facts]
    return Text(f"Kafka     {', '.join(crossed)}", "blue") if crossed else None


def _figures(played: Played) -> Text | None:
    """Tell what the figures did, before and after, and how long it took until they included the step."""
    if played.figures_after_s is None:
        return None
    changes = [_from_to(played.before.nation, played.after.nation, name) for name in played.counted]
    changes += [_from_to(played.before.campaign, played.after.campaign, name) for name in played.ratios]
    told = ", ".join(islice(changes, FIGURES_TOLD_MAX)) or "unchanged"
    more = f" and {len(changes) - FIGURES_TOLD_MAX} more" if len(changes) > FIGURES_TOLD_MAX else ""
    return Text(f"figures   after {played.figures_after_s * 1000:.0f} ms: {told}{more}", "magenta")


def _from_to(before: Mapping[str, Value], after: Mapping[str, Value], name: str) -> str:
    return f"{name} {figures.written(before.get(name))} → {figures.written(after.get(name))}"


def _letters(letters: Mapping[str, Sequence[Letter]], since: float) -> Text | None:
    told = [
        f"{name} {letter.name} #{letter.sequence} after {max(0.0, letter.received_at - since) * 1000:.0f} ms"
        for name, arrived in letters.items()
        for letter in arrived
        if not letter.again
    ]
    return Text(f"webhooks  {', '.join(told)}", "yellow") if told else None

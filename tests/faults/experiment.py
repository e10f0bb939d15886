"""The record of one experiment: its numbers, its seed, what was found, and the line that says it all.

(1) An experiment holds if its test passes, and every invariant that its sheet names was judged and found to hold.
(2) It says one line of JSON, whatever happens to it.
(3) `FORM=long` takes the long numbers, `SEED=…` plays a schedule again; where the real fault cannot be had here, the
    test says by `nearest` what it did instead.
(4) What a short form cannot judge where others work too, it names in `told_only`.
"""

import json
import random
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from docs.experiments import Form, Sheet

Figure = bool | int | float | str | None | list[float]


@dataclass(slots=True)
class Experiment:
    """What a test is given, and what it tells."""

    sheet: Sheet
    form: Form
    seed: int
    rng: random.Random
    figures: dict[str, Figure] = field(default_factory=dict)
    verdicts: dict[str, bool] = field(default_factory=dict)
    told_only: list[str] = field(default_factory=list)
    instead: str | None = None
    began: float = field(default_factory=time.monotonic)

    @classmethod
    def of(cls, sheet: Sheet, environ: Mapping[str, str]) -> Self:
        seed = int(environ.get("SEED") or secrets.randbits(32))
        form: Form = "long" if environ.get("FORM") == "long" else "short"
        return cls(sheet, form, seed, random.Random(seed))  # noqa: S311 - a schedule that can be played again

    def number(self, name: str) -> int:
        """Give one of this form's numbers, a whole one."""
        return int(self.sheet.numbers(self.form)[name])

    def share(self, name: str) -> float:
        """Give one of this form's numbers, a part of one."""
        return float(self.sheet.numbers(self.form)[name])

    def tell(self, **figures: Figure) -> None:
        """Keep figures for the line."""
        rounded = {name: round(value, 3) if isinstance(value, float) else value for name, value in figures.items()}
        self.figures.update(rounded)

    def judge(self, invariant: str, *, holds: bool, **figures: Figure) -> None:
        """Find an invariant kept or broken; once broken it stays so.  The test goes on, for the figures' sake."""
        self.verdicts[invariant] = self.verdicts.get(invariant, True) and holds
        self.tell(**figures)

    def judge_alone(self, promise: str, *, holds: bool, **figures: Figure) -> None:
        """Judge what only a machine of one's own can keep; the short form, beside others, tells its figures only."""
        self.tell(**figures)
        if self.form == "long":
            self.judge(promise, holds=holds)
        else:
            self.told_only.append(promise)

    def nearest(self, instead: str) -> None:
        """Say what was done in place of a fault that cannot be had here."""
        self.instead = instead if self.instead is None else f"{self.instead}; {instead}"

    def conclude(self) -> None:
        """Fail the test whose invariants were not all judged, and found to hold."""
        silent = [name for name in self.sheet.invariants if name not in self.verdicts]
        assert not silent, f"{self.sheet.id} does not judge {silent}"
        broken = [name for name, holds in self.verdicts.items() if not holds]
        assert not broken, f"{self.sheet.id} breaks {broken} (SEED={self.seed}): {self.figures}"

    def line(self, *, holds: bool) -> str:
        said = {
            "experiment": self.sheet.id,
            "seed": self.seed,
            "form": self.form if self.instead is None else f"{self.form}, nearest: {self.instead}",
            "holds": holds,
            "seconds": round(time.monotonic() - self.began, 1),
            "invariants": self.verdicts,
            "told_only": self.told_only,
            **self.figures,
        }
        return json.dumps(said, ensure_ascii=False)

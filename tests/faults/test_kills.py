"""Kill -9 of any one process, at any step: the demonstration ends with the same figures and the same webhooks."""

import os
import random
import signal
from pathlib import Path

import pytest

from demo.dossier import Step
from tests.conftest import House
from tests.faults import stage

SEED = 20250718
"""The evening of the storm."""


def _kill(house: House, name: str) -> None:
    if (number := house.processes().get(name)) is not None:
        os.kill(number, signal.SIGKILL)


async def test_each_process_dies_once_while_the_dossier_plays(house: House, tmp_path: Path) -> None:
    """Every process of the house is killed at a step of its own; nothing of the outcome differs."""
    rng = random.Random(SEED)  # noqa: S311 - a seeded schedule
    victims = sorted(house.processes())
    schedule = dict(zip(rng.sample(range(stage.steps()), len(victims)), victims, strict=True))

    async def before(n: int, _step: Step) -> None:
        if n in schedule:
            _kill(house, schedule[n])

    differences, told = await stage.play(house, tmp_path, before)
    assert differences == 0, f"killed {schedule}\n{told}"


@pytest.mark.on_demand
@pytest.mark.parametrize("at", range(stage.steps()))
async def test_any_process_may_die_at_any_step(new_house: House, tmp_path: Path, at: int) -> None:
    """The whole product: at each step each process dies, in a performance of its own."""
    house = new_house
    for name in sorted(house.processes()):
        folder = tmp_path / name
        folder.mkdir()

        async def before(n: int, _step: Step, victim: str = name) -> None:
            if n == at:
                _kill(house, victim)

        differences, told = await stage.play(house, folder, before)
        assert differences == 0, f"killed {name} before step {at + 1}\n{told}"

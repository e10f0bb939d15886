"""An operator follows one dossier through the services: what was said, what is counted of it, whom it was told."""

import os
import subprocess
import sys

import pytest

from common import contracts
from tests.conftest import House
from tests.e2e.scene import Scene
from tests.waiting import until

WITHIN_S = 60
TITLES = ("actions said", "The figures count", "Webhooks")


def followed(house: House, aggregate: str) -> dict[str, str]:
    """Ask at a terminal that is wide enough for every row; give what stands under each title."""
    place = {"PASSEURS_STATE": str(house.folder.path), "COLUMNS": "300"}
    ended = subprocess.run(
        [sys.executable, "-m", "passeurs", "follow", aggregate],
        env={**os.environ, **house.environment, **place},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return sections(ended.stdout)


def sections(shown: str) -> dict[str, str]:
    behind = {title: shown.partition(title)[2] for title in TITLES}
    return {title: min((text.partition(other)[0] for other in TITLES), key=len) for title, text in behind.items()}


@pytest.mark.timeout(300)
async def test_a_funded_project_is_followed_from_its_outbox_to_the_figures_and_the_webhooks(
    house: House, scene: Scene
) -> None:
    """Beyond the outbox the answer had only ever been seen empty."""
    project = scene.things["project_id"]
    everywhere = {
        "actions said": ("project.drafted.v1", "project.submitted.v1", "project.funded.v1"),
        "The figures count": (contracts.topic("project", "state"),),
        "Webhooks": ("project.drafted.v1", "project.funded.v1", scene.subscription.id),
    }

    def told() -> bool:
        shown = followed(house, project)
        return all(word in shown[title] for title, words in everywhere.items() for word in words)

    await until(told, within_s=WITHIN_S)


def test_what_stands_under_a_title_ends_at_the_next() -> None:
    shown = "actions said\n1 │ a\nThe figures count: nothing of it\nWebhooks\n2 │ b\n"
    assert sections(shown) == {
        "actions said": "\n1 │ a\n",
        "The figures count": ": nothing of it\n",
        "Webhooks": "\n2 │ b\n",
    }

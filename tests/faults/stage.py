"""The demonstration as a test plays it: on the running house, with something done before some of its steps."""

from collections.abc import Awaitable, Callable
from io import StringIO
from pathlib import Path

from rich.console import Console

from demo.checking import checked
from demo.dossier import Step
from demo.performance import perform
from demo.settings import Settings
from demo.telling import Teller
from tests.conftest import House

DOSSIER_A = Path(__file__).resolve().parents[2] / "deploy/dossiers/poitiers.yaml"
Before = Callable[[int, Step], Awaitable[None]]


def steps() -> int:
    return len(checked(DOSSIER_A)[0].steps)


async def play(house: House, folder: Path, before: Before) -> tuple[int, str]:
    """Play dossier A; return in how many places it differed, and all that was told."""
    dossier, file = checked(DOSSIER_A)
    settings = Settings.read({**house.environment, "RECEIVER_FOLDER": str(folder)})
    told = StringIO()
    with Teller(Console(file=told, width=200, highlight=False), file, dossier) as teller:
        await perform(dossier, settings, teller, before=before)
    teller.verdict()
    return len(teller.differences), told.getvalue()

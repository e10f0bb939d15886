"""`python -m demo [DOSSIER]`: play a dossier on the running stack, and fail if anything differs."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from demo.checking import checked
from demo.dossier import Dossier
from demo.numbered import NotReadable, Numbered
from demo.performance import not_understood, perform
from demo.settings import NoHouse, Settings
from demo.telling import Teller

DOSSIER_A = Path(__file__).resolve().parents[2] / "dossiers" / "poitiers.yaml"
DIFFERS, NOT_READABLE = 1, 2

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def play(
    dossier: Annotated[Path, typer.Argument(help="The dossier's file.")] = DOSSIER_A,
    *,
    check: Annotated[bool, typer.Option("--check", help="Only look whether the file can be played.")] = False,
) -> None:
    """Play a dossier through the gateway, and compare every state, fact, figure and webhook with its file."""
    console = Console(highlight=False)
    try:
        read, file = checked(dossier)
        if check:
            console.print(f"{dossier}: {len(read.steps)} steps, nothing against playing it.")
            return
        settings = Settings.read(os.environ)
        _require_understood(read, file, settings)
    except NotReadable as refused:
        for trouble in refused.troubles:
            console.print(trouble, style="red", markup=False, soft_wrap=True)
        raise typer.Exit(NOT_READABLE) from refused
    except NoHouse as lost:
        console.print(str(lost), style="red", markup=False)
        raise typer.Exit(NOT_READABLE) from lost
    with Teller(console, file, read) as teller:
        asyncio.run(perform(read, settings, teller))
    teller.verdict()
    raise typer.Exit(DIFFERS if teller.differences else 0)


def _require_understood(dossier: Dossier, file: Numbered, settings: Settings) -> None:
    if troubles := asyncio.run(not_understood(dossier, settings)):
        raise NotReadable([f"{file.at(part)}: {said}" for part, said in troubles])


app(prog_name="python -m demo")

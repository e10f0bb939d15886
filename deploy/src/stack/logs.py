"""What all processes say, each line under its process's name."""

import sys
import time
from collections import deque
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.text import Text

LOOK_EVERY_S = 0.2
LINES_BEFORE = 5
COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "bright_cyan", "bright_green", "bright_magenta", "bright_blue")


def follow(folder: Path) -> None:
    """Print the end of every log, and what is added to it, until interrupted."""
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    opened: dict[Path, BinaryIO] = {}
    while True:
        for path in sorted(folder.glob("*.log")):
            if path.name.endswith(".previous.log"):
                continue
            if path not in opened or _was_replaced(path, opened[path]):
                opened[path] = path.open("rb")
                lines = list(deque(opened[path], LINES_BEFORE))
            else:
                lines = opened[path].readlines()
            _print(console, path.stem, lines)
        time.sleep(LOOK_EVERY_S)


def _was_replaced(path: Path, file: BinaryIO) -> bool:
    try:
        return path.stat().st_ino != Path(f"/dev/fd/{file.fileno()}").stat().st_ino
    except FileNotFoundError:
        return False


def _print(console: Console, name: str, lines: list[bytes]) -> None:
    colour = COLOURS[sum(name.encode()) % len(COLOURS)]
    for line in lines:
        said = Text.from_ansi(line.decode(errors="replace").rstrip("\n"))
        console.print(Text(f"{name:>18} │ ", style=colour) + said)

"""How answers are laid out in a terminal: one table a question, empty ones said in words."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table

console = Console(highlight=False)


def show(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print rows under their columns, or say that there are none."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(written(value) for value in row))
    console.print(table if table.row_count else f"[bold]{title}[/]: {empty}")


def written(value: object) -> str:
    """Write a value as people read it: times in UTC to the second, lengths of time in their largest units."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case timedelta():
            return lasting(value)
        case _:
            return str(value)


def lasting(time: timedelta) -> str:
    """Write a length of time: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`, `5 d 3 h`."""
    seconds = time.total_seconds()
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"

"""`make docs`: write the reference, or say what differs from it."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from docs import reference

console = Console(stderr=True, highlight=False)


def main(
    *,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if anything differs.")] = False,
    breaking: Annotated[
        list[str] | None, typer.Option(help="A type whose promise is broken on purpose, such as project.submitted.v1.")
    ] = None,
) -> None:
    """Write docs/reference and the tables of the services' READMEs from the code."""
    root = Path.cwd()
    pages = reference.pages(root)
    broken = reference.broken_promises(root, pages, on_purpose=frozenset(breaking or ()))
    for path, reasons in broken.items():
        console.print(f"[red]✗ {path}[/] would break what was promised (ADR 0007):")
        for reason in reasons:
            console.print(f"    {reason}", markup=False)
    if broken:
        sys.exit(1)
    differing = reference.differing(root, pages) if check else reference.write(root, pages)
    for path in differing:
        console.print(f"[yellow]{'differs' if check else 'written'}[/] {path}")
    console.print("The reference is what the code says." if not (check and differing) else "Run `make docs`.")
    sys.exit(1 if check and differing else 0)


if __name__ == "__main__":
    typer.run(main)

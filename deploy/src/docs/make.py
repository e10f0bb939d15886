"""The page of make targets, from their help texts."""

import re
from pathlib import Path

MAKEFILE = Path("Makefile")
PATH = Path("docs/reference/make.md")


def page(makefile: str) -> str:
    """Turn `target: ## text` and `##@ Group` into a page."""
    lines = ["# Make targets", "", "*Written by `make docs` from the Makefile; `make` alone prints the same.*"]
    for line in makefile.splitlines():
        if line.startswith("##@ "):
            lines += ["", f"## {line[4:]}", "", "| target | does |", "|---|---|"]
        elif found := re.match(r"([a-z][a-z0-9-]*):.*## (.+)", line):
            lines.append(f"| `make {found[1]}` | {found[2].replace('|', chr(92) + '|')} |")
    return "\n".join(lines) + "\n"

"""The settings page and `env.example`, from the Settings classes: meaning, unit, default, danger."""

import json
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from common.settings import Settings
from docs import house
from stack.settings import GatewaySettings

PAGE = Path("docs/reference/settings.md")
EXAMPLE = Path("deploy/env.example")

PAGE_BEGINS = """# Settings

*Written by `make docs` from the Settings classes.*

Read once, at start, from the environment; a wrong environment is refused with every mistake named, and no value quoted.
`make run` sets them all.  A setting without a default must be given.
"""
EXAMPLE_BEGINS = """# Every setting of every service, with its default.  Written by `make docs`.
# What has no default must be given.  Locally `make run` sets everything; nothing here is a secret.
"""


def pages() -> dict[Path, str]:
    """Write both."""
    return {PAGE: _page(), EXAMPLE: _example()}


def _sections() -> Iterator[tuple[str, dict[str, FieldInfo]]]:
    """Give what all services share, then what each adds."""
    yield "every service", Settings.model_fields
    for service in house.SERVICES:
        own = house.settings(service).model_fields
        added = {name: own[name] for name in own if name not in Settings.model_fields}
        if added:
            yield service, added
    yield "the gateway", dict(GatewaySettings.model_fields)


def _page() -> str:
    lines = PAGE_BEGINS.splitlines()
    for title, fields in _sections():
        lines += ["", f"## {title}", "", "| name | default | meaning |", "|---|---|---|"]
        lines += [f"| `{name.upper()}` | {_shown(field)} | {field.description} |" for name, field in fields.items()]
    return "\n".join(lines) + "\n"


def _shown(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    return f"`{text}`" if (text := _default(field)) else "empty"


def _example() -> str:
    lines = EXAMPLE_BEGINS.splitlines()
    for title, fields in _sections():
        lines += ["", f"# ---- {title}"]
        for name, field in fields.items():
            lines += [
                "",
                f"# {field.description}",
                f"{'' if field.is_required() else '# '}{name.upper()}={_default(field)}",
            ]
    return "\n".join(lines) + "\n"


def _default(field: FieldInfo) -> str:
    """Write a default as the environment would."""
    value: Any = field.get_default(call_default_factory=True) if not field.is_required() else None
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, (list, tuple, set, frozenset, dict)):
        return json.dumps(sorted(value) if isinstance(value, (set, frozenset)) else value) if value else ""
    return "" if value is None else str(value)

"""Messages of any contract: those committed in the reference, and those that hypothesis can think of."""

import json
import subprocess
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from docs.events import Published
from tests.architecture.source import ROOT

st.register_type_strategy(time, st.times())
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(Decimal, st.decimals(-(10**9), 10**9, places=2))
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))


def messages(contract: type) -> st.SearchStrategy[Any]:
    """Think of messages: any text, any time in UTC, any combination."""
    return st.from_type(contract)


def committed(one: Published) -> list[Any]:
    """Give the examples of a type that the reference shows, and those it showed at the last commit."""
    texts = [_file(one), _last(one)]
    return [example for text in texts if text for example in json.loads(text)["examples"]]


def _file(one: Published) -> str:
    path = ROOT / one.path
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _last(one: Published) -> str:
    shown = subprocess.run(["git", "show", f"HEAD:{one.path}"], cwd=ROOT, capture_output=True, text=True, check=False)
    return shown.stdout if shown.returncode == 0 else ""

"""What the procedure asks for before an action is announced (T12), beside what the law does."""

from datetime import date

from common.errors import Verdict

RULE, VERSION = "T12", "1"


def lacks(what: str, quoi: str, on: date | None = None) -> Verdict:
    """T12: something that every session must have is not there yet."""
    when, quand = ("", "") if on is None else (f"{on}: ", f"{on} : ")
    inputs = {"lacks": what, "on": None if on is None else on.isoformat()}
    return Verdict(RULE, VERSION, inputs, f"{when}{what} is missing.", f"{quand}il manque {quoi}.")

"""What the procedure asks for before an action is announced (T12), beside what the law does."""

from datetime import date

from actions.domain.rules.registry import in_force
from common.errors import Outcome, Verdict


def lacks(what: str, quoi: str, on: date) -> Verdict:
    """T12: something that every session must have is not there yet."""
    rule = in_force("T12", on)
    return Verdict(
        rule="T12",
        version="" if rule is None else rule.version,
        inputs={"lacks": what, "on": on.isoformat()},
        reason=f"{on}: {what} is missing.",
        raison=f"{on} : il manque {quoi}.",
        outcome=Outcome.TO_CLEAR,
    )

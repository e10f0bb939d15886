"""Rules on counting people: attendance of every session (R44), breakdowns that add up (R36), corrections (R47)."""

from collections.abc import Sequence
from datetime import date

from actions.domain.labels import DIMENSIONS
from actions.domain.rules.registry import in_force
from common.contracts.actions import Breakdown, Session, SessionStatus
from common.errors import Verdict


def attendance(sessions: Sequence[Session], on: date) -> Verdict | None:
    """R44: each session is held with its attendance, or cancelled with its cause."""
    rule = in_force("R44", on)
    open_ones = [session for session in sessions if not _settled(session)]
    if rule is None or not open_ones:
        return None
    days = ", ".join(session.held_on.isoformat() for session in open_ones)
    return rule.verdict(
        f"Neither attendance nor cause for the session(s) of {days}.",
        f"Ni fréquentation ni cause pour la ou les séances du {days}.",
        inputs={"sessions": len(open_ones), "days": days},
    )


def breakdown(one: Breakdown, total: int, on: date) -> Verdict | None:
    """R36: the cells, the unknown included, add up to the total."""
    rule = in_force("R36", on)
    added = sum(count.people for count in one.counts)
    if rule is None or added == total:
        return None
    return rule.verdict(
        f"By {one.dimension} the report counts {added} of {total}.",
        f"Par {DIMENSIONS[one.dimension]}, le bilan compte {added} sur {total}.",
        inputs={"dimension": one.dimension, "sum": added, "total": total},
    )


def reasoned(reason: str, on: date) -> Verdict | None:
    """R47: what is corrected after the close is corrected for a reason."""
    rule = in_force("R47", on)
    if rule is None or reason:
        return None
    return rule.verdict("An amendment has a reason.", "Une correction a une raison.", inputs={"reason": reason})


def _settled(session: Session) -> bool:
    if session.state is SessionStatus.CANCELLED:
        return session.cause is not None
    return session.state is SessionStatus.HELD and session.attendance is not None

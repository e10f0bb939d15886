"""The first day on which sessions could be held, as far as days alone stand in the way.

(1) A rule that refuses a day names the first later day on which it would not, or none.  So no day before the latest of
    these is lawful: one goes on from it, until no rule refuses.  Nobody is sent to a day that another rule refuses.
(2) Each step goes a day forward at least, and none leaves the days that are left: it ends.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import TypeAlias

from actions.domain.screening import Finding, Judgement
from common.contracts.actions import Session

Judge: TypeAlias = Callable[[Session], Iterable[Finding]]
"""Finds what rules say of a session on another day, all else being as it is."""


def first_lawful(judged: Judgement, judge: Judge, last: date) -> date | None:
    """Tell the first lawful day of the refused session that has the latest; each is moved by itself.

    None where nothing is refused, where something else than a day is in the way, or where it would be after `last`, the
    last day that could be asked for.
    """
    against = {finding.session_id for finding in judged.findings if finding.refusal is not None}
    refused = [session for session in judged.sessions if session.id in against]
    days = [_first(session, judged.findings, judge, last) for session in refused]
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(against) else None


def _first(session: Session, found: Iterable[Finding], judge: Judge, last: date) -> date | None:
    against = _refusing(session, found)
    while against:
        days = [finding.verdict.first_lawful_on for finding in against]
        later = [day for day in days if day is not None and session.held_on < day <= last]
        if len(later) < len(against):
            return None
        session = replace(session, held_on=max(later))
        against = _refusing(session, judge(session))
    return session.held_on


def _refusing(session: Session, found: Iterable[Finding]) -> list[Finding]:
    """Take what refuses this session, and what refuses the action as a whole."""
    return [one for one in found if one.refusal is not None and one.session_id in {session.id, None}]

"""What happens if the storm comes: the day and the room that a session may fall back to, judged before it does.

Each is judged by the same rules as any session, as it would be: on that day at its place, or in that room on its own
day.  What they say refuses nothing, since the session itself may be lawful; a check tells it.  When the storm is there,
the new day is judged for itself (T15).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias
from uuid import UUID

from actions.domain import zones
from actions.domain.action import Action
from actions.domain.circumstances import Circumstances
from actions.domain.obligations import Obligation, most_urgent_first, obligations
from actions.domain.screening import Finding, Judgement, noticed, of_papers, require
from common.contracts.actions import Fallback, Notice, ObligationKind, Session, SessionStatus, Setting
from common.errors import Outcome

K = ObligationKind

Judge: TypeAlias = Callable[[Action, Sequence[Session], Circumstances], Iterable[Finding]]
"""Finds what rules say of these sessions of an action, wherever and whenever they are."""

ASKED_AGAIN = frozenset({K.CNC_AUTHORISATION, K.CNC_DECLARATION, K.PERMIT, K.SITE_APPROVAL, K.RIGHTS, K.MATERIAL})
"""What is for a day, or for a place: another one asks for it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """Where a session may go when it cannot be held as planned.

    `lawful`: of what the verb asks of the session itself, nothing would stand in the way of it there.
    """

    session_id: UUID
    fallback: Fallback
    held_on: date
    place_id: UUID
    lawful: bool


def placed(action: Action, session: Session, held_on: date, *, indoors: bool) -> Session:
    """Give a session as it would be on that day, by the clock of where it is then: in its room (R13), or where it is.

    Once it was moved into its room it stays there.
    """
    place = action.place((indoors and session.fallback_place_id) or session.place_id)
    return replace(
        session,
        state=SessionStatus.PLANNED,
        place_id=place.id,
        zone=zones.of_department(place.department, held_on),
        setting=Setting.INDOORS if indoors else session.setting,
        held_on=held_on,
    )


def ways_out(action: Action, session: Session) -> Iterator[tuple[Fallback, Session]]:
    """Name where a session may still fall back to: a day that is over when it is held is no way out any more."""
    if session.fallback_on is not None and session.held_on < session.fallback_on:
        yield Fallback.DAY, placed(action, session, session.fallback_on, indoors=False)
    if session.fallback_place_id not in {None, session.place_id}:
        yield Fallback.ROOM, placed(action, session, session.held_on, indoors=True)


def judge_fallbacks(
    action: Action, sessions: Iterable[Session], given: Circumstances, judge: Judge
) -> tuple[Finding, ...]:
    """Ask of each day and room that sessions may fall back to what is asked of the sessions themselves.

    One is moved at a time: all else is as it is.
    """
    return tuple(
        replace(finding, fallback=way)
        for session in sessions
        for way, there in ways_out(action, session)
        for finding in judge(action.with_sessions(there), [there], given)
    )


def decide(judged: Judgement) -> tuple[Notice, ...]:
    """Refuse by what refuses the sessions; answer what is to be looked at, in them and where they may fall back to.

    Of a fallback it is what its plan does not keep to: a paper comes when it comes, and no verb that records one judges
    this again; a check does.  What is said of a session in the same words is not said of its fallback again.
    """
    said = {_words(finding) for finding in judged.findings}
    against = (one for one in judged.fallbacks if one.verdict.outcome is not Outcome.ALLOWED and not of_papers(one))
    return (*require(judged.findings), *(noticed(one) for one in against if _words(one) not in said))


def outlook(judged: Judgement) -> tuple[WayOut, ...]:
    """Tell which ways out the judged sessions have, and whether each is lawful."""
    refused = {(one.session_id, one.fallback) for one in judged.fallbacks if one.refusal is not None}
    return tuple(
        WayOut(
            session_id=session.id,
            fallback=way,
            held_on=there.held_on,
            place_id=there.place_id,
            lawful=(session.id, way) not in refused,
        )
        for session in judged.sessions
        for way, there in ways_out(judged.action, session)
    )


def fallback_obligations(action: Action, given: Circumstances, sessions: Iterable[Session]) -> tuple[Obligation, ...]:
    """List what is asked for again where sessions may fall back to, the most urgent first.

    It is counted from the day there, and keeps nobody from announcing the action.

    Raises:
        FilmNotKnownYet: a film of the programme has not been heard of.
    """
    return most_urgent_first(
        replace(one, fallback=way, blocking=False)
        for session in sessions
        for way, there in ways_out(action, session)
        for one in obligations(action.with_sessions(there), given, [there])
        if one.kind in ASKED_AGAIN
    )


def _words(finding: Finding) -> tuple[object, ...]:
    verdict = finding.verdict
    return finding.session_id, finding.film_id, verdict.rule, verdict.outcome, verdict.reason

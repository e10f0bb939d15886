"""Counting a report: each held action told once, its people added up, what it corrects put into the actions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from actions.domain.action import Action, moved
from actions.domain.action import Moved as ActionMoved
from actions.domain.refusals import BreakdownDoesNotAddUp, BreakdownMalformed, DistinctNotPossible, ReportDoesNotMatch
from actions.domain.report import ActionReport
from actions.domain.rules.counting import breakdown
from common.contracts.actions import (
    CELLS_OF,
    ActionAttendanceRecorded,
    ActionStatus,
    Breakdown,
    CountMethod,
    Measure,
    ReportedAction,
    ReportedSession,
    Setting,
)
from common.errors import Conflict, FieldError


def told(reports: Sequence[ActionReport], actions: Sequence[Action]) -> tuple[ReportedAction, ...]:
    """Place every report in its action; each held action is told once, and no other is."""
    held = {action.id: action for action in actions if action.state is ActionStatus.HELD}
    said = Counter(report.action_id for report in reports)
    if set(said) != set(held) or any(times > 1 for times in said.values()):
        raise ReportDoesNotMatch(
            f"Held: {len(held)} action(s); told: {len(reports)}.",
            precision=f"Réalisées : {len(held)} action(s) ; racontées : {len(reports)}.",
            pointer="/actions",
        )
    return tuple(_placed(report, held[report.action_id], f"/actions/{i}") for i, report in enumerate(reports))


def distinct(action: Action, totals: Sequence[int], given: int | None, pointer: str) -> int | None:
    """Judge how many distinct persons an action had: given, or plain from its only session; none for spectators."""
    if action.measure is Measure.SPECTATORS:
        return None
    if given is None and len(totals) == 1:
        return totals[0]
    if given is None or not max(totals, default=0) <= given <= sum(totals):
        raise DistinctNotPossible(
            f"{given} distinct persons for presences {list(totals)}.",
            precision=f"{given} personnes distinctes pour des présences {list(totals)}.",
            pointer=pointer,
        )
    return given


def require_adding_up(reported: Sequence[ReportedAction], on: date) -> None:
    """Refuse (R36) unless every breakdown makes its total; every one that does not is named."""
    failing = [
        (f"/actions/{i}/breakdowns/{j}", verdict)
        for i, action in enumerate(reported)
        for j, one in enumerate(action.breakdowns)
        if (verdict := breakdown(one, action.total, on)) is not None
    ]
    if not failing:
        return
    code = BreakdownDoesNotAddUp.code
    errors = [FieldError(pointer, code, v.reason, v.rule, v.raison) for pointer, v in failing]
    first: Conflict = BreakdownDoesNotAddUp(
        failing[0][1].reason, precision=failing[0][1].raison, verdict=failing[0][1], errors=errors
    )
    raise first


def corrected(action: Action, reported: ReportedAction, *, at: datetime) -> ActionMoved | None:
    """Put the totals of a validated report into its action; nothing where it corrects nothing."""
    wrong = [
        (session, told.total)
        for told in reported.sessions
        if (session := action.session(told.session_id)).attendance != told.total
    ]
    new = action.with_sessions(*(replace(session, attendance=total) for session, total in wrong))
    new = replace(new, participants_distinct=reported.participants_distinct)
    facts = [_recount(new, session.id, total, session.method, at) for session, total in wrong]
    persons = reported.participants_distinct
    if persons is not None and persons != action.participants_distinct:
        facts.append(_recount(new, None, persons, None, at))
    return moved(new, *facts) if facts else None


def _placed(report: ActionReport, action: Action, pointer: str) -> ReportedAction:
    given = {told.session_id: told.total for told in report.sessions}
    held = {session.id: session for session in action.held_sessions}
    if not set(given) <= set(held) or len(given) != len(report.sessions):
        raise ReportDoesNotMatch(pointer=f"{pointer}/sessions")
    sessions = tuple(
        ReportedSession(session_id=one.id, held_on=one.held_on, total=given.get(one.id, one.attendance or 0))
        for one in held.values()
    )
    totals = [session.total for session in sessions]
    said = action.participants_distinct if report.participants_distinct is None else report.participants_distinct
    persons = distinct(action, totals, said, f"{pointer}/participants_distinct")
    return ReportedAction(
        action_id=action.id,
        action_type=action.action_type,
        measure=action.measure,
        closed_circuit=action.closed_circuit,
        places=action.places,
        held_on=max(session.held_on for session in sessions),
        sessions=sessions,
        participants_distinct=persons,
        total=sum(totals) if persons is None else persons,
        breakdowns=_well_formed(report.breakdowns, f"{pointer}/breakdowns"),
        closed_site=action.setting is Setting.CLOSED_SITE,
    )


def _well_formed(breakdowns: tuple[Breakdown, ...], pointer: str) -> tuple[Breakdown, ...]:
    dimensions = [one.dimension for one in breakdowns]
    if len(set(dimensions)) != len(dimensions):
        raise BreakdownMalformed(pointer=pointer)
    for i, one in enumerate(breakdowns):
        cells = [count.cell for count in one.counts]
        if len(set(cells)) != len(cells) or not set(cells) <= CELLS_OF[one.dimension]:
            raise BreakdownMalformed(pointer=f"{pointer}/{i}/counts")
        if any(count.people < 0 for count in one.counts):
            raise BreakdownMalformed(pointer=f"{pointer}/{i}/counts")
    return breakdowns


def _recount(
    action: Action, session_id: UUID | None, total: int, method: CountMethod | None, at: datetime
) -> ActionAttendanceRecorded:
    return ActionAttendanceRecorded(
        occurred_at=at,
        about=action.about(),
        action_id=action.id,
        action_type=action.action_type,
        session_id=session_id,
        measure=action.measure,
        total=total,
        method=method or CountMethod.REGISTERED,
        by_report=True,
    )

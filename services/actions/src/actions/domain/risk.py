"""What turns against a session after it was planned: a visa corrected, a right withdrawn, an organiser closed.

A plan that still lacks something is only unfinished; it is at risk when a rule says no to it.  What was announced had
everything: whatever it lacks now is a risk.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from actions.domain.action import Action, Moved, moved
from actions.domain.circumstances import Circumstances
from actions.domain.screening import Finding, Judgement, judge, noticed
from common.contracts.actions import ActionAtRisk, ActionStatus, SessionStatus
from common.errors import Outcome, Verdict

ANNOUNCED = frozenset({ActionStatus.SCHEDULED, ActionStatus.IN_PROGRESS, ActionStatus.POSTPONED})


def judge_risks(action: Action, given: Circumstances) -> Judgement:
    """Find what stands against the sessions that are still to come.

    Raises:
        FilmNotKnownYet: a film of its sessions has not been heard of.
    """
    action.require("action.flag")
    coming = tuple(session for session in action.sessions if session.state is SessionStatus.PLANNED)
    risks = tuple(_risks(action, judge(action, coming, given))) if coming else ()
    return Judgement(verb="action.flag", action=action, sessions=coming, findings=risks)


def flag(judged: Judgement, *, at: datetime) -> Moved | None:
    """Say what stands against the action's sessions now; nothing where that is known already."""
    action, risks = judged.action, tuple(noticed(finding) for finding in judged.findings)
    if set(risks) == set(action.risks):
        return None
    flagged = replace(action, risks=risks)
    fact = ActionAtRisk(
        occurred_at=at,
        about=flagged.about(),
        action_id=flagged.id,
        action_type=flagged.action_type,
        session_ids=tuple(dict.fromkeys(risk.session_id for risk in risks if risk.session_id is not None)),
        risks=risks,
    )
    return moved(flagged, fact)


def _risks(action: Action, findings: tuple[Finding, ...]) -> Iterator[Finding]:
    for finding in findings:
        lacking = action.state in ANNOUNCED and finding.refusal is not None
        turned = finding.verdict.outcome is Outcome.TO_CLEAR and _has_turned(finding.verdict)
        if finding.verdict.outcome is Outcome.REFUSED or lacking or turned:
            yield finding


def _has_turned(verdict: Verdict) -> bool:
    """Tell whether something that was there is no more: an offer, a key; or a copy is not what was planned."""
    return bool(verdict.inputs.get("offer_withdrawn") or verdict.inputs.get("key_revoked")) or verdict.rule == "C03"

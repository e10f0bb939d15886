"""What turns against a session after it was planned: a visa corrected, a right withdrawn, an organiser closed.

A plan that still lacks something is only unfinished; it is at risk when a rule says no to it, or when what was known
when it was planned is known no more.  What was announced had everything: whatever it lacks now is a risk.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from actions.domain.action import Action, Moved, moved
from actions.domain.circumstances import Circumstances
from actions.domain.obligations import announced
from actions.domain.screening import PLANNED_BY, Finding, Judgement, judge, noticed
from common.contracts.actions import ActionAtRisk, ActionStatus, DueDay, SessionStatus
from common.errors import Outcome

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


def tell(judged: Judgement, due: tuple[DueDay, ...] = (), *, at: datetime) -> Moved | None:
    """Say what stands against the action's sessions now, and which due days have moved; nothing where all is known."""
    action, risks = judged.action, tuple(noticed(finding) for finding in judged.findings)
    known = set(risks) == set(action.risks)
    flagged = action if known else replace(action, risks=risks)
    told = () if known else (_at_risk(flagged, at=at),)
    facts = (*told, *announced(flagged, due, at=at))
    return moved(flagged, *facts) if facts else None


def _at_risk(flagged: Action, *, at: datetime) -> ActionAtRisk:
    return ActionAtRisk(
        occurred_at=at,
        about=flagged.about(),
        action_id=flagged.id,
        action_type=flagged.action_type,
        session_ids=tuple(dict.fromkeys(risk.session_id for risk in flagged.risks if risk.session_id is not None)),
        risks=flagged.risks,
    )


def _risks(action: Action, findings: tuple[Finding, ...]) -> Iterator[Finding]:
    looked_at = {(one.rule, one.session_id, one.film_id) for one in action.notices if one.fallback is None}
    for finding in findings:
        verdict = finding.verdict
        lacking = action.state in ANNOUNCED and finding.refusal is not None
        noticed_then = (verdict.rule, finding.session_id, finding.film_id) in looked_at
        turned = verdict.outcome is Outcome.TO_CLEAR and _has_turned(finding, noticed_then=noticed_then)
        if verdict.outcome is Outcome.REFUSED or lacking or turned:
            yield finding


def _has_turned(finding: Finding, *, noticed_then: bool) -> bool:
    """Tell whether something that was there is no more: an offer, a key, a visa; or a copy is not what was planned.

    What a plan must keep to was asked when it was made: of what was not known then there is a notice, and what no plan
    may lack was there.
    """
    verdict = finding.verdict
    if verdict.rule in PLANNED_BY:
        return finding.refusal is not None or not noticed_then
    return bool(verdict.inputs.get("offer_withdrawn") or verdict.inputs.get("key_revoked")) or verdict.rule == "C03"

"""What the regional committee decides of a project: validated (T7), deferred (T8), rejected (T10)."""

from dataclasses import replace
from datetime import datetime

from actions.domain import states
from actions.domain.days import require_past
from actions.domain.project import CommitteeDecision, Moved, Project, moved
from actions.domain.refusals import NotUnderstoodAsDecision
from common.contracts.actions import (
    CommitteeOutcome,
    ProjectDeferred,
    ProjectFact,
    ProjectRejected,
    ProjectStatus,
    ProjectValidated,
)
from common.contracts.money import money

STATE_OF = {
    CommitteeOutcome.VALIDATED: ProjectStatus.VALIDATED,
    CommitteeOutcome.DEFERRED: ProjectStatus.DEFERRED,
    CommitteeOutcome.REJECTED: ProjectStatus.REJECTED,
}


def decide(project: Project, decision: CommitteeDecision, *, at: datetime) -> Moved:
    """Record what a sitting of the committee decided (T7, T8, T10)."""
    states.require("project.decide", project.state)
    require_past(decision.committee_on, at, project.zone, pointer="/committee_on")
    _require_complete(decision)
    decided = replace(
        project,
        state=STATE_OF[decision.outcome],
        decisions=(*project.decisions, decision),
        reason=decision.reason,
    )
    return moved(decided, _said(decided, decision, at))


def _require_complete(decision: CommitteeDecision) -> None:
    """Refuse a decision that does not say what its kind must say."""
    later = decision.next_committee_on
    recommended = decision.recommended_cents
    lacking = {
        "/quorum": not decision.quorum,
        "/recommended": decision.outcome is CommitteeOutcome.VALIDATED and (recommended is None or recommended < 0),
        "/next_committee_on": decision.outcome is CommitteeOutcome.DEFERRED
        and (later is None or later <= decision.committee_on),
        "/reason": decision.outcome is CommitteeOutcome.REJECTED and not decision.reason,
    }
    for pointer, missing in lacking.items():
        if missing:
            raise NotUnderstoodAsDecision(pointer=pointer)


def _said(project: Project, decision: CommitteeDecision, at: datetime) -> ProjectFact:
    about, on = project.about(), decision.committee_on
    if decision.outcome is CommitteeOutcome.VALIDATED:
        recommended = money(decision.recommended_cents or 0)
        return ProjectValidated(occurred_at=at, about=about, committee_on=on, recommended=recommended)
    if decision.outcome is CommitteeOutcome.DEFERRED:
        later = decision.next_committee_on or on
        return ProjectDeferred(occurred_at=at, about=about, committee_on=on, next_committee_on=later)
    return ProjectRejected(occurred_at=at, about=about, committee_on=on, reason=decision.reason)

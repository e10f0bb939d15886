"""Which verb is possible in which state: the one table that the verbs obey and `allowed_actions` reads.

project   draft ─▶ submitted ⇄ incomplete        submitted ─▶ eligible ─▶ validated ─▶ funded ─▶ closed
                    │             │               eligible ⇄ deferred    │            │
                    └─────────────┴─▶ ineligible  eligible ─▶ rejected   └─▶ cancelled ─▶ closed
          draft, submitted, incomplete, eligible, deferred ─▶ withdrawn
action    planned ─▶ scheduled ─▶ in_progress ─▶ held      scheduled ─▶ held
          scheduled, in_progress ⇄ postponed               planned, scheduled, in_progress, postponed ─▶ cancelled
report    submitted ⇄ returned      submitted ─▶ validated ─▶ amended ─▶ amended
campaign  draft ─▶ open ─▶ closed
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum

from actions.domain import labels
from actions.domain.refusals import NotPossibleInThisState
from common.contracts.actions import ActionStatus, CampaignStatus, ProjectStatus, ReportStatus

C, P, A, R = CampaignStatus, ProjectStatus, ActionStatus, ReportStatus

FILE_OPEN = frozenset({P.DRAFT, P.INCOMPLETE, P.DEFERRED})
"""While the file is its holder's to write: it is handed over, and judged, before it goes on."""

_RUNNING = frozenset({P.VALIDATED, P.FUNDED})
_ANNOUNCED = frozenset({A.SCHEDULED, A.IN_PROGRESS, A.POSTPONED})
_GOING = frozenset({A.PLANNED, A.SCHEDULED, A.IN_PROGRESS, A.POSTPONED})

POSSIBLE: Mapping[str, frozenset[StrEnum]] = {
    "campaign.change_rules": frozenset({C.DRAFT, C.OPEN}),
    "campaign.open": frozenset({C.DRAFT}),
    "campaign.close": frozenset({C.OPEN}),
    "project.add_action": frozenset({P.DRAFT}),
    "project.change": FILE_OPEN,
    "project.prior_contact": frozenset({P.DRAFT}),
    "project.submit": frozenset({P.DRAFT}),
    "project.return": frozenset({P.SUBMITTED}),
    "project.resubmit": frozenset({P.INCOMPLETE}),
    "project.declare_eligible": frozenset({P.SUBMITTED}),
    "project.declare_ineligible": frozenset({P.SUBMITTED, P.INCOMPLETE}),
    "project.lapse": frozenset({P.INCOMPLETE}),
    "project.decide": frozenset({P.ELIGIBLE}),
    "project.reinstate": frozenset({P.DEFERRED}),
    "project.withdraw": frozenset({P.DRAFT, P.SUBMITTED, P.INCOMPLETE, P.ELIGIBLE, P.DEFERRED}),
    "project.decide_line": frozenset({P.VALIDATED}),
    "project.send_convention": _RUNNING,
    "project.sign_convention": _RUNNING,
    "project.revise_budget": _RUNNING,
    "project.fund": frozenset({P.VALIDATED}),
    "project.pay_line": _RUNNING | {P.CANCELLED},
    "project.submit_account": frozenset({P.FUNDED, P.CANCELLED}),
    "project.accept_account": frozenset({P.FUNDED, P.CANCELLED}),
    "project.report": frozenset({P.FUNDED}),
    "project.close": frozenset({P.FUNDED, P.CANCELLED}),
    "action.change": frozenset({A.PLANNED}),
    "action.plan_session": frozenset({A.PLANNED}),
    "action.cancel_session": _GOING,
    "action.record_attendance": _ANNOUNCED,
    "action.change_clearance": _GOING | {A.HELD},
    "action.choose_copy": _GOING,
    "action.expect_audience": _GOING,
    "action.request_authorisation": frozenset({A.PLANNED, A.POSTPONED}),
    "action.amend_authorisation": _GOING,
    "action.record_opinion": _GOING,
    "action.decide_authorisation": _GOING,
    "action.inform_neighbours": _GOING,
    "action.declare_move": _GOING,
    "action.settle_obligation": _GOING,
    "action.record_permit": _GOING,
    "action.approve_site": _GOING,
    "action.schedule": frozenset({A.PLANNED}),
    "action.start": frozenset({A.SCHEDULED}),
    "action.postpone": _ANNOUNCED,
    "action.reschedule": frozenset({A.POSTPONED}),
    "action.hold": frozenset({A.SCHEDULED, A.IN_PROGRESS}),
    "action.cancel": _GOING,
    "action.lapse": frozenset({A.POSTPONED}),
    "action.flag": _GOING,
    "report.return": frozenset({R.SUBMITTED}),
    "report.resubmit": frozenset({R.RETURNED}),
    "report.validate": frozenset({R.SUBMITTED}),
    "report.amend": frozenset({R.VALIDATED, R.AMENDED}),
}
"""The states of its own aggregate from which a verb may start."""

WHILE_PROJECT: Mapping[str, frozenset[ProjectStatus]] = {
    "action.change": FILE_OPEN | _RUNNING,
    "action.plan_session": FILE_OPEN | _RUNNING,
    "action.cancel_session": FILE_OPEN | _RUNNING,
    "action.change_clearance": _RUNNING,
    "action.choose_copy": FILE_OPEN | _RUNNING,
    "action.expect_audience": FILE_OPEN | _RUNNING,
    "action.request_authorisation": _RUNNING,
    "action.amend_authorisation": _RUNNING,
    "action.record_opinion": _RUNNING,
    "action.decide_authorisation": _RUNNING,
    "action.inform_neighbours": _RUNNING,
    "action.declare_move": _RUNNING,
    "action.settle_obligation": _RUNNING,
    "action.record_permit": _RUNNING,
    "action.approve_site": _RUNNING,
    "action.schedule": frozenset({P.FUNDED}),
    "action.start": frozenset({P.FUNDED}),
    "action.postpone": frozenset({P.FUNDED}),
    "action.reschedule": frozenset({P.FUNDED}),
    "action.record_attendance": frozenset({P.FUNDED}),
    "action.hold": frozenset({P.FUNDED}),
    "action.cancel": _RUNNING,
    "action.lapse": frozenset({P.FUNDED}),
    "action.flag": FILE_OPEN | _RUNNING | {P.SUBMITTED, P.ELIGIBLE},
    "report.return": frozenset({P.FUNDED}),
    "report.resubmit": frozenset({P.FUNDED}),
    "report.validate": frozenset({P.FUNDED}),
    "report.amend": frozenset({P.CLOSED}),
}
"""The states in which the project itself must be, for the verbs of what belongs to it."""

ASKED_AS: Mapping[str, str] = {"report.resubmit": "project.report"}
"""Verbs that are asked for by another's operation: a returned report is handed in again at the same place (T20)."""

BY_ITSELF = frozenset({"project.lapse", "action.lapse", "action.flag"})
"""Verbs of the clock (T6, T17) and of what others announce: nobody asks for them, so nobody has a right to them."""

NOUNS: Mapping[str, tuple[str, str]] = {
    "campaign": ("The campaign", "La campagne"),
    "project": ("The project", "Le projet"),
    "action": ("The action", "L’action"),
    "report": ("The report", "Le bilan"),
}


def possible(verb: str, state: StrEnum, project_state: ProjectStatus | None = None) -> tuple[str, str] | None:
    """Say why a verb is not possible in these states, in English and in French; nothing if it is."""
    noun = verb.partition(".")[0]
    if state not in POSSIBLE[verb]:
        return _because(noun, verb, state, POSSIBLE[verb])
    if verb in WHILE_PROJECT and project_state not in WHILE_PROJECT[verb]:
        return _because("project", verb, project_state, WHILE_PROJECT[verb])
    return None


def require(verb: str, state: StrEnum, project_state: ProjectStatus | None = None) -> None:
    """Refuse a verb that these states do not allow, naming them."""
    because = possible(verb, state, project_state)
    if because is not None:
        raise NotPossibleInThisState(because[0], precision=because[1])


def _because(noun: str, verb: str, state: StrEnum | None, wanted: AbstractSet[StrEnum]) -> tuple[str, str]:
    english, french = NOUNS[noun]
    asked, states = ASKED_AS.get(verb, verb), ", ".join(sorted(wanted))
    called, is_now = labels.VERBS[asked], labels.STATES[noun].get(state, "inconnu")
    wished = ", ".join(f"« {labels.STATES[noun][one]} »" for one in sorted(wanted))
    return f"{english} is {state}; {asked} needs {states}.", f"{french} est « {is_now} » ; {called} demande {wished}."

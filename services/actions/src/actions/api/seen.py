"""How things are seen: the document as it was published, as far as the caller may read it, and what it may do now.

Whoever reads all of it gets the document as it is kept; for a local authority it is taken apart and put together again.
"""

from dataclasses import dataclass, replace
from uuid import UUID

import msgspec
from fastapi import Response

from actions.domain import disclosure
from actions.domain.access import Caller, sees_inside
from common.contracts.actions import (
    ActionState,
    Authorisation,
    CampaignState,
    ClosedCircuit,
    ProjectState,
    ReportState,
    Setting,
)
from common.errors import AllowedAction
from common.http import respond
from common.idempotency import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignSeen(CampaignState):
    """A campaign, and what the caller may do to it now."""

    allowed_actions: list[AllowedAction]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSeen(ProjectState):
    """A project, and what the caller may do to it now."""

    allowed_actions: list[AllowedAction]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSeen(ActionState):
    """An action, and what the caller may do to it now."""

    allowed_actions: list[AllowedAction]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSeen(ReportState):
    """A report, and what the caller may do to it now."""

    allowed_actions: list[AllowedAction]


def project_for(caller: Caller, doc: str) -> str:
    """Leave of a project's document what the caller may read."""
    if disclosure.reads_all(caller):
        return doc
    project = msgspec.json.decode(doc, type=ProjectState)
    return msgspec.json.encode(disclosure.project_for(caller, project)).decode()


def report_for(caller: Caller, doc: str) -> str:
    """Leave of a report's document what the caller may read."""
    report = msgspec.json.decode(doc, type=ReportState)
    seen = disclosure.report_for(caller, report)
    return doc if seen is report else msgspec.json.encode(seen).decode()


def action_for(caller: Caller, doc: str) -> str:
    """Leave of an action's document what the caller may read (R41); who may read all gets it as it is kept."""
    if sees_inside(caller, msgspec.json.decode(doc, type=_Closable)):
        return doc
    action = msgspec.json.decode(doc, type=ActionState)
    return msgspec.json.encode(disclosure.action_for(caller, action)).decode()


def respond_action(caller: Caller, answer: Answer) -> Response:
    """Answer a write on an action with what the caller may read of it; what is kept for its key is whole."""
    return respond(replace(answer, body=action_for(caller, answer.body.decode()).encode()))


class _Closable(msgspec.Struct, frozen=True):
    """As much of an action's document as tells who is inside."""

    setting: Setting
    closed_circuit: ClosedCircuit | None
    coordination_id: UUID
    holder_id: UUID
    site_authority_id: UUID | None
    authorisation: Authorisation


def respond_project(caller: Caller, answer: Answer) -> Response:
    """Answer a write on a project with what the caller may read of it; what is kept for its key is whole."""
    return respond(replace(answer, body=project_for(caller, answer.body.decode()).encode()))

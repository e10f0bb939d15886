"""How things are seen: the document as it was published, as far as the caller may read it, and what it may do now.

Whoever reads all of it gets the document as it is kept; for a local authority it is taken apart and put together again.
"""

from dataclasses import dataclass, replace

import msgspec
from fastapi import Response

from actions.domain import disclosure
from actions.domain.access import Caller
from common.contracts.actions import ActionState, CampaignState, ProjectState, ReportState
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
    if disclosure.reads_all(caller):
        return doc
    report = msgspec.json.decode(doc, type=ReportState)
    return msgspec.json.encode(disclosure.report_for(caller, report)).decode()


def respond_project(caller: Caller, answer: Answer) -> Response:
    """Answer a write on a project with what the caller may read of it; what is kept for its key is whole."""
    return respond(replace(answer, body=project_for(caller, answer.body.decode()).encode()))

"""How things are seen: the document as it was published, and what the caller may do about it now."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from actions.domain.access import Allowed
from common.contracts.actions import ActionState, CampaignState, ProjectState, ReportState


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignSeen(CampaignState):
    """A campaign, and what the caller may do to it now."""

    allowed_actions: list[Allowed]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSeen(ProjectState):
    """A project, and what the caller may do to it now."""

    allowed_actions: list[Allowed]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSeen(ActionState):
    """An action, and what the caller may do to it now."""

    allowed_actions: list[Allowed]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSeen(ReportState):
    """A report, and what the caller may do to it now."""

    allowed_actions: list[Allowed]


def with_actions(doc: str, allowed: Sequence[Allowed]) -> str:
    """Add `allowed_actions` to a stored JSON object without taking it apart."""
    return f'{doc[:-1]},"allowed_actions":{msgspec.json.encode(allowed).decode()}}}'

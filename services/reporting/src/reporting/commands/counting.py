"""Count a batch of states: what each aggregate contributes replaces what it contributed before."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from common.consumer import Message
from common.contracts.actions import ActionState, CampaignState, ProjectState, ReportState
from common.database import Transaction
from reporting.domain.contributions import contributions
from reporting.store import counting, knowledge
from reporting.store.counting import Heard, Source
from reporting.store.knowledge import Known

State: TypeAlias = CampaignState | ProjectState | ActionState | ReportState

STATES: Mapping[str, type[State]] = {
    state.AGGREGATE: state for state in (CampaignState, ProjectState, ActionState, ReportState)
}
"""The aggregates whose states are counted."""


async def count(tx: Transaction, kind: str, messages: Sequence[Message]) -> None:
    """Count the newest state of each aggregate of a batch; a batch comes from one partition of one topic."""
    newest = _newest(messages)
    states = [(message, message.decode(STATES[kind]) if message.value is not None else None) for message in newest]
    source = Source(kind, messages[0].topic, messages[0].partition)
    await counting.count(tx, source, [_heard(message, state) for message, state in states])
    if kind == ProjectState.AGGREGATE:
        await knowledge.keep_projects(tx, list(_projects(states)))
    elif kind == CampaignState.AGGREGATE:
        await knowledge.keep_campaigns(tx, list(_campaigns(states)))


def _newest(messages: Iterable[Message]) -> list[Message]:
    found: dict[str, Message] = {}
    for message in messages:
        other = found.get(message.key)
        if other is None or (other.epoch, other.version) < (message.epoch, message.version):
            found[message.key] = message
    return list(found.values())


def _heard(message: Message, state: State | None) -> Heard:
    return Heard(
        id=UUID(message.key),
        epoch=message.epoch,
        version=message.version,
        offset=message.offset,
        event_id=message.id,
        recorded_at=message.time,
        contributions=() if state is None else contributions(state),
    )


def _projects(states: Iterable[tuple[Message, State | None]]) -> Iterable[Known]:
    for message, state in states:
        if isinstance(state, ProjectState):
            yield _known(message, (state.main.region, state.main.department))


def _campaigns(states: Iterable[tuple[Message, State | None]]) -> Iterable[Known]:
    for message, state in states:
        if isinstance(state, CampaignState):
            yield _known(message, (state.coordination_id, state.region, state.year, state.title))


def _known(message: Message, values: tuple[object, ...]) -> Known:
    return Known(id=UUID(message.key), epoch=message.epoch, version=message.version, values=values)

"""Count a batch of states: what each aggregate contributes replaces what it contributed before."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from common.consumer import Message
from common.database import Transaction
from reporting.commands.learning import retracted
from reporting.domain.contributions import contributions
from reporting.domain.heard import STATES, Campaign, Project, State
from reporting.store import counting, knowledge
from reporting.store.counting import Changes, Heard, Source, Standing
from reporting.store.knowledge import Known


async def count(tx: Transaction, kind: str, messages: Sequence[Message]) -> None:
    """Count the newest state of each aggregate of a batch; a batch comes from one partition of one topic."""
    newest = _newest(messages)
    states = [(message, message.decode(STATES[kind]) if message.value is not None else None) for message in newest]
    source = Source(kind, messages[0].topic, messages[0].partition)
    records = [heard(message, state) for message, state in states]
    before = await counting.renew(tx, source, records)
    if changes := difference(records, before):
        await counting.move(tx, source, changes)
    await know(tx, kind, states)


async def know(tx: Transaction, kind: str, states: Sequence[tuple[Message, State | None]]) -> None:
    """Keep what figures need to know of projects and campaigns; forget what was retracted."""
    if gone := retracted([message for message, _ in states]):
        await counting.forget(tx, kind, gone)
        await knowledge.forget(tx, kind, gone)
    if kind == Project.AGGREGATE:
        await knowledge.keep_projects(tx, list(_projects(states)))
    elif kind == Campaign.AGGREGATE:
        await knowledge.keep_campaigns(tx, list(_campaigns(states)))


def difference(records: Iterable[Heard], before: Mapping[str, Standing]) -> Changes:
    """Compare what aggregates contribute with what they did; one without a `before` has nothing new to say."""
    changes = Changes([], [], [])
    for record in records:
        if (stood := before.get(record.id)) is None:
            continue
        still = {part.part for part in record.contributions}
        changes.gone.extend((record.id, part) for part in stood if part not in still)
        for part in record.contributions:
            if (there := stood.get(part.part)) != (part.cell, part.amount):
                changes.said.append((record.id, part))
                if there is not None:
                    changes.replaced.append((record.id, part.part))
    return changes


def _newest(messages: Iterable[Message]) -> list[Message]:
    found: dict[str, Message] = {}
    for message in messages:
        other = found.get(message.key)
        if other is None or (other.epoch, other.version) < (message.epoch, message.version):
            found[message.key] = message
    return list(found.values())


def heard(message: Message, state: State | None) -> Heard:
    """Say of a record where it was heard, and what its aggregate contributes from now on."""
    return Heard(
        id=message.key,
        epoch=message.epoch,
        version=message.version,
        offset=message.offset,
        event_id=message.id,
        recorded_at=message.time,
        contributions=() if state is None else contributions(state),
    )


def _projects(states: Iterable[tuple[Message, State | None]]) -> Iterable[Known]:
    for message, state in states:
        if isinstance(state, Project):
            yield _known(message, (state.main.region, state.main.department))


def _campaigns(states: Iterable[tuple[Message, State | None]]) -> Iterable[Known]:
    for message, state in states:
        if isinstance(state, Campaign):
            yield _known(message, (state.coordination_id, state.region, state.year, state.title))


def _known(message: Message, values: tuple[object, ...]) -> Known:
    return Known(id=UUID(message.key), epoch=message.epoch, version=message.version, values=values)

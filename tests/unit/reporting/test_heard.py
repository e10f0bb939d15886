"""What figures read of a state is what the contract says, and enough for all that a state contributes."""

import dataclasses
import itertools
import typing
from datetime import date
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import msgspec
import pytest

from common.contracts.actions import (
    ActionState,
    ActionStatus,
    Budgets,
    CampaignState,
    ProjectState,
    ProjectStatus,
    ReportState,
    ReportStatus,
)
from reporting.domain.contributions import contributions
from reporting.domain.heard import STATES
from tests.states import (
    ACTUAL,
    FORECAST,
    REVISED,
    SCREENED,
    WORKED,
    action,
    campaign,
    place,
    project,
    report,
    reported,
    session,
    workshop,
)

NUMBERS = itertools.count()
CONTRACTS: dict[str, type] = {one.AGGREGATE: one for one in (CampaignState, ProjectState, ActionState, ReportState)}


def anew() -> UUID:
    return uuid5(NAMESPACE_OID, str(next(NUMBERS)))


def classes(annotation: Any) -> list[type]:
    """Find the classes with fields in an annotation such as `tuple[Line, ...]` or `Totals | None`."""
    inner = list(itertools.chain.from_iterable(classes(one) for one in typing.get_args(annotation)))
    own = isinstance(annotation, type) and (
        dataclasses.is_dataclass(annotation)
        or (issubclass(annotation, msgspec.Struct) and annotation is not msgspec.Raw)
    )
    return [annotation, *inner] if own else inner


def strangers(heard: type, contract: type, path: str = "") -> list[str]:
    """Name fields that a contract does not have, or that it has without whether they may be absent."""
    theirs, found = typing.get_type_hints(contract), []
    for field in msgspec.structs.fields(heard):
        where = f"{path}.{field.name}"
        if field.name not in theirs:
            found.append(where)
            continue
        if (type(None) in typing.get_args(theirs[field.name])) > (type(None) in typing.get_args(field.type)):
            found.append(f"{where} may be absent")
        for mine, other in zip(classes(field.type), classes(theirs[field.name]), strict=False):
            found += strangers(mine, other, where)
    return found


@pytest.mark.parametrize("kind", STATES)
def test_every_field_that_figures_read_is_one_of_the_contract(kind):
    assert strangers(STATES[kind], CONTRACTS[kind], kind) == []


def every_state() -> list[Any]:
    held, worked = action(anew(), campaign_id=anew()), workshop(anew())
    far = place(id=anew(), region="11", department="93", density=None, located_in_district=False)
    return [
        *(action(anew(), state=status) for status in ActionStatus),
        *(project(anew(), state=status) for status in ProjectStatus),
        *(report(anew(), [reported(held, SCREENED), reported(worked, WORKED)], state=one) for one in ReportStatus),
        campaign(anew()),
        worked,
        action(anew(), places=(place(), far), sessions=(session(date(2025, 7, 25), 3, place_id=far.id),)),
        action(anew(), places=()),
        project(anew(), lines=(), budgets=Budgets(forecast=FORECAST, revised=REVISED, actual=ACTUAL)),
        project(anew(), deleted=True),
    ]


@pytest.mark.parametrize("state", every_state(), ids=lambda state: f"{state.AGGREGATE}-{state.id}")
def test_a_few_fields_say_of_a_state_what_the_whole_says(state):
    heard = msgspec.json.decode(msgspec.json.encode(state), type=STATES[state.AGGREGATE])
    told = [(one.part, one.quantity, one.cell, one.amount, one.audience, one.category) for one in contributions(heard)]
    assert told == [
        (one.part, one.quantity, one.cell, one.amount, one.audience, one.category) for one in contributions(state)
    ]

"""Each aggregate, its table and the columns that the statements are written from say the same names."""

from dataclasses import fields

import pytest

from actions.domain.action import Action
from actions.domain.campaign import Campaign
from actions.domain.project import Project
from actions.domain.report import Report
from actions.store import actions, campaigns, projects, reports
from common.database import Database
from common.tokens import SYSTEM

STORES = [(campaigns, Campaign), (projects, Project), (actions, Action), (reports, Report)]


@pytest.mark.parametrize(("store", "aggregate"), STORES)
def test_every_field_has_its_column_and_every_other_column_is_a_property(store, aggregate):
    properties = {name for name, value in vars(aggregate).items() if isinstance(value, property)}
    assert store.COLUMNS[0] == "id"
    assert len(store.COLUMNS) == len(set(store.COLUMNS))
    assert {field.name for field in fields(aggregate)} <= set(store.COLUMNS)
    assert set(store.COLUMNS) - {field.name for field in fields(aggregate)} <= properties
    assert set(store.COLUMNS) >= store.NESTED


@pytest.mark.parametrize(("store", "aggregate"), STORES)
async def test_the_table_has_these_columns_and_the_document(db: Database, store, aggregate) -> None:
    async with db.transaction(SYSTEM) as tx:
        found = await tx.fetch(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1",
            aggregate.__name__.lower(),
        )
    types = {row["column_name"]: row["data_type"] for row in found}
    assert set(types) >= {*store.COLUMNS, "doc"}  # a migration comes before the code that needs it
    assert {name for name in store.COLUMNS if types[name] == "jsonb"} == store.NESTED

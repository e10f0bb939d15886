"""Each aggregate with its part, its table and the columns that the statements are written from say the same names."""

from dataclasses import fields

import pytest

from catalogue.domain import copies as copy_domain
from catalogue.domain.copies import Copy
from catalogue.domain.film import Description, Film
from catalogue.domain.lists import FilmList
from catalogue.domain.rights import RightsOffer, Terms
from catalogue.store import copies, films, lists, rights
from common.database import Database
from common.tokens import SYSTEM


@pytest.mark.parametrize(
    ("columns", "aggregate", "part", "field"),
    [
        (films.COLUMNS, Film, Description, "description"),
        (rights.COLUMNS, RightsOffer, Terms, "terms"),
        (copies.COLUMNS, Copy, copy_domain.Description, "description"),
        (lists.COLUMNS, FilmList, FilmList, ""),
    ],
)
def test_every_field_has_its_column_and_every_other_column_is_a_property(columns, aggregate, part, field):
    properties = {name for name, value in vars(aggregate).items() if isinstance(value, property)}
    named = {field.name for field in (*fields(aggregate), *fields(part))} - {field}
    assert columns[0] == "id"
    assert len(columns) == len(set(columns))
    assert named <= set(columns)
    assert set(columns) - named <= properties


@pytest.mark.parametrize(
    ("table", "columns", "nested"),
    [
        ("film", films.COLUMNS, films.NESTED),
        ("rights_offer", rights.COLUMNS, rights.NESTED),
        ("copy", copies.COLUMNS, copies.NESTED),
        ("film_list", lists.COLUMNS, lists.NESTED),
    ],
)
async def test_the_table_has_these_columns_and_the_document(db: Database, table, columns, nested) -> None:
    async with db.transaction(SYSTEM) as tx:
        found = await tx.fetch(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1", table
        )
    types = {row["column_name"]: row["data_type"] for row in found}
    assert set(types) >= {*columns, "doc"}  # a migration comes before the code that needs it
    assert {name for name in columns if types[name] == "jsonb"} == nested

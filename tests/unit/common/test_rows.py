"""Statements and values are written from the same columns, and what was written is restored."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from common import rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    number: int
    issued_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    price_cents: int | None
    uses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    id: int
    terms: Terms
    tickets: tuple[Ticket, ...]
    winner: Ticket | None = None

    @property
    def sold(self) -> int:
        return len(self.tickets)


OWN = ("id", "tickets", "winner", "sold")
TERMS = ("price_cents", "uses")
NESTED = frozenset({"tickets", "winner"})
OFFER = Offer(
    id=7,
    terms=Terms(price_cents=None, uses=("cinema", "outdoors")),
    tickets=(Ticket(number=1, issued_on=date(2025, 7, 1)),),
)


def test_statements_name_number_and_assign_the_same_columns():
    assert rows.listed(OWN) == "id, tickets, winner, sold"
    assert rows.numbered(OWN) == "$1, $2, $3, $4"
    assert rows.assigned(OWN) == "tickets = $2, winner = $3, sold = $4"


def test_values_stand_in_the_order_of_the_columns_and_what_is_nested_is_json():
    assert rows.values(OFFER, OWN, NESTED) == [7, '[{"number":1,"issued_on":"2025-07-01"}]', None, 1]
    assert rows.values(OFFER.terms, TERMS) == [None, ("cinema", "outdoors")]


def test_an_aggregate_is_restored_with_its_part_from_one_row():
    said = [*rows.values(OFFER, OWN, NESTED), *rows.values(OFFER.terms, TERMS)]
    row: Any = dict(zip((*OWN, *TERMS), said, strict=True))  # a record cannot be made by hand
    row["uses"] = list(OFFER.terms.uses)  # as the database gives an array
    assert rows.restored(Offer, row, NESTED, part="terms") == OFFER

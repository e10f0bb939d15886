"""By which class people are admitted to a film on a day: its own, and those of its visas in force then (R16)."""

from dataclasses import replace

import pytest

from common.contracts.catalogue import Classification, Visa, VisaKind
from tests.unit.actions import pieces as p

ALL, U12, U16 = Classification.ALL, Classification.U12, Classification.U16
FOR_A_WHILE = Visa(
    number="2",
    issued_on=p.day("2025-03-01"),
    ends_on=p.day("2025-06-30"),
    kind=VisaKind.TEMPORARY,
    classification=U16,
)
ORDINARY = Visa(number="1", issued_on=p.day("2023-01-01"), classification=U12)


@pytest.mark.parametrize(
    ("published", "own", "visas", "before", "after"),
    [
        (U16, ALL, (FOR_A_WHILE,), U16, ALL),
        (U16, ALL, (ORDINARY, FOR_A_WHILE), U16, U12),
        (U16, None, (ORDINARY, FOR_A_WHILE), U16, U12),
        (U16, None, (FOR_A_WHILE,), U16, None),
        (U16, U16, (FOR_A_WHILE,), U16, U16),
        (ALL, ALL, (FOR_A_WHILE,), U16, ALL),
        (U16, None, (ORDINARY,), U16, U16),
        (U16, None, (), U16, U16),
        (None, None, (), None, None),
    ],
    ids=[
        "its own",
        "an ordinary visa's",
        "said by nobody but its visas",
        "unknown once it has ended",
        "as strict itself",
        "published after it ended",
        "explained by no visa",
        "without visas",
        "unknown",
    ],
)
def test_r16_a_class_ends_with_its_visa(published, own, visas, before, after):
    film = replace(p.LINDA, classification=published, own_classification=own, visas=visas)
    assert film.classification_on(p.day("2025-06-30")) is before
    assert film.classification_on(p.day("2025-07-01")) is after

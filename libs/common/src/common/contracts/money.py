"""Money as it travels: a decimal with two places, and its currency.  Inside a domain it is a whole number of cents."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    amount: Decimal
    currency: str = "EUR"


def money(cents: int) -> Money:
    return Money(amount=Decimal(cents).scaleb(-2))


def cents(amount: Money) -> int:
    """Count the cents of an amount that has no more than two places."""
    return int(amount.amount.scaleb(2))

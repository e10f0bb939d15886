"""Budgets in cents: charges and resources, cash and in kind apart; in kind never counts in a cash rate."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from common.contracts import actions as wire
from common.contracts.actions import BudgetEntry, LineKind, LineShare
from common.contracts.money import money


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One charge or one resource."""

    label: str
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one funding line brings: asked, granted or kept, as the budget's stage has it."""

    line_id: UUID
    funder_id: UUID
    kind: LineKind
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A budget; `resources` are those besides the funding lines: own funds, tickets."""

    charges: tuple[Entry, ...]
    resources: tuple[Entry, ...] = ()
    in_kind_charges: tuple[Entry, ...] = ()
    in_kind_resources: tuple[Entry, ...] = ()
    shares: tuple[Share, ...] = ()

    @property
    def cash_charges(self) -> int:
        """The cash total that rates are counted on."""
        return _sum(self.charges)

    @property
    def cash_resources(self) -> int:
        return _sum(self.resources) + sum(share.cents for share in self.shares)

    @property
    def passeurs(self) -> int:
        """Credits of the scheme itself."""
        return sum(share.cents for share in self.shares if share.kind is LineKind.PASSEURS)

    @property
    def in_kind_charges_total(self) -> int:
        return _sum(self.in_kind_charges)

    @property
    def in_kind_total(self) -> int:
        return _sum(self.in_kind_resources)

    def sharing(self, shares: Iterable[Share]) -> "Budget":
        """Put what the lines bring now in the place of what they brought."""
        return replace(self, shares=tuple(shares))


def published(budget: Budget) -> wire.Budget:
    """Write the budget as others read it."""
    return wire.Budget(
        charges=_entries(budget.charges),
        resources=_entries(budget.resources),
        lines=tuple(
            LineShare(line_id=share.line_id, funder_id=share.funder_id, kind=share.kind, amount=money(share.cents))
            for share in budget.shares
        ),
        in_kind_charges=_entries(budget.in_kind_charges),
        in_kind_resources=_entries(budget.in_kind_resources),
        cash_charges=money(budget.cash_charges),
        cash_resources=money(budget.cash_resources),
        passeurs=money(budget.passeurs),
        in_kind_total=money(budget.in_kind_total),
    )


def _entries(entries: tuple[Entry, ...]) -> tuple[BudgetEntry, ...]:
    return tuple(BudgetEntry(label=entry.label, amount=money(entry.cents)) for entry in entries)


def _sum(entries: tuple[Entry, ...]) -> int:
    return sum(entry.cents for entry in entries)

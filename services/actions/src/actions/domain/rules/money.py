"""Rules on money: balance (R23), decisions (R24), conventions (R25), accounts (R46)."""

from collections.abc import Collection
from datetime import date

from actions.domain.budget import Budget
from actions.domain.rules.registry import in_force
from common.contracts.actions import BudgetStage, LineKind
from common.errors import Verdict


def balance(budget: Budget, stage: BudgetStage, on: date) -> Verdict | None:
    """R23: charges equal resources to the cent, in cash and in kind apart."""
    rule = in_force("R23", on)
    cash = (budget.cash_charges, budget.cash_resources)
    in_kind = (budget.in_kind_charges_total, budget.in_kind_total)
    if rule is None or (cash[0] == cash[1] and in_kind[0] == in_kind[1]):
        return None
    return rule.verdict(
        f"Cash {cash[0]} / {cash[1]} cents, in kind {in_kind[0]} / {in_kind[1]} cents (charges / resources).",
        f"Numéraire {cash[0]} / {cash[1]} c, nature {in_kind[0]} / {in_kind[1]} c (charges / ressources).",
        inputs={
            "stage": stage,
            "cash_charges_cents": cash[0],
            "cash_resources_cents": cash[1],
            "in_kind_charges_cents": in_kind[0],
            "in_kind_resources_cents": in_kind[1],
        },
    )


def grant(granted_cents: int, asked_cents: int, on: date) -> Verdict | None:
    """R24: a grant may be lower than what was asked, never higher."""
    rule = in_force("R24", on)
    if rule is None or granted_cents <= asked_cents:
        return None
    return rule.verdict(
        f"{granted_cents} cents granted of {asked_cents} asked.",
        f"{granted_cents} centimes accordés sur {asked_cents} demandés.",
        inputs={"granted_cents": granted_cents, "asked_cents": asked_cents},
    )


def all_decided(undecided: int, on: date) -> Verdict | None:
    """R24: a project is funded once each of its lines is decided."""
    rule = in_force("R24", on)
    if rule is None or undecided == 0:
        return None
    return rule.verdict(
        f"{undecided} funding line(s) are not decided.",
        f"{undecided} ligne(s) de financement ne sont pas décidées.",
        inputs={"undecided": undecided},
    )


def convention(
    year_cents: int, on: date, *, public_to_association: bool, kind: LineKind, required_for: Collection[LineKind]
) -> Verdict | None:
    """R25: a convention is due over the yearly threshold from one public funder, or where the campaign wants one."""
    rule = in_force("R25", on)
    if rule is None:
        return None
    over = public_to_association and year_cents > rule.parameters["threshold_cents"]
    if not over and kind not in required_for:
        return None
    return rule.verdict(
        "The law asks for a signed convention." if over else "The campaign asks for a signed convention.",
        "La loi demande une convention signée." if over else "La campagne demande une convention signée.",
        inputs={
            "year_cents": year_cents,
            "threshold_cents": rule.parameters["threshold_cents"],
            "public_to_association": public_to_association,
            "kind": kind,
            "asked_by_campaign": kind in required_for,
        },
    )


def accounts_accepted(waiting: int, on: date) -> Verdict | None:
    """R46: each funder that granted anything has accepted the account."""
    rule = in_force("R46", on)
    if rule is None or waiting == 0:
        return None
    return rule.verdict(
        f"{waiting} funder(s) have not accepted.",
        f"{waiting} financeur(s) n’ont pas accepté.",
        inputs={"waiting": waiting},
    )

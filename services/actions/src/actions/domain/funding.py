"""Funding lines: what one funder was asked, decided and paid, in cents.

planned ─▶ requested ─▶ granted | partially_granted | refused
granted, partially_granted ─▶ agreement_signed ─▶ advance_paid ─▶ balance_paid ─▶ clawed_back
granted, partially_granted ─▶ advance_paid, balance_paid      where no convention is asked for
advance_paid ─▶ clawed_back                                   balance_paid ─▶ balance_paid

A balance may come in several payments, as long as the grant holds: one that was too small, by a slip too, has the rest
follow it.
Whether a line is covered by a signed convention is said by the project's conventions, not by the line's state: a line
may be paid before any convention is due, and be signed for afterwards.
"""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from actions.domain import labels
from actions.domain.refusals import AmountNotPossible, GrantOverAsked, NotPossibleInThisState, OverGranted, refuse
from actions.domain.rules import money as rules
from common.contracts import actions as wire
from common.contracts.actions import LineKind, LineStatus, PaymentStage
from common.contracts.money import money

UNDECIDED = frozenset({LineStatus.PLANNED, LineStatus.REQUESTED})
GRANTED = frozenset({LineStatus.GRANTED, LineStatus.PARTIALLY_GRANTED})
SETTLED = frozenset({LineStatus.BALANCE_PAID, LineStatus.CLAWED_BACK})

_PAYABLE = GRANTED | {LineStatus.AGREEMENT_SIGNED, LineStatus.ADVANCE_PAID}
PAID_FROM = {
    PaymentStage.ADVANCE: _PAYABLE,
    PaymentStage.BALANCE: _PAYABLE | {LineStatus.BALANCE_PAID},
    PaymentStage.CLAWBACK: frozenset({LineStatus.ADVANCE_PAID, LineStatus.BALANCE_PAID, LineStatus.CLAWED_BACK}),
}
PAID_TO = {
    PaymentStage.ADVANCE: LineStatus.ADVANCE_PAID,
    PaymentStage.BALANCE: LineStatus.BALANCE_PAID,
    PaymentStage.CLAWBACK: LineStatus.CLAWED_BACK,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineWish:
    """What a holder means to ask of one funder."""

    funder_id: UUID
    kind: LineKind
    asked_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDecision:
    """What a funder decided; nothing granted is a refusal."""

    granted_cents: int
    decided_on: date
    reference: str = ""
    conditions: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One payment, or one sum taken back."""

    stage: PaymentStage
    cents: int
    paid_on: date
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingLine:
    """One line of one project; `public_funder` is what R25 needs to know of its funder."""

    id: UUID
    funder_id: UUID
    kind: LineKind
    public_funder: bool
    asked_cents: int
    state: LineStatus = LineStatus.PLANNED
    granted_cents: int | None = None
    decided_on: date | None = None
    reference: str = ""
    conditions: str = ""
    payments: tuple[Payment, ...] = ()
    account_accepted_on: date | None = None

    @property
    def paid_cents(self) -> int:
        """What the line brought in all, net of what went back."""
        return sum(-p.cents if p.stage is PaymentStage.CLAWBACK else p.cents for p in self.payments)

    @property
    def clawed_back_cents(self) -> int:
        return sum(p.cents for p in self.payments if p.stage is PaymentStage.CLAWBACK)

    @property
    def decided(self) -> bool:
        return self.state not in UNDECIDED

    @property
    def granted(self) -> bool:
        """Whether it brings anything."""
        return bool(self.granted_cents)

    def requested(self) -> "FundingLine":
        return replace(self, state=LineStatus.REQUESTED) if self.state is LineStatus.PLANNED else self

    def decide(self, decision: LineDecision) -> "FundingLine":
        """Grant, grant in part, or refuse (R24); once."""
        if self.state is not LineStatus.REQUESTED:
            raise _not_now(self, "decide_line", labels.VERBS["project.decide_line"])
        if verdict := rules.grant(decision.granted_cents, self.asked_cents, decision.decided_on):
            refuse(GrantOverAsked, verdict)
        return replace(
            self,
            state=_outcome(decision.granted_cents, self.asked_cents),
            granted_cents=decision.granted_cents,
            decided_on=decision.decided_on,
            reference=decision.reference,
            conditions=decision.conditions,
        )

    def signed(self) -> "FundingLine":
        """Cover the line by a convention signed by all; what is paid already stays paid."""
        if not self.granted:
            raise _not_now(self, "sign_convention", labels.VERBS["project.sign_convention"])
        return replace(self, state=LineStatus.AGREEMENT_SIGNED) if self.state in GRANTED else self

    def pay(self, payment: Payment) -> "FundingLine":
        """Pay an advance or the balance, or take money back; never more than was granted, or than was paid."""
        if self.state not in PAID_FROM[payment.stage]:
            raise _not_now(self, f"pay_line ({payment.stage})", labels.PAYMENTS[payment.stage])
        if payment.cents <= 0:
            raise AmountNotPossible("A payment is more than nothing.", precision="Un paiement est plus que rien.")
        paid = replace(self, state=PAID_TO[payment.stage], payments=(*self.payments, payment))
        if not 0 <= paid.paid_cents <= (self.granted_cents or 0):
            raise OverGranted(
                f"{self.paid_cents} cents of {self.granted_cents} are paid.",
                precision=f"{self.paid_cents} centimes sur {self.granted_cents} sont payés.",
            )
        return paid

    def published(self) -> wire.FundingLine:
        return wire.FundingLine(
            id=self.id,
            funder_id=self.funder_id,
            kind=self.kind,
            public_funder=self.public_funder,
            state=self.state,
            asked=money(self.asked_cents),
            granted=None if self.granted_cents is None else money(self.granted_cents),
            paid=money(self.paid_cents),
            decided_on=self.decided_on,
            reference=self.reference,
            conditions=self.conditions,
            payments=tuple(
                wire.Payment(stage=p.stage, amount=money(p.cents), paid_on=p.paid_on, reference=p.reference)
                for p in self.payments
            ),
            account_accepted_on=self.account_accepted_on,
        )


def _outcome(granted_cents: int, asked_cents: int) -> LineStatus:
    if granted_cents == 0:
        return LineStatus.REFUSED
    return LineStatus.GRANTED if granted_cents == asked_cents else LineStatus.PARTIALLY_GRANTED


def _not_now(line: FundingLine, verb: str, called: str) -> NotPossibleInThisState:
    return NotPossibleInThisState(
        f"The funding line is {line.state}; {verb} is not possible.",
        precision=f"La ligne de financement est « {labels.LINES[line.state]} » ; {called} n’est pas possible.",
    )

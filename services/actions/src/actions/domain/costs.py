"""What screenings cost, as far as anybody has said: what was agreed, else the cheapest offer that covers them.

Nothing is guessed: where nobody has named a price, the cost is unknown and says whom to ask; where no offer says at
what rate it is taxed, the tax is.  What was agreed on one offer never costs what another asks.  Amounts are for one
screening of one film.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from actions.domain.action import Action
from actions.domain.circumstances import Circumstances, case
from actions.domain.clearance import Clearance
from actions.domain.known import RightsOffer
from actions.domain.rules import judged, rights
from common.contracts.actions import ClearanceStatus, ObligationKind, ProgrammeItem, ResponsibleBody, Session
from common.contracts.money import Money, money
from common.errors import Outcome

WHOLE_BASIS_POINTS = 10_000

SPOKEN_OF = frozenset(
    {
        ClearanceStatus.QUOTED,
        ClearanceStatus.CONFIRMED,
        ClearanceStatus.MATERIAL_RECEIVED,
        ClearanceStatus.SETTLED,
    }
)


class CostBasis(StrEnum):
    """How far a price is settled: agreed, named for this session, offered to everybody, or nobody has named one."""

    AGREED = "agreed"
    QUOTED = "quoted"
    OFFERED = "offered"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one thing costs for one session: a film's rights, or the music.

    `price` is before tax, and null where nobody has named one: `body` is to be asked.  `tax` comes on top, and is null
    where the offer does not say its rate.
    """

    kind: ObligationKind
    session_id: UUID
    film_id: UUID | None
    basis: CostBasis
    body: ResponsibleBody
    offer_id: UUID | None = None
    price: Money | None = None
    tax: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What the judged sessions cost: each thing, the sums of what is known, and of how many nothing is.

    `price` is the sum before tax, `tax` that of the taxes; `without_price` and `without_tax` count what they leave out.
    """

    items: tuple[Cost, ...]
    price: Money
    without_price: int
    tax: Money
    without_tax: int


def costs(action: Action, sessions: Sequence[Session], given: Circumstances, offers: Collection[RightsOffer]) -> Costs:
    """Tell what sessions cost.

    Raises:
        FilmNotKnownYet: a film of the programme has not been heard of.
    """
    found = tuple(_of(action, sessions, given, offers)) if action.is_screening else ()
    return Costs(
        items=found,
        price=_sum(one.price for one in found),
        without_price=sum(one.price is None for one in found),
        tax=_sum(one.tax for one in found),
        without_tax=sum(one.tax is None for one in found),
    )


def _of(
    action: Action, sessions: Iterable[Session], given: Circumstances, offers: Collection[RightsOffer]
) -> Iterator[Cost]:
    for session in sessions:
        for item in session.programme:
            if not item.workshop_film:
                yield _rights(action, session, item, given, offers)
        yield Cost(
            kind=ObligationKind.MUSIC,
            session_id=session.id,
            film_id=None,
            basis=CostBasis.UNKNOWN,
            body=ResponsibleBody.SACEM,
        )


def _rights(
    action: Action, session: Session, item: ProgrammeItem, given: Circumstances, offers: Collection[RightsOffer]
) -> Cost:
    """Take what was agreed, or quoted, for this session; else the price of the cheapest offer that covers it."""
    unknown = Cost(
        kind=ObligationKind.RIGHTS,
        session_id=session.id,
        film_id=item.film_id,
        basis=CostBasis.UNKNOWN,
        body=ResponsibleBody.RIGHTS_HOLDER,
    )
    clearance = _spoken_of(action, session, item)
    if clearance is not None and _stands(clearance):
        return _named(unknown, clearance, offers)
    covering = [one for one in offers if one.price_cents is not None and _covers(one, action, session, item, given)]
    cheapest = min(covering, key=lambda one: (one.price_cents, one.id), default=None)
    if cheapest is None or cheapest.price_cents is None:
        return unknown
    return _priced(replace(unknown, basis=CostBasis.OFFERED, offer_id=cheapest.id), cheapest.price_cents, cheapest)


def _stands(clearance: Clearance) -> bool:
    """Tell whether a clearance says what the rights cost, though it be a price that nobody has told."""
    named = clearance.price_cents is not None or clearance.offer_id is not None
    return named or clearance.state in rights.CLEARED


def _named(unknown: Cost, clearance: Clearance, offers: Iterable[RightsOffer]) -> Cost:
    """Take the price that was named for this session; where it was left out, that of the offer that it stands on."""
    offer = next((one for one in offers if one.id == clearance.offer_id), None)
    cost = replace(unknown, offer_id=clearance.offer_id)
    offered = None if offer is None else offer.price_cents
    price_cents = offered if clearance.price_cents is None else clearance.price_cents
    if price_cents is None:
        return cost
    basis = CostBasis.QUOTED if clearance.state is ClearanceStatus.QUOTED else CostBasis.AGREED
    return _priced(replace(cost, basis=basis), price_cents, offer)


def _priced(cost: Cost, price_cents: int, offer: RightsOffer | None) -> Cost:
    """Say the price, and the tax on it at the rate of the offer, in whole cents, half a cent up."""
    rate = None if offer is None else offer.tax_basis_points
    tax = None if rate is None else money((price_cents * rate + WHOLE_BASIS_POINTS // 2) // WHOLE_BASIS_POINTS)
    return replace(cost, price=money(price_cents), tax=tax)


def _spoken_of(action: Action, session: Session, item: ProgrammeItem) -> Clearance | None:
    return next(
        (
            one
            for one in action.clearances
            if (one.session_id, one.film_id) == (session.id, item.film_id) and one.state in SPOKEN_OF
        ),
        None,
    )


def _covers(offer: RightsOffer, action: Action, session: Session, item: ProgrammeItem, given: Circumstances) -> bool:
    """Ask the rule on rights (R52) what it would say, had the offer been agreed as it is."""
    if given.work(offer.film_id) != given.work(item.film_id) or offer.withdrawn:
        return False
    one = case(action, session, item, given)
    agreed = replace(
        one,
        rights_confirmed=True,
        rights_from=offer.starts_on,
        rights_until=offer.ends_on,
        rights_uses=offer.uses,
        rights_territories=offer.territories,
        rights_versions=offer.versions,
        offer_withdrawn=False,
        audience_max=offer.audience_max,
        # As long as nobody has said how many will come, an offer's price is told all the same.
        expected_audience=offer.audience_max if one.expected_audience is None else one.expected_audience,
    )
    verdict = judged("R52", session.held_on, agreed)
    return verdict is not None and verdict.outcome is Outcome.ALLOWED


def _sum(amounts: Iterable[Money | None]) -> Money:
    known = (one.amount for one in amounts if one is not None)
    return Money(amount=sum(known, Decimal("0.00")))

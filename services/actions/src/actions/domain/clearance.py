"""Rights clearances: the rights of one film for one session, from the first letter to the last invoice.

to_request ─▶ requested ─▶ quoted ─▶ confirmed ─▶ material_received ─▶ settled
requested, quoted, confirmed ─▶ refused | lapsed ─▶ requested
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from actions.domain.known import RightsOffer
from actions.domain.labels import CLEARANCES
from actions.domain.refusals import NothingAsked, NotPossibleInThisState, refuse
from actions.domain.rules.offers import inside_offer
from actions.domain.rules.rights import CLEARED
from actions.domain.unlawful import RightsDoNotCover
from common.contracts import actions as wire
from common.contracts.actions import ClearanceStatus, RightsTerms
from common.contracts.money import money

S = ClearanceStatus

NEXT: Mapping[ClearanceStatus, frozenset[ClearanceStatus]] = {
    S.TO_REQUEST: frozenset({S.REQUESTED}),
    S.REQUESTED: frozenset({S.QUOTED, S.REFUSED, S.LAPSED}),
    S.QUOTED: frozenset({S.CONFIRMED, S.REFUSED, S.LAPSED}),
    S.CONFIRMED: frozenset({S.MATERIAL_RECEIVED, S.REFUSED, S.LAPSED}),
    S.MATERIAL_RECEIVED: frozenset({S.SETTLED}),
    S.SETTLED: frozenset(),
    S.REFUSED: frozenset({S.REQUESTED}),
    S.LAPSED: frozenset({S.REQUESTED}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceStep:
    """Where a clearance goes next, with what was quoted or agreed; an offer gives its own terms.

    `stands_on` is the offer that was named at an earlier step.
    """

    to: ClearanceStatus
    price_cents: int | None = None
    terms: RightsTerms | None = None
    offer: RightsOffer | None = None
    stands_on: RightsOffer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """The rights of one film for one session."""

    id: UUID
    session_id: UUID
    film_id: UUID
    state: ClearanceStatus = ClearanceStatus.TO_REQUEST
    offer_id: UUID | None = None
    price_cents: int | None = None
    terms: RightsTerms | None = None

    def step(self, step: ClearanceStep, on: date) -> "Clearance":
        """Go one step; rights are confirmed with their terms, which an offer bounds (R52).

        Asked again, they have neither the terms nor the price that came to nothing.
        """
        if step.to not in NEXT[self.state]:
            raise NotPossibleInThisState(
                f"The clearance is {self.state}; it cannot become {step.to}.",
                precision=f"La demande de droits est « {CLEARANCES[self.state]} » ; "
                f"elle ne peut pas devenir « {CLEARANCES[step.to]} ».",
            )
        reopened = step.to is S.REQUESTED
        return replace(
            self,
            state=step.to,
            offer_id=self._offer_id(step),
            price_cents=step.price_cents if reopened or step.price_cents is not None else self.price_cents,
            terms=None if reopened else self._terms(step, on),
        )

    def published(self) -> wire.Clearance:
        return wire.Clearance(
            id=self.id,
            session_id=self.session_id,
            film_id=self.film_id,
            state=self.state,
            offer_id=self.offer_id,
            price=None if self.price_cents is None else money(self.price_cents),
            terms=self.terms,
        )

    def _terms(self, step: ClearanceStep, on: date) -> RightsTerms | None:
        """Say what is agreed: no wider than its offer; what was agreed stands, whatever became of that."""
        terms = step.terms or (None if step.offer is None else _of_offer(step.offer)) or self.terms
        if step.to is S.CONFIRMED and terms is None:
            raise NothingAsked(
                "Confirmed rights have their terms.",
                precision="Des droits confirmés ont leurs termes.",
                pointer="/terms",
            )
        bound = step.offer or (step.stands_on if step.to in CLEARED else None)
        if terms is None or bound is None:
            return terms
        bounded = replace(terms, audience_max=bound.audience_max) if terms.audience_max is None else terms
        if step.offer is None and self.state in CLEARED and self.terms in {terms, bounded}:
            return self.terms
        if verdict := inside_offer(self.film_id, bounded, bound, on):
            refuse(RightsDoNotCover, verdict)
        return bounded

    def _offer_id(self, step: ClearanceStep) -> UUID | None:
        """Name the offer that it stands on from here; asked again, it stands on none but the one that is named."""
        if step.offer is not None:
            return step.offer.id
        return None if step.to is S.REQUESTED else self.offer_id


def _of_offer(offer: RightsOffer) -> RightsTerms:
    return RightsTerms(
        starts_on=offer.starts_on,
        ends_on=offer.ends_on,
        uses=offer.uses,
        territories=offer.territories,
        versions=offer.versions,
        audience_max=offer.audience_max,
    )

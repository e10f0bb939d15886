"""Webhook endpoints: one endpoint is one subscription of one partner.  Pure.

    register ──► pending ──verified──► active ◄──resume── paused
                    ▲                    │  └────pause────► ▲
                    │ new URL            │ 410, five days without a success, client revoked
                    └────────────────────┴──────► disabled ──verified──► active

From its first verification on an endpoint has its numbers: every event that its owner may hear takes the next one,
whether it can be sent at the moment or not.  So a receiver sees each hole, and fills it by pull.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from common.contracts.access import Role
from common.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from partners.domain.eventtypes import matches
from partners.domain.visibility import Heard, Owner, may_hear

ENDPOINTS_MAX = 20
KEPT = timedelta(days=30)
RECOVER_MAX = timedelta(days=14)
RECOVER_DELIVERIES_MAX = 10_000


class State(StrEnum):
    """Where an endpoint stands."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class Disabled(StrEnum):
    """Why an endpoint gets nothing any more."""

    GONE = "gone"
    FAILING = "failing"
    CLIENT_REVOKED = "client_revoked"


class NoSuchEndpoint(NotFound):
    """There is no such endpoint, or it is another partner's."""

    title = "There is no such webhook endpoint."
    titre = "Ce point d’accès webhook n’existe pas."


class NoSuchDelivery(NotFound):
    """The endpoint has no event of this number, or no longer."""

    title = "There is no such delivery."
    titre = "Cette livraison n’existe pas."


class TooManyEndpoints(Conflict):
    """A partner has a bounded number of subscriptions."""

    title = f"A partner has at most {ENDPOINTS_MAX} webhook endpoints."
    titre = f"Un partenaire a au plus {ENDPOINTS_MAX} points d’accès webhook."


class AlreadyVerified(Conflict):
    """Only a pending or disabled endpoint needs to prove itself."""

    title = "This endpoint is verified."
    titre = "Ce point d’accès est vérifié."


class NotActive(Conflict):
    """Only an active endpoint can do this."""

    title = "This needs an active endpoint."
    titre = "Ceci exige un point d’accès actif."


class NotPaused(Conflict):
    """Only a paused endpoint can be resumed."""

    title = "This endpoint is not paused."
    titre = "Ce point d’accès n’est pas en pause."


class StillUnderWay(Conflict):
    """What is still to be delivered need not be sent again."""

    title = "This delivery is still under way."
    titre = "Cette livraison est encore en cours."


class RecoverTooMuch(Invalid):
    """A recovery covers two weeks at most, of what is still kept."""

    title = "A recovery covers at most 14 of the last 30 days, from an earlier to a later moment."
    titre = "Une reprise couvre au plus 14 des 30 derniers jours, d’un moment à un moment postérieur."


class OutsideYourTerritory(Forbidden):
    """A subscription can narrow its owner's territory, never widen it."""

    title = "These codes are outside your territory."
    titre = "Ces codes sont hors de votre territoire."


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """How the last check of an endpoint's URL stands: asked for, or failed and why."""

    asked_at: datetime
    failed_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A URL that wants to hear some kinds of events; `codes`, if any, narrow its owner's territory."""

    id: UUID
    version: int = 1
    role: Role
    org: UUID
    url: str
    description: str
    event_types: tuple[str, ...]
    codes: tuple[str, ...] = ()
    state: State = State.PENDING
    disabled_because: Disabled | None = None
    verification: Verification | None = None
    verified_at: datetime | None = None
    created_at: datetime
    updated_at: datetime

    def change(
        self,
        *,
        url: str | None,
        description: str | None,
        event_types: tuple[str, ...] | None,
        codes: tuple[str, ...] | None,
        at: datetime,
    ) -> "Endpoint":
        """Change what is given; a new URL must prove itself anew."""
        changed = replace(
            self,
            description=self.description if description is None else description,
            event_types=self.event_types if event_types is None else event_types,
            codes=self.codes if codes is None else codes,
        )
        if url is not None and url != self.url:
            changed = replace(changed, url=url, verification=None, state=State.PENDING, disabled_because=None)
        return changed.touched(at)

    def differs_in(self, other: "Endpoint") -> list[str]:
        """Name what an owner can change that is not the same in both."""
        parts = ("url", "description", "event_types", "codes")
        return [part for part in parts if getattr(self, part) != getattr(other, part)]

    def ask_verification(self, *, at: datetime) -> "Endpoint":
        """Have a challenge sent; whoever echoes it wants these events."""
        if self.state not in (State.PENDING, State.DISABLED):
            raise AlreadyVerified
        return replace(self, verification=Verification(asked_at=at)).touched(at)

    def verified(self, *, at: datetime) -> "Endpoint":
        """Start to deliver."""
        active = replace(self, state=State.ACTIVE, disabled_because=None, verification=None, verified_at=at)
        return active.touched(at)

    def not_verified(self, error: str, *, at: datetime) -> "Endpoint":
        """Say what was wrong with the answer to the challenge, coarsely."""
        asked_at = self.verification.asked_at if self.verification else at
        return replace(self, verification=Verification(asked_at=asked_at, failed_at=at, error=error)).touched(at)

    def pause(self, *, at: datetime) -> "Endpoint":
        """Hold everything back; what happens meanwhile waits."""
        self.require_active()
        return replace(self, state=State.PAUSED).touched(at)

    def resume(self, *, at: datetime) -> "Endpoint":
        """Deliver again, from where it stopped."""
        if self.state is not State.PAUSED:
            raise NotPaused
        return replace(self, state=State.ACTIVE).touched(at)

    def disable(self, because: Disabled, *, at: datetime) -> "Endpoint":
        """Stop sending; the numbers go on, the pull goes on."""
        return replace(self, state=State.DISABLED, disabled_because=because).touched(at)

    def touched(self, at: datetime) -> "Endpoint":
        """Move the version."""
        return replace(self, version=self.version + 1, updated_at=at)

    def require_active(self) -> None:
        if self.state is not State.ACTIVE:
            raise NotActive


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """What fan-out knows of an endpoint: whose it is, what it asked for, and whether it gets anything at the moment."""

    endpoint_id: UUID
    owner: Owner
    event_types: tuple[str, ...]
    codes: frozenset[str]
    state: State

    def wants(self, heard: Heard) -> bool:
        """Tell whether a fact goes to this endpoint: it asked for it, and its owner may hear it."""
        return (
            any(matches(pattern, heard.fact) for pattern in self.event_types)
            and may_hear(self.owner, heard)
            and self._within(heard)
        )

    def _within(self, heard: Heard) -> bool:
        if not self.codes or heard.about is None:
            return True
        return not self.codes.isdisjoint((*heard.about.municipalities, *heard.about.departments))


def require_within(codes: tuple[str, ...], territory: frozenset[str]) -> None:
    """Refuse a subscription to what lies outside the owner's territory."""
    outside = [n for n, code in enumerate(codes) if code not in territory]
    if outside:
        cls = OutsideYourTerritory
        raise cls(errors=[FieldError(f"/codes/{n}", cls.code, cls.title, libelle=cls.titre) for n in outside])


def require_recoverable(since: datetime, until: datetime, *, at: datetime) -> None:
    """Refuse a recovery of nothing, of too much, or of what nobody has any more."""
    if not (at - KEPT <= since < until <= at + RECOVER_MAX and until - since <= RECOVER_MAX):
        raise RecoverTooMuch(pointer="/since")

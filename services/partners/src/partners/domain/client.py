"""API clients: who may ask for a token, with which secret or key, in which role, for which territory.  Pure.

A client has one role for one organisation, and at most two live secrets: while the new one is being rolled out, the
old one works until its overlap ends.  We keep the SHA-256 of a secret: 256 random bits need no slow hash, and a slow
hash would let a stranger buy our processor time.
"""

import base64
import hashlib
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from common.contracts.access import LEVEL_OF, Role
from common.contracts.partners import OrganisationRole
from common.errors import Conflict, FieldError, Invalid, NotFound
from partners.domain.publickey import PublicKey

SECRET_BYTES = 32
SECRET_PREFIX = "pis_"  # noqa: S105 - what a secret begins with, so that scanners recognise one that leaked
OVERLAP = timedelta(hours=24)
OVERLAP_MAX = timedelta(days=7)
LIVE_SECRETS_MAX = 2
OPERATOR_SECRET_LENGTH_MIN = 16
CODES_MAX = 300

COORDINATION_ROLES = frozenset({Role.REGIONAL_COORDINATOR, Role.COMMITTEE_SECRETARY, Role.COMMITTEE_MEMBER})
"""Their territory is the départements of their coordination."""


class NoSuchClient(NotFound):
    """There is no such API client."""

    title = "There is no such API client."
    titre = "Ce client d’API n’existe pas."


class ClientExists(Conflict):
    """An organisation has one client for each of its roles."""

    title = "This organisation already has a client in this role."
    titre = "Cet organisme a déjà un client dans ce rôle."


class ClientRevoked(Conflict):
    """A revoked client stays revoked."""

    title = "This client was revoked; register a new one."
    titre = "Ce client a été révoqué ; enregistrez-en un nouveau."


class RoleNotRegistrable(Invalid):
    """Operators come from the settings, not from the API."""

    title = "A client of this role cannot be registered."
    titre = "Un client de ce rôle ne peut pas être enregistré."


class KeptInTheSettings(Conflict):
    """The operator is what the settings say: what was changed elsewhere would be undone at the next start."""

    title = "The operator is kept in the settings: change the file that OPERATOR_SECRET_FILE names, and start anew."
    titre = "L’opérateur est tenu dans les réglages : changez le fichier nommé par OPERATOR_SECRET_FILE, et redémarrez."


class UnknownOrganisation(Invalid):
    """The organisation of a client must be registered first."""

    title = "There is no such organisation."
    titre = "Cet organisme n’existe pas."


class NotAProjectHolder(Invalid):
    """Only whoever has the role was asked for a number (R29), and files projects."""

    title = "This organisation is not registered as a project holder; give it that role first."
    titre = "Cet organisme n’est pas enregistré comme porteur de projet ; donnez-lui d’abord ce rôle."


class CoordinationMismatch(Invalid):
    """Clients of a coordination or its committee name it, a coordinator's its own; the others name none."""

    title = "This role needs an existing coordination, or must not name one."
    titre = "Ce rôle exige une coordination existante, ou n’en admet aucune."


class TerritoryTooLarge(Invalid):
    """A token carries the codes of its client, and has a size."""

    title = f"A client has at most {CODES_MAX} codes, with the former codes and the parts of its municipalities."
    titre = f"Un client a au plus {CODES_MAX} codes, avec les anciens codes et les parties de ses communes."


class TerritoryMismatch(Invalid):
    """The codes of a client must fit the level of its role."""

    title = "These territory codes do not fit the role."
    titre = "Ces codes de territoire ne conviennent pas au rôle."


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """What we keep of a client's secret."""

    id: str
    fingerprint: bytes
    created_at: datetime
    expires_at: datetime | None = None

    def live(self, at: datetime) -> bool:
        return self.expires_at is None or at < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a registration says about a client's reach."""

    role: Role
    coordination_id: UUID | None
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiClient:
    """One client; `codes` are what its registration says, a coordination's départements are looked up when needed."""

    id: str
    name: str
    role: Role
    organisation_id: UUID
    coordination_id: UUID | None
    codes: tuple[str, ...]
    public_keys: tuple[PublicKey, ...] = ()
    version: int = 1
    created_at: datetime
    revoked_at: datetime | None = None

    def revoke(self, *, at: datetime) -> "ApiClient":
        """Take every way in from the client; tokens already issued end within ten minutes."""
        self._require_changeable()
        return replace(self, revoked_at=at, version=self.version + 1)

    def change(
        self, *, name: str | None, codes: tuple[str, ...] | None, public_keys: tuple[PublicKey, ...] | None
    ) -> "ApiClient":
        """Rename the client, move the bounds of its territory, or replace its public keys."""
        self._require_changeable()
        return replace(
            self,
            name=self.name if name is None else name,
            codes=self.codes if codes is None else codes,
            public_keys=self.public_keys if public_keys is None else public_keys,
            version=self.version + 1,
        )

    def rotated(self) -> "ApiClient":
        """Move the version for a new secret."""
        self._require_changeable()
        return replace(self, version=self.version + 1)

    def as_in_the_settings(self, *, revoked_at: datetime | None) -> "ApiClient":
        """Be what the settings say: let in by one secret and by no key, or shut out."""
        return replace(self, public_keys=(), revoked_at=revoked_at, version=self.version + 1)

    def _require_changeable(self) -> None:
        if self.role is Role.OPERATOR:
            raise KeptInTheSettings
        if self.revoked_at is not None:
            raise ClientRevoked


def require_fit(asked: Asked) -> None:
    """Refuse a registration whose coordination or codes do not fit its role."""
    if asked.role is Role.OPERATOR:
        raise RoleNotRegistrable(pointer="/role")
    if (asked.coordination_id is not None) != (asked.role in COORDINATION_ROLES):
        raise CoordinationMismatch(pointer="/coordination_id")
    by_codes = LEVEL_OF[asked.role] in ("departments", "municipalities") and asked.role not in COORDINATION_ROLES
    if asked.codes and not by_codes:
        said = "A client of this role has no codes of its own.", "Un client de ce rôle n’a pas de codes à lui."
        raise TerritoryMismatch(said[0], pointer="/codes", precision=said[1])
    if by_codes and not asked.codes:
        said = "A client of this role needs at least one code.", "Un client de ce rôle a au moins un code."
        raise TerritoryMismatch(said[0], pointer="/codes", precision=said[1])


def require_holder(role: Role, held: Collection[str]) -> None:
    """Refuse a holder's client of an organisation that holds no projects by its roles (R29 is asked of the role).

    Of who is let in: an organisation that gives the role up later keeps its clients until they are revoked.
    """
    if role is Role.PROJECT_HOLDER and OrganisationRole.PROJECT_HOLDER not in held:
        raise NotAProjectHolder(pointer="/organisation_id")


def require_appointed(role: Role, organisation_id: UUID, appointed: UUID | None) -> None:
    """Refuse a coordination that is none, and a coordinator of another's; `appointed` is whose it is, if anybody's.

    A committee is drawn from others as well: its clients may be of any organisation.
    """
    if appointed is None:
        raise CoordinationMismatch(pointer="/coordination_id")
    if role is Role.REGIONAL_COORDINATOR and appointed != organisation_id:
        said = "This coordination is another organisation’s.", "Cette coordination est celle d’un autre organisme."
        raise CoordinationMismatch(said[0], pointer="/coordination_id", precision=said[1])


def require_known(codes: Sequence[str], known: frozenset[str]) -> None:
    """Refuse codes that no vintage knows, each by its place."""
    unknown = [n for n, code in enumerate(codes) if code not in known]
    if unknown:
        cls = TerritoryMismatch
        raise cls(errors=[FieldError(f"/codes/{n}", cls.code, "No such code.", None, "Code inconnu.") for n in unknown])


def secret(identifier: str, random: bytes) -> str:
    """Write 256 random bits as a client secret that carries its own id."""
    if len(random) != SECRET_BYTES:
        message = f"A secret is made of {SECRET_BYTES} random bytes."
        raise ValueError(message)
    return f"{SECRET_PREFIX}{identifier}_{base64.urlsafe_b64encode(random).rstrip(b'=').decode()}"


def operator_secret(text: str) -> str:
    """Read the operator's secret as its file has it; an empty file must not open the door to everybody."""
    plain = text.strip()
    if len(plain) < OPERATOR_SECRET_LENGTH_MIN:
        message = f"The operator's secret has at least {OPERATOR_SECRET_LENGTH_MIN} characters; its file has less."
        raise ValueError(message)
    return plain


def fingerprint(plain: str) -> bytes:
    return hashlib.sha256(plain.encode()).digest()


def recognises(kept: Sequence[Secret], offered: str, at: datetime) -> bool:
    """Compare an offered secret with every live one, in the same time whether there are any or not."""
    offer = fingerprint(offered)
    fingerprints = [one.fingerprint for one in kept if one.live(at)]
    padded = fingerprints + [bytes(32)] * (LIVE_SECRETS_MAX - len(fingerprints))
    return any([hmac.compare_digest(offer, one) for one in padded])  # noqa: C419 - a list: never stops at the first


def rotated(kept: Sequence[Secret], new: Secret, *, overlap: timedelta) -> tuple[Secret, ...]:
    """Put a new secret in front of the newest old one, which works until the overlap ends; older ones go."""
    until = new.created_at + overlap
    live = sorted((one for one in kept if one.live(new.created_at)), key=lambda one: one.created_at, reverse=True)
    olds = [replace(one, expires_at=min(until, one.expires_at or until)) for one in live[: LIVE_SECRETS_MAX - 1]]
    return (new, *(old for old in olds if old.live(new.created_at)))

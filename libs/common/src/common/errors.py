"""The kinds of refusal that every service knows, true for HTTP and for Kafka alike.  Standard library only.

Services subclass a kind with the domain's words: a `title` that a user may read, its French `titre`; the `code` follows
from the class's name.  Whoever answers decides by the kind: `common.problems` makes it a status, `common.consumer`
parks or retries.  Any other exception is a bug.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import ClassVar, Self, TypeAlias

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one place of a request: `pointer` into its body (RFC 6901), or the name of a `parameter`.

    `libelle` is `message` in French.
    """

    pointer: str
    code: str
    message: str
    rule: str | None = None
    libelle: str = ""
    parameter: str | None = None


class Outcome(StrEnum):
    """What a rule says."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    TO_CLEAR = "to_clear"
    """Something is not known, or not settled: nobody says yes, and nobody no."""


Input: TypeAlias = str | int | bool | Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says: which rule, in which version, by which inputs, why, and from which day it would say yes."""

    rule: str
    version: str
    inputs: Mapping[str, Input]
    reason: str
    raison: str
    first_lawful_on: date | None = None
    outcome: Outcome = Outcome.REFUSED


class DomainError(Exception):
    """A refusal.  Never raised itself: its kinds are.

    `detail` says what the title cannot, about this one case; `precision` says it in French.
    """

    title: ClassVar[str]
    titre: ClassVar[str]
    code: ClassVar[str]

    def __init_subclass__(cls) -> None:
        for name in ("title", "titre"):
            if name not in vars(cls):
                raise TypeError(f"{cls.__name__} needs a {name}: the sentence a user reads.")
        if "code" not in vars(cls):
            cls.code = _WORDS.sub("-", cls.__name__).lower()

    def __init__(
        self,
        detail: str = "",
        *,
        pointer: str | None = None,
        verdict: Verdict | None = None,
        errors: Sequence[FieldError] = (),
        precision: str = "",
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.precision = precision
        self.verdict = verdict
        self.errors = tuple(errors)
        if pointer is not None:
            rule = None if verdict is None else verdict.rule
            self.errors = (FieldError(pointer, self.code, self.title, rule, self.titre), *errors)

    def move_into(self, pointer: str) -> None:
        """Say that what is wrong is in a part of a larger body, at `pointer`."""
        self.errors = tuple(
            one if one.parameter is not None else replace(one, pointer=f"{pointer}{one.pointer}") for one in self.errors
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowedAction:
    """Whether a verb would be let through now; if not, by the code of the problem that would be answered, and why."""

    verb: str
    allowed: bool
    code: str | None = None
    reason: str | None = None
    raison: str | None = None

    @classmethod
    def of(cls, verb: str, refused: "DomainError | type[DomainError] | None") -> Self:
        """Allow the verb, unless something refuses it."""
        if refused is None:
            return cls(verb=verb, allowed=True)
        detail, precision = getattr(refused, "detail", None), getattr(refused, "precision", None)
        reason, raison = detail or refused.title, precision or refused.titre
        return cls(verb=verb, allowed=False, code=refused.code, reason=reason, raison=raison)


class Invalid(DomainError):
    """What was sent is wrong by itself, whatever is stored."""

    title = "The request is not valid."
    titre = "La demande n’est pas valide."


class NotFound(DomainError):
    """There is no such thing, or not for this caller."""

    title = "There is no such resource."
    titre = "Cette ressource n’existe pas."


class Forbidden(DomainError):
    """The thing is visible, but this is not the caller's to do."""

    title = "This is not yours to do."
    titre = "Vous n’avez pas le droit de faire cela."


class ScopeMissing(Forbidden):
    """The token was not given the scope that this takes."""

    title = "Your access token does not carry the scope for this."
    titre = "Votre jeton d’accès ne porte pas le droit de faire cela."


class NotYours(Forbidden):
    """The thing may be seen; somebody else answers for it."""

    title = "Another organisation answers for this, or it lies outside your territory."
    titre = "Un autre organisme en répond, ou cela est hors de votre territoire."


class Conflict(DomainError):
    """A state, or a rule about what is stored, says no."""

    title = "The present state does not allow this."
    titre = "L’état actuel ne le permet pas."


class Unavailable(DomainError):
    """Not now; the same request may succeed in a moment."""

    title = "The service cannot answer at the moment."
    titre = "Le service ne peut pas répondre pour le moment."
    retry_after_s: ClassVar[int] = 1


class Malformed(DomainError):
    """The request cannot be understood: its syntax, its parameters or its headers are wrong."""

    title = "The request cannot be understood."
    titre = "La demande ne peut pas être comprise."


class NotKnownHere(Conflict):
    """A reference to something of another service that has not been heard of here yet; clients try again."""

    code = "not-known-here-yet"
    title = "What this refers to is not known here yet; try again in a moment."
    titre = "Ce à quoi la demande se réfère n’est pas encore connu ici ; réessayez dans un instant."
    retry_after_s: ClassVar[int] = 1

"""What a municipality code stands for in one vintage, and whether it may be used as a place (R30, R31, R32).

    a municipality of its own             taken
    a part, and always was one            taken, and counted under its parent        12218 in 2024, 75118
    a part that was a municipality once   refused: use its successor                 93059 from 2025 on
    a former code                         refused: use its successors                01018, now part of 01033
    no code of this vintage               refused

A code that was a municipality in an earlier vintage is refused and not rolled up, although it still names a part:
whoever writes it may mean the municipality that is gone, with its bounds, its population and its mayor.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeGuard, TypeVar

from common.contracts.partners import Municipality
from common.errors import FieldError, Invalid, NotFound, Verdict
from partners.domain import codes, law


class NoSuchMunicipality(NotFound):
    """The detail names what took its place, if something did (R30)."""

    title = "This code names no municipality, nor a part of one, in this vintage."
    titre = "Ce code ne désigne ni une commune ni une partie de commune dans ce millésime."


class MunicipalityRefused(Invalid):
    """It names nothing in this vintage, or names only a part of what it once named; use what the detail says (R30)."""

    title = "This code cannot be used as a place in this vintage."
    titre = "Ce code ne peut pas servir de lieu dans ce millésime."


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A municipality code as one vintage knows it, with the département and region it lies in."""

    entry: Municipality
    vintage: int
    department: str
    region: str

    @property
    def successors(self) -> tuple[str, ...]:
        return self.entry.successors


class LookedUp(Protocol):
    """Whatever a code was found as: it says what took its place, if something did."""

    @property
    def successors(self) -> tuple[str, ...]: ...


L = TypeVar("L", bound=LookedUp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A code that was taken: what it names, and the municipality it counts under."""

    code: str
    name: str | None
    kind: str
    counts_under: str
    department: str
    region: str


def is_place(known: L | None) -> TypeGuard[L]:
    """Judge whether a code may be used as a place (R30): the vintage knows it, and nothing took its place."""
    return known is not None and not known.successors


def why_not(code: str, vintage: int, known: LookedUp | None) -> Verdict:
    """Say why a code may not be used as a place, and what to use instead (R30)."""
    use = ", ".join(known.successors) if known else ""
    return Verdict(
        rule=law.newest("R30").id,
        version=str(vintage),
        inputs={"code": code, "vintage": vintage, "use": use or None},
        reason=f"{code} is no municipality of {vintage}: use {use}." if use else f"{code} is no code of {vintage}.",
        raison=f"{code} n’est plus une commune en {vintage} : utilisez {use}."
        if use
        else f"{code} n’est pas un code du millésime {vintage}.",
    )


def place(known: Known) -> Place:
    """Say what a code stands for, rolled up to its municipality (R31, R32)."""
    entry = known.entry
    return Place(
        code=entry.code,
        name=entry.name,
        kind=entry.kind,
        counts_under=entry.parent or entry.code,
        department=known.department,
        region=known.region,
    )


def mistakes(written: Sequence[str], vintage: int, known: Mapping[str, Known], *, pointer: str) -> Iterator[FieldError]:
    """Name every code of a list that is malformed (R33) or refused (R30); `pointer` says where the `{n}`th stands."""
    for n, code in enumerate(written):
        entry = known.get(code.upper())
        if refused := codes.malformed(code):
            yield mistake(pointer.format(n=n), refused, codes.MunicipalityCodeMalformed)
        elif not is_place(entry):
            yield mistake(pointer.format(n=n), why_not(code.upper(), vintage, entry), MunicipalityRefused)


def mistake(pointer: str, refused: Verdict, kind: type[Invalid]) -> FieldError:
    return FieldError(pointer, kind.code, refused.reason, refused.rule, refused.raison)


def only(code: str, vintage: int, known: L | None, *, pointer: str) -> L:
    """Take one code of a request as a place, or refuse it."""
    if is_place(known):
        return known
    refused = why_not(code, vintage, known)
    raise MunicipalityRefused(refused.reason, pointer=pointer, verdict=refused, precision=refused.raison)


def found(code: str, vintage: int, known: L | None) -> L:
    """Take the code of an address, or say that there is nothing, or no longer, and what took its place."""
    if is_place(known):
        return known
    refused = codes.malformed(code) or why_not(code, vintage, known)
    raise NoSuchMunicipality(refused.reason, verdict=refused, precision=refused.raison)

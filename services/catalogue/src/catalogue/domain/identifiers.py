"""The numbers by which the world knows a film: their form, their check digits, their one way of being written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stdnum import isan
from stdnum.iso7064 import mod_37_36

from common.contracts.catalogue import Identifier, IdentifierScheme

_VISA = re.compile(r"[1-9][0-9]{0,5}")
_ISAN = re.compile(r"[0-9A-F]{16}[0-9A-Z](?:[0-9A-F]{8}[0-9A-Z])?")
_EIDR = re.compile(r"10\.5240/((?:[0-9A-F]{4}-){5}[0-9A-Z])")
_IMDB = re.compile(r"tt[0-9]{7,8}")
_WIKIDATA = re.compile(r"Q[1-9][0-9]*")

_UNCHECKED_ISAN = re.compile(r"[0-9A-F]{16}(?:[0-9A-F]{8}|[0-9A-Z][0-9A-F]{8}|[0-9A-F]{8}[0-9A-Z])?")
"""An ISAN without its check characters, or a version's number without one of the two."""
_UNCHECKED_EIDR = re.compile(r"10\.5240/[0-9A-F]{4}(?:-[0-9A-F]{4}){4}")


CALLED: Mapping[str, str] = {
    IdentifierScheme.ISAN: "ISAN",
    IdentifierScheme.EIDR: "EIDR",
    IdentifierScheme.IMDB: "IMDb",
    IdentifierScheme.WIKIDATA: "Wikidata",
}
"""What people call a scheme; a visa is a visa."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why a text is no identifier: a code that programmes decide by, and a sentence in two languages."""

    code: str
    message: str
    libelle: str


def visa_number(text: str) -> str | None:
    """Write a visa's number without its leading zeros; None if it is no visa number."""
    number = text.strip().lstrip("0")
    return number if _VISA.fullmatch(number) else None


def canonical(identifier: Identifier) -> Identifier | None:
    """Write an identifier the one way it is kept; None if it is no identifier of its scheme."""
    value = _WRITERS[identifier.scheme](identifier.value.strip())
    return None if value is None else Identifier(scheme=identifier.scheme, value=value)


def mistake(identifier: Identifier) -> Mistake | None:
    """Say why it is no identifier of its scheme; nothing if it is one.

    One whose check characters are missing is told apart: nobody can tell whether it was copied right, and to compute
    them would make whatever was copied look verified.
    """
    called = CALLED[identifier.scheme]
    if canonical(identifier) is not None:
        return None
    if _is_unchecked(identifier.scheme, identifier.value.strip()):
        return Mistake(
            "check-characters-missing",
            f"This {called} lacks check characters: give it whole, as its agency writes it.",
            f"Il manque à cet identifiant {called} ses caractères de contrôle : le donner entier, tel qu’attribué.",
        )
    return Mistake(
        "invalid-identifier",
        f"This is no {called} identifier: its form or its check digit is wrong.",
        f"Ce n’est pas un identifiant {called} : forme ou clé de contrôle fausse.",
    )


def renewed(known: Sequence[Identifier], said: Sequence[Identifier]) -> tuple[Identifier, ...]:
    """Take over identifiers: what is said of a scheme replaces what was known of it, and of no other."""
    schemes = {one.scheme for one in said}
    kept = tuple(one for one in known if one.scheme not in schemes or one in said)
    return (*kept, *(one for one in said if one not in kept))


def _is_unchecked(scheme: IdentifierScheme, text: str) -> bool:
    if scheme is IdentifierScheme.ISAN:
        return _UNCHECKED_ISAN.fullmatch(isan.compact(text, strip_check_digits=False)) is not None
    return scheme is IdentifierScheme.EIDR and _UNCHECKED_EIDR.fullmatch(text.upper()) is not None


def _isan(text: str) -> str | None:
    """Write an ISAN in groups, if it has all its check characters and they are right."""
    if not _ISAN.fullmatch(isan.compact(text, strip_check_digits=False)) or not isan.is_valid(text):
        return None
    return str(isan.format(text))


def _eidr(text: str) -> str | None:
    found = _EIDR.fullmatch(text.upper())
    if found is None or not mod_37_36.is_valid(found[1].replace("-", "")):
        return None
    return found[0]


def _imdb(text: str) -> str | None:
    return text.lower() if _IMDB.fullmatch(text.lower()) else None


def _wikidata(text: str) -> str | None:
    return text.upper() if _WIKIDATA.fullmatch(text.upper()) else None


_WRITERS = {
    IdentifierScheme.ISAN: _isan,
    IdentifierScheme.EIDR: _eidr,
    IdentifierScheme.IMDB: _imdb,
    IdentifierScheme.WIKIDATA: _wikidata,
}

"""The numbers by which the world knows a film: their form, their check digits, their one way of being written."""

import re
from collections.abc import Sequence

from stdnum import isan
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

from common.contracts.catalogue import Identifier, IdentifierScheme

_VISA = re.compile(r"[1-9][0-9]{0,5}")
_EIDR = re.compile(r"10\.5240/((?:[0-9A-F]{4}-){5}[0-9A-Z])")
_IMDB = re.compile(r"tt[0-9]{7,8}")
_WIKIDATA = re.compile(r"Q[1-9][0-9]*")


def visa_number(text: str) -> str | None:
    """Write a visa's number without its leading zeros; None if it is no visa number."""
    number = text.strip().lstrip("0")
    return number if _VISA.fullmatch(number) else None


def canonical(identifier: Identifier) -> Identifier | None:
    """Write an identifier the one way it is kept; None if it is no identifier of its scheme."""
    value = _WRITERS[identifier.scheme](identifier.value.strip())
    return None if value is None else Identifier(scheme=identifier.scheme, value=value)


def renewed(known: Sequence[Identifier], said: Sequence[Identifier]) -> tuple[Identifier, ...]:
    """Take over identifiers: what is said of a scheme replaces what was known of it, and of no other."""
    schemes = {one.scheme for one in said}
    kept = tuple(one for one in known if one.scheme not in schemes or one in said)
    return (*kept, *(one for one in said if one not in kept))


def _isan(text: str) -> str | None:
    try:
        isan.validate(text)
    except ValidationError:
        return None
    return str(isan.format(text, add_check_digits=True))


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

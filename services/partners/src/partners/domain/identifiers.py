"""How registers call an organisation: SIREN, SIRET, RNA; and how the CNC calls a cinema.

Checksums and their exceptions are python-stdnum's.

A SIRET is an establishment of a SIREN; La Poste's establishments have a checksum of their own (R28).  Associations of
Bas-Rhin, Haut-Rhin and Moselle are registered at the court and have no RNA number (R29).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from stdnum.exceptions import ValidationError
from stdnum.fr import siren as siren_numbers
from stdnum.fr import siret as siret_numbers

from common.contracts.partners import LegalForm, OrganisationIdentifier
from common.errors import FieldError, Invalid
from partners.domain import law

RNA = law.newest("R29").sets["rna_form"][0]
"""`W` and nine digits; in Corsica and overseas some of them are letters."""

CNC_ESTABLISHMENT = r"^[1-9][0-9]{0,5}$"
"""The CNC's number of an establishment (`numéro auto`): up to six digits, and no checksum."""

_RNA = re.compile(RNA)
_CNC_ESTABLISHMENT = re.compile(CNC_ESTABLISHMENT)


class IdentifierMalformed(Invalid):
    """Form and checksum are judged, La Poste's establishments by their own (R28); `errors` names each."""

    title = "An identifier of the organisation is not well formed."
    titre = "Un identifiant de l’organisme est mal formé."


class HolderUnidentified(Invalid):
    """Associations of Bas-Rhin, Haut-Rhin and Moselle are kept by the court and may have neither (R29)."""

    title = "Who holds projects has a SIRET or an RNA number."
    titre = "Un porteur de projet a un SIRET ou un numéro RNA."


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifiers:
    """What an organisation is called now; of a SIRET the SIREN is a part."""

    siren: str | None = None
    siret: str | None = None
    rna: str | None = None
    cnc_establishment: str | None = None

    def each(self) -> tuple[tuple[OrganisationIdentifier, str | None], ...]:
        """List those that may follow one another; the CNC's number names an establishment for good."""
        return (
            (OrganisationIdentifier.SIREN, self.siren),
            (OrganisationIdentifier.SIRET, self.siret),
            (OrganisationIdentifier.RNA, self.rna),
        )


UNIDENTIFIED = Identifiers()


def identifiers(
    *,
    siren: str | None = None,
    siret: str | None = None,
    rna: str | None = None,
    cnc_establishment: str | None = None,
) -> Identifiers:
    """Write identifiers their one way, or refuse them with every mistake named (R28)."""
    mistakes = []
    known_siret = _number(siret, siret_numbers.validate)
    known_siren = _number(siren, siren_numbers.validate)
    known_rna = "".join(rna.split()).upper() if rna else None
    if siret and not known_siret:
        mistakes.append(_mistake("/siret", "R28", "This is no SIRET.", "Ce n’est pas un SIRET."))
    if siren and not known_siren:
        mistakes.append(_mistake("/siren", "R28", "This is no SIREN.", "Ce n’est pas un SIREN."))
    if known_siret and known_siren and not known_siret.startswith(known_siren):
        message = "The SIRET is not one of this SIREN."
        mistakes.append(_mistake("/siren", "R28", message, "Le SIRET n’est pas de ce SIREN."))
    if known_rna and not _RNA.fullmatch(known_rna):
        mistakes.append(_mistake("/rna", "R29", "This is no RNA number.", "Ce n’est pas un numéro RNA."))
    if cnc_establishment and not _CNC_ESTABLISHMENT.fullmatch(cnc_establishment):
        message = "This is no number of the CNC for an establishment."
        libelle = "Ce n’est pas un numéro d’établissement du CNC."
        mistakes.append(FieldError("/cnc_establishment", IdentifierMalformed.code, message, None, libelle))
    if mistakes:
        raise IdentifierMalformed(errors=mistakes)
    return Identifiers(
        siren=known_siren or (known_siret and known_siret[: law.newest("R28").parameters["siren_digits"]]),
        siret=known_siret,
        rna=known_rna,
        cnc_establishment=cnc_establishment or None,
    )


def require_identified(legal_form: LegalForm | None, known: Identifiers, department: str | None) -> None:
    """Refuse a project holder that no register knows, but where associations are kept by the court (R29)."""
    rule = law.newest("R29")
    kept_by_court = rule.sets["kept_by_court"]
    if known.siret or known.rna or (legal_form is LegalForm.ASSOCIATION and department in kept_by_court):
        return
    *others, last = kept_by_court
    some, quelques = f"{', '.join(others)} and {last}", f"{', '.join(others)} et {last}"
    verdict = rule.verdict(
        f"{HolderUnidentified.title[:-1]}; only associations of {some} may have neither.",
        f"{HolderUnidentified.titre[:-1]} ; seules les associations de {quelques} peuvent n’avoir ni l’un ni l’autre.",
        inputs={"legal_form": legal_form, "department": department},
    )
    raise HolderUnidentified(pointer="/siret", verdict=verdict)


def _number(written: str | None, validate: Callable[[str], str]) -> str | None:
    try:
        return validate(written) if written else None
    except ValidationError:
        return None


def _mistake(pointer: str, rule: str, message: str, libelle: str) -> FieldError:
    return FieldError(pointer, IdentifierMalformed.code, message, rule, libelle)

"""Who agreed to be seen: counted on paper, never named; what the counts allow (R39, in prisons R40: `law`)."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date

from catalogue.domain import law
from common.contracts.catalogue import Consents, Dissemination
from common.contracts.rules import Rule, unjudged
from common.errors import Conflict, FieldError, Invalid, Verdict

USES = (Dissemination.RESTITUTION_ONLY, Dissemination.NETWORK, Dissemination.FESTIVALS, Dissemination.INTERNET)
"""In this order: each is further than the one before."""


class ConsentsMissing(Conflict):
    """The makers have not all agreed to this, or nobody has counted."""

    title = "Not everybody who can be recognised has agreed to the film being shown there."
    titre = "Toutes les personnes reconnaissables n’ont pas consenti à cette diffusion."


class ConsentsDoNotAdd(Invalid):
    """Nobody agrees who cannot be recognised."""

    title = "More have agreed than can be recognised."
    titre = "Plus de consentements que de personnes reconnaissables."


def require_possible(consents: Consents) -> None:
    """Refuse counts that cannot be."""
    if mistakes := tuple(_mistakes(consents)):
        raise ConsentsDoNotAdd(errors=mistakes)


def against(consents: Consents | None, wanted: Dissemination, on: date) -> Verdict | None:
    """Say what stands, on a day, against showing a workshop film this far; uncounted consents are none."""
    rule_id = "R40" if consents is not None and consents.in_prison else "R39"
    rule = law.in_force(rule_id, on)
    return unjudged(rule_id, on) if rule is None else by(rule, consents, wanted)


def by(rule: Rule, consents: Consents | None, wanted: Dissemination) -> Verdict | None:
    """Say what stands against it by this version of R39 or R40; the verdicts of an earlier one replay by that one."""
    if wanted in rule.sets["without_consents"]:
        return None
    if consents is not None and consents.in_prison:
        return _in_prison(rule, consents, wanted)
    agreed, wanted_of = _counted(rule, consents, wanted)
    if consents is not None and agreed >= wanted_of:
        return None
    said = f"{agreed} of {wanted_of} agreed.", f"{agreed} sur {wanted_of} ont consenti."
    return _verdict(rule, consents, wanted, *said)


def _in_prison(rule: Rule, consents: Consents, wanted: Dissemination) -> Verdict | None:
    agreed, wanted_of = _counted(rule, consents, wanted)
    if agreed < wanted_of:
        said = f"{agreed} of {wanted_of} agreed in writing.", f"{agreed} sur {wanted_of} ont consenti par écrit."
        return _verdict(rule, consents, wanted, *said)
    if not consents.administration_reference:
        said = "The administration has not given its leave.", "L’administration n’a pas donné son autorisation."
        return _verdict(rule, consents, wanted, *said)
    return None


def _counted(rule: Rule, consents: Consents | None, wanted: Dissemination) -> tuple[int, int]:
    """Count who agreed to this, and of how many; who agreed to be seen far away agreed to be seen nearer (ADR 0055)."""
    if consents is None:
        return 0, 0
    further = USES[USES.index(wanted) :] if "further_counts" in rule.parameters else (wanted,)
    return max(getattr(consents, use) for use in further), consents.identifiable


def _verdict(rule: Rule, consents: Consents | None, wanted: Dissemination, reason: str, raison: str) -> Verdict:
    if consents is None:
        said = "Nobody has counted the consents.", "Les consentements n’ont pas été comptés."
        return rule.verdict(*said, inputs={"dissemination": wanted})
    return rule.verdict(reason, raison, inputs={"dissemination": wanted, **asdict(consents)})


def _mistakes(consents: Consents) -> Iterator[FieldError]:
    for use in USES:
        if getattr(consents, use) > consents.identifiable:
            said = ConsentsDoNotAdd
            yield FieldError(f"/{use}", said.code, said.title, libelle=said.titre)

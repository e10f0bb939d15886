"""How far a workshop film is carried: no further than whoever can be recognised in it agreed (R39, in prisons R40).

The catalogue says how far its makers have settled that it travels, and how many agreed to what; a session carries it to
those who made it, to the scheme's public, or to festivals.  None of them is the internet.
"""

from collections.abc import Mapping

from common.contracts.actions import ActionType
from common.contracts.catalogue import Dissemination
from common.contracts.rules import Answer, Rule
from common.errors import Outcome

D = Dissemination

FURTHER = tuple(D)
"""From nowhere to everywhere: who agreed to be seen far away agreed to be seen nearer."""

TO_WHOM: Mapping[Dissemination, tuple[str, str]] = {
    D.NONE: ("to nobody", "à personne"),
    D.RESTITUTION_ONLY: ("to those who made it and theirs", "à ses auteurs et à leurs proches"),
    D.NETWORK: ("at the scheme's screenings", "aux séances du dispositif"),
    D.FESTIVALS: ("at festivals", "en festival"),
    D.INTERNET: ("on the internet", "sur internet"),
}

Against = tuple[Outcome, str, str]
"""What stands against showing it, in English and in French, and whether that is a no or only not settled yet."""


def reach(rule: Rule, action_type: ActionType, *, own_project: bool, outdoors: bool) -> Dissemination:
    """Tell how far a session carries a film.

    A project shows its own film to those who made it and theirs, in a room; outdoors, whoever passes sees it.
    """
    if action_type in rule.sets["at_festivals"]:
        return D.FESTIVALS
    public = outdoors or action_type in rule.sets["to_the_public"]
    return D.RESTITUTION_ONLY if own_project and not public else D.NETWORK


def agreed(
    rule: Rule,
    *,
    film_title: str,
    action_type: ActionType,
    own_project: bool,
    outdoors: bool,
    in_prison: bool,
    dissemination: Dissemination | None,
    identifiable: int | None,
    restitution_only: int,
    network: int,
    festivals: int,
    internet: int,
) -> Answer | None:
    """R39: `identifiable` is null where nobody has counted; uncounted consents are none."""
    if in_prison:
        return None
    shown = reach(rule, action_type, own_project=own_project, outdoors=outdoors)
    counts = (identifiable, (restitution_only, network, festivals, internet))
    return _answer(film_title, shown, _unsettled(rule, shown, dissemination) or _uncounted(rule, shown, *counts))


def agreed_in_prison(
    rule: Rule,
    *,
    film_title: str,
    action_type: ActionType,
    own_project: bool,
    outdoors: bool,
    in_prison: bool,
    dissemination: Dissemination | None,
    identifiable: int | None,
    restitution_only: int,
    network: int,
    festivals: int,
    internet: int,
    administration_agreed: bool,
) -> Answer | None:
    """R40: those who made it see it no sooner than others do, and the administration agrees too."""
    if not in_prison:
        return None
    shown = reach(rule, action_type, own_project=own_project, outdoors=outdoors)
    counts = (identifiable, (restitution_only, network, festivals, internet))
    against = _unsettled(rule, shown, dissemination) or _uncounted(rule, shown, *counts)
    no_leave = (
        Outcome.REFUSED,
        "the prison's administration has not given its leave",
        "l’administration pénitentiaire n’a pas donné son autorisation",
    )
    return _answer(film_title, shown, against or (None if administration_agreed else no_leave))


def _unsettled(rule: Rule, shown: Dissemination, settled: Dissemination | None) -> Against | None:
    """Say what stands against it in what its makers have settled."""
    if settled is None:
        not_yet = "nobody has settled how far it travels", "nul n’a encore dit jusqu’où il peut aller"
        return None if shown in rule.sets["without_consents"] else (Outcome.TO_CLEAR, *not_yet)
    if FURTHER.index(shown) <= FURTHER.index(settled):
        return None
    (there, la), (nearer, la_seulement) = TO_WHOM[shown], TO_WHOM[settled]
    return (
        Outcome.REFUSED,
        f"it would be shown {there}, and may be shown {nearer} only",
        f"il serait montré {la}, et ne peut l’être qu’{la_seulement}",
    )


def _uncounted(
    rule: Rule, shown: Dissemination, identifiable: int | None, counts: tuple[int, int, int, int]
) -> Against | None:
    """Say what stands against it in the consents; by how many they are too few is not told to all who read this."""
    if shown in rule.sets["without_consents"]:
        return None
    if identifiable is None:
        return Outcome.TO_CLEAR, "nobody has counted the consents", "les consentements n’ont pas été comptés"
    if max(counts[FURTHER.index(shown) - 1 :]) >= identifiable:
        return None
    there, la = TO_WHOM[shown]
    return (
        Outcome.REFUSED,
        f"not everybody who can be recognised agreed to its being shown {there}",
        f"toutes les personnes reconnaissables n’ont pas accepté qu’il soit montré {la}",
    )


def _answer(title: str, shown: Dissemination, against: Against | None) -> Answer:
    if against is not None:
        outcome, what, quoi = against
        return Answer(outcome, f"{title}: {what}.", f"{title} : {quoi}.")
    there, la = TO_WHOM[shown]
    return Answer(Outcome.ALLOWED, f"{title}: it may be shown {there}.", f"{title} : il peut être montré {la}.")

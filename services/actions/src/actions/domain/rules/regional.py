"""What a region decides in its campaigns' rule sets, as records, and what coordinations were found to ask for.

A rule names by its fields what is decided by region (`Rule.regional`); a campaign's own rule set is what judges.  What
was found is there to be read beside it: nothing is judged by it, and a page of a coordination may have changed since.
"""

from dataclasses import dataclass

from common.contracts.actions import Companion, LineKind, Under12Outdoors
from common.errors import Input


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One field of a campaign's rule set, in two languages; `values` are the codes to choose from, if it has codes.

    `default` is what holds where a campaign says nothing; none: a campaign must say it.
    """

    field: str
    text: str
    texte: str
    default: Input
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """What a coordination, or a DRAC, asked for in its départements, and who says so; `year` where the page has one."""

    field: str
    coordination: str
    departments: tuple[str, ...]
    year: int | None
    value: str
    source: str


CHOICES: tuple[Choice, ...] = (
    Choice(
        field="deadline_on",
        text="The last day on which a file is handed over.",
        texte="Le dernier jour du dépôt des dossiers.",
        default=None,
    ),
    Choice(
        field="prior_contact_required",
        text="Whether a contact with the coordination comes before the file.",
        texte="Si un contact avec la coordination doit précéder le dossier.",
        default=False,
    ),
    Choice(
        field="companion",
        text="What an open-air screening is linked to.",
        texte="Ce qui accompagne une séance en plein air.",
        default=Companion.ANY,
        values=tuple(Companion),
    ),
    Choice(
        field="under_12_outdoors",
        text="What becomes of a film forbidden under 12 in the open air.",
        texte="Le sort d’un film interdit aux moins de 12 ans en plein air.",
        default=Under12Outdoors.REFUSED,
        values=tuple(Under12Outdoors),
    ),
    Choice(
        field="convention_required_for",
        text="Whose money is paid under a signed convention, whatever the amount.",
        texte="L’argent versé sous convention signée, quel que soit le montant.",
        default=(),
        values=tuple(LineKind),
    ),
    Choice(
        field="extension_days",
        text="For how many days after its end what was put off may still be held.",
        texte="Le nombre de jours, après sa fin, où ce qui est reporté peut encore se tenir.",
        default=0,
    ),
    Choice(
        field="authorisation_deadlines",
        text="By which day the DRAC wants the requests for open-air sessions, season by season.",
        texte="La date à laquelle la DRAC veut les demandes de plein air, saison par saison.",
        default=(),
    ),
)

_CENTRE = ("18", "28", "36", "37", "41", "45")


def _found(
    coordination: str, departments: tuple[str, ...], source: str, year: int | None, **said: str
) -> tuple[Practice, ...]:
    return tuple(
        Practice(field=field, coordination=coordination, departments=departments, year=year, value=value, source=source)
        for field, value in said.items()
    )


PRACTICE: tuple[Practice, ...] = (
    *_found(
        "FRMJC Nouvelle-Aquitaine",
        ("16", "17", "79", "86"),
        "frmjcna.fr",
        2023,
        deadline_on="2023-01-24",
        prior_contact_required="true",
    ),
    *_found(
        "Région Sud",
        ("04", "05", "06", "13", "83", "84"),
        "pole-images-region-sud.org",
        2024,
        deadline_on="2024-01-15",
        prior_contact_required="true",
    ),
    *_found("Ciclic", _CENTRE, "ciclic.fr", 2016, deadline_on="2016-01-08", prior_contact_required="true"),
    *_found(
        "Le RECIT",
        ("67", "68"),
        "lerecit.fr",
        None,
        companion=Companion.PROGRAMMING_WORKSHOP_BEFORE,
        under_12_outdoors=Under12Outdoors.REFUSED,
    ),
    *_found("DRAC Centre-Val de Loire", _CENTRE, "its page", 2021, authorisation_deadlines="2021-06-10"),
    *_found("DRAC Occitanie", ("81",), "maires81", 2018, authorisation_deadlines="2018-05-22"),
)
"""As pages of theirs said it then; of a DRAC, its last day for the requests of a summer."""


def choice(field: str) -> Choice:
    """Find what is said of a field of the rule set.

    Raises:
        KeyError: no region decides it.
    """
    found = next((one for one in CHOICES if one.field == field), None)
    if found is None:
        raise KeyError(field)
    return found

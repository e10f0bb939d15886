"""What a region decides in its campaigns' rule sets, as records, and what coordinations were found to ask for.

A rule names by its fields what is decided by region (`Rule.regional`); a campaign's own rule set is what judges.  What
was found is there to be read beside it: nothing is judged by it, and a page of a coordination may have changed since.
"""

from collections.abc import Mapping
from functools import partial

from common.contracts.actions import Companion, LineKind, Under12Outdoors
from common.contracts.rules import Practice, RegionalChoice

_FRMJC = partial(
    Practice,
    coordination="FRMJC Nouvelle-Aquitaine",
    departments=("16", "17", "79", "86"),
    year=2023,
    source="frmjcna.fr",
)
_SUD = partial(
    Practice,
    coordination="Région Sud",
    departments=("04", "05", "06", "13", "83", "84"),
    year=2024,
    source="pole-images-region-sud.org",
)
_CENTRE = ("18", "28", "36", "37", "41", "45")
_CICLIC = partial(Practice, coordination="Ciclic", departments=_CENTRE, year=2016, source="ciclic.fr")
_RECIT = partial(Practice, coordination="Le RECIT", departments=("67", "68"), year=None, source="lerecit.fr")
_DRAC_CENTRE = partial(
    Practice,
    coordination="DRAC Centre-Val de Loire",
    departments=_CENTRE,
    year=2021,
    source="www.culture.gouv.fr",
)
"""“Avant le 11 juin 2021”, for July and August."""

CHOICES: tuple[RegionalChoice, ...] = (
    RegionalChoice(
        field="deadline_on",
        text="The last day on which a file is handed over.",
        texte="Le dernier jour du dépôt des dossiers.",
        values=(),
        default=None,
        practice=(
            _FRMJC(value="2023-01-24"),
            _SUD(value="2024-01-15"),
            _CICLIC(value="2016-01-08"),
        ),
    ),
    RegionalChoice(
        field="prior_contact_required",
        text="Whether a contact with the coordination comes before the file.",
        texte="Si un contact avec la coordination doit précéder le dossier.",
        values=(),
        default=False,
        practice=(
            _FRMJC(value=True),
            _SUD(value=True),
            _CICLIC(value=True),
        ),
    ),
    RegionalChoice(
        field="companion",
        text="What an open-air screening is linked to.",
        texte="Ce qui accompagne une séance en plein air.",
        values=tuple(Companion),
        default=Companion.ANY,
        practice=(_RECIT(value=Companion.PROGRAMMING_WORKSHOP_BEFORE),),
    ),
    RegionalChoice(
        field="under_12_outdoors",
        text="What becomes of a film forbidden under 12 in the open air.",
        texte="Le sort d’un film interdit aux moins de 12 ans en plein air.",
        values=tuple(Under12Outdoors),
        default=Under12Outdoors.REFUSED,
        practice=(_RECIT(value=Under12Outdoors.REFUSED),),
    ),
    RegionalChoice(
        field="convention_required_for",
        text="Whose money is paid under a signed convention, whatever the amount.",
        texte="L’argent versé sous convention signée, quel que soit le montant.",
        values=tuple(LineKind),
        default=(),
        practice=(),
    ),
    RegionalChoice(
        field="extension_days",
        text="For how many days after its end what was put off may still be held.",
        texte="Le nombre de jours, après sa fin, où ce qui est reporté peut encore se tenir.",
        values=(),
        default=0,
        practice=(),
    ),
    RegionalChoice(
        field="authorisation_deadlines",
        text="By which day the DRAC wants the requests for open-air sessions, season by season.",
        texte="La date à laquelle la DRAC veut les demandes de plein air, saison par saison.",
        values=(),
        default=(),
        practice=(
            _DRAC_CENTRE(value=({"first_on": "2021-07-01", "last_on": "2021-08-31", "request_by": "2021-06-10"},)),
        ),
    ),
)

BY_FIELD: Mapping[str, RegionalChoice] = {one.field: one for one in CHOICES}

"""Which clock is read where (L02): legal time as a decree names it, by département, in the names of the zone data."""

from common.contracts.rules import SINCE, Rule

CORSICA = 20
"""The number that `2A` and `2B` share."""

CLOCKS: tuple[Rule, ...] = (
    Rule(
        id="L02",
        version="1",
        valid_from=SINCE,
        text="Hours and days are those of legal time where a thing happens; where none is named, that of Paris.",
        texte="Heures et jours sont ceux du temps légal du lieu ; là où aucune heure n’est nommée, celle de Paris.",
        source="Décret 2017-292 du 6 mars 2017 relatif au temps légal français; hours before it as the IANA time zone "
        "database has them, by whose names clocks are called",
        sets={
            "Europe/Paris": ("2A", "2B", *(f"{number:02}" for number in range(1, 96) if number != CORSICA)),
            "America/Guadeloupe": ("971",),
            "America/Martinique": ("972",),
            "America/Cayenne": ("973",),
            "Indian/Reunion": ("974",),
            "America/Miquelon": ("975",),
            "Indian/Mayotte": ("976",),
            "America/St_Barthelemy": ("977",),
            "America/Marigot": ("978",),
            "Pacific/Wallis": ("986",),
            "Pacific/Tahiti": ("987",),
            "Pacific/Noumea": ("988",),
        },
    ),
)

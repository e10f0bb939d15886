"""The rules that this service judges by, as records: who may hold, what names a place, who hears of what.

Where a rule is about a form of writing, the form is its own: the doors that describe it take it from here.
"""

from collections.abc import Sequence
from datetime import date

from common.contracts import rules
from common.contracts.rules import SINCE, Rule

RULES: tuple[Rule, ...] = (
    Rule(
        id="R07",
        version="1",
        valid_from=SINCE,
        text="The CNC's derogation for more paid screenings is given for three years at most.",
        texte="La dérogation du CNC pour davantage de séances payantes est donnée pour trois ans au plus.",
        source="Code du cinéma, D214-2",
        parameters={"derogation_years": 3},
    ),
    Rule(
        id="R28",
        version="1",
        valid_from=SINCE,
        text="A SIRET has a valid checksum, La Poste's its own, and begins with the SIREN whose establishment it is.",
        texte="Un SIRET a une clé valide, propre à La Poste, et commence par le SIREN dont il est l’établissement.",
        source="Rule of the scheme (règle du dispositif); checksums as the registers (SIRENE) compute them",
        parameters={"siren_digits": 9},
    ),
    Rule(
        id="R29",
        version="1",
        valid_from=date(1924, 6, 1),
        text="A holder has a SIRET or an RNA number; associations that a court keeps (57, 67, 68) may have neither.",
        texte="Un porteur a un SIRET ou un numéro RNA, sauf les associations de droit local (57, 67, 68).",
        source="Loi du 1er juin 1924, articles 21 à 79-IV du code civil local",
        sets={"kept_by_court": ("57", "67", "68"), "rna_form": (r"^W[0-9A-Z]{9}$",)},
    ),
    Rule(
        id="R30",
        version="1",
        valid_from=SINCE,
        text="A code that is no commune of the day's vintage is refused, and what took its place is named.",
        texte="Un code qui n’est pas une commune du millésime du jour est refusé, et ce qui l’a remplacé est nommé.",
        source="Code officiel géographique; a verdict's version is the vintage that it was looked up in",
        by_vintage=True,
    ),
    Rule(
        id="R31",
        version="1",
        valid_from=SINCE,
        text="A delegated or associated commune is taken as a place, and counted in the commune that it belongs to.",
        texte="Une commune déléguée ou associée est prise comme lieu, et comptée dans sa commune.",
        source="Code officiel géographique, vintage by vintage",
    ),
    Rule(
        id="R32",
        version="1",
        valid_from=SINCE,
        text="An arrondissement of Paris, Lyon or Marseille is taken as a place, and counted in its city.",
        texte="Un arrondissement de Paris, Lyon ou Marseille est pris comme lieu, et compté dans sa ville.",
        source="Code officiel géographique, vintage by vintage",
    ),
    Rule(
        id="R33",
        version="1",
        valid_from=SINCE,
        text="A commune's code is text of five characters, and begins with its département's two, or three overseas.",
        texte="Un code commune est un texte de cinq caractères ; deux, trois outre-mer, sont le département.",
        source="Code officiel géographique",
        parameters={"department_length": 2, "department_length_overseas": 3},
        sets={
            "form": (
                r"^(?:0[1-9]|1[0-9]|2[1-9]|[3-8][0-9]|9[0-5]|2[ABab])[0-9]{3}$|^97[1-8][0-9]{2}$|^98[46-9][0-9]{2}$",
            ),
            "overseas": ("97", "98"),
        },
    ),
    Rule(
        id="R34",
        version="1",
        valid_from=date(2015, 1, 1),
        valid_until=date(2023, 12, 31),
        text="The first list of priority districts (QP) is in force, in metropolitan France and overseas.",
        texte="La première liste des quartiers prioritaires (QP) est en vigueur, en métropole et outre-mer.",
        source="Décrets 2014-1750 and 2014-1751",
        sets={"metropolitan": ("QP",), "overseas": ("QP",)},
    ),
    Rule(
        id="R34",
        version="2",
        valid_from=date(2024, 1, 1),
        valid_until=date(2024, 12, 31),
        text="The second list of priority districts (QN) is in force in metropolitan France; the first (QP) overseas.",
        texte="La seconde liste des quartiers prioritaires (QN) vaut en métropole ; la première (QP), outre-mer.",
        source="Décret 2023-1314; overseas décret 2014-1751",
        sets={"metropolitan": ("QN",), "overseas": ("QP",)},
    ),
    Rule(
        id="R34",
        version="3",
        valid_from=date(2025, 1, 1),
        text="The second list of priority districts (QN) is in force, in metropolitan France and overseas.",
        texte="La seconde liste des quartiers prioritaires (QN) est en vigueur, en métropole et outre-mer.",
        source="Décret 2023-1314; overseas décrets 2024-1211 and 2024-1212",
        sets={"metropolitan": ("QN",), "overseas": ("QN",)},
    ),
    Rule(
        id="R35",
        version="1",
        valid_from=SINCE,
        text="A priority district lies on one of the communes named; all of its own are looked at.",
        texte="Un quartier prioritaire se trouve sur une des communes citées ; toutes les siennes sont regardées.",
        source="Décrets on priority districts",
    ),
    Rule(
        id="R41",
        version="1",
        valid_from=SINCE,
        text="Outside a closed circuit nobody hears a fact of its day before it was held, nor ever of a copy's keys.",
        texte="Hors d’un circuit fermé, nul n’entend un fait du jour même avant sa tenue, ni les clés d’une copie.",
        source="Rule of the scheme (règle du dispositif): our reading of security in prisons and of privacy in care",
        sets={
            "of_the_day": ("action.started", "action.attendance_recorded"),
            "of_a_key": ("copy.key_issued", "copy.key_revoked"),
        },
    ),
    Rule(
        id="R54",
        version="1",
        valid_from=SINCE,
        text="A local authority's system hears of what lies in its communes at the effective date, and no more.",
        texte="Le système d’une collectivité n’apprend que ce qui se trouve dans ses communes à la date d’effet.",
        source="Rule of the scheme (règle du dispositif)",
    ),
)


def versions(rule_id: str) -> Sequence[Rule]:
    return rules.versions(RULES, rule_id)


def newest(rule_id: str) -> Rule:
    """Give the version by which what is written down now is read: a form of writing is asked on no day of its own."""
    return versions(rule_id)[-1]


def in_force(rule_id: str, day: date) -> Rule | None:
    """Find the version of a rule that judges this day."""
    return rules.in_force(RULES, rule_id, day)

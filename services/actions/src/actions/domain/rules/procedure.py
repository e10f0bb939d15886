"""What the procedure asks for before an action is announced (T12), beside what the law does.

No day was once named on which it would be there (`lacking`): what was judged so replays so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from common.contracts.rules import Answer, Rule
from common.errors import Outcome

A_SESSION, SOMEBODY_RESPONSIBLE, A_FILM = "a session", "somebody responsible", "a film"
SITE_APPROVAL, PERMIT_FOR = "the closed site's approval", "a permit for "

EN_FRANCAIS: Mapping[str, str] = {
    A_SESSION: "une séance",
    SOMEBODY_RESPONSIBLE: "un responsable",
    A_FILM: "un film",
    SITE_APPROVAL: "l’accord du lieu fermé",
}


@dataclass(frozen=True, slots=True)
class Lack:
    """What is not there yet, by the day that it is judged on; of a permit, the place is named too.

    `there_on` are the days on which it is there: those of the permits for that place, of the site's approval.
    """

    on: date
    lacks: str
    there_on: tuple[date, ...] = ()


def lacking(_: Rule, *, on: date, lacks: str) -> Answer:
    """T12: something that every session must have is not there yet."""
    quoi = EN_FRANCAIS.get(lacks) or f"un permis pour {lacks.removeprefix(PERMIT_FOR)}"
    return Answer(Outcome.TO_CLEAR, f"{on}: {lacks} is missing.", f"{on} : il manque {quoi}.")


def lacking_that_day(rule: Rule, *, on: date, lacks: str, there_on: tuple[date, ...]) -> Answer:
    """T12: as before, naming the days on which it is there, and the next of them."""
    said = lacking(rule, on=on, lacks=lacks)
    if not there_on:
        return said
    listed = ", ".join(day.isoformat() for day in there_on)
    return Answer(
        said.outcome,
        f"{said.reason[:-1]} (there on: {listed}).",
        f"{said.raison[:-1]} (acquis : {listed}).",
        min((day for day in there_on if day > on), default=None),
    )

"""The scheme is for out-of-school time (R20): a school group is not taken out of class."""

from datetime import date, time

from actions.domain.school import Hours
from common.contracts.rules import Answer, Rule
from common.errors import Outcome


def hours_of(rule: Rule) -> Hours:
    """Read the hours of class that a version of the rule counts by."""
    said = rule.parameters
    return Hours(begins=said["class_begins"], ends=said["class_ends"], wednesday_ends=said["wednesday_ends"])


def school_time(
    rule: Rule,
    *,
    on: date,
    starts_at: time,
    minutes: int,
    school_zone: str | None,
    year_is_known: bool,
    day_off: str | None,
    free_on: date | None,
) -> Answer:
    """R20: a school group is not shown anything during the hours of class of a day of class.

    `day_off` names the holiday of that day, `free_on` is the next day that is free at that hour.
    """
    if not hours_of(rule).touch(on, starts_at, minutes):
        return Answer(Outcome.ALLOWED, "It is outside the hours of class.", "C’est en dehors des heures de classe.")
    if day_off is not None:
        return Answer(Outcome.ALLOWED, f"There is no class on {on}.", f"Il n’y a pas classe le {on} ({day_off}).")
    if not year_is_known:
        zone = school_zone or "?"
        return Answer(
            Outcome.TO_CLEAR,
            f"The school calendar of zone {zone} is not known for {on}.",
            f"Le calendrier scolaire de la zone {zone} n’est pas connu pour le {on}.",
        )
    return Answer(
        Outcome.REFUSED,
        f"{on}, {starts_at:%H:%M}: a school group is in class.",
        f"Le {on} à {starts_at:%H h %M}, un groupe scolaire est en classe.",
        free_on,
    )

"""Rules on who may file what and when: R15, R17, R20, R21, R22, R26, R27."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from actions.domain import labels
from actions.domain.days import local_day
from actions.domain.rules.registry import in_force
from common.contracts.actions import ActionType, Companion, Partner, PartnerFunction
from common.errors import Verdict

TRIAD = (PartnerFunction.CULTURAL_ACTOR, PartnerFunction.LOCAL_AUTHORITY, PartnerFunction.PUBLIC_STRUCTURE)

COMPANIONS = frozenset(
    {
        ActionType.FILMMAKING_WORKSHOP,
        ActionType.DISCOVERY_WORKSHOP,
        ActionType.PROGRAMMING_WORKSHOP,
        ActionType.JURY_WORKSHOP,
        ActionType.MEETING,
        ActionType.DISSEMINATION,
    }
)
"""What may go with an open-air screening: a workshop, a meeting, a restitution."""


def open_air_company(dated: Sequence[tuple[ActionType, date]], companion: Companion, on: date) -> Verdict | None:
    """R15: each open-air screening has its companion; `dated` are the project's actions and their first days."""
    rule = in_force("R15", on)
    screenings = [day for kind, day in dated if kind is ActionType.OPEN_AIR_SCREENING]
    if rule is None or all(_accompanied(day, dated, companion) for day in screenings):
        return None
    return rule.verdict(
        f"The open-air screening has no companion (asked for: {companion}).",
        f"La séance en plein air n’est accompagnée de rien (demandé : {labels.COMPANIONS[companion]}).",
        inputs={"companion": companion, "actions": ", ".join(kind for kind, _ in dated)},
    )


def triad(partners: Sequence[Partner], on: date) -> Verdict | None:
    """R17: three functions filled by three different organisations."""
    rule = in_force("R17", on)
    filling = [{p.organisation_id for p in partners if p.function is function} for function in TRIAD]
    if rule is None or _distinct(filling):
        return None
    empty = [function for function, bodies in zip(TRIAD, filling, strict=True) if not bodies]
    missing, manquent = ", ".join(empty), ", ".join(labels.FUNCTIONS[one] for one in empty)
    return rule.verdict(
        f"Missing: {missing}." if missing else "One organisation fills two of the three places.",
        f"Il manque : {manquent}." if missing else "Un organisme occupe deux des trois places.",
        inputs={"missing": missing, "bodies": len(set[UUID]().union(*filling))},
    )


def out_of_school(declared: Sequence[bool], on: date) -> Verdict | None:
    """R20, as the holder declares it for each action."""
    rule = in_force("R20", on)
    if rule is None or all(declared):
        return None
    return rule.verdict(
        "An action is declared to take place on school time.",
        "Une action est déclarée sur le temps scolaire.",
        inputs={"out_of_school": False},
    )


def prior_contact(contacted_on: date | None, on: date, *, required: bool) -> Verdict | None:
    """R21: where the campaign asks for it, a contact is recorded before the file is handed over."""
    rule = in_force("R21", on)
    if rule is None or not required or (contacted_on is not None and contacted_on <= on):
        return None
    return rule.verdict(
        "No contact with the coordination is recorded.",
        "Aucun contact avec la coordination n’est enregistré.",
        inputs={"required": True, "contacted_on": None if contacted_on is None else contacted_on.isoformat()},
    )


def deadline(deadline_on: date, at: datetime, zone: str) -> Verdict | None:
    """R22: 23:59:59 is in time, 00:00:00 is not, by the campaign's own clock."""
    rule = in_force("R22", deadline_on)
    if rule is None or local_day(at, zone) <= deadline_on:
        return None
    return rule.verdict(
        f"The deadline was {deadline_on}, 23:59:59 ({zone}).",
        f"La date limite était le {deadline_on} à 23:59:59 ({zone}).",
        inputs={"deadline_on": deadline_on.isoformat(), "zone": zone, "at": at.isoformat()},
    )


def perimeter(department: str, departments: Collection[str], campaign_on: date) -> Verdict | None:
    """R26: the main commune's département is one of the coordination's at the campaign's date."""
    rule = in_force("R26", campaign_on)
    if rule is None or department in departments:
        return None
    covered = ", ".join(sorted(departments))
    return rule.verdict(
        f"Département {department} is not in the perimeter ({covered}).",
        f"Le département {department} n’est pas dans le périmètre ({covered}).",
        inputs={"department": department, "perimeter": covered, "campaign_on": campaign_on.isoformat()},
    )


def appointment(departments: Collection[str], campaign_on: date) -> Verdict | None:
    """R27: the coordination is appointed for at least one département on the day the campaign opens."""
    rule = in_force("R27", campaign_on)
    if rule is None or departments:
        return None
    return rule.verdict(
        f"The coordination holds no appointment on {campaign_on}.",
        f"La coordination n’est pas missionnée le {campaign_on}.",
        inputs={"campaign_on": campaign_on.isoformat()},
    )


def _accompanied(screening_on: date, dated: Sequence[tuple[ActionType, date]], companion: Companion) -> bool:
    if companion is Companion.PROGRAMMING_WORKSHOP_BEFORE:
        return any(kind is ActionType.PROGRAMMING_WORKSHOP and day < screening_on for kind, day in dated)
    return any(kind in COMPANIONS for kind, _ in dated)


def _distinct(filling: Sequence[set[UUID]]) -> bool:
    """Tell whether one organisation can be chosen for each of the three places, all different."""
    first, second, third = filling
    return any(len({a, b, c}) == len(TRIAD) for a in first for b in second for c in third)

"""One coordination with everybody around it: its office, an association, a cinema, a town; and places to act in."""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.contracts.access import Role
from common.contracts.partners import OrganisationRole
from tests.e2e.people import NotSetUp, Office, Person

VINTAGE = 2025
COMMITTEE = (Role.REGIONAL_COORDINATOR, Role.COMMITTEE_SECRETARY, Role.COMMITTEE_MEMBER)
AROUND: Mapping[str, tuple[str, tuple[Role, ...]]] = {
    "association": ("social_centre", (Role.PROJECT_HOLDER,)),
    "cinema": ("cinema", (Role.CINEMA_OPERATOR, Role.CLOSED_SITE_AUTHORITY)),
    "town": ("commune", (Role.COLLECTIVITY_SYSTEM, Role.LOCAL_RELAY, Role.FUNDER)),
}
"""What there is around a coordination: the kind of each organisation, and the roles of its clients."""
BY_COMMUNE = (Role.COLLECTIVITY_SYSTEM, Role.LOCAL_RELAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A département, and two communes of it."""

    region: str
    department: str
    communes: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Organisations of one commune and the clients of each, by role."""

    commune: str
    organisations: Mapping[str, str]
    people: Mapping[Role, Person]

    def __getitem__(self, role: Role) -> Person:
        return self.people[role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A coordination and its company."""

    place: Place
    coordination_id: str
    company: Company
    drac: Person

    def __getitem__(self, role: Role) -> Person:
        return self.company[role]


async def gather_company(office: Office, name: str, commune: str, more: Mapping[Role, Person] | None = None) -> Company:
    """Let the organisations of a commune in, and their clients."""
    where = {"municipality": {"code": commune, "vintage": VINTAGE}}

    async def let_in(word: str) -> tuple[str, list[Person]]:
        kind, roles = AROUND[word]
        described = {**where, **(_identified() if Role.PROJECT_HOLDER in roles else {})}
        organisation_id = await office.organisation(f"{name} {word}", kind, **described)
        codes = {role: [commune] if role in BY_COMMUNE else [] for role in roles}
        clients = [office.client(f"{name}.{role}", role, organisation_id, codes=codes[role]) for role in roles]
        return organisation_id, list(await asyncio.gather(*clients))

    found = dict(zip(AROUND, await asyncio.gather(*(let_in(word) for word in AROUND)), strict=True))
    people = {person.role: person for _, clients in found.values() for person in clients}
    return Company(
        commune=commune,
        organisations={word: organisation_id for word, (organisation_id, _) in found.items()},
        people={**people, **(more or {})},
    )


async def settle(office: Office, name: str, place: Place, drac: Person) -> Ground:
    """Have a coordination appointed for a département, with its committee and a company."""
    where = {"municipality": {"code": place.communes[0], "vintage": VINTAGE}}
    organisation_id = await office.organisation(f"{name} coordination", "coordination", **where)
    body = {
        "organisation_id": organisation_id,
        "region": place.region,
        "departments": [place.department],
        "valid_from": "2024-01-01",
    }
    coordination_id = str((await office.write(drac, "/v1/coordinations", body))["id"])
    committee = await asyncio.gather(
        *(office.client(f"{name}.{role}", role, organisation_id, coordination_id=coordination_id) for role in COMMITTEE)
    )
    more = {person.role: person for person in committee} | {Role.DRAC_ADVISER: drac}
    company = await gather_company(office, name, place.communes[0], more)
    return Ground(place=place, coordination_id=coordination_id, company=company, drac=drac)


async def free_places(office: Office) -> tuple[Place, Place, Place]:
    """Find départements without a coordination: two of one region, and one of another."""
    listed = await office.read(office.operator, f"/v1/territories/{VINTAGE}/departments", limit=100)
    known = await office.read(office.operator, "/v1/coordinations", limit=100)
    taken = {code for one in known["items"] for cover in one["coverages"] for code in cover["departments"]}
    free: dict[str, list[str]] = defaultdict(list)
    for one in listed["items"]:
        if one["zone"] == "metropolitan" and one["code"] not in taken:
            free[one["region"]["code"]].append(one["code"])
    near, far = _near_and_far(free)
    return (
        await _place(office, near, free[near][0]),
        await _place(office, near, free[near][1]),
        await _place(office, far, free[far][0]),
    )


def all_of(*grounds: Ground) -> Iterator[Person]:
    for ground in grounds:
        yield from ground.company.people.values()


def _identified() -> dict[str, Any]:
    """Say that an organisation holds projects, under a number of its own (R29)."""
    return {"roles": [OrganisationRole.PROJECT_HOLDER], "rna": f"W{secrets.randbelow(10**9):09}"}


def _near_and_far(free: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    near = next((region for region, codes in free.items() if len(codes) > 1), "")
    far = next((region for region in free if region != near), "")
    if not near or not far:
        raise NotSetUp("No départements are free; `make clean` begins anew.")
    return near, far


async def _place(office: Office, region: str, department: str) -> Place:
    path = f"/v1/territories/{VINTAGE}/municipalities"
    listed = await office.read(office.operator, path, department=department, limit=20)
    codes = [one["code"] for one in listed["items"] if one["kind"] == "municipality"]
    return Place(region=region, department=department, communes=(codes[0], codes[1]))

"""Things to aim at, made through the API: a whole dossier in one coordination, and strangers who have their own.

The house of these tests has two coordinations of one region (`home` and `sibling`) and one of another (`abroad`); a
second company in `home`, which has nothing to do with its projects (`neighbour`); and the national offices.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from common.contracts.access import Role
from demo.letters import Letterbox
from tests.e2e import ground as grounds
from tests.e2e.dossier import OCTOBER, a_campaign, beginning, opened, screening, told
from tests.e2e.ground import VINTAGE, Company, Ground
from tests.e2e.people import Office, Person
from tests.e2e.subscription import Subscription, subscribe

NATION: Mapping[Role, str] = {
    Role.NATIONAL_COORDINATION: "cultural_association",
    Role.CNC_OPEN_AIR_OFFICER: "public_agency",
    Role.DASHBOARD: "state_service",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everybody, and what exists."""

    office: Office
    home: Ground
    sibling: Ground
    abroad: Ground
    neighbour: Company
    nation: Mapping[Role, Person]
    things: Mapping[str, str]
    """What paths lead to: all of it is `home`'s."""
    subscription: Subscription
    """`home`'s endpoint; paused, so that nothing is sent to a receiver that has gone."""
    private: frozenset[str]
    """The ids that no stranger may ever be shown."""
    elsewhere: frozenset[str]
    """The ids of what the other coordinations have."""
    _tokens: dict[tuple[str, str | None], str] = field(default_factory=dict)

    def strangers(self) -> Mapping[str, list[Person]]:
        """List everybody for whom `home`'s things are not there, by what makes them strangers."""
        return {
            "another region": list(self.abroad.company.people.values()),
            "another coordination of the region": [
                person for person in self.sibling.company.people.values() if person.role is not Role.DRAC_ADVISER
            ],
            "another organisation": list(self.neighbour.people.values()),
            "a dashboard": [self.nation[Role.DASHBOARD]],
        }

    @property
    def others(self) -> tuple[Ground, Ground]:
        return self.sibling, self.abroad

    def insiders(self) -> Mapping[Role, Person]:
        """Give whoever has each role in `home`'s dossier, or for the whole nation."""
        return {**self.home.company.people, **self.nation, Role.OPERATOR: self.office.operator}

    async def token(self, who: Person, scope: str | None = None) -> str:
        """Give a token; the same one for as long as these tests last."""
        key = (who.credentials.client_id, scope)
        if key not in self._tokens:
            self._tokens[key] = await self.office.token(who, scope)
        return self._tokens[key]


async def set_up(office: Office, letterbox: Letterbox, port: int) -> Scene:
    """Make it all; whoever keeps the letterbox may go when it is made."""
    near, beside, far = await grounds.free_places(office)
    dracs = await asyncio.gather(
        _drac(office, "drac", near.department, beside.department), _drac(office, "other drac", far.department)
    )
    home, sibling, abroad, neighbour = await asyncio.gather(
        grounds.settle(office, "home", near, dracs[0]),
        grounds.settle(office, "sibling", beside, dracs[0]),
        grounds.settle(office, "abroad", far, dracs[1]),
        grounds.gather_company(office, "neighbour", near.communes[1]),
    )
    people = {person.role: person for person in await asyncio.gather(*(_national(office, role) for role in NATION))}
    coordinator = home[Role.REGIONAL_COORDINATOR]
    subscription = await subscribe(office, coordinator, letterbox, port)
    film = await _film(office, people[Role.NATIONAL_COORDINATION], home)
    campaign_id = await opened(office, home)
    dossier, untold, theirs, others = await asyncio.gather(
        told(office, home, campaign_id),
        screening(office, home, campaign_id, film["film_id"]),
        beginning(office, sibling),
        beginning(office, abroad),
    )
    draft = await office.write(coordinator, "/v1/campaigns", a_campaign(f"{office.run}, prochaine"), at=OCTOBER)
    sequence = await subscription.delivered()
    await subscription.do("pause")
    things = {**untold.things, "report_id": dossier.things["report_id"], **film, **_places(home)}
    things |= {"endpoint_id": subscription.id, "endpoint": subscription.id, "sequence": sequence}
    things |= {"campaign_id": draft["id"], "open_campaign_id": campaign_id}
    things |= {"aggregate": "project", "record_id": untold.things["project_id"]}
    things |= await _described(office, people[Role.NATIONAL_COORDINATION], home)
    things |= await _feed(office, coordinator)
    return Scene(
        office=office,
        home=home,
        sibling=sibling,
        abroad=abroad,
        neighbour=neighbour,
        nation=people,
        things=things,
        subscription=subscription,
        private=dossier.ids | untold.ids | {subscription.id, draft["id"], things["feed_id"]},
        elsewhere=theirs.ids | others.ids,
    )


async def _feed(office: Office, coordinator: Person) -> dict[str, str]:
    """Have a calendar of the coordination's sessions, with the key that opens it."""
    body = {"of": "sessions", "coordination_id": coordinator.coordination_id}
    feed = await office.write(coordinator, "/v1/calendar-feeds", body)
    return {"feed_id": feed["id"], "key": feed["address"].partition("?key=")[2]}


async def _drac(office: Office, name: str, *departments: str) -> Person:
    organisation_id = await office.organisation(name, "state_service")
    return await office.client(name, Role.DRAC_ADVISER, organisation_id, codes=departments)


async def _national(office: Office, role: Role) -> Person:
    return await office.client(role, role, await office.organisation(role, NATION[role]))


async def _film(office: Office, nation: Person, home: Ground) -> dict[str, str]:
    """Enter a film with a visa, an offer of its rights, a copy of it, and a list of the coordination's."""
    number = str(100_000 + int(office.run, 16) % 900_000)
    visa = {"number": number, "issued_on": "1999-06-01"}
    film = await office.write(nation, "/v1/films", {"title": f"Film {office.run}", "visas": [visa], **_SHOWABLE})
    offer = {
        "film_id": film["id"],
        "holder_id": home.company.organisations["cinema"],
        "uses": ["commercial"],
        "territories": ["metropolitan"],
        "versions": ["vo"],
        "starts_on": "2024-01-01",
        "ends_on": "2030-12-31",
    }
    offered = await office.write(nation, "/v1/rights-offers", offer)
    things = {"film_id": film["id"], "number": number, "offer_id": offered["id"]}
    listing = {"scheme": "open_air", "year": 2025, "title": "Plein air", "coordination_id": home.coordination_id}
    listed = await office.write(home[Role.REGIONAL_COORDINATOR], "/v1/film-lists", listing)
    things["list_id"] = listed["id"]
    things["conflict_id"] = await _conflict(office, nation, film)
    return things | await _copy(office, nation, film["id"], offer["holder_id"])


async def _copy(office: Office, nation: Person, film_id: str, holder_id: str) -> dict[str, str]:
    """Register a copy of the film, with a key that opens it."""
    lent = {"film_id": film_id, "holder_id": holder_id, "format": "dcp", "encrypted": True, "transit_days": 2}
    copy = await office.write(nation, "/v1/copies", lent)
    window = {"screen": "Salle 1", "opens_at": "2025-07-17T08:00:00Z", "closes_at": "2025-07-20T08:00:00Z"}
    here = f"/v1/copies/{copy['id']}"
    opened = await office.write(nation, f"{here}/keys", window, seen=here)
    return {"copy_id": copy["id"], "key_id": opened["keys"][0]["id"]}


async def _conflict(office: Office, nation: Person, film: dict[str, Any]) -> str:
    """Merge a duplicate into a film that it contradicts, and in nothing else differs from."""
    twin = await office.write(nation, "/v1/films", {"title": film["title"], "duration_minutes": 91})
    path = f"/v1/films/{twin['id']}"
    await office.write(nation, f"{path}/merge", {"into": film["id"]}, seen=path)
    said = await office.read(nation, f"/v1/films/{film['id']}/provenance")
    return str(said["conflicts"][0]["id"])


_SHOWABLE: Mapping[str, Any] = {"classification": "all", "versions": ["vo"], "duration_minutes": 90}


async def _described(office: Office, nation: Person, home: Ground) -> dict[str, str]:
    """Describe what the published lists of territories may lack, and find the rest."""
    commune, department = home.place.communes[0], home.place.department
    district: dict[str, Any] = {
        "code": f"QN{department:0>3}99Z",
        "name": "Quartier",
        "municipalities": [commune],
        "source": "essai",
        "source_date": "2025-01-01",
    }
    await office.write(nation, f"/v1/territories/{VINTAGE}/districts", district)
    found = await office.read(nation, f"/v1/territories/{VINTAGE}/municipalities/{commune}")
    return {"districts.code": district["code"], "siren": found["intermunicipality"]["siren"]}


def _places(home: Ground) -> dict[str, str]:
    return {
        "vintage": str(VINTAGE),
        "department": home.place.department,
        "municipalities.code": home.place.communes[0],
        "figures.code": "I17",
        "coordination_id": home.coordination_id,
        "organisation_id": home.company.organisations["association"],
        "client_id": home[Role.PROJECT_HOLDER].credentials.client_id,
    }

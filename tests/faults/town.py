"""A coordination of the experiments' own, and what they ask of the house in its name."""

import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from common.contracts.access import Role
from demo.gateway import PATIENCE_S, Gateway
from tests.conftest import House
from tests.e2e import ground as grounds
from tests.e2e.dossier import JANUARY, money, opened
from tests.e2e.ground import Ground
from tests.e2e.people import Office, operator_of
from tests.faults.asking import Client

TOKEN_GOOD_FOR_S = 480
"""Of the ten minutes that a token lasts."""


@dataclass(slots=True)
class Town:
    """Who asks, in which campaign."""

    house: House
    office: Office
    ground: Ground
    campaign_id: str
    _tokens: dict[Role, tuple[str, float]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.house.environment["GATEWAY_URL"]

    async def headers(self, role: Role = Role.PROJECT_HOLDER) -> dict[str, str]:
        """Give what a request must carry to be heard, on the campaign's day."""
        token, until = self._tokens.get(role, ("", 0.0))
        if time.monotonic() > until:
            token = await self.office.token(self.ground[role])
            self._tokens[role] = token, time.monotonic() + TOKEN_GOOD_FOR_S
        return {
            "authorization": f"Bearer {token}",
            "content-type": "application/json",
            "sandbox-date": JANUARY.isoformat(),
        }

    async def client(self, role: Role = Role.PROJECT_HOLDER, url: str = "") -> Client:
        return Client(url or self.url, await self.headers(role))

    def project(self, title: str) -> bytes:
        """Write a project of one line of funding: the least that is whole."""
        return json.dumps(a_small_project(self.ground, self.campaign_id, title)).encode()

    def change(self, title: str) -> bytes:
        """Write such a project anew: what it is asked for stays in its campaign."""
        body = a_small_project(self.ground, self.campaign_id, title)
        return json.dumps({name: value for name, value in body.items() if name != "campaign_id"}).encode()


def a_small_project(ground: Ground, campaign_id: str, title: str) -> Mapping[str, Any]:
    return {
        "campaign_id": campaign_id,
        "title": title,
        "main_municipality": ground.place.communes[0],
        "lines": [{"funder_id": ground.drac.organisation_id, "kind": "passeurs", "asked": money("1000.00")}],
        "forecast": {"charges": [{"label": "Intervenant", "amount": money("1000.00")}]},
    }


@asynccontextmanager
async def settled(house: House) -> AsyncIterator[Town]:
    """Found a town in a house: a coordination where there is none yet, and an open campaign."""
    url = house.environment["GATEWAY_URL"]
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_S, trust_env=False) as http:
        office = Office(Gateway(http), operator_of(house.environment))
        place, _, _ = await grounds.free_places(office)
        organisation_id = await office.organisation("drac", "state_service")
        drac = await office.client("drac", Role.DRAC_ADVISER, organisation_id, codes=[place.department])
        ground = await grounds.settle(office, "faults", place, drac)
        yield Town(house, office, ground, await opened(office, ground))

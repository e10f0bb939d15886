"""A region made up for the bench: a coordination in a département that nobody covers, a holder, an open campaign."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from demo.gateway import Answer, Credentials, Gateway, Write, problem

DEPARTMENTS: Mapping[str, tuple[str, str]] = {
    "35": ("53", "35238"),
    "22": ("53", "22278"),
    "29": ("53", "29232"),
    "56": ("53", "56260"),
    "14": ("28", "14118"),
    "27": ("28", "27229"),
    "50": ("28", "50502"),
    "61": ("28", "61001"),
    "76": ("28", "76540"),
    "18": ("24", "18033"),
    "28": ("24", "28085"),
    "36": ("24", "36044"),
    "37": ("24", "37261"),
    "41": ("24", "41018"),
    "45": ("24", "45234"),
}
"""Départements with their region and a commune of theirs, by Insee codes."""


class NotSetUp(Exception):
    """The house refused what the bench needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Who takes part, and in which campaign."""

    coordinator: Credentials
    holder: Credentials
    funder_id: str
    campaign_id: str
    commune: str


async def found(gateway: Gateway, operator: Credentials) -> Region:
    """Set a region up in the first département that is free; every run has its own."""
    setting = _Setting(gateway, operator, secrets.token_hex(6))
    drac_id = await setting.organisation("DRAC", "state_service")
    coordination_org = await setting.organisation("Coordination", "coordination")
    holder_id = await setting.organisation("Porteur", "popular_education", **_identified())
    drac = await setting.client("drac_adviser", drac_id, codes=list(DEPARTMENTS))
    department, coordination_id = await setting.coordination(drac, coordination_org)
    coordinator = await setting.client("regional_coordinator", coordination_org, coordination_id=coordination_id)
    return Region(
        coordinator=coordinator,
        holder=await setting.client("project_holder", holder_id),
        funder_id=drac_id,
        campaign_id=await setting.campaign(coordinator),
        commune=DEPARTMENTS[department][1],
    )


async def another_campaign(gateway: Gateway, operator: Credentials, made: Region) -> str:
    """Open one campaign more of the region's coordination; return its id."""
    return await _Setting(gateway, operator, secrets.token_hex(6)).campaign(made.coordinator)


@dataclass(frozen=True, slots=True)
class _Setting:
    """What setting up needs to know: the way in, who may, and a word that names this run."""

    gateway: Gateway
    operator: Credentials
    run: str

    async def organisation(self, name: str, kind: str, **more: Any) -> str:
        body = {"name": f"{name} {self.run} (banc d’essai)", "kind": kind, "valid_from": "2024-01-01", **more}
        return str((await self.write(self.operator, "/v1/organisations", body))["id"])

    async def client(self, role: str, organisation_id: str, **more: Any) -> Credentials:
        body = {"name": f"{role} {self.run}", "role": role, "organisation_id": organisation_id, **more}
        made = await self.write(self.operator, "/v1/api-clients", body)
        return Credentials(made["client_id"], made["client_secret"])

    async def coordination(self, drac: Credentials, organisation_id: str) -> tuple[str, str]:
        for department, (region, _) in DEPARTMENTS.items():
            body = {
                "organisation_id": organisation_id,
                "region": region,
                "departments": [department],
                "valid_from": "2024-01-01",
            }
            answer = await self.ask(drac, "/v1/coordinations", body, key=f"{self.run}-{department}")
            if answer.good:
                return department, answer.body["id"]
        raise NotSetUp("No département is free; `make clean` begins anew.")

    async def campaign(self, coordinator: Credentials) -> str:
        rules = {"deadline_on": "2100-01-01"}
        body = {"year": 2025, "title": f"Banc d’essai {self.run}", "ends_on": "2100-12-31", "rules": rules}
        campaign_id: str = (await self.write(coordinator, "/v1/campaigns", body))["id"]
        path = f"/v1/campaigns/{campaign_id}"
        await self.write(coordinator, f"{path}/open", None, seen=path)
        return campaign_id

    async def ask(
        self, who: Credentials, path: str, body: Mapping[str, Any] | None, *, key: str = "", seen: str | None = None
    ) -> Answer:
        return await self.gateway.write(who, Write(path=path, body=body, key=key or secrets.token_hex(16), seen=seen))

    async def write(
        self, who: Credentials, path: str, body: Mapping[str, Any] | None, *, seen: str | None = None
    ) -> dict[str, Any]:
        answer = await self.ask(who, path, body, seen=seen)
        if not answer.good:
            raise NotSetUp(f"{path}: {problem(answer)}")
        said: dict[str, Any] = answer.body
        return said


def _identified() -> dict[str, Any]:
    """Say that an organisation holds projects, under a number of its own (R29)."""
    return {"roles": ["project_holder"], "rna": f"W{secrets.randbelow(10**9):09}"}

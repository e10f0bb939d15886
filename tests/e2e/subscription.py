"""A webhook endpoint of somebody's, played by the receiver, with something delivered to it."""

import secrets
from dataclasses import dataclass
from typing import Any

from demo.gateway import Answer, Write
from demo.letters import Letterbox
from tests.e2e.people import Office, Person
from tests.waiting import until

PATH = "/v1/webhooks/endpoints"
VERIFIED_WITHIN_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """An endpoint that has been verified."""

    office: Office
    owner: Person
    id: str
    path: str
    """Where the receiver has it."""

    @property
    def here(self) -> str:
        return f"{PATH}/{self.id}"

    async def do(self, verb: str, body: Any = None) -> Answer:
        """Change it from the version it has now."""
        return await self.office.ask(self.owner, f"{self.here}/{verb}", body, seen=self.here)

    async def remove(self) -> None:
        """End it: nobody listens there any more."""
        write = Write(method="DELETE", path=self.here, key=f"remove-{self.id}", seen=self.here)
        await self.office.gateway.write(self.owner.credentials, write)

    async def delivered(self) -> str:
        """Send an event that says nothing, and wait until it has arrived; give its number."""
        await self.office.write(self.owner, f"{self.here}/test", seen=self.here)

        async def done() -> object:
            listed = await self.office.read(self.owner, f"{self.here}/deliveries", state="done")
            return listed["items"]

        items: Any = await until(done)
        return str(items[0]["sequence"])


async def subscribe(office: Office, owner: Person, letterbox: Letterbox, port: int, *types: str) -> Subscription:
    """Register an endpoint and have it verified."""
    path = f"/{secrets.token_hex(8)}"
    body = {"url": f"https://127.0.0.1:{port}{path}", "event_types": list(types) or ["*"]}
    made = await office.write(owner, PATH, body)
    letterbox.tell(path, made["secret"])
    subscription = Subscription(office=office, owner=owner, id=made["id"], path=path)
    await subscription.do("verify")

    async def active() -> bool:
        return bool((await office.read(owner, subscription.here))["state"] == "active")

    await until(active, within_s=VERIFIED_WITHIN_S)
    return subscription

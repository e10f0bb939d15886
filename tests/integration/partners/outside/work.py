"""A worker of the webhooks, in this process, at the pace a test wants."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from common.consumer import Message
from partners.clients.guard import trusting
from partners.clients.keyfile import Seal
from partners.clients.names import Names
from partners.clients.receiver import Receivers
from partners.domain.schedule import Breaker, Patience, Schedule
from partners.jobs import challenges, sweeper
from partners.jobs.dispatch import Lanes, Pace, Post
from partners.settings import Settings
from stack.certificates import Certificates
from tests.integration.partners.outside.house import Endpoint, House, Partner
from tests.integration.partners.outside.receiver import Receiver, sandbox
from tests.waiting import until

SOON = Schedule(delays_s=(0.02, 0.02, 0.02))
OWN_NAME = "api.passeurs.example"
NEVER = Breaker(failures_in_a_row=1_000, window_tries=10_000)


@dataclass(frozen=True)
class Around:
    """What a worker works between."""

    house: House
    receiver: Receiver
    authority: Certificates
    settings: Settings


@dataclass
class Working:
    """A worker under way."""

    house: House
    receiver: Receiver
    poke: asyncio.Event

    async def hear(self, *messages: Message) -> int:
        heard = await self.house.hear(*messages)
        self.poke.set()
        return heard

    async def subscribed(self, partner: Partner, path: str, *event_types: str, **more: object) -> Endpoint:
        """Subscribe a path of the receiver, and wait until it is verified."""
        endpoint = await partner.endpoint(self.receiver.url(path), *event_types, **more)
        await self.verified(endpoint)
        return endpoint

    async def verified(self, endpoint: Endpoint) -> None:
        assert (await endpoint.do("verify")).status_code == 202
        await until(lambda: _is(endpoint, "active"))


async def _is(endpoint: Endpoint, state: str) -> bool:
    return await endpoint.state() == state


def post(receivers: Receivers, settings: Settings, *, schedule: Schedule = SOON, breaker: Breaker = NEVER) -> Post:
    return Post(receivers=receivers, seal=Seal(settings.webhook_sealing_keys_file), schedule=schedule, breaker=breaker)


@asynccontextmanager
async def receivers(
    around: Around, *, deadline_s: float = 1, name_servers: Sequence[str] = ()
) -> AsyncIterator[Receivers]:
    destinations, trusted = sandbox(around.receiver.port), trusting(around.authority.authority)
    async with (
        Names(OWN_NAME, servers=name_servers) as names,
        Receivers(destinations, trusted=trusted, deadline_s=deadline_s, resolver=names.resolve) as receivers,
    ):
        yield receivers


@asynccontextmanager
async def working(
    around: Around,
    *,
    schedule: Schedule = SOON,
    breaker: Breaker = NEVER,
    patience: Patience | None = None,
    pace: Pace | None = None,
    deadline_s: float = 1,
    owner: str = "1",
    name_servers: Sequence[str] = (),
) -> AsyncIterator[Working]:
    """Work until the block is left; what is under way then ends first."""
    poke, house = asyncio.Event(), around.house
    async with receivers(around, deadline_s=deadline_s, name_servers=name_servers) as pool:
        means = post(pool, around.settings, schedule=schedule, breaker=breaker)
        lanes = Lanes(house.db, means, owner=owner, poke=poke, pace=pace or Pace(grace_s=deadline_s))
        tasks = [
            asyncio.create_task(lanes.run()),
            asyncio.create_task(challenges.run(house.db, means, poll_s=0.02)),
            asyncio.create_task(sweeper.run(house.db, every_s=0.2, patience=patience or Patience())),
        ]
        try:
            yield Working(house, around.receiver, poke)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            assert [one for one in ended if not isinstance(one, asyncio.CancelledError)] == []


async def all_done(*endpoints: Endpoint) -> bool:
    """Tell whether everything has arrived."""
    return all([set((await endpoint.states()).values()) == {"done"} for endpoint in endpoints])

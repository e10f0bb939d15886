"""A whole performance: everybody gathered, every step played, the outcome looked at, the stage left as it was."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx

from common.contracts.access import Role
from demo import endpoints, facts, ledger, letters, outcome, shapes
from demo.cast import Cast, Impossible
from demo.checking import OPERATOR
from demo.comparing import Difference, Trouble
from demo.dossier import Dossier, Step
from demo.gateway import Credentials, Gateway, Unanswered
from demo.letters import Letterbox, NoReceiver
from demo.names import Names
from demo.observing import Observer
from demo.player import Broken, Player
from demo.settings import Settings
from demo.telling import Teller

REQUEST_S = 10
"""For one answer; more than any deadline of the house."""

Before = Callable[[int, Step], Awaitable[None]]


async def _nothing(_n: int, _step: Step) -> None:
    """Do nothing before a step."""


async def not_understood(dossier: Dossier, settings: Settings) -> list[Trouble]:
    """List what of a dossier the API of this house would not know, before anything is played."""
    async with _gateway(settings) as gateway:
        document = await gateway.read("/openapi.json", None)
    return list(shapes.unknown(document.body, dossier))


async def perform(dossier: Dossier, settings: Settings, teller: Teller, *, before: Before = _nothing) -> None:
    """Play a dossier once; the teller knows what differed.  `before` is called ahead of each step."""
    teller.title()
    try:
        async with (
            _gateway(settings) as gateway,
            letters.receiving(settings) as letterbox,
            ledger.listening(settings.kafka_bootstrap_servers) as heard,
        ):
            cast = Cast(gateway, dossier, secrets.token_hex(4), Names())
            cast.clients[OPERATOR] = Credentials(OPERATOR, settings.operator_secret())
            observer = Observer(cast, heard, letterbox, await _prepared(cast, letterbox, settings, teller))
            await _played(Player(cast, observer), teller, before)
            await endpoints.close_all(cast, observer.endpoints)
    except Impossible as refused:
        teller.differ([Difference(refused.part, str(refused))])
    except (NoReceiver, Unanswered) as lost:
        teller.differ([Difference((), str(lost))])


async def _prepared(
    cast: Cast, letterbox: Letterbox, settings: Settings, teller: Teller
) -> dict[str, endpoints.Endpoint]:
    dossier = cast.dossier
    await cast.gather()
    teller.beforehand(f"{len(dossier.organisations)} organisations, {len(dossier.clients)} API clients")
    await facts.lay_down(cast, cast.clients[dossier.client_of(Role.NATIONAL_COORDINATION)])
    teller.beforehand(f"{len(dossier.territories)} territories, {len(dossier.films)} films")
    opened = await endpoints.open_all(cast, letterbox, settings.receiver_port)
    teller.beforehand(f"{len(opened)} webhook endpoints, verified")
    return opened


async def _played(player: Player, teller: Teller, before: Before) -> None:
    steps = player.cast.dossier.steps
    await player.begin()
    for n, step in enumerate(steps):
        teller.before(n, step)
        await before(n, step)
        try:
            teller.after(n, await player.play(n, step))
        except Broken as broken:
            teller.after(n, broken.played)
            return
        except Unanswered as lost:
            teller.differ([Difference(("steps", n), str(lost))])
            return
    teller.outcome(await outcome.looked_at(player))


@asynccontextmanager
async def _gateway(settings: Settings) -> AsyncIterator[Gateway]:
    async with httpx.AsyncClient(base_url=settings.gateway_url, timeout=REQUEST_S) as http:
        yield Gateway(http)

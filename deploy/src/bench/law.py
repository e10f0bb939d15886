"""Film law asked through the gateway: of one session that might be planned, and of campaigns of five hundred.

A campaign may have them in a few long actions, or in as many actions as sessions: both are asked for, page by page.
`BENCH_ACTIONS` (500) is how many the second one has.

A client may ask twenty times a second: pauses between questions are not counted, since only the answers are timed.
"""

import asyncio
import secrets
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx

from bench import region
from bench.figures import Measured, percentile, tell
from bench.region import NotSetUp, Region
from demo.gateway import Credentials, Gateway, Write, problem
from demo.settings import Settings

ACTIONS = 10
SESSIONS = 50
"""Of each action."""
SPREAD = 500
"""Actions of one session each, of another campaign."""
PER_PROJECT = 50
"""Actions that a project may begin with."""
ASKED = 300
CAMPAIGN_ASKED = 30
PAGE = 100
WARM_UP = 50
EVERY_S = 0.06
TIMEOUT_S = 10.0
FIRST_ON = date(2099, 6, 1)


async def measure(environ: Mapping[str, str]) -> None:
    """Plan screenings, then ask."""
    secret = (await asyncio.to_thread(Path(environ["OPERATOR_SECRET_FILE"]).read_text, "ascii")).strip()
    settings, operator = Settings.read({**environ}), Credentials("operator", secret)
    async with httpx.AsyncClient(base_url=settings.gateway_url, timeout=TIMEOUT_S) as client:
        gateway = Gateway(client)
        spread = int(environ.get("BENCH_ACTIONS", SPREAD))
        sys.stderr.write(f"→ setting a region up, and planning {ACTIONS * SESSIONS} and {spread} sessions\n")
        made = await region.found(gateway, operator)
        asking = _Asking(gateway, made, await _film(gateway, operator))
        days = [FIRST_ON + timedelta(days=n) for n in range(SESSIONS)]
        paths = await asking.planned(made.campaign_id, [days] * ACTIONS)
        tell(await asking.one(paths[0]))
        tell(await asking.campaign("law.campaign_500", made.campaign_id, ACTIONS * SESSIONS))
        wide = await region.another_campaign(gateway, operator, made)
        await asking.spread(wide, spread)  # after the others were timed: what it leaves to do would be in their way
        tell(await asking.campaign(f"law.campaign_{spread}_actions", wide, spread))


async def _film(gateway: Gateway, operator: Credentials) -> str:
    """Enter a film that may be shown, by the national coordination."""
    run = secrets.token_hex(4)
    body = {"name": f"Nation {run}", "kind": "cultural_association", "valid_from": "2024-01-01"}
    organisation = await _must(gateway, operator, "/v1/organisations", body)
    client = {"name": f"nation {run}", "role": "national_coordination", "organisation_id": organisation["id"]}
    made = await _must(gateway, operator, "/v1/api-clients", client)
    visa = {"number": str(100_000 + int(run, 16) % 900_000), "issued_on": "1999-06-01"}
    film = {"title": f"Film {run}", "visas": [visa], "classification": "all", "duration_minutes": 90}
    nation = Credentials(made["client_id"], made["client_secret"])
    return str((await _must(gateway, nation, "/v1/films", film))["id"])


class _Asking:
    """A holder with its screenings."""

    def __init__(self, gateway: Gateway, made: Region, film_id: str) -> None:
        self._gateway, self._made, self._film_id = gateway, made, film_id

    async def spread(self, campaign_id: str, actions: int) -> None:
        """Plan as many actions of one session each, every one on a day of its own; projects are begun all at once."""
        days = [FIRST_ON + timedelta(days=SESSIONS + n) for n in range(actions)]
        projects = [days[n : n + PER_PROJECT] for n in range(0, actions, PER_PROJECT)]
        await asyncio.gather(*(self.planned(campaign_id, [[day] for day in one]) for one in projects))

    async def planned(self, campaign_id: str, days: Sequence[Sequence[date]]) -> list[str]:
        """Draft a project with a screening for each list of days, and plan its sessions on them."""
        action = {
            "action_type": "closed_room_screening",
            "setting": "indoors",
            "period": {"first_on": "2099-06-01", "last_on": "2099-12-31"},
            "places": [{"label": "Salle", "municipality": self._made.commune}],
        }
        project = {
            "campaign_id": campaign_id,
            "title": "Cinéma",
            "main_municipality": self._made.commune,
            "forecast": {"charges": []},
            "actions": [{**action, "title": f"Séances {n}"} for n in range(len(days))],
        }
        project_id = (await _must(self._gateway, self._made.holder, "/v1/projects", project))["id"]
        listed = await self._gateway.read("/v1/actions", self._made.holder, project_id=project_id, limit=str(PAGE))
        paths = [f"/v1/actions/{one['id']}" for one in listed.body["items"]]
        for path, on in zip(paths, days, strict=True):
            for day in on:
                await asyncio.sleep(EVERY_S)
                await _must(self._gateway, self._made.holder, f"{path}/sessions", self._session(day), seen=path)
        return paths

    async def one(self, path: str) -> list[Measured]:
        """Ask for one session that might be planned, again and again."""
        body = {"session": self._session(FIRST_ON + timedelta(days=SESSIONS))}
        took = [1000 * await self._timed(path, body) for _ in range(WARM_UP + ASKED)][WARM_UP:]
        return [
            Measured(name="law.check.p50_ms", value=round(percentile(took, 0.5), 2), unit="ms"),
            Measured(name="law.check.p99_ms", value=round(percentile(took, 0.99), 2), unit="ms"),
        ]

    async def campaign(self, name: str, campaign_id: str, sessions: int) -> list[Measured]:
        """Ask how a whole campaign stands, page by page, again and again."""
        took = [1000 * await self._walked(campaign_id, sessions) for _ in range(CAMPAIGN_ASKED)]
        return [
            Measured(name=f"{name}.p50_ms", value=round(percentile(took, 0.5), 1), unit="ms"),
            Measured(name=f"{name}.max_ms", value=round(max(took), 1), unit="ms"),
        ]

    async def _walked(self, campaign_id: str, planned: int) -> float:
        """Judge every session of a campaign once, and give how long the answers took."""
        path = f"/v1/campaigns/{campaign_id}/verdicts"
        took, sessions, after = 0.0, 0, dict[str, str]()
        while True:
            await asyncio.sleep(EVERY_S)
            began = time.perf_counter()
            answer = await self._gateway.read(path, self._made.holder, limit=str(PAGE), **after)
            took += time.perf_counter() - began
            if not answer.good:
                raise NotSetUp(f"{path}: {problem(answer)}")
            sessions += sum(one["sessions"] for one in answer.body["items"])
            if answer.body["next"] is None:
                break
            after = {"after": answer.body["next"]}
        if sessions != planned:
            raise NotSetUp(f"{path}: {sessions} sessions of {planned}")
        return took

    def _session(self, on: date) -> dict[str, Any]:
        return {
            "held_on": on.isoformat(),
            "starts_at": "20:30",
            "responsible": "direction",
            "programme": [{"film_id": self._film_id}],
        }

    async def _timed(self, path: str, body: Mapping[str, Any]) -> float:
        """Ask once, and give how long the answer took."""
        await asyncio.sleep(EVERY_S)
        began = time.perf_counter()
        answer = await self._gateway.write(
            self._made.holder, Write(path=f"{path}/check", body=body, key=secrets.token_hex(16))
        )
        took = time.perf_counter() - began
        if not answer.good:
            raise NotSetUp(f"{path}: {problem(answer)}")
        return took


async def _must(
    gateway: Gateway, who: Credentials, path: str, body: Mapping[str, Any], *, seen: str | None = None
) -> dict[str, Any]:
    answer = await gateway.write(who, Write(path=path, body=body, key=secrets.token_hex(16), seen=seen))
    if not answer.good:
        raise NotSetUp(f"{path}: {problem(answer)}")
    said: dict[str, Any] = answer.body
    return said

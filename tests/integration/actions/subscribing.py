"""Calendars as a program of somebody's reads them: by the address that it was given once, and by nothing else."""

from collections.abc import Mapping
from typing import Any

import httpx

from tests import calendars
from tests.calendars import Event
from tests.integration.actions.journeys import MARCH
from tests.integration.actions.people import ISSUER, Desk, Person, a_grant

FEEDS = "/v1/calendar-feeds"


async def made(desk: Desk, who: Person, of: str = "sessions", **subject: Any) -> httpx.Response:
    """Make a feed, which must succeed, once it has been heard what its maker may do."""
    await desk.hear("access_grant", a_grant(who))
    answer = await desk.post(FEEDS, who, {"of": of, **{name: str(one) for name, one in subject.items()}}, at=MARCH)
    assert answer.status_code == 201, answer.text
    return answer


async def subscribed(desk: Desk, who: Person, of: str = "sessions", **subject: Any) -> str:
    """Make a feed; give the address that its maker would give to a calendar program."""
    address: str = (await made(desk, who, of, **subject)).json()["address"]
    return address


async def asked(desk: Desk, address: str, *, at: str = MARCH, **headers: str) -> httpx.Response:
    """Ask for a calendar as programs do: without a token."""
    assert address.startswith(f"{ISSUER}/v1/calendars/")
    said = {"sandbox-date": at, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return await desk.http.get(address.removeprefix(ISSUER), headers=said)


async def shown(desk: Desk, address: str, *, at: str = MARCH) -> Mapping[str, Event]:
    """Read a calendar with another program's parser, and hold it to what programs insist on."""
    answer = await asked(desk, address, at=at)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8"), answer.text
    return calendars.read(answer.content)


async def days(desk: Desk, address: str, *, at: str = MARCH) -> list[str]:
    """Tell on which days there is something."""
    return sorted(f"{event.dtstart.value:%Y-%m-%d}" for event in (await shown(desk, address, at=at)).values())

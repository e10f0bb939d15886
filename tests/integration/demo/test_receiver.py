"""The receiver: believes only what is signed, keeps what it has acknowledged, and comes back when it is killed."""

import os
import signal
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from demo.letters import Letterbox, NoReceiver, receiving
from demo.receiver import CHALLENGE, DELIVERIES
from demo.settings import Settings
from stack import certificates
from stack.folder import Folder
from stack.ports import Ports
from tests.waiting import until

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PATH = "/run/ville"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = Folder(tmp_path)
    folder.prepare()
    made = certificates.prepare(folder, now=datetime.now(UTC))
    return Settings(
        gateway_url="http://127.0.0.1:1",
        operator_secret_file=tmp_path / "none",
        kafka_bootstrap_servers="",
        receiver_port=Ports(tmp_path / "ports.json").named("receiver"),
        receiver_certificate=made.receiver,
        receiver_key=made.receiver_key,
        receiver_folder=tmp_path / "receiver",
    )


@pytest.fixture
async def letterbox(settings: Settings) -> AsyncIterator[Letterbox]:
    async with receiving(settings) as there:
        there.tell(PATH, SECRET)
        yield there


@pytest.fixture
async def sender(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who trusts the sandbox's authority, and no other."""
    trusted = ssl.create_default_context(cafile=str(settings.receiver_certificate.parent / "authority.pem"))
    address = f"https://127.0.0.1:{settings.receiver_port}"
    async with httpx.AsyncClient(base_url=address, verify=trusted, trust_env=False) as client:
        yield client


def an_event(**changed: Any) -> dict[str, Any]:
    said = {"type": "fr.passeursdimages.action.held.v1", "subject": "a-1", "sequence": 1, "data": {}}
    return {**said, **changed}


async def send(
    sender: httpx.AsyncClient, event: dict[str, Any], *, secret: str = SECRET, webhook_id: str = "e-1", path: str = PATH
) -> httpx.Response:
    body = httpx.Request("POST", "https://x", json=event).content
    now = datetime.now(UTC)
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, now, body.decode()),
        "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01",
    }
    return await sender.post(path, content=body, headers=headers)


async def test_what_is_signed_is_kept_once_and_told_again(sender: httpx.AsyncClient, letterbox: Letterbox):
    for _ in range(2):
        assert (await send(sender, an_event())).status_code == 200
    first, second = letterbox.arrived(PATH)
    assert (first.id, first.name, first.sequence, first.trace, first.again) == ("e-1", "action.held", 1, TRACE, False)
    assert second.again
    assert letterbox.arrived("/run/other") == []


async def test_another_signature_is_not_believed(sender: httpx.AsyncClient, letterbox: Letterbox):
    answer = await send(sender, an_event(), secret="whsec_" + "A" * 32)
    assert (answer.status_code, letterbox.arrived(PATH)) == (401, [])


async def test_without_a_signature_nothing_is_believed(sender: httpx.AsyncClient, letterbox: Letterbox):
    answer = await sender.post(PATH, json=an_event())
    assert (answer.status_code, letterbox.arrived(PATH)) == (401, [])


async def test_what_is_no_event_is_refused(sender: httpx.AsyncClient, letterbox: Letterbox):
    answer = await send(sender, {"hello": "world"})
    assert (answer.status_code, letterbox.arrived(PATH)) == (400, [])


@pytest.mark.usefixtures("letterbox")
async def test_an_endpoint_that_nobody_has_told_of_is_not_there(sender: httpx.AsyncClient):
    assert (await send(sender, an_event(), path="/run/nobody")).status_code == 404


async def test_a_challenge_is_echoed_and_not_kept(sender: httpx.AsyncClient, letterbox: Letterbox):
    answer = await send(sender, an_event(type=CHALLENGE, data={"challenge": "abc"}))
    assert (answer.json(), letterbox.arrived(PATH)) == ({"challenge": "abc"}, [])


async def killed(letterbox: Letterbox) -> None:
    """Kill the receiver, and wait until another one is there."""
    before = letterbox.pid()
    os.kill(before, signal.SIGKILL)
    await until(lambda: letterbox.pid() != before)


async def sent_at_last(sender: httpx.AsyncClient, webhook_id: str) -> bool:
    try:
        return (await send(sender, an_event(), webhook_id=webhook_id)).status_code == 200
    except httpx.TransportError:
        return False


async def test_killed_it_comes_back_and_remembers(sender: httpx.AsyncClient, letterbox: Letterbox):
    await send(sender, an_event())
    await killed(letterbox)
    await until(lambda: sent_at_last(sender, "e-1"))
    assert [letter.again for letter in letterbox.arrived(PATH)] == [False, True]


async def test_what_a_crash_has_cut_off_is_no_delivery(sender: httpx.AsyncClient, letterbox: Letterbox):
    await send(sender, an_event())
    with (letterbox.folder / DELIVERIES).open("ab") as file:
        file.write(b'{"path": "/run/vi')
    await killed(letterbox)
    await until(lambda: sent_at_last(sender, "e-2"))
    assert [letter.id for letter in letterbox.arrived(PATH)] == ["e-1", "e-2"]


async def test_two_at_once_are_refused(settings: Settings, letterbox: Letterbox):
    with pytest.raises(NoReceiver, match="Another demonstration is playing"):
        async with receiving(settings):
            pass
    assert letterbox.pid() > 0


@pytest.mark.usefixtures("letterbox")
async def test_a_port_that_is_taken_is_named(settings: Settings, tmp_path: Path):
    elsewhere = settings.model_copy(update={"receiver_folder": tmp_path / "elsewhere"})
    with pytest.raises(NoReceiver, match=f"port {settings.receiver_port} may be taken"):
        async with receiving(elsewhere):
            pass

"""The receiver: an HTTPS server of its own process that knows nothing of the house but the secrets of its endpoints.

It verifies each delivery with the public Standard Webhooks library, writes it down before it says so, and echoes the
challenge that a new endpoint is asked.  Whatever ends it, what it has acknowledged is in its file.

    python -m demo.receiver FOLDER PORT CERTIFICATE KEY

FOLDER/secrets.json says under which path which secret signs; FOLDER/deliveries.jsonl is written to and never changed.
It ends when its standard input does: with whoever started it.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from standardwebhooks import Webhook, WebhookVerificationError

SECRETS = "secrets.json"
DELIVERIES = "deliveries.jsonl"
PID = "pid"
LOOK_EVERY_S = 0.01
CHALLENGE = "fr.passeursdimages.webhook_endpoint.verification.v1"
BODY_BYTES_MAX = 65_536

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


@dataclass(slots=True)
class Mailbox:
    """What the receiver keeps: one line a delivery, and which ids each endpoint has had already."""

    folder: Path
    seen: set[tuple[str, str]] = field(default_factory=set)

    def open(self) -> None:
        """Remember what an earlier process of ours has acknowledged; end the line that a crash has cut off."""
        written = _written(self.folder / DELIVERIES)
        self.seen.update((line["path"], line["webhook_id"]) for line in deliveries(written))
        if not written.endswith(b"\n"):
            self._append(b"\n")

    def secret(self, path: str) -> str | None:
        try:
            known = json.loads((self.folder / SECRETS).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return known.get(path) if isinstance(known, dict) else None

    def keep(self, path: str, headers: Mapping[str, str], event: Mapping[str, Any]) -> None:
        """Write a verified delivery down; one that was had before is written down as such."""
        key = (path, headers["webhook-id"])
        line = {
            "path": path,
            "webhook_id": headers["webhook-id"],
            "again": key in self.seen,
            "traceparent": headers.get("traceparent", ""),
            "received_at": time.monotonic(),  # of the whole machine: what happens here can be timed against it
            "event": event,
        }
        self._append(json.dumps(line).encode() + b"\n")
        self.seen.add(key)

    def _append(self, line: bytes) -> None:
        handle = os.open(self.folder / DELIVERIES, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)


def application(mailbox: Mailbox) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """Make the server: every path is an endpoint, if a secret is known for it."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        status, body = _judged(mailbox, scope["path"], headers, await _body(receive))
        kind = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": kind})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    return answer


def _judged(mailbox: Mailbox, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Mapping[str, Any]]:
    secret = mailbox.secret(path)
    if secret is None:
        return 404, {"error": "no such endpoint"}
    try:
        event = Webhook(secret).verify(body, dict(headers))
    except (WebhookVerificationError, ValueError) as error:
        return 401, {"error": str(error)}
    if not isinstance(event, dict) or not {"type", "subject"} <= set(event):
        return 400, {"error": "no event"}
    if event["type"] == CHALLENGE:
        return 200, {"challenge": event["data"]["challenge"]}
    mailbox.keep(path, headers, event)
    return 200, {}


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    more = True
    while more and len(body) <= BODY_BYTES_MAX:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)


def deliveries(written: bytes) -> Iterator[dict[str, Any]]:
    """Read what was written down; a line that a crash has cut off was never acknowledged."""
    for line in written.splitlines(keepends=True):
        with suppress(ValueError):
            if line.endswith(b"\n") and line.strip():
                yield json.loads(line)


def _written(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


async def serve(folder: Path, port: int, certificate: str, key: str) -> None:
    """Serve until standard input ends."""
    mailbox = Mailbox(folder)
    mailbox.open()
    config = uvicorn.Config(
        application(mailbox),
        host="127.0.0.1",
        port=port,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        log_level="critical",  # what it cannot do is told by how it ends
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,  # whoever keeps a connection open would be waited for, half a minute long
    )
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as group:
        followed = group.create_task(_until_left_alone(server))
        told = group.create_task(_say_when_started(server, folder))
        await server.serve()
        followed.cancel()
        told.cancel()


async def _say_when_started(server: uvicorn.Server, folder: Path) -> None:
    while not server.started:  # noqa: ASYNC110 - a flag is all that uvicorn has
        await asyncio.sleep(LOOK_EVERY_S)
    draft = folder / f"{PID}.draft"
    draft.write_text(str(os.getpid()), encoding="ascii")
    draft.replace(folder / PID)  # whoever looks sees the whole number, the old one or the new


async def _until_left_alone(server: uvicorn.Server) -> None:
    standard_input = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(standard_input), sys.stdin)
    await standard_input.read()
    server.should_exit = True


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]))

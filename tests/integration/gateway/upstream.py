"""What stands behind the gateway in its own tests: servers that say what they were asked, and an issuer of tokens."""

import asyncio
import json
import time
import uuid
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from tests.waiting import until

ISSUER = "https://auth.example"


@dataclass(slots=True)
class Issuer:
    """Signs tokens, the good ones and the bad."""

    key: ECKey = field(
        default_factory=lambda: ECKey.generate_key("P-256", {"kid": "one", "alg": "ES256", "use": "sig"})
    )

    def jwks(self) -> dict[str, Any]:
        return dict(KeySet([self.key]).as_dict(private=False))

    def token(self, *, key: ECKey | None = None, header: dict[str, str] | None = None, **claims: Any) -> str:
        """Make a good token; a claim given as None is left out."""
        now = int(time.time())
        good = {
            "iss": ISSUER,
            "aud": ["api"],
            "sub": "client-a",
            "client_id": "client-a",
            "iat": now,
            "exp": now + 600,
            "jti": str(uuid.uuid4()),
            "scope": "read",
            "role": "dashboard",
        }
        said = {name: value for name, value in (good | claims).items() if value is not None}
        return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": "one", **(header or {})}, said, key or self.key)


@dataclass(slots=True)
class Upstream:
    """One service's stand-in: echoes what it was asked, serves the key set, can be slow."""

    name: str
    port: int
    jwks: dict[str, Any]
    asked: list[str] = field(default_factory=list)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    _server: uvicorn.Server | None = None
    _task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        config = uvicorn.Config(
            self._app, port=self.port, log_level="error", lifespan="off", ws="none", interface="asgi3"
        )
        self._server = uvicorn.Server(config)
        self._server.capture_signals = nullcontext  # type: ignore[assignment]  # signals are the test runner's
        self._task = asyncio.create_task(self._server.serve())
        await until(lambda: self._server and self._server.started)

    async def stop(self) -> None:
        assert self._server is not None
        assert self._task is not None
        self.release.set()
        self._server.should_exit = self._server.force_exit = True
        await self._task

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        with suppress(ClientDisconnect):  # the gateway refuses what is too large while it arrives
            await (await self._answer(Request(scope, receive)))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path = request.url.path
        if path == "/health/ready":
            return JSONResponse({"status": "ready"})
        if path == "/.well-known/jwks.json":
            return JSONResponse(self.jwks)
        self.asked.append(f"{request.method} {path}")
        if path.endswith("/slow"):
            await self.release.wait()
        if path.endswith("/busy"):
            return JSONResponse({"code": "not-yet-included"}, 503)
        body = await request.body()
        heard = {"service": self.name, "path": path, "size": len(body), "headers": dict(request.headers)}
        return Response(json.dumps(heard), media_type="application/json", headers={"server": "echo"})


@dataclass(slots=True)
class Hanger:
    """A service that takes a request and drops the connection, as one that is killed does."""

    port: int
    heard: int = 0
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._drop, "127.0.0.1", self.port)

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _drop(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        if b" /health/" in request or b" /.well-known/" in request:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
            await writer.drain()
        else:
            self.heard += 1
        writer.close()

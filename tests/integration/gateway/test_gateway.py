"""The gateway keeps its promises, asked with real requests."""

import asyncio
import base64
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from joserfc.jwk import ECKey

from common import problems
from stack import gateway
from stack.gateway import Gateway, Limits
from stack.ports import Ports
from tests.integration.gateway.conftest import SERVICES, Start
from tests.integration.gateway.upstream import Hanger, Issuer, Upstream
from tests.waiting import until

IDENTITY = [
    "x-client-id",
    "x-subject",
    "x-scope",
    "x-role",
    "x-org",
    "x-territory",
    "x-jwt-payload",
    "x-forwarded-user",
]


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def is_problem(answer: httpx.Response, status: int, code: str) -> bool:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said == {"type": f"/problems/{code}", "title": said["title"], "status": status, "code": code}
    return True


# ------------------------------------------------------------------------------------------------- who answers


@pytest.mark.parametrize("route", gateway.read_routes(sandbox=False), ids=lambda route: route.prefix)
async def test_every_line_of_the_table_is_served_by_its_service(
    edge: httpx.AsyncClient, issuer: Issuer, route: gateway.Route
) -> None:
    path = f"{route.prefix}/anything"
    answer = await edge.get(path, headers={} if route.public else bearer(issuer.token()))
    assert (answer.status_code, answer.json()["service"], answer.json()["path"]) == (200, route.service, path)


@pytest.mark.parametrize("route", gateway.read_routes(sandbox=False), ids=lambda route: route.prefix)
async def test_what_is_not_public_needs_a_token(edge: httpx.AsyncClient, route: gateway.Route) -> None:
    if not route.public:
        assert is_problem(await edge.get(f"{route.prefix}/anything"), 401, "unauthenticated")


async def test_a_prefix_ends_where_its_word_ends(edge: httpx.AsyncClient, issuer: Issuer) -> None:
    assert is_problem(await edge.get("/v1/projectsandmore", headers=bearer(issuer.token())), 404, "no-such-route")


async def test_the_gateway_says_that_it_lives(edge: httpx.AsyncClient) -> None:
    assert (await edge.get("/health")).json() == {"status": "ok"}


async def test_the_sandbox_has_routes_only_in_a_sandbox(
    edge: httpx.AsyncClient, another: Start, issuer: Issuer
) -> None:
    path, known = "/v1/sandbox/actions/timers", bearer(issuer.token())
    assert is_problem(await edge.post(path, headers=known), 404, "no-such-route")
    async with another(sandbox=True) as sandbox:
        assert (await sandbox.post(path, headers=known)).json()["service"] == "actions"
        assert is_problem(await sandbox.post(path), 401, "unauthenticated")


# ---------------------------------------------------------------------------------------------------- identity


STRANGER = ECKey.generate_key("P-256", {"kid": "one"})
BAD_TOKENS: dict[str, Callable[[Issuer, int], str]] = {
    "expired": lambda issuer, now: issuer.token(iat=now - 700, exp=now - 100),
    "not yet": lambda issuer, now: issuer.token(nbf=now + 300),
    "another issuer": lambda issuer, _: issuer.token(iss="https://elsewhere.example"),
    "another key under a known name": lambda issuer, _: issuer.token(key=STRANGER),
    "an unknown key": lambda issuer, _: issuer.token(key=STRANGER, header={"kid": "two"}),
    "no signature": lambda issuer, _: f"{part({'alg': 'none', 'typ': 'at+jwt'})}.{issuer.token().split('.')[1]}.",
    "the public key as a secret": lambda issuer, _: signed_with_the_public_key(issuer),
    "no expiry": lambda issuer, _: issuer.token(exp=None),
    "too long a life": lambda issuer, now: issuer.token(exp=now + 3600),
    "a changed body": lambda issuer, _: ".".join([*issuer.token().split(".")[:1], part({}), "AAAA"]),
    "not a token": lambda *_: "abc.def",
}


def part(words: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(words).encode()).rstrip(b"=").decode()


def signed_with_the_public_key(issuer: Issuer) -> str:
    said = f"{part({'alg': 'HS256', 'kid': 'one', 'typ': 'at+jwt'})}.{issuer.token().split('.')[1]}"
    seal = hmac.digest(issuer.key.as_pem(private=False), said.encode(), "sha256")
    return f"{said}.{base64.urlsafe_b64encode(seal).rstrip(b'=').decode()}"


@pytest.mark.parametrize("kind", BAD_TOKENS)
async def test_a_bad_token_is_refused(edge: httpx.AsyncClient, issuer: Issuer, kind: str) -> None:
    answer = await edge.get("/v1/projects", headers=bearer(BAD_TOKENS[kind](issuer, int(time.time()))))
    assert is_problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_token_for_somebody_else_is_forbidden(edge: httpx.AsyncClient, issuer: Issuer) -> None:
    assert is_problem(await edge.get("/v1/projects", headers=bearer(issuer.token(aud=["other"]))), 403, "forbidden")


async def test_a_token_is_looked_for_in_one_place_only(edge: httpx.AsyncClient, issuer: Issuer) -> None:
    assert (await edge.get("/v1/projects", params={"access_token": issuer.token()})).status_code == 401
    assert (await edge.get("/v1/projects", headers={"cookie": f"authorization={issuer.token()}"})).status_code == 401
    twice = [("authorization", f"Bearer {issuer.token()}")] * 2
    assert (await edge.get("/v1/projects", headers=twice)).status_code == 401


async def test_the_token_goes_on_and_a_claimed_identity_does_not(edge: httpx.AsyncClient, issuer: Issuer) -> None:
    token = issuer.token()
    spoofed = dict.fromkeys(IDENTITY, "root") | {"x-forwarded-for": "1.2.3.4", "x-real-ip": "1.2.3.4"}
    heard = (await edge.get("/v1/projects", headers=bearer(token) | spoofed)).json()["headers"]
    assert heard["authorization"] == f"Bearer {token}"
    assert not [name for name in IDENTITY if name in heard]
    assert "1.2.3.4" not in str(heard)


# ------------------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("wish", "language"), [("en", "en"), ("en-GB, fr;q=0.5", "en"), ("fr", "fr"), ("de", "fr"), ("", "fr")]
)
async def test_refusals_are_in_french_unless_english_is_preferred(
    edge: httpx.AsyncClient, wish: str, language: str
) -> None:
    answer = await edge.get("/v1/projects", headers={"accept-language": wish})
    assert answer.headers["content-language"] == language
    assert (
        answer.json()["title"]
        == {"en": "This needs a valid access token.", "fr": "Cette demande exige un jeton d’accès valide."}[language]
    )


async def test_headers_are_ours(edge: httpx.AsyncClient, issuer: Issuer) -> None:
    known = bearer(issuer.token()) | {"x-request-id": "mine", "traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
    answer = await edge.get("/v1/projects", headers=known)
    heard = answer.json()["headers"]
    assert answer.headers["x-request-id"] == heard["x-request-id"] != "mine"
    assert heard["traceparent"] == known["traceparent"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "server" not in answer.headers
    assert not [name for name in answer.headers if name.startswith("x-envoy")]


# ------------------------------------------------------------------------------------------------------ limits


async def test_a_body_has_a_limit(edge: httpx.AsyncClient, issuer: Issuer) -> None:
    known = bearer(issuer.token())
    assert (await edge.post("/v1/projects", content=bytes(200_000), headers=known)).json()["size"] == 200_000
    assert is_problem(await edge.post("/v1/projects", content=bytes(300_000), headers=known), 413, "body-too-large")

    async def chunks() -> Any:
        for _ in range(30):
            yield bytes(10_000)

    assert is_problem(await edge.post("/v1/projects", content=chunks(), headers=known), 413, "body-too-large")


async def test_headers_have_a_limit(edge: httpx.AsyncClient) -> None:
    assert is_problem(await edge.get("/docs", headers={"x-long": "x" * 20_000}), 431, "headers-too-large")
    many = {f"x-many-{number}": "x" for number in range(70)}
    assert is_problem(await edge.get("/docs", headers=many), 431, "headers-too-large")
    assert (await edge.get("/docs", headers={"x_client_id": "root"})).status_code == 400


@pytest.mark.parametrize(
    "request_line",
    ["GET /v1/projects/..%2fevents HTTP/1.1", "GET /docs%00 HTTP/1.1"],
    ids=["escaped slash", "null byte"],
)
async def test_a_path_that_hides_something_is_refused(plain: Gateway, request_line: str) -> None:
    assert b" 400 " in await raw(plain, f"{request_line}\r\nhost: x\r\nconnection: close\r\n\r\n")


async def test_two_lengths_are_refused(plain: Gateway) -> None:
    lengths = "content-length: 3\r\ntransfer-encoding: chunked\r\n"
    assert b" 400 " in await raw(plain, f"POST /docs HTTP/1.1\r\nhost: x\r\n{lengths}\r\n0\r\n\r\n")


async def test_paths_are_made_plain_before_they_are_judged(plain: Gateway) -> None:
    for path in ("//v1//projects", "/docs/../v1/projects", "/./v1/projects", "/docs/%2e%2e/v1/projects"):
        answer = await raw(plain, f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        assert b" 401 " in answer.splitlines()[0], path


async def raw(there: Gateway, request: str) -> bytes:
    reader, writer = await asyncio.open_connection(there.listen, there.port)
    writer.write(request.encode())
    answer = await asyncio.wait_for(reader.read(4096), 10)
    writer.close()
    return answer


async def test_headers_must_arrive_in_time(plain: Gateway) -> None:
    reader, writer = await asyncio.open_connection(plain.listen, plain.port)
    writer.write(b"GET /docs HTTP/1.1\r\nhost: x\r\n")
    answer = await asyncio.wait_for(reader.read(4096), 10)
    writer.close()
    assert b" 408 " in answer
    assert b'"code":"request-too-slow"' in answer


async def test_each_client_has_its_own_allowance(another: Start, issuer: Issuer) -> None:
    async with another(client=Limits(per_s=20, burst=40)) as edge:
        first = bearer(issuer.token(client_id="client-a"))
        answers = [(await edge.get("/v1/figures", headers=first)) for _ in range(80)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert [answer.status_code for answer in answers[:40]] == [200] * 40
        assert refused
        assert is_problem(refused[0], 429, "too-many-requests")
        assert refused[0].headers["retry-after"] == "1"
        second = bearer(issuer.token(client_id="client-b"))
        assert (await edge.get("/v1/figures", headers=second)).status_code == 200


async def test_the_token_endpoint_has_a_stricter_one(another: Start) -> None:
    async with another(token_endpoint=Limits(per_s=5, burst=20)) as edge:
        answers = [(await edge.post("/oauth/token")).status_code for _ in range(40)]
        assert answers[:20] == [200] * 20
        assert 429 in answers[20:]
        assert (await edge.get("/docs")).status_code == 200


async def test_calendars_are_counted_by_address_and_apart_from_everything_else(another: Start, issuer: Issuer) -> None:
    """Who reads one has no token to be counted by: those that do have one lose nothing by it."""
    async with another(client=Limits(per_s=5, burst=10)) as edge:
        path = "/v1/calendars/0191e3a0-0000-7000-8000-000000000000.ics?key=x"
        answers = [(await edge.get(path)).status_code for _ in range(30)]
        assert answers[:10] == [200] * 10
        assert 429 in answers[10:]
        assert (await edge.get("/docs")).status_code == 200
        assert (await edge.get("/v1/calendar-feeds", headers=bearer(issuer.token()))).status_code == 200
        assert (await edge.get("/v1/calendar-feeds")).status_code == 401


# ------------------------------------------------------------------------------------------- when things break


async def test_a_service_that_is_away_is_said_to_be(
    another: Start, plain: Gateway, ports: Ports, issuer: Issuer
) -> None:
    nobody = {**plain.services, "catalogue": [("127.0.0.1", ports.named("nobody"))]}
    async with another(services=nobody) as edge:
        answer = await edge.get("/v1/films", headers=bearer(issuer.token()))
        assert is_problem(answer, 503, "unavailable")
        assert answer.headers["retry-after"] == "1"
        assert (await edge.get("/v1/projects", headers=bearer(issuer.token()))).status_code == 200


async def test_a_read_is_tried_again_and_a_write_that_was_sent_is_not(
    another: Start, plain: Gateway, ports: Ports, issuer: Issuer
) -> None:
    hanger = Hanger(ports.named("hanger"))
    await hanger.start()
    known = bearer(issuer.token())
    async with another(services={**plain.services, "catalogue": [("127.0.0.1", hanger.port)]}) as edge:
        assert is_problem(await edge.get("/v1/films", headers=known), 503, "unavailable")
        assert hanger.heard == 3
        assert is_problem(await edge.post("/v1/films", headers=known), 503, "unavailable")
        assert hanger.heard == 4
    await hanger.stop()


async def test_of_two_processes_one_may_die(another: Start, plain: Gateway, ports: Ports, issuer: Issuer) -> None:
    pair = [("127.0.0.1", ports.named("nobody")), *plain.services["actions"]]
    async with another(services={**plain.services, "actions": pair}) as edge:
        for _ in range(20):
            assert (await edge.post("/v1/projects", headers=bearer(issuer.token()))).status_code == 200


async def test_a_refusal_of_the_service_is_not_asked_again(
    edge: httpx.AsyncClient, upstreams: dict[str, Upstream], issuer: Issuer
) -> None:
    answer = await edge.get("/v1/figures/busy", headers=bearer(issuer.token()))
    assert (answer.status_code, answer.json()["code"]) == (503, "not-yet-included")
    assert upstreams["reporting"].asked.count("GET /v1/figures/busy") == 1


async def test_a_slow_answer_is_cut_except_the_live_stream(
    edge: httpx.AsyncClient, upstreams: dict[str, Upstream], issuer: Issuer
) -> None:
    known, began = bearer(issuer.token()), time.monotonic()
    stream = asyncio.create_task(edge.get("/v1/stream/slow", headers=known))
    assert is_problem(await edge.get("/v1/projects/slow", headers=known), 504, "deadline-exceeded")
    assert 4.5 < time.monotonic() - began < 7
    assert not stream.done()
    upstreams["reporting"].release.set()
    assert (await stream).status_code == 200


async def test_tokens_go_on_working_without_their_issuer(
    another: Start, plain: Gateway, ports: Ports, issuer: Issuer
) -> None:
    away = {**plain.services, "partners": [("127.0.0.1", ports.named("nobody"))]}
    async with another(services=away) as edge:

        async def accepted() -> bool:
            return bool((await edge.get("/v1/projects", headers=bearer(issuer.token()))).is_success)

        await until(accepted)
        assert is_problem(await edge.post("/oauth/token"), 503, "unavailable")


async def test_keys_that_come_late_are_found(another: Start, ports: Ports, issuer: Issuer) -> None:
    late = {name: Upstream(name, ports.named(f"late-{name}"), issuer.jwks()) for name in SERVICES}
    where = {name: [("127.0.0.1", server.port)] for name, server in late.items()}
    async with another(services=where) as edge:
        assert (await edge.get("/health")).status_code == 200
        assert (await edge.get("/v1/projects", headers=bearer(issuer.token()))).status_code == 401
        await asyncio.gather(*(server.start() for server in late.values()))

        async def accepted() -> bool:
            return bool((await edge.get("/v1/projects", headers=bearer(issuer.token()))).is_success)

        await until(accepted)
    await asyncio.gather(*(server.stop() for server in late.values()))


# ------------------------------------------------------------------------------------------------- other shapes


async def test_with_certificates_it_speaks_tls(another: Start, tmp_path: Path) -> None:
    async with another(tls=_certificate(tmp_path)) as edge:
        answer = await edge.get("/docs")
        assert (answer.status_code, answer.headers["strict-transport-security"]) == (200, "max-age=31536000")


def test_production_s_shape_is_valid(plain: Gateway, tmp_path: Path) -> None:
    named = {name: [(name, 8000)] for name in SERVICES}
    far = replace(plain, services=named, listen="0.0.0.0", otlp_endpoint="http://collector:4318")  # noqa: S104
    gateway.validate(gateway.write(far, tmp_path / "gateway.json"))


def test_the_gateway_says_what_the_services_say() -> None:
    said = yaml.safe_load((gateway.RECIPE / "problems.yaml").read_text(encoding="utf-8"))
    assert {401, 403, 404, 408, 413, 429, 431, 503, 504} <= said.keys()
    known = {kind.code: {"title": kind.title, "titre": kind.titre} for kind in problems.problem_catalogue()}
    ours = {"request-too-slow", "headers-too-large"}
    for words in said.values():
        code = words.pop("code")
        assert code in ours or words == known[code]


def _certificate(folder: Path) -> tuple[Path, Path]:
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    files = folder / "tls.crt", folder / "tls.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    no_secret = serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_secret))
    return files

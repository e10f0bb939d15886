"""The guard at connect time: what is dialled, what is not, and what a hostile receiver can do to us."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network

import httpx
import pytest

from partners.clients.guard import NotResolved, Resolver, ResolverAway, trusting
from partners.clients.names import Names
from partners.clients.receiver import Letter, Receivers, retry_after
from partners.domain.destination import Destinations
from partners.domain.schedule import Attempt, Outcome, Trouble
from tests.integration.partners.outside.receiver import (
    bomb,
    drip,
    elsewhere,
    gone,
    headlong,
    huge,
    nonsense,
    reset,
    sandbox,
    silent,
    status,
)

PRODUCTION = Destinations()


def letter(url: str) -> Letter:
    return Letter(url=url, body='{"data": {}}', headers={"webhook-id": "1"})


def naming(*answers: Sequence[str]) -> Resolver:
    """Resolve any name to the next of these answers, and to the last one from then on."""
    left = list(answers)

    async def resolver(_: str, __: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolver


@asynccontextmanager
async def sending(
    destinations: Destinations = PRODUCTION,
    *,
    resolver: Resolver | None = None,
    trusted: ssl.SSLContext | None = None,
    deadline_s: float = 5,
) -> AsyncIterator[Callable[[str], Awaitable[Attempt]]]:
    async with (
        Names("localhost") as names,
        Receivers(
            destinations,
            trusted=trusted or trusting(),
            deadline_s=deadline_s,
            resolver=resolver or names.resolve,
        ) as receivers,
    ):

        async def send(url: str) -> Attempt:
            return await receivers.post(letter(url))

        yield send


@asynccontextmanager
async def to(receiver, authority, **changes):
    """Send as a sandbox does, to the receiver on loopback."""
    destinations = sandbox(receiver.port)
    async with sending(destinations, trusted=trusting(authority.authority), **changes) as send:
        yield send


# ------------------------------------------------------------------------------------- what production never dials


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.192",
        "192.168.0.1",
        "224.0.0.1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[2001::1]",
        "[fe80::1]",
        "[fd00::1]",
        "[fec0::1]",
        "[ff02::1]",
        "localhost",
    ],
)
async def test_addresses_that_are_not_public_are_blocked_in_every_form(host):
    async with sending() as send:
        attempt = await send(f"https://{host}/")
    assert (attempt.trouble, attempt.status) == (Trouble.BLOCKED, None)


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["10.0.0.1", "93.184.216.34"], ["::1"], ["fe80::1%eth0"]],
)
async def test_a_name_with_one_bad_address_is_blocked_as_a_whole(addresses):
    async with sending(resolver=naming(addresses)) as send:
        assert (await send("https://receiver.example.org/")).trouble is Trouble.BLOCKED


async def test_nothing_reaches_an_internal_port_open_or_closed(receiver):
    """Both answers are the same, at once: the log of deliveries tells nobody which ports are open."""
    destinations = Destinations(ports=frozenset({443, receiver.port, 9}))
    async with sending(destinations, resolver=naming(["127.0.0.1"])) as send:
        attempts = [await send(f"https://receiver.example.org:{port}/") for port in (receiver.port, 9)]
    assert [one.trouble for one in attempts] == [Trouble.BLOCKED, Trouble.BLOCKED]
    assert receiver.connections == 0


async def test_a_name_that_changes_between_two_calls_gains_nothing(receiver, authority):
    destinations = sandbox(receiver.port, IPv4Network("127.0.0.1/32"))
    resolver = naming(["127.0.0.1"], ["127.0.0.2"])
    async with sending(destinations, resolver=resolver, trusted=trusting(authority.authority)) as send:
        receiver.always["/"] = status(204, connection="close")
        first, second = await send(receiver.url("/")), await send(receiver.url("/"))
    assert (first.status, second.trouble) == (204, Trouble.BLOCKED)
    assert receiver.connections == 1


@pytest.mark.parametrize(
    "url", ["https://receiver.example.org:8443/", "http://receiver.example.org/", "https://ada:x@receiver.example.org/"]
)
async def test_other_ports_schemes_and_credentials_are_blocked(url):
    async with sending(resolver=naming(["93.184.216.34"])) as send:
        assert (await send(url)).trouble is Trouble.BLOCKED


async def test_a_proxy_of_the_environment_is_ignored(receiver, authority, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with to(receiver, authority) as send:
        assert (await send(receiver.url("/"))).status == 204


async def test_a_name_without_addresses_and_a_resolver_that_is_away_are_two_things():
    async def nowhere(_: str, __: int) -> Sequence[str]:
        raise NotResolved

    async def away(_: str, __: int) -> Sequence[str]:
        raise ResolverAway

    async with sending(resolver=nowhere) as send:
        lost = await send("https://receiver.example.org/")
    async with sending(resolver=away) as send:
        ours = await send("https://receiver.example.org/")
    assert (lost.trouble, lost.outcome) == (Trouble.DNS, Outcome.FAILED)
    assert (ours.trouble, ours.outcome) == (Trouble.OURS, Outcome.OURS)


# -------------------------------------------------------------------------------------------- what a stranger does


async def test_a_well_behaved_receiver_gets_exactly_our_bytes(receiver, authority):
    async with to(receiver, authority) as send:
        attempt = await send(receiver.url("/hook?x=1"))
    [call] = receiver.calls
    assert (attempt.outcome, attempt.trouble, attempt.address) == (Outcome.DELIVERED, None, "127.0.0.1")
    assert (call.path, call.body) == ("/hook?x=1", '{"data": {}}')
    assert call.headers["content-type"] == "application/json"
    assert call.headers["accept-encoding"] == "identity"
    assert call.headers["user-agent"].startswith("passeurs-webhooks/")
    assert call.headers["webhook-id"] == "1"
    assert call.headers["host"] == f"localhost:{receiver.port}"


async def test_connections_are_kept_for_the_next_delivery(receiver, authority):
    async with to(receiver, authority) as send:
        for _ in range(5):
            await send(receiver.url("/"))
    assert (len(receiver.calls), receiver.connections) == (5, 1)


async def test_the_certificate_is_checked_against_an_authority_and_against_the_name(receiver, authority):
    destinations = sandbox(receiver.port)
    async with sending(destinations) as send:
        unknown_authority = await send(receiver.url("/"))
    async with to(receiver, authority, resolver=naming(["127.0.0.1"])) as send:
        other_name = await send(f"https://other.example.org:{receiver.port}/")
    assert [unknown_authority.trouble, other_name.trouble] == [Trouble.TLS, Trouble.TLS]
    assert receiver.calls == []


async def test_tls_is_at_least_1_2():
    assert trusting().minimum_version == ssl.TLSVersion.TLSv1_2


async def test_a_redirect_is_a_failure_and_is_not_followed(receiver, authority):
    receiver.always["/moved"] = elsewhere(receiver.url("/internal"))
    async with to(receiver, authority) as send:
        attempt = await send(receiver.url("/moved"))
    assert (attempt.status, attempt.outcome) == (307, Outcome.FAILED)
    assert [call.path for call in receiver.calls] == ["/moved"]


async def test_what_a_receiver_asks_us_to_keep_is_neither_kept_nor_sent_to_another(receiver, authority):
    receiver.always["/"] = status(200, set_cookie="stranger=1; Path=/")
    async with to(receiver, authority) as send:
        for path in ("/", "/other"):
            await send(receiver.url(path))
    assert [call.headers.get("cookie") for call in receiver.calls] == [None, None]


async def test_fifty_megabytes_are_cut_at_sixteen_kilobytes(receiver, authority):
    receiver.always["/"] = huge
    async with to(receiver, authority) as send:
        attempt = await send(receiver.url("/"))
    assert (attempt.status, len(attempt.answer)) == (200, 16_384)


async def test_a_compressed_answer_stays_compressed(receiver, authority):
    receiver.always["/"] = bomb
    async with to(receiver, authority) as send:
        attempt = await send(receiver.url("/"))
    assert attempt.status == 200
    assert len(attempt.answer) <= 16_384


async def test_two_megabytes_of_headers_are_refused(receiver, authority):
    receiver.always["/"] = headlong
    async with to(receiver, authority) as send:
        attempt = await send(receiver.url("/"))
    assert (attempt.trouble, attempt.status) == (Trouble.HTTP, None)


@pytest.mark.parametrize("behaviour", [silent, drip])
async def test_one_deadline_lies_over_headers_and_body(receiver, authority, behaviour):
    receiver.always["/"] = behaviour
    async with to(receiver, authority, deadline_s=0.3) as send:
        attempt = await send(receiver.url("/"))
    assert (attempt.trouble, attempt.outcome) == (Trouble.TIMEOUT, Outcome.FAILED)
    assert 250 <= attempt.ms < 3_000


async def test_a_handshake_that_never_ends_leaves_no_socket_behind():
    gone = asyncio.Event()

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1_000):
            pass
        gone.set()
        writer.close()

    async with await asyncio.start_server(mute, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with sending(sandbox(port), deadline_s=0.2) as send:
            attempt = await send(f"https://localhost:{port}/")
            await asyncio.wait_for(gone.wait(), 5)
    assert attempt.trouble is Trouble.TIMEOUT


@pytest.mark.parametrize(("behaviour", "trouble"), [(reset, Trouble.CONNECT), (nonsense, Trouble.HTTP)])
async def test_whoever_hangs_up_or_talks_nonsense_has_failed(receiver, authority, behaviour, trouble):
    receiver.always["/"] = behaviour
    async with to(receiver, authority) as send:
        attempt = await send(receiver.url("/"))
    assert attempt.outcome is Outcome.FAILED
    assert attempt.trouble in (trouble, Trouble.CONNECT, Trouble.HTTP)


async def test_nobody_listening_is_a_failure():
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    destinations = sandbox(port)
    async with sending(destinations) as send:
        assert (await send(f"https://localhost:{port}/")).trouble is Trouble.CONNECT


async def test_wishes_are_read_and_bounded(receiver, authority):
    receiver.scripts["/"].extend(
        [status(429, retry_after="7"), status(503, retry_after="999999999999"), gone, status(500, b"\x00\xff")]
    )
    async with to(receiver, authority) as send:
        busy, away, left, broken = [await send(receiver.url("/")) for _ in range(4)]
    assert (busy.outcome, busy.retry_after) == (Outcome.BUSY, timedelta(seconds=7))
    assert (away.outcome, away.retry_after) == (Outcome.BUSY, timedelta(hours=24))
    assert left.outcome is Outcome.GONE
    assert (broken.outcome, broken.answer) == (Outcome.FAILED, "\ufffd\ufffd")


def test_retry_after_may_be_a_date():
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert retry_after("Sun, 22 Nov 2026 12:02:00 GMT", now) == timedelta(minutes=2)
    assert retry_after("Sun, 22 Nov 2026 11:00:00 GMT", now) is None
    assert [retry_after(text, now) for text in ("0", "soon", "-5", "", "٣", None)] == [None] * 6


def test_httpx_itself_would_not_have_guarded_us():
    """The pool takes a backend; httpx's own transport offers no way to give it one: hence ours."""
    assert "network_backend" not in httpx.AsyncHTTPTransport.__init__.__code__.co_varnames

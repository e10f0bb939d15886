"""Where a webhook may go: by the text of its URL, and by the addresses of its name."""

from ipaddress import IPv4Network

import pytest

from partners.domain.destination import Destinations, ForbiddenDestination

PUBLIC = Destinations(own_names=frozenset({"api.passeurs.example"}))
SANDBOX = Destinations(networks=(IPv4Network("127.0.0.0/8"),), ports=frozenset({443, 8443}))

FORBIDDEN = [
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.0.192",
    "192.0.2.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.3",
    "192.168.1.1",
    "192.175.48.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.1.2.3",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::c0a8:0",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:c000:204::1",
    "2620:4f:8000::1",
    "3fff::dead",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
]


@pytest.mark.parametrize("address", FORBIDDEN)
def test_no_address_of_ours_or_of_nobody_is_dialled(address):
    assert not PUBLIC.admits(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "9.9.9.9", "193.51.24.1", "2001:4860:4860::8888", "2a01:cb00::1"])
def test_public_addresses_are(address):
    assert PUBLIC.admits(address)


def test_one_bad_address_refuses_the_whole_answer():
    assert PUBLIC.admits_all(["8.8.8.8", "9.9.9.9"])
    assert not PUBLIC.admits_all(["8.8.8.8", "10.0.0.1"])
    assert not PUBLIC.admits_all([])


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.example.org/hook",
        "ftp://receiver.example.org/hook",
        "https://receiver.example.org:8443/hook",
        "https://receiver.example.org:99999/hook",
        "https://ada:secret@receiver.example.org/hook",
        "https://ada@receiver.example.org/hook",
        "https://receiver.example.org/hook#part",
        "https://127.0.0.1/hook",
        "https://[::1]/hook",
        "https://[2001:4860:4860::8888]/hook",
        "https://8.8.8.8/hook",
        "https://2130706433/hook",
        "https://0x7f.1/hook",
        "https://127.1/hook",
        "https://localhost/hook",
        "https://receiver/hook",
        "https://receiver.local/hook",
        "https://metadata.google.internal/hook",
        "https://-bad-.example.org/hook",
        "https://a..example.org/hook",
        "https://api.passeurs.example/v1/projects",
        "https://api.passeurs.example./v1/projects",
        "https:///hook",
        "https://receiver.example.org/ho ok",
        "https://receiver.example.org/\thook",
        "https://récepteur.example.org/hook",
        "https://good.example.org\\@bad.example.org/",
        "https://[::1/hook",
        "receiver.example.org",
        "",
        "https://receiver.example.org/" + "x" * 2_000,
    ],
)
def test_a_url_that_says_by_itself_that_it_must_not_be_called(url):
    with pytest.raises(ForbiddenDestination) as refused:
        PUBLIC.require(url)
    assert refused.value.detail
    assert refused.value.precision not in {"", refused.value.detail}


@pytest.mark.parametrize(
    "url", ["https://receiver.example.org/hook", "https://hooks.ville.fr:443/a?b=c", "https://xn--rcepteur-b1a.fr/"]
)
def test_a_url_that_may_be_called(url):
    PUBLIC.require(url)


def test_a_sandbox_adds_its_own_networks_and_ports_and_no_others():
    SANDBOX.require("https://127.0.0.1:8443/hook")
    SANDBOX.require("https://localhost:8443/hook")
    assert SANDBOX.admits("127.0.0.1")
    assert not SANDBOX.admits("10.0.0.1")
    for url in ("https://10.0.0.1:8443/hook", "https://127.0.0.1:9000/hook", "http://127.0.0.1:8443/hook"):
        with pytest.raises(ForbiddenDestination):
            SANDBOX.require(url)

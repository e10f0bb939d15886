"""Where a webhook may go: which addresses of the internet, which shape of URL.  Pure; nothing here asks the DNS.

The lists are explicit.  The standard library's `is_global` says yes to cloud metadata addresses, multicast and mapped
forms on some of the interpreters we ship, so it is not asked.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from common.errors import Invalid

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_DENIED_4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and the metadata of clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # IETF assignments, and the metadata of one more cloud
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_ALLOWED_6 = IPv6Network("2000::/3")  # mapped, compatible, NAT64, unique local and link-local forms lie outside
_DENIED_6 = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # IETF assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries an IPv4 address
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
URL_LENGTH_MAX = 2_000


class ForbiddenDestination(Invalid):
    """The URL is none that a webhook may be sent to."""

    title = "A webhook goes to an https address with a public name, on an allowed port, and without credentials."
    titre = "Un webhook va vers une adresse https au nom public, sur un port autorisé, et sans identifiants."


@dataclass(frozen=True, slots=True, kw_only=True)
class Destinations:
    """What may be called: public addresses on port 443, and what a sandbox adds to them; never ourselves."""

    networks: tuple[Network, ...] = ()
    ports: frozenset[int] = frozenset({443})
    own_names: frozenset[str] = frozenset()

    def admits(self, address: str) -> bool:
        """Tell whether this address may be dialled."""
        try:
            ip = ip_address(address)
        except ValueError:
            return False
        return public(ip) or any(ip.version == network.version and ip in network for network in self.networks)

    def admits_all(self, addresses: Iterable[str]) -> bool:
        """Refuse a name as a whole when one of its addresses is bad: which one answers is the attacker's choice."""
        judged = [self.admits(address) for address in addresses]
        return bool(judged) and all(judged)

    def require(self, url: str) -> None:
        """Refuse a URL whose very text says that it must not be called."""
        if why := self._refusal(url):
            raise ForbiddenDestination(why.reason, pointer="/url", precision=why.raison)

    def _refusal(self, url: str) -> "_Why | None":
        if len(url) > URL_LENGTH_MAX or not url.isascii() or not url.isprintable() or " " in url:
            return _UNPRINTABLE
        try:
            parts = urlsplit(url)
            port = parts.port or 443
        except ValueError:
            return _NO_URL
        return _refused_shape(parts) or self._refused_host(parts.hostname or "", port)

    def _refused_host(self, host: str, port: int) -> "_Why | None":
        if port not in self.ports:
            return _Why(f"Port {port} is not allowed.", f"Le port {port} n’est pas autorisé.")
        if _is_literal(host):
            return None if self.networks and self.admits(host) else _AN_ADDRESS
        if self.networks and host == "localhost":
            return None
        if host.rstrip(".") in self.own_names:
            return _OUR_OWN
        labels = host.rstrip(".").split(".")
        if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1] in _PRIVATE_NAMES:
            return _NOT_PUBLIC
        return None


@dataclass(frozen=True, slots=True)
class _Why:
    """What is wrong with a URL, in English and in French."""

    reason: str
    raison: str


_UNPRINTABLE = _Why(
    f"A URL is at most {URL_LENGTH_MAX} printable ASCII characters, without spaces.",
    f"Une URL compte au plus {URL_LENGTH_MAX} caractères ASCII imprimables, sans espaces.",
)
_NO_URL = _Why("This is no URL.", "Ce n’est pas une URL.")
_AN_ADDRESS = _Why("The host must be a name, not an address.", "L’hôte doit être un nom, non une adresse IP.")
_OUR_OWN = _Why("This is one of our own names.", "C’est un de nos propres noms.")
_NOT_PUBLIC = _Why("The host must be a full public name.", "L’hôte doit être un nom public complet.")
_NOT_HTTPS = _Why("The scheme must be https.", "Le schéma doit être https.")
_CREDENTIALS = _Why("A URL may not carry credentials.", "Une URL ne porte pas d’identifiants de connexion.")
_FRAGMENT = _Why("A URL may not carry a fragment.", "Une URL ne porte pas de fragment.")
_NO_HOST = _Why("The URL names no host.", "L’URL ne nomme aucun hôte.")


def host(url: str) -> str:
    """Say where a URL goes, without what it says there."""
    return urlsplit(url).netloc


_PRIVATE_NAMES = frozenset(
    ["localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa", "test", "invalid"]
)


def public(ip: Address) -> bool:
    """Tell whether an address belongs to somebody on the public internet."""
    if isinstance(ip, IPv4Address):
        return not any(ip in block for block in _DENIED_4)
    return not ip.scope_id and ip in _ALLOWED_6 and not any(ip in block for block in _DENIED_6)


def _refused_shape(parts: SplitResult) -> _Why | None:
    if parts.scheme != "https":
        return _NOT_HTTPS
    if "@" in parts.netloc:
        return _CREDENTIALS
    if parts.fragment:
        return _FRAGMENT
    return None if parts.hostname else _NO_HOST


def _is_literal(host: str) -> bool:
    """Tell addresses from names, in the forms of old C libraries too: 2130706433, 0x7f.1, 127.1."""
    if ":" in host:
        return True
    last = host.rstrip(".").rpartition(".")[2]
    return last.isdigit() or last.lower().startswith("0x")


_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)

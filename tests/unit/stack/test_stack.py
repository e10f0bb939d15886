"""What the launcher decides without starting anything."""

import json
import os
import socket
import ssl
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Template

import pytest
import yaml
from cryptography import x509

from common import contracts
from common.settings import Settings
from stack import certificates, doctor, gateway, kafka, ports, services
from stack.folder import DEPLOY, Folder, FolderTaken, identity
from stack.ports import Ports
from stack.processes import Program
from stack.settings import GatewaySettings

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.prepare()
    return made


# ------------------------------------------------------------------------------------------------ the state folder


def test_a_folder_has_one_owner_at_a_time(tmp_path: Path) -> None:
    Folder(tmp_path).take()
    with pytest.raises(FolderTaken, match=str(os.getpid())):
        Folder(tmp_path).take()


def test_a_process_number_used_again_is_not_taken_for_ours(folder: Folder) -> None:
    folder.remember({"me": os.getpid()})
    assert folder.left_behind() == {"me": os.getpid()}
    recorded = {"me": [os.getpid(), "started at another time"]}
    (folder.run / "children.json").write_text(json.dumps(recorded), encoding="utf-8")
    assert folder.left_behind() == {}


@pytest.mark.parametrize("torn", ["", "{", "[]", '{"me": 3}', '{"me": ["x", 1]}', "null"])
def test_a_torn_record_is_no_record(folder: Folder, torn: str) -> None:
    (folder.run / "children.json").write_text(torn, encoding="utf-8")
    (folder.run / "launcher.json").write_text(torn, encoding="utf-8")
    assert folder.left_behind() == {}
    assert folder.launcher() is None


def test_who_is_told_to_stop_has_the_time_that_it_takes_before_it_is_killed() -> None:
    """In the launcher and in containers: what a service grants itself is over sooner."""
    takes_s = sum(Settings.model_fields[name].default for name in ("drain_s", "stop_s"))
    grace_s = Program(name="", command=(), environment={}).grace_s
    composed = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["x-service"]
    assert takes_s < grace_s < float(composed["stop_grace_period"].removesuffix("s"))


def test_nobody_has_the_number_of_nobody() -> None:
    assert identity(2**22 + 1) is None


# ------------------------------------------------------------------------------------------------------- ports


def test_a_name_keeps_its_port_from_start_to_start(tmp_path: Path) -> None:
    first = Ports(tmp_path / "ports.json").named("postgres")
    assert Ports(tmp_path / "ports.json").named("postgres") == first
    assert first in ports.RANGE


def test_two_names_never_share_a_port(tmp_path: Path) -> None:
    found = Ports(tmp_path / "ports.json")
    assert len({found.named(f"name-{number}") for number in range(50)}) == 50


def test_a_port_that_somebody_took_is_given_up(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (tmp_path / "ports.json").write_text(json.dumps({"gateway": port}), encoding="utf-8")
        assert Ports(tmp_path / "ports.json").named("gateway", wished=port) != port


# ------------------------------------------------------------------------------------------------ certificates


def test_the_receiver_is_trusted_by_its_authority_and_by_no_other(folder: Folder) -> None:
    made = certificates.prepare(folder, now=NOON)
    authority = x509.load_pem_x509_certificate(made.authority.read_bytes())
    x509.load_pem_x509_certificate(made.receiver.read_bytes()).verify_directly_issued_by(authority)
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(made.receiver, made.receiver_key)
    assert made.receiver_key.stat().st_mode & 0o077 == 0


def test_certificates_are_kept_until_they_are_about_to_expire(folder: Folder) -> None:
    first = certificates.prepare(folder, now=NOON).receiver.read_bytes()
    assert certificates.prepare(folder, now=NOON + timedelta(days=300)).receiver.read_bytes() == first
    assert certificates.prepare(folder, now=NOON + timedelta(days=340)).receiver.read_bytes() != first


# ------------------------------------------------------------------------------------------------- what it needs


def test_what_is_missing_is_named_with_the_line_that_installs_it(tmp_path: Path) -> None:
    missing = {need.name: need for need in doctor.needs({"PATH": str(tmp_path)}) if not need.met}
    assert {"make", "mvn", "JDK ≥ 17"} <= missing.keys()
    assert "maven" in missing["mvn"].remedy
    assert "jdk" in missing["JDK ≥ 17"].remedy


def test_servers_one_already_has_need_nothing_here(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgresql://x", "KAFKA_BOOTSTRAP_SERVERS": "x:9092", "PATH": str(tmp_path)}
    assert {need.name for need in doctor.needs(given)} == {"Python ≥ 3.11", "make"}


def test_a_jar_that_is_not_the_chosen_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kafka.jar").write_bytes(b"something else")
    with pytest.raises(kafka.BadArtefact, match=r"kafka\.jar"):
        kafka.verify(tmp_path, {"kafka.jar": "0" * 64})


# -------------------------------------------------------------------------------------------------- the gateway


def test_production_s_numbers_are_the_promised_ones() -> None:
    asked = GatewaySettings.read({"TOKEN_ISSUER": "https://auth.example", "SANDBOX": ""}).gateway()
    assert (asked.client.per_s, asked.client.burst) == (20, 40)
    assert (asked.token_endpoint.per_s, asked.token_endpoint.burst) == (5, 20)
    assert not asked.sandbox
    assert gateway.ROUTE_TIMEOUT == "5s"


def test_the_gateway_leaves_an_idle_connection_long_before_its_service_does() -> None:
    """Who closes last may meet a request on its way: a starved process looks at its clock a second late, or three."""
    text = Template((DEPLOY / "gateway" / "cluster.yaml").read_text("utf-8"))
    cluster = yaml.safe_load(text.substitute(defaultdict(lambda: "1")))
    (options,) = cluster["typed_extension_protocol_options"].values()
    gateway_s = float(options["common_http_protocol_options"]["idle_timeout"].removesuffix("s"))
    assert Settings.model_fields["keep_alive_s"].default > 10 * gateway_s


def test_addresses_are_read_from_the_environment() -> None:
    environ = {"TOKEN_ISSUER": "https://auth.example", "ACTIONS_ADDRESSES": "a:1, b:2"}
    assert GatewaySettings.read(environ).gateway().services["actions"] == [("a", 1), ("b", 2)]


def test_no_route_hides_another() -> None:
    prefixes = [route.prefix for route in gateway.read_routes(sandbox=True)]
    assert len(prefixes) == len(set(prefixes))
    behind = [(one, other) for n, one in enumerate(prefixes) for other in prefixes[n + 1 :]]
    assert not [(one, other) for one, other in behind if other.startswith(f"{one}/")]


def test_every_route_leads_to_a_service() -> None:
    assert {route.service for route in gateway.read_routes(sandbox=True)} == set(services.SERVICES)


# ------------------------------------------------------------------------------------------------------ the map


def test_the_gateway_lets_two_through_for_each_connection_and_one_process_may_carry_two_shares() -> None:
    share = GatewaySettings.model_fields["gateway_requests_max"].default
    assert share == gateway.Gateway.__dataclass_fields__["requests_max"].default
    assert share == 2 * Settings.model_fields["pool_max"].default
    assert 2 * share <= Settings.model_fields["requests_max"].default


def test_compose_runs_every_service_twice_behind_one_gateway() -> None:
    there = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    ours = {name for service in services.SERVICES for name in (service, f"{service}-worker", f"{service}-prepare")}
    assert there.keys() == ours | {"postgres", "kafka", "gateway", "gateway-configuration"}
    published = [name for name, one in there.items() if "ports" in one]
    assert published == ["gateway"]


def test_local_and_container_broker_are_the_same_version() -> None:
    image = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]["kafka"]["image"]
    version = image.partition(":")[2]
    assert f"<version>{version}</version>" in (DEPLOY / "kafka" / "pom.xml").read_text(encoding="utf-8")
    assert f"kafka_2.13-{version}.jar" in (DEPLOY / "kafka" / "artefacts.sha256").read_text(encoding="utf-8")


def test_publishers_are_services_that_are_started() -> None:
    assert set(contracts.PUBLISHERS.values()) <= set(services.SERVICES)

"""The gateway continues a caller's trace and follows its decision; of traces that begin here it keeps its share."""

import pytest

from tests.collector import Collector
from tests.integration.gateway.conftest import Start
from tests.integration.gateway.upstream import Issuer
from tests.waiting import until

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize("ratio", [0.0, 1.0])
@pytest.mark.parametrize("flags", ["00", "01"])
async def test_a_callers_decision_is_followed(another: Start, issuer: Issuer, ratio: float, flags: str) -> None:
    known = {"authorization": f"Bearer {issuer.token()}", "traceparent": f"00-{TRACE}-{PARENT}-{flags}"}
    with Collector.listening() as collector:
        async with another(otlp_endpoint=collector.url, sample_ratio=ratio) as edge:
            heard = (await edge.get("/v1/projects", headers=known)).json()["headers"]["traceparent"]
            assert heard.startswith(f"00-{TRACE}-")
            assert heard.endswith(f"-{flags}")
            if flags == "01":
                await until(lambda: PARENT in {span.parent for span in collector.of(TRACE)})
        assert {span.service for span in collector.of(TRACE)} == ({"gateway"} if flags == "01" else set())


@pytest.mark.parametrize(("ratio", "flags"), [(0.0, "00"), (1.0, "01")])
async def test_of_what_begins_here_a_share_is_kept(another: Start, issuer: Issuer, ratio: float, flags: str) -> None:
    with Collector.listening() as collector:
        async with another(otlp_endpoint=collector.url, sample_ratio=ratio) as edge:
            answer = await edge.get("/v1/projects", headers={"authorization": f"Bearer {issuer.token()}"})
            assert answer.json()["headers"]["traceparent"].endswith(f"-{flags}")


async def test_what_is_asked_for_in_an_address_is_in_no_trace(another: Start, issuer: Issuer) -> None:
    """A calendar's address holds a secret in its query; of where it leads, the trace tells."""
    known = {"authorization": f"Bearer {issuer.token()}", "traceparent": f"00-{TRACE}-{PARENT}-01"}
    with Collector.listening() as collector:
        async with another(otlp_endpoint=collector.url) as edge:
            for path in ("/v1/calendars/0191e3a0-0000-7000-8000-000000000000.ics", "/v1/projects"):
                assert (await edge.get(path, params={"key": "s3cr3t"}, headers=known)).status_code == 200
            await until(lambda: collector.has(f"{edge.base_url.host}:{edge.base_url.port}/v1/projects"))
        assert collector.has(".ics")
        assert not collector.has("s3cr3t")

"""Spans of a real process, as a collector receives them."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import uuid4

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.integration.common.conftest import Start, bearer

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@contextmanager
def collector() -> Iterator[tuple[str, list[Span]]]:
    """Receive spans as a collector does (OTLP over HTTP)."""
    received: list[Span] = []

    class Sink(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["content-length"])))
            for resource in sent.resource_spans:
                received.extend(span for scope in resource.scope_spans for span in scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Sink) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()
        thread.join()


async def test_the_callers_trace_goes_on_and_its_decision_stands(start: Start):
    with collector() as (endpoint, received):
        async with start("api", OTLP_ENDPOINT=endpoint, TRACE_SAMPLE_RATIO="0", DRAIN_S="0") as api:
            path = f"/v1/things/{uuid4()}"
            for flags in ("01", "00"):
                traceparent = f"00-{TRACE}-{PARENT}-{flags}"
                await api.client.get(path, headers={**bearer(), "traceparent": traceparent})
            await api.client.get(path, headers=bearer())
            api.popen.send_signal(signal.SIGTERM)
            assert await api.exited() == 0
        assert [(span.name, span.trace_id.hex(), span.parent_span_id.hex()) for span in received] == [
            ("GET /v1/things/{thing_id}", TRACE, PARENT)
        ]
        assert received[0].kind == Span.SPAN_KIND_SERVER
        said = {one.key: one.value for one in received[0].attributes}
        assert said["http.route"].string_value == "/v1/things/{thing_id}"
        assert said["http.response.status_code"].int_value == 200


async def test_without_an_endpoint_traces_still_have_names(start: Start):
    async with start("api") as api:
        answer = await api.client.get("/v1/nowhere")
        assert len(answer.json()["trace_id"]) == 32

"""A collector of spans (OTLP over HTTP), as any tracing product has one; what arrives can be looked at by trace."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True, slots=True)
class Span:
    """One span: whose it is, what it is of, and under which span it lies."""

    service: str
    name: str
    id: str
    parent: str


@dataclass(slots=True)
class Collector:
    """Where spans are sent, and those that came, by their trace."""

    url: str = ""
    _arrived: list[tuple[str, Span]] = field(default_factory=list)
    _bodies: list[bytes] = field(default_factory=list)

    @classmethod
    @contextmanager
    def listening(cls, *, port: int = 0) -> Iterator[Self]:
        """Listen while the block lasts, in a thread of its own: the house may send before a test looks."""
        collector = cls()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                packed = self.headers.get("content-encoding") == "gzip"
                collector.take(gzip.decompress(_body(self)) if packed else _body(self))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing: a collector that is asked often would be all one reads."""

        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        server.daemon_threads = True
        collector.url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield collector
        finally:
            server.shutdown()
            server.server_close()

    def take(self, body: bytes) -> None:
        self._bodies.append(body)
        request = ExportTraceServiceRequest()
        request.ParseFromString(body)
        for one in request.resource_spans:
            named = {pair.key: pair.value.string_value for pair in one.resource.attributes}
            for scope in one.scope_spans:
                for span in scope.spans:
                    known = Span(
                        named.get("service.name", ""), span.name, span.span_id.hex(), span.parent_span_id.hex()
                    )
                    self._arrived.append((span.trace_id.hex(), known))

    def of(self, trace: str) -> list[Span]:
        """List the spans of one trace that have arrived until now."""
        return [span for known, span in self._arrived if known == trace]

    def has(self, text: str) -> bool:
        """Tell whether a text stands anywhere in what has arrived: in a name, in an attribute, in an event."""
        return any(text.encode() in body for body in self._bodies)


def _body(request: BaseHTTPRequestHandler) -> bytes:
    """Read what was sent, in one piece or in several."""
    if request.headers.get("transfer-encoding", "") != "chunked":
        return request.rfile.read(int(request.headers["content-length"]))
    pieces = []
    while size := int(request.rfile.readline(), 16):
        pieces.append(request.rfile.read(size))
        request.rfile.readline()
    request.rfile.readline()
    return b"".join(pieces)

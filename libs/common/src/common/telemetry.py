"""What a process says about itself: log lines, metrics for Prometheus, spans for a tracer.

Trace ids are always there, so that a problem document can name one; spans are kept by the caller's decision or a ratio,
and leave the process only if an endpoint is set.
"""

import logging
import sys
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import orjson
import structlog
from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio
from opentelemetry.trace import Link, Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_tracer = trace.get_tracer("passeurs")
_wire = TraceContextTextMapPropagator()


def start(service: str, *, log_format: Literal["json", "console"], otlp_endpoint: str, sample_ratio: float) -> None:
    """Set up logs and traces, once in a process."""
    _start_lines(log_format)
    _start_traces(service, otlp_endpoint, sample_ratio)


def traceparent() -> str | None:
    """Name the current span as the next process must hear it (W3C Trace Context)."""
    carrier: dict[str, str] = {}
    _wire.inject(carrier)
    return carrier.get("traceparent")


def trace_id() -> str | None:
    """Name the current trace as people look it up."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None


@contextmanager
def span(
    name: str,
    *,
    parent: str | None = None,
    links: Sequence[str] = (),
    kind: SpanKind = SpanKind.INTERNAL,
    **attributes: str | float | bool,
) -> Iterator[Span]:
    """Time a piece of work: under `parent` (a traceparent), else under the current span.

    Costs next to nothing when nobody keeps the spans of this trace.  An exception's text never enters a span.
    """
    current = trace.get_current_span()
    if parent is None and current.get_span_context().is_valid and not current.is_recording():
        yield current
        return
    heard = _heard(parent) if parent else None
    if heard is not None and _is_let_go(named := trace.get_current_span(heard)):
        token = attach(heard)
        try:
            yield named
        finally:
            detach(token)
        return
    with _tracer.start_as_current_span(
        name,
        context=heard,
        kind=kind,
        attributes=attributes,
        links=[Link(trace.get_current_span(_heard(one)).get_span_context()) for one in links],
        record_exception=False,
        set_status_on_exception=False,
    ) as started:
        try:
            yield started
        except Exception as error:
            started.set_attribute("error.type", type(error).__name__)
            started.set_status(StatusCode.ERROR)
            raise


def _is_let_go(remote: Span) -> bool:
    """Whether the caller has decided that nobody keeps this trace: then its name is all that we need."""
    context = remote.get_span_context()
    return context.is_valid and not context.trace_flags.sampled


def _heard(parent: str) -> Context:
    return _wire.extract({"traceparent": parent}, context=Context())


def _start_traces(service: str, otlp_endpoint: str, sample_ratio: float) -> None:
    provider = TracerProvider(
        resource=Resource.create({"service.name": service}), sampler=ParentBasedTraceIdRatio(sample_ratio)
    )
    if otlp_endpoint:
        endpoint = f"{otlp_endpoint.rstrip('/').removesuffix('/v1/traces')}/v1/traces"
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    trace.set_tracer_provider(provider)


def _start_lines(log_format: Literal["json", "console"]) -> None:
    """Send our lines, and those of libraries, the same way to standard output."""
    first: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        _name_trace,
    ]
    plain = structlog.dev.plain_traceback  # the other kind shows every local, and holds the whole process for seconds
    last: list[structlog.typing.Processor] = [structlog.dev.ConsoleRenderer(exception_formatter=plain)]
    if log_format == "json":
        last = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(serializer=_json)]
    structlog.configure(
        processors=[*first, *last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=first, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def _name_trace(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        line["trace_id"], line["span_id"] = f"{context.trace_id:032x}", f"{context.span_id:016x}"
    return line


def _json(line: object, **_: object) -> str:
    return orjson.dumps(line, default=str).decode()

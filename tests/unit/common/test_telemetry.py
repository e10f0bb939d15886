"""Spans and the words in which they travel."""

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from common import telemetry

KEPT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
LET_GO = "00-4bf92f3577b34da6a3ce929d0e0e4737-00f067aa0ba902b7-00"
_seen = InMemorySpanExporter()


@pytest.fixture(scope="module", autouse=True)
def provider() -> None:
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        telemetry._start_traces("tests", "", 0)
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    provider.add_span_processor(SimpleSpanProcessor(_seen))


@pytest.fixture
def seen() -> InMemorySpanExporter:
    _seen.clear()
    return _seen


def test_what_leaves_names_the_span_it_left_from(seen: InMemorySpanExporter):
    assert telemetry.traceparent() is None
    assert telemetry.trace_id() is None
    with telemetry.span("process", parent=KEPT, records=3) as span:
        said = telemetry.traceparent()
        assert said == f"00-4bf92f3577b34da6a3ce929d0e0e4736-{span.get_span_context().span_id:016x}-01"
        assert telemetry.trace_id() == "4bf92f3577b34da6a3ce929d0e0e4736"
        with telemetry.span("inside"):
            pass
    inside, process = seen.get_finished_spans()
    assert inside.parent == process.context
    assert dict(process.attributes or {}) == {"records": 3}


def test_a_trace_that_nobody_keeps_costs_no_span_but_goes_on_by_name(seen: InMemorySpanExporter):
    with telemetry.span("process", parent=LET_GO), telemetry.span("inside"):
        assert (telemetry.traceparent() or "").startswith("00-4bf92f3577b34da6a3ce929d0e0e4737-")
    assert seen.get_finished_spans() == ()


def test_an_exceptions_text_stays_out_of_spans(seen: InMemorySpanExporter):
    with pytest.raises(ValueError, match="secret"), telemetry.span("process", parent=KEPT):
        raise ValueError("secret")
    (span,) = seen.get_finished_spans()
    assert "secret" not in span.to_json()
    assert (span.attributes or {})["error.type"] == "ValueError"


def test_a_batch_is_linked_to_what_it_holds(seen: InMemorySpanExporter):
    with telemetry.span("batch", parent=KEPT, links=[LET_GO]):
        pass
    (span,) = seen.get_finished_spans()
    assert [f"{link.context.trace_id:x}" for link in span.links] == ["4bf92f3577b34da6a3ce929d0e0e4737"]


def test_a_broken_parent_is_no_parent():
    with telemetry.span("process", parent="garbage"):
        assert telemetry.trace_id() is not None

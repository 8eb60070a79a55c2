"""OpenTelemetry: one trace through the whole story, metrics for Prometheus, logs as JSON.

Without `OTEL_EXPORTER_OTLP_ENDPOINT` nothing is traced or exported and `/metrics` is all there is. With it, FastAPI
adds the OTLP exporters to the providers made here. Its own HTTP telemetry costs a third of the contrib package's.
"""

import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from fastapi.telemetry import TelemetryConfig
from opentelemetry import metrics, trace
from opentelemetry._logs import set_logger_provider
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.propagate import extract
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.view import DropAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Link, Span, SpanKind, StatusCode

UNMEASURED_PATHS = ("/livez", "/readyz", "/metrics")
SECRET_PATHS = (
    "/v1/calendars/",
    "/v1/event-streams/",
    "/v1/audit-calendars/",
    "/v1/file-links/",
)  # such a path is a permission, and a trace or log would keep it
_CONTEXT = frozenset({b"traceparent", b"tracestate", b"baggage"})
_FAILED = 500
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

current_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

_meter = metrics.get_meter("attest")
_tracer = trace.get_tracer("attest")
relayed = _meter.create_counter("attest.events.relayed", unit="{event}", description="Events published to NATS")
consumed = _meter.create_counter("attest.events.consumed", unit="{event}", description="Events handled or buried")
latency = _meter.create_histogram(
    "attest.event.latency",
    unit="s",
    description="From the moment an event happened until it had its effect here",
    explicit_bucket_boundaries_advisory=[0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5, 30, 300],
)
_duration = _meter.create_histogram(
    "http.server.request.duration",
    unit="s",
    description="Duration of HTTP server requests",
    explicit_bucket_boundaries_advisory=[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
)
ready = _meter.create_gauge("attest.ready", unit="1", description="1 when the last readiness probe missed nothing")
unpublished = _meter.create_gauge("attest.events.unpublished", unit="{event}", description="Events not relayed yet")
oldest_unpublished = _meter.create_gauge(
    "attest.events.unpublished.age",
    unit="s",
    description="Age of the oldest event not relayed yet, but for those of the clock, which have time; 0 without any",
)
letters_waiting = _meter.create_gauge(
    "attest.dead_letters", unit="{letter}", description="Dead letters that wait to be replayed or dismissed"
)
jobs_unfinished = _meter.create_gauge("attest.jobs.unfinished", unit="{job}", description="Jobs not finished yet")
oldest_unfinished = _meter.create_gauge(
    "attest.jobs.unfinished.age", unit="s", description="Since when the oldest job that is not finished was asked for"
)
longest_due = _meter.create_gauge(
    "attest.jobs.waiting.age",
    unit="s",
    description="How long the job that has waited longest for a worker has been due; 0 when none waits",
)
swept = _meter.create_gauge(
    "attest.schedule.last_turn", unit="s", description="Unix time at which this process last finished a turn of sweeps"
)
webhook_attempts = _meter.create_counter(
    "attest.webhooks.attempts", unit="{attempt}", description="Webhooks sent, by what came of it"
)
webhooks_waiting = _meter.create_gauge(
    "attest.webhooks.waiting", unit="{delivery}", description="Webhooks not delivered yet, by the state of the endpoint"
)
oldest_webhook = _meter.create_gauge(
    "attest.webhooks.waiting.age", unit="s", description="Age of the oldest webhook not delivered to an active endpoint"
)
longest_due_endpoint = _meter.create_gauge(
    "attest.webhooks.due.age", unit="s", description="How long the endpoint that waits longest for the sender is due"
)
breakers_open = _meter.create_gauge(
    "attest.webhooks.breakers.open", unit="{endpoint}", description="Endpoints that rest because most attempts failed"
)
webhook_endpoints = _meter.create_gauge(
    "attest.webhooks.endpoints", unit="{endpoint}", description="Endpoints of webhooks, by state"
)
ticket_calls = _meter.create_counter(
    "attest.tickets.calls", unit="{call}", description="Requests to systems of tickets, by what came of them"
)
ticket_states = _meter.create_gauge("attest.tickets", unit="{ticket}", description="Tickets in other systems, by state")
oldest_ticket_work = _meter.create_gauge(
    "attest.tickets.due.age", unit="s", description="How long the work on tickets that waits longest has been due"
)
ticket_connections = _meter.create_gauge(
    "attest.tickets.connections", unit="{connection}", description="Connections to systems of tickets, by status"
)
hooks_received = _meter.create_counter(
    "attest.sources.deliveries",
    unit="{delivery}",
    description="Requests to addresses of sources, by scheme and by what came of them",
)
hooks_mapped = _meter.create_counter(
    "attest.sources.mapped", unit="{delivery}", description="Deliveries of sources that were mapped, by outcome"
)
hooks_waiting = _meter.create_gauge(
    "attest.sources.waiting", unit="{delivery}", description="Deliveries of sources that wait to be mapped"
)
oldest_hook = _meter.create_gauge(
    "attest.sources.waiting.age", unit="s", description="Age of the oldest delivery that waits to be mapped"
)
streams_open = _meter.create_up_down_counter(
    "attest.streams.open", unit="{stream}", description="Event streams that are open in this process"
)
streams_ended = _meter.create_counter(
    "attest.streams.ended", unit="{stream}", description="Event streams that ended, by why"
)
compliance = {
    name: _meter.create_gauge(f"attest.compliance.{name}", unit=unit, description=f"{what}, over all organisations")
    for name, unit, what in (
        ("controls", "{control}", "Controls in operation, by health"),
        ("evidence", "{item}", "Accepted evidence, by freshness"),
        ("collections", "{collection}", "Collections of evidence that are open, by whether they are overdue"),
        ("risks", "{risk}", "Open risks that are rated, by how they stand to appetite"),
        ("issues", "{issue}", "Open issues, by severity"),
        ("findings", "{finding}", "Open findings, and failures that auditors have not decided on"),
        ("requests", "{request}", "Requests of auditors that wait for an answer, by whether they are overdue"),
    )
}
sweeps_failed = _meter.create_counter("attest.sweeps.failed", unit="{sweep}", description="Sweeps that ended in error")

# `measure` says the same as FastAPI's own metrics for a fraction of their time (docs/decisions/0004).
_OURS_ONLY = [View(meter_name="fastapi", instrument_name="*", aggregation=DropAggregation())]


def start(service: str, level: str) -> TelemetryConfig:
    """Set up the process's providers and log; the answer goes to `FastAPI(telemetry=…)`."""
    exporting = bool(os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"))
    resource = Resource.create({"service.name": f"attest-{service}"})
    metrics.set_meter_provider(MeterProvider([PrometheusMetricReader()], resource=resource, views=_OURS_ONLY))
    handlers: list[logging.Handler] = [_json_handler()]
    if exporting:
        trace.set_tracer_provider(TracerProvider(resource=resource))
        set_logger_provider(LoggerProvider(resource=resource))
        handlers.append(LoggingHandler())
    logging.basicConfig(level=level, handlers=handlers, force=True)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()  # Uvicorn brings its own format; one log has one
        logging.getLogger(name).propagate = True
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # Traces tell the collector of each request already.
    access = logging.getLogger("attest.access")
    access.handlers, access.propagate = handlers[:1], False
    return {
        "tracing": exporting,
        "metrics": exporting,  # FastAPI adds the exporter; its own measurements are dropped (`_OURS_ONLY`)
        "logs": exporting,  # FastAPI adds the exporter to the provider that our own log goes to as well
        "operation_spans": False,
        "auto_configure": exporting,
        "exclude": lambda scope: scope.get("path", "").startswith(UNMEASURED_PATHS + SECRET_PATHS),
    }


def measure(scope: Mapping[str, Any], status: int, seconds: float) -> None:
    """Record a request's duration, named as OpenTelemetry's conventions for HTTP servers have it."""
    if scope["path"].startswith(UNMEASURED_PATHS):
        return
    method = scope["method"] if scope["method"] in _METHODS else "_OTHER"  # a caller could invent as many as it likes
    attributes = {"http.request.method": method, "url.scheme": scope["scheme"], "http.response.status_code": status}
    if route := getattr(scope.get("route"), "path_format", None):
        attributes["http.route"] = route
    _duration.record(seconds, attributes)


@contextmanager
def serving(scope: Mapping[str, Any]) -> Iterator[Span]:
    """A server span for a read, which continues the caller's trace; `answered` notes the status on it.

    Named and described as FastAPI's own spans are, but for the query, in which people's names and addresses may stand.
    """
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"] if name in _CONTEXT}
    route = scope["route"].path_format
    attributes = {
        "http.request.method": scope["method"],
        "http.route": route,
        "url.scheme": scope["scheme"],
        "url.path": scope["path"],
        "network.protocol.version": scope["http_version"],
    }
    with _tracer.start_as_current_span(
        f"{scope['method']} {route}",
        context=extract(headers),
        kind=SpanKind.SERVER,
        attributes=attributes,
        record_exception=False,
    ) as span:
        yield span


def answered(span: Span, status: int) -> None:
    """Note a status on the span of a request; one of ours counts as an error."""
    span.set_attribute("http.response.status_code", status)
    if status >= _FAILED:
        span.set_attribute("error.type", str(status))
        span.set_status(StatusCode.ERROR)


@contextmanager
def hearing(subject: str, *headers: Mapping[str, str] | None) -> Iterator[None]:
    """A consumer span that continues the trace in which the first event was announced, with links to the others'."""
    announced = dict.fromkeys((given or {}).get("traceparent", "") for given in headers)
    parent, *others = (extract({"traceparent": header}) for header in announced)
    links = [Link(trace.get_current_span(context).get_span_context()) for context in others]
    with _tracer.start_as_current_span(f"hear {subject}", context=parent, kind=SpanKind.CONSUMER, links=links):
        yield


class _Json(logging.Formatter):
    """One JSON object a line, with the request and the trace it belongs to."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if request_id := current_request_id.get():
            line["request_id"] = request_id
        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            line |= {"trace_id": f"{span.trace_id:032x}", "span_id": f"{span.span_id:016x}"}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def _json_handler() -> logging.Handler:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Json())
    return handler

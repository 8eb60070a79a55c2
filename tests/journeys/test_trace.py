"""One trace shows the whole story: from the request that found the evidence expired to the auditor's candidate."""

import asyncio
import gzip
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from deploy.client import Organisation, client, done, eventually
from deploy.story import Story
from tests.prepared import prepared_stack


class Collector:
    """A small OTLP receiver: which services sent spans of which trace, and who sent metrics and logs."""

    def __init__(self) -> None:
        self.traces: dict[str, set[str]] = defaultdict(set)
        self.spans: dict[str, list[tuple[str, dict[str, str | int]]]] = defaultdict(list)
        self.metrics: set[str] = set()
        self.logs: set[str] = set()
        self.texts: list[str] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            except asyncio.IncompleteReadError:
                break
            length = int(head.partition("content-length:")[2].split("\r\n")[0])
            body = await reader.readexactly(length)
            self.take(head.split(" ")[1], gzip.decompress(body) if "content-encoding: gzip" in head else body)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
        writer.close()

    def take(self, path: str, body: bytes) -> None:
        self.texts.append(body.decode(errors="replace"))
        if path.endswith("traces"):
            for sent in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in sent.scope_spans:
                    for span in scope.spans:
                        self.traces[span.trace_id.hex()].add(_service(sent.resource))
                        found = {each.key: each.value.string_value or each.value.int_value for each in span.attributes}
                        self.spans[span.trace_id.hex()].append((span.name, found))
        elif path.endswith("metrics"):
            self.metrics |= {
                _service(each.resource) for each in ExportMetricsServiceRequest.FromString(body).resource_metrics
            }
        else:
            self.logs |= {_service(each.resource) for each in ExportLogsServiceRequest.FromString(body).resource_logs}


def _service(resource: object) -> str:
    attributes = resource.attributes  # type: ignore[attr-defined]
    return str(next(each.value.string_value for each in attributes if each.key == "service.name"))


@pytest.fixture
async def collector() -> AsyncIterator[tuple[Collector, str]]:
    receiving = Collector()
    server = await asyncio.start_server(receiving.answer, "127.0.0.1", 0)
    yield receiving, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


async def test_one_trace_from_expiry_to_candidate(
    collector: tuple[Collector, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    receiving, endpoint = collector
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "200")
    monkeypatch.setenv("OTEL_BLRP_SCHEDULE_DELAY", "200")
    monkeypatch.setenv("OTEL_METRIC_EXPORT_INTERVAL", "500")
    async with await prepared_stack(tmp_path / "state", pytestconfig) as stack:
        named = stack.operator()
        async with client(stack.url, named["ATTEST_OPERATOR_CLIENT_ID"], named["ATTEST_OPERATOR_SECRET"]) as operator:
            org = await Organisation.found(operator, "Traced")
        story = await Story.begin(org)
        await story.provide()
        await story.until_healthy()
        await story.until_expired()

        trace = secrets.token_hex(16)
        headers = {"traceparent": f"00-{trace}-{secrets.token_hex(8)}-01"}
        swept = await org.manager.post("/v1/services/evidence/sweeps", headers=headers)
        done(swept)
        assert trace in swept.headers["traceparent"], "the answer says which trace it belongs to"
        await story.until_candidate("raised")

        path, route = f"/v1/controls/{story.control}", "/v1/controls/{control_id}"
        asked = secrets.token_hex(16)
        answer = await org.viewer.get(path, headers={"traceparent": f"00-{asked}-{secrets.token_hex(8)}-01"})
        assert asked in answer.headers["traceparent"], "a read continues the trace of its caller"

        async def told() -> bool:
            return any(name == f"GET {route}" for name, _ in receiving.spans[asked])

        assert await eventually(told, within=15)
        ((_, found),) = receiving.spans[asked]
        expected = {
            "http.route": route,
            "url.path": path,
            "http.request.method": "GET",
            "http.response.status_code": 200,
        }
        assert expected.items() <= found.items()

        async def complete() -> bool:
            wanted = {"attest-evidence", "attest-controls", "attest-risk", "attest-audit"}
            return wanted <= receiving.traces[trace] and wanted <= receiving.metrics and bool(receiving.logs)

        assert await eventually(complete, within=15)
        token = org.admin.auth.token  # type: ignore[union-attr]
        secret = org.credentials["client_secret"]
        assert not any(token in text or secret in text for text in receiving.texts), "telemetry carries no secret"
        await org.close()

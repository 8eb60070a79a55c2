"""Reads are found by their path before Starlette looks; what is found must be what Starlette would have found."""

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.routing import Match

from deploy.contracts import SERVICES
from shared import telemetry
from shared.http.operations import Operation
from shared.http.reads_first import Index, ReadsFirst
from shared.service import describe

_ID = "01900000-0000-7000-8000-000000000000"
_APPS = {service.name: describe(service) for service in SERVICES}


def _starlette(app: FastAPI, path: str) -> tuple[APIRoute, dict[str, str]] | None:
    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    for route in app.routes:
        match, found = route.matches(scope)
        if match == Match.FULL and isinstance(route, APIRoute):
            return route, found["path_params"]
    return None


def _paths(app: FastAPI) -> list[str]:
    """A path of every operation, and paths that are nearly one."""
    paths: list[str] = []
    for route in app.routes:
        assert isinstance(route, APIRoute)
        path = "/".join(_ID if part.startswith("{") else part for part in route.path_format.split("/"))
        paths += [path, f"{path}/", f"{path}/more", path.replace(_ID, "a b"), path.replace(_ID, ""), path.upper()]
        paths += [path.rpartition("/")[0], f"/{path}", path.replace("/v1/", "/v2/")]
    return paths


@pytest.mark.parametrize("service", list(_APPS))
def test_what_is_found_is_what_starlette_finds(service: str) -> None:
    app, found_at_all = _APPS[service], 0
    index = Index(app.routes)
    for path in _paths(app):
        found, expected = index.find(path), _starlette(app, path)
        if found is None:
            # Left to Starlette: nothing is there, or what needs FastAPI around it.
            assert expected is None or not isinstance(expected[0], Operation) or expected[0].read is None, path
            continue
        found_at_all += 1
        assert expected is not None, path
        assert (found[0], found[1]) == expected, path
    assert found_at_all > 5


@pytest.mark.parametrize("path", ["", "/", "//", "/v1", "/v1/", "*", "/v1//health"])
def test_an_odd_path_is_left_to_starlette(path: str) -> None:
    assert Index(_APPS["controls"].routes).find(path) is None


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """The spans that this process ends."""
    ended, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(ended))
    monkeypatch.setattr(telemetry, "_tracer", provider.get_tracer("attest"))
    return ended


@pytest.mark.parametrize("traced", [True, False])
async def test_a_traced_read_has_a_span_of_its_callers_trace(spans: InMemorySpanExporter, *, traced: bool) -> None:
    trace, path = "0af7651916cd43dd8448eb211c80319c", f"/v1/controls/{_ID}"
    app = ReadsFirst(_APPS["controls"], traced=traced)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        answer = await client.get(path, headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    assert answer.status_code == 401
    if not traced:
        assert spans.get_finished_spans() == ()
        return
    (span,) = spans.get_finished_spans()
    assert span.name == "GET /v1/controls/{control_id}"
    assert f"{span.context.trace_id:032x}" == trace
    assert trace in answer.headers["traceparent"]
    expected = {"http.route": "/v1/controls/{control_id}", "url.path": path, "http.response.status_code": 401}
    assert expected.items() <= dict(span.attributes or {}).items()

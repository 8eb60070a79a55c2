"""What operators see of integrations and compliance, as the services count it and as a real Prometheus answers."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from deploy.local.ports import Ports
from deploy.local.stack import Stack
from deploy.story import implemented_control
from services.integrations.receiving.sources.models import SourceKind
from tests.controls.given import pushed
from tests.deploy.compose import ROOT, SERVICES
from tests.deploy.test_watching import ALERTS, DASHBOARDS
from tests.gateway.streaming import opened
from tests.integrations.given import registered
from tests.integrations.senders import SECRET, body_of, signed
from tests.integrations.webhooks import ENDPOINT
from tests.support import Organisation, created, eventually, ok, problem

PROMETHEUS, PROMTOOL = shutil.which("prometheus"), shutil.which("promtool")
needs_prometheus = pytest.mark.skipif(not (PROMETHEUS and PROMTOOL), reason="this asks a real Prometheus")
# What these panels show is there only when something is wrong.
MAY_BE_EMPTY = re.compile(r"> 0$|\"5\.\.\"|\"4\.\.\"")


async def shown(stack: Stack, service: str, name: str, **labels: str) -> float:
    """The sum of a metric's series with these labels, as a service exposes them."""
    async with httpx.AsyncClient() as plain:
        text = (await plain.get(f"{stack.service_url(service)}/metrics/")).text
    series = re.findall(rf"^{name}(?:\{{(.*)\}})? (\S+)$", text, re.MULTILINE)
    return sum(
        float(value)
        for named, value in series
        if all(f'{label}="{wanted}"' in named for label, wanted in labels.items())
    )


async def delivered(stack: Stack, org: Organisation, *, forged: bool = False) -> None:
    """Something that a source sends."""
    source = await registered(org, secret=SECRET)
    at = datetime.now(UTC)
    body = body_of(SourceKind.GITHUB, at)
    headers = signed(SourceKind.GITHUB, body, at)
    async with httpx.AsyncClient(base_url=stack.url) as outside:
        if forged:
            headers["x-hub-signature-256"] = "sha256=" + "0" * 64
            problem(await outside.post(source["path"], content=body, headers=headers), 401, "unproven")
        else:
            assert (await outside.post(source["path"], content=body, headers=headers)).status_code == 202


async def test_deliveries_are_counted_by_scheme_and_outcome_and_as_they_are_mapped(
    stack: Stack, org: Organisation
) -> None:
    counted = ("integrations", "attest_sources_deliveries_total")
    scheme = {"scheme": "body_signature"}
    kept = await shown(stack, *counted, outcome="kept", **scheme)
    unproven = await shown(stack, *counted, outcome="unproven", **scheme)
    mapped = await shown(stack, "integrations", "attest_sources_mapped_total")
    await delivered(stack, org)
    await delivered(stack, org, forged=True)
    assert await shown(stack, *counted, outcome="kept", **scheme) == kept + 1
    assert await shown(stack, *counted, outcome="unproven", **scheme) == unproven + 1

    async def one_more() -> bool:
        return await shown(stack, "integrations", "attest_sources_mapped_total") == mapped + 1

    assert await eventually(one_more)


async def test_endpoints_streams_and_controls_are_seen_on_their_gauges(stack: Stack, org: Organisation) -> None:
    pending = await shown(stack, "integrations", "attest_webhooks_endpoints", status="pending")
    controls = await shown(stack, "gateway", "attest_compliance_controls")
    streams = await shown(stack, "gateway", "attest_streams_open")
    created(await org.manager.post("/v1/webhook-endpoints", json=ENDPOINT | {"url": "https://127.0.0.2/never"}))
    await implemented_control(org, "MS-01")
    await pushed(org, "MS-01", outcome="fail")
    async with opened(org.admin):
        assert await shown(stack, "gateway", "attest_streams_open") == streams + 1

    async def closed() -> bool:
        return await shown(stack, "gateway", "attest_streams_open") == streams

    assert await eventually(closed)

    async def all_there() -> bool:
        ok(await org.manager.post("/v1/services/gateway/sweeps"))  # or else numbers just kept stay for five minutes
        now_pending = await shown(stack, "integrations", "attest_webhooks_endpoints", status="pending")
        return now_pending > pending and await shown(stack, "gateway", "attest_compliance_controls") > controls

    assert await eventually(all_there, within=45, every=2)  # it is measured every 15 seconds


async def test_no_label_names_an_organisation(stack: Stack, org: Organisation) -> None:
    await delivered(stack, org)
    async with httpx.AsyncClient() as plain:
        for service in SERVICES:
            text = (await plain.get(f"{stack.service_url(service)}/metrics/")).text
            assert re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-", text) == [], service


@asynccontextmanager
async def prometheus(stack: Stack, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A Prometheus that watches the stack as the one of Docker Compose does, each second."""
    watched: dict[str, Any] = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    (job,) = (each for each in watched["scrape_configs"] if each["job_name"] == "attest")
    job["static_configs"] = [
        {"targets": [stack.service_url(name).removeprefix("http://")], "labels": {"service": name}} for name in SERVICES
    ]
    job.pop("relabel_configs", None)
    timing = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    settings = {
        "global": timing,
        "scrape_configs": [job],
        "rule_files": [str(ROOT / "deploy/prometheus/alerts.yml")],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(settings))
    address = f"127.0.0.1:{Ports.free().edge}"
    process = await asyncio.create_subprocess_exec(
        str(PROMETHEUS),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://{address}") as asking:

            async def ready() -> bool:
                try:
                    return (await asking.get("/-/ready")).status_code == 200
                except httpx.TransportError:
                    return False

            await eventually(ready, within=20)
            yield asking
    finally:
        process.terminate()
        await process.wait()


@needs_prometheus
async def test_a_real_prometheus_answers_every_panel_and_every_alert_with_data(
    stack: Stack, org: Organisation, tmp_path: Path
) -> None:
    await delivered(stack, org)
    await implemented_control(org, "MS-02")
    panels = [
        re.sub(r"\$service\b", ".*", target["expr"]).replace("$__rate_interval", "1m")
        for dashboard in DASHBOARDS.values()
        for panel in dashboard["panels"]
        for target in panel.get("targets", [])
    ]
    empty: list[str] = []

    async with prometheus(stack, tmp_path) as asking:

        async def answered(expression: str) -> list[Any]:
            answer = await asking.get("/api/v1/query", params={"query": expression})
            assert answer.status_code == 200, f"{expression}: {answer.text}"
            found: list[Any] = answer.json()["data"]["result"]
            return found

        async def all_there() -> bool:
            empty[:] = [each for each in panels if not MAY_BE_EMPTY.search(each) and not await answered(each)]
            return not empty

        try:
            await eventually(all_there, within=60, every=1)
        except TimeoutError:
            pytest.fail(f"no data: {empty}")
        rules = ok(await asking.get("/api/v1/rules"))["data"]["groups"]
        assert {rule["name"] for group in rules for rule in group["rules"]} == {each["alert"] for each in ALERTS}
        assert [rule["lastError"] for group in rules for rule in group["rules"] if rule.get("lastError")] == []


@needs_prometheus
async def test_alerts_fire_when_they_should_and_not_before() -> None:
    process = await asyncio.create_subprocess_exec(
        str(PROMTOOL),
        "test",
        "rules",
        "alerts_test.yml",
        cwd=ROOT / "deploy/prometheus",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    assert process.returncode == 0, told.decode()

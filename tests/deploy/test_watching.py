"""Alerts and dashboards: about metrics that there are, and pages that there are."""

import json
import re
from typing import Any

import httpx
import nats
import pytest
import yaml

from deploy.local.stack import Stack
from deploy.story import implemented_control
from tests.deploy.compose import CONTAINERS, ROOT, SERVICES, mounted
from tests.support import Organisation, eventually

PROMETHEUS: dict[str, Any] = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
ALERTS = [
    rule
    for group in yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]
DASHBOARDS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text()) for path in sorted((ROOT / "deploy/grafana/dashboards").glob("*.json"))
}
EXPRESSIONS = [
    *(rule["expr"] for rule in ALERTS),
    *(
        target["expr"]
        for dashboard in DASHBOARDS.values()
        for panel in dashboard["panels"]
        for target in panel.get("targets", [])
    ),
]
# What Prometheus adds by itself: to targets, to alerts, to everything it scrapes, and as words of its language.
OWN_METRICS = {"up", "ALERTS"}
OWN_LABELS = {"job", "service", "instance", "alertstate", "le"}
WORDS = {"by", "or", "and", "unless", "without", "on", "ignoring", "bool", "offset"}


def metrics_in(expression: str) -> set[str]:
    """The metrics that a PromQL expression asks for."""
    bare = re.sub(r"\{[^}]*\}|\[[^]]*\]|\b(by|without) \([^)]*\)", " ", expression)
    return set(re.findall(r"\b[A-Za-z_:][\w:]*\b(?!\s*\()", bare)) - WORDS


def labels_in(expression: str) -> set[str]:
    """The labels that a PromQL expression selects or groups by."""
    selected = re.findall(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"", expression)
    grouped = [label for names in re.findall(r"\bby \(([^)]*)\)", expression) for label in names.split(",")]
    return {label.strip() for label in [*selected, *grouped]}


async def exposed(stack: Stack) -> tuple[set[str], set[str]]:
    """The names and the labels of every metric that the services expose."""
    names, labels = set(), set()
    async with httpx.AsyncClient() as plain:
        for service in SERVICES:
            await plain.get(f"{stack.service_url(service)}/readyz")
            text = (await plain.get(f"{stack.service_url(service)}/metrics/")).text
            for name, labelled in re.findall(r"^(\w+)(?:\{(.*)\})? ", text, re.MULTILINE):
                names.add(name)
                labels.update(re.findall(r"(\w+)=\"", labelled))
    return names, labels


def test_the_expressions_are_understood_by_these_tests() -> None:
    expression = 'topk(3, sum by (service, le) (rate(a_b{job="x", c=~"$d"}[5m]))) / count(e) > 1 or vector(0)'
    assert metrics_in(expression) == {"a_b", "e"}
    assert labels_in(expression) == {"service", "le", "job", "c"}


async def test_every_metric_and_label_asked_for_is_exposed_by_a_running_service(
    stack: Stack, org: Organisation
) -> None:
    """A control is defined, which risk hears; the sweeps and the backlog have had their first turn by then."""
    await implemented_control(org, "OPS-01")
    metrics = set().union(*map(metrics_in, EXPRESSIONS)) - OWN_METRICS
    labels = set().union(*map(labels_in, EXPRESSIONS)) - OWN_LABELS
    assert len(metrics) > 10

    missing: list[str] = []

    async def all_there() -> bool:
        names, labelled = await exposed(stack)
        missing[:] = sorted(metrics - names) + sorted(labels - labelled)
        return not missing

    try:
        await eventually(all_there, within=20, every=0.5)
    except TimeoutError:
        pytest.fail(f"not exposed by any service: {missing}")


async def test_a_message_that_cannot_be_read_is_seen_on_the_gauge_of_whoever_could_not_read_it(stack: Stack) -> None:
    async def waiting() -> float:
        async with httpx.AsyncClient() as plain:
            text = (await plain.get(f"{stack.service_url('risk')}/metrics/")).text
        return sum(float(value) for value in re.findall(r"^attest_dead_letters\{.*\} (\S+)$", text, re.MULTILINE))

    async def more() -> bool:
        return await waiting() > before

    before = await waiting()
    controls = stack.environment("controls")
    broker = await nats.connect(
        controls["ATTEST_NATS_URL"],
        user=controls["ATTEST_NATS_USER"],
        password=controls["ATTEST_NATS_PASSWORD"],
        inbox_prefix=b"_INBOX.controls",
    )
    await broker.jetstream().publish("events.controls.control.defined", b'{"not": "an event"}')
    await broker.close()
    # The backlog is measured every 15 seconds.
    assert await eventually(more, within=30, every=0.5)


def test_every_service_is_scraped_where_its_metrics_are() -> None:
    jobs = {job["job_name"]: job for job in PROMETHEUS["scrape_configs"]}
    targets = jobs["attest"]["static_configs"][0]["targets"]
    assert {target.partition(":")[0] for target in targets} == set(SERVICES)
    assert {target.partition(":")[2] for target in targets} == {"8000"}
    assert jobs["attest"]["metrics_path"] == "/metrics/"


def test_prometheus_shares_a_network_with_everything_it_scrapes() -> None:
    networks = set(CONTAINERS["prometheus"]["networks"])
    for job in PROMETHEUS["scrape_configs"]:
        for target in job["static_configs"][0]["targets"]:
            host = target.partition(":")[0]
            assert host == "localhost" or networks & set(CONTAINERS[host]["networks"]), host


def test_prometheus_reads_the_alerts_where_they_are_mounted() -> None:
    assert set(PROMETHEUS["rule_files"]) <= mounted("prometheus").keys()


def test_every_alert_says_what_is_wrong_and_has_a_page_that_says_what_to_do() -> None:
    for rule in ALERTS:
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["description"]
        assert (ROOT / rule["annotations"]["runbook"]).is_file(), rule["alert"]
    assert len({rule["alert"] for rule in ALERTS}) == len(ALERTS)


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_dashboard_uses_the_provisioned_source_and_no_panel_covers_another(name: str) -> None:
    dashboard = DASHBOARDS[name]
    (source,) = yaml.safe_load((ROOT / "deploy/grafana/provisioning/datasources/prometheus.yml").read_text())[
        "datasources"
    ]
    (provider,) = yaml.safe_load((ROOT / "deploy/grafana/provisioning/dashboards/attest.yml").read_text())["providers"]
    assert mounted("grafana")[provider["options"]["path"]] == "./deploy/grafana/dashboards"
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert taken.isdisjoint(cells), panel["title"]
        taken |= cells
        assert all(target["datasource"]["uid"] == source["uid"] for target in panel.get("targets", []))
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_dashboards_have_names_of_their_own() -> None:
    for key in ("uid", "title"):
        assert len({dashboard[key] for dashboard in DASHBOARDS.values()}) == len(DASHBOARDS)


def test_the_collector_names_in_its_pipelines_what_it_has() -> None:
    collector = yaml.safe_load((ROOT / "deploy/otel/collector.yml").read_text())
    for pipeline in collector["service"]["pipelines"].values():
        assert pipeline["processors"][0] == "memory_limiter"
        for kind in ("receivers", "processors", "exporters"):
            named = {re.sub(r"\$\{env:\w+:-(\w+)\}", r"\1", name) for name in pipeline[kind]}
            assert named <= collector[kind].keys()
    assert {f"ATTEST_{name}" for name in ("OTLP_EXPORTER", "OTLP_BACKEND")} == set(
        CONTAINERS["otel-collector"]["environment"]
    )

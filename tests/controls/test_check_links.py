"""Check links: what other systems report of a linked check becomes a test result of the control, once."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from deploy.story import implemented_control
from services.controls.testing.check_links.rules import Linked, Report, is_about, result_of, shortened
from services.integrations.receiving.sources.models import SourceKind as K
from shared.clock import new_id
from shared.events.catalogue.facts import CheckReported
from tests.integrations.given import registered
from tests.integrations.senders import BODIES, SECRET, signed
from tests.support import Organisation, created, eventually, ok, problem

SOURCE = "github-actions: acme/api"
CHECK = "s3_bucket_public_access"
SCAN = Path(__file__).parents[1] / "integrations" / "results" / "prowler.ocsf.json"
LINK: dict[str, Any] = {"control": "CM-01", "source": SOURCE, "check": CHECK}


async def linked(org: Organisation, **changes: Any) -> dict[str, Any]:
    return created(await org.manager.post("/v1/check-links", json=LINK | changes))


async def scanned(org: Organisation, content: bytes, source: str = SOURCE) -> dict[str, Any]:
    answer = await org.monitor.post("/v1/result-files", content=content, params={"source": source})
    assert answer.is_success, answer.text
    file: dict[str, Any] = answer.json()
    return file


async def results(org: Organisation, control: str, count: int) -> list[dict[str, Any]]:
    """The results of a control as soon as there are so many, the latest recorded first."""

    async def all_of_them() -> list[dict[str, Any]] | None:
        params = {"control_id": control, "sort": "-updated_at"}
        items: list[dict[str, Any]] = ok(await org.viewer.get("/v1/test-results", params=params))["items"]
        return items if len(items) == count else None

    return await eventually(all_of_them)


async def test_a_linked_check_of_a_file_is_a_test_of_its_control(org: Organisation) -> None:
    control = await implemented_control(org, "CM-01")
    link = await linked(org, tool="Prowler", valid_days=400)
    assert ok(await org.viewer.get(f"/v1/check-links/{link['id']}")) == link
    assert ok(await org.viewer.get("/v1/check-links", params={"check": CHECK}))["items"] == [link]
    failing = json.loads(SCAN.read_bytes())
    file = await scanned(org, json.dumps(failing).encode())
    (failed,) = await results(org, control, 1)
    assert (failed["outcome"], failed["source"], failed["check"]) == ("fail", SOURCE, CHECK)
    assert failed["run_id"].startswith(f"{file['run']} #")
    assert (failed["automated"], failed["review"], failed["tester"]["kind"]) == (True, "not_needed", "client")
    assert ok(await org.viewer.get(f"/v1/controls/{control}/health"))["state"] == "failing"
    await scanned(org, json.dumps(failing).encode())  # the same file again
    await scanned(org, json.dumps(failing, indent=2).encode(), source="nightly")  # another source
    passing = [
        event | {"status_code": "PASS", "time": event["time"] + 3600}
        for event in failing
        if event["metadata"]["event_code"] == CHECK
    ]
    await scanned(org, json.dumps(passing).encode())
    passed, first = await results(org, control, 2)
    assert (passed["outcome"], first) == ("pass", failed)
    assert ok(await org.viewer.get(f"/v1/controls/{control}/health"))["state"] == "healthy"
    retired = ok(await org.manager.post(f"/v1/check-links/{link['id']}/retirements", json={"reason": "Moved."}))
    assert retired["status"] == "retired"
    problem(
        await org.manager.post(f"/v1/check-links/{link['id']}/retirements", json={"reason": "Moved."}), 409, "conflict"
    )
    again = await linked(org, check="s3_bucket_default_encryption")
    await scanned(org, json.dumps([event | {"message": "again"} for event in failing]).encode())
    latest, *_ = await results(org, control, 3)
    assert (latest["check"], latest["outcome"]) == (again["check"], "pass")


async def test_a_linked_check_of_a_webhook_is_a_test_of_its_control(org: Organisation, stack: Stack) -> None:
    control = await implemented_control(org, "CM-01")
    source = await registered(org, secret=SECRET)
    thing = "github-actions / acme/api / branch-protection"
    await linked(org, source=None, source_id=source["id"], check=thing)
    await linked(org, source=source["title"], check=thing)  # files under its title, which never are the source
    body = json.dumps(BODIES[K.GITHUB]).encode()
    async with httpx.AsyncClient(base_url=stack.url, timeout=30) as outside:
        await outside.post(source["path"], content=body, headers=signed(K.GITHUB, body, datetime.now(UTC)))
    (passed,) = await results(org, control, 1)
    assert (passed["outcome"], passed["source"], passed["check"]) == ("pass", source["title"], thing)
    assert passed["tester"]["kind"] == "system"


async def test_what_cannot_be_linked_is_refused(org: Organisation, other_org: Organisation) -> None:
    control = await implemented_control(org, "CM-01")
    link = await linked(org)
    problem(await org.manager.post("/v1/check-links", json=LINK | {"control": control}), 409, "already-linked")
    problem(await org.manager.post("/v1/check-links", json=LINK | {"control": "XX-99"}), 422, "unknown-control")
    for sources in ({"source": None}, {"source_id": str(uuid.uuid4())}):
        refused = problem(await org.manager.post("/v1/check-links", json=LINK | sources), 422, "invalid")
        assert {each["pointer"] for each in refused["errors"]} == {"/source_id", "/source"}
    problem(await org.viewer.post("/v1/check-links", json=LINK), 403, "forbidden")
    problem(await other_org.viewer.get(f"/v1/check-links/{link['id']}"), 404, "not-found")
    path = f"/v1/check-links/{link['id']}/retirements"
    problem(await other_org.manager.post(path, json={"reason": "Not ours."}), 404, "not-found")
    assert ok(await other_org.viewer.get("/v1/check-links"))["items"] == []
    ok(await org.manager.post(f"/v1/controls/{control}/retirements", json={"reason": "Replaced."}))
    problem(await org.manager.post("/v1/check-links", json=LINK | {"check": "other"}), 409, "control-not-tested")


NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
HOOK = new_id()


def reported(**changes: Any) -> CheckReported:
    said: dict[str, Any] = {
        "source_id": None,
        "source": SOURCE,
        "source_kind": "result_file",
        "thing": CHECK,
        "tool": "Prowler",
        "run": "7214",
        "state": "pass",
        "observed_at": NOON,
        "evidence": True,
        "url": None,
    }
    return CheckReported(**said | changes)


def a_link(**changes: Any) -> Linked:
    said: dict[str, Any] = {"source_id": None, "source": SOURCE, "tool": None, "check": CHECK, "valid_days": None}
    return Linked(id=new_id(), control_id=new_id(), **said | changes)


@pytest.mark.parametrize(
    ("link", "event", "about"),
    [
        ({}, {}, True),
        ({"tool": "Prowler"}, {}, True),
        ({"tool": "Trivy"}, {}, False),
        ({"check": "other"}, {}, False),
        ({"source": "nightly"}, {}, False),
        ({}, {"evidence": False}, False),
        ({}, {"source_id": HOOK}, False),
        ({"source": None, "source_id": HOOK}, {}, False),
        ({"source": None, "source_id": HOOK}, {"source_id": HOOK, "source": "renamed", "tool": None}, True),
    ],
)
def test_a_link_is_about_one_check_of_one_source(link: dict[str, Any], event: dict[str, Any], *, about: bool) -> None:
    assert is_about(a_link(**link), reported(**event)) is about


def test_a_result_says_its_run_and_until_when_it_counts() -> None:
    fact = new_id()
    result = result_of(a_link(valid_days=7), Report(fact, reported()))
    assert result is not None
    assert (result["run_id"], result["next_due_at"]) == (f"7214 #{fact.hex[-12:]}", NOON + timedelta(days=7))
    assert result_of(a_link(), Report(fact, reported(state="of another world"))) is None
    long = shortened("x" * 300)
    assert len(long) <= 200
    assert long != shortened("x" * 301)

"""Imports as jobs: answered at once, seen by those who may import, and the same in the end."""

import uuid
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from tests.controls.documents import CSV as FRAMEWORK_CSV
from tests.controls.documents import own_framework
from tests.controls.test_imports import OBJECTIVES
from tests.controls.test_transfers import CSV, HEADER, ROW
from tests.shared.given import superuser
from tests.support import Organisation, eventually, ok, problem, staffed

JOBS = "/v1/services/controls/jobs"
ASYNC = {"Prefer": "respond-async"}
_LATER = """
    insert into jobs (id, org_id, kind, input, path, request_id, started_by, state, progress, attempt, due_at, version,
                      created_at, updated_at)
    select gen_random_uuid(), $1, 'control-import', '{}', '/v1/control-imports', 'r', $3, 'queued', 0, 0,
           now() + interval '1 day', 1, now(), now()
    from generate_series(1, $2) returning id::text
"""
_SYSTEM = '{"kind": "system", "person": null, "client": null}'


async def queued(stack: Stack, org: Organisation, count: int) -> list[str]:
    """Jobs that no worker takes today."""
    async with superuser(stack, "controls") as connection:
        rows = await connection.fetch(_LATER, uuid.UUID(org.id), count, _SYSTEM)
    return [row["id"] for row in rows]


async def imported(
    org: Organisation, content: str, headers: dict[str, str] | None = None, **query: str
) -> httpx.Response:
    headers = {"Content-Type": CSV, **(headers or {})}
    return await org.manager.post("/v1/control-imports", content=content.encode(), headers=headers, params=query)


def accepted(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == httpx.codes.ACCEPTED, response.text
    assert response.headers["Preference-Applied"] == "respond-async"
    assert response.headers["Retry-After"]
    job: dict[str, Any] = response.json()
    assert response.headers["Location"] == f"{JOBS}/{job['id']}"
    assert (job["state"], job["progress"], job["result"], job["problem"]) == ("queued", 0, None, None)
    return job


async def finished(org: Organisation, job: dict[str, Any]) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        found = ok(await org.manager.get(f"{JOBS}/{job['id']}"))
        return found if found["finished_at"] else None

    return await eventually(look, every=0.1)


async def test_an_import_as_a_job_does_what_the_request_would(org: Organisation) -> None:
    await staffed(org)
    foreseen = ok(await imported(org, HEADER + ROW, dry_run="true"))
    dry = await finished(org, accepted(await imported(org, HEADER + ROW, ASYNC, dry_run="true")))
    assert (dry["state"], dry["result"]) == ("succeeded", foreseen)
    key = {"Idempotency-Key": uuid.uuid4().hex}
    first = await imported(org, HEADER + ROW, ASYNC | key)
    job = accepted(first)
    assert job["started_by"]["person"]
    done = await finished(org, job)
    assert (done["state"], done["progress"], done["problem"], done["location"]) == ("succeeded", 1, None, None)
    assert done["result"]["created"] == 1
    control = ok(await org.viewer.get(f"/v1/controls/{done['result']['rows'][0]['control_id']}"))
    assert control["code"] == "AC-01"
    again = await imported(org, HEADER + ROW, ASYNC | key)
    assert (again.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (202, first.json(), "true")
    assert again.headers["Location"] == first.headers["Location"]
    trail = ok(await org.admin.get("/v1/services/controls/trail", params={"subject": job["id"]}))["items"]
    assert {event["type"]: event["actor"] for event in trail} == {
        "controls.job.started": "client",
        "controls.job.finished": "system",
    }
    of_control = ok(await org.admin.get("/v1/services/controls/trail", params={"subject": control["id"]}))["items"]
    assert of_control[0]["person"] == job["started_by"]["person"], "who started the job has defined the control"


async def test_an_import_that_fails_gives_the_problem_of_the_request(org: Organisation) -> None:
    content = HEADER + ROW + ROW.replace("AC-01", "AC-02").replace("soc2:CC6.2", "soc2:CC99.9")
    refused = problem(await imported(org, content), 422, "import-refused")
    failed = await finished(org, accepted(await imported(org, content, ASYNC)))
    assert (failed["state"], failed["result"]) == ("failed", None)
    assert failed["problem"].pop("request_id") != refused.pop("request_id")
    assert failed["problem"] | {"more_errors": 0} == refused | {"more_errors": 0}
    assert ok(await org.viewer.get("/v1/controls"))["items"] == []


async def test_what_cannot_be_read_is_refused_before_there_is_a_job(org: Organisation) -> None:
    problem(await imported(org, HEADER, ASYNC | {"Content-Type": "image/png"}), 415, "unsupported-media-type")
    assert ok(await org.manager.get(JOBS))["items"] == []


async def test_a_framework_version_comes_in_as_a_job(org: Organisation) -> None:
    framework = await own_framework(org)
    path, headers = f"/v1/frameworks/{framework}/versions", ASYNC | {"Content-Type": FRAMEWORK_CSV}
    answer = await org.manager.post(path, content=OBJECTIVES.encode(), headers=headers, params={"label": "2026"})
    done = await finished(org, accepted(answer))
    assert (done["kind"], done["state"], done["result"]) == ("framework-import", "succeeded", None)
    version = ok(await org.viewer.get(done["location"]))
    assert (version["label"], version["framework_id"]) == ("2026", framework)
    answer = await org.manager.post(path, content=OBJECTIVES.encode(), headers=headers, params={"label": "2026"})
    failed = await finished(org, accepted(answer))
    assert (failed["problem"]["type"], failed["problem"]["instance"]) == ("/problems/label-taken", path)


async def test_jobs_are_listed_by_kind_and_state(org: Organisation, stack: Stack) -> None:
    job = await finished(org, accepted(await imported(org, HEADER + ROW, ASYNC)))
    (later,) = await queued(stack, org, 1)
    assert [each["id"] for each in ok(await org.manager.get(JOBS))["items"]] == [later, job["id"]]
    (shown,) = ok(await org.manager.get(JOBS, params={"state": "succeeded", "kind": "control-import"}))["items"]
    assert shown == {name: value for name, value in job.items() if name not in {"result", "problem"}}
    assert ok(await org.manager.get(JOBS, params={"kind": "framework-import"}))["items"] == []


async def test_only_who_may_import_sees_and_cancels_jobs(
    org: Organisation, other_org: Organisation, stack: Stack
) -> None:
    (later,) = await queued(stack, org, 1)
    for stranger in (org.viewer, other_org.manager):
        assert ok(await stranger.get(JOBS))["items"] == []
        problem(await stranger.get(f"{JOBS}/{later}"), 404, "not-found")
        problem(await stranger.post(f"{JOBS}/{later}/cancellations"), 404, "not-found")
    assert ok(await org.manager.get(f"{JOBS}/{later}"))["state"] == "queued"


async def test_a_job_is_cancelled_once(org: Organisation, stack: Stack) -> None:
    (later,) = await queued(stack, org, 1)
    cancelled = ok(await org.manager.post(f"{JOBS}/{later}/cancellations"))
    assert (cancelled["state"], cancelled["version"], bool(cancelled["finished_at"])) == ("cancelled", 2, True)
    problem(await org.manager.post(f"{JOBS}/{later}/cancellations"), 409, "job-finished")
    (told,) = ok(await org.admin.get("/v1/services/controls/trail", params={"subject": later}))["items"]
    assert (told["type"], told["data"]["state"], told["actor"]) == ("controls.job.finished", "cancelled", "client")


@pytest.mark.parametrize("kind", ["controls", "history", "framework"])
async def test_jobs_of_an_organisation_are_limited(
    org: Organisation, other_org: Organisation, stack: Stack, kind: str
) -> None:
    await queued(stack, org, 20)
    if kind == "controls":
        refused = await imported(org, HEADER + ROW, ASYNC)
    elif kind == "history":
        headers = ASYNC | {"Content-Type": "text/csv"}
        refused = await org.manager.post("/v1/historical-record-imports", content=b"code,kind\n", headers=headers)
    else:
        path, headers = f"/v1/frameworks/{await own_framework(org)}/versions", ASYNC | {"Content-Type": FRAMEWORK_CSV}
        refused = await org.manager.post(path, content=OBJECTIVES.encode(), headers=headers)
    problem(refused, 409, "too-many-jobs")
    assert refused.headers["Retry-After"]
    accepted(await imported(other_org, HEADER + ROW, ASYNC))

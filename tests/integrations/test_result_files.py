"""Result files: sent by a build server, read once, told once a check, and seen by whom sources are for."""

import dataclasses
import json
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx

from deploy.local.stack import Stack
from services.integrations.formats.contents import LARGEST
from services.integrations.formats.reading import unpacked
from services.integrations.formats.tasks import READING
from shared.children.pool import Children
from shared.children.task import MEBIBYTE
from tests.integrations.given import trail
from tests.shared.given import superuser
from tests.support import Organisation, eventually, ok, problem

FILES = Path(__file__).parent / "results"
SOURCE = "github-actions: acme/api"
JOBS = "/v1/services/integrations/jobs"
ASYNC = {"Prefer": "respond-async"}
_QUEUED = """
    insert into jobs (id, org_id, kind, input, path, request_id, started_by, state, progress, attempt, due_at, version,
                      created_at, updated_at)
    select gen_random_uuid(), $1, 'result-file', '{}', '/v1/result-files', 'r',
           '{"kind": "system", "person": null, "client": null}', 'queued', 0, 0, now() + interval '1 day', 1,
           now(), now()
    from generate_series(1, 20)
"""


async def sent(
    org: Organisation, content: bytes, headers: dict[str, str] | None = None, **params: str
) -> httpx.Response:
    """As a build server sends it: with nothing but the permission to report."""
    media = {"Content-Type": "application/octet-stream"} | (headers or {})
    return await org.monitor.post(
        "/v1/result-files", content=content, headers=media, params={"source": SOURCE} | params
    )


async def listed(org: Organisation, path: str, **params: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ok(await org.manager.get(path, params=params))["items"]
    return items


async def test_a_file_is_read_and_each_of_its_checks_told_once(org: Organisation) -> None:
    content = (FILES / "prowler.ocsf.json").read_bytes()
    answer = await sent(org, content, url="https://ci.example.com/7214")
    assert answer.status_code == httpx.codes.CREATED, answer.text
    file = answer.json()
    assert answer.headers["Location"] == f"/v1/result-files/{file['id']}"
    assert (file["format"], file["tool"], file["tool_version"]) == ("ocsf", "Prowler", "5.13.0")
    assert (file["run"], file["results"], file["checks"]) == ("01969f5e-0000-7000-8000-000000000001", 5, 4)
    assert file["verdicts"] == {"pass": 2, "fail": 2, "error": 0, "inconclusive": 1, "not_applicable": 0}
    assert (file["size"], file["observed_at"]) == (len(content), "2026-05-14T09:00:00+00:00")
    assert ok(await org.manager.get(answer.headers["Location"])) == file
    assert await listed(org, "/v1/result-files", sha256=file["sha256"]) == [file]
    (public,) = await listed(org, "/v1/reported-checks", check="s3_bucket_public_access", file_id=file["id"])
    assert (public["verdict"], public["verdicts"], public["tool"]) == ("fail", {"pass": 1, "fail": 1}, "Prowler")
    assert {"framework": "CIS-2.0", "requirement": "2.1.4"} in public["requirements"]
    failed = await listed(org, "/v1/reported-results", verdict="fail", check="s3_bucket_public_access")
    assert [row["resource"] for row in failed] == ["arn:aws:s3:::site"]
    again = await sent(org, content, run="another")
    assert (again.status_code, again.json()) == (200, file)
    (told,) = await trail(org, public["id"])
    assert told["type"] == "integrations.check.reported"
    said = told["data"]
    assert (said["source"], said["source_id"], said["tool"], said["thing"], said["state"]) == (
        *(SOURCE, None, "Prowler", "s3_bucket_public_access", "fail"),
    )
    assert [event["type"] for event in await trail(org, file["id"])] == ["integrations.result_file.received"]
    other = await sent(org, content, source="nightly")
    assert other.status_code == httpx.codes.CREATED


async def test_a_file_is_read_as_a_job_and_its_problem_is_that_of_the_request(org: Organisation) -> None:
    async def finished(answer: httpx.Response) -> dict[str, Any]:
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text

        async def look() -> dict[str, Any] | None:
            job = ok(await org.monitor.get(answer.headers["Location"]))
            return job if job["finished_at"] else None

        return await eventually(look, every=0.1)

    job = await finished(await sent(org, (FILES / "trivy.json").read_bytes(), ASYNC, run="7214"))
    assert (job["kind"], job["state"]) == ("result-file", "succeeded")
    file = ok(await org.manager.get(job["location"]))
    assert (file["run"], file["vulnerabilities"], file["sent_by"]["kind"]) == ("7214", 3, "client")
    (critical,) = await listed(org, "/v1/reported-results", kind="vulnerability", severity="critical")
    assert (critical["check"], critical["fixed_in"]) == ("CVE-2026-1111 / openssl", "3.0.13-1")
    failed = await finished(await sent(org, b"<html/>", ASYNC))
    assert (failed["state"], failed["problem"]["type"]) == ("failed", "/problems/result-file-unreadable")


async def test_what_cannot_be_read_is_refused_with_the_place(org: Organisation, stack: Stack) -> None:
    cut = (FILES / "bandit.sarif").read_bytes()[:-40]
    refused = problem(await sent(org, cut), 422, "result-file-unreadable")
    assert refused["errors"] == [{"pointer": "/$schema", "detail": "this is no JSON: Unterminated string starting at"}]
    problem(await sent(org, cut, format="junit"), 422, "result-file-unreadable")
    refused = problem(await sent(org, cut, format="of-another-world", source=" "), 422, "invalid")
    assert {each["pointer"] for each in refused["errors"]} == {"query/format", "query/source"}
    dense = b'{"runs": [{"results": [{"a": [' + b'{"":[]},' * 2_000_000 + b"0]}]}]}"
    problem(await sent(org, dense), 422, "limit-exceeded")
    assert await listed(org, "/v1/result-files") == []
    async with superuser(stack, "integrations") as connection:
        await connection.execute(_QUEUED, uuid.UUID(org.id))
    problem(await sent(org, cut, ASYNC), 409, "too-many-jobs")


async def test_a_file_has_bounds(org: Organisation) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(LARGEST // MEBIBYTE + 1):
            yield bytes(MEBIBYTE)

    answer = await org.monitor.post("/v1/result-files", content=endless(), params={"source": SOURCE})
    problem(answer, 413, "too-large")


async def test_who_may_send_and_who_may_see(org: Organisation, other_org: Organisation) -> None:
    content = (FILES / "pytest.xml").read_bytes()
    file = (await sent(org, content)).json()
    path = f"/v1/result-files/{file['id']}"
    for stranger, status, slug in ((org.viewer, 403, "forbidden"), (org.monitor, 403, "forbidden")):
        problem(await stranger.get(path), status, slug)
        problem(await stranger.get("/v1/reported-checks"), status, slug)
    problem(await org.viewer.post("/v1/result-files", content=content, params={"source": SOURCE}), 403, "forbidden")
    problem(await other_org.manager.get(path), 404, "not-found")
    for each in ("/v1/result-files", "/v1/reported-checks", "/v1/reported-results"):
        assert await listed(other_org, each) == []
        assert len(await listed(org, each)) == (1 if each == "/v1/result-files" else 4)


def long_sarif(count: int) -> Iterator[bytes]:
    yield b'{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Long"}}, "results": ['
    for place in range(count):
        result = {"ruleId": f"R{place % 50}", "message": {"text": "x" * 800}, "partialFingerprints": {"p": f"{place}"}}
        yield (b", " if place else b"") + json.dumps(result).encode()
    yield b"]}]}"


async def test_a_long_file_needs_no_more_memory_than_a_short_one() -> None:
    """Twenty-six megabytes are read with twenty-four, of which an import of the standard library may take some."""
    limits = dataclasses.replace(READING.limits, memory=24 * MEBIBYTE)
    children = Children()
    try:
        parts = await children.run(
            dataclasses.replace(READING, limits=limits), uuid.uuid4(), {"format": None}, long_sarif(30_000)
        )
    finally:
        await children.close()
    summary = unpacked(parts[-1])
    assert (summary["results"], len(summary["checks"])) == (30_000, 50)

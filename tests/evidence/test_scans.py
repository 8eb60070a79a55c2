"""Malware: what the scanner finds is never served; while it says nothing, nothing new is."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from deploy.local.stack import Stack
from services.evidence.intake.scanner import Scanner, ScannerRefused, ScannerSilent
from tests.evidence.another import another, at
from tests.evidence.clamd import EICAR, NAME, Clamd, clamd
from tests.evidence.given import a_draft, accepted, an_expectation, submitted, told_of
from tests.support import Organisation, created, ok, problem


@pytest.fixture(scope="module")
async def scanner() -> AsyncIterator[Clamd]:
    async with clamd() as listening:
        yield listening


@pytest.fixture(scope="module")
async def scanning(stack: Stack, scanner: Clamd) -> AsyncIterator[str]:
    """An evidence service that has its files scanned."""
    async with another(stack, {"ATTEST_SCANNER_URL": scanner.url, "ATTEST_SCAN_SECONDS": "1"}) as url:
        yield url


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 1000):
        yield content[start : start + 1000]


async def kinds(org: Organisation, file: dict[str, object]) -> list[str]:
    return [each["type"].removeprefix("evidence.file.") for each in await told_of(org, file)]


@pytest.fixture
async def there(scanning: str, org: Organisation) -> AsyncIterator[httpx.AsyncClient]:
    """The control's owner, at the service that scans."""
    async with at(scanning, org.owner) as client:
        yield client


async def test_what_is_found_clean_is_served(there: httpx.AsyncClient, org: Organisation) -> None:
    file = created(await there.post("/v1/files", content=os.urandom(3000)))
    assert (file["scan"], file["finding"]) == ("clean", None)
    assert file["scanned_at"]
    assert await kinds(org, file) == ["uploaded", "cleared"]
    item = await accepted(org, await an_expectation(org), kind="file", file_id=file["id"], url=None)
    assert (await org.viewer.get(f"/v1/evidence/{item['id']}/content")).status_code == 200


async def test_what_is_found_is_quarantined(there: httpx.AsyncClient, org: Organisation) -> None:
    file = created(await there.post("/v1/files", content=os.urandom(2000) + EICAR))
    assert (file["scan"], file["finding"]) == ("quarantined", NAME)
    assert await kinds(org, file) == ["uploaded", "quarantined"]
    assert (await told_of(org, file))[-1]["data"]["finding"] == NAME
    draft = a_draft(await an_expectation(org), kind="file", file_id=file["id"], url=None)
    refused = problem(await org.owner.post("/v1/evidence", json=draft), 409, "quarantined")
    assert NAME in refused["detail"]
    listed = ok(await org.viewer.get("/v1/files", params={"scan": "quarantined"}))["items"]
    assert [each["id"] for each in listed] == [file["id"]]


async def test_a_silent_scanner_keeps_files_waiting_until_the_clock_asks_again(
    stack: Stack, there: httpx.AsyncClient, scanning: str, scanner: Clamd, org: Organisation
) -> None:
    scanner.hangs = True
    try:
        file = created(await there.post("/v1/files", content=os.urandom(500) + EICAR))
        assert file["scan"] == "pending"
        item = await submitted(org, await an_expectation(org), kind="file", file_id=file["id"], url=None)
        waiting = await org.viewer.get(f"/v1/evidence/{item['id']}/content")
        problem(waiting, 409, "not-yet-scanned")
        assert waiting.headers["Retry-After"] == "15"
        assert (await org.viewer.head(f"/v1/evidence/{item['id']}/content")).status_code == httpx.codes.CONFLICT
        problem(await org.viewer.post(f"/v1/files/{file['id']}/links", json={}), 409, "not-yet-scanned")
        hastily = {"ATTEST_SCANNER_URL": scanner.url, "ATTEST_SERVE_BEFORE_SCAN": "true"}
        async with another(stack, hastily) as url, at(url, org.viewer) as hasty:
            link = created(await hasty.post(f"/v1/files/{file['id']}/links", json={}))
        async with httpx.AsyncClient(base_url=scanning) as stranger:
            problem(await stranger.get(link["path"]), 409, "not-yet-scanned")
        unread = await org.reviewer.post(f"/v1/evidence/{item['id']}/reviews", json={"decision": "accepted"})
        problem(unread, 409, "not-yet-scanned")
    finally:
        scanner.hangs = False
    async with at(scanning, org.manager) as manager:
        assert ok(await manager.post("/v1/services/evidence/sweeps"))["done"]["scan_waiting_files"] == 1
    assert ok(await org.viewer.get(f"/v1/files/{file['id']}"))["scan"] == "quarantined"
    problem(await org.viewer.get(f"/v1/evidence/{item['id']}/content"), 409, "quarantined")
    assert (await org.viewer.head(f"/v1/evidence/{item['id']}/content")).status_code == httpx.codes.CONFLICT
    with_malware = a_draft(kind="file", file_id=file["id"], url=None, reason="The export left out May.")
    problem(await org.owner.post(f"/v1/evidence/{item['id']}/versions", json=with_malware), 409, "quarantined")
    refused = await org.reviewer.post(f"/v1/evidence/{item['id']}/reviews", json={"decision": "accepted"})
    problem(refused, 409, "quarantined")
    ok(await org.reviewer.post(f"/v1/evidence/{item['id']}/reviews", json={"decision": "returned", "reason": "R"}))


async def test_one_file_that_the_scanner_does_not_judge_keeps_no_other_waiting(
    there: httpx.AsyncClient, scanning: str, scanner: Clamd, org: Organisation
) -> None:
    scanner.largest = 1000
    try:
        large = created(await there.post("/v1/files", content=os.urandom(5000)))
        assert large["scan"] == "pending"
        # What came when there was no scanner is looked at as well, once there is one.
        early = created(await org.owner.post("/v1/files", content=os.urandom(50)))
        assert early["scan"] == "unscanned"
        async with at(scanning, org.manager) as manager:
            ok(await manager.post("/v1/services/evidence/sweeps"))
    finally:
        scanner.largest = 25 * 1024 * 1024
    assert ok(await org.viewer.get(f"/v1/files/{early['id']}"))["scan"] == "clean"
    assert ok(await org.viewer.get(f"/v1/files/{large['id']}"))["scan"] == "pending"


async def test_asked_again_the_newest_verdict_counts(
    there: httpx.AsyncClient, scanning: str, org: Organisation, other_org: Organisation
) -> None:
    file = created(await org.owner.post("/v1/files", content=os.urandom(70) + EICAR))
    assert file["scan"] == "unscanned"
    path = f"/v1/files/{file['id']}/scans"
    async with at(scanning, org.reviewer) as reviewer:
        assert ok(await reviewer.post(path))["scan"] == "quarantined"
        assert ok(await reviewer.post(path))["scan"] == "quarantined"
    assert await kinds(org, file) == ["uploaded", "quarantined"]
    problem(await there.post(path), 403, "forbidden")
    async with at(scanning, other_org.reviewer) as theirs:
        problem(await theirs.post(path), 404, "not-found")


async def test_the_same_bytes_again_bring_a_new_verdict(there: httpx.AsyncClient, org: Organisation) -> None:
    content = os.urandom(60) + EICAR
    first = created(await org.owner.post("/v1/files", content=content))
    again = ok(await there.post("/v1/files", content=content))
    assert (again["id"], again["scan"]) == (first["id"], "quarantined")


async def test_the_protocol_over_a_unix_socket(tmp_path: Path) -> None:
    path = str(tmp_path / "clamd.sock")
    async with clamd(path):
        scanner = Scanner(f"unix://{path}")
        assert await scanner.find(pieces(os.urandom(5000))) is None
        assert await scanner.find(pieces(os.urandom(1500) + EICAR + os.urandom(10))) == NAME


async def test_more_than_it_takes_is_no_verdict() -> None:
    async with clamd() as listening:
        listening.largest = 2000
        with pytest.raises(ScannerRefused, match="size limit"):
            await Scanner(listening.url).find(pieces(bytes(5_000_000)))


async def test_nobody_there_is_no_verdict() -> None:
    async with clamd() as listening:
        url = listening.url
    with pytest.raises(ScannerSilent):
        await Scanner(url).find(pieces(b"x"))

"""Downloads: HEAD, ranges and their conditions, names that mean harm, and bytes that are no longer there."""

import os
from urllib.parse import quote

import asyncpg
import pytest

from deploy.local.stack import Stack
from tests.evidence.given import accepted, an_expectation
from tests.evidence.test_files import content_digest
from tests.evidence.tus import append, begin, metadata
from tests.support import Organisation, created, ok, problem


async def provided(org: Organisation, content: bytes, **headers: str) -> str:
    """Where the content is of evidence that is this file."""
    file = created(await org.owner.post("/v1/files", content=content, headers=headers))
    item = await accepted(org, await an_expectation(org), kind="file", file_id=file["id"], url=None)
    return f"/v1/evidence/{item['id']}/content"


async def test_head_says_what_a_download_would(org: Organisation) -> None:
    content = os.urandom(2000)
    path = await provided(org, content)
    head, whole = await org.viewer.head(path), await org.viewer.get(path)
    assert (head.status_code, head.content) == (200, b"")
    told = ("Content-Length", "Content-Digest", "Content-Disposition", "Content-Type", "ETag", "Accept-Ranges")
    assert {name: head.headers[name] for name in told} == {name: whole.headers[name] for name in told}
    assert head.headers["Content-Digest"] == content_digest(content)["Content-Digest"]
    ranged = await org.viewer.head(path, headers={"Range": "bytes=0-9"})
    assert (ranged.status_code, ranged.headers["Content-Length"]) == (200, "2000")
    assert (await org.viewer.head(path, headers={"If-None-Match": head.headers["ETag"]})).status_code == 304
    assert (await org.monitor.head(path)).status_code == 403


async def test_a_range_is_of_the_file_that_the_client_has(org: Organisation, other_org: Organisation) -> None:
    content = os.urandom(1000)
    path = await provided(org, content)
    etag = (await org.viewer.head(path)).headers["ETag"]
    same = await org.viewer.get(path, headers={"Range": "bytes=990-", "If-Range": etag})
    assert (same.status_code, same.content) == (206, content[990:])
    assert "Content-Digest" not in same.headers, "a digest of the whole would be wrong of a part"
    for condition in ('"another"', f"W/{etag}", "Wed, 25 Nov 2026 10:00:00 GMT"):
        whole = await org.viewer.get(path, headers={"Range": "bytes=990-", "If-Range": condition})
        assert (whole.status_code, whole.content) == (200, content)
    assert (await other_org.viewer.head(path)).status_code == 404


@pytest.mark.parametrize("asked", ["bytes=0-1,5-9", "lines=1-2", "bytes=9-1", "bytes=-", "bytes=a-b"])
async def test_what_is_no_single_range_is_answered_with_the_whole(org: Organisation, asked: str) -> None:
    content = os.urandom(100)
    path = await provided(org, content)
    answer = await org.viewer.get(path, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (200, content)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\evil.bat", "evil.bat"),
        ("report\u202efdp.exe", "reportfdp.exe"),
        ('a"; filename="b.html', 'a"; filename="b.html'),
        ("Überblick größer.csv", "Überblick größer.csv"),
        ("line\r\nSet-Cookie: a=b", "lineSet-Cookie: a=b"),
        ("監査.pdf", "監査.pdf"),
    ],
)
async def test_a_name_goes_out_as_it_is_and_does_no_harm(org: Organisation, name: str, kept: str) -> None:
    path = await begin(org.owner, 8, **metadata(filename=name))
    assert (await append(org.owner, path, 0, os.urandom(8))).status_code == 204
    upload = ok(await org.owner.get(path))
    assert upload["name"] == kept
    item = await accepted(org, await an_expectation(org), kind="file", file_id=upload["file_id"], url=None)
    answer = await org.viewer.get(f"/v1/evidence/{item['id']}/content")
    assert answer.headers["Content-Disposition"].endswith(f"filename*=UTF-8''{quote(kept, safe='')}")
    assert answer.headers["Content-Disposition"].count('filename="') == 1
    assert "Set-Cookie" not in answer.headers


async def test_what_was_disposed_of_is_gone_and_can_come_again(stack: Stack, org: Organisation) -> None:
    content = os.urandom(50)
    file = created(await org.owner.post("/v1/files", content=content))
    item = await accepted(org, await an_expectation(org), kind="file", file_id=file["id"], url=None)
    path = f"/v1/evidence/{item['id']}/content"
    address = stack.environment("evidence")["ATTEST_SUPERUSER_DATABASE_URL"].removesuffix("/postgres")
    connection = await asyncpg.connect(f"{address}/evidence")
    await connection.execute("update files set disposed_at = now() where id = $1", file["id"])
    await connection.close()
    (stack.state.folder / "store" / org.id / file["sha256"]).unlink()
    problem(await org.viewer.get(path), 410, "disposed")
    refused = await org.viewer.post(f"/v1/files/{file['id']}/links", json={})
    problem(refused, 409, "conflict")
    again = ok(await org.owner.post("/v1/files", content=content))
    assert (again["id"], again["disposed_at"]) == (file["id"], None)
    assert (await org.viewer.get(path)).content == content

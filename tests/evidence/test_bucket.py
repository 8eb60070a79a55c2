"""The whole service on a bucket: the same uploads, resumed uploads, downloads and sweeps as on a folder."""

import hashlib
import os
from collections.abc import AsyncIterator

import httpx
import pytest

from deploy.local.stack import Stack
from tests.evidence.another import another, at
from tests.evidence.given import accepted, an_expectation
from tests.evidence.seaweed import Seaweed
from tests.evidence.test_files import content_digest
from tests.evidence.tus import MIB, append, begin, checksum, let_pass
from tests.support import Organisation, created, ok, problem


@pytest.fixture(scope="module")
async def on_bucket(stack: Stack, bucket: Seaweed) -> AsyncIterator[str]:
    """An evidence service that keeps its files in the bucket."""
    settings = {**bucket.environment, "ATTEST_STORE_URL": f"s3://{bucket.name}/attest"}
    async with another(stack, settings) as url:
        yield url


@pytest.fixture
async def there(on_bucket: str, org: Organisation) -> AsyncIterator[httpx.AsyncClient]:
    async with at(on_bucket, org.owner) as client:
        yield client


async def test_bytes_go_in_and_come_out(
    there: httpx.AsyncClient, on_bucket: str, bucket: Seaweed, org: Organisation
) -> None:
    content = os.urandom(11 * MIB)
    headers = content_digest(content) | {"Content-Type": "application/x-log"}
    file = created(await there.post("/v1/files", content=content, headers=headers))
    again = ok(await there.post("/v1/files", content=content))
    assert again["id"] == file["id"]
    problem(await there.post("/v1/files", content=content, headers=content_digest(b"other")), 422, "digest-mismatch")
    assert bucket.keys(f"attest/{org.id}") == [f"attest/{org.id}/{file['sha256']}"]
    assert bucket.keys("attest/uploads") == []
    item = await accepted(org, await an_expectation(org), kind="file", file_id=file["id"], url=None)
    async with at(on_bucket, org.viewer) as auditor:
        path = f"/v1/evidence/{item['id']}/content"
        assert (await auditor.get(path)).content == content
        part = await auditor.get(path, headers={"Range": "bytes=-9"})
        assert (part.status_code, part.content) == (206, content[-9:])
        link = created(await auditor.post(f"/v1/files/{file['id']}/links", json={}))
        assert (await auditor.get(link["path"])).content == content


async def test_pieces_go_in_and_nothing_is_left(
    stack: Stack, there: httpx.AsyncClient, on_bucket: str, bucket: Seaweed, org: Organisation
) -> None:
    content = os.urandom(9 * MIB)
    path = await begin(there, len(content))
    wrong = await append(there, path, 0, content[:MIB], **checksum(b"other"))
    problem(wrong, 460, "checksum-mismatch")
    for start in range(0, len(content), 5 * MIB):
        assert (await append(there, path, start, content[start : start + 5 * MIB])).status_code == 204
    # Not before this test says so: the stack's own clock would look for the pieces in its folder.
    await let_pass(stack, path, "clear_at = now() + interval '1 hour'")
    file = ok(await there.get(f"/v1/files/{ok(await there.get(path))['file_id']}"))
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    given_up = await begin(there, 100)
    await append(there, given_up, 0, b"half")
    async with at(on_bucket, org.manager) as manager:
        ok(await manager.get("/v1/evidence"))  # its token is there, so that nothing comes between
        await let_pass(stack, given_up, "expires_at = now() - interval '2 hours', clear_at = now()")
        await let_pass(stack, path, "clear_at = now()")
        done = ok(await manager.post("/v1/services/evidence/sweeps"))["done"]
    assert done["clear_ended_uploads"] == 2
    for upload in (path, given_up):
        assert bucket.keys(f"attest/resumable/{upload.rpartition('/')[2]}") == []
    assert bucket.keys(f"attest/{org.id}") == [f"attest/{org.id}/{file['sha256']}"]

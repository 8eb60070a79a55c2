"""Storage: an organisation keeps as many bytes as its quota says, however they come, and gets back what it gives up."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.local.stack import Stack
from shared.clock import now
from tests.evidence.test_files import MIB, stored, unfinished
from tests.evidence.tus import TUS, append, begin, let_pass
from tests.shared.given import superuser
from tests.support import Organisation, created, eventually, ok, problem

GIB = 1024**3


async def storage(org: Organisation) -> dict[str, int]:
    """What the organisation uses and has left."""
    return ok(await org.viewer.get("/v1/storage"))


async def limited(operator: httpx.AsyncClient, org: Organisation, quota: int | None) -> None:
    """The organisation with this quota, known to the evidence service."""
    draft = {"quota_bytes": quota, "reason": "As agreed."}
    answer = ok(await operator.post(f"/v1/organisations/{org.id}/storage-quota", json=draft))
    assert answer == {"organisation_id": org.id, "quota_bytes": quota}

    async def known() -> bool:
        return (await storage(org))["quota_bytes"] == (100 * GIB if quota is None else quota)

    await eventually(known)


async def used(org: Organisation, expected: int) -> None:
    """Wait until so many bytes are used; an upload that is cut off gives back a moment later."""

    async def so_many() -> bool:
        return (await storage(org))["used_bytes"] == expected

    await eventually(so_many, within=5)


async def streamed(size: int) -> AsyncIterator[bytes]:
    """Bytes whose number is not announced."""
    yield os.urandom(32)
    for _ in range(size // MIB):
        yield bytes(MIB)


async def test_uploads_at_the_same_time_cannot_exceed_the_quota_together(
    stack: Stack, operator: httpx.AsyncClient, org: Organisation, other_org: Organisation
) -> None:
    assert await storage(org) == {
        "quota_bytes": 100 * GIB,
        "used_bytes": 0,
        "left_bytes": 100 * GIB,
        "largest_file_bytes": GIB,
    }
    await limited(operator, org, 7 * MIB // 2)
    answers = await asyncio.gather(*(org.owner.post("/v1/files", content=os.urandom(MIB)) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 5
    assert await storage(org) == {
        "quota_bytes": 7 * MIB // 2,
        "used_bytes": 3 * MIB,
        "left_bytes": MIB // 2,
        "largest_file_bytes": GIB,
    }
    assert len(stored(stack, org)) == 3
    refused = problem(await org.owner.post("/v1/files", content=bytes(MIB)), 409, "storage-full")
    assert refused["detail"] == f"{MIB // 2} of {7 * MIB // 2} bytes are left, and this needs {MIB}."
    created(await other_org.owner.post("/v1/files", content=bytes(MIB)))
    await limited(operator, org, None)
    created(await org.owner.post("/v1/files", content=bytes(MIB)))
    assert (await storage(org))["used_bytes"] == 4 * MIB


async def test_bytes_that_are_not_announced_count_as_they_come(
    stack: Stack, operator: httpx.AsyncClient, org: Organisation
) -> None:
    await limited(operator, org, 3 * MIB)
    problem(await org.owner.post("/v1/files", content=streamed(4 * MIB)), 409, "storage-full")
    await used(org, 0)
    assert stored(stack, org) == {}
    created(await org.owner.post("/v1/files", content=streamed(2 * MIB)))
    await used(org, 2 * MIB + 32)


async def test_only_bytes_that_are_kept_count(stack: Stack, org: Organisation) -> None:
    content = os.urandom(1000)
    created(await org.owner.post("/v1/files", content=content))
    assert (await org.manager.post("/v1/files", content=content)).status_code == 200
    wrong = {"Content-Digest": "sha-256=:" + "A" * 43 + "=:"}
    problem(await org.owner.post("/v1/files", content=os.urandom(1000), headers=wrong), 422, "digest-mismatch")
    await used(org, 1000)

    async def hangs() -> AsyncIterator[bytes]:
        yield bytes(MIB)
        await asyncio.sleep(60)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(org.owner.post("/v1/files", content=hangs(), headers={"Content-Length": "9999999"}), 0.5)
    await used(org, 1000)
    await a_killed_upload(stack, org, reserved=MIB)
    await used(org, 1000 + MIB)
    ok(await org.manager.post("/v1/services/evidence/sweeps"))
    await used(org, 1000)
    assert unfinished(stack) == []


async def a_killed_upload(stack: Stack, org: Organisation, *, reserved: int) -> None:
    """What is left of an upload whose process was killed an hour ago."""
    async with superuser(stack, "evidence") as connection:
        row: tuple[Any, ...] = (uuid4(), UUID(org.id), now() - timedelta(minutes=61), reserved)
        await connection.execute(
            "insert into unfinished_uploads (id, org_id, begun_at, reserved) values ($1, $2, $3, $4)", *row
        )
        await connection.execute("update storage set used_bytes = used_bytes + $2 where org_id = $1", row[1], reserved)


async def test_a_resumable_upload_reserves_what_it_announces(
    stack: Stack, operator: httpx.AsyncClient, org: Organisation
) -> None:
    await limited(operator, org, 100)
    path = await begin(org.owner, 80)
    answer = await org.owner.post("/v1/uploads", headers={**TUS, "Upload-Length": "21"})
    assert problem(answer, 409, "storage-full")["detail"] == "20 of 100 bytes are left, and this needs 21."
    problem(await org.owner.post("/v1/files", content=bytes(21)), 409, "storage-full")
    content = os.urandom(80)
    await append(org.owner, path, 0, content)
    assert (await storage(org))["used_bytes"] == 80, "the room is the file's now"
    created(await org.owner.post("/v1/files", content=os.urandom(10)))

    for given_up in (True, False):
        path = await begin(org.owner, 10)
        assert (await storage(org))["left_bytes"] == 0
        await append(org.owner, path, 0, b"half")
        if given_up:
            await org.owner.delete(path, headers=TUS)
        else:
            await let_pass(stack, path, "expires_at = now() - interval '2 hours', clear_at = now()")
        ok(await org.manager.post("/v1/services/evidence/sweeps"))
        assert (await storage(org))["left_bytes"] == 10

    await limited(operator, org, 200)
    path = await begin(org.owner, 80)
    await append(org.owner, path, 0, content)
    ok(await org.manager.post("/v1/services/evidence/sweeps"))
    assert (await storage(org))["used_bytes"] == 90, "the same bytes are kept once"


async def test_only_operators_set_a_quota(operator: httpx.AsyncClient, org: Organisation) -> None:
    draft = {"quota_bytes": 2**50, "reason": "More for us."}
    path = f"/v1/organisations/{org.id}/storage-quota"
    problem(await org.admin.post(path, json=draft), 403, "forbidden")
    problem(await operator.post(path, json={**draft, "quota_bytes": -1}), 422, "invalid")
    problem(await operator.post(f"/v1/organisations/{uuid4()}/storage-quota", json=draft), 404, "not-found")
    ok(await operator.post(path, json=draft))
    assert ok(await org.viewer.get(f"/v1/organisations/{org.id}"))["storage_quota_bytes"] == 2**50
    trail = ok(await org.admin.get("/v1/services/gateway/trail", params={"subject": org.id}))["items"]
    assert trail[-1]["type"] == "gateway.organisation.storage_quota_set"
    assert (trail[-1]["data"], trail[-1]["reason"]) == ({"quota_bytes": 2**50}, "More for us.")
    problem(await org.monitor.get("/v1/storage"), 403, "forbidden")

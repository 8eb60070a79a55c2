"""Uploads in pieces: they survive lost connections and processes, and become files like any other."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator

import httpx
import psutil
import pytest

from deploy.client import ClientCredentials, eventually
from deploy.local.stack import Stack
from tests.evidence.another import another, at
from tests.evidence.clamd import EICAR, clamd
from tests.evidence.given import accepted, an_expectation, told_of
from tests.evidence.test_files import stored, unfinished
from tests.evidence.test_media import PROGRAM
from tests.evidence.tus import MIB, PIECE, TUS, append, begin, let_pass, metadata, offset, pieces_of, repr_digest
from tests.support import Organisation, created, ok, problem


def listening_at(url: str) -> int:
    """The process that answers there."""
    port = int(url.rpartition(":")[2])
    connections = psutil.net_connections("inet")
    found = {each.pid for each in connections if each.status == "LISTEN" and each.laddr[1:] == (port,)}
    (pid,) = (each for each in found if each is not None)
    return pid


async def sweep(org: Organisation) -> dict[str, int]:
    done: dict[str, int] = ok(await org.manager.post("/v1/services/evidence/sweeps"))["done"]
    return done


async def test_pieces_become_a_file(stack: Stack, org: Organisation) -> None:
    content = os.urandom(9 * MIB + 5)
    said = metadata(filename="../Überblick.csv", filetype="text/csv")
    path = await begin(org.owner, len(content), **said, **repr_digest(content))
    for start in range(0, len(content), 3 * MIB):
        answer = await append(org.owner, path, start, content[start : start + 3 * MIB])
        assert answer.status_code == 204
        assert answer.headers["Upload-Offset"] == str(min(start + 3 * MIB, len(content)))
    upload = ok(await org.owner.get(path))
    assert (upload["state"], upload["received"]) == ("finished", len(content))
    file = ok(await org.viewer.get(f"/v1/files/{upload['file_id']}"))
    assert (file["sha256"], file["size"]) == (hashlib.sha256(content).hexdigest(), len(content))
    assert (file["name"], file["media_type"]) == ("Überblick.csv", "text/csv")
    assert [each["type"].partition(".")[2] for each in await told_of(org, upload)] == [
        "upload.begun",
        "upload.finished",
    ]
    item = await accepted(org, await an_expectation(org), kind="file", file_id=file["id"], url=None)
    assert (await org.viewer.get(f"/v1/evidence/{item['id']}/content")).content == content
    await sweep(org)
    assert pieces_of(stack, path) == []
    assert set(stored(stack, org)) == {file["sha256"]}


async def test_what_came_before_the_connection_was_lost_is_kept(stack: Stack, org: Organisation) -> None:
    content = os.urandom(6 * MIB)
    path = await begin(org.owner, len(content))
    await org.owner.get(path)
    assert isinstance(org.owner.auth, ClientCredentials)
    head = (
        f"PATCH {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {org.owner.auth.token}\r\nUpload-Offset: 0\r\n"
        f"Tus-Resumable: 1.0.0\r\nContent-Type: {PIECE['Content-Type']}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    _, writer = await asyncio.open_connection("127.0.0.1", stack.ports.edge)
    writer.write(head.encode() + content[: 5 * MIB + 77])
    await writer.drain()

    async def a_piece_counts() -> bool:
        return await offset(org.owner, path) >= 4 * MIB

    await eventually(a_piece_counts, every=0.05)
    writer.close()
    await writer.wait_closed()

    async def the_rest_counts() -> int:
        here = await offset(org.owner, path)
        return here if here > 4 * MIB else 0

    here = await eventually(the_rest_counts, every=0.05)
    assert here <= 5 * MIB + 77
    assert (await append(org.owner, path, here, content[here:])).status_code == 204
    upload = ok(await org.owner.get(path))
    file = ok(await org.viewer.get(f"/v1/files/{upload['file_id']}"))
    assert file["sha256"] == hashlib.sha256(content).hexdigest()


async def test_a_killed_process_loses_no_more_than_a_piece(stack: Stack, org: Organisation) -> None:
    content, killed = os.urandom(10 * MIB), asyncio.Event()
    path = await begin(org.owner, len(content))
    async with another(stack, {}) as url, at(url, org.owner) as replica:
        await replica.get(path)

        async def slowly() -> AsyncIterator[bytes]:
            yield content[: 9 * MIB]
            await killed.wait()
            yield content[9 * MIB :]

        sending = asyncio.create_task(append(replica, path, 0, slowly()))

        async def two_pieces_count() -> bool:
            return await offset(org.owner, path) == 8 * MIB

        await eventually(two_pieces_count, every=0.05)
        psutil.Process(listening_at(url)).kill()
        killed.set()
        with pytest.raises(httpx.HTTPError):
            await sending
        assert (await append(org.owner, path, 8 * MIB, content[8 * MIB :])).status_code == 204
    file_id = ok(await org.owner.get(path))["file_id"]
    assert ok(await org.viewer.get(f"/v1/files/{file_id}"))["sha256"] == hashlib.sha256(content).hexdigest()


async def test_two_at_once_are_told_apart(org: Organisation) -> None:
    content = os.urandom(MIB)
    path = await begin(org.owner, 3 * MIB)
    answers = await asyncio.gather(*(append(org.owner, path, 0, content) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [204, 409, 409, 409]
    lost = next(each for each in answers if each.status_code == 409)
    assert lost.headers["Upload-Offset"] == str(MIB)
    problem(lost, 409, "offset-mismatch")
    assert await offset(org.owner, path) == MIB


async def test_two_replicas_continue_one_upload(stack: Stack, org: Organisation) -> None:
    content = os.urandom(5 * MIB)
    async with another(stack, {}) as url, at(url, org.owner) as replica:
        path = await begin(replica, len(content))
        assert (await append(org.owner, path, 0, content[:MIB])).status_code == 204
        assert (await append(replica, path, MIB, content[MIB : 2 * MIB])).status_code == 204
        assert (await append(org.owner, path, 2 * MIB, content[2 * MIB :])).status_code == 204
        assert ok(await replica.get(path))["state"] == "finished"


async def test_what_is_not_the_whole_that_was_announced_is_not_kept(stack: Stack, org: Organisation) -> None:
    path = await begin(org.owner, 10, **repr_digest(b"something else"))
    refused = await append(org.owner, path, 0, b"0123456789")
    problem(refused, 422, "digest-mismatch")
    upload = ok(await org.owner.get(path))
    assert (upload["state"], upload["file_id"]) == ("refused", None)
    assert "SHA-256" in upload["refusal"]
    problem(await append(org.owner, path, 10, b""), 410, "upload-gone")
    await sweep(org)
    assert pieces_of(stack, path) == []
    assert stored(stack, org) == {}


async def test_a_program_in_pieces_is_refused_by_what_it_is(stack: Stack, org: Organisation) -> None:
    path = await begin(org.owner, len(PROGRAM), **metadata(filename="report.pdf", filetype="application/pdf"))
    assert (await append(org.owner, path, 0, PROGRAM[:1])).status_code == 204
    problem(await append(org.owner, path, 1, PROGRAM[1:]), 415, "file-type-refused")
    assert stored(stack, org) == {}


async def test_so_many_are_under_way_and_no_more(stack: Stack, org: Organisation, other_org: Organisation) -> None:
    async with another(stack, {"ATTEST_UPLOADS_OPEN": "3"}) as url, at(url, org.owner) as there:
        first, *_ = [await begin(there, 10) for _ in range(3)]
        refused = await there.post("/v1/uploads", headers={**TUS, "Upload-Length": "10"})
        problem(refused, 409, "too-many-uploads")
        assert (await there.delete(first, headers=TUS)).status_code == 204
        asked = await asyncio.gather(
            *(there.post("/v1/uploads", headers={**TUS, "Upload-Length": "10"}) for _ in range(4))
        )
        assert sorted(each.status_code for each in asked) == [201, 409, 409, 409]
        async with at(url, other_org.owner) as others:
            await begin(others, 10)


async def test_malware_in_pieces_is_quarantined(stack: Stack, org: Organisation) -> None:
    async with (
        clamd() as scanner,
        another(stack, {"ATTEST_SCANNER_URL": scanner.url}) as url,
        at(url, org.owner) as there,
    ):
        content = os.urandom(200) + EICAR
        path = await begin(there, len(content))
        for start in range(0, len(content), 150):
            assert (await append(there, path, start, content[start : start + 150])).status_code == 204
        file_id = ok(await there.get(path))["file_id"]
    assert ok(await org.viewer.get(f"/v1/files/{file_id}"))["scan"] == "quarantined"


async def test_bytes_that_are_here_already_are_that_file(stack: Stack, org: Organisation) -> None:
    content = os.urandom(100)
    file = created(await org.owner.post("/v1/files", content=content))
    path = await begin(org.owner, len(content))
    await append(org.owner, path, 0, content)
    assert ok(await org.owner.get(path))["file_id"] == file["id"]
    assert len(stored(stack, org)) == 1


async def test_what_is_whole_and_left_behind_is_finished_by_the_clock(stack: Stack, org: Organisation) -> None:
    content = os.urandom(50)
    path = await begin(org.owner, len(content) + 1)
    assert (await append(org.owner, path, 0, content)).status_code == 204
    # As a process leaves it that dies after the last piece and before the file.
    await let_pass(stack, path, f"size = {len(content)}, touched_at = now() - interval '3 minutes', clear_at = now()")
    done = await sweep(org)
    assert done["finish_uploads_left_behind"] == 1
    upload = ok(await org.owner.get(path))
    assert upload["state"] == "finished"
    assert ok(await org.viewer.get(f"/v1/files/{upload['file_id']}"))["sha256"] == hashlib.sha256(content).hexdigest()


async def test_what_expires_is_cleared_away_with_all_that_it_left(stack: Stack, org: Organisation) -> None:
    path = await begin(org.owner, 100)
    assert (await append(org.owner, path, 0, b"half")).status_code == 204
    (pieces_of(stack, path)[0].parent / "nobody-counted-this#1").write_bytes(b"of a killed process")
    upload = ok(await org.owner.get(path))
    await let_pass(stack, path, "expires_at = now() - interval '1 minute'")
    problem(await append(org.owner, path, 4, b"more"), 410, "upload-gone")
    assert (await org.owner.head(path, headers=PIECE)).status_code == 410
    await sweep(org)
    assert pieces_of(stack, path) != [], "a request may still be under way"
    await let_pass(stack, path, "expires_at = now() - interval '61 minutes', clear_at = now()")
    assert (await sweep(org))["clear_ended_uploads"] == 1
    assert pieces_of(stack, path) == []
    problem(await org.owner.get(path), 404, "not-found")
    ended = (await told_of(org, upload))[-1]
    assert (ended["type"], ended["reason"]) == ("evidence.upload.ended", "expired")


async def test_a_large_upload_passes_in_constant_memory(stack: Stack, org: Organisation) -> None:
    process = psutil.Process(stack.processes["evidence"].pid)
    warm = await begin(org.owner, 16 * MIB)
    assert (await append(org.owner, warm, 0, os.urandom(16 * MIB))).status_code == 204
    before = most = process.memory_info().rss
    path = await begin(org.owner, 64 * MIB)

    async def random() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield os.urandom(MIB)
            await asyncio.sleep(0)

    sending = asyncio.create_task(append(org.owner, path, 0, random()))
    while not sending.done():
        most = max(most, process.memory_info().rss)
        await asyncio.sleep(0.005)
    assert (await sending).status_code == 204
    assert ok(await org.owner.get(path))["state"] == "finished"
    assert most - before < 32 * MIB
    assert unfinished(stack) == []

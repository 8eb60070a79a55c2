"""The tus protocol 1.0.0 as clients speak it, header by header, and whose uploads are whose."""

import os

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.stack import Stack
from services.evidence.intake.resumable_uploads.rules import checksum_of, metadata_of
from tests.evidence.given import NOBODY
from tests.evidence.tus import MIB, PIECE, TUS, append, begin, checksum, metadata, offset, pieces_of
from tests.support import Organisation, ok, problem


async def test_what_is_spoken_is_discovered_without_a_token(stack: Stack) -> None:
    async with httpx.AsyncClient(base_url=stack.url) as stranger:
        answer = await stranger.options("/v1/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {"creation", "expiration", "checksum", "termination"}
    assert answer.headers["Tus-Max-Size"] == str(1024**3)
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


async def test_an_upload_begins_with_its_length(org: Organisation) -> None:
    said = metadata(filename="a.txt", note="")
    answer = await org.owner.post("/v1/uploads", headers={**TUS, "Upload-Length": "10", **said})
    assert answer.status_code == 201
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert answer.headers["Upload-Offset"] == "0"
    assert answer.headers["Upload-Expires"].endswith(" GMT")
    head = await org.owner.head(answer.headers["Location"], headers=TUS)
    assert head.headers["Upload-Length"] == "10"
    assert head.headers["Upload-Offset"] == "0"
    assert head.headers["Upload-Metadata"] == said["Upload-Metadata"]
    assert head.headers["Cache-Control"] == "no-store"
    assert head.headers["Tus-Resumable"] == "1.0.0"
    assert answer.json()["name"] == "a.txt"


async def test_another_version_is_refused_with_ours(org: Organisation) -> None:
    path = await begin(org.owner, 10)
    for answer in (
        await org.owner.post("/v1/uploads", headers={"Upload-Length": "10", "Tus-Resumable": "0.2.2"}),
        await append(org.owner, path, 0, b"x", **{"Tus-Resumable": "2.0.0"}),
        await org.owner.delete(path),
    ):
        problem(answer, 412, "tus-version")
        assert answer.headers["Tus-Version"] == "1.0.0"
        assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert (await org.owner.head(path)).status_code == 412
    assert await offset(org.owner, path) == 0


async def test_a_digest_of_the_file_that_cannot_be_checked_is_refused(org: Organisation) -> None:
    asked = {**TUS, "Upload-Length": "10", "Repr-Digest": "sha-512=:AAAA:"}
    problem(await org.owner.post("/v1/uploads", headers=asked), 422, "digest-unreadable")


async def test_what_is_too_large_is_refused_before_it_comes(org: Organisation) -> None:
    answer = await org.owner.post("/v1/uploads", headers={**TUS, "Upload-Length": str(1024**3 + 1)})
    problem(answer, 413, "too-large")
    path = await begin(org.owner, 10)
    problem(await append(org.owner, path, 0, bytes(11)), 413, "too-large")
    assert await offset(org.owner, path) == 0


@pytest.mark.parametrize("length", ["0", "-1", "ten", str(2**60)])
async def test_a_length_that_is_none_is_refused(org: Organisation, length: str) -> None:
    answer = await org.owner.post("/v1/uploads", headers={**TUS, "Upload-Length": length})
    named = problem(answer, 422, "invalid")
    assert "upload" in named["errors"][0]["pointer"].lower()


async def test_a_piece_says_where_it_begins_and_what_it_is(org: Organisation) -> None:
    path = await begin(org.owner, 10)
    problem(await org.owner.patch(path, content=b"x", headers=PIECE), 400, "malformed")
    plain = {**PIECE, "Upload-Offset": "0", "Content-Type": "application/octet-stream"}
    problem(await org.owner.patch(path, content=b"x", headers=plain), 415, "unsupported-media-type")
    early = await append(org.owner, path, 5, b"x")
    named = problem(early, 409, "offset-mismatch")
    assert named["errors"][0] == {"pointer": "header/Upload-Offset", "detail": "expected 0"}
    assert early.headers["Tus-Resumable"] == "1.0.0"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_a_checksum_is_checked_and_wrong_bytes_do_not_count(
    stack: Stack, org: Organisation, algorithm: str
) -> None:
    content = os.urandom(5 * MIB)
    path = await begin(org.owner, len(content))
    wrong = await append(org.owner, path, 0, content, **checksum(b"other", algorithm))
    problem(wrong, 460, "checksum-mismatch")
    assert await offset(org.owner, path) == 0
    assert pieces_of(stack, path) == []
    right = await append(org.owner, path, 0, content, **checksum(content, algorithm))
    assert (right.status_code, right.headers["Upload-Offset"]) == (204, str(len(content)))
    assert ok(await org.owner.get(path))["state"] == "finished"


@pytest.mark.parametrize("header", ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha1", "sha1 !!!", "sha1 AAAA"])
async def test_a_checksum_that_cannot_be_checked_is_refused(org: Organisation, header: str) -> None:
    path = await begin(org.owner, 10)
    problem(await append(org.owner, path, 0, b"x", **{"Upload-Checksum": header}), 400, "checksum-unreadable")
    assert await offset(org.owner, path) == 0


async def test_metadata_that_cannot_be_read_is_refused(org: Organisation) -> None:
    headers = {**TUS, "Upload-Length": "10", "Upload-Metadata": "filename ???"}
    problem(await org.owner.post("/v1/uploads", headers=headers), 400, "metadata-unreadable")


async def test_what_is_given_up_is_gone(stack: Stack, org: Organisation) -> None:
    path = await begin(org.owner, 10)
    await append(org.owner, path, 0, b"half")
    answer = await org.owner.delete(path, headers=TUS)
    assert (answer.status_code, answer.headers["Tus-Resumable"]) == (204, "1.0.0")
    assert (await org.owner.head(path, headers=TUS)).status_code == 410
    problem(await append(org.owner, path, 4, b"x"), 410, "upload-gone")
    problem(await org.owner.delete(path, headers=TUS), 410, "upload-gone")
    ok(await org.manager.post("/v1/services/evidence/sweeps"))
    assert pieces_of(stack, path) == []
    assert ok(await org.owner.get(path))["state"] == "ended"


async def test_what_is_finished_is_not_given_up(org: Organisation) -> None:
    path = await begin(org.owner, 2)
    await append(org.owner, path, 0, b"ab")
    problem(await org.owner.delete(path, headers=TUS), 409, "conflict")
    assert await offset(org.owner, path) == 2
    assert (await append(org.owner, path, 2, b"")).status_code == 204


async def test_uploads_are_listed(org: Organisation) -> None:
    paths = [await begin(org.owner, 2) for _ in range(3)]
    await append(org.owner, paths[0], 0, b"ab")
    listed = ok(await org.owner.get("/v1/uploads", params={"state": "receiving"}))["items"]
    assert [f"/v1/uploads/{each['id']}" for each in listed] == [paths[2], paths[1]]
    assert listed[0].keys() == ok(await org.owner.get(paths[0])).keys()


async def test_only_who_may_submit_uploads(org: Organisation) -> None:
    path = await begin(org.owner, 2)
    for client in (org.reviewer, org.viewer, org.risk):
        problem(await client.post("/v1/uploads", headers={**TUS, "Upload-Length": "1"}), 403, "forbidden")
        problem(await append(client, path, 0, b"ab"), 403, "forbidden")
        problem(await client.get("/v1/uploads"), 403, "forbidden")
        problem(await client.delete(path, headers=TUS), 403, "forbidden")
        assert (await client.head(path, headers=TUS)).status_code == 403


async def test_an_upload_belongs_to_whoever_began_it(org: Organisation) -> None:
    path = await begin(org.owner, 2)
    problem(await append(org.manager, path, 0, b"ab"), 403, "upload-of-another")
    problem(await org.manager.delete(path, headers=TUS), 403, "upload-of-another")
    assert await offset(org.manager, path) == 0
    assert (await append(org.owner, path, 0, b"a")).status_code == 204
    assert (await org.admin.delete(path, headers=TUS)).status_code == 204, "who manages members may end it"
    assert (await org.owner.head(path, headers=TUS)).status_code == 410


async def test_another_organisation_has_no_part_in_it(org: Organisation, other_org: Organisation) -> None:
    path = await begin(org.owner, 2)
    assert (await other_org.owner.head(path, headers=TUS)).status_code == 404
    problem(await other_org.owner.get(path), 404, "not-found")
    problem(await append(other_org.owner, path, 0, b"ab"), 404, "not-found")
    problem(await other_org.owner.delete(path, headers=TUS), 404, "not-found")
    assert ok(await other_org.owner.get("/v1/uploads"))["items"] == []
    problem(await append(org.owner, f"/v1/uploads/{NOBODY}", 0, b"ab"), 404, "not-found")
    assert await offset(org.owner, path) == 0


@given(st.text(max_size=200))
def test_any_header_is_read_or_refused(header: str) -> None:
    for pairs in (metadata_of(header), metadata_of(f"filename {header}")):
        assert pairs is None or all(isinstance(value, str) for value in pairs.values())
    found = checksum_of(f"sha256 {header}")
    assert found is None or len(found.digest) == 32


@given(st.dictionaries(st.from_regex(r"\A[a-z]{1,20}\Z"), st.text(max_size=50), min_size=1, max_size=5))
def test_metadata_comes_back_as_it_was_said(said: dict[str, str]) -> None:
    assert metadata_of(metadata(**said)["Upload-Metadata"]) == said

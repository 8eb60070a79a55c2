import asyncio
import base64
import hashlib
import os
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.client import ClientCredentials
from deploy.local.stack import Stack
from services.evidence.intake.file_uploads.rules import FileNameUnreadable, media_type_of, name_of, sha256_of
from services.evidence.intake.files.rules import attachment, span
from tests.evidence.given import NOBODY, accepted, an_expectation, submitted, told_of
from tests.support import Organisation, created, ok, problem

MIB = 1024 * 1024


def content_digest(content: bytes) -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return {"Content-Digest": f"sha-256=:{digest}:"}


def stored(stack: Stack, org: Organisation) -> dict[str, int]:
    """What the store has of an organisation, by name."""
    folder = stack.state.folder / "store" / org.id
    return {path.name: path.stat().st_size for path in folder.iterdir()} if folder.exists() else {}


def unfinished(stack: Stack) -> list[Path]:
    folder = stack.state.folder / "store" / "uploads"
    return list(folder.iterdir()) if folder.exists() else []


async def zeros(mebibytes: int, mark: bytes) -> AsyncIterator[bytes]:
    yield mark
    for _ in range(mebibytes):
        yield bytes(MIB)
        await asyncio.sleep(0)


async def test_a_file_is_kept_under_its_digest(stack: Stack, org: Organisation) -> None:
    content = b"who,what\n" + os.urandom(50)
    headers = {
        **content_digest(content),
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": "attachment; filename*=UTF-8''..%2Fsecret%2F%C3%9Cberblick.csv",
    }
    answer = await org.owner.post("/v1/files", content=content, headers=headers)
    file = created(answer)
    digest = hashlib.sha256(content).hexdigest()
    assert (file["sha256"], file["size"]) == (digest, len(content))
    assert (file["media_type"], file["name"]) == ("text/csv", "Überblick.csv")
    assert ok(await org.viewer.get(answer.headers["Location"])) == file
    assert stored(stack, org) == {digest: len(content)}
    assert [each["type"] for each in await told_of(org, file)] == ["evidence.file.uploaded"]


async def test_the_same_bytes_are_one_file_in_an_organisation(
    stack: Stack, org: Organisation, other_org: Organisation
) -> None:
    content = os.urandom(100)
    first = created(await org.owner.post("/v1/files", content=content, headers={"Content-Type": "text/plain"}))
    again = ok(await org.manager.post("/v1/files", content=content, headers={"Content-Type": "image/png"}))
    assert again == first
    theirs = created(await other_org.owner.post("/v1/files", content=content))
    assert theirs["id"] != first["id"]
    assert len(stored(stack, org)) == len(stored(stack, other_org)) == 1


async def test_the_same_bytes_at_once_are_one_file(stack: Stack, org: Organisation) -> None:
    content = os.urandom(MIB)
    answers = await asyncio.gather(*(org.owner.post("/v1/files", content=content) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [200, 200, 200, 201]
    assert len({each.json()["id"] for each in answers}) == 1
    assert len(stored(stack, org)) == 1


async def test_a_wrong_digest_leaves_nothing(stack: Stack, org: Organisation) -> None:
    content = os.urandom(6 * MIB)
    refused = await org.owner.post("/v1/files", content=content, headers=content_digest(b"something else"))
    named = problem(refused, 422, "digest-mismatch")
    assert named["errors"][0]["pointer"] == "header/Content-Digest"
    assert stored(stack, org) == {}
    assert hashlib.sha256(content).hexdigest() in named["detail"]


@pytest.mark.parametrize("digest", ["sha-512=:AAAA:", "sha-256=AAAA", "sha-256=:AAAA:", "nonsense"])
async def test_a_digest_that_cannot_be_checked_is_refused(org: Organisation, digest: str) -> None:
    refused = await org.owner.post("/v1/files", content=b"x", headers={"Content-Digest": digest})
    problem(refused, 422, "digest-unreadable")
    assert refused.headers["Want-Content-Digest"] == "sha-256=10"


async def test_an_empty_file_is_refused(stack: Stack, org: Organisation) -> None:
    problem(await org.owner.post("/v1/files", content=b""), 422, "empty-file")
    assert stored(stack, org) == {}


async def test_what_says_it_is_too_large_is_refused_unread(stack: Stack, org: Organisation) -> None:
    ok(await org.owner.get("/v1/evidence"))
    assert isinstance(org.owner.auth, ClientCredentials)
    head = (
        f"POST /v1/files HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {org.owner.auth.token}\r\n"
        f"Content-Length: {2 * 1024 * MIB}\r\n\r\nonly the beginning"
    )
    # Past the edge, which waits for more of the body before it hands back the answer that it has.
    reader, writer = await asyncio.open_connection("127.0.0.1", stack.ports.internal["evidence"])
    try:
        writer.write(head.encode())
        answer = await asyncio.wait_for(reader.readuntil(b"}"), 5)
    finally:
        writer.close()
        await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"/problems/too-large" in answer


async def test_a_large_file_passes_in_constant_memory(stack: Stack, org: Organisation) -> None:
    process = psutil.Process(stack.processes["evidence"].pid)
    created(await org.owner.post("/v1/files", content=zeros(8, uuid.uuid4().bytes)))  # buffers are allocated once
    before = process.memory_info().rss
    most = before
    upload = asyncio.create_task(org.owner.post("/v1/files", content=zeros(64, uuid.uuid4().bytes)))
    while not upload.done():
        most = max(most, process.memory_info().rss)
        await asyncio.sleep(0.005)
    assert created(await upload)["size"] == 64 * MIB + 16
    assert most - before < 24 * MIB


async def test_what_was_cut_off_leaves_nothing(stack: Stack, org: Organisation) -> None:
    async def hangs() -> AsyncIterator[bytes]:
        yield bytes(6 * MIB)
        await asyncio.sleep(60)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(org.owner.post("/v1/files", content=hangs()), 0.5)
    for _ in range(200):
        if not unfinished(stack):
            break
        await asyncio.sleep(0.02)
    assert unfinished(stack) == []
    assert stored(stack, org) == {}


async def test_what_a_killed_process_left_is_cleared_away(stack: Stack, org: Organisation) -> None:
    kept = created(await org.owner.post("/v1/files", content=os.urandom(10)))
    moved, writing = hashlib.sha256(os.urandom(8)).hexdigest(), uuid.uuid4()
    store = stack.state.folder / "store"
    (store / "uploads" / f"{writing}#1").write_bytes(b"half of it")
    (store / org.id / moved).write_bytes(b"all of it, and no file")
    noted = [(writing, None), (uuid.uuid4(), moved), (uuid.uuid4(), kept["sha256"])]
    address = stack.environment("evidence")["ATTEST_SUPERUSER_DATABASE_URL"].removesuffix("/postgres")
    connection = await asyncpg.connect(f"{address}/evidence")
    await connection.executemany(
        "insert into unfinished_uploads (id, org_id, begun_at, sha256, reserved)"
        " values ($1, $2, now() - interval '61 minutes', $3, 0)",
        [(upload, uuid.UUID(org.id), digest) for upload, digest in noted],
    )
    await connection.close()
    ok(await org.manager.post("/v1/services/evidence/sweeps"))
    assert not (store / "uploads" / f"{writing}#1").exists()
    assert set(stored(stack, org)) == {kept["sha256"]}


async def test_a_key_uploads_once(org: Organisation) -> None:
    content, headers = os.urandom(64), {"Idempotency-Key": str(uuid.uuid4())}
    first = created(await org.owner.post("/v1/files", content=content, headers=headers))
    again = await org.owner.post("/v1/files", content=content, headers=headers)
    assert created(again) == first
    assert again.headers["Idempotency-Replayed"] == "true"
    problem(await org.owner.post("/v1/files", content=content + b"more", headers=headers), 422, "key-reused")


async def test_the_bytes_come_back_to_be_saved(org: Organisation) -> None:
    content = b"<script>alert(1)</script>" + os.urandom(500)
    headers = {"Content-Type": "text/html", "Content-Disposition": 'attachment; filename="a.html"'}
    file = created(await org.owner.post("/v1/files", content=content, headers=headers))
    item = await accepted(org, await an_expectation(org), kind="file", file_id=file["id"], url=None)
    assert item["file"]["sha256"] == file["sha256"]
    path = f"/v1/evidence/{item['id']}/content"
    answer = await org.viewer.get(path)
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="a.html"')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Digest"] == content_digest(content)["Content-Digest"]
    part = await org.viewer.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, content[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(content)}"
    changed = await org.viewer.get(path, headers={"Range": "bytes=10-19", "If-Range": '"another"'})
    assert (changed.status_code, changed.content) == (200, content)
    problem(await org.viewer.get(path, headers={"Range": "bytes=9999-"}), 416, "range-not-satisfiable")
    same = await org.viewer.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert same.status_code == 304


async def test_what_is_no_file_has_no_content(org: Organisation) -> None:
    item = await submitted(org, await an_expectation(org))
    problem(await org.viewer.get(f"/v1/evidence/{item['id']}/content"), 404, "not-found")


async def test_only_who_may_submit_uploads(org: Organisation) -> None:
    for client in (org.reviewer, org.viewer, org.risk):
        problem(await client.post("/v1/files", content=b"x"), 403, "forbidden")


async def test_another_organisation_has_none_of_it(org: Organisation, other_org: Organisation) -> None:
    file = created(await org.owner.post("/v1/files", content=os.urandom(10)))
    item = await submitted(org, await an_expectation(org), kind="file", file_id=file["id"], url=None)
    problem(await other_org.owner.get(f"/v1/files/{file['id']}"), 404, "not-found")
    problem(await other_org.owner.get(f"/v1/evidence/{item['id']}/content"), 404, "not-found")
    problem(await org.owner.get(f"/v1/files/{NOBODY}"), 404, "not-found")


async def test_a_file_name_that_cannot_be_read_is_refused(org: Organisation) -> None:
    headers = {"Content-Disposition": "attachment; filename*=idna''xn--a"}
    answer = await org.owner.post("/v1/files", content=b"x", headers=headers)
    assert problem(answer, 422, "file-name-unreadable")["errors"][0]["pointer"] == "header/Content-Disposition"


@pytest.mark.parametrize(
    "value", ["idna''xn--a", "punycode''%FF", "undefined''a", "UTF-8''%FF", "plain.txt", "''a", "utf-7''+"]
)
def test_an_extended_name_is_percent_encoded_utf_8(value: str) -> None:
    with pytest.raises(FileNameUnreadable):
        name_of(f"attachment; filename=plain.txt; filename*={value}")


_FORMS = ("attachment; filename*=UTF-8''{}", 'attachment; filename="{}"', "attachment; filename*0=a; filename*{}", "{}")


@given(st.text(max_size=300), st.sampled_from(_FORMS))
def test_no_header_makes_an_unsafe_name(text: str, form: str) -> None:
    try:
        name = name_of(form.format(text))
    except FileNameUnreadable:
        return
    if name is not None:
        assert 0 < len(name) <= 200
        assert not set(name) & {"/", "\\", "\x00", "\n", "\r", "\u202e"}
        attachment(name).encode("ascii")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (None, None),
        ("attachment", None),
        ("attachment; filename=..", None),
        ('attachment; filename="report.pdf"', "report.pdf"),
        ('attachment; filename="C:\\\\temp\\\\report.pdf"', "report.pdf"),
        ("attachment; filename=a b.txt", "a b.txt"),
        ('attachment; filename="a;b\\"c.txt"', 'a;b"c.txt'),
        ("attachment; filename*=ISO-8859-1'de'%E4.txt", "ä.txt"),
        ("attachment; filename=plain.txt; filename*=UTF-8''%E2%82%AC%20rates.txt", "€ rates.txt"),
        ("attachment; filename*=UTF-8''a%00b%0Ac.txt", "abc.txt"),
        ("attachment; filename*=UTF-8''report%E2%80%AEfdp.exe", "reportfdp.exe"),
    ],
)
def test_the_name_is_the_last_part_without_tricks(header: str | None, name: str | None) -> None:
    assert name_of(header) == name


@given(st.text(max_size=200))
def test_any_content_digest_is_read_or_refused(header: str) -> None:
    digest = sha256_of(header)
    assert digest is None or len(bytes.fromhex(digest)) == 32


@given(st.binary())
def test_a_digest_is_found_among_others(content: bytes) -> None:
    header = f"sha-512=:AAAA:, {content_digest(content)['Content-Digest']}"
    assert sha256_of(header) == hashlib.sha256(content).hexdigest()


@given(st.text(max_size=100))
def test_any_content_type_is_a_media_type(header: str) -> None:
    kind, slash, subtype = media_type_of(header).partition("/")
    assert "" not in {kind, slash, subtype}
    assert f"{kind}/{subtype}".isascii()


@given(st.integers(1, 10_000), st.integers(0, 20_000), st.integers(0, 20_000))
def test_a_range_is_within_the_file(size: int, first: int, last: int) -> None:
    for asked in (f"bytes={first}-{last}", f"bytes={first}-", f"bytes=-{last}", "bytes=-", "lines=1-2"):
        part = span(asked, size)
        if part is not None:
            assert 0 <= part[0] < part[1] <= size
    whole = bytes(size)
    if first <= last and first < size:
        start, end = span(f"bytes={first}-{last}", size) or (0, 0)
        assert len(whole[start:end]) == len(whole[first : last + 1])

"""A bundle of 10,000 files: how much the evidence service grows while it sends one, and how long both sides take."""

import asyncio
import hashlib
import json
import time
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
from uuid_utils.compat import uuid7

from attest.bundles import verify_bundle
from attest.findings import Trust
from deploy.client import ClientCredentials, Organisation, done, eventually
from deploy.local.stack import Stack
from tests.bench.machine import resident_mib
from tests.bench.report import Limit, Report
from tests.bench.seed import UNLIMITED
from tests.support import acting

FILES = 10_000
_SIZE = 64 * 1024
_GROWTH = Limit(most=64)
_FENCE = "select set_config('app.org_id', $1, true)"
_SUBMITTER, _REVIEWER = (json.dumps(acting(name).recorded) for name in ("submitter", "reviewer"))
_FILE = """
    insert into files (id, org_id, sha256, size, media_type, name, uploader, scan, version, created_at, updated_at)
    select f.id, $1, f.sha256, $4, 'application/octet-stream', 'export.bin', $5::jsonb, 'unscanned', 1, now(), now()
    from unnest($2::uuid[], $3::text[]) as f(id, sha256)
"""
_ITEM = """
    insert into evidence_items (id, series_id, number, org_id, title, kind, file_id, record_schema_ids, source,
                                collected_at, covers_from, covers_until, status, submitter, reviewer, reviewed_at,
                                version, created_at, updated_at)
    select f, f, 1, $1, 'Access review', 'file', f, '{}', 'export', now(), now() - interval '30 days', now(),
           'accepted', $3::jsonb, $4::jsonb, now(), 2, now(), now()
    from unnest($2::uuid[]) as f
"""
_PROOF = """
    insert into evidence_proofs (item_id, expectation_id, org_id, control_id, expiring_from, valid_until, announced)
    select f, $3, $1, $4, now() + interval '80 days', now() + interval '90 days', 'fresh' from unnest($2::uuid[]) as f
"""
_EVENT = """
    insert into events (id, org_id, type, subject, version, actor, occurred_at, data, published_at)
    select uuidv7(), $1, 'evidence.item.' || verb, f, version, 'client', now(), '{"title": "Access review"}', now()
    from unnest($2::uuid[]) as f, (values ('submitted', 1), ('accepted', 2)) as told(verb, version)
"""


async def measure(stack: Stack, report: Report, org: Organisation, folder: Path) -> None:
    """Have a bundle of many files sent to disk, watch the service meanwhile, and verify it."""
    control = uuid7()
    expectation = done(await org.manager.post("/v1/expectations", json=_expectation(control)))
    await _seed(stack, UUID(org.id), UUID(expectation["id"]), control)
    period = {"covers_from": "2020-01-01T00:00:00Z", "covers_until": "2100-01-01T00:00:00Z"}
    draft = {"title": "Bench", "control_ids": [str(control)], **period}
    bundle = done(await org.manager.post("/v1/bundles", json=draft))
    assert bundle["items"] == FILES
    pid = stack.processes["evidence"].pid
    before, most = resident_mib(pid), 0.0
    stopped = asyncio.Event()

    async def watch() -> None:
        nonlocal most
        while not stopped.is_set():
            most = max(most, resident_mib(pid))
            await asyncio.sleep(0.1)

    watching = asyncio.create_task(watch())
    began = time.perf_counter()
    path = folder / "bundle.zip"
    size = await eventually(lambda: _download(org, bundle["id"], path), within=120)
    seconds = time.perf_counter() - began
    stopped.set()
    await watching
    report.tell("bundle of 10,000 files, growth of the service", most - before, "MiB", limit=_GROWTH)
    report.tell("bundle of 10,000 files, sent", size / seconds / 1024**2, "MiB/s")
    keys = done(await org.manager.get("/.well-known/attest-sealing-keys.json"))["keys"]
    began = time.perf_counter()
    await asyncio.to_thread(verify_bundle, path, Trust(frozenset({keys[0]["kid"]})))
    report.tell("bundle of 10,000 files, verified", FILES / (time.perf_counter() - began), "files/s")


async def _download(org: Organisation, bundle: str, path: Path) -> int | None:
    """The size of the archive; None while what it holds has not been sealed yet.

    With a client of its own: the organisation's reads an answer as a whole, to see whether its token was refused.
    """
    assert isinstance(org.manager.auth, ClientCredentials)
    headers = {"Authorization": f"Bearer {org.manager.auth.token}"}
    with path.open("wb") as file:
        async with (
            httpx.AsyncClient(base_url=org.manager.base_url, headers=headers, timeout=600) as client,
            client.stream("GET", f"/v1/bundles/{bundle}/archive") as answer,
        ):
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                return None
            answer.raise_for_status()
            async for chunk in answer.aiter_raw():
                file.write(chunk)
        return file.tell()


async def _seed(stack: Stack, org_id: UUID, expectation: UUID, control: UUID) -> None:
    """Files in the store, and evidence that they are, as if each had been uploaded, submitted and accepted."""
    store = Path(httpx.URL(stack.environment("evidence")["ATTEST_STORE_URL"]).path) / str(org_id)
    ids = [uuid7() for _ in range(FILES)]
    digests = await asyncio.to_thread(_written, store)
    address = stack.environment("evidence")["ATTEST_DATABASE_URL"]
    connection = await asyncpg.connect(address, server_settings=UNLIMITED)
    try:
        async with connection.transaction():
            await connection.execute(_FENCE, str(org_id))
            await connection.execute(_FILE, org_id, ids, digests, _SIZE, _SUBMITTER)
            await connection.execute(_ITEM, org_id, ids, _SUBMITTER, _REVIEWER)
            await connection.execute(_PROOF, org_id, ids, expectation, control)
            await connection.execute(_EVENT, org_id, ids)
    finally:
        await connection.close()


def _written(store: Path) -> list[str]:
    store.mkdir(parents=True, exist_ok=True)
    digests = []
    for number in range(FILES):
        body = hashlib.shake_128(number.to_bytes(4)).digest(_SIZE)
        digests.append(hashlib.sha256(body).hexdigest())
        (store / digests[-1]).write_bytes(body)
    return digests


def _expectation(control: UUID) -> dict[str, object]:
    return {
        "control_id": str(control),
        "title": "Access review",
        "description": "The signed review of the quarter.",
        "kind": "file",
        "freshness_days": 90,
        "expiring_days": 10,
        "owner": "dana@example.com",
    }

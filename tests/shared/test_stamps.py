"""Timestamps of heads: asked of a real authority, kept, exported, and checked against its root."""

import base64
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from attest.findings import Broken, Trust
from attest.stamps import check_stamp
from attest.trails import verify_trail
from deploy.local.stack import Stack
from shared.admin.witnesses import HeadTimestamp
from shared.data.sessions import Database
from shared.settings import Settings
from shared.trail import stamps
from shared.trail.settings import trail_settings
from tests.shared.authority import Authority, authority
from tests.shared.given import sealed, some_events
from tests.support import Organisation, ok

DIGEST = hashlib.sha256(b"a head").digest()


@pytest.fixture
async def tsa(tmp_path: Path) -> AsyncIterator[Authority]:
    async with authority(tmp_path / "tsa") as here:
        yield here


@pytest.fixture
async def database(stack: Stack, tsa: Authority, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """The controls service's database, with the tests' authority configured."""
    for name, value in stack.environment("controls").items():
        if name.startswith("ATTEST_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("ATTEST_TIMESTAMP_URL", tsa.url)
    trail_settings.cache_clear()
    opened = Database(Settings())
    yield opened
    await opened.close()
    trail_settings.cache_clear()


def _line(token: bytes, digest: bytes = DIGEST) -> dict[str, object]:
    return {"position": 7, "digest": digest.hex(), "token": base64.b64encode(token).decode()}


async def test_an_authority_stamps_a_head(tsa: Authority) -> None:
    token = await stamps.stamped(tsa.url, DIGEST)
    assert "says an authority you trust" in check_stamp(_line(token), [tsa.root])
    assert "unchecked" in check_stamp(_line(token), [])


async def test_a_token_of_another_head_or_another_authority_is_named(tsa: Authority, tmp_path: Path) -> None:
    token = await stamps.stamped(tsa.url, DIGEST)
    with pytest.raises(Broken, match="position 7"):
        check_stamp(_line(token, hashlib.sha256(b"another").digest()), [tsa.root])
    async with authority(tmp_path / "other") as other:
        with pytest.raises(Broken, match="position 7"):
            check_stamp(_line(token), [other.root])
    spoilt = bytearray(token)
    spoilt[-20] ^= 1
    with pytest.raises(Broken):
        check_stamp(_line(bytes(spoilt)), [tsa.root])


async def test_an_answer_that_is_no_timestamp_of_what_was_asked_is_not_kept(tsa: Authority) -> None:
    other = await stamps.stamped(tsa.url, hashlib.sha256(b"another").digest())
    for answer in (b"", b"<html>", bytes(100_000), other):
        tsa.instead = answer
        with pytest.raises(stamps.NotStamped):
            await stamps.stamped(tsa.url, DIGEST)
    with pytest.raises(stamps.NotStamped):
        await stamps.stamped("http://127.0.0.1:9/nobody", DIGEST)


async def test_a_head_is_stamped_once_kept_and_exported(
    org: Organisation, database: Database, tsa: Authority, tmp_path: Path
) -> None:
    await some_events(org, "controls")
    head = await sealed(org, "controls")
    now = datetime.now(UTC)
    async with database.across_organisations() as look:
        assert UUID(org.id) in set(await look.scalars(stamps.stamp_heads.due(now)))
    for expected in (1, 0):
        async with database.transaction(UUID(org.id)) as session:
            assert await stamps.stamp_heads.run(session, as_of=now, limit=10) == expected
    assert tsa.asked == 1
    async with database.across_organisations() as look:
        assert UUID(org.id) not in set(await look.scalars(stamps.stamp_heads.due(now + timedelta(days=1))))
    (kept,) = ok(await org.admin.get("/v1/services/controls/trail/timestamps"))["items"]
    assert kept.keys() == HeadTimestamp.model_fields.keys()
    assert (kept["position"], kept["digest"], kept["authority"]) == (head["sealed"], head["head"], tsa.url)
    export = _kept(tmp_path / "trail.ndjson", (await org.admin.get("/v1/services/controls/trail/export")).content)
    told = verify_trail(export, Trust(roots=(tsa.root,))).lines
    assert any("says an authority you trust" in line for line in told)


def _kept(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path

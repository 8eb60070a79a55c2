"""The store: the same behaviour whether the bytes are in a folder or in a bucket."""

import os
import re
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.evidence.intake.store import Store, StoreSettings, StoreUnavailable
from tests.evidence.seaweed import Seaweed

MIB = 1024 * 1024


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    if request.param == "folder":
        return Store(StoreSettings(store_url=tmp_path.as_uri()))
    bucket: Seaweed = request.getfixturevalue("bucket")
    for name, value in bucket.environment.items():
        monkeypatch.setenv(name, value)
    # A prefix of its own, so that tests do not see each other's objects.
    return Store(StoreSettings(store_url=f"s3://{bucket.name}/{uuid.uuid4()}"))


async def pieces(content: bytes, size: int = MIB) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def whole(store: Store, key: str, start: int, end: int) -> bytes:
    return b"".join([chunk async for chunk in await store.read(key, start=start, end=end)])


@pytest.mark.parametrize("size", [1, MIB, 12 * MIB + 7], ids=["a byte", "one part", "several parts"])
async def test_what_is_written_is_read(store: Store, size: int) -> None:
    content = os.urandom(size)
    await store.write("a/b", pieces(content))
    assert await whole(store, "a/b", 0, size) == content


async def test_a_range_is_read_alone(store: Store) -> None:
    content = os.urandom(6 * MIB)
    await store.write("a/b", pieces(content))
    assert await whole(store, "a/b", 5 * MIB - 3, 5 * MIB + 9) == content[5 * MIB - 3 : 5 * MIB + 9]
    assert await whole(store, "a/b", 6 * MIB - 1, 6 * MIB) == content[-1:]


async def test_a_move_takes_the_place_of_what_was_there(store: Store) -> None:
    await store.write("from", pieces(b"new"))
    await store.write("x/to", pieces(b"old"))
    await store.move("from", "x/to")
    assert await whole(store, "x/to", 0, 3) == b"new"
    assert await store.below("x") == ["x/to"]
    with pytest.raises(StoreUnavailable):
        await store.read("from", start=0, end=1)


async def test_a_piece_is_kept_in_the_place_of_another(store: Store) -> None:
    await store.put("p/1", b"one")
    await store.put("p/1", b"two")
    assert await whole(store, "p/1", 0, 3) == b"two"


async def test_removing_again_is_nothing(store: Store) -> None:
    await store.write("a/b", pieces(b"x"))
    await store.remove("a/b")
    await store.remove("a/b")
    assert await store.below("a") == []


async def test_a_stream_that_breaks_leaves_nothing(store: Store) -> None:
    async def breaks() -> AsyncIterator[bytes]:
        yield os.urandom(7 * MIB)
        raise ValueError("cut off")

    with pytest.raises(ValueError, match="cut off"):
        await store.write("a/b", breaks())
    assert await store.below("a") == []


async def test_what_is_below_a_prefix_is_listed_and_removed(store: Store) -> None:
    for key in ("u/1/a", "u/1/b", "u/12/a"):
        await store.put(key, b"x")
    assert sorted(await store.below("u/1")) == ["u/1/a", "u/1/b"]
    await store.remove_below("u/1")
    await store.remove_below("u/1")
    assert await store.below("u") == ["u/12/a"]


async def test_a_locked_bucket_keeps_what_is_removed(bucket: Seaweed, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = bucket.lock("locked")
    for name, value in locked.environment.items():
        monkeypatch.setenv(name, value)
    store = Store(StoreSettings(store_url=f"s3://{locked.name}"))
    await store.write("uploads/1", pieces(b"evidence"))
    await store.move("uploads/1", "org/digest")
    listed = locked.ask("GET", f"/{locked.name}", query="prefix=org%2F&versions=").text
    (version,) = re.findall(r"<VersionId>(.+?)</VersionId>", listed)
    kept = f"versionId={version}"
    assert "COMPLIANCE" in locked.ask("GET", f"/{locked.name}/org/digest", query=f"retention=&versionId={version}").text
    await store.remove("org/digest")
    assert await store.below("org") == []
    assert locked.ask("DELETE", f"/{locked.name}/org/digest", query=kept).status_code == 403
    assert locked.ask("GET", f"/{locked.name}/org/digest", query=kept).content == b"evidence"


async def test_a_store_that_cannot_be_reached_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in Seaweed(1).environment.items():
        monkeypatch.setenv(name, value)
    store = Store(StoreSettings(store_url="s3://evidence", store_patience_seconds=1))
    with pytest.raises(StoreUnavailable) as refused:
        await store.put("a", b"x")
    assert refused.value.headers["Retry-After"] == "1"

"""Where the bytes are: a folder (`file:///…`) or a bucket (`s3://…`), behind one API, streamed both ways.

Bytes are written below `uploads/` or `resumable/` first, and moved to `<organisation>/<sha-256>` once all of them are
there. On S3 give the bucket a lifecycle rule that aborts incomplete multipart uploads: parts of an upload that was
killed are invisible here.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.clock import new_id
from shared.problems import Unavailable

if TYPE_CHECKING:
    from obstore.store import RetryConfig

_PART = 5 * 1024 * 1024
_PARTS_AT_ONCE = 2
_CHUNK = 256 * 1024
_LARGEST_COPY = 5 * 1024**3


class StoreSettings(BaseSettings):
    """Every value is `ATTEST_<NAME>`. Credentials of a bucket come from its own variables (`AWS_…`)."""

    model_config = SettingsConfigDict(env_prefix="ATTEST_", extra="ignore")

    store_url: str = Field(description="file:///folder or s3://bucket/prefix")
    largest_upload_bytes: int = Field(
        default=1024**3, ge=1, le=_LARGEST_COPY, description="Largest file; S3 moves no more than 5 GiB in one go"
    )
    store_patience_seconds: float = Field(
        default=20, gt=0, description="How long a bucket that does not answer is asked again"
    )


class StoreUnavailable(Unavailable):
    """The file store cannot be reached."""


class Store:
    """The objects of one installation."""

    def __init__(self, settings: StoreSettings) -> None:
        self.largest = settings.largest_upload_bytes
        local = settings.store_url.startswith("file:")
        patience: RetryConfig = {"retry_timeout": timedelta(seconds=settings.store_patience_seconds)}
        self._objects: ObjectStore = (
            from_url(settings.store_url, mkdir=True) if local else from_url(settings.store_url, retry_config=patience)
        )

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        """Keep a stream, in as much memory as a few parts take. An error of the stream's own leaves nothing."""
        try:
            await obstore.put_async(self._objects, key, chunks, chunk_size=_PART, max_concurrency=_PARTS_AT_ONCE)
        except (BaseError, OSError) as error:
            raise _unavailable(error) from error

    async def put(self, key: str, content: bytes) -> None:
        """Keep a piece small enough to be in memory: all of it at once, or nothing."""
        try:
            await obstore.put_async(self._objects, key, content, use_multipart=False)
        except (BaseError, OSError) as error:
            raise _unavailable(error) from error

    async def move(self, key: str, to: str) -> None:
        """Give an object its final key, in the place of an equal one."""
        try:
            await obstore.rename_async(self._objects, key, to)
        except (BaseError, OSError) as error:
            raise _unavailable(error) from error

    async def read(self, key: str, *, start: int, end: int) -> AsyncIterator[bytes]:
        """Open the bytes from `start` up to, not including, `end`; they are read as they are asked for."""
        try:
            result = await obstore.get_async(self._objects, key, options={"range": (start, end)})
        except (BaseError, OSError) as error:
            raise _unavailable(error) from error
        return (bytes(chunk) async for chunk in result.stream(min_chunk_size=_CHUNK))

    async def remove(self, key: str) -> None:
        """Remove an object, and what a killed process left of writing it. Again is nothing."""
        try:
            with suppress(FileNotFoundError):
                await obstore.delete_async(self._objects, key)
        except (BaseError, OSError) as error:
            raise _unavailable(error) from error
        if isinstance(self._objects, LocalStore) and self._objects.prefix is not None:
            # The driver writes to `<name>#<number>`, and neither lists nor deletes such names itself.
            await asyncio.to_thread(_remove_parts, Path(self._objects.prefix) / key)

    async def below(self, prefix: str) -> list[str]:
        """The keys of all objects below a prefix, which is a whole segment of the path."""
        try:
            pages = [page async for page in obstore.list(self._objects, prefix)]
        except (BaseError, OSError) as error:
            raise _unavailable(error) from error
        return [entry["path"] for page in pages for entry in page]

    async def remove_below(self, prefix: str) -> None:
        """Remove every object below a prefix, and what killed processes left of writing there. Again is nothing."""
        for key in await self.below(prefix):
            await self.remove(key)
        if isinstance(self._objects, LocalStore) and self._objects.prefix is not None:
            await asyncio.to_thread(shutil.rmtree, Path(self._objects.prefix) / prefix, ignore_errors=True)


@cache
def the_store() -> Store:
    """The store of this process."""
    return Store(StoreSettings())


def upload_key(upload_id: UUID) -> str:
    """Where bytes are until all of them are there."""
    return f"uploads/{upload_id}"


def resumable_prefix(upload_id: UUID) -> str:
    """Below which everything is that a resumable upload has in the store."""
    return f"resumable/{upload_id}"


def piece_key(upload_id: UUID) -> str:
    """Where one piece of a resumable upload goes: a key that no other attempt has."""
    return f"{resumable_prefix(upload_id)}/{new_id()}"


def whole_key(upload_id: UUID) -> str:
    """Where the pieces of a resumable upload are put together."""
    return f"{resumable_prefix(upload_id)}/whole"


def content_key(org_id: UUID, sha256: str) -> str:
    """Where an organisation's bytes of this digest are."""
    return f"{org_id}/{sha256}"


def _remove_parts(written: Path) -> None:
    for part in written.parent.glob(f"{written.name}#*"):
        part.unlink(missing_ok=True)


def _unavailable(error: Exception) -> StoreUnavailable:
    return StoreUnavailable(
        f"The file store cannot be reached ({type(error).__name__}); try again.", headers={"Retry-After": "1"}
    )

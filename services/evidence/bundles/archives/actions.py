"""The archive of a bundle, written while it is read: files from the store, lists from the database page by page.

No more than a page of rows and a few parts of a file are in memory, and no transaction is open while bytes are sent.
Lists are collected on disk until all files are through, since they come after them.
"""

import hashlib
import zlib
from collections.abc import AsyncIterable, AsyncIterator
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from sqlmodel import select
from stream_zip import ZIP_64, AsyncMemberFile, async_stream_zip

from services.evidence.bundles.bundles.models import Bundle
from services.evidence.bundles.bundles.queries import contents, trail_of, unsealed
from services.evidence.bundles.bundles.rules import line_of, manifest_of, path_of
from services.evidence.intake.files.models import Scan
from services.evidence.intake.store import content_key, the_store
from services.evidence.items.evidence.rules import written
from shared.canonical import canonical
from shared.data.sessions import Database
from shared.problems import NotFound, Unavailable
from shared.trail.export import line_of_event
from shared.trail.sealing import the_seal

_PAGE = 200
_CHUNK = 256 * 1024
_MODE = 0o100444


class TrailNotSealed(Unavailable):
    """The bundle's events are not sealed in the trail yet."""


class StoreAltered(Exception):  # noqa: N818 - what it says is a finding, and it ends the archive
    """The bytes in the store are not those that were uploaded."""


class _List:
    """A list of the archive, on disk until its turn comes; deleted with this object."""

    def __init__(self) -> None:
        self._file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - it lives as long as the archive is written
        self._digest = hashlib.sha256()
        self._size = self._lines = 0

    def add(self, line: bytes) -> None:
        self._file.write(line)
        self._digest.update(line)
        self._size += len(line)
        self._lines += 1

    def manifest_entry(self, path: str) -> dict[str, Any]:
        return {"path": path, "sha256": self._digest.hexdigest(), "size": self._size, "lines": self._lines}

    async def chunks(self) -> AsyncIterator[bytes]:
        self._file.seek(0)
        while chunk := self._file.read(_CHUNK):
            yield chunk


async def archive(database: Database, org_id: UUID, bundle_id: UUID) -> tuple[str, AsyncIterable[bytes]]:
    """The bundle's title, and its archive as a stream. `TrailNotSealed` within the second after it was assembled."""
    async with database.transaction(org_id) as session:
        bundle = (await session.scalars(select(Bundle).where(Bundle.id == bundle_id))).one_or_none()
        if bundle is None:
            raise NotFound(f"There is no bundle {bundle_id}.")
        if await session.scalar(unsealed(bundle.created_at)):
            raise TrailNotSealed("Try again in a second.", headers={"Retry-After": "1"})
    members = _members(database, bundle)
    return bundle.title, async_stream_zip(members, get_compressobj=_compressor)


async def _members(database: Database, bundle: Bundle) -> AsyncIterator[AsyncMemberFile]:
    contained, trail = _List(), _List()
    after: UUID | None = None
    while True:
        async with database.transaction(bundle.org_id) as session:
            rows = (await session.execute(contents(bundle.id, after, _PAGE))).all()
            events = await session.execute(trail_of([row.Item.id for row in rows], bundle.created_at))
            for event in events.mappings():
                trail.add(line_of_event(event, previous=event["previous"]))
        for item, file, proves, erased in rows:
            said = written(item) if file is None and not erased else None
            sha256 = erased or (said.sha256 if said else file.sha256)
            size = said.size if said else file.size if file else 0
            withheld = "disposed" if erased else "quarantined" if file and file.scan == Scan.QUARANTINED else None
            path = None if withheld else path_of(item, file)
            if path is not None:
                body = _once(said.body) if said else _stored(bundle.org_id, sha256, size)
                yield _member(path, bundle.created_at, body)
            contained.add(line_of(item, file, proves, path=path, withheld=withheld, sha256=sha256, size=size))
        if len(rows) < _PAGE:
            break
        after = rows[-1].Item.id
    for path, content in (("contents.ndjson", contained), ("trail.ndjson", trail)):
        yield _member(path, bundle.created_at, content.chunks())
    parts = {"contents": contained.manifest_entry("contents.ndjson"), "trail": trail.manifest_entry("trail.ndjson")}
    manifest = manifest_of(bundle, parts)
    yield _member("manifest.json", bundle.created_at, _once(manifest))
    yield _member("signature.json", bundle.created_at, _once(canonical(the_seal().sign(manifest))))


def _member(path: str, at: datetime, body: AsyncIterator[bytes]) -> AsyncMemberFile:
    return path, at, _MODE, ZIP_64, body


async def _stored(org_id: UUID, sha256: str, size: int) -> AsyncIterator[bytes]:
    """The bytes as they come; an archive is broken off rather than to hold others than were uploaded."""
    digest = hashlib.sha256()
    async for chunk in await the_store().read(content_key(org_id, sha256), start=0, end=size):
        digest.update(chunk)
        yield chunk
    if digest.hexdigest() != sha256:
        raise StoreAltered(f"the store holds other bytes than {sha256} of organisation {org_id}")


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body


def _compressor() -> Any:
    """The fastest level: most of it is compressed already, or text that any level makes small."""
    return zlib.compressobj(level=1, wbits=-zlib.MAX_WBITS)

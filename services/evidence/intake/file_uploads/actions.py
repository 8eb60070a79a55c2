"""The verbs of a file: receive its bytes, keep it, clear away what uploads left that never came to an end.

Receiving is three steps, so that a process may die between any two of them: the upload is noted and room reserved for
it, the bytes are written under a name of their own, their digest is noted and they are moved to their final place.
Keeping makes the file of it, which has the room from then on, and crosses the upload out. What is still noted after an
hour is cleared away, and with it what no file refers to.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.evidence.intake.file_uploads.models import UnfinishedUpload
from services.evidence.intake.file_uploads.rules import LONGEST_UPLOAD, Declared, Tally
from services.evidence.intake.files.models import File, Scan
from services.evidence.intake.media import judged, refused
from services.evidence.intake.scans.actions import note
from services.evidence.intake.scans.rules import Verdict
from services.evidence.intake.storage.actions import StorageFull, give_back, reserve
from services.evidence.intake.store import Store, content_key, upload_key
from services.evidence.settings import file_settings
from shared.clock import new_id
from shared.data.records import lock_rows, one_at_a_time
from shared.data.sessions import organisation_of
from shared.events.catalogue.evidence import FileUploaded
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Fault, Invalid, Problem, UnsupportedMediaType

Transaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]
# Bytes that are reserved at once for a body whose length is not known.
_STEP = 16 * 1024 * 1024


class DigestMismatch(Invalid):
    """The bytes do not match their digest."""


class EmptyFile(Invalid):
    """The file is empty."""


class FileTypeRefused(UnsupportedMediaType):
    """The file type is not allowed."""


class UploadTooSlow(Problem):
    """The upload took too long."""

    status = 408


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes that are in the store, and not a file yet."""

    upload_id: UUID
    sha256: str
    size: int
    detected_type: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it is now: whether it was not known before, and whether its bytes were not there before."""

    file: File
    is_new: bool
    takes_room: bool


async def receive(
    store: Store,
    transaction: Transaction,
    chunks: AsyncIterator[bytes],
    *,
    declared: Declared,
    size: int | None,
    at: datetime,
) -> Received:
    """Stream bytes into the store, in constant memory. Nothing is kept of what is refused or cut off.

    `size` is how many bytes are announced, None when that is not known. `StorageFull` when the quota leaves no room.
    """
    async with transaction() as session:
        upload = UnfinishedUpload(id=new_id(), org_id=organisation_of(session), reserved=size or 0, begun_at=at)
        session.add(upload)
        await reserve(session, upload.reserved)
    try:
        return await _written(store, transaction, chunks, declared=declared, upload=upload)
    except BaseException:
        await store.remove(upload_key(upload.id))
        async with transaction() as session:
            await give_back(session, await _cross_out(session, upload.id))
        raise


async def _written(
    store: Store,
    transaction: Transaction,
    chunks: AsyncIterator[bytes],
    *,
    declared: Declared,
    upload: UnfinishedUpload,
) -> Received:
    tally, room = Tally(store.largest), _Room(transaction, upload.id, upload.reserved)
    try:
        async with asyncio.timeout(LONGEST_UPLOAD.total_seconds()):
            await store.write(upload_key(upload.id), tally.of(room.of(chunks)))
    except TimeoutError as error:
        raise UploadTooSlow(f"An upload may take {LONGEST_UPLOAD.seconds // 60} minutes.") from error
    if declared.sha256 is not None and declared.sha256 != tally.sha256:
        raise DigestMismatch(
            f"The SHA-256 of the bytes received is {tally.sha256}, not {declared.sha256}. Nothing was kept.",
            faults=[Fault("header/Content-Digest", "not the digest of the body")],
        )
    if not tally.size:
        raise EmptyFile("The body is empty.", faults=[Fault("", "empty")])
    refuse_type(declared.media_type, tally.detected_type)
    async with transaction() as session:
        await one_at_a_time(session, content_of(tally.sha256))
        noted = update(UnfinishedUpload).where(col(UnfinishedUpload.id) == upload.id)
        await session.execute(noted.values(sha256=tally.sha256, reserved=tally.size))
        await give_back(session, room.reserved - tally.size)
    await store.move(upload_key(upload.id), content_key(upload.org_id, tally.sha256))
    return Received(upload.id, tally.sha256, tally.size, tally.detected_type)


class _Room:
    """What an upload has reserved of the storage: the size that was announced, or as it comes, in steps."""

    def __init__(self, transaction: Transaction, upload_id: UUID, reserved: int) -> None:
        self._transaction = transaction
        self._upload = update(UnfinishedUpload).where(col(UnfinishedUpload.id) == upload_id)
        self.reserved = reserved

    async def of(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The stream, each chunk once there is room for it."""
        size = 0
        async for chunk in chunks:
            size += len(chunk)
            if size > self.reserved:
                await self._reserve(size - self.reserved)
            yield chunk

    async def _reserve(self, missing: int) -> None:
        try:
            await self._take(max(missing, _STEP))
        except StorageFull:
            await self._take(missing)

    async def _take(self, size: int) -> None:
        async with self._transaction() as session:
            await session.execute(self._upload.values(reserved=UnfinishedUpload.reserved + size))
            await reserve(session, size)
        self.reserved += size


async def _cross_out(session: AsyncSession, upload_id: UUID) -> int:
    """Forget an upload; how many bytes it had reserved."""
    crossed_out = (
        delete(UnfinishedUpload).where(col(UnfinishedUpload.id) == upload_id).returning(col(UnfinishedUpload.reserved))
    )
    return await session.scalar(crossed_out) or 0


def refuse_type(declared: str, found: str) -> None:
    """`FileTypeRefused` when this installation does not take such files."""
    settings = file_settings()
    wrong = refused(judged(declared, found), allowed=settings.allowed_media_types, denied=settings.denied_media_types)
    if wrong is not None:
        raise FileTypeRefused(
            f"Files of the type {wrong} are not taken here: these bytes are {found}, declared as {declared}."
            " Nothing was kept.",
            faults=[Fault("" if wrong == found else "header/Content-Type", wrong)],
        )


async def keep(
    session: AsyncSession,
    *,
    received: Received,
    declared: Declared,
    verdict: Verdict,
    uploader: Mapping[str, Any],
    by: Actor,
    at: datetime,
) -> Kept:
    """Make a file of what was received, or find the one that has the same bytes."""
    await one_at_a_time(session, content_of(received.sha256))
    reserved = await _cross_out(session, received.upload_id)
    same = next(iter(await lock_rows(session, select(File).where(File.sha256 == received.sha256))), None)
    if same is not None:
        takes_room = same.disposed_at is not None
        _receive_again(session, same, verdict=verdict, by=by, at=at)
        await give_back(session, 0 if takes_room else reserved)
        return Kept(same, is_new=False, takes_room=takes_room)
    file = File(
        org_id=organisation_of(session),
        sha256=received.sha256,
        size=received.size,
        media_type=declared.media_type,
        detected_type=received.detected_type,
        name=declared.name,
        uploader=dict(uploader),
        scan=Scan.UNSCANNED if verdict.scan == Scan.UNSCANNED else Scan.PENDING,
        created_at=at,
        updated_at=at,
    )
    session.add(file)
    announce(session, _uploaded(file), about=file, by=by, at=at)
    note(session, file, verdict=verdict, by=by, at=at)
    return Kept(file, is_new=True, takes_room=True)


def _receive_again(session: AsyncSession, file: File, *, verdict: Verdict, by: Actor, at: datetime) -> None:
    """The same bytes came: whatever the scanner says of them now counts, and what was disposed of is there again."""
    if file.disposed_at is not None:
        file.disposed_at = None
        announce(session, _uploaded(file), about=file, by=by, at=at)
    note(session, file, verdict=verdict, by=by, at=at)


def _uploaded(file: File) -> FileUploaded:
    return FileUploaded(
        sha256=file.sha256, size=file.size, media_type=file.media_type, detected_type=file.detected_type
    )


async def clear_abandoned(session: AsyncSession, store: Store, *, before: datetime, limit: int) -> int:
    """Clear away uploads begun before an instant; how many there were."""
    begun = (
        select(UnfinishedUpload)
        .where(UnfinishedUpload.begun_at <= before)
        .order_by(col(UnfinishedUpload.begun_at))
        .limit(limit)
    )
    abandoned = (await session.scalars(begun.with_for_update(skip_locked=True))).all()
    # By digest, the order in which every sweep takes its turns.
    for upload in sorted(abandoned, key=lambda upload: upload.sha256 or ""):
        await store.remove(upload_key(upload.id))
        if upload.sha256 is not None:
            await _remove_unless_wanted(session, store, upload)
        await session.delete(upload)
    await give_back(session, sum(upload.reserved for upload in abandoned))
    return len(abandoned)


async def _remove_unless_wanted(session: AsyncSession, store: Store, upload: UnfinishedUpload) -> None:
    """Remove moved bytes unless a file, or another upload of the same bytes, refers to them."""
    assert upload.sha256 is not None
    await one_at_a_time(session, content_of(upload.sha256))
    kept = await session.scalar(select(File.id).where(File.sha256 == upload.sha256, col(File.disposed_at).is_(None)))
    same = (
        select(UnfinishedUpload.id)
        .where(UnfinishedUpload.sha256 == upload.sha256, UnfinishedUpload.id != upload.id)
        .limit(1)
    )
    if kept is None and await session.scalar(same) is None:
        await store.remove(content_key(upload.org_id, upload.sha256))


def content_of(sha256: str) -> UUID:
    """These very bytes as a thing that nobody else keeps or drops meanwhile."""
    return UUID(hex=sha256[:32])

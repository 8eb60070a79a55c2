"""The verb of a piece: how one request's bytes are held, put into the store, and then counted."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.evidence.intake.file_uploads.actions import Transaction, UploadTooSlow
from services.evidence.intake.file_uploads.rules import LONGEST_UPLOAD
from services.evidence.intake.pieces.rules import MOST_PIECES, PIECE
from services.evidence.intake.resumable_uploads.actions import present, require_own
from services.evidence.intake.resumable_uploads.models import Piece, ResumableUpload, UploadState
from services.evidence.intake.resumable_uploads.rules import Checksum
from services.evidence.intake.store import Store, piece_key
from shared.identity.callers import Actor
from shared.problems import Conflict, Fault, Invalid, Malformed, Problem, TooLarge

if TYPE_CHECKING:
    from hashlib import _Hash


class OffsetMismatch(Conflict):
    """The Upload-Offset does not match the upload."""


class ChecksumMismatch(Problem):
    """The bytes do not match the Upload-Checksum."""

    status = 460


class TooManyPieces(Invalid):
    """The upload has too many small pieces."""


class CutOff(Malformed):
    """The request ended before its whole body had arrived."""


async def append(
    store: Store,
    transaction: Transaction,
    upload_id: UUID,
    chunks: AsyncIterator[bytes],
    *,
    by: Actor,
    offset: int,
    checksum: Checksum | None,
    at: datetime,
) -> int:
    """Add what the uploader sends, from `offset` on; where the next piece begins.

    What arrived before a request is cut off counts, unless it had a checksum: then all of it counts, or nothing.
    """
    async with transaction() as session:
        upload = await present(session, upload_id, at=at)
        require_own(upload, by=by)
        if upload.received != offset:
            raise _mismatch(upload.received, offset)
        taken = await session.scalar(select(func.count()).select_from(Piece).where(Piece.upload_id == upload_id))
    if (taken or 0) >= MOST_PIECES:
        raise TooManyPieces(f"An upload has at most {MOST_PIECES} pieces; begin again with larger ones.")
    intake = _Intake(store, transaction, upload, offset, at, checksum)
    try:
        async with asyncio.timeout(LONGEST_UPLOAD.total_seconds()):
            await intake.take(chunks)
    except TimeoutError as error:
        raise UploadTooSlow(
            f"A request may take {LONGEST_UPLOAD.seconds // 60} minutes; continue from the offset that HEAD answers."
        ) from error
    finally:
        await intake.drop_uncounted()
    return intake.counted


@dataclass(slots=True)
class _Intake:
    """One request's share of an upload."""

    store: Store
    transaction: Transaction
    upload: ResumableUpload
    counted: int
    at: datetime
    checksum: Checksum | None
    uncounted: list[Piece] = field(default_factory=list)

    async def take(self, chunks: AsyncIterator[bytes]) -> None:
        """Piece after piece, each counted as soon as it is in the store; with a checksum all of them at the end."""
        held, size = bytearray(), self.counted
        digest: _Hash | None = hashlib.new(self.checksum.algorithm, usedforsecurity=False) if self.checksum else None
        try:
            async for chunk in chunks:
                size += len(chunk)
                if size > self.upload.size:
                    raise TooLarge(f"The upload was announced with {self.upload.size} bytes; there are more.")
                if digest is not None:
                    digest.update(chunk)
                held += chunk
                while len(held) >= PIECE:
                    await self._keep(bytes(held[:PIECE]))
                    del held[:PIECE]
        except CutOff:
            if self.checksum is None:
                await self._keep(bytes(held))
            raise
        await self._keep(bytes(held))
        if digest is not None and self.checksum is not None:
            if digest.digest() != self.checksum.digest:
                detail = f"The {self.checksum.algorithm} of these bytes is another. None of them was kept."
                raise ChecksumMismatch(
                    detail, faults=[Fault("header/Upload-Checksum", "not the checksum of these bytes")]
                )
            await self._count()

    async def drop_uncounted(self) -> None:
        """Take back what is in the store and counts for nothing."""
        for piece in self.uncounted:
            await self.store.remove(piece.key)

    async def _keep(self, content: bytes) -> None:
        if not content:
            return
        start = self.counted + sum(piece.size for piece in self.uncounted)
        key = piece_key(self.upload.id)
        self.uncounted.append(
            Piece(upload_id=self.upload.id, org_id=self.upload.org_id, start=start, size=len(content), key=key)
        )
        await self.store.put(key, content)
        if self.checksum is None:
            await self._count()

    async def _count(self) -> None:
        async with self.transaction() as session:
            await count(session, self.upload.id, self.uncounted, after=self.counted, at=self.at)
        self.counted += sum(piece.size for piece in self.uncounted)
        self.uncounted.clear()


async def count(session: AsyncSession, upload_id: UUID, pieces: Sequence[Piece], *, after: int, at: datetime) -> None:
    """Let pieces count that are in the store; `OffsetMismatch` if another request's came first, or the upload ended."""
    if not pieces:
        return
    size = sum(piece.size for piece in pieces)
    # Not a version of the upload and no event: how far it has come is its offset, and nothing else of it changes.
    moved = (
        update(ResumableUpload)
        .where(
            col(ResumableUpload.id) == upload_id,
            col(ResumableUpload.received) == after,
            col(ResumableUpload.state) == UploadState.RECEIVING,
        )
        .values(received=after + size, touched_at=at)
        .returning(col(ResumableUpload.id))
        .execution_options(synchronize_session=False)
    )
    if await session.scalar(moved) is None:
        upload = await present(session, upload_id, at=at)
        raise _mismatch(upload.received, after)
    session.add_all(pieces)


def _mismatch(received: int, offset: int) -> OffsetMismatch:
    return OffsetMismatch(
        f"{received} bytes of this upload are here, so that it does not continue at {offset}.",
        faults=[Fault("header/Upload-Offset", f"expected {received}")],
        headers={"Upload-Offset": str(received)},
    )

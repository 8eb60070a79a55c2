"""The verbs of a resumable upload: begin it, add pieces, make a file of them, end it, clear away what is left.

A piece is in the store before a row says so, and only rows count: what a killed process leaves are bytes below the
upload's own prefix that no row names, and they go when the upload does. Two requests at once are told apart by the
offset: a piece is counted only where the one before it ended, so the first counts and the other is refused, on however
many replicas, with no lock that a dead process could hold.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.evidence.intake.file_uploads.actions import (
    DigestMismatch,
    FileTypeRefused,
    Received,
    Transaction,
    content_of,
    keep,
    refuse_type,
)
from services.evidence.intake.file_uploads.rules import Declared, Tally
from services.evidence.intake.resumable_uploads.models import Piece, ResumableUpload, UploadState
from services.evidence.intake.resumable_uploads.rules import CLEARED_AFTER, LEFT_BEHIND_AFTER
from services.evidence.intake.scanner import Scanner
from services.evidence.intake.scans.actions import ask
from services.evidence.intake.scans.rules import Verdict
from services.evidence.intake.storage.actions import give_back, reserve
from services.evidence.intake.store import Store, content_key, resumable_prefix, whole_key
from shared.data.base import table_of
from shared.data.records import found, lock_free, locked, one_at_a_time
from shared.data.sessions import organisation_of
from shared.events.catalogue.files import UploadBegun, UploadEnded, UploadFinished, UploadRefused
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor, person_of
from shared.problems import Conflict, Fault, Forbidden, NotFound, Problem, not_allowed

_FINISHED_IN_A_TURN = 10
_U = table_of(ResumableUpload).c


class TooManyUploads(Conflict):
    """Too many uploads are in progress."""


class UploadOfAnother(Forbidden):
    """The upload was started by another person."""


class UploadGone(Problem):
    """The upload has ended."""

    status = 410


async def begin(
    session: AsyncSession,
    *,
    size: int,
    declared: Declared,
    metadata: str | None,
    lasts: timedelta,
    most: int,
    by: Actor,
    at: datetime,
) -> ResumableUpload:
    """Announce a file that will come in pieces, of which there are none yet.

    Room for all of it is reserved. `StorageFull` when the quota leaves less, `TooManyUploads` when `most` of the
    organisation are under way.
    """
    await one_at_a_time(session, organisation_of(session))
    under_way = (_U.state == UploadState.RECEIVING, _U.expires_at > at)
    if (await session.scalar(select(func.count()).select_from(ResumableUpload).where(*under_way)) or 0) >= most:
        raise TooManyUploads(f"{most} uploads are in progress; finish or end one of them first.")
    upload = ResumableUpload(
        org_id=organisation_of(session),
        size=size,
        reserved=size,
        media_type=declared.media_type,
        name=declared.name,
        sha256=declared.sha256,
        metadata_header=metadata,
        uploader=by.recorded,
        touched_at=at,
        expires_at=at + lasts,
        clear_at=at + lasts + CLEARED_AFTER,
        created_at=at,
        updated_at=at,
    )
    session.add(upload)
    event = UploadBegun(size=size, media_type=upload.media_type)
    announce(session, event, about=upload, by=by, at=at)
    await reserve(session, size)
    return upload


async def present(session: AsyncSession, upload_id: UUID, *, at: datetime) -> ResumableUpload:
    """The upload, if it still takes pieces or is finished; `NotFound`, or `UploadGone` with the reason."""
    upload = await found(session, ResumableUpload, upload_id)
    if upload is None:
        raise NotFound(f"There is no upload {upload_id}.")
    if upload.state == UploadState.REFUSED:
        raise UploadGone(f"Nothing was kept of this upload: {upload.refusal}")
    if upload.state == UploadState.ENDED or (upload.state == UploadState.RECEIVING and upload.expires_at <= at):
        raise UploadGone(f"This upload ended at {upload.expires_at.isoformat()}.")
    return upload


def require_own(upload: ResumableUpload, *, by: Actor) -> None:
    """`UploadOfAnother` unless `by` began it: what is uploaded is on record as theirs."""
    if by.person is None or by.person != person_of(upload.uploader):
        raise UploadOfAnother("Only who started it can continue or end it.")


async def assemble(store: Store, transaction: Transaction, upload_id: UUID) -> Received | None:
    """Put the pieces together, in constant memory, once all of them are here; None until then, and after."""
    async with transaction() as session:
        upload = await found(session, ResumableUpload, upload_id)
        if upload is None or upload.state != UploadState.RECEIVING or upload.received != upload.size:
            return None
        pieces = await _pieces(session, upload_id)
    return await _together(store, upload, pieces)


async def finish(
    session: AsyncSession, store: Store, *, whole: Received, verdict: Verdict, by: Actor, at: datetime
) -> Problem | None:
    """Receiving → finished, with a file; or → refused, and the problem to answer, when it is not as declared."""
    await one_at_a_time(session, content_of(whole.sha256))
    upload = await locked(session, ResumableUpload, whole.upload_id, noun="upload")
    if upload.state != UploadState.RECEIVING:
        return None  # another request, or the clock, was faster
    upload.clear_at = at
    try:
        _refuse_unfit(upload, whole)
    except (DigestMismatch, FileTypeRefused) as problem:
        upload.state, upload.refusal = UploadState.REFUSED, problem.detail
        announce(session, UploadRefused(why=problem.detail), about=upload, by=by, at=at)
        return problem
    await store.move(whole_key(upload.id), content_key(upload.org_id, whole.sha256))
    declared = Declared(upload.media_type, upload.name, upload.sha256)
    kept = await keep(
        session, received=whole, declared=declared, verdict=verdict, uploader=upload.uploader, by=by, at=at
    )
    await session.flush()  # the upload refers to the file
    upload.state, upload.file_id = UploadState.FINISHED, kept.file.id
    if kept.takes_room:
        upload.reserved = 0  # it is the file's now; otherwise it is given back when the pieces are cleared away
    announce(session, UploadFinished(file_id=kept.file.id, sha256=whole.sha256), about=upload, by=by, at=at)
    return None


async def end(session: AsyncSession, upload_id: UUID, *, others_too: bool, by: Actor, at: datetime) -> None:
    """Receiving → ended, before its time; `others_too` when it may be somebody else's. Its bytes are cleared away."""
    await present(session, upload_id, at=at)
    upload = await locked(session, ResumableUpload, upload_id, noun="upload")
    if not others_too:
        require_own(upload, by=by)
    if upload.state != UploadState.RECEIVING:
        raise not_allowed("end", upload.state, [])
    upload.state, upload.expires_at, upload.clear_at = UploadState.ENDED, at, at
    announce(session, UploadEnded(received=upload.received), about=upload, by=by, at=at)


async def finish_left_behind(
    session: AsyncSession, store: Store, scanner: Scanner | None, *, at: datetime, limit: int
) -> int:
    """Make the files of uploads whose last request died between the last piece and the file."""
    waiting = select(ResumableUpload).where(
        ResumableUpload.state == UploadState.RECEIVING,
        ResumableUpload.received == col(ResumableUpload.size),
        ResumableUpload.touched_at <= at - LEFT_BEHIND_AFTER,
    )
    some = waiting.order_by(col(ResumableUpload.touched_at)).limit(min(limit, _FINISHED_IN_A_TURN))
    left = (await session.scalars(some)).all()
    for upload in left:
        whole = await _together(store, upload, await _pieces(session, upload.id))
        verdict = await ask(scanner, store, key=whole_key(upload.id), size=whole.size)
        await finish(session, store, whole=whole, verdict=verdict, by=SYSTEM, at=at)
    return len(left)


async def clear_ended(session: AsyncSession, store: Store, *, at: datetime, limit: int) -> int:
    """Clear away what uploads left that are over, and in the end the uploads; how many there were."""
    due = select(ResumableUpload).where(ResumableUpload.clear_at <= at).order_by(col(ResumableUpload.clear_at))
    over = await lock_free(session, due.limit(limit))
    freed = 0
    for upload in over:
        last = upload.expires_at + CLEARED_AFTER
        receiving = upload.state == UploadState.RECEIVING
        if receiving and upload.received == upload.size:
            upload.clear_at = at + CLEARED_AFTER  # all of it came in time: the file is still to be made
            continue
        await store.remove_below(resumable_prefix(upload.id))
        freed, upload.reserved = freed + upload.reserved, 0
        if at < last:
            upload.clear_at = last  # a request that was under way may have left something since
            continue
        if receiving:
            event = UploadEnded(received=upload.received)
            announce(session, event, about=upload, by=SYSTEM, at=at, reason="expired")
        await session.delete(upload)
    await give_back(session, freed)
    return len(over)


async def _pieces(session: AsyncSession, upload_id: UUID) -> Sequence[Piece]:
    return (await session.scalars(select(Piece).where(Piece.upload_id == upload_id).order_by(col(Piece.start)))).all()


async def _together(store: Store, upload: ResumableUpload, pieces: Sequence[Piece]) -> Received:
    async def one_after_the_other() -> AsyncIterator[bytes]:
        for piece in pieces:
            async for chunk in await store.read(piece.key, start=0, end=piece.size):
                yield chunk

    tally = Tally(upload.size)
    await store.write(whole_key(upload.id), tally.of(one_after_the_other()))
    return Received(upload.id, tally.sha256, tally.size, tally.detected_type)


def _refuse_unfit(upload: ResumableUpload, whole: Received) -> None:
    if upload.sha256 is not None and upload.sha256 != whole.sha256:
        raise DigestMismatch(
            f"The SHA-256 of the whole is {whole.sha256}, not {upload.sha256}. Nothing was kept.",
            faults=[Fault("header/Repr-Digest", "not the digest of the whole upload")],
        )
    refuse_type(upload.media_type, whole.detected_type)

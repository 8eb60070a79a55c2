"""What happens by the clock: evidence is asked for, runs out, goes; files are scanned, cut off uploads cleared."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, false, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evidence.collecting.collections.actions import announce_overdue, open_due
from services.evidence.collecting.collections.models import Collection, CollectionStatus
from services.evidence.collecting.expectations.models import Expectation
from services.evidence.intake.file_uploads.actions import clear_abandoned
from services.evidence.intake.file_uploads.models import UnfinishedUpload
from services.evidence.intake.file_uploads.rules import ABANDONED_AFTER
from services.evidence.intake.files.models import File, Scan
from services.evidence.intake.resumable_uploads.actions import clear_ended, finish_left_behind
from services.evidence.intake.resumable_uploads.models import ResumableUpload, UploadState
from services.evidence.intake.resumable_uploads.rules import LEFT_BEHIND_AFTER
from services.evidence.intake.scanner import the_scanner
from services.evidence.intake.scans.actions import scan_waiting
from services.evidence.intake.store import the_store
from services.evidence.items.freshness.actions import announce_due
from services.evidence.items.proofs.models import Proof
from services.evidence.keeping.disposals.actions import carry_out, certify, erase
from services.evidence.keeping.disposals.models import Disposal, DisposalState
from shared.data.base import table_of
from shared.schedule import sweep
from shared.trail.sealing import the_seal

_PROOFS = table_of(Proof).c
_EXPECTATIONS = table_of(Expectation).c
_COLLECTIONS = table_of(Collection).c
_FILES = table_of(File).c
_UPLOADS = table_of(UnfinishedUpload).c
_RESUMABLE = table_of(ResumableUpload).c
_DISPOSALS = table_of(Disposal).c
_LONGEST_WAIT = timedelta(minutes=15)  # for the scanner or the store, which take minutes for the largest files


def _with_due_proofs(as_of: datetime) -> Select[Any]:
    return select(_PROOFS.org_id).where(_PROOFS.due_at <= as_of).distinct()


def _with_collections_to_open(as_of: datetime) -> Select[Any]:
    return select(_EXPECTATIONS.org_id).where(_EXPECTATIONS.next_opens_at <= as_of).distinct()


def _with_overdue_collections(as_of: datetime) -> Select[Any]:
    due = _COLLECTIONS.overdue_at <= as_of
    unannounced = _COLLECTIONS.overdue_announced_at.is_(None)
    return (
        select(_COLLECTIONS.org_id)
        .where(due, unannounced, _COLLECTIONS.status == CollectionStatus.OPEN.value)
        .distinct()
    )


def _with_abandoned_uploads(as_of: datetime) -> Select[tuple[UUID]]:
    return select(_UPLOADS.org_id).where(_UPLOADS.begun_at <= as_of - ABANDONED_AFTER).distinct()


def _with_uploads_left_behind(as_of: datetime) -> Select[tuple[UUID]]:
    whole = (_RESUMABLE.state == UploadState.RECEIVING, _RESUMABLE.received == _RESUMABLE.size)
    return select(_RESUMABLE.org_id).where(*whole, _RESUMABLE.touched_at <= as_of - LEFT_BEHIND_AFTER).distinct()


def _with_ended_uploads(as_of: datetime) -> Select[tuple[UUID]]:
    return select(_RESUMABLE.org_id).where(_RESUMABLE.clear_at <= as_of).distinct()


def _with_files_to_scan(_as_of: datetime) -> Select[tuple[UUID]]:
    waiting = (_FILES.scan.in_((Scan.PENDING, Scan.UNSCANNED)), _FILES.disposed_at.is_(None))
    return select(_FILES.org_id).where(*waiting if the_scanner() else (false(),)).distinct()


def _with_approved_disposals(_as_of: datetime) -> Select[tuple[UUID]]:
    return select(_DISPOSALS.org_id).where(_DISPOSALS.state == DisposalState.APPROVED.value).distinct()


@sweep(due=_with_due_proofs, turn=2000)  # one statement, 0.1 ms for each
async def announce_changed_freshness(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce what has begun to expire or has expired, each once."""
    return await announce_due(session, as_of=as_of, limit=limit)


@sweep(due=_with_collections_to_open)
async def open_collections(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Ask for the evidence of the next period, each once."""
    return await open_due(session, as_of=as_of, limit=limit)


@sweep(due=_with_overdue_collections)
async def announce_overdue_collections(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Announce for what nothing has come in time, each once."""
    return await announce_overdue(session, as_of=as_of, limit=limit)


@sweep(due=_with_abandoned_uploads)
async def clear_abandoned_uploads(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Remove what uploads left behind that never came to an end."""
    return await clear_abandoned(session, the_store(), before=as_of - ABANDONED_AFTER, limit=limit)


@sweep(due=_with_files_to_scan, waits=_LONGEST_WAIT)
async def scan_waiting_files(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Have the scanner look at files for which it has not answered yet, or that came before there was one."""
    scanner = the_scanner()
    return await scan_waiting(session, scanner, the_store(), at=as_of, limit=limit) if scanner else 0


@sweep(due=_with_uploads_left_behind, waits=_LONGEST_WAIT)
async def finish_uploads_left_behind(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Make the files of resumable uploads that are whole, and whose process died before it could."""
    return await finish_left_behind(session, the_store(), the_scanner(), at=as_of, limit=limit)


@sweep(due=_with_ended_uploads)
async def clear_ended_uploads(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Remove the pieces of resumable uploads that are over, and a while later what is known of them."""
    return await clear_ended(session, the_store(), at=as_of, limit=limit)


@sweep(due=_with_approved_disposals)
async def dispose_of_evidence(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Do away with what approved disposals list."""
    return await carry_out(session, at=as_of, limit=limit)


@sweep(due=_with_approved_disposals)
async def erase_disposed_files(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Erase the bytes of what has been disposed of by then."""
    return await erase(session, the_store(), at=as_of, limit=limit)


@sweep(due=_with_approved_disposals)
async def certify_disposals(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Complete disposals of which nothing is left to do."""
    return await certify(session, the_seal(), at=as_of) if limit else 0

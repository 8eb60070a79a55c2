"""The verbs of a scan: ask the scanner about bytes, and note what it says."""

import asyncio
import logging
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.evidence.intake.files.models import File, Scan
from services.evidence.intake.scanner import Scanner, ScannerRefused, ScannerSilent
from services.evidence.intake.scans.rules import Verdict, after
from services.evidence.intake.store import Store, content_key
from services.evidence.settings import file_settings
from shared.data.records import found, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.files import FileCleared, FileQuarantined
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.problems import not_allowed

_log = logging.getLogger(__name__)


async def ask(scanner: Scanner | None, store: Store, *, key: str, size: int) -> Verdict:
    """What the scanner says of bytes in the store; pending when it says nothing for as long as an upload waits."""
    if scanner is None:
        return Verdict(Scan.UNSCANNED)
    try:
        async with asyncio.timeout(file_settings().scan_seconds):
            return await _look(scanner, store, key=key, size=size)
    except (ScannerSilent, TimeoutError) as silent:
        _log.warning("no verdict of the malware scanner: %s", silent)
        return Verdict(Scan.PENDING)


def note(session: AsyncSession, file: File, *, verdict: Verdict, by: Actor, at: datetime) -> None:
    """Pending, unscanned or another verdict → clean or quarantined; what is known already is not noted again."""
    if not after(file.scan, verdict):
        return
    file.scan, file.finding, file.scanned_at = verdict.scan, verdict.finding, at
    event = (
        FileCleared(sha256=file.sha256)
        if verdict.finding is None
        else FileQuarantined(sha256=file.sha256, finding=verdict.finding)
    )
    announce(session, event, about=file, by=by, at=at)


async def scan(
    session: AsyncSession, scanner: Scanner | None, store: Store, *, file_id: UUID, by: Actor, at: datetime
) -> None:
    """Have a file scanned again, and note what is said now."""
    file = await locked(session, File, file_id, noun="file")
    if file.disposed_at is not None:
        raise not_allowed("scan", "disposed", [])
    verdict = await ask(scanner, store, key=content_key(file.org_id, file.sha256), size=file.size)
    note(session, file, verdict=verdict, by=by, at=at)


async def scan_waiting(session: AsyncSession, scanner: Scanner, store: Store, *, at: datetime, limit: int) -> int:
    """Have files scanned that wait for it; how many have a verdict now. Ends when the scanner falls silent."""
    waiting = select(File.id, File.sha256, File.size).where(
        col(File.scan).in_((Scan.PENDING, Scan.UNSCANNED)), col(File.disposed_at).is_(None)
    )
    org_id, done = organisation_of(session), 0
    for file_id, sha256, size in (await session.execute(waiting.order_by(col(File.id)).limit(limit))).all():
        try:
            verdict = await _look(scanner, store, key=content_key(org_id, sha256), size=size)
        except ScannerRefused as refused:
            _log.warning("the malware scanner does not judge file %s: %s", file_id, refused)
            continue
        except ScannerSilent:
            break
        file = await found(session, File, file_id, for_update=True)
        if file is not None:
            note(session, file, verdict=verdict, by=SYSTEM, at=at)
            done += 1
    return done


async def _look(scanner: Scanner, store: Store, *, key: str, size: int) -> Verdict:
    finding = await scanner.find(await store.read(key, start=0, end=size))
    return Verdict(Scan.CLEAN) if finding is None else Verdict(Scan.QUARANTINED, finding)

"""Assembling an engagement file: a job that the clock starts once an engagement is completed."""

import hashlib
import zipfile
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.filing.engagement_files import actions as engagement_files
from services.audit.filing.engagement_files.models import EngagementFile, engagement_file_parts
from services.audit.filing.file_archives import queries
from services.audit.filing.file_archives.rules import RECORDS, line_of_file, line_of_record, manifest_of
from services.audit.filing.paper_pages.rules import papers_page
from services.audit.reporting.report_renderings.models import ReportForm
from services.audit.reporting.report_renderings.queries import part_of
from shared.canonical import canonical
from shared.data.records import found, locked
from shared.data.sessions import in_organisation, instant_of
from shared.identity.callers import SYSTEM
from shared.identity.permissions import P
from shared.jobs.job import Outcome
from shared.jobs.starting import begin
from shared.jobs.work import Concluded, Job, Work
from shared.pace import yielding
from shared.printing.html_pages import as_html
from shared.problems import NotFound, Unavailable
from shared.trail.export import line_of_event
from shared.trail.sealing import the_seal

_PART_BYTES = 1024 * 1024
_MOST = 5  # files that one sweep of a firm begins


class EventsNotSealed(Unavailable):
    """The events of the engagement are not sealed in the trail yet."""


class FileAssembly(BaseModel):
    """Which file the job assembles."""

    file_id: UUID


async def begin_files(session: AsyncSession, *, as_of: datetime, limit: int) -> int:
    """Begin the files of the firm's completed engagements, each with the job that assembles it; how many there were."""
    begun = await engagement_files.begin(session, at=as_of, limit=min(limit, _MOST))
    for file in begun:
        path = f"/v1/engagement-files/{file.id}"
        await begin(session, "audit", ASSEMBLY, FileAssembly(file_id=file.id), path=path, by=SYSTEM, at=as_of)
    return len(begun)


async def assemble_file(work: Work[FileAssembly]) -> Concluded:
    """The job: everything read and written in one go, and the bytes kept in one transaction."""
    with TemporaryFile() as archive:
        async with work.platform.database.transaction(work.org_id) as session:
            file = await found(session, EngagementFile, work.input.file_id)
            if file is None:
                raise NotFound(f"There is no engagement file {work.input.file_id}.")
            with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped:
                await _Assembly(session, file, zipped).write()
        digest, size = _digest_of(archive)

        async def kept(session: AsyncSession) -> Outcome:
            await _keep(session, work.input.file_id, archive)
            made = await locked(session, EngagementFile, work.input.file_id, noun="engagement file")
            engagement_files.assembled(session, made, sha256=digest, size=size, by=work.by, at=instant_of(session))
            return Outcome(location=f"/v1/engagement-files/{made.id}")

        return await work.conclude(kept)


ASSEMBLY = Job("engagement-file-assembly", FileAssembly, P.ENGAGEMENT_FILES_WRITE, assemble_file)


class _Assembly:
    """One archive while it is written. The transaction is the firm's; nothing is changed in it."""

    def __init__(self, session: AsyncSession, file: EngagementFile, zipped: zipfile.ZipFile) -> None:
        self._session, self._file, self._zip = session, file, zipped
        self._contents: list[bytes] = []

    async def write(self) -> None:
        """Reports and papers to read, records, contents, trail, manifest and signature, in this order."""
        key, client = self._file.engagement_id, self._file.client_id
        await self._refuse_unsealed(client)
        await self._write_reports()
        page = as_html(papers_page(self._file, await queries.papers_to_read(self._session, key)))
        await self._write_file("files/papers.html", _once(page.encode()))
        records = [await self._write_records(each.name, each.of_client, each) for each in RECORDS]
        async with in_organisation(self._session, client):
            evidence = await queries.evidence_answered_with(self._session, key)
            engagement = await queries.engagement_record(self._session, key)
        path = "records/evidence.ndjson"
        records.append(await self._write_list(path, yielding(map(line_of_record, evidence))))
        contents = await self._write_list("contents.ndjson", yielding(self._contents))
        trail = await self._write_list("trail.ndjson", self._trail(client))
        manifest = manifest_of(self._file, engagement, records, contents=contents, trail=trail)
        self._zip.writestr("manifest.json", manifest)
        self._zip.writestr("signature.json", canonical(the_seal().sign(manifest)))

    async def _refuse_unsealed(self, client: UUID) -> None:
        waiting = await queries.is_unsealed(self._session, self._file.engagement_id)
        async with in_organisation(self._session, client):
            waiting = waiting or await queries.is_unsealed(self._session, self._file.engagement_id)
        if waiting:
            raise EventsNotSealed("Try again in a second.", headers={"Retry-After": "1"})

    async def _write_reports(self) -> None:
        for report in await queries.issued_reports(self._session, self._file.engagement_id):
            name = f"files/reports/{report.kind}-{report.number}"
            for form in (ReportForm.PDF, ReportForm.JSON):
                await self._write_file(f"{name}.{form}", self._parts(report.id, form))
            await self._write_file(f"{name}.pdf.sig.json", _once(canonical(report.signature)))

    async def _parts(self, report_id: UUID, form: ReportForm) -> AsyncIterator[bytes]:
        number = 0
        while (part := await part_of(self._session, report_id, form, number)) is not None:
            yield part
            number += 1

    async def _write_records(self, name: str, of_client: bool, records: Any) -> dict[str, Any]:
        key = self._file.engagement_id
        path = f"records/{name}.ndjson"
        if not of_client:
            return await self._write_list(path, _lines(queries.records_of(self._session, records, key)))
        async with in_organisation(self._session, self._file.client_id):
            return await self._write_list(path, _lines(queries.records_of(self._session, records, key)))

    async def _trail(self, client: UUID) -> AsyncIterator[bytes]:
        key = self._file.engagement_id
        async with in_organisation(self._session, client):
            async for event in queries.events_of(self._session, key, of_client=client != self._file.org_id):
                yield line_of_event(event, previous=event["previous"])
        if client != self._file.org_id:
            async for event in queries.events_of(self._session, key, of_client=False):
                yield line_of_event(event, previous=event["previous"])

    async def _write_file(self, path: str, chunks: AsyncIterable[bytes]) -> None:
        entry = await self._write_list(path, chunks)
        self._contents.append(line_of_file(path, entry["sha256"], entry["size"]))

    async def _write_list(self, path: str, chunks: AsyncIterable[bytes]) -> dict[str, Any]:
        digest, size, lines = hashlib.sha256(), 0, 0
        with self._zip.open(path, "w") as member:
            async for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
                lines += 1
        return {"path": path, "sha256": digest.hexdigest(), "size": size, "lines": lines}


async def _keep(session: AsyncSession, file_id: UUID, archive: IO[bytes]) -> None:
    file = await found(session, EngagementFile, file_id)
    assert file is not None, "the job has found it"
    for number, content in enumerate(_chunks(archive)):
        part = {"org_id": file.org_id, "file_id": file_id, "number": number, "content": content}
        await session.execute(insert(engagement_file_parts).values(part))


def _digest_of(archive: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(archive):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def _chunks(archive: IO[bytes]) -> Iterable[bytes]:
    archive.seek(0)
    return iter(lambda: archive.read(_PART_BYTES), b"")


async def _lines(records: AsyncIterable[dict[str, Any]]) -> AsyncIterator[bytes]:
    async for record in records:
        yield line_of_record(record)


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body

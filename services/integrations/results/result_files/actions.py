"""The verbs of result files: read one, keep what is in it, and tell what each check came to."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.integrations.formats.contents import ResultFormat, ResultKind
from services.integrations.formats.reading import SUMMARY, unpacked
from services.integrations.formats.tasks import READING
from services.integrations.results.reported_checks.models import ReportedCheck
from services.integrations.results.reported_results.models import ReportedResult
from services.integrations.results.result_files.queries import covered_after, keep_once, known_file
from services.integrations.results.result_files.rules import Kept, check_row, observed, result_row, run_of
from services.integrations.results.result_files.schemas import ResultFileInput
from services.integrations.results.vulnerability_findings.actions import SeenIn, take_in
from services.integrations.results.vulnerability_findings.queries import take_turn
from services.integrations.results.vulnerability_findings.rules import Sighting, sighting, worse
from shared.children.pool import Children
from shared.children.process import parts_of
from shared.clock import new_id
from shared.data.base import table_of
from shared.data.bulk import insert_rows
from shared.data.sessions import instant_of, organisation_of
from shared.data.transactions import Written
from shared.events.catalogue.facts import CheckReported, NamedRequirement
from shared.events.catalogue.integrations import ResultFileReceived
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.identity.permissions import P
from shared.jobs.job import Outcome
from shared.jobs.work import Concluded, Job, Work

SOURCE_KIND = "result_file"
_READ = 0.6  # of all the work, when the file has been read


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read: its parts as the child process wrote them, compressed, and what they come to."""

    size: int
    sha256: str
    parts: Sequence[bytes]
    summary: dict[str, Any]


async def read(children: Children, org_id: UUID, body: IO[bytes], given: ResultFormat | None) -> ReadFile:
    """Read a file in a child process: `ResultFileUnreadable` with the place, `LimitExceeded`, `Busy`."""
    digest, size = hashlib.sha256(), 0

    def parts() -> Iterator[bytes]:
        nonlocal size
        for part in parts_of(body):
            digest.update(part)
            size += len(part)
            yield part

    *results, last = await children.run(READING, org_id, {"format": given}, parts())
    if last[:1] != SUMMARY:
        raise AssertionError("the last part is the summary")
    return ReadFile(size, digest.hexdigest(), results, unpacked(last))


async def keep(
    session: AsyncSession, file: ReadFile, *, given: ResultFileInput, by: Actor, at: datetime
) -> tuple[UUID, bool]:
    """Keep a file's results and announce its checks, once; the file's id, and whether it is new."""
    run = file.summary["run"]
    kept = Kept(
        org_id=organisation_of(session),
        file_id=new_id(),
        source=given.source,
        run=run_of(given.run, run["run"], file.sha256),
        observed_at=observed(run["observed_at"], at),
        at=at,
    )
    if not await keep_once(session, _file_row(kept, file, given, by)):
        known = await known_file(session, given.source, file.sha256)
        if known is None:
            raise AssertionError("what stands in the way of a file is the same file")
        return known[0], False
    event = ResultFileReceived(
        source=kept.source,
        run=kept.run,
        format=file.summary["format"],
        tool=run["tool"] or "unknown",
        sha256=file.sha256,
        results=file.summary["results"],
        verdicts=file.summary["verdicts"],
        vulnerabilities=file.summary["vulnerabilities"],
        observed_at=kept.observed_at,
    )
    announce(session, event, about=Written(kept.file_id, 1), by=by, at=at)
    seen: dict[tuple[str, str], Sighting] = {}
    for part in file.parts:
        rows = [result_row(new_id(), row, kept) for row in unpacked(part)]
        await insert_rows(session, table_of(ReportedResult), rows)
        for said in (sighting(row) for row in rows if row["kind"] == ResultKind.VULNERABILITY):
            seen[said.key] = worse(said, seen.get(said.key))
    await _take_in(session, kept, seen, covers=given.covers, by=by, at=at)
    await _tell(session, kept, file, by=by)
    return kept.file_id, True


async def read_as_job(work: Work[ResultFileInput]) -> Concluded:
    """Reading a file as a job."""
    with await work.body() as body:
        file = await read(work.platform.children, work.org_id, body, work.input.format)
    await work.note(_READ)

    async def kept(session: AsyncSession) -> Outcome:
        file_id, _ = await keep(session, file, given=work.input, by=work.by, at=instant_of(session))
        return Outcome(location=location_of(file_id))

    return await work.conclude(kept)


RESULT_FILE = Job("result-file", ResultFileInput, P.RESULT_FILES_PUSH, read_as_job)


def location_of(file_id: UUID) -> str:
    """Where a file is."""
    return f"/v1/result-files/{file_id}"


async def _take_in(
    session: AsyncSession,
    kept: Kept,
    seen: Mapping[tuple[str, str], Sighting],
    *,
    covers: str | None,
    by: Actor,
    at: datetime,
) -> None:
    """Take in vulnerabilities, the files of a source one after another: each knows then what later runs covered."""
    if not seen and covers is None:
        return
    await take_turn(session, kept.source)
    later = await covered_after(session, kept.source, kept.observed_at)
    run = SeenIn(kept.file_id, kept.source, kept.observed_at, covers, later)
    await take_in(session, seen, run=run, by=by, at=at)


async def _tell(session: AsyncSession, kept: Kept, file: ReadFile, *, by: Actor) -> None:
    """Keep what each check came to, and announce it: one event a check, however many resources it looked at."""
    rows = [check_row(new_id(), row, kept) for row in file.summary["checks"]]
    await insert_rows(session, table_of(ReportedCheck), rows)
    for row in rows:
        event = CheckReported(
            source_id=None,
            source=kept.source,
            source_kind=SOURCE_KIND,
            tool=row["tool"],
            thing=row["check_name"],
            run=kept.run,
            state=row["verdict"],
            observed_at=row["observed_at"],
            evidence=True,
            url=row["url"],
            requirements=tuple(NamedRequirement(**each) for each in row["requirements"]),
        )
        announce(session, event, about=Written(row["id"], 1), by=by, at=kept.at)


def _file_row(kept: Kept, file: ReadFile, given: ResultFileInput, by: Actor) -> dict[str, Any]:
    run, summary = file.summary["run"], file.summary
    return {
        "id": kept.file_id,
        "org_id": kept.org_id,
        "source": kept.source,
        "run": kept.run,
        "format": summary["format"],
        "tool": run["tool"] or "unknown",
        "tool_version": run["tool_version"],
        "size": file.size,
        "sha256": file.sha256,
        "observed_at": kept.observed_at,
        "url": given.url,
        "covers": given.covers,
        "results": summary["results"],
        "verdicts": summary["verdicts"],
        "vulnerabilities": summary["vulnerabilities"],
        "checks": len(summary["checks"]),
        "sent_by": by.recorded,
        "version": 1,
        "created_at": kept.at,
        "updated_at": kept.at,
    }

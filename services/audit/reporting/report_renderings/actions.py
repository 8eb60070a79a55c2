"""Rendering a report: asked for in a request, done by a job, kept in one transaction.

What is rendered while the report is a draft says so on every page. After the approval it is rendered without, and
that PDF is issued. Its bytes follow from the content and from when it was approved: it can be made again.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.printing.tasks import DOCX
from services.audit.reporting.audit_reports.actions import content_of, own, tell
from services.audit.reporting.audit_reports.models import AuditReport, ReportStatus
from services.audit.reporting.audit_reports.rules import ALLOWED, ReportVerb, is_draft
from services.audit.reporting.report_renderings.models import ReportFile, ReportForm, report_file_parts
from services.audit.reporting.report_renderings.schemas import RenderingJob
from services.audit.wording.documents import as_revised, document_of
from shared.children.pool import Children
from shared.data.base import table_of
from shared.data.records import found, locked
from shared.data.sessions import instant_of
from shared.events.catalogue.audit_reports import AuditReportRendered
from shared.identity.callers import Actor, Caller
from shared.identity.permissions import P
from shared.jobs.job import Outcome
from shared.jobs.work import Concluded, Job, Work
from shared.printing.html_pages import as_html
from shared.printing.tasks import PDF, printed
from shared.problems import Conflict, NotFound, not_allowed

_PART_BYTES = 1024 * 1024


class NotRendered(Conflict):
    """The report has not been rendered as it is now."""


class RenderedMeanwhile(Conflict):
    """The report changed while it was rendered."""


async def ask(session: AsyncSession, report_id: UUID, *, caller: Caller) -> RenderingJob:
    """What the job renders: the content as it is now."""
    report = await own(session, report_id, ReportVerb.RENDER, caller)
    draft = is_draft(report.status)
    return RenderingJob(report_id=report.id, content_sha256=report.content_sha256, draft=draft)


async def render_report(work: Work[RenderingJob]) -> Concluded:
    """The job: every form, one after the other, and all of them kept at once."""
    async with work.platform.database.transaction(work.org_id) as session:
        report = await found(session, AuditReport, work.input.report_id)
        if report is None:
            raise NotFound(f"There is no audit report {work.input.report_id}.")
        content, data = content_of(report), report.content
        at = report.approved_at or report.released_at or report.created_at
        number = report.number if report.revises_id else None
    document = document_of(content, draft=work.input.draft)
    if number is not None:
        document = as_revised(document, number)
    children: Children = work.platform.children
    files = {ReportForm.PDF: await printed(children, PDF, work.org_id, document, at=at)}
    await work.note(0.6)
    files[ReportForm.DOCX] = await printed(children, DOCX, work.org_id, document, at=at)
    files[ReportForm.HTML] = as_html(document).encode()
    files[ReportForm.JSON] = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True).encode()
    await work.note(0.9)

    async def kept(session: AsyncSession) -> Outcome:
        await keep(session, work.input, files, by=work.by, at=instant_of(session))
        return Outcome(location=f"/v1/audit-reports/{work.input.report_id}")

    return await work.conclude(kept)


RENDERING = Job("audit-report-rendering", RenderingJob, P.AUDIT_REPORTS_WRITE, render_report)


async def keep(
    session: AsyncSession, given: RenderingJob, files: Mapping[ReportForm, bytes], *, by: Actor, at: datetime
) -> None:
    """Keep the files in the place of those before. `RenderedMeanwhile` when they are of another content by now."""
    report = await locked(session, AuditReport, given.report_id, noun="audit report")
    if ReportVerb.RENDER not in (allowed := ALLOWED[ReportStatus(report.status)]):
        raise not_allowed(ReportVerb.RENDER, report.status, allowed)
    if (report.content_sha256, is_draft(report.status)) != (given.content_sha256, given.draft):
        raise RenderedMeanwhile("The report was changed, approved or taken back; render it again.")
    for table in (report_file_parts, table_of(ReportFile)):
        await session.execute(delete(table).where(table.c.report_id == report.id))
    for form, whole in files.items():
        await _keep_file(session, report, form, whole, at=at)
    report.rendered_content, report.rendered_as_draft, report.rendered_at = given.content_sha256, given.draft, at
    await tell(session, report, AuditReportRendered, by=by, at=at)


async def _keep_file(
    session: AsyncSession, report: AuditReport, form: ReportForm, whole: bytes, *, at: datetime
) -> None:
    common = {"org_id": report.org_id, "client_id": report.client_id, "report_id": report.id, "form": form.value}
    about = {"sha256": hashlib.sha256(whole).hexdigest(), "size": len(whole), "rendered_at": at}
    await session.execute(insert(ReportFile).values(**common, **about))
    for number, begin in enumerate(range(0, len(whole), _PART_BYTES)):
        part = {**common, "number": number, "content": whole[begin : begin + _PART_BYTES]}
        await session.execute(insert(report_file_parts).values(part))

"""Recording a download, and the bytes that it entitles to."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.reporting.audit_reports.models import AuditReport, ReportStatus
from services.audit.reporting.audit_reports.rules import is_rendered
from services.audit.reporting.report_assemblies.schemas import ReportKind
from services.audit.reporting.report_downloads.models import ReportDownload
from services.audit.reporting.report_downloads.schemas import DownloadRequest
from services.audit.reporting.report_renderings.actions import NotRendered
from services.audit.reporting.report_renderings.models import ReportForm
from services.audit.reporting.report_renderings.queries import file_of, part_of
from shared.data.records import found
from shared.data.sessions import Database, organisation_of
from shared.events.catalogue.audit_reports import ReportDownloaded
from shared.events.trail import announce
from shared.identity.callers import Caller
from shared.problems import Conflict, Fault, Gone, Invalid, NotFound, not_allowed

_HOUR = timedelta(hours=1)
_RESTRICTED = frozenset({ReportKind.SOC2_TYPE1, ReportKind.SOC2_TYPE2, ReportKind.SOC1_TYPE1, ReportKind.SOC1_TYPE2})


class RenderedAnew(Conflict):
    """The report was rendered anew after the download was asked for."""


async def record(
    session: AsyncSession, report_id: UUID, *, asked: DownloadRequest, caller: Caller, at: datetime
) -> ReportDownload:
    """Note who is given a report, and for what. `NotRendered` while there is no file of it as it is now."""
    report = await found(session, AuditReport, report_id)
    if report is None or caller.engagement not in {None, report.engagement_id}:
        raise NotFound(f"There is no audit report {report_id}.")
    if report.status == ReportStatus.WITHDRAWN:
        raise not_allowed("download", report.status, [])
    if report.kind in _RESTRICTED and not asked.agrees_to_restricted_use:
        fault = Fault("/agrees_to_restricted_use", "needed: the use of this report is restricted")
        raise Invalid("The use of this report is restricted.", faults=[fault])
    file = await file_of(session, report_id, asked.form)
    if file is None or not is_rendered(report):
        raise NotRendered("The report has not been rendered as it is now.")
    download = ReportDownload(
        org_id=organisation_of(session),
        report_id=report.id,
        engagement_id=report.engagement_id,
        firm_id=report.org_id,
        client_id=report.client_id,
        form=asked.form,
        sha256=file.sha256,
        size=file.size,
        report_version=report.version,
        for_party=asked.for_party,
        purpose=asked.purpose,
        agreed=asked.agrees_to_restricted_use,
        person_id=caller.person,
        downloaded_by=caller.actor.recorded,
        expires_at=at + _HOUR,
        created_at=at,
        updated_at=at,
    )
    session.add(download)
    event = ReportDownloaded(
        report_id=report.id, engagement_id=report.engagement_id, form=download.form, sha256=download.sha256
    )
    announce(session, event, about=download, by=caller.actor, at=at)
    return download


async def downloadable(session: AsyncSession, download_id: UUID, *, caller: Caller, at: datetime) -> ReportDownload:
    """The download, for the person who asked for it and within its hour.

    `NotFound` for everybody else, `Gone` afterwards and once the report is withdrawn, `RenderedAnew` when the file is
    another by now.
    """
    download = await found(session, ReportDownload, download_id)
    if download is None or download.person_id != caller.person or download.org_id != caller.org_id:
        raise NotFound(f"There is no report download {download_id}.")
    if at >= download.expires_at:
        raise Gone("The hour is over; ask for another download.")
    report = await found(session, AuditReport, download.report_id)
    if report is None or report.status == ReportStatus.WITHDRAWN:
        raise Gone("The report was withdrawn.")
    file = await file_of(session, download.report_id, ReportForm(download.form))
    if file is None or file.sha256 != download.sha256:
        raise RenderedAnew("Ask for another download.")
    return download


async def bytes_of(database: Database, download: ReportDownload) -> AsyncIterator[bytes]:
    """The file, part by part: no more than one is held at a time."""
    number = 0
    while True:
        async with database.transaction(download.org_id) as session:
            part = await part_of(session, download.report_id, ReportForm(download.form), number)
        if part is None:
            return
        yield part
        number += 1

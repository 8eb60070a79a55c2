"""Issuing a report, and withdrawing it: the engagement partner's, in the auditing party's transaction.

The register that anybody may ask is the platform's: it says of a PDF by whom it was issued and whether it stands.
"""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.conduct.phase_moves.actions import move
from services.audit.engagements.engagements.models import EngagementPhase
from services.audit.engagements.known_firms.queries import known_firm
from services.audit.filing.file_additions.actions import note_withdrawal
from services.audit.issuing.report_approvals.actions import require_fresh, require_licences
from services.audit.issuing.report_issuances.schemas import FORMAT
from services.audit.reporting.audit_reports.actions import conducted, own, tell
from services.audit.reporting.audit_reports.models import AuditReport, ReportStatus
from services.audit.reporting.audit_reports.queries import issued_before
from services.audit.reporting.audit_reports.rules import ReportVerb, is_rendered
from services.audit.reporting.issued_reports.actions import end_standing, register
from services.audit.reporting.report_downloads.queries import recipients_of
from services.audit.reporting.report_renderings.actions import NotRendered
from services.audit.reporting.report_renderings.models import ReportFile, ReportForm
from services.audit.reporting.report_renderings.queries import file_of
from shared.data.records import locked
from shared.events.catalogue.audit_reports import AuditReportIssued, AuditReportSuperseded, AuditReportWithdrawn
from shared.identity.callers import Actor, Caller, in_person
from shared.problems import Conflict
from shared.trail.sealing import the_seal


class FirstReportNotIssued(Conflict):
    """The first report of the engagement has not been issued yet."""


class AnotherPdf(Conflict):
    """The PDF is another than the one that was read."""


async def issue(session: AsyncSession, report_id: UUID, *, sha256: str, caller: Caller, at: datetime) -> None:
    """Approved → issued, with the digest of the PDF that was read. The issued report before it is superseded.

    With the first report of its kind the engagement is issued as well, in the client's chain.
    """
    in_person(caller.actor, "issue a report")
    report = await own(session, report_id, ReportVerb.ISSUE, caller)
    engagement = await conducted(session, report.engagement_id, caller)
    await require_licences(session, engagement, report, caller, at=at)
    await require_fresh(session, report, engagement)
    is_first = report.kind == engagement.kind
    if not is_first and engagement.phase == EngagementPhase.REPORTING:
        raise FirstReportNotIssued("A SOC 3 is the second report of the engagement; issue the other one first.")
    file = await file_of(session, report.id, ReportForm.PDF)
    if file is None or not is_rendered(report):
        raise NotRendered("Render the report as it was approved, and read it.")
    if file.sha256 != sha256:
        raise AnotherPdf("The PDF is another than the one that was read; read it again.")
    firm = await known_firm(session, report.org_id)
    signed_as = firm.name if firm else "An internal team"
    if (before := await issued_before(session, report)) is not None:
        await _supersede(session, before, report, by=caller.actor, at=at)
    report.status, report.issued_by, report.issued_at = ReportStatus.ISSUED, caller.actor.recorded, at
    report.released_on, report.sha256 = at.astimezone(UTC).date(), sha256
    report.signature = _signed(report, file, signed_as)
    await tell(session, report, AuditReportIssued, by=caller.actor, at=at)
    await register(session, report, signed_as=signed_as)
    if engagement.phase == EngagementPhase.REPORTING:
        await move(session, engagement.id, to=EngagementPhase.ISSUED, reason=None, caller=caller, at=at)


async def withdraw(session: AsyncSession, report_id: UUID, *, reason: str, caller: Caller, at: datetime) -> None:
    """Issued → withdrawn: facts that were discovered later, or an error. The event names for whom it was downloaded.

    It stands in the engagement file as an addition when that is complete.
    """
    in_person(caller.actor, "withdraw a report")
    report = await own(session, report_id, ReportVerb.WITHDRAW, caller)
    report.status, report.ended_at, report.end_reason = ReportStatus.WITHDRAWN, at, reason
    told = await recipients_of(session, report.id)
    await tell(session, report, AuditReportWithdrawn, by=caller.actor, at=at, reason=reason, recipients=told)
    await end_standing(session, report, ReportStatus.WITHDRAWN, at=at)
    await note_withdrawal(session, report.engagement_id, title=report.title, reason=reason, by=caller.actor, at=at)


async def _supersede(
    session: AsyncSession, before: AuditReport, report: AuditReport, *, by: Actor, at: datetime
) -> None:
    before = await locked(session, AuditReport, before.id, noun="audit report")
    before.status, before.ended_at = ReportStatus.SUPERSEDED, at
    before.end_reason = report.revision_reason or f"Report {report.number} was issued."
    told = await recipients_of(session, before.id)
    await tell(session, before, AuditReportSuperseded, by=by, at=at, reason=before.end_reason, recipients=told)
    await end_standing(session, before, ReportStatus.SUPERSEDED, at=at)


def _signed(report: AuditReport, file: ReportFile, signed_as: str) -> dict[str, object]:
    """What is signed of the report. People stay out of it: the firm signs."""
    assert report.report_date, "an approved report has a date"
    assert report.released_on, "an issued one was released"
    return the_seal().signed(
        {
            "format": FORMAT,
            "report_id": str(report.id),
            "kind": report.kind,
            "title": report.title,
            "sha256": file.sha256,
            "size": file.size,
            "signed_as": signed_as,
            "firm_id": str(report.org_id),
            "report_date": report.report_date.isoformat(),
            "released_on": report.released_on.isoformat(),
        }
    )

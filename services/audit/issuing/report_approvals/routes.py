from uuid import UUID

from fastapi import Response

from services.audit.conduct.phase_moves.actions import GatesOpen
from services.audit.issuing.report_approvals import actions
from services.audit.issuing.report_approvals.schemas import ReportApproval
from services.audit.judgement.opinions.actions import NotLicensed
from services.audit.reporting.audit_reports import queries as reports
from services.audit.reporting.audit_reports.schemas import ReportOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("report approvals")


@routes.post(
    "/v1/audit-reports/{report_id}/approvals",
    permission=P.AUDIT_REPORTS_ISSUE,
    response_model=ReportOut,
    refuses=(NotFound, actions.ReportStale, actions.FirmNotLicensed, NotLicensed, GatesOpen),
    auditors=True,
)
async def approve_audit_report(report_id: UUID, approval: ReportApproval, write: Write) -> Response:
    """Approve a report as it was read, as the engagement partner, once all that its issue needs is there.

    A SOC report states the opinion that was decided, and no other.
    """
    await actions.approve(
        write.session, report_id, content_sha256=approval.content_sha256, caller=write.caller, at=write.at
    )
    return await write.changed(reports.report, report_id)

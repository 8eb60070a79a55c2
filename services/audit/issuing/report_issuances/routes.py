import json
from uuid import UUID

from fastapi import Response

from services.audit.conduct.phase_moves.actions import GatesOpen
from services.audit.issuing.report_approvals.actions import FirmNotLicensed, ReportStale
from services.audit.issuing.report_issuances import actions, queries
from services.audit.issuing.report_issuances.schemas import ReportIssue, ReportSignature, ReportWithdrawal
from services.audit.judgement.opinions.actions import NotLicensed
from services.audit.reporting.audit_reports import queries as reports
from services.audit.reporting.audit_reports.schemas import ReportOut
from services.audit.reporting.report_renderings.actions import NotRendered
from shared.http.doors import Read, Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("report issuances")


@routes.post(
    "/v1/audit-reports/{report_id}/issuances",
    permission=P.AUDIT_REPORTS_ISSUE,
    response_model=ReportOut,
    refuses=(
        NotFound,
        NotRendered,
        actions.AnotherPdf,
        actions.FirstReportNotIssued,
        FirmNotLicensed,
        NotLicensed,
        ReportStale,
        GatesOpen,
    ),
    auditors=True,
)
async def issue_audit_report(report_id: UUID, issue: ReportIssue, write: Write) -> Response:
    """Issue the approved report as the engagement partner, by the digest of the PDF that was read."""
    await actions.issue(write.session, report_id, sha256=issue.sha256, caller=write.caller, at=write.at)
    return await write.changed(reports.report, report_id)


@routes.post(
    "/v1/audit-reports/{report_id}/withdrawals",
    permission=P.AUDIT_REPORTS_ISSUE,
    response_model=ReportOut,
    refuses=(NotFound,),
    auditors=True,
)
async def withdraw_audit_report(report_id: UUID, withdrawal: ReportWithdrawal, write: Write) -> Response:
    """Withdraw an issued report, as the engagement partner: it does not stand any longer."""
    await actions.withdraw(write.session, report_id, reason=withdrawal.reason, caller=write.caller, at=write.at)
    return await write.changed(reports.report, report_id)


@routes.get(
    "/v1/audit-reports/{report_id}/signature",
    permission=P.AUDIT_REPORTS_READ,
    response_model=ReportSignature,
    refuses=(NotFound,),
    auditors=True,
)
async def get_audit_report_signature(report_id: UUID, read: Read) -> Response:
    """The detached signature of an issued report; `attest verify` checks it with the PDF, offline."""
    body, _version = await read.body(queries.signature, report_id)
    return await read.computed(ReportSignature.model_validate(json.loads(body)["signature"]))

from uuid import UUID

from fastapi import Response

from services.audit.reporting.audit_reports import actions, queries
from services.audit.reporting.audit_reports.schemas import (
    ReportContentOut,
    ReportDraft,
    ReportOut,
    ReportRevision,
    TakingBack,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("audit reports")


routes.list(
    "list_audit_reports",
    "/v1/audit-reports",
    queries.reports,
    ReportOut,
    permission=P.AUDIT_REPORTS_READ,
    description="Reports, newest first. The client sees those that management may review, and later ones.",
    auditors=True,
)


routes.one(
    "get_audit_report",
    "/v1/audit-reports/{report_id}",
    queries.report,
    ReportOut,
    permission=P.AUDIT_REPORTS_READ,
    description="One report.",
    auditors=True,
)


routes.one(
    "get_audit_report_content",
    "/v1/audit-reports/{report_id}/content",
    queries.content,
    ReportContentOut,
    permission=P.AUDIT_REPORTS_READ,
    description="What a report says, as data.",
    auditors=True,
)


@routes.post(
    "/v1/engagements/{engagement_id}/audit-reports",
    permission=P.AUDIT_REPORTS_WRITE,
    status_code=201,
    response_model=ReportOut,
    refuses=(NotFound, actions.NoSuchReport, actions.DescriptionNotApproved),
    auditors=True,
)
async def draft_audit_report(engagement_id: UUID, draft: ReportDraft, write: Write) -> Response:
    """Draft a report from the approved description, the recorded assertion, and what the auditing party concludes."""
    report = await actions.draft(write.session, engagement_id, given=draft, caller=write.caller, at=write.at)
    return await write.created(queries.report, report.id, f"/v1/audit-reports/{report.id}")


@routes.patch(
    "/v1/audit-reports/{report_id}",
    permission=P.AUDIT_REPORTS_WRITE,
    response_model=ReportOut,
    refuses=(NotFound,),
    auditors=True,
)
async def revise_audit_report(
    report_id: UUID, revision: ReportRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Say a draft anew. What is on record is taken as it is now."""
    await actions.revise(write.session, report_id, words=revision, expected=expected, caller=write.caller, at=write.at)
    return await write.changed(queries.report, report_id)


@routes.post(
    "/v1/audit-reports/{report_id}/management-reviews",
    permission=P.AUDIT_REPORTS_WRITE,
    response_model=ReportOut,
    refuses=(NotFound,),
    auditors=True,
)
async def release_audit_report(report_id: UUID, write: Write) -> Response:
    """Let management of the client review a draft; from now on the client sees it."""
    await actions.release(write.session, report_id, caller=write.caller, at=write.at)
    return await write.changed(queries.report, report_id)


@routes.post(
    "/v1/audit-reports/{report_id}/returns",
    permission=P.AUDIT_REPORTS_WRITE,
    response_model=ReportOut,
    refuses=(NotFound,),
    auditors=True,
)
async def take_audit_report_back(report_id: UUID, taking_back: TakingBack, write: Write) -> Response:
    """Take a report back to draft, out of the client's sight; an approval does not count any longer."""
    await actions.take_back(write.session, report_id, reason=taking_back.reason, caller=write.caller, at=write.at)
    return await write.changed(queries.report, report_id)

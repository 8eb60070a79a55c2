from uuid import UUID

from fastapi import Response

from services.risk.days import day_of
from services.risk.vendors.assurance_reports import actions, queries
from services.risk.vendors.assurance_reports.schemas import (
    AssuranceReportDraft,
    AssuranceReportOut,
    AssuranceReportRevision,
    Checklist,
    ReceivedLetterDraft,
    ReportConclusion,
)
from services.risk.vendors.known_evidence.queries import UnusableEvidence
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("assurance reports")


routes.list(
    "list_assurance_reports",
    "/v1/assurance-reports",
    queries.reports,
    AssuranceReportOut,
    permission=P.VENDORS_READ,
    description="The reports that were received from vendors, those of the latest period first.",
)


routes.one(
    "get_assurance_report",
    "/v1/assurance-reports/{report_id}",
    queries.report,
    AssuranceReportOut,
    permission=P.VENDORS_READ,
    description="One received report, with its checklist and bridge letters. Its file stays with the evidence service.",
)


@routes.post(
    "/v1/vendors/{vendor_id}/assurance-reports",
    permission=P.VENDORS_WRITE,
    status_code=201,
    response_model=AssuranceReportOut,
    refuses=(NotFound, UnusableEvidence),
)
async def file_assurance_report(vendor_id: UUID, draft: AssuranceReportDraft, write: Write) -> Response:
    """File a report of a vendor's auditor, or a certificate, as it was received."""
    report = await actions.file(write.session, vendor_id, draft=draft, by=write.caller.actor, at=write.at)
    location = f"/v1/assurance-reports/{report.id}"
    return await write.created(queries.report, report.id, location, as_of=day_of(write.at))


@routes.patch(
    "/v1/assurance-reports/{report_id}",
    permission=P.VENDORS_WRITE,
    response_model=AssuranceReportOut,
    refuses=(NotFound, UnusableEvidence),
)
async def revise_assurance_report(
    report_id: UUID, revision: AssuranceReportRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change what was written down of a report that is not reviewed yet."""
    await actions.revise(
        write.session, report_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.report, report_id, as_of=day_of(write.at))


@routes.put(
    "/v1/assurance-reports/{report_id}/checklist",
    permission=P.VENDORS_WRITE,
    response_model=AssuranceReportOut,
    refuses=(NotFound,),
)
async def answer_assurance_checklist(report_id: UUID, given: Checklist, write: Write) -> Response:
    """Answer points of the checklist, each with the page or a note, so that the review can be checked."""
    await actions.answer(write.session, report_id, given=given, by=write.caller.actor, at=write.at)
    return await write.changed(queries.report, report_id, as_of=day_of(write.at))


@routes.post(
    "/v1/assurance-reports/{report_id}/conclusions",
    permission=P.VENDORS_WRITE,
    response_model=AssuranceReportOut,
    refuses=(NotFound,),
)
async def conclude_assurance_report(report_id: UUID, given: ReportConclusion, write: Write) -> Response:
    """Say how far we rely on the report, when every point of its checklist is answered."""
    await actions.conclude(write.session, report_id, given=given, by=write.caller.actor, at=write.at)
    return await write.changed(queries.report, report_id, as_of=day_of(write.at))


@routes.post(
    "/v1/assurance-reports/{report_id}/bridge-letters",
    permission=P.VENDORS_WRITE,
    response_model=AssuranceReportOut,
    refuses=(NotFound, UnusableEvidence),
)
async def add_received_bridge_letter(report_id: UUID, letter: ReceivedLetterDraft, write: Write) -> Response:
    """Add a letter of the vendor's management that carries a type 2 report on for three months at most."""
    await actions.bridge(write.session, report_id, letter=letter, by=write.caller.actor, at=write.at)
    return await write.changed(queries.report, report_id, as_of=day_of(write.at))

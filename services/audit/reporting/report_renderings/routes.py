from uuid import UUID

from fastapi import Response

from services.audit.reporting.report_renderings import actions
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.jobs.routes import JobOut
from shared.jobs.starting import TooManyJobs, start
from shared.problems import NotFound

routes = Routes("report renderings")


@routes.post(
    "/v1/audit-reports/{report_id}/renderings",
    permission=P.AUDIT_REPORTS_WRITE,
    status_code=202,
    response_model=JobOut,
    refuses=(NotFound, TooManyJobs),
    auditors=True,
)
async def render_audit_report(report_id: UUID, write: Write) -> Response:
    """Have a job render the report as PDF, DOCX, HTML and JSON, in the place of what was rendered before.

    Until the report is approved every page says that it is a draft. The job fails with `/problems/cannot-be-printed`
    where the text has a character that no font of reports has.
    """
    given = await actions.ask(write.session, report_id, caller=write.caller)
    return await start(write, actions.RENDERING, given)

from datetime import UTC
from typing import Annotated

from fastapi import Query, Response

from services.audit.reporting.report_coverage.queries import coverings_of
from services.audit.reporting.report_coverage.rules import a_year_after, gap_days, stretches
from services.audit.reporting.report_coverage.schemas import (
    CoveredBy,
    CoveredStretchOut,
    ReportCoverageOut,
    ReportCoverageQuery,
)
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("report coverage")


@routes.get("/v1/report-coverage", permission=P.AUDIT_REPORTS_READ, response_model=ReportCoverageOut)
async def get_report_coverage(read: Read, query: Annotated[ReportCoverageQuery, Query()]) -> Response:
    """What covers which day, from the first report of the organisation that stands: reports, bridge letters, gaps."""
    async with read.transaction() as session:
        coverings = await coverings_of(session, query.kind)
    found = stretches(coverings, query.as_of.astimezone(UTC).date())
    newest = max((each.last for each in coverings if each.by == CoveredBy.REPORT), default=None)
    answer = ReportCoverageOut(
        kind=query.kind,
        stretches=[
            CoveredStretchOut(first_day=each.first, last_day=each.last, covered_by=each.by, id=each.id)
            for each in found
        ],
        gap_days=gap_days(found),
        current_until=a_year_after(newest) if newest else None,
    )
    return await read.computed(answer)

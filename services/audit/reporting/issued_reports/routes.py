from typing import Annotated

from fastapi import Path, Request

from services.audit.reporting.issued_reports.queries import issued_report
from services.audit.reporting.issued_reports.schemas import Digest, IssuedReportOut
from services.audit.reporting.signing import KEYS
from shared.http.doors import platform_of
from shared.http.operations import Routes
from shared.identity.callers import PLATFORM
from shared.problems import NotFound
from shared.trail.sealing import SealingKeys

routes = Routes("issued reports")


@routes.get("/v1/reports/{sha256}", permission=None, response_model=IssuedReportOut, refuses=(NotFound,))
async def get_issued_report(sha256: Annotated[Digest, Path()], request: Request) -> IssuedReportOut:
    """Whether a PDF with this digest was issued here as a report, by whom, and whether it stands. Anybody may ask."""
    async with platform_of(request).database.transaction(PLATFORM) as session:
        return await issued_report(session, sha256)


@routes.get("/.well-known/attest-report-keys.json", permission=None, response_model=SealingKeys)
async def get_report_keys(request: Request) -> SealingKeys:
    """The public keys that issued reports are signed with. Learn the one you trust by another way as well."""
    return SealingKeys.model_validate({"keys": await KEYS.every(platform_of(request).database)})

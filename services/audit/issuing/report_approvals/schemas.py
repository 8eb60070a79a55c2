from pydantic import Field

from services.audit.reporting.audit_reports.schemas import Sha256
from shared.http.fields import Input


class ReportApproval(Input):
    """That the report is approved as it was read."""

    content_sha256: Sha256 = Field(description="That of the content that was read")

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.reporting.audit_reports.schemas import Sha256
from services.audit.reporting.report_renderings.models import ReportForm
from shared.http.fields import ActedBy, Input, Prose, Title


class DownloadRequest(Input):
    """Which form, for whom and for what."""

    form: ReportForm = ReportForm.PDF
    for_party: Title = Field(examples=["Example Bank, Inc."], description="Who receives it; yourself is an answer, too")
    purpose: Prose = Field(examples=["Its yearly review of vendors."])
    agrees_to_restricted_use: bool = Field(
        default=False,
        description="That it goes only to those whom the report names as its users; needed for SOC 1 and SOC 2",
    )


class DownloadOut(BaseModel):
    """A download on record. The file is under `/file` for an hour, for the person who asked for it."""

    id: UUID
    report_id: UUID
    engagement_id: UUID
    form: ReportForm
    sha256: Sha256
    size: int = Field(description="In bytes")
    for_party: str
    purpose: str
    agreed: bool = Field(description="Whether the person agreed to the restriction of its use")
    downloaded_by: ActedBy
    expires_at: datetime
    version: int
    created_at: datetime
    updated_at: datetime

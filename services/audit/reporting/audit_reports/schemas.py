from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.audit.reporting.audit_reports.models import ReportStatus
from services.audit.reporting.report_assemblies.schemas import ReportKind, ReportWords
from shared.http.fields import ActedBy, Input, Prose

Sha256 = Annotated[
    str, StringConstraints(pattern=r"^[0-9a-f]{64}$"), Field(examples=["ab" * 32], description="Hexadecimal")
]


class RevisionOf(Input):
    """Which issued report is revised, and why."""

    report_id: UUID
    reason: Prose = Field(examples=["A deviation that existed in the period became known after the report was issued."])


class ReportDraft(ReportWords):
    """What the auditing party says. `soc3` drafts the report for general use of a SOC 2 Type 2."""

    soc3: bool = False
    revises: RevisionOf | None = None


class ReportRevision(ReportWords):
    """What the auditing party says now; the rest is put together anew from what is on record."""


class TakingBack(Input):
    """Why the report goes back to draft."""

    reason: Prose = Field(examples=["Management pointed out that a control is stated wrongly."])


class ReportOut(BaseModel):
    id: UUID
    engagement_id: UUID
    kind: ReportKind
    number: int = Field(description="Counts the reports of this kind in the engagement, from 1")
    title: str
    covers_from: date = Field(description="The first UTC day that it is about, or the only one")
    covers_until: date = Field(description="The last UTC day that it is about, included")
    report_date: date | None = Field(description="The day that the report bears")
    content_sha256: Sha256 = Field(description="Of the content as canonical JSON")
    warnings: list[str] = Field(description="What a reader of the report may object to")
    status: ReportStatus
    revises_id: UUID | None
    revision_reason: str | None
    released_at: datetime | None = Field(description="Since when management may review it")
    rendered: bool = Field(description="Whether the files are of the content and the status as they are now")
    rendered_at: datetime | None
    approved_by: ActedBy | None
    approved_at: datetime | None
    issued_by: ActedBy | None
    issued_at: datetime | None
    released_on: date | None
    sha256: Sha256 | None = Field(description="Of the PDF that was issued")
    current_until: date | None = Field(
        description="Until when readers take it as current by convention: a year after the last day that it covers"
    )
    ended_at: datetime | None = Field(description="When it was superseded or withdrawn")
    end_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class ReportContentOut(BaseModel):
    """The content of a report as it stands, with its digest."""

    id: UUID = Field(description="The report's id")
    content_sha256: Sha256
    content: dict[str, Any] = Field(description="What the report says, as data")
    version: int

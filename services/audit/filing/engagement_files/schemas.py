from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.engagements.engagements.models import EngagementKind
from services.audit.filing.engagement_files.models import FileStatus
from shared.http.fields import ActedBy, Day, Input, Prose, Title

Reason = Annotated[Prose, Field(examples=["The state board asks for eight years."])]


class FileRetention(Input):
    """Until when it is kept, at least five years from the release of the report, and why."""

    retain_until: Day
    reason: Reason


class FileHold(Input):
    """A matter for which the file is kept, whatever its retention says."""

    matter: Title = Field(examples=["Doe v. Example Corp."])
    reason: Prose = Field(examples=["Counsel asked for it."])


class FileHoldRelease(Input):
    """The matter that needs it no longer, and why."""

    matter: Title
    reason: Prose = Field(examples=["The matter was settled."])


class FileDisposal(Input):
    """Why the file is disposed of."""

    reason: Prose = Field(examples=["Its retention has ended."])


class FileHoldOut(BaseModel):
    matter: str
    reason: str
    placed_by: ActedBy
    placed_at: datetime
    released_by: ActedBy | None
    released_at: datetime | None
    release_reason: str | None


class FileDisposalOut(BaseModel):
    reason: str
    requested_by: ActedBy
    requested_at: datetime
    approved_by: ActedBy | None
    approved_at: datetime | None


class EngagementFileOut(BaseModel):
    id: UUID
    engagement_id: UUID
    client_id: UUID
    title: str = Field(description="The engagement's title")
    kind: EngagementKind
    completed_at: datetime
    released_on: date = Field(description="The day of the report's release")
    retain_until: date = Field(description="The last UTC day on which it is kept, by the firm's policy")
    status: FileStatus
    sha256: str | None = Field(description="Of the archive, hexadecimal")
    size: int | None = Field(description="Of the archive, in bytes")
    assembled_at: datetime | None
    holds: list[FileHoldOut]
    disposal: FileDisposalOut | None
    additions: int = Field(description="How much was added after it was complete")
    version: int
    created_at: datetime
    updated_at: datetime

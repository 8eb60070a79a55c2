from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.evidence.intake.resumable_uploads.models import UploadState
from shared.http.fields import ActedBy


class UploadOut(BaseModel):
    """A file on its way in, piece by piece."""

    id: UUID
    size: int = Field(description="Of the whole file, in bytes, as announced")
    received: int = Field(description="How much of it is here for good; the next piece begins there")
    media_type: str = Field(description="As declared", examples=["application/pdf"])
    name: str | None
    uploader: ActedBy
    state: UploadState
    file_id: UUID | None = Field(description="The file it has become, once it is finished")
    refusal: str | None = Field(description="Why nothing was kept of it, if it was refused at its end")
    expires_at: datetime = Field(description="Until when pieces are taken")
    version: int
    created_at: datetime
    updated_at: datetime

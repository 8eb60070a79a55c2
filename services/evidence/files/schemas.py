from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class FileOut(BaseModel):
    """An uploaded file. The same bytes are one file in an organisation, with the name they first came with."""

    id: UUID
    sha256: str = Field(description="Of the bytes as stored, hexadecimal")
    size: int = Field(description="In bytes")
    media_type: str = Field(description="As declared by whoever uploaded it", examples=["text/csv"])
    name: str | None = Field(description="As in the upload's Content-Disposition, without folders")
    uploader: str
    version: int
    created_at: datetime

from uuid import UUID

from pydantic import BaseModel


class RenderingJob(BaseModel):
    """Which report is rendered, and of which content."""

    report_id: UUID
    content_sha256: str
    draft: bool

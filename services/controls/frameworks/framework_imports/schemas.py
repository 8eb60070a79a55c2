from uuid import UUID

from pydantic import BaseModel


class VersionInput(BaseModel):
    """What an import as a job has to know besides the document."""

    framework_id: UUID
    media_type: str
    label: str | None
    bases: list[UUID]

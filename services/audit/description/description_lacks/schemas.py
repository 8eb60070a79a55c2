from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.description.description_contents.schemas import Lack


class DescriptionLacks(BaseModel):
    """What the description of an engagement lacks: of the approved version, or of the draft while there is none."""

    engagement_id: UUID
    description_id: UUID | None = Field(description="The version that is judged; null while there is none")
    number: int | None
    approved: bool = Field(description="Whether the version that is judged is approved")
    lacks: list[Lack] = Field(description="Empty when a version is approved and nothing it names changed since")

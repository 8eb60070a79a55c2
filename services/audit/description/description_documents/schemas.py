from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.description.description_contents.schemas import Content
from shared.http.fields import ActedBy


class DescriptionDocument(BaseModel):
    """A version of a system description. That of an approved one never changes."""

    id: UUID
    number: int
    authors: list[ActedBy]
    approver: ActedBy | None = Field(description="Null in a draft, which says what is recorded now")
    approved_at: datetime | None
    sha256: str = Field(
        examples=["ab" * 32], description="Of `content` as canonical JSON: sorted keys, no spaces, ASCII"
    )
    content: Content

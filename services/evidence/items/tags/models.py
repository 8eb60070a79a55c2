from uuid import UUID

from sqlmodel import Field

from services.evidence.base import Part


class Tag(Part, table=True):
    """An item has a tag. It changes under the lock of the item."""

    __tablename__ = "evidence_tags"

    item_id: UUID = Field(primary_key=True)
    tag: str = Field(primary_key=True)

from uuid import UUID

from sqlmodel import Field

from services.evidence.base import Known


class AnsweredItem(Known, table=True):
    """That a request of an engagement was answered with an item of evidence, by the answer that said so."""

    __tablename__ = "answered_items"

    engagement_id: UUID = Field(primary_key=True)
    item_id: UUID = Field(primary_key=True)
    answer_id: UUID = Field(primary_key=True)
    version: int

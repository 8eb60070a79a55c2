from uuid import UUID

from sqlmodel import Field

from services.evidence.base import Part


class Word(Part, table=True):
    """An item has a word in its title, source, statement, address, file name, record or tags."""

    __tablename__ = "evidence_words"

    item_id: UUID = Field(primary_key=True)
    word: str = Field(primary_key=True)

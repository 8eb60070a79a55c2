from uuid import UUID

from sqlmodel import Field

from services.controls.base import Part

PART_BYTES = 256 * 1024


class DocumentPart(Part, table=True):
    """A stretch of an imported document; all of them but the last are equally long, so that reading streams."""

    __tablename__ = "framework_documents"

    version_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    content: bytes

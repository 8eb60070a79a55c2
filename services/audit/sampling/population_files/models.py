from uuid import UUID

from sqlmodel import Field

from services.audit.base import Part
from shared.data.base import table_of


class _FilePart(Part):
    """A part of a file, compressed with zlib; `number` is its place, from 0."""

    population_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    engagement_id: UUID
    content: bytes


class PopulationFilePart(_FilePart, table=True):
    """A part of a file as it was given."""

    __tablename__ = "population_file_parts"


class PopulationFramePart(_FilePart, table=True):
    """A part of a frame, which is whole rows."""

    __tablename__ = "population_frame_parts"


file_parts = table_of(PopulationFilePart)
frame_parts = table_of(PopulationFramePart)

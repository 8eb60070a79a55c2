from uuid import UUID

from sqlalchemy import ARRAY, Column, Uuid
from sqlmodel import Field

from services.risk.base import Known


class KnownProgramme(Known, table=True):
    """A programme as last heard of. `ended_version` is 0 until it was completed or withdrawn."""

    __tablename__ = "known_programmes"

    id: UUID = Field(primary_key=True)
    title: str
    report_type: str
    asset_ids: list[UUID] = Field(default_factory=list, sa_column=Column(ARRAY(Uuid), nullable=False))
    version: int = 0
    ended_version: int = 0

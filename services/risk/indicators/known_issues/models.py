from uuid import UUID

from sqlalchemy import ARRAY, Column, Uuid
from sqlmodel import Field

from services.risk.base import Known


class KnownIssue(Known, table=True):
    """An issue as last heard of; it is open until it is closed."""

    __tablename__ = "known_issues"

    id: UUID = Field(primary_key=True)
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    open: bool
    version: int

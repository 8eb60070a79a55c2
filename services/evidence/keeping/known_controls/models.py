from uuid import UUID

from sqlmodel import Field

from services.evidence.base import Known


class KnownControl(Known, table=True):
    """A control as last heard of: its code and title."""

    __tablename__ = "known_controls"

    id: UUID = Field(primary_key=True)
    code: str
    title: str
    version: int

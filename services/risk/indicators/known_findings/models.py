from uuid import UUID

from sqlmodel import Field

from services.risk.base import Known


class KnownFinding(Known, table=True):
    """A finding as last heard of; it is open while management owes a response or the firm a conclusion."""

    __tablename__ = "known_findings"

    id: UUID = Field(primary_key=True)
    control_id: UUID
    open: bool
    version: int

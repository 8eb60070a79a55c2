from uuid import UUID

from sqlmodel import Field

from services.audit.base import Known


class KnownProgramme(Known, table=True):
    """A programme as last heard of. `version` is the one that said so."""

    __tablename__ = "known_programmes"

    id: UUID = Field(primary_key=True)
    title: str
    report_type: str
    ended: bool = False
    version: int

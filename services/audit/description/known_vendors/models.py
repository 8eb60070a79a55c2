from uuid import UUID

from sqlmodel import Field

from services.audit.base import Known


class KnownVendor(Known, table=True):
    """A vendor of the organisation as last heard of. `version` is the one that said so."""

    __tablename__ = "known_vendors"

    id: UUID = Field(primary_key=True)
    code: str
    title: str
    version: int

from uuid import UUID

from sqlmodel import Field

from services.audit.base import Known


class KnownOrganisation(Known, table=True):
    """An organisation as last heard of: its id is its `org_id`. `version` is the one that said so."""

    __tablename__ = "known_organisations"

    id: UUID = Field(primary_key=True)
    title: str
    version: int

from uuid import UUID

from sqlalchemy import ARRAY, Column, Uuid
from sqlmodel import Field

from services.risk.base import Known


class KnownEngagement(Known, table=True):
    """An engagement as last heard of. The auditing party `firm_id` reads what its scope shows while `readable`."""

    __tablename__ = "known_engagements"

    id: UUID = Field(primary_key=True)
    firm_id: UUID | None = None
    readable: bool
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    title: str = ""
    kind: str = ""
    phase: str = ""
    asset_ids: list[UUID] = Field(default_factory=list, sa_column=Column(ARRAY(Uuid), nullable=False))
    version: int

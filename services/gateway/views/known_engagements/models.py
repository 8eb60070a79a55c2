from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Column, Uuid
from sqlmodel import Field

from services.gateway.base import Known
from shared.data.base import instant


class KnownEngagement(Known, table=True):
    """An engagement as last heard of. What it covers is half-open.

    The auditing party `firm_id` reads what its scope, `control_ids`, shows while that is `readable`.
    """

    __tablename__ = "known_engagements"

    id: UUID = Field(primary_key=True)
    programme_id: UUID | None
    firm_id: UUID | None
    readable: bool
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    covers_from: datetime = instant()
    covers_until: datetime = instant()
    version: int

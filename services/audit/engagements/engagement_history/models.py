from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from services.audit.base import Known
from shared.data.base import instant


class KnownRecord(Known, table=True):
    """A historical record as last heard of. `control_ids` are the controls that it concerns."""

    __tablename__ = "known_historical_records"

    id: UUID = Field(primary_key=True)
    kind: str
    code: str
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    effective_on: date
    recorded_at: datetime = instant()
    status: str
    decided_at: datetime | None = instant()
    version: int
